"""A4 pages with a head that comes back, rows that stay whole, and `page n/m` at the foot."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR, Face
from labels.paper import A4_PAGE, FAINT, HAIR, INK, Page, document, ink
from labels.text import LEADING, Align, draw_at, fit, write
from labels.words import N_, Words

MARGIN = Box(14 * MM, 14 * MM, A4_PAGE.width - 28 * MM, A4_PAGE.height - 28 * MM)
SIZE = 8.5
PAD = 3.2
GAP = 8.0
"""Points between columns."""
HEAD = 15 * MM
FOOT = 6 * MM


@dataclass(frozen=True)
class Column:
    """One column: its head, its share of the width, and how its cells stand."""

    head: str
    share: float
    align: Align = "left"
    lines: int = 2
    face: tuple[Face, Face] = (REGULAR, NARROW)
    size: float = SIZE


Cell = str | Callable[[Canvas, Box], None]
"""A text, or a drawing of its own."""


@dataclass(frozen=True)
class Part:
    """Something with a height that is drawn at a place and never split between pages."""

    height: float
    draw: Callable[[Canvas, Box], None]
    keep: bool = False
    """Stays with the next part: a heading is not left at the foot of a page."""


@dataclass
class Flow:
    """Parts of the page's width, one under the other, turned into pages."""

    title: str
    subtitle: str
    words: Words
    repeated: Part | None = None
    """Comes back on top of each page: the heads of the columns."""
    columns: int = 1
    author: str = ""
    """The network, or the partner that answers for the document."""
    behind: Callable[[Canvas], None] | None = None
    """Drawn under everything on each page: a mark across a cancelled paper."""
    parts: list[Part] = field(default_factory=list)

    def add(self, parts: Iterable[Part]) -> None:
        self.parts += parts

    def pdf(self) -> bytes:
        """The document, each page numbered of how many there are."""
        pages = self._pages()
        drawn = [self._page(placed, n, len(pages)) for n, placed in enumerate(pages, start=1)]
        return document(drawn, self.words, title=f"{self.title} · {self.subtitle}", author=self.author)

    def _body(self) -> list[Box]:
        """The boxes parts flow through on one page."""
        gap = 8 * MM
        width = (MARGIN.width - gap * (self.columns - 1)) / self.columns
        height = MARGIN.height - HEAD - FOOT - (self.repeated.height if self.repeated else 0)
        return [Box(MARGIN.x + n * (width + gap), MARGIN.y + FOOT, width, height) for n in range(self.columns)]

    def _pages(self) -> list[list[tuple[Part, Box]]]:
        bodies = self._body()
        pages: list[list[tuple[Part, Box]]] = [[]]
        turn, rest = 0, bodies[0]
        for group in _kept_together(self.parts):
            height = sum(part.height for part in group)
            if height > rest.height and rest.height < bodies[turn].height:
                turn = (turn + 1) % len(bodies)
                rest = bodies[turn]
                if turn == 0:
                    pages.append([])
            for part in group:
                place, rest = rest.from_top(part.height)
                pages[-1].append((part, place))
        return pages

    def _page(self, placed: Sequence[tuple[Part, Box]], number: int, count: int) -> Page:
        def draw(canvas: Canvas) -> None:
            if self.behind:
                self.behind(canvas)
            self._head(canvas)
            self._foot(canvas, number, count)
            for part, box in placed:
                ink(canvas, INK)
                part.draw(canvas, box)

        return draw

    def _head(self, canvas: Canvas) -> None:
        head, rest = MARGIN.from_top(HEAD - 4 * MM)
        ink(canvas, INK)
        title, under = head.bands([0.56, 0.44])
        write(canvas, self.title, title, faces=(BOLD, NARROW_BOLD), largest=15)
        ink(canvas, FAINT)
        write(canvas, self.subtitle, under, faces=(REGULAR, NARROW), largest=10)
        if self.repeated:
            ink(canvas, INK)
            self.repeated.draw(canvas, rest.from_top(4 * MM)[1].from_top(self.repeated.height)[0])

    def _foot(self, canvas: Canvas, number: int, count: int) -> None:
        ink(canvas, FAINT)
        foot = Box(MARGIN.x, MARGIN.y, MARGIN.width, 9)
        said = self.words.text(N_("page %(number)s/%(count)s"), number=number, count=count)
        left, right = foot.bands([1])[0].from_left(foot.width * 0.8)
        write(canvas, f"{self.title} · {self.subtitle}", left, faces=(REGULAR, NARROW), largest=7.5)
        write(canvas, said, right, largest=7.5, align="right")


def _kept_together(parts: Sequence[Part]) -> list[list[Part]]:
    groups: list[list[Part]] = []
    joined = False
    for part in parts:
        if joined:
            groups[-1].append(part)
        else:
            groups.append([part])
        joined = part.keep
    return groups


def head_row(columns: Sequence[Column]) -> Part:
    """The heads of the columns over a rule."""

    def draw(canvas: Canvas, box: Box) -> None:
        ink(canvas, FAINT)
        for column, cell in zip(columns, _cells(columns, box), strict=True):
            block = fit(column.head, cell.width, 20, faces=(BOLD, NARROW_BOLD), largest=7.5)
            draw_at(canvas, block, _edge(cell, column.align), box.y + 4, column.align)
        ink(canvas, INK)
        canvas.setLineWidth(0.9)
        canvas.line(box.x, box.y, box.right, box.y)

    return Part(14, draw)


def row(columns: Sequence[Column], cells: Sequence[Cell], width: float) -> Part:
    """A row of cells: texts, or drawings of their own; its height is its tallest text's."""
    boxes = _cells(columns, Box(0, 0, width, 0))
    blocks = [
        fit(cell, box.width, 400, faces=column.face, largest=column.size, smallest=6.5, lines=column.lines)
        if isinstance(cell, str)
        else None
        for cell, column, box in zip(cells, columns, boxes, strict=True)
    ]
    tall = max((len(block.lines) for block in blocks if block), default=1)
    size = max(column.size for column in columns)
    height = 2 * PAD + size * (1 + (max(tall, 1) - 1) * LEADING) + 1

    def draw(canvas: Canvas, box: Box) -> None:
        for column, cell, block, place in zip(columns, cells, blocks, _cells(columns, box), strict=True):
            if block:
                draw_at(canvas, block, _edge(place, column.align), box.top - PAD - size * 0.85, column.align)
            elif callable(cell):
                cell(canvas, place)
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.4)
        canvas.line(box.x, box.y, box.right, box.y)
        ink(canvas, INK)

    return Part(height, draw)


def _cells(columns: Sequence[Column], box: Box) -> list[Box]:
    whole = sum(column.share for column in columns)
    boxes, x = [], box.x
    for column in columns:
        wide = box.width * column.share / whole
        boxes.append(Box(x, box.y, wide - GAP, box.height))
        x += wide
    return boxes


def _edge(cell: Box, align: Align) -> float:
    return {"left": cell.x, "centre": cell.x + cell.width / 2, "right": cell.right}[align]
