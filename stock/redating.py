"""The date of a lot that was misread is set right: earlier by anybody who books, later only by who may, and why.

A use-by date is a health limit: letting it be later than was written is the one correction that can hurt somebody.
What the maker printed is never changed, only what was read of it (R-DATE-02).
"""

import datetime as dt

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.audit import record
from network.tables import Account as Person
from stock.dates import DateKind, last_day_to_give
from stock.lots import get_lot
from stock.tables import DateCorrection


class NoDateToCorrect(Refusal):
    """Goods that bear no date keep as long as the catalogue says."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s bears no date.")
    field = "date"


class SameDate(Refusal):
    message = N_("Lot %(lot)s has this date already: %(date)s.")
    field = "date"


class LaterDate(Refusal):
    """Somebody answers for it."""

    kind = Kind.FORBIDDEN
    message = N_("%(date)s is later than %(was)s: only the person in charge of the stock may correct it so.")
    field = "date"


class SayWhyLater(Refusal):
    message = N_("Say why the date is %(date)s and not %(was)s: it is kept with the lot.")
    field = "reason"


class Corrected(Struct, frozen=True):
    """One correction, to be read back."""

    was: dt.date | None
    became: dt.date
    reason: str
    at: dt.datetime
    by: str


def correct_date(session: Session, lot_id: int, date: dt.date, reason: str, stamp: Stamp, *, may_raise: bool) -> None:
    """From now on the lot has this date, and the last day that follows from it; its label is to be printed again.

    Raises NotFound, NoDateToCorrect, SameDate, LaterDate or SayWhyLater.
    """
    lot = get_lot(session, lot_id)
    if lot.date is None:
        raise NoDateToCorrect(lot=lot.code)
    if lot.date == date:
        raise SameDate(lot=lot.code, date=date)
    if date > lot.date:
        if not may_raise:
            raise LaterDate(date=date, was=lot.date)
        if len(reason.strip()) < 3:
            raise SayWhyLater(date=date, was=lot.date)
    correction = DateCorrection(
        lot_id=lot.id, was=lot.date, became=date, reason=reason.strip()[:200], at=stamp.at, by_id=stamp.by
    )
    session.add(correction)
    grace = lot.product.family.grace_days if lot.frozen_on is None else 0
    lot.date, lot.last_day = date, last_day_to_give(date, DateKind(lot.date_kind), grace)
    record(session, "date corrected", f"lot:{lot.id}", stamp, became=date.isoformat())
    session.flush()


def corrections(session: Session, lot_id: int) -> tuple[Corrected, ...]:
    """What the date of a lot was before, the first correction first."""
    query = (
        select(DateCorrection, Person.name)
        .outerjoin(Person, Person.id == DateCorrection.by_id)
        .where(DateCorrection.lot_id == lot_id)
        .order_by(DateCorrection.id)
    )
    return tuple(Corrected(c.was, c.became, c.reason, c.at, by or "") for c, by in session.execute(query))
