"""Crate labels: what is in the box, how much of it, where it goes, and which box of how many."""

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import draw_code, gs1_matrix, smallest_side
from labels.fonts import MONO
from labels.lots import FLAKES, OUR_CODE, LotLabel, date_on_label
from labels.marks import draw_snowflake
from labels.paper import INK, LabelKind, ink
from labels.parts import PLAIN, STRONG
from labels.text import write
from labels.words import N_, Refused, Words


class WrongCrate(Refused):
    """The fourth crate of three."""


@dataclass(frozen=True)
class CrateLabel:
    """One crate of a lot; its code is the lot’s own."""

    lot: LotLabel
    number: int
    of: int
    holds: str = ""
    """What stands in all the crates together, in words: `48 pieces`, `120 kg`."""

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise WrongCrate(
                N_("Lot %(code)s: crate %(number)s of %(of)s."), code=self.lot.code, number=self.number, of=self.of
            )


def crates_of(lot: LotLabel, count: int, holds: str = "") -> list[CrateLabel]:
    return [CrateLabel(lot, number, count, holds) for number in range(1, count + 1)]


def _draw(canvas: Canvas, label: CrateLabel, box: Box, dpi: int, words: Words) -> None:
    """The product as large as can be; the code, the turn and the place under it."""
    code = smallest_side(gs1_matrix(((OUR_CODE, label.lot.code),)), dpi) * MM
    product, lower = box.from_top(min(box.height * 0.42, box.height * 0.96 - code), gap=box.height * 0.04)
    ink(canvas, INK)
    write(canvas, label.lot.product, product, faces=STRONG, largest=60, smallest=4, lines=3, stand="middle")
    column, rest = _code(canvas, label.lot.code, lower, dpi)
    turn, text = rest.from_right(rest.width * 0.3, gap=1 * MM)
    write(
        canvas, f"{label.number}/{label.of}", turn, faces=STRONG, largest=48, smallest=4, align="right", stand="middle"
    )
    for line, band in zip(_lines(label, words), text.bands([1, 1, 1], gap=1), strict=True):
        write(canvas, line, band, faces=PLAIN, largest=14, smallest=3.5, stand="middle")
    flakes = FLAKES.get(label.lot.storage, 0)
    if flakes:
        corner = Box(column.x, column.y, column.width, max(0.0, column.height))
        draw_snowflake(canvas, corner, flakes)


crate_labels = LabelKind(N_("Crate labels"), _draw)
"""The PDF of crate labels."""


def _code(canvas: Canvas, code: str, box: Box, dpi: int) -> tuple[Box, Box]:
    """Our lot code at the left, its characters under it; what is free under them, and what remains."""
    symbol = gs1_matrix(((OUR_CODE, code),))
    needed = smallest_side(symbol, dpi) * MM
    column, rest = box.from_left(max(needed, min(box.height * 0.8, box.width * 0.3)), gap=1 * MM)
    taken = draw_code(canvas, symbol, column, dpi, largest=1.2)
    ink(canvas, INK)
    under = Box(column.x, box.y, column.width, taken.y - box.y)
    characters, free = under.from_top(min(9.0, under.height))
    write(canvas, code, characters, faces=(MONO,), largest=8, smallest=3, align="centre")
    return free, rest


def _lines(label: CrateLabel, words: Words) -> tuple[str, str, str]:
    """The date, what it holds, and where it goes."""
    lot = label.lot
    date = ""
    if lot.date:
        day = date_on_label(lot.date, lot.printed_on, words)
        sentence = N_("use by %(date)s") if lot.date_kind == "use_by" else N_("best before %(date)s")
        date = words.text(sentence, date=day)
    return date, label.holds, lot.place
