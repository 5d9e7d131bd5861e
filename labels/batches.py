"""The pick list of a trolley: a few baskets filled in one walk, each at a place of the trolley with its letter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from reportlab.pdfgen.canvas import Canvas

from labels.baskets import Basket, Picking, PickLine, by_place
from labels.boxes import Box
from labels.fonts import BOLD, MONO, NARROW_BOLD
from labels.paper import FAINT, INK, ink
from labels.picking import ABOVE, no_baskets, place_heading, said_date, said_quantity, subtitle, tick
from labels.tables import MARGIN, Cell, Column, Flow, Part, head_row, row
from labels.text import write
from labels.words import N_, Words

T = TypeVar("T")

SLOTS = "ABCDEF"
"""Places of a trolley."""

Slotted = Sequence[tuple[str, int, Basket]]
"""The baskets of a trolley: place, number, basket."""


def batched(baskets: Sequence[T]) -> list[list[T]]:
    """Trolleys of nearly the same load, in the order of the baskets.

    >>> [len(batch) for batch in batched(range(13))]
    [5, 4, 4]
    """
    trolleys = -(-len(baskets) // len(SLOTS))
    ends = [-(-n * len(baskets) // trolleys) for n in range(trolleys + 1)] if baskets else []
    return [list(baskets[begin:end]) for begin, end in pairwise(ends)]


def pick_list_in_batches(picking: Picking, words: Words) -> bytes:
    """A4: trolley by trolley in the order of the shelves, with how much goes to which place of the trolley."""
    columns = _columns(words)
    flow = Flow(words.text(N_("Pick list by trolley")), subtitle(picking, words), words, head_row(columns))
    for n, batch in enumerate(batched(picking.numbered), start=1):
        trolley = [(slot, number, basket) for slot, (number, basket) in zip(SLOTS, batch, strict=False)]
        flow.add([_heading(n, trolley, words)])
        for place, standing in by_place([line for _, _, basket in trolley for line in basket.lines]):
            flow.add([place_heading(place, standing, words)])
            flow.add(row(columns, cells, MARGIN.width) for cells in _rows(trolley, standing, words))
    if not picking.baskets:
        flow.add([no_baskets(words)])
    return flow.pdf()


def _columns(words: Words) -> list[Column]:
    return [
        Column("", 0.7),
        Column(words.text(N_("Product")), 5.6),
        Column(words.text(N_("Date")), 3.9),
        Column(words.text(N_("Lot")), 2.3, face=(MONO, MONO), size=8),
        Column(words.text(N_("Quantity")), 1.7, align="right", face=(BOLD, NARROW_BOLD), size=10),
        *(Column(slot, 1.2, align="right") for slot in SLOTS),
    ]


def _rows(trolley: Slotted, standing: Sequence[PickLine], words: Words) -> Iterable[list[Cell]]:
    """One row a lot at this place."""
    first = {(line.lot, line.place): line for line in reversed(standing)}
    wanted: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for slot, _, basket in trolley:
        for line in basket.lines:
            wanted[line.lot, line.place][slot] += line.quantity
    for lot in dict.fromkeys((line.lot, line.place) for line in standing):
        line, each = first[lot], wanted[lot]
        shared = [said_quantity(line, each[slot], words) if slot in each else "" for slot in SLOTS]
        total = said_quantity(line, sum(each.values()), words)
        yield [tick, line.product, said_date(line, words), line.lot, total, *shared]


def _heading(n: int, trolley: Slotted, words: Words) -> Part:
    """The trolley's number, and whose basket stands at each of its places."""
    cards = " · ".join(f"{slot} = {number} ({basket.card})" for slot, number, basket in trolley)

    def draw(canvas: Canvas, box: Box) -> None:
        _, below = box.from_top(ABOVE)
        name, places = below.from_top(19, gap=2)
        ink(canvas, INK)
        write(canvas, words.text(N_("Trolley %(n)s"), n=n), name, faces=(BOLD, NARROW_BOLD), largest=13)
        ink(canvas, FAINT)
        write(canvas, cards, places, largest=8.5)

    return Part(ABOVE + 36, draw, keep=True)
