"""What donors are given back: what they gave, counted by the ledger, and tax receipts numbered without a gap.

General Tax Code, article 238 bis. The partner describes the goods, the company values them (tax ruling 2009/44).
Numbers run from 1 each year for each partner that is entitled; a receipt that was wrong is cancelled and keeps its
number, and another one is made out.
"""

import datetime as dt
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Cents, Term
from network import audit
from network.tables import Site
from stock.donors import donor as get_donor
from stock.ledger import Account
from stock.tables import Lot, Movement, Product, ReceiptIssuer, Reception, RefusedGoods, TaxReceipt

GIFT_SOURCES = ("donation", "industry_donation", "catering_donation", "farm_surplus", "free_only_donation")
"""Programmes whose goods a company gives: neither bought, nor paid for by a State, nor collected from the public."""
MOST_CENTS = 10_000_000_00


class NotEntitled(Refusal):
    """A partner that may not make out receipts, or not yet on that day."""

    kind = Kind.FORBIDDEN
    message = N_(
        "Your organisation is not entitled to make out tax receipts: the administrator records its entitlement."
    )


class NothingGiven(Refusal):
    message = N_("%(donor)s gave nothing between %(first)s and %(last)s.")


class OutsideOneYear(Refusal):
    """A receipt covers gifts of one calendar year, which have been given."""

    message = N_("A receipt covers days of one year, up to today: got %(first)s to %(last)s.")
    field = "last"


class GivenTwice(Refusal):
    """The same gift on two receipts would be deducted twice."""

    kind = Kind.CONFLICT
    message = N_("Receipt %(number)s already covers %(first)s to %(last)s: cancel it first, or choose other days.")
    field = "first"


class BadValue(Refusal):
    message = N_("The value the donor gives is expected, between %(least)s and %(most)s.")
    field = "value"


class AlreadyCancelled(Refusal):
    kind = Kind.CONFLICT
    message = N_("Receipt %(number)s is already cancelled.")


class NotDescribed(Refusal):
    """A party the form cannot name, or a cancellation without a reason."""

    message = N_("%(what)s is missing or too long.")


Line = Annotated[str, Meta(max_length=200)]


class Company(Struct, frozen=True):
    """The donor, as its papers name it."""

    name: Line
    form: Line = ""
    siren: Line = ""
    address: Line = ""


class Issuer(Struct, frozen=True):
    """The partner, as the form names it."""

    name: Line
    number: Line
    address: Line
    purpose: Line
    quality: Line
    signatory: Line = ""


class Gift(Struct, frozen=True):
    """So much of one product, taken over on one day."""

    on: dt.date
    nature: str
    quantity: int
    measure: str
    grams: int


class Content(Struct, frozen=True):
    """What a receipt said when it was made out."""

    issuer: Issuer
    company: Company
    gifts: tuple[Gift, ...]


class Month(Struct, frozen=True):
    """One month of a donor's year, in grams."""

    first: dt.date
    receptions: int
    received: int
    refused: int


def entitle(session: Session, organisation_id: int, issuer: Issuer, since: dt.date, stamp: Stamp) -> None:
    """Record that this partner may make out receipts from that day on; again to correct how it is named.

    Receipts made out before keep the names they bear. Raises NotDescribed.
    """
    _described(N_("Name"), issuer.name, 160)
    _described(N_("SIREN or RNA"), issuer.number, 20)
    _described(N_("Address"), issuer.address, 200)
    _described(N_("Purpose"), issuer.purpose, 200)
    kept = session.get(ReceiptIssuer, organisation_id) or ReceiptIssuer(organisation_id=organisation_id)
    kept.since, kept.name, kept.number, kept.address = since, issuer.name, issuer.number, issuer.address
    kept.purpose, kept.quality, kept.signatory = issuer.purpose, issuer.quality, issuer.signatory[:120]
    session.add(kept)
    session.flush()
    audit.record(session, "entitle", f"organisation:{organisation_id}", stamp, since=since.isoformat())


def issuer_of(session: Session, organisation_id: int) -> ReceiptIssuer | None:
    """The partner's entitlement, if it has one."""
    return session.get(ReceiptIssuer, organisation_id)


def gifts_of(session: Session, donor_id: int, organisation_id: int, first: dt.date, last: dt.date) -> list[Gift]:
    """What this donor gave this partner's sites, day by day and product by product, bookings taken back left out."""
    quantity = func.sum(Movement.quantity)
    query = (
        _given(organisation_id, first, last, Reception.on, Product.name, Lot.measure)
        .add_columns(quantity, GRAMS)
        .where(Lot.donor_id == donor_id)
        .order_by(Reception.on, Product.name, Lot.measure)
    )
    return [Gift(on, name, int(n), measure, int(grams)) for on, name, measure, n, grams in session.execute(query)]


def grams_by_donor(session: Session, organisation_id: int, first: dt.date, last: dt.date) -> dict[int, int]:
    """What each donor gave this partner's sites."""
    query = _given(organisation_id, first, last, Lot.donor_id).add_columns(GRAMS)
    return {donor_id: int(grams) for donor_id, grams in session.execute(query)}


def grams_by_family(
    session: Session, donor_id: int, organisation_id: int, first: dt.date, last: dt.date
) -> dict[str, int]:
    """What one donor gave of each family, by its code, the heaviest first."""
    query = _given(organisation_id, first, last, Product.family_code).add_columns(GRAMS)
    rows = session.execute(query.where(Lot.donor_id == donor_id).order_by(GRAMS.desc(), Product.family_code))
    return {code: int(grams) for code, grams in rows}


GRAMS = func.sum(Movement.quantity * Lot.grams_each)


def _given(organisation_id: int, first: dt.date, last: dt.date, *by: Any) -> Select[Any]:
    """Gifts that came in at this partner's sites and were not taken back, grouped by these columns."""
    undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
    return (
        select(*by)
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Reception, Reception.id == Lot.reception_id)
        .join(Site, Site.id == Reception.site_id)
        .where(Movement.from_account == Account.OUTSIDE, Movement.id.not_in(undone))
        .where(Site.organisation_id == organisation_id, Lot.source.in_(GIFT_SOURCES))
        .where(Reception.on >= first, Reception.on <= last)
        .group_by(*by)
    )


def months_of(session: Session, donor_id: int, organisation_id: int, year: int) -> list[Month]:
    """The twelve months of a donor's year with this partner."""
    gifts = gifts_of(session, donor_id, organisation_id, dt.date(year, 1, 1), dt.date(year, 12, 31))
    here = (
        select(Reception.on, func.sum(RefusedGoods.grams))
        .join(Site, Site.id == Reception.site_id)
        .join(RefusedGoods, RefusedGoods.reception_id == Reception.id, isouter=True)
        .where(Reception.donor_id == donor_id, Site.organisation_id == organisation_id)
        .where(Reception.on >= dt.date(year, 1, 1), Reception.on <= dt.date(year, 12, 31))
        .group_by(Reception.id, Reception.on)
    )
    receptions = [(on.month, int(refused or 0)) for on, refused in session.execute(here)]
    return [
        Month(
            dt.date(year, n, 1),
            sum(month == n for month, _ in receptions),
            sum(gift.grams for gift in gifts if gift.on.month == n),
            sum(refused for month, refused in receptions if month == n),
        )
        for n in range(1, 13)
    ]


def make_out(
    session: Session,
    organisation_id: int,
    donor_id: int,
    company: Company,
    first: dt.date,
    last: dt.date,
    cents: int,
    stamp: Stamp,
) -> TaxReceipt:
    """The next receipt of this partner's year, for all that the donor gave it over these days.

    Raises NotEntitled, OutsideOneYear, BadValue, NotDescribed, GivenTwice or NothingGiven.
    """
    # The row of the issuer is the queue: two receipts at once get two numbers that follow each other.
    query = select(ReceiptIssuer).where(ReceiptIssuer.organisation_id == organisation_id).with_for_update()
    issuer = session.scalar(query)
    if issuer is None or issuer.since > stamp.on:
        raise NotEntitled()
    if not first <= last <= stamp.on or first.year != last.year:
        raise OutsideOneYear(first=first, last=last)
    if not 1 <= cents <= MOST_CENTS:
        raise BadValue(least=Cents(1), most=Cents(MOST_CENTS))
    _described(N_("The name of the company"), company.name, 160)
    _refuse_what_was_receipted(session, organisation_id, donor_id, first, last)
    gifts = tuple(gifts_of(session, donor_id, organisation_id, first, last))
    if not gifts:
        raise NothingGiven(donor=get_donor(session, donor_id).name, first=first, last=last)
    receipt = TaxReceipt(
        organisation_id=organisation_id,
        year=stamp.on.year,
        number=_next(session, organisation_id, stamp.on.year),
        donor_id=donor_id,
        first=first,
        last=last,
        cents=cents,
        grams=sum(gift.grams for gift in gifts),
        content=msgspec.to_builtins(Content(_named(issuer), company, gifts)),
        issued_on=stamp.on,
        issued_by=stamp.by,
    )
    session.add(receipt)
    session.flush()
    audit.record(session, "make_out_receipt", f"receipt:{receipt.id}", stamp, number=receipt.number, cents=cents)
    return receipt


def cancel(session: Session, receipt_id: int, organisation_id: int, because: str, stamp: Stamp) -> TaxReceipt:
    """Mark a receipt as worth nothing: it keeps its number and its place. Raises NotFound, AlreadyCancelled or
    NotDescribed."""
    receipt = get_receipt(session, receipt_id, organisation_id, lock=True)
    if receipt.cancelled_on:
        raise AlreadyCancelled(number=numbered(receipt))
    _described(N_("The reason"), because, 200)
    receipt.cancelled_on, receipt.cancelled_by, receipt.cancelled_because = stamp.on, stamp.by, because.strip()
    session.flush()
    audit.record(session, "cancel_receipt", f"receipt:{receipt.id}", stamp, number=receipt.number)
    return receipt


def get_receipt(session: Session, receipt_id: int, organisation_id: int, *, lock: bool = False) -> TaxReceipt:
    """The receipt, where it is this partner's; raises NotFound."""
    query = select(TaxReceipt).where(TaxReceipt.id == receipt_id, TaxReceipt.organisation_id == organisation_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(what=Term(N_("receipt")), id=receipt_id)
    return found


def receipts_of(session: Session, organisation_id: int, donor_id: int | None = None) -> list[TaxReceipt]:
    """This partner's receipts, the latest first; cancelled ones are among them."""
    query = select(TaxReceipt).where(TaxReceipt.organisation_id == organisation_id)
    if donor_id is not None:
        query = query.where(TaxReceipt.donor_id == donor_id)
    return list(session.scalars(query.order_by(TaxReceipt.year.desc(), TaxReceipt.number.desc())))


def content_of(receipt: TaxReceipt) -> Content:
    """What the receipt says."""
    return msgspec.convert(receipt.content, Content)


def numbered(receipt: TaxReceipt) -> str:
    """`2026-0007`."""
    return f"{receipt.year}-{receipt.number:04}"


def _next(session: Session, organisation_id: int, year: int) -> int:
    query = select(func.max(TaxReceipt.number)).where(
        TaxReceipt.organisation_id == organisation_id, TaxReceipt.year == year
    )
    return int(session.scalar(query) or 0) + 1


def _refuse_what_was_receipted(
    session: Session, organisation_id: int, donor_id: int, first: dt.date, last: dt.date
) -> None:
    query = select(TaxReceipt).where(
        TaxReceipt.organisation_id == organisation_id,
        TaxReceipt.donor_id == donor_id,
        TaxReceipt.cancelled_on.is_(None),
        TaxReceipt.first <= last,
        TaxReceipt.last >= first,
    )
    if there := session.scalars(query.order_by(TaxReceipt.id)).first():
        raise GivenTwice(number=numbered(there), first=there.first, last=there.last)


def _named(issuer: ReceiptIssuer) -> Issuer:
    return Issuer(issuer.name, issuer.number, issuer.address, issuer.purpose, issuer.quality, issuer.signatory)


def _described(what: str, text: str, most: int) -> None:
    if not 0 < len(text.strip()) <= most:
        raise NotDescribed(what=Term(what))
