"""Receptions: goods from one donor, at one site, on one day; and what was turned away at the door."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Term
from stock.donors import UnknownSource
from stock.ledger import Account
from stock.reference import refusal_reasons, sources
from stock.tables import Donor, Lot, Movement, Reception, RefusedGoods


class ReceptionKind(StrEnum):
    """How goods came."""

    PICKUP = "pickup"
    DELIVERED = "delivered"
    FOOD_DRIVE = "food_drive"
    FOOD_BANK = "food_bank"
    PURCHASE = "purchase"
    PROGRAMME = "programme"


KIND_NAMES = {
    ReceptionKind.PICKUP: N_("Pick-up round"),
    ReceptionKind.DELIVERED: N_("Brought by the donor"),
    ReceptionKind.FOOD_DRIVE: N_("Food drive"),
    ReceptionKind.FOOD_BANK: N_("Food bank delivery"),
    ReceptionKind.PURCHASE: N_("Purchase"),
    ReceptionKind.PROGRAMME: N_("EU or State programme"),
}
USUAL_KINDS = {
    "food_drive": ReceptionKind.FOOD_DRIVE,
    "food_bank": ReceptionKind.FOOD_BANK,
    "purchase": ReceptionKind.PURCHASE,
    "esf_plus": ReceptionKind.PROGRAMME,
    "national_credit": ReceptionKind.PROGRAMME,
    "mmpt": ReceptionKind.PROGRAMME,
}
"""How goods of a programme mostly come; all others are fetched."""


class UnknownKind(Refusal):
    """A way of coming in that is none of ours."""

    message = N_("“%(kind)s” is no way goods come in: expected one of %(known)s.")
    field = "kind"


class UnknownReason(Refusal):
    """A reason outside the register's list."""

    message = N_("“%(reason)s” is not a reason for refusing goods.")
    field = "reason"


def open_reception(
    session: Session, site_id: int, donor: Donor, stamp: Stamp, source: str = "", kind: str = "", vehicle: str = ""
) -> Reception:
    """The reception of this donor at this site today, opened at its first line.

    `source` is the programme the goods come under, the donor's usual one where it is not said; `kind` how they came,
    as goods of that programme mostly do where it is not said. A vehicle that is named replaces the one named before.
    Raises UnknownSource or UnknownKind.
    """
    source, kind = way_of(donor, source, kind)
    vehicle = vehicle.strip()[:40]
    opened = _opened(session, site_id, donor, stamp, source, kind)
    if vehicle and vehicle != opened.vehicle:
        opened.vehicle = vehicle
        session.flush()
    return opened


def way_of(donor: Donor, source: str = "", kind: str = "") -> tuple[str, str]:
    """The programme and the way goods of a donor come in, where not said as they mostly do.

    Raises UnknownSource or UnknownKind.
    """
    source = source or donor.source
    if source not in (known := [s.code for s in sources()]):
        raise UnknownSource(source=source, known=known)
    kind = kind or USUAL_KINDS.get(source, ReceptionKind.PICKUP)
    if kind not in set(ReceptionKind):
        raise UnknownKind(kind=kind, known=list(ReceptionKind))
    return source, kind


def the_open_one(
    session: Session, site_id: int, donor_id: int, source: str, kind: str, on: dt.date
) -> Reception | None:
    """The reception of these goods that is not finished, with its donor."""
    asked = {"site_id": site_id, "donor_id": donor_id, "source": source, "kind": kind, "on": on}
    return session.scalar(_OPEN, asked)


def _opened(session: Session, site_id: int, donor: Donor, stamp: Stamp, source: str, kind: str) -> Reception:
    if found := the_open_one(session, site_id, donor.id, source, kind, stamp.on):
        return found
    # Two first lines at once: the second waits here and then finds the reception of the first.
    session.execute(select(Donor.id).where(Donor.id == donor.id).with_for_update())
    if found := the_open_one(session, site_id, donor.id, source, kind, stamp.on):
        return found
    opened = Reception(
        site_id=site_id,
        donor=donor,
        source=source,
        kind=kind,
        on=stamp.on,
        opened_at=stamp.at,
        opened_by=stamp.by,
    )
    session.add(opened)
    session.flush()
    return opened


def reception(session: Session, reception_id: int) -> Reception:
    """The reception with its donor; raises NotFound."""
    found = session.scalar(_BY_ID, {"id": reception_id})
    if found is None:
        raise NotFound(what=Term(N_("reception")), id=reception_id)
    return found


def current_reception(session: Session, site_id: int, today: dt.date, chosen: int | None = None) -> Reception | None:
    """The reception of today at this site that was chosen, finished or not; else the last one opened that is not.

    A chosen one that somebody else has finished is not silently another donor's: whoever works on it is told.
    """
    query = (
        select(Reception)
        .options(joinedload(Reception.donor))
        .where(
            Reception.site_id == site_id,
            Reception.on == today,
            or_(Reception.closed_at.is_(None), Reception.id == chosen),
        )
        .order_by((Reception.id == chosen).desc() if chosen else Reception.id.desc(), Reception.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def receptions_of(session: Session, on: dt.date, site_id: int | None = None) -> list[Reception]:
    """The receptions of a day, at one site or at all, with their donors, in the order they were opened."""
    query = select(Reception).options(joinedload(Reception.donor)).where(Reception.on == on).order_by(Reception.id)
    if site_id is not None:
        query = query.where(Reception.site_id == site_id)
    return list(session.scalars(query))


def so_far(session: Session, reception_id: int) -> tuple[int, int]:
    """How many lines were booked under a reception, and their grams, those undone left out."""
    return so_far_by_reception(session, [reception_id])[reception_id]


def so_far_by_reception(session: Session, receptions: Collection[int]) -> dict[int, tuple[int, int]]:
    """`so_far` of several at once."""
    counter = aliased(Movement)
    query = (
        select(Lot.reception_id, func.count(), func.sum(Movement.quantity * Lot.grams_each))
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .outerjoin(counter, counter.undoes_id == Movement.id)
        .where(Lot.reception_id.in_(receptions), Movement.from_account == Account.OUTSIDE, counter.id.is_(None))
        .group_by(Lot.reception_id)
    )
    found = {number: (int(lines), int(grams)) for number, lines, grams in session.execute(query)}
    return {number: found.get(number, (0, 0)) for number in receptions}


def refuse_goods(
    session: Session, reception_id: int, reason: str, grams: int, stamp: Stamp, product_id: int | None = None
) -> int:
    """Write down what was turned away, and why: the donor is told, the ledger never sees it."""
    if reason not in {known.code for known in refusal_reasons()}:
        raise UnknownReason(reason=reason)
    refused = RefusedGoods(
        reception_id=reception_id,
        product_id=product_id,
        reason=reason,
        grams=max(grams, 0),
        at=stamp.at,
        by_id=stamp.by,
    )
    session.add(refused)
    session.flush()
    return refused.id


_BY_ID = select(Reception).options(joinedload(Reception.donor)).where(Reception.id == bindparam("id"))
_OPEN = (
    select(Reception)
    .options(joinedload(Reception.donor))
    .where(
        Reception.site_id == bindparam("site_id"),
        Reception.donor_id == bindparam("donor_id"),
        Reception.source == bindparam("source"),
        Reception.kind == bindparam("kind"),
        Reception.on == bindparam("on"),
        Reception.closed_at.is_(None),
    )
    .order_by(Reception.id)
    .limit(1)
)
"""Statements of the intake line are built once: building them costs more than running them."""
