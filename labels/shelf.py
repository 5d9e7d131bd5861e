"""Shelf labels of internal articles: goods without a barcode of their own are scanned off the shelf."""

import re
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import Symbol, draw_code, fits, linear, matrix, smallest_side
from labels.fonts import BOLD, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.paper import FAINT, INK, LabelKind, ink
from labels.text import write
from labels.words import N_, Refused, Words

PREFIX = "ART-"
"""What tells a scanned article from a lot, a basket or a card."""


class WrongArticle(Refused):
    """An article whose code could not be scanned."""


@dataclass(frozen=True)
class ArticleLabel:
    """One internal article, as it stands on its shelf."""

    code: str
    """Its short code (`PAIN`), without the prefix."""
    name: str
    family: str = ""
    ean: str = ""
    """For goods whose packs carry an EAN-13 that is torn or hidden: it is scanned instead of our code."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z0-9_-]{1,20}", self.code):
            raise WrongArticle(
                N_("“%(code)s” is not an article's code: 1 to 20 capitals, figures, “-” or “_”."), code=self.code
            )

    @property
    def content(self) -> str:
        """What a scanner sends."""
        return self.ean or PREFIX + self.code

    @property
    def symbol(self) -> Symbol:
        return linear("ean13" if self.ean else "code128", self.content)


def _draw(canvas: Canvas, label: ArticleLabel, box: Box, dpi: int, _: Words) -> None:
    """The name as large as can be; under it the code, with its characters and the family beside or below."""
    name, lower = box.from_top(box.height * 0.46, gap=box.height * 0.05)
    caption = min(8.0, lower.height * 0.2)
    bars = Box(lower.x, lower.y + caption + 1, lower.width, lower.height - caption - 1)
    symbol = label.symbol
    if not fits(symbol, bars, dpi):
        _beside(canvas, label, box, dpi)
        return
    ink(canvas, INK)
    write(canvas, label.name, name, faces=(BOLD, NARROW_BOLD), largest=40, lines=2, stand="middle")
    taken = draw_code(canvas, symbol, bars, dpi, largest=0.5)
    _caption(canvas, label, Box(taken.x, lower.y, lower.width, caption))


article_labels = LabelKind(N_("Article labels"), _draw)
"""The PDF of shelf labels."""


def _beside(canvas: Canvas, label: ArticleLabel, box: Box, dpi: int) -> None:
    """On a label too small for bars: a DataMatrix at the left, the name at its right."""
    symbol = matrix(label.content)
    column, rest = box.from_left(max(smallest_side(symbol, dpi) * MM, min(box.height, box.width * 0.4)), gap=1 * MM)
    draw_code(canvas, symbol, column, dpi)
    name, caption = rest.bands([0.78, 0.22], gap=1)
    ink(canvas, INK)
    write(canvas, label.name, name, faces=(BOLD, NARROW_BOLD), largest=24, smallest=4, lines=3, stand="middle")
    write(canvas, label.content, caption, faces=(MONO, NARROW), largest=8, smallest=3, stand="bottom")


def _caption(canvas: Canvas, label: ArticleLabel, box: Box) -> None:
    """The code in clear, then the family."""
    code, family = box.from_left(box.width * 0.5, gap=2)
    ink(canvas, INK)
    write(canvas, label.content, code, faces=(MONO,), largest=8, smallest=3.5, stand="bottom")
    ink(canvas, FAINT)
    write(canvas, label.family, family, faces=(REGULAR, NARROW), largest=8, smallest=3.5, align="right", stand="bottom")
