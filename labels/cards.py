"""Household cards: a number that means nothing by itself, its bars, and no name."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import draw_code, fits, linear, matrix, smallest_height
from labels.fonts import BOLD, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.media import Media, media
from labels.paper import BRAND, FAINT, INK, ink, label_document
from labels.text import write
from labels.words import N_, Refused, Words


class WrongCard(Refused):
    """A card whose number cannot be one."""


@dataclass(frozen=True)
class HouseholdCard:
    """One household's card."""

    number: str
    """The opaque number with its check character, as scanned."""
    network: str
    """Who gives the card out: printed as its title."""
    contact: str = ""
    """Where to bring a card that was found: an address or a telephone number of the network."""

    def __post_init__(self) -> None:
        if not (self.number.isascii() and self.number.isalnum() and len(self.number) <= 20):
            raise WrongCard(N_("“%(number)s” is not a card number."), number=self.number)


def household_cards(
    cards: Sequence[HouseholdCard],
    words: Words,
    stock: Media | None = None,
    *,
    start: int = 1,
    offset: tuple[float, float] = (0, 0),
    outlines: bool = True,
) -> bytes:
    """The PDF of cards, ten on a plain A4 sheet to cut along its lines unless another stock is given."""
    chosen = stock or media("CARD-A4")

    def draw(canvas: Canvas, card: HouseholdCard, box: Box) -> None:
        _draw(canvas, card, box, chosen.dpi, words)

    title = words.text(N_("Household cards"))
    return label_document(cards, draw, chosen, words, title=title, start=start, offset=offset, outlines=outlines)


def grouped(number: str) -> str:
    """The number in threes, as people read it out.

    >>> grouped("7K3M9QXZ4")
    '7K3 M9Q XZ4'
    """
    return " ".join(number[n : n + 3] for n in range(0, len(number), 3))


def _draw(canvas: Canvas, card: HouseholdCard, box: Box, dpi: int, words: Words) -> None:
    inner = box.inset(min(2 * MM, box.width * 0.03), min(2 * MM, box.height * 0.04))
    symbol = linear("code128", card.number)
    if not fits(symbol, inner.bands([0.6, 0.4])[1], dpi):
        symbol = matrix(card.number)
    gap = inner.height * 0.03
    code = max(inner.height * 0.4, smallest_height(symbol, dpi) * MM)
    above, rest = inner.from_top((inner.height - code) * 0.7 - gap, gap=gap)
    bars, foot = rest.from_top(code, gap=gap)
    title, number = above.bands([0.4, 0.6], gap=gap)
    ink(canvas, BRAND)
    write(canvas, card.network, title, faces=(BOLD, NARROW_BOLD), largest=11, smallest=5, stand="middle")
    ink(canvas, INK)
    write(canvas, grouped(card.number), number, faces=(MONO,), largest=24, smallest=4, stand="middle")
    draw_code(canvas, symbol, bars, dpi, largest=0.45)
    ink(canvas, FAINT)
    write(canvas, _kept(card, words), foot, faces=(REGULAR, NARROW), largest=7, smallest=4, lines=2)


def _kept(card: HouseholdCard, words: Words) -> str:
    """What the holder and a finder should know."""
    said = words.text(N_("Show this card at each visit. It bears no name."))
    if card.contact:
        said += " " + words.text(N_("Found it? %(contact)s"), contact=card.contact)
    return said
