"""Baskets of a session as they are picked and labelled: a card number and a basket number, never a name."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import draw_code, linear, matrix, smallest_height, smallest_side
from labels.fonts import BOLD, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.lots import FLAKES, DateKind, Storage
from labels.marks import draw_snowflake
from labels.media import Media
from labels.paper import INK, WHITE, ink, label_document
from labels.text import first_that_fits, write
from labels.words import N_, Refused, Words


class WrongBasket(Refused):
    """A basket whose values cannot be true."""


@dataclass(frozen=True)
class PickLine:
    """So much of one lot, standing at one place, for one basket."""

    place: str
    rank: int
    """The place's turn on the way pickers walk."""
    storage: Storage
    product: str
    lot: str
    """Our lot code, as on the lot's label."""
    date_kind: DateKind
    date: dt.date | None
    quantity: int
    """Pieces, or grams where the goods are weighed."""
    measure: Literal["unit", "gram"]
    grams: int
    """What the line weighs altogether."""

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.grams < 0:
            raise WrongBasket(
                N_("Lot %(lot)s: %(quantity)s pieces of %(grams)s g cannot be picked."),
                lot=self.lot,
                quantity=self.quantity,
                grams=self.grams,
            )


@dataclass(frozen=True)
class Basket:
    """What is set aside for one household card."""

    code: str
    """The basket's opaque code, which the hand-over page scans."""
    card: str
    """The household's card number."""
    lines: tuple[PickLine, ...] = ()
    series: str = ""
    """The letter of the baskets that hold the same, where it is like others."""

    def part(self, *storages: Storage) -> tuple[PickLine, ...]:
        return tuple(line for line in self.lines if line.storage in storages)


@dataclass(frozen=True)
class Picking:
    """All baskets of one session; a basket's number is its place in this list, from 1."""

    site: str
    on: dt.date
    baskets: tuple[Basket, ...] = field(default=())

    @property
    def numbered(self) -> list[tuple[int, Basket]]:
        return list(enumerate(self.baskets, start=1))


@dataclass(frozen=True)
class _Bag:
    """One label: the part of a basket that stands in one kind of place."""

    number: int
    basket: Basket
    storage: Storage
    lines: tuple[PickLine, ...]
    turn: int
    of: int


LOW = 42 * MM
"""Under this height a DataMatrix stands in a corner instead of bars under the text."""
NARROW_LABEL = 30 * MM
CAPTION = 8.0
"""Points under the bars for their characters."""

PARTS: dict[Storage, str] = {
    "dry": N_("AMBIENT"),
    "chilled": N_("IN THE FRIDGE"),
    "frozen": N_("IN THE FREEZER"),
}


def basket_labels(
    picking: Picking,
    media: Media,
    words: Words,
    *,
    start: int = 1,
    offset: tuple[float, float] = (0, 0),
    outlines: bool = False,
) -> bytes:
    """The PDF of basket labels: one for each basket, and one more for its chilled and its frozen part."""

    def draw(canvas: Canvas, bag: _Bag, box: Box) -> None:
        _draw(canvas, picking, bag, box, media.dpi, words)

    title = words.text(N_("Basket labels, %(site)s, %(date)s"), site=picking.site, date=picking.on)
    return label_document(
        _bags(picking), draw, media, words, title=title, start=start, offset=offset, outlines=outlines
    )


def _bags(picking: Picking) -> list[_Bag]:
    return [bag for number, basket in picking.numbered for bag in _bags_of(number, basket)]


def _bags_of(number: int, basket: Basket) -> list[_Bag]:
    """The basket's parts that hold something; an empty basket still has its label."""
    held: list[Storage] = [storage for storage in PARTS if basket.part(storage)]
    held = held or ["dry"]
    return [
        _Bag(number, basket, storage, basket.part(storage), turn, len(held))
        for turn, storage in enumerate(held, start=1)
    ]


def _draw(canvas: Canvas, picking: Picking, bag: _Bag, box: Box, dpi: int, words: Words) -> None:
    ink(canvas, INK)
    if box.width < NARROW_LABEL:
        _draw_small(canvas, picking, bag, box, dpi, words)
        return
    symbol = linear("code128", bag.basket.code)
    barred = box.height >= LOW and box.width >= smallest_side(symbol, dpi) * MM
    if not barred:
        box = _corner_code(canvas, bag, box, dpi)
    top, rest = box.from_top(box.height * 0.15, gap=box.height * 0.04)
    _session_line(canvas, picking, top, words)
    if bag.storage != "dry":
        band, rest = rest.from_top(box.height * 0.17, gap=box.height * 0.04)
        _cold_band(canvas, bag, band, words)
    if barred:
        rest, lower = _above_bars(bag, rest, dpi)
        _bars(canvas, bag, lower, dpi)
    _numbers(canvas, bag, rest, words)


def _draw_small(canvas: Canvas, picking: Picking, bag: _Bag, box: Box, dpi: int, words: Words) -> None:
    """Number and code; under them the card on a line of its own; then flakes, day and turn."""
    top, rest = box.from_top(box.height * 0.52, gap=1)
    side = max(smallest_side(matrix(bag.basket.code), dpi) * MM, min(top.height, box.width * 0.48))
    code, number = top.from_right(side, gap=1 * MM)
    draw_code(canvas, matrix(bag.basket.code), code, dpi)
    ink(canvas, INK)
    write(canvas, str(bag.number), number, faces=(BOLD, NARROW_BOLD), largest=40, stand="middle")
    card, foot = rest.bands([0.5, 0.5], gap=1.5)
    write(canvas, bag.basket.card, card, faces=(BOLD, NARROW_BOLD), largest=12, smallest=3.5, stand="middle")
    if flakes := FLAKES.get(bag.storage, 0):
        mark, foot = foot.from_left(foot.height * flakes, gap=2)
        draw_snowflake(canvas, mark, flakes)
    turn, day = foot.from_right(foot.width * 0.4)
    write(canvas, words.short_date(picking.on), day, faces=(REGULAR, NARROW), largest=9, stand="middle")
    _turn(canvas, bag, turn)


def _session_line(canvas: Canvas, picking: Picking, box: Box, words: Words) -> None:
    """The site at the left, the day at the right: in words where there is room for them."""
    day, _ = box.from_right(box.width * 0.52)
    strong = (BOLD, NARROW_BOLD)
    sayings = (words.date(picking.on), words.numeric_date(picking.on), words.short_date(picking.on))
    date = first_that_fits(sayings, day, faces=strong, largest=10, smallest=6)
    block = write(canvas, date, day, faces=strong, largest=10, smallest=4.5, align="right", stand="middle")
    site = Box(box.x, box.y, box.width - block.width - 2 * MM, box.height)
    write(canvas, picking.site, site, faces=(REGULAR, NARROW), largest=10, smallest=4.5, stand="middle")


def _cold_band(canvas: Canvas, bag: _Bag, box: Box, words: Words) -> None:
    """White on black, with its flakes: it must not be left on the table."""
    canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)
    ink(canvas, WHITE)
    flakes = 2 if bag.storage == "frozen" else 1
    inner = box.inset(3, box.height * 0.12)
    mark, text = inner.from_left(inner.height * flakes, gap=4)
    draw_snowflake(canvas, mark, flakes)
    said = words.text(PARTS[bag.storage])
    write(canvas, said, text, faces=(BOLD, NARROW_BOLD), largest=13, smallest=4.5, stand="middle")
    ink(canvas, INK)


def _numbers(canvas: Canvas, bag: _Bag, box: Box, words: Words) -> None:
    """The basket's number, as large as can be, and beside it the card and what the bag holds."""
    number, facts = box.from_left(box.width * 0.36, gap=2 * MM)
    strong = (BOLD, NARROW_BOLD)
    upright = number.inset(0, number.height * 0.04)
    write(canvas, str(bag.number), upright, faces=strong, largest=90, stand="middle")
    card, held = facts.bands([0.5, 0.5], gap=2)
    said = words.text(N_("Card %(card)s"), card=bag.basket.card)
    if bag.basket.series:
        said += " · " + words.text(N_("series %(letter)s"), letter=bag.basket.series)
    alone = first_that_fits((said, bag.basket.card), card, faces=strong, largest=17, smallest=8)
    write(canvas, alone, card, faces=strong, largest=17, smallest=3.5, stand="middle")
    for line, place in zip(_holds(bag, words), held.bands([0.5, 0.5], gap=1), strict=False):
        write(canvas, line, place, faces=(REGULAR, NARROW), largest=10, smallest=4)


def _holds(bag: _Bag, words: Words) -> list[str]:
    """How many things are in the bag, and what they weigh."""
    if not bag.lines:
        return [words.text(N_("nothing planned"))]
    weight = words.weight(sum(line.grams for line in bag.lines))
    return [words.text(N_("Items: %(count)s"), count=pieces(bag.lines)), weight]


def pieces(lines: Sequence[PickLine]) -> int:
    """What a person counts: pieces, and one for each weighed line."""
    return sum(line.quantity if line.measure == "unit" else 1 for line in lines)


def _corner_code(canvas: Canvas, bag: _Bag, box: Box, dpi: int) -> Box:
    """On a low label a DataMatrix at the right, the bag's turn under it; what remains at the left."""
    symbol = matrix(bag.basket.code)
    needed = smallest_side(symbol, dpi) * MM
    column, rest = box.from_right(max(needed, min(box.height * 0.8, box.width * 0.3)), gap=1 * MM)
    taken = draw_code(canvas, symbol, column, dpi, largest=0.85)
    ink(canvas, INK)
    under = Box(column.x, box.y, column.width, taken.y - box.y)
    code, turn = under.bands([0.4, 0.6], gap=1)
    write(canvas, bag.basket.code, code, faces=(MONO,), largest=8, smallest=3.5, align="centre")
    _turn(canvas, bag, turn)
    return rest


def _above_bars(bag: _Bag, box: Box, dpi: int) -> tuple[Box, Box]:
    """The numbers get what the bars do not need, and no more than about half."""
    gap = 2 * MM
    bars = smallest_height(linear("code128", bag.basket.code), dpi) * MM + CAPTION
    return box.from_top(min(box.height * 0.54, box.height - gap - bars), gap=gap)


def _bars(canvas: Canvas, bag: _Bag, box: Box, dpi: int) -> None:
    """The basket's code as bars with its characters under them, and the bag's turn beside them."""
    above = Box(box.x, box.y + CAPTION, box.width, box.height - CAPTION)
    taken = draw_code(canvas, linear("code128", bag.basket.code), above, dpi, largest=0.5)
    ink(canvas, INK)
    under = Box(taken.x, box.y, taken.width, CAPTION - 1)
    write(canvas, bag.basket.code, under, faces=(MONO,), largest=8, align="centre", stand="bottom")
    _turn(canvas, bag, Box(taken.right, box.y, box.right - taken.right, box.height))


def _turn(canvas: Canvas, bag: _Bag, box: Box) -> None:
    """Which of the basket's bags this is, where there are several."""
    if bag.of > 1:
        turn = f"{bag.turn}/{bag.of}"
        write(canvas, turn, box, faces=(BOLD,), largest=20, smallest=4, align="right", stand="bottom")


def by_place(lines: Sequence[PickLine]) -> list[tuple[str, list[PickLine]]]:
    """Lines in the order pickers walk: place, then product, then the earliest date."""
    walked = sorted(lines, key=_walk)
    return [(place, list(group)) for (_, place), group in groupby(walked, key=lambda x: (x.rank, x.place))]


def _walk(line: PickLine) -> tuple[int, str, str, dt.date, str]:
    return line.rank, line.place, line.product.casefold(), line.date or dt.date.max, line.lot
