"""Pick lists: one walk along the shelves for all baskets, basket by basket, or several baskets on one trolley."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reportlab.pdfgen.canvas import Canvas

from labels.baskets import Basket, Picking, PickLine, by_place, pieces
from labels.boxes import MM, Box
from labels.fonts import BOLD, MONO, NARROW_BOLD
from labels.marks import draw_snowflake, draw_tick_box
from labels.paper import FAINT, HAIR, INK, WASH, ink
from labels.tables import MARGIN, Cell, Column, Flow, Part, head_row, row
from labels.text import write
from labels.words import N_, Words

MOST_IN_A_ROW = 150
"""Baskets named in one row: a row is never higher than a page."""
ABOVE = 12
"""Points left free over the heading of a basket or a trolley: it belongs to what follows."""


def pick_list(picking: Picking, words: Words) -> bytes:
    """A4: each lot once, in the order of the shelves, with how much of it goes into which baskets."""
    columns = _shelf_columns(words)
    flow = Flow(words.text(N_("Pick list by shelf")), subtitle(picking, words), words, head_row(columns))
    lines = [line for basket in picking.baskets for line in basket.lines]
    for place, standing in by_place(lines):
        flow.add([place_heading(place, standing, words)])
        flow.add(row(columns, cells, MARGIN.width) for cells in _shelf_rows(picking, standing, words))
    if not lines:
        flow.add([no_baskets(words)])
    return flow.pdf()


def pick_list_by_basket(picking: Picking, words: Words) -> bytes:
    """A4 in two columns: each basket with its lines in the order of the shelves."""
    flow = Flow(words.text(N_("Pick list by basket")), subtitle(picking, words), words, columns=2)
    for number, basket in picking.numbered:
        flow.add(_basket_parts(number, basket, words))
    if not picking.baskets:
        flow.add([no_baskets(words)])
    return flow.pdf()


def said_date(line: PickLine, words: Words) -> str:
    """`use by 28/11`, `best before 31/03/2027`; nothing for goods without a date."""
    if line.date is None:
        return ""
    if line.date_kind == "use_by":
        return words.text(N_("use by %(date)s"), date=words.short_date(line.date))
    return words.text(N_("best before %(date)s"), date=words.numeric_date(line.date))


def said_quantity(line: PickLine, quantity: int, words: Words) -> str:
    """Pieces as a number, weighed goods as a weight."""
    return words.weight(quantity) if line.measure == "gram" else words.number(quantity, 0)


def said_baskets(wanted: Iterable[tuple[int, int]], weigh: bool, words: Words) -> str:
    """Which baskets get how much: `1–4, 7 · ×2: 9, 12`, or `450 g: 1–4` where goods are weighed."""
    numbers = defaultdict(list)
    for number, quantity in sorted(wanted):
        numbers[quantity].append(number)
    groups = []
    for quantity in sorted(numbers):
        listed = ", ".join(_ranges(numbers[quantity]))
        if weigh:
            groups.append(
                words.text(N_("%(quantity)s:\u00a0%(baskets)s"), quantity=words.weight(quantity), baskets=listed)
            )
        elif quantity == 1:
            groups.append(listed)
        else:
            groups.append(words.text(N_("×%(quantity)s:\u00a0%(baskets)s"), quantity=quantity, baskets=listed))
    return "  ·  ".join(groups)


def _ranges(numbers: Sequence[int]) -> list[str]:
    """
    >>> _ranges([1, 2, 3, 4, 7, 9, 10])
    ['1–4', '7', '9', '10']
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown: list[str] = []
    for run in runs:
        shown += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return shown


def subtitle(picking: Picking, words: Words) -> str:
    lines = [line for basket in picking.baskets for line in basket.lines]
    return words.text(
        N_("%(site)s · %(date)s · baskets: %(count)s · %(weight)s"),
        site=picking.site,
        date=picking.on,
        count=len(picking.baskets),
        weight=words.weight(sum(line.grams for line in lines)),
    )


def _shelf_columns(words: Words) -> list[Column]:
    return [
        Column("", 0.7),
        Column(words.text(N_("Product")), 6.6),
        Column(words.text(N_("Date")), 3.6),
        Column(words.text(N_("Lot")), 2.3, face=(MONO, MONO), size=8),
        Column(words.text(N_("Quantity")), 1.8, "right", face=(BOLD, NARROW_BOLD), size=10),
        Column(words.text(N_("For baskets")), 7.3, lines=40),
    ]


def _shelf_rows(picking: Picking, standing: Sequence[PickLine], words: Words) -> Iterable[list[Cell]]:
    """One row a lot at this place, all baskets together; several where more get it than a row can name."""
    lots = list(dict.fromkeys((line.lot, line.place) for line in standing))
    wanted: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, basket in picking.numbered:
        for line in basket.lines:
            wanted[line.lot, line.place].append((number, line.quantity))
    first = {(line.lot, line.place): line for line in reversed(standing)}
    for lot in lots:
        for n in range(0, len(wanted[lot]), MOST_IN_A_ROW):
            yield _shelf_row(first[lot], wanted[lot][n : n + MOST_IN_A_ROW], words)


def _shelf_row(line: PickLine, wanted: Sequence[tuple[int, int]], words: Words) -> list[Cell]:
    return [
        tick,
        line.product,
        said_date(line, words),
        line.lot,
        said_quantity(line, sum(quantity for _, quantity in wanted), words),
        said_baskets(wanted, line.measure == "gram", words),
    ]


def tick(canvas: Canvas, box: Box) -> None:
    draw_tick_box(canvas, box.x, box.top - 13)


def place_heading(place: str, standing: Sequence[PickLine], words: Words) -> Part:
    """The place's name on a wash, with its flakes where it is cold, and what it weighs."""

    def draw(canvas: Canvas, box: Box) -> None:
        band = Box(box.x, box.y + 2, box.width, box.height - 7)
        ink(canvas, WASH)
        canvas.rect(band.x, band.y, band.width, band.height, stroke=0, fill=1)
        ink(canvas, INK)
        inner = band.inset(4, 3)
        if standing[0].storage != "dry":
            mark, inner = inner.from_left(24, gap=4)
            draw_snowflake(canvas, mark, 2 if standing[0].storage == "frozen" else 1)
        weight, name = inner.from_right(inner.width * 0.3)
        write(canvas, place, name, faces=(BOLD, NARROW_BOLD), largest=11, stand="middle")
        ink(canvas, FAINT)
        said = words.weight(sum(line.grams for line in standing))
        write(canvas, said, weight, largest=9, align="right", stand="middle")

    return Part(26, draw, keep=True)


def _basket_parts(number: int, basket: Basket, words: Words) -> list[Part]:
    """A basket's heading and lines, kept together."""
    lines = [line for _, standing in by_place(basket.lines) for line in standing]
    parts = [_basket_heading(number, basket, words)]
    parts += [_basket_line(line, words) for line in lines]
    parts += [Part(7 * MM, lambda _canvas, _box: None)]
    return [Part(part.height, part.draw, keep=n < len(parts) - 1) for n, part in enumerate(parts)]


def _basket_heading(number: int, basket: Basket, words: Words) -> Part:
    def draw(canvas: Canvas, box: Box) -> None:
        figure, facts = box.from_left(17 * MM, gap=2 * MM)
        write(canvas, str(number), figure.inset(0, 3), faces=(BOLD, NARROW_BOLD), largest=24, stand="middle")
        card, held = facts.inset(0, 4).bands([0.55, 0.45])
        write(canvas, words.text(N_("Card %(card)s"), card=basket.card), card, faces=(BOLD, NARROW_BOLD), largest=10)
        ink(canvas, FAINT)
        weight = words.weight(sum(line.grams for line in basket.lines))
        said = words.text(N_("Items: %(count)s · %(weight)s"), count=pieces(basket.lines), weight=weight)
        write(canvas, said, held, largest=8)
        ink(canvas, INK)
        canvas.setLineWidth(0.9)
        canvas.line(box.x, box.y, box.right, box.y)

    return Part(32, draw)


def _basket_line(line: PickLine, words: Words) -> Part:
    """Tick, quantity, product, then where it stands and its date."""

    def draw(canvas: Canvas, box: Box) -> None:
        tick, rest = box.from_left(14)
        draw_tick_box(canvas, tick.x, tick.top - 13)
        quantity, rest = rest.inset(0, 2.5).from_left(15 * MM, gap=2 * MM)
        said = said_quantity(line, line.quantity, words)
        write(canvas, said, quantity, faces=(BOLD, NARROW_BOLD), largest=9.5, align="right")
        product, where = rest.bands([0.52, 0.48])
        write(canvas, line.product, product, faces=(BOLD, NARROW_BOLD), largest=8.5)
        ink(canvas, FAINT)
        known = [line.place, said_date(line, words), line.lot]
        write(canvas, " · ".join(fact for fact in known if fact), where, largest=7.5)
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.4)
        canvas.line(box.x, box.y, box.right, box.y)
        ink(canvas, INK)

    return Part(25, draw)


def no_baskets(words: Words) -> Part:
    """What a list says that has nothing to list."""
    text = words.text(N_("No basket has anything to pick yet: propose the baskets first."))

    def draw(canvas: Canvas, box: Box) -> None:
        ink(canvas, FAINT)
        write(canvas, text, box, largest=11, lines=3)

    return Part(60, draw)
