"""The page that tells a printer's shift: print it at 100 %, lay it on a label sheet against the light."""

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR
from labels.media import Media
from labels.paper import FAINT, INK, document, ink, outline
from labels.text import write
from labels.words import N_, Words

FRAME = 3
"""Millimetres from a roll label's edge to the frame printed in it."""

RULE = 50
"""Millimetres of the rule that shows whether the printer keeps sizes."""

HOW = {
    "sheet": N_(
        "Print at full size, hold it over a label sheet against the light, and measure how far the lines are"
        " from the labels' edges."
    ),
    "roll": N_("Print at full size and measure how far the frame is from each edge: it should be %(frame)s mm."),
}
HOW["continuous"] = HOW["roll"]


def calibration_page(media: Media, words: Words, *, offset: tuple[float, float] = (0, 0)) -> bytes:
    """A stock's outlines, lines to measure from, a rule that shows whether sizes are kept, and what to do."""
    places = media.places(offset)
    width, height = (side * MM for side in media.page)

    def page(canvas: Canvas) -> None:
        ink(canvas, INK)
        if media.kind == "sheet":
            outline(canvas, places)
            _cross(canvas, places[0])
            _cross(canvas, places[-1])
        else:
            outline(canvas, [places[0].inset(FRAME * MM)])
        _explain(canvas, media, offset, words)

    title = words.text(N_("Calibration of %(code)s"), code=media.code)
    return document([page], words, title=title, page=Box(0, 0, width, height))


def _cross(canvas: Canvas, place: Box) -> None:
    """Lines through the middle of a label, and ticks each millimetre along them up to five."""
    ink(canvas, INK)
    canvas.setLineWidth(0.3)
    x, y = place.x + place.width / 2, place.y + place.height / 2
    canvas.line(place.x, y, place.right, y)
    canvas.line(x, place.y, x, place.top)
    for n in range(-5, 6):
        tick = (1.2 if n % 5 else 2.2) * MM / 2
        canvas.line(x + n * MM, y - tick, x + n * MM, y + tick)
        canvas.line(x - tick, y + n * MM, x + tick, y + n * MM)


def _explain(canvas: Canvas, media: Media, offset: tuple[float, float], words: Words) -> None:
    """The rule and the instructions, inside one label in the middle of the sheet."""
    places = media.places(offset)
    inner = media.printable(places[len(places) // 2]).inset(0 if media.kind == "sheet" else 2.5 * MM)
    text, rule = inner.from_top(inner.height * 0.72, gap=2)
    head, body = text.from_top(text.height * 0.26, gap=2)
    ink(canvas, INK)
    name = f"{media.maker} {media.code}".strip()
    write(canvas, name, head, faces=(BOLD, NARROW_BOLD), largest=10)
    ink(canvas, FAINT)
    said = (
        words.text(HOW[media.kind], frame=FRAME)
        + " "
        + words.text(
            N_("Shift now: %(right)s mm right, %(down)s mm down."),
            right=words.number(offset[0]),
            down=words.number(offset[1]),
        )
    )
    write(canvas, said, body, faces=(REGULAR, NARROW), largest=8, smallest=3.5, lines=9)
    _rule(canvas, rule, words)


def _rule(canvas: Canvas, box: Box, words: Words) -> None:
    long = RULE * MM if box.width >= RULE * MM else int(box.width / MM / 10) * 10 * MM
    if not long:
        return
    ink(canvas, INK)
    canvas.setLineWidth(0.5)
    y = box.y + 1
    canvas.line(box.x, y, box.x + long, y)
    for end in (box.x, box.x + long):
        canvas.line(end, y, end, y + 4)
    said = words.text(N_("%(length)s mm exactly"), length=round(long / MM))
    write(
        canvas, said, Box(box.x + 2, y + 1, long - 4, max(box.height - 3, 0)), largest=6.5, smallest=3.5, align="centre"
    )
