"""Price labels of the solidarity shop: what is asked, large, and what it costs elsewhere beside it."""

from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import draw_code, matrix, smallest_side
from labels.fonts import MONO
from labels.paper import FAINT, INK, LabelKind, ink
from labels.parts import PLAIN, STRONG
from labels.text import first_that_fits, write
from labels.words import N_, Refused, Words


class WrongPrice(Refused):
    """A price that is not below the shops’: a solidarity shop never sells dearer."""


@dataclass(frozen=True)
class PriceLabel:
    """One product on its shelf, with both prices in cents."""

    product: str
    asked_cents: int
    usual_cents: int
    per: Literal["unit", "kilogram"] = "unit"
    code: str = ""
    """What the till scans; empty where goods are chosen from pictures."""

    def __post_init__(self) -> None:
        if not 0 <= self.asked_cents <= self.usual_cents:
            raise WrongPrice(
                N_("%(product)s: %(asked)s cents are asked where shops ask %(usual)s."),
                product=self.product,
                asked=self.asked_cents,
                usual=self.usual_cents,
            )


def _draw(canvas: Canvas, label: PriceLabel, box: Box, dpi: int, words: Words) -> None:
    ink(canvas, INK)
    if label.code:
        box = _code(canvas, label.code, box, dpi)
    product, asked, usual = box.bands([0.3, 0.48, 0.22], gap=box.height * 0.03)
    write(canvas, label.product, product, faces=STRONG, largest=18, smallest=4, lines=2, stand="middle")
    sayings = (_price(label, label.asked_cents, words), words.money(label.asked_cents))
    price = first_that_fits(sayings, asked, faces=STRONG, largest=40, smallest=14)
    write(canvas, price, asked, faces=STRONG, largest=60, smallest=4, stand="middle")
    ink(canvas, FAINT)
    said = words.text(N_("usual price: %(price)s"), price=_price(label, label.usual_cents, words))
    write(canvas, said, usual, faces=PLAIN, largest=12, smallest=4, stand="middle")


price_labels = LabelKind(N_("Price labels"), _draw)
"""The PDF of price labels."""


def _code(canvas: Canvas, code: str, box: Box, dpi: int) -> Box:
    """The till’s code at the right, its characters under it; what remains at the left."""
    symbol = matrix(code)
    column, rest = box.from_right(
        max(smallest_side(symbol, dpi) * MM, min(box.height * 0.7, box.width * 0.26)), gap=1 * MM
    )
    taken = draw_code(canvas, symbol, column, dpi, largest=0.85)
    ink(canvas, INK)
    under = Box(column.x, box.y, column.width, taken.y - box.y).from_top(9)[0]
    write(canvas, code, under, faces=(MONO,), largest=7, smallest=3, align="centre")
    return rest


def _price(label: PriceLabel, cents: int, words: Words) -> str:
    amount = words.money(cents)
    return words.text(N_("%(price)s a kg"), price=amount) if label.per == "kilogram" else amount
