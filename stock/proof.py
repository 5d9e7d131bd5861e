"""The proof that the ledger holds, read from the movements of all time: what `panier verify` asks.

An empty answer of each function is the proof.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from stock.accounts import ON_HAND
from stock.sums import legs_of


@dataclass(frozen=True)
class Fault:
    """A movement after which an account on hand stood below zero."""

    movement_id: int
    lot_id: int
    account: str
    place_id: int | None
    quantity: int


def faults(session: Session) -> list[Fault]:
    """Every movement after which the ledger did not hold: an empty list is the proof that it does."""
    legs = legs_of(ON_HAND)
    running = func.sum(legs.c.quantity).over(
        partition_by=(legs.c.lot_id, legs.c.account, legs.c.place_id), order_by=legs.c.movement_id
    )
    history = select(legs.c.movement_id, legs.c.lot_id, legs.c.account, legs.c.place_id, running.label("stood"))
    past = history.subquery()
    query = select(past).where(past.c.stood < 0).order_by(past.c.movement_id)
    return [Fault(*row) for row in session.execute(query)]
