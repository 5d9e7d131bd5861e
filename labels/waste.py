"""Drawing the waste report: `waste_report` is its table of contents."""

import calendar
from collections.abc import Sequence

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from labels import charts
from labels.boxes import MM, Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR
from labels.paper import A4_PAGE, BRAND, FAINT, HAIR, INK, WASH, document, ink
from labels.report import Coverage, FamilyRow, Impact, WasteReport
from labels.text import draw, fit, write
from labels.words import N_, Words

MARGIN = A4_PAGE.inset(16 * MM, 14 * MM)
UNKNOWN = "–"
MOST_FAMILIES = 10
ROW = 17.5
MOST_CAUSES = 6
STRONG = (BOLD, NARROW_BOLD)
PLAIN = (REGULAR, NARROW)


def waste_report(report: WasteReport, words: Words) -> bytes:
    """Two A4 pages: what became of the food, then why, for whom and what it stands for."""

    def first(canvas: Canvas) -> None:
        rest = _head(canvas, report, MARGIN, words)
        rest = _truth(canvas, report, rest, words)
        rest = _figures(canvas, report, rest, words)
        rest = _flow(canvas, report, rest, words)
        _weeks(canvas, report, rest, words)
        _foot(canvas, report, 1, words)

    def second(canvas: Canvas) -> None:
        rest = _running_head(canvas, report, MARGIN, words)
        rest = _families(canvas, report, rest, words)
        rest = _causes(canvas, report, rest, words)
        rest = _balance(canvas, report, rest, words)
        rest = _evenness(canvas, report, rest, words)
        _definitions(canvas, report, rest, words)
        _foot(canvas, report, 2, words)

    title = words.text(
        N_("Food waste report · %(name)s · %(period)s"), name=_name(report), period=_period(report, words)
    )
    return document([first, second], words, title=title, author=report.network)


def _name(report: WasteReport) -> str:
    return f"{report.network} · {report.site}" if report.site else report.network


def _period(report: WasteReport, words: Words) -> str:
    """`octobre 2026` for a whole month, otherwise its first and last days."""
    if _whole_month(report):
        return words.month(report.first)
    return words.text(
        N_("%(first)s to %(last)s"),
        first=words.numeric_date(report.first),
        last=words.numeric_date(report.last),
    )


def _whole_month(report: WasteReport) -> bool:
    end = calendar.monthrange(report.first.year, report.first.month)[1]
    return report.first.day == 1 and report.last == report.first.replace(day=end)


def _head(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    head, rest = box.from_top(19 * MM, gap=9 * MM)
    title, under = head.bands([0.6, 0.4], gap=3)
    ink(canvas, BRAND)
    write(canvas, words.text(N_("Food waste report")), title, faces=STRONG, largest=24, stand="bottom")
    ink(canvas, FAINT)
    said = f"{_name(report)} · {_period(report, words)}"
    write(canvas, said, under, faces=PLAIN, largest=12, stand="middle")
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(1.5)
    canvas.line(head.x, head.y - 4, head.right, head.y - 4)
    return rest


def _running_head(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """What the page belongs to, should it come loose."""
    line, rest = box.from_top(11, gap=6 * MM)
    ink(canvas, BRAND)
    block = write(canvas, words.text(N_("Food waste report")), line, faces=STRONG, largest=10)
    ink(canvas, FAINT)
    said = f"{_name(report)} · {_period(report, words)}"
    beside = Box(line.x + block.width + 8, line.y, line.width - block.width - 8, line.height)
    write(canvas, said, beside, faces=PLAIN, largest=10)
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(0.8)
    canvas.line(line.x, line.y - 3, line.right, line.y - 3)
    return rest


def _truth(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """The whole report in a sentence."""
    block = fit(truth(report, words), box.width, 30 * MM, largest=15.5, smallest=9, lines=5)
    place, rest = box.from_top(block.height + 2, gap=7 * MM)
    ink(canvas, INK)
    draw(canvas, block, place)
    return rest


def truth(report: WasteReport, words: Words) -> str:
    """What came in and what became of it, in a sentence."""
    period = _period(report, words)
    if report.received + report.eaten + report.passed_on + report.lost == 0:
        return words.text(
            N_("%(period)s: nothing came in, nothing was given and nothing was lost."), period=_first_up(period)
        )
    return words.text(
        N_(
            "%(period)s: %(received)s came in; %(eaten)s were eaten; %(left)s were left behind,"
            " of which %(saved)s were saved; %(lost)s were lost in all."
        ),
        period=_first_up(period),
        received=words.weight(report.received),
        eaten=words.weight(report.eaten),
        left=words.weight(report.left_behind),
        saved=words.weight(report.left_saved),
        lost=words.weight(report.lost),
    )


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _figures(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """Four figures in a row: saved from waste, meals, euros, carbon."""
    strip, rest = box.from_top(24 * MM, gap=7 * MM)
    figures = _four(report, words)
    gap = 4 * MM
    wide = (strip.width - gap * (len(figures) - 1)) / len(figures)
    size = min(fit(name, wide - 18, 22, faces=PLAIN, largest=8.5, smallest=6, lines=2).size for _, name in figures)
    for figure, name in figures:
        cell, strip = strip.from_left(wide, gap=gap)
        ink(canvas, WASH)
        canvas.roundRect(cell.x, cell.y, cell.width, cell.height, 6, stroke=0, fill=1)
        above, below = cell.inset(9, 9).bands([0.58, 0.42], gap=5)
        ink(canvas, BRAND)
        write(canvas, figure, above, faces=STRONG, largest=19, stand="middle")
        ink(canvas, INK)
        write(canvas, name, below, faces=PLAIN, largest=size, smallest=5, lines=2)
    return rest


def _four(report: WasteReport, words: Words) -> list[tuple[str, str]]:
    rate, impact = report.rescue_rate, report.impact
    meals = words.number(impact.meals, 0) if impact else UNKNOWN
    carbon = words.weight(impact.co2e_grams) if impact else UNKNOWN
    return [
        (UNKNOWN if rate is None else words.percent(rate, 1), words.text(N_("of what left the shelves was used"))),
        (meals, words.text(N_("meals eaten"))),
        (_euros(impact, words), words.text(N_("worth of food eaten"))),
        (carbon, words.text(N_("of CO₂ equivalent avoided"))),
    ]


def _euros(impact: Impact | None, words: Words) -> str:
    """Whole euros: an estimate has no cents."""
    if impact is None:
        return UNKNOWN
    return words.text(N_("€%(euros)s"), euros=round(impact.value_cents / 100))


def _heading(canvas: Canvas, text: str, box: Box, note: str = "") -> Box:
    """A section's name, a word of explanation after it, and what remains."""
    line, rest = box.from_top(13, gap=6)
    ink(canvas, INK)
    block = write(canvas, text, line, faces=STRONG, largest=12, stand="middle")
    ink(canvas, FAINT)
    beside = Box(line.x + block.width + 8, line.y, line.width - block.width - 8, line.height)
    write(canvas, note, beside, faces=PLAIN, largest=8.5, stand="middle")
    return rest


def _draw(canvas: Canvas, drawing: Drawing, box: Box) -> Box:
    """Put a chart at the top of a box; what remains under it."""
    place, rest = box.from_top(drawing.height, gap=8 * MM)
    renderPDF.draw(drawing, canvas, place.x, place.y)
    return rest


def _nothing(canvas: Canvas, text: str, box: Box) -> Box:
    place, rest = box.from_top(22, gap=8 * MM)
    ink(canvas, FAINT)
    write(canvas, text, place, faces=PLAIN, largest=9.5, lines=2)
    return rest


def _flow(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    rest = _heading(canvas, words.text(N_("Where the food went")), box)
    if report.at_start + report.received == 0:
        return _nothing(canvas, words.text(N_("There was no food to follow over this period.")), rest)
    sources = [
        _share(words.text(N_("Received")), report.received, report, charts.EATEN, words),
        _share(words.text(N_("On the shelves before")), report.at_start, report, charts.KEPT, words),
    ]
    exits = [
        _share(words.text(N_("Eaten by households")), report.eaten, report, charts.EATEN, words),
        _share(words.text(N_("Given another use")), report.passed_on, report, charts.PASSED_ON, words),
        _share(words.text(N_("Lost")), report.lost, report, charts.LOST, words),
        _share(words.text(N_("Still on the shelves")), report.on_hand, report, charts.KEPT, words),
    ]
    rest = _draw(canvas, charts.flow_chart(rest.width, 60 * MM, sources, exits), rest)
    return _left_behind(canvas, report, rest, words)


def _share(name: str, grams: int, report: WasteReport, colour: Color, words: Words) -> charts.Share:
    whole = report.at_start + report.received
    said = f"{words.weight(grams)} · {_percent(grams / whole, words)}"
    return charts.Share(name, said, grams, colour)


def _percent(share: float, words: Words) -> str:
    """A whole percentage; with its decimal where that is all there is of it."""
    return words.percent(share, 1 if share < 0.01 else 0)


def _left_behind(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """What was left behind as one bar: the part that was saved, and the part that was lost."""
    if not report.left_behind:
        return box
    saved, lost = report.left_saved, report.left_behind - report.left_saved
    said = words.text(N_("%(saved)s saved, %(lost)s lost"), saved=words.weight(saved), lost=words.weight(lost))
    name = words.text(N_("Left behind: %(weight)s"), weight=words.weight(report.left_behind))
    share = saved / report.left_behind
    bar = charts.Bar(name, share, said, charts.PASSED_ON, rest=charts.LOST if lost else None)
    return _draw(canvas, charts.bar_chart(box.width, [bar], names=0.22, figures=0.3), box)


def _weeks(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> None:
    """Two charts with the same weeks: received and eaten, then left behind and lost."""
    rest = _heading(canvas, words.text(N_("Week by week")), box)
    weeks = report.weeks
    if not weeks:
        _nothing(canvas, words.text(N_("No week of this period has any movement.")), rest)
        return
    gap = 10 * MM
    wide = (rest.width - gap) / 2
    left, right = rest.from_left(wide, gap=gap)
    tall = min(rest.height - 16 - 2 * MM, 66 * MM)
    moved = [charts.Week(week.monday, week.received, week.eaten) for week in weeks]
    wasted = [charts.Week(week.monday, week.left_behind, week.lost) for week in weeks]
    left = _legend(
        canvas, left, (charts.KEPT, words.text(N_("received, in kg"))), (charts.EATEN, words.text(N_("eaten, in kg")))
    )
    right = _legend(
        canvas, right, (charts.LEFT, words.text(N_("left behind, in kg"))), (charts.LOST, words.text(N_("lost, in kg")))
    )
    _draw(canvas, charts.week_chart(wide, tall, moved, (charts.KEPT, charts.EATEN), words), left)
    _draw(canvas, charts.week_chart(wide, tall, wasted, (charts.LEFT, charts.LOST), words), right)


def _legend(canvas: Canvas, box: Box, *entries: tuple[Color, str]) -> Box:
    line, rest = box.from_top(12, gap=4)
    for colour, name in entries:
        ink(canvas, colour)
        canvas.rect(line.x, line.y + 3, 6, 6, stroke=0, fill=1)
        ink(canvas, INK)
        _, text = line.from_left(6, gap=4)
        block = write(canvas, name, text, faces=PLAIN, largest=8, stand="middle")
        _, line = text.from_left(block.width, gap=12)
    return rest


def _families(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    note = words.text(N_("lost, and its share of what was received"))
    rest = _heading(canvas, words.text(N_("By family")), box, note)
    moved = [row for row in report.families if row.received or row.lost]
    if not moved:
        return _nothing(canvas, words.text(N_("No family has any movement over this period.")), rest)
    rows = _most([row for row in moved if row.lost], words)
    longest = max((row.lost for row in rows), default=1)
    bars = [charts.Bar(row.name, row.lost / longest, _lost_of(row, words), charts.LOST) for row in rows]
    rest = _draw(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)
    return _spared(canvas, [row.name for row in moved if not row.lost], rest, words)


def _spared(canvas: Canvas, names: Sequence[str], box: Box, words: Words) -> Box:
    """The families that lost nothing deserve a line."""
    if not names:
        return box
    place = Box(box.x, box.top - 4, box.width, 8 * MM)
    ink(canvas, BRAND)
    said = words.text(N_("Nothing lost: %(families)s."), families=list(names))
    write(canvas, said, place, faces=PLAIN, largest=8.5, smallest=6.5, lines=2)
    return box.from_top(6 * MM)[1]


def _lost_of(row: FamilyRow, words: Words) -> str:
    share = words.percent(row.lost / row.received, 1) if row.received else UNKNOWN
    return f"{words.weight(row.lost)} · {share}"


def _most(rows: Sequence[FamilyRow], words: Words) -> list[FamilyRow]:
    """The families that lost most, the others added up in one row."""
    ordered = sorted(rows, key=lambda row: (-row.lost, -row.received, row.name))
    if len(ordered) <= MOST_FAMILIES:
        return ordered
    kept, others = ordered[: MOST_FAMILIES - 1], ordered[MOST_FAMILIES - 1 :]
    rest = FamilyRow(
        words.text(N_("Other families: %(count)s"), count=len(others)),
        sum(row.received for row in others),
        sum(row.eaten for row in others),
        sum(row.left_behind for row in others),
        sum(row.lost for row in others),
    )
    return [*kept, rest]


def _causes(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    rest = _heading(canvas, words.text(N_("Why it was lost")), box)
    causes = sorted((row for row in report.causes if row.grams), key=lambda row: (-row.grams, row.name))
    if not causes:
        return _nothing(canvas, words.text(N_("Nothing was lost over this period.")), rest)
    longest, whole = causes[0].grams, sum(row.grams for row in causes)
    bars = [
        charts.Bar(
            row.name,
            row.grams / longest,
            f"{words.weight(row.grams)} · {_percent(row.grams / whole, words)}",
            charts.LOST,
        )
        for row in causes[:MOST_CAUSES]
    ]
    return _draw(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)


def _balance(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    note = words.text(N_("share of the weight given; the upright line is the reference"))
    rest = _heading(canvas, words.text(N_("Balance of the baskets")), box, note)
    whole = sum(row.grams for row in report.groups)
    if not whole:
        return _nothing(canvas, words.text(N_("No basket was given over this period.")), rest)
    longest = max(max(row.grams / whole, row.reference) for row in report.groups)
    bars = [
        charts.Bar(
            row.name,
            row.grams / whole / longest,
            words.text(
                N_("%(share)s (%(reference)s)"),
                share=words.percent(row.grams / whole),
                reference=words.percent(row.reference),
            ),
            charts.EATEN,
            mark=row.reference / longest,
        )
        for row in report.groups
    ]
    return _draw(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)


def _evenness(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    coverage = report.coverage
    note = words.text(N_("share of each household's need that its baskets met"))
    rest = _heading(canvas, words.text(N_("How evenly it was shared")), box, note)
    if coverage is None or not coverage.households:
        return _nothing(canvas, words.text(N_("No basket was given over this period.")), rest)
    bars = [
        _coverage_bar(words.text(N_("Least well served household")), coverage.worst, words),
        _coverage_bar(words.text(N_("Average household")), coverage.average, words),
    ]
    rest = _draw(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)
    return _served(canvas, coverage, rest, words)


def _coverage_bar(name: str, share: float, words: Words) -> charts.Bar:
    return charts.Bar(name, share, words.percent(share), charts.EATEN)


def _served(canvas: Canvas, coverage: Coverage, box: Box, words: Words) -> Box:
    place = Box(box.x, box.top + 3 * MM, box.width, 12)
    ink(canvas, FAINT)
    said = words.text(
        N_("Households served: %(households)s · visits: %(visits)s"),
        households=coverage.households,
        visits=coverage.visits,
    )
    write(canvas, said, place, faces=PLAIN, largest=8.5)
    return box.from_top(2 * MM)[1]


DEFINITIONS = (
    N_("Eaten: taken home by households. Given another use: to a partner, a workshop or animals."),
    N_("Left behind: good food offered and not taken; saved: put back on the shelf, or passed on to others."),
    N_("Lost: no longer fit to eat, whatever the cause, what was left behind and not saved included."),
    N_("Not wasted: eaten or given another use, over everything that left the shelves."),
    N_("Need met: what a household received over what its size calls for, for the foods it can use."),
)


def _definitions(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> None:
    """The words of the report and the factors behind its figures, at the foot of the page."""
    lines = [words.text(line) for line in DEFINITIONS] + _factors(report.impact, words)
    _, place = box.from_top(box.height - min(box.height, 11.5 * len(lines) + 20))
    canvas.setStrokeColor(HAIR)
    canvas.setLineWidth(0.6)
    canvas.line(place.x, place.top, place.right, place.top)
    _, place = place.from_top(6)
    for line in lines:
        row, place = place.from_top(11.5)
        ink(canvas, FAINT)
        write(canvas, line, row, faces=PLAIN, largest=8, smallest=5.5, stand="middle")


def _factors(impact: Impact | None, words: Words) -> list[str]:
    if impact is None:
        return []
    lines = [words.text(N_("Factors: %(factors)s."), factors=impact.factors)]
    if impact.co2e_by_family_grams is not None:
        lines.append(
            words.text(
                N_("With factors of each family instead of a general one: %(weight)s of CO₂ equivalent."),
                weight=words.weight(impact.co2e_by_family_grams),
            )
        )
    return lines


def _foot(canvas: Canvas, report: WasteReport, page: int, words: Words) -> None:
    foot = Box(MARGIN.x, 8 * MM, MARGIN.width, 9)
    ink(canvas, FAINT)
    said = words.text(N_("Made with Panier juste on %(date)s"), date=words.numeric_date(report.made_on))
    left, right = foot.from_left(foot.width * 0.7)
    write(canvas, f"{said} · {_name(report)}", left, faces=PLAIN, largest=7.5)
    number = words.text(N_("page %(number)s/%(count)s"), number=page, count=2)
    write(canvas, number, right, faces=PLAIN, largest=7.5, align="right")
