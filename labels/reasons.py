"""The waste report's second page: by family and cause, how balanced and how even, and its words explained."""

from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from labels import charts
from labels.boxes import MM, Box
from labels.paper import BRAND, FAINT, HAIR, ink
from labels.report import Coverage, FamilyRow, Impact, WasteReport
from labels.sections import MARGIN, PLAIN, UNKNOWN, foot, heading, nothing, percent, put, running_head
from labels.text import write
from labels.words import N_, Words

MOST_FAMILIES = 7
MOST_CAUSES = 5
ROW = 16.0


def second_page(canvas: Canvas, report: WasteReport, words: Words) -> None:
    """Why food was lost, and for whom it was not."""
    rest = running_head(canvas, report, MARGIN, words)
    rest = _families(canvas, report, rest, words)
    rest = _causes(canvas, report, rest, words)
    rest = _balance(canvas, report, rest, words)
    rest = _evenness(canvas, report, rest, words)
    _definitions(canvas, report, rest, words)
    foot(canvas, report, 2, words)


def _families(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    note = words.text(N_("lost, and its share of what was received"))
    rest = heading(canvas, words.text(N_("By family")), box, note)
    moved = [row for row in report.families if row.received or row.lost]
    if not moved:
        return nothing(canvas, words.text(N_("No family has any movement over this period.")), rest)
    rows = _most([row for row in moved if row.lost], words)
    longest = max((row.lost for row in rows), default=1)
    bars = [charts.Bar(row.name, row.lost / longest, _lost_of(row, words), charts.LOST) for row in rows]
    rest = put(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)
    return _spared(canvas, [row.name for row in moved if not row.lost], rest, words)


def _spared(canvas: Canvas, names: Sequence[str], box: Box, words: Words) -> Box:
    """The families that lost nothing deserve a line."""
    if not names:
        return box
    place = Box(box.x, box.top - 4, box.width, 8 * MM)
    ink(canvas, BRAND)
    said = words.text(N_("Nothing lost: %(families)s"), families=" · ".join(names))
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
    rest = heading(canvas, words.text(N_("Why it was lost")), box)
    causes = sorted((row for row in report.causes if row.grams), key=lambda row: (-row.grams, row.name))
    if not causes:
        return nothing(canvas, words.text(N_("Nothing was lost over this period.")), rest)
    longest, whole = causes[0].grams, sum(row.grams for row in causes)
    bars = [
        charts.Bar(
            row.name,
            row.grams / longest,
            f"{words.weight(row.grams)} · {percent(row.grams / whole, words)}",
            charts.LOST,
        )
        for row in causes[:MOST_CAUSES]
    ]
    return put(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)


def _balance(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    note = words.text(N_("share of the weight given; the upright line is the reference"))
    rest = heading(canvas, words.text(N_("Balance of the baskets")), box, note)
    whole = sum(row.grams for row in report.groups)
    if not whole:
        return nothing(canvas, words.text(N_("No basket was given over this period.")), rest)
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
    return put(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)


def _evenness(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    coverage = report.coverage
    note = words.text(N_("share of each household's need that its baskets met"))
    rest = heading(canvas, words.text(N_("How evenly it was shared")), box, note)
    if coverage is None or not coverage.households:
        return nothing(canvas, words.text(N_("No basket was given over this period.")), rest)
    bars = [
        _coverage_bar(words.text(N_("Least well served household")), coverage.worst, words),
        _coverage_bar(words.text(N_("Average household")), coverage.average, words),
    ]
    rest = put(canvas, charts.bar_chart(rest.width, bars, names=0.34, row=ROW), rest)
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
    N_("Eaten: taken home by households, or given another use: at a workshop or a partner’s."),
    N_("Left behind: good food offered and not taken; saved: put back on the shelf, or passed on to others."),
    N_("Lost: eaten by nobody, whatever the cause, what went to animals or compost included."),
    N_("Not wasted: eaten, over everything that left the shelves."),
    N_("Need met: what a household received over what its size calls for, for the foods it can use."),
)


def _definitions(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> None:
    """The words of the report and the factors behind its figures, at the foot of the page."""
    lines = [words.text(line) for line in DEFINITIONS] + _factors(report.impact, words) + list(report.notes)
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
