"""The tax receipt for gifts of companies: the content of form Cerfa 16216, number 2041-MEC-SD.

General Tax Code, article 238 bis. A body may print it with its own software where the content follows the model.
The company gives the value, the body describes what it received (tax ruling 2009/44).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import Box
from labels.gifts import Body, Company, Gift, inventory, parties, period
from labels.paper import A4_PAGE, BRICK, FAINT, ink
from labels.parts import STRONG, facts, framed, paragraph, section, signatures, space, ticks
from labels.spelled import amount_in_words
from labels.tables import Flow, Part
from labels.text import write
from labels.words import N_, Refused, Words

Quality = Literal["general_interest", "public_utility", "free_help", "public_body"]
QUALITIES: dict[Quality, str] = {
    "general_interest": N_("Body of general interest"),
    "public_utility": N_("Association or foundation recognised as being of public utility"),
    "free_help": N_("Non-profit body that gives free help to people in difficulty (meals, basic necessities)"),
    "public_body": N_("Local authority or public body"),
}
"""The legal qualities of the model that food-aid partners have."""


class WrongReceipt(Refused):
    """A receipt that cannot be made out."""


@dataclass(frozen=True)
class TaxReceipt:
    """One receipt, as it was made out."""

    number: str
    """`2026-0007`: the year and the turn in it, without a gap, of this body."""
    body: Body
    quality: Quality
    company: Company
    first: dt.date
    last: dt.date
    issued_on: dt.date
    cents: int
    """The value of the gifts, as the company gave it."""
    gifts: tuple[Gift, ...]
    signatory: str = ""
    cancelled_on: dt.date | None = None
    cancelled_because: str = ""

    def __post_init__(self) -> None:
        if self.cents < 1 or self.quality not in get_args(Quality) or not self.gifts:
            raise WrongReceipt(
                N_("Receipt %(number)s: goods worth at least one cent are expected, and a quality of the body."),
                number=self.number,
            )


def tax_receipt(receipt: TaxReceipt, words: Words) -> bytes:
    """A4, as many pages as the inventory needs; a cancelled one says so across each page."""
    said = words.text(N_("No. %(number)s"), number=receipt.number)
    flow = Flow(words.text(N_("Receipt for gifts of companies")), said, words, author=receipt.body.name)
    if receipt.cancelled_on:
        flow.behind = lambda canvas: _cancelled(canvas, words)
        flow.add([framed(_cancelled_because(receipt, words), size=11, height=13)])
    flow.add([paragraph(words.text(LAW), size=9, colour=FAINT)])
    flow.add(parties(receipt.body, receipt.company, words))
    flow.add([section(words.text(N_("Quality of the receiving body")))])
    flow.add(ticks((words.text(name), code == receipt.quality) for code, name in QUALITIES.items()))
    flow.add(_gift(receipt, words))
    flow.add(inventory(receipt.gifts, words))
    flow.add([space(3), paragraph(words.text(CERTIFIED))])
    signed = words.text(N_("%(date)s · name, quality and signature:"), date=words.numeric_date(receipt.issued_on))
    flow.add([space(3), signatures([" ".join(part for part in (signed, receipt.signatory) if part)])])
    return flow.pdf()


LAW = N_(
    "Gifts and payments made by companies under article 238 bis of the General Tax Code (content of form 2041-MEC-SD,"
    " Cerfa 16216)."
)
CERTIFIED = N_(
    "The receiving body certifies on its honour that the gifts and payments it receives give right to the tax"
    " reduction of article 238 bis of the General Tax Code."
)


def _gift(receipt: TaxReceipt, words: Words) -> list[Part]:
    """In kind: when, and what the company says it is worth, in figures and in words."""
    amount = amount_in_words(receipt.cents, words.language)
    return [
        section(words.text(N_("Gifts in kind"))),
        *facts(
            [
                (words.text(N_("Given on")), period(receipt.first, receipt.last, words)),
                (words.text(N_("Value, as told by the donor")), words.money(receipt.cents)),
                (words.text(N_("The same in words")), amount),
            ]
        ),
    ]


def _cancelled_because(receipt: TaxReceipt, words: Words) -> str:
    day = words.numeric_date(receipt.cancelled_on) if receipt.cancelled_on else ""
    said = words.text(N_("CANCELLED on %(date)s: this receipt gives no right."), date=day)
    return " ".join(part for part in (said, receipt.cancelled_because) if part)


def _cancelled(canvas: Canvas, words: Words) -> None:
    """Across the page, pale enough to read through."""
    canvas.saveState()
    canvas.translate(A4_PAGE.width / 2, A4_PAGE.height / 2)
    canvas.rotate(52)
    ink(canvas, BRICK)
    canvas.setFillAlpha(0.16)
    box = Box(-330, -60, 660, 120)
    write(canvas, words.text(N_("CANCELLED")), box, faces=STRONG, largest=110, align="centre", stand="middle")
    canvas.restoreState()
