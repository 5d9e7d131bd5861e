"""What the pages of the waste report are built of: headings, charts in their place, and the lines at the foot."""

import calendar

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR
from labels.paper import A4_PAGE, BRAND, FAINT, INK, ink
from labels.report import WasteReport
from labels.text import write
from labels.words import N_, Words

MARGIN = A4_PAGE.inset(16 * MM, 14 * MM)
STRONG = (BOLD, NARROW_BOLD)
PLAIN = (REGULAR, NARROW)
UNKNOWN = "–"
"""Stands where there is no figure."""


def name_of(report: WasteReport) -> str:
    return f"{report.network} · {report.site}" if report.site else report.network


def period_of(report: WasteReport, words: Words) -> str:
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


def heading(canvas: Canvas, text: str, box: Box, note: str = "") -> Box:
    """A section's name, a word of explanation after it, and what remains."""
    line, rest = box.from_top(13, gap=6)
    ink(canvas, INK)
    block = write(canvas, text, line, faces=STRONG, largest=12, stand="middle")
    ink(canvas, FAINT)
    beside = Box(line.x + block.width + 8, line.y, line.width - block.width - 8, line.height)
    write(canvas, note, beside, faces=PLAIN, largest=8.5, stand="middle")
    return rest


def put(canvas: Canvas, drawing: Drawing, box: Box) -> Box:
    """Put a chart at the top of a box; what remains under it."""
    place, rest = box.from_top(drawing.height, gap=8 * MM)
    renderPDF.draw(drawing, canvas, place.x, place.y)
    return rest


def nothing(canvas: Canvas, text: str, box: Box) -> Box:
    place, rest = box.from_top(22, gap=8 * MM)
    ink(canvas, FAINT)
    write(canvas, text, place, faces=PLAIN, largest=9.5, lines=2)
    return rest


def percent(share: float, words: Words) -> str:
    """A whole percentage; with its decimal where that is all there is of it."""
    return words.percent(share, 1 if share < 0.01 else 0)


def running_head(canvas: Canvas, report: WasteReport, box: Box, words: Words) -> Box:
    """What the page belongs to, should it come loose."""
    line, rest = box.from_top(11, gap=6 * MM)
    ink(canvas, BRAND)
    block = write(canvas, words.text(N_("Food waste report")), line, faces=STRONG, largest=10)
    ink(canvas, FAINT)
    said = f"{name_of(report)} · {period_of(report, words)}"
    beside = Box(line.x + block.width + 8, line.y, line.width - block.width - 8, line.height)
    write(canvas, said, beside, faces=PLAIN, largest=10)
    canvas.setStrokeColor(BRAND)
    canvas.setLineWidth(0.8)
    canvas.line(line.x, line.y - 3, line.right, line.y - 3)
    return rest


def foot(canvas: Canvas, report: WasteReport, page: int, words: Words) -> None:
    line = Box(MARGIN.x, 8 * MM, MARGIN.width, 9)
    ink(canvas, FAINT)
    said = words.text(N_("Made with Panier juste on %(date)s"), date=words.numeric_date(report.made_on))
    left, right = line.from_left(line.width * 0.7)
    write(canvas, f"{said} · {name_of(report)}", left, faces=PLAIN, largest=7.5)
    number = words.text(N_("page %(number)s/%(count)s"), number=page, count=2)
    write(canvas, number, right, faces=PLAIN, largest=7.5, align="right")
