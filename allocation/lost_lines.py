"""Something in a waiting basket cannot be given any more: broken, warm, past its day. A loss, not food left behind."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allocation.handover import refuse_settled
from allocation.tables import BasketLine, Visit
from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Grams, Term
from network.audit import record
from stock import ledger
from stock.ledger import Account, Moving, reserved, shelf
from stock.losses import lose
from stock.tables import Lot

CAUSES = ("breakage", "cold", "date", "quality")
"""What one sees of a pack on the counter; a recall has its own way, and what is not found is counted."""
EXIT = Account.BIOWASTE


class NotSoMuch(Refusal):
    """More is said to be lost than the basket holds."""

    message = N_("Basket %(basket)s holds %(held)s of “%(product)s”: some or all of it can be lost, no more.")
    field = "quantity"


class BasketItem(Struct, frozen=True):
    """A line of a basket that waits, as one asks what happened to it."""

    line_id: int
    card: str
    basket: str
    product: str
    pictogram: str
    quantity: int
    measure: str
    last_day: dt.date


def waiting_item(session: Session, session_id: int, line_id: int) -> BasketItem:
    """The line, where its basket still waits at this session; raises NotFound, SessionOver or AlreadySettled."""
    line = _line(session, session_id, line_id)
    return BasketItem(
        line.id,
        line.visit.household.card,
        line.visit.basket,
        line.lot.product.name,
        line.lot.product.pictogram,
        line.quantity,
        line.lot.measure,
        line.lot.last_day,
    )


def lose_line(session: Session, session_id: int, line_id: int, quantity: int, cause: str, stamp: Stamp) -> None:
    """So much of the line goes to compost, for this cause; the rest of the basket waits on.

    Raises NotFound, SessionOver, AlreadySettled, NotSoMuch or UnknownCause.
    """
    holder = select(BasketLine.visit_id).where(BasketLine.id == line_id)
    session.execute(select(Visit.id).where(Visit.id.in_(holder)).with_for_update())
    line = _line(session, session_id, line_id)
    if not 1 <= quantity <= line.quantity:
        written = Grams if line.lot.measure == "gram" else int
        raise NotSoMuch(basket=line.visit.basket, held=written(line.quantity), product=line.lot.product.name)
    ledger.post(session, [Moving(line.lot_id, quantity, reserved(line.place_id), shelf(line.place_id))], stamp)
    lose(session, line.lot_id, quantity, cause, EXIT, stamp, place_id=line.place_id)
    line.quantity -= quantity
    if not line.quantity:
        session.delete(line)
    record(session, "line lost", f"visit:{line.visit_id}", stamp, lot=line.lot.code, cause=cause)
    session.flush()


def _line(session: Session, session_id: int, line_id: int) -> BasketLine:
    query = (
        select(BasketLine)
        .join(Visit)
        .where(BasketLine.id == line_id, Visit.session_id == session_id)
        .options(
            joinedload(BasketLine.lot).joinedload(Lot.product),
            joinedload(BasketLine.visit).options(joinedload(Visit.household), joinedload(Visit.session)),
        )
        .execution_options(populate_existing=True)
    )
    line = session.scalar(query)
    if line is None:
        raise NotFound(what=Term(N_("line of a basket of this session")), id=line_id)
    refuse_settled(line.visit)
    return line
