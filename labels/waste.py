"""Drawing the waste report: its first page says what became of the food."""

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from labels import charts
from labels.boxes import MM, Box
from labels.paper import BRAND, FAINT, INK, WASH, document, ink
from labels.reasons import second_page
from labels.report import Impact, WasteReport
from labels.sections import MARGIN, PLAIN, STRONG, UNKNOWN, foot, heading, name_of, nothing, percent, period_of, put
from labels.text import draw, fit, write
from labels.words import N_, Words


def waste_report(report: WasteReport, words: Words) -> bytes:
    """Two A4 pages: what became of the food, then why, for whom and what it stands for."""
    title = words.text(
        N_("Food waste report · %(name)s · %(period)s"), name=name_of(report), period=period_of(report, words)
    )
    pages = [
        lambda canvas: _first_page(canvas, report, words),
        lambda canvas: second_page(canvas, report, words),
    ]
    return document(pages, words, title=title, author=report.network)


def _first_page(canvas: Canvas, report: WasteReport, words: Words) -> None:
    rest = _head(canvas, report, MARGIN, words)
    rest = _truth(canvas, report, rest, words)
    rest = _figures(canvas, report, rest, words)
    rest = _flow(canvas, report, rest, words)
    _weeks(canvas, report, rest, words)
    foot(canvas, report, 1, words)


def _head(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    head, rest = box.from_top(19 * MM, gap=9 * MM)
    title, under = head.bands([0.6, 0.4], gap=3)
    ink(canvas, BRAND)
    write(canvas, words.text(N_("Food waste report")), title, faces=STRONG, largest=24, stand="bottom")
    ink(canvas, FAINT)
    said = f"{name_of(report)} · {period_of(report, words)}"
    write(canvas, said, under, faces=PLAIN, largest=12, stand="middle")
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(1.5)
    canvas.line(head.x, head.y - 4, head.right, head.y - 4)
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
    period = period_of(report, words)
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
        eaten=words.weight(report.eaten + report.passed_on),
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


def _flow(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    rest = heading(canvas, words.text(N_("Where the food went")), box)
    if report.at_start + report.received == 0:
        return nothing(canvas, words.text(N_("There was no food to follow over this period.")), rest)
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
    rest = put(canvas, charts.flow_chart(rest.width, 60 * MM, sources, exits), rest)
    return _left_behind(canvas, report, rest, words)


def _share(name: str, grams: int, report: WasteReport, colour: Color, words: Words) -> charts.Share:
    whole = report.at_start + report.received
    said = f"{words.weight(grams)} · {percent(grams / whole, words)}"
    return charts.Share(name, said, grams, colour)


def _left_behind(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """What was left behind as one bar: the part that was saved, and the part that was lost."""
    if not report.left_behind:
        return box
    saved, lost = report.left_saved, report.left_behind - report.left_saved
    said = words.text(N_("%(saved)s saved, %(lost)s lost"), saved=words.weight(saved), lost=words.weight(lost))
    name = words.text(N_("Left behind: %(weight)s"), weight=words.weight(report.left_behind))
    share = saved / report.left_behind
    bar = charts.Bar(name, share, said, charts.PASSED_ON, rest=charts.LOST if lost else None)
    return put(canvas, charts.bar_chart(box.width, [bar], names=0.22, figures=0.3), box)


def _weeks(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> None:
    """Two charts with the same weeks: received and eaten, then left behind and lost."""
    rest = heading(canvas, words.text(N_("Week by week")), box)
    weeks = report.weeks
    if not weeks:
        nothing(canvas, words.text(N_("No week of this period has any movement.")), rest)
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
    put(canvas, charts.week_chart(wide, tall, moved, (charts.KEPT, charts.EATEN), words), left)
    put(canvas, charts.week_chart(wide, tall, wasted, (charts.LEFT, charts.LOST), words), right)


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
