"""Receptions while they are worked on: which one a device is at, and how much came in so far."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from stock.ledger import Account
from stock.tables import Lot, Movement, Reception


def current_reception(session: Session, site_id: int, today: dt.date, chosen: int | None = None) -> Reception | None:
    """The reception that was chosen, while it is open today at this site; else the last one opened there today."""
    query = (
        select(Reception)
        .options(joinedload(Reception.donor))
        .where(Reception.site_id == site_id, Reception.on == today, Reception.closed_at.is_(None))
        .order_by((Reception.id == chosen).desc() if chosen else Reception.id.desc(), Reception.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def so_far(session: Session, reception_id: int) -> tuple[int, int]:
    """How many lines were booked under a reception, and their grams, those undone left out."""
    undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
    query = (
        select(func.count(), func.sum(Movement.quantity * Lot.grams_each))
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Lot.reception_id == reception_id, Movement.from_account == Account.OUTSIDE)
        .where(Movement.id.not_in(undone))
    )
    lines, grams = session.execute(query).one()
    return int(lines), int(grams or 0)
