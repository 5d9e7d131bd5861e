"""A reception read back: what came in under it, line by line, and what was turned away."""

import datetime as dt
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from stock.dates import DateKind
from stock.ledger import Account
from stock.tables import Lot, Movement, Product, RefusedGoods


class ReceivedLine(Struct, frozen=True):
    """One lot and how much of it came in, whatever has become of it since."""

    lot_code: str
    product_id: int
    product: str
    pictogram: str
    measure: str
    quantity: int
    """Pieces, or grams where it is weighed."""
    grams: int
    date: dt.date | None
    date_kind: DateKind
    last_day: dt.date
    lot_number: str


class RefusedLine(Struct, frozen=True):
    """What was turned away at the door."""

    id: int
    product_id: int | None
    product: str
    """Empty where nobody knew what it was."""
    reason: str
    grams: int
    at: dt.datetime


def received_lines(session: Session, reception_id: int) -> list[ReceivedLine]:
    """The lines of a reception in the order they came, those taken back left out, the same lot in one line."""
    return received_by_reception(session, [reception_id])[reception_id]


def received_by_reception(session: Session, receptions: Collection[int]) -> dict[int, list[ReceivedLine]]:
    """`received_lines` of several at once."""
    undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
    came = (
        select(Movement.lot_id, func.sum(Movement.quantity).label("quantity"), func.min(Movement.id).label("first"))
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Lot.reception_id.in_(receptions))
        .where(Movement.from_account == Account.OUTSIDE, Movement.id.not_in(undone))
        .group_by(Movement.lot_id)
        .subquery()
    )
    query = select(Lot, came.c.quantity).join(came, came.c.lot_id == Lot.id).options(joinedload(Lot.product))
    lines: dict[int, list[ReceivedLine]] = {number: [] for number in receptions}
    for lot, quantity in session.execute(query.order_by(came.c.first)):
        lines[lot.reception_id].append(_line(lot, int(quantity)))
    return lines


def refused_lines(session: Session, reception_id: int) -> list[RefusedLine]:
    """What was turned away, in that order."""
    return refused_by_reception(session, [reception_id])[reception_id]


def refused_by_reception(session: Session, receptions: Collection[int]) -> dict[int, list[RefusedLine]]:
    """`refused_lines` of several at once."""
    query = (
        select(RefusedGoods, Product.name)
        .join(Product, Product.id == RefusedGoods.product_id, isouter=True)
        .where(RefusedGoods.reception_id.in_(receptions))
        .order_by(RefusedGoods.id)
    )
    lines: dict[int, list[RefusedLine]] = {number: [] for number in receptions}
    for gone, name in session.execute(query):
        line = RefusedLine(gone.id, gone.product_id, name or "", gone.reason, gone.grams, gone.at)
        lines[gone.reception_id].append(line)
    return lines


def _line(lot: Lot, quantity: int) -> ReceivedLine:
    return ReceivedLine(
        lot_code=lot.code,
        product_id=lot.product_id,
        product=lot.product.name,
        pictogram=lot.product.pictogram,
        measure=lot.measure,
        quantity=quantity,
        grams=quantity * lot.grams_each,
        date=lot.date,
        date_kind=DateKind(lot.date_kind),
        last_day=lot.last_day,
        lot_number=lot.lot_number,
    )
