"""What donors are given back: the certificate of what they gave, and the statement of a year.

The charity describes goods; it never values them: the company does (tax ruling 2009/44). A certificate therefore
holds dates, natures and quantities, and no euro.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from labels.fonts import BOLD, NARROW_BOLD
from labels.paper import FAINT
from labels.parts import WIDTH, facts, paragraph, section, signatures, space
from labels.tables import Column, Flow, Part, head_row, row
from labels.words import N_, Refused, Words


class WrongGift(Refused):
    """A gift of nothing."""


@dataclass(frozen=True)
class Gift:
    """So much of one kind of goods, taken over on one day."""

    on: dt.date
    nature: str
    quantity: int
    """Pieces, or grams where the goods are weighed."""
    measure: Literal["unit", "gram"]
    grams: int

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.grams < 0:
            raise WrongGift(
                N_("%(nature)s: %(quantity)s pieces of %(grams)s g are no gift."),
                nature=self.nature,
                quantity=self.quantity,
                grams=self.grams,
            )


@dataclass(frozen=True)
class Body:
    """The partner that receives and signs."""

    name: str
    number: str = ""
    """Its SIREN or RNA number."""
    address: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Company:
    """The donor, as its papers name it."""

    name: str
    form: str = ""
    """Its legal form: SAS, SARL…"""
    siren: str = ""
    address: str = ""


@dataclass(frozen=True)
class Certificate:
    """What one donor gave one partner over a period."""

    body: Body
    company: Company
    first: dt.date
    last: dt.date
    made_on: dt.date
    gifts: tuple[Gift, ...]


@dataclass(frozen=True)
class MonthRow:
    """One month of a donor's year, in grams."""

    first: dt.date
    receptions: int
    received: int
    refused: int


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt the donor was given."""

    number: str
    on: dt.date
    cents: int
    cancelled: bool


@dataclass(frozen=True)
class Statement:
    """One donor's year with one partner."""

    body: Body
    company: Company
    year: int
    made_on: dt.date
    months: tuple[MonthRow, ...]
    families: tuple[tuple[str, int], ...]
    """Name and grams, the heaviest first."""
    receipts: tuple[ReceiptRow, ...] = ()


def donation_certificate(certificate: Certificate, words: Words) -> bytes:
    """A4: who gave what to whom on which day, in two copies to sign."""
    said = period(certificate.first, certificate.last, words)
    flow = Flow(
        words.text(N_("Donation certificate")),
        f"{certificate.company.name} · {said}",
        words,
        author=certificate.body.name,
    )
    flow.add(parties(certificate.body, certificate.company, words))
    flow.add(inventory(certificate.gifts, words))
    flow.add([space(3), paragraph(words.text(STATED, body=certificate.body.name, company=certificate.company.name))])
    flow.add([space(3), signatures(_signed(certificate.made_on, words))])
    flow.add([paragraph(words.text(N_("Made out in two copies, one for each party.")), size=8, colour=FAINT)])
    return flow.pdf()


STATED = N_(
    "%(body)s states that it received the goods above from %(company)s, without payment or anything in return, to be"
    " given to people in need. Their value is for the donor to establish."
)


def yearly_statement(statement: Statement, words: Words) -> bytes:
    """A4: month by month what was received and refused, by family, and the receipts made out."""
    title = words.text(N_("Statement of gifts of %(year)s"), year=str(statement.year))
    flow = Flow(title, statement.company.name, words, author=statement.body.name)
    flow.add(parties(statement.body, statement.company, words))
    flow.add(_months(statement.months, words))
    if statement.families:
        flow.add(_families(statement.families, words))
    if statement.receipts:
        flow.add(_receipts(statement.receipts, words))
    made = words.text(N_("Made on %(date)s from the ledger."), date=words.numeric_date(statement.made_on))
    flow.add([space(3), paragraph(made, size=8, colour=FAINT)])
    return flow.pdf()


def parties(body: Body, company: Company, words: Words) -> list[Part]:
    """Who receives, then who gives."""
    return [
        section(words.text(N_("Receiving body"))),
        *_known(
            (N_("Name"), body.name),
            (N_("SIREN or RNA"), body.number),
            (N_("Address"), body.address),
            (N_("Purpose"), body.purpose),
            words=words,
        ),
        section(words.text(N_("Donor"))),
        *_known(
            (N_("Name"), company.name),
            (N_("Legal form"), company.form),
            (N_("SIREN"), company.siren),
            (N_("Address"), company.address),
            words=words,
        ),
    ]


def _known(*pairs: tuple[str, str], words: Words) -> list[Part]:
    return facts((words.text(name), value) for name, value in pairs)


def inventory(gifts: Sequence[Gift], words: Words) -> Iterable[Part]:
    """Date, nature and quantity of everything given, and its weight altogether."""
    columns = [
        Column(words.text(N_("Date")), 2),
        Column(words.text(N_("Nature of the goods")), 7, lines=3),
        Column(words.text(N_("Quantity")), 2, "right"),
        Column(words.text(N_("Weight")), 2, "right", face=(BOLD, NARROW_BOLD)),
    ]
    yield section(words.text(N_("Goods received and accepted")))
    head = head_row(columns)
    yield Part(head.height, head.draw, keep=True)
    for gift in sorted(gifts, key=lambda gift: (gift.on, gift.nature)):
        pieces = "" if gift.measure == "gram" else words.number(gift.quantity, 0)
        yield row(columns, [words.numeric_date(gift.on), gift.nature, pieces, words.weight(gift.grams)], WIDTH)
    total = words.weight(sum(gift.grams for gift in gifts))
    yield row(columns, ["", words.text(N_("Together")), "", total], WIDTH)


def period(first: dt.date, last: dt.date, words: Words) -> str:
    """One day, or the first and the last."""
    if first == last:
        return words.numeric_date(first)
    return words.text(N_("%(first)s to %(last)s"), first=words.numeric_date(first), last=words.numeric_date(last))


def _signed(on: dt.date, words: Words) -> list[str]:
    day = words.numeric_date(on)
    return [
        words.text(N_("For the receiving body, on %(date)s: name, signature"), date=day),
        words.text(N_("For the donor: name, signature")),
    ]


def _months(months: Sequence[MonthRow], words: Words) -> Iterable[Part]:
    columns = [
        Column(words.text(N_("Month")), 4),
        Column(words.text(N_("Receptions")), 2, "right"),
        Column(words.text(N_("Received")), 2, "right", face=(BOLD, NARROW_BOLD)),
        Column(words.text(N_("Refused")), 2, "right"),
    ]
    yield section(words.text(N_("Month by month")))
    head = head_row(columns)
    yield Part(head.height, head.draw, keep=True)
    for month in months:
        counts = [words.number(month.receptions, 0), words.weight(month.received), words.weight(month.refused)]
        yield row(columns, [words.month(month.first), *counts], WIDTH)
    totals = [
        words.number(sum(month.receptions for month in months), 0),
        words.weight(sum(month.received for month in months)),
        words.weight(sum(month.refused for month in months)),
    ]
    yield row(columns, [words.text(N_("Together")), *totals], WIDTH)


def _families(families: Sequence[tuple[str, int]], words: Words) -> Iterable[Part]:
    columns = [Column(words.text(N_("Family")), 6), Column(words.text(N_("Received")), 2, "right")]
    yield section(words.text(N_("By family")))
    for name, grams in families:
        yield row(columns, [name, words.weight(grams)], WIDTH)


def _receipts(receipts: Sequence[ReceiptRow], words: Words) -> Iterable[Part]:
    columns = [
        Column(words.text(N_("Tax receipt")), 3),
        Column(words.text(N_("Date")), 3),
        Column(words.text(N_("Amount")), 3, "right"),
    ]
    yield section(words.text(N_("Tax receipts made out")))
    for receipt in receipts:
        amount = words.text(N_("cancelled")) if receipt.cancelled else words.money(receipt.cents)
        yield row(columns, [receipt.number, words.numeric_date(receipt.on), amount], WIDTH)
    total = sum(receipt.cents for receipt in receipts if not receipt.cancelled)
    yield row(columns, [words.text(N_("Together")), "", words.money(total)], WIDTH)
