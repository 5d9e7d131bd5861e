"""The pick list in series: equal baskets are listed once, with how many of them there are and for which cards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reportlab.pdfgen.canvas import Canvas

from labels.baskets import Basket, Picking, PickLine, by_place
from labels.boxes import Box
from labels.fonts import BOLD, MONO, NARROW_BOLD
from labels.paper import FAINT, INK, ink
from labels.picking import ABOVE, no_baskets, place_heading, said_date, said_quantity, subtitle, tick
from labels.tables import MARGIN, Cell, Column, Flow, Part, head_row, row
from labels.text import write
from labels.words import N_, Words

Numbered = Sequence[tuple[int, Basket]]


def pick_list_in_series(picking: Picking, words: Words) -> bytes:
    """A4: “Series A: 12 baskets”, what goes into each and how much that makes; what is like no other comes last."""
    columns = _columns(words)
    flow = Flow(words.text(N_("Pick list by series")), subtitle(picking, words), words, head_row(columns))
    for alike in _kinds(picking):
        flow.add([_heading(alike, words)])
        for place, standing in by_place([line for _, basket in alike for line in basket.lines]):
            flow.add([place_heading(place, standing, words)])
            flow.add(row(columns, cells, MARGIN.width) for cells in _rows(alike, standing, words))
    if not picking.baskets:
        flow.add([no_baskets(words)])
    return flow.pdf()


def _kinds(picking: Picking) -> list[Numbered]:
    """The baskets of each series, A first, then each of the others by itself."""
    alike: dict[str, list[tuple[int, Basket]]] = defaultdict(list)
    alone: list[Numbered] = []
    for number, basket in picking.numbered:
        if basket.series:
            alike[basket.series].append((number, basket))
        else:
            alone.append([(number, basket)])
    return [*(alike[letter] for letter in sorted(alike, key=lambda name: (len(name), name))), *alone]


def _columns(words: Words) -> list[Column]:
    return [
        Column("", 0.7),
        Column(words.text(N_("Product")), 6.4),
        Column(words.text(N_("Date")), 3.6),
        Column(words.text(N_("Lot")), 2.3, face=(MONO, MONO), size=8),
        Column(words.text(N_("In each")), 2.4, "right", face=(BOLD, NARROW_BOLD), size=10),
        Column(words.text(N_("Altogether")), 2.6, "right", size=10),
    ]


def _heading(alike: Numbered, words: Words) -> Part:
    numbers, cards = [number for number, _ in alike], [basket.card for _, basket in alike]
    series = alike[0][1].series
    if series:
        name = words.text(N_("Series %(letter)s: %(count)s baskets"), letter=series, count=len(alike))
    else:
        name = words.text(N_("Basket %(number)s"), number=numbers[0])
    said = words.text(N_("Cards: %(cards)s"), cards=", ".join(cards))

    def draw(canvas: Canvas, box: Box) -> None:
        _, below = box.from_top(ABOVE)
        title, whose = below.from_top(20, gap=2)
        write(canvas, name, title, faces=(BOLD, NARROW_BOLD), largest=15, stand="middle")
        ink(canvas, FAINT)
        write(canvas, said, whose, largest=9, lines=3)
        ink(canvas, INK)

    return Part(ABOVE + 38 + 11 * min(2, len(said) // 110), draw, keep=True)


def _rows(alike: Numbered, standing: Sequence[PickLine], words: Words) -> Iterable[list[Cell]]:
    """One row a lot at this place: in each basket, and altogether."""
    of_lot: dict[tuple[str, str], list[PickLine]] = defaultdict(list)
    for line in standing:
        of_lot[line.lot, line.place].append(line)
    for lines in of_lot.values():
        first, total = lines[0], sum(line.quantity for line in lines)
        each = {line.quantity for line in lines}
        # Where a lot stands at two places, some baskets may have theirs from here and others from there.
        same = len(each) == 1 and len(lines) == len(alike)
        yield [
            tick,
            first.product,
            said_date(first, words),
            first.lot,
            said_quantity(first, first.quantity, words) if same else "",
            said_quantity(first, total, words),
        ]
