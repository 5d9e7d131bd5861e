"""What letters and forms are made of: sections, paragraphs, facts, rows and boxes to fill in by hand."""

from collections.abc import Iterable, Sequence

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR, Face
from labels.marks import draw_tick_box
from labels.paper import FAINT, HAIR, INK, WASH, ink
from labels.tables import MARGIN, Column, Part, row
from labels.text import LEADING, lines_needed, write

WIDTH = MARGIN.width
STRONG = (BOLD, NARROW_BOLD)
PLAIN = (REGULAR, NARROW)
MOST_LINES = 40
"""Of one paragraph, which is never split: far less than a page."""

FACT = [Column("", 2, face=(REGULAR, NARROW)), Column("", 5, lines=6, face=STRONG, size=9.5)]


def section(text: str) -> Part:
    """A heading that stays with what follows."""

    def draw(canvas: Canvas, box: Box) -> None:
        ink(canvas, INK)
        write(canvas, text, box.inset(0, 5), faces=STRONG, largest=11, stand="bottom")

    return Part(30, draw, keep=True)


def paragraph(
    text: str, *, size: float = 9.5, faces: tuple[Face, ...] = PLAIN, colour: Color = INK, keep: bool = False
) -> Part:
    """A text over the page's width, as high as it needs; one that would never end is cut short."""
    lines = min(lines_needed(text, WIDTH, faces[0], size), MOST_LINES)
    height = lines * size * LEADING + 0.5 * size

    def draw(canvas: Canvas, box: Box) -> None:
        ink(canvas, colour)
        write(canvas, text, box, faces=faces, largest=size, smallest=size - 2, lines=lines)
        ink(canvas, INK)

    return Part(height, draw, keep=keep)


def space(millimetres: float) -> Part:
    return Part(millimetres * MM, lambda _canvas, _box: None)


def facts(pairs: Iterable[tuple[str, str]]) -> list[Part]:
    """One line each: what it is, and what is known of it. An empty value leaves room for a pen."""
    return [row(FACT, pair, WIDTH) if pair[1] else _to_fill_in(pair[0]) for pair in pairs]


def _to_fill_in(name: str) -> Part:
    line = row(FACT, (name, ""), WIDTH)
    return Part(8 * MM, line.draw)


def blank_rows(columns: Sequence[Column], count: int, first: Sequence[str] = ()) -> list[Part]:
    """Rows to be filled in with a pen, ruled like the table above them; `first` names the rows there are."""
    named = [*first, *[""] * (count - len(first))][:count]
    return [_blank_row(columns, name) for name in named]


def _blank_row(columns: Sequence[Column], name: str) -> Part:
    whole = sum(column.share for column in columns)

    def draw(canvas: Canvas, box: Box) -> None:
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.5)
        canvas.rect(box.x, box.y, box.width, box.height)
        x = box.x
        for column in columns[:-1]:
            x += box.width * column.share / whole
            canvas.line(x, box.y, x, box.top)
        first = Box(box.x + 3, box.y, box.width * columns[0].share / whole - 6, box.height)
        ink(canvas, INK)
        write(canvas, name, first, faces=PLAIN, largest=9, lines=2, stand="middle")

    return Part(8 * MM, draw)


def room(name: str, height: float) -> Part:
    """A box to write in, named in its corner; `height` in millimetres."""
    return Part((height + 3) * MM, lambda canvas, box: _boxed(canvas, name, box.from_top(height * MM)[0]))


def signatures(names: Sequence[str], height: float = 26) -> Part:
    """Boxes to sign in, side by side, never split from each other; `height` in millimetres."""

    def draw(canvas: Canvas, box: Box) -> None:
        gap = 6 * MM
        line = box.from_top(height * MM)[0]
        wide = (line.width - gap * (len(names) - 1)) / len(names)
        for name in names:
            cell, line = line.from_left(wide, gap=gap)
            _boxed(canvas, name, cell)

    return Part((height + 4) * MM, draw)


def _boxed(canvas: Canvas, name: str, box: Box) -> None:
    canvas.setStrokeColor(FAINT)
    canvas.setLineWidth(0.6)
    canvas.roundRect(box.x, box.y, box.width, box.height, 3, stroke=1, fill=0)
    ink(canvas, FAINT)
    write(canvas, name, box.inset(4, 4).from_top(22)[0], faces=PLAIN, largest=8.5, lines=2)
    ink(canvas, INK)


def ticks(choices: Iterable[tuple[str, bool]]) -> list[Part]:
    """Boxes of a form, ticked where it is so."""
    return [_tick(text, ticked) for text, ticked in choices]


def _tick(text: str, ticked: bool) -> Part:
    def draw(canvas: Canvas, box: Box) -> None:
        mark, said = box.inset(0, 2).from_left(9, gap=6)
        ink(canvas, INK)
        y = box.top - 12
        draw_tick_box(canvas, mark.x, y)
        if ticked:
            canvas.setLineWidth(1.4)
            canvas.lines([(mark.x + 2, y + 2, mark.x + 7, y + 7), (mark.x + 2, y + 7, mark.x + 7, y + 2)])
        write(canvas, text, said, faces=PLAIN, largest=9, lines=2)

    return Part(15, draw)


def framed(text: str, *, size: float = 12, height: float = 12) -> Part:
    """What must not be overlooked, large on a wash; `height` in millimetres."""

    def draw(canvas: Canvas, box: Box) -> None:
        band = box.from_top(height * MM)[0]
        ink(canvas, WASH)
        canvas.roundRect(band.x, band.y, band.width, band.height, 4, stroke=0, fill=1)
        ink(canvas, INK)
        write(canvas, text, band.inset(8, 4), faces=STRONG, largest=size, smallest=6, lines=3, stand="middle")

    return Part((height + 3) * MM, draw)
