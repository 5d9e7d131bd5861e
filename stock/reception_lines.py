"""A reception read back: what came in under it, line by line, and what was turned away."""

import datetime as dt
from collections import defaultdict

from msgspec import Struct
from sqlalchemy import select
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
    undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
    query = (
        select(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Lot.reception_id == reception_id, Movement.from_account == Account.OUTSIDE, Movement.id.not_in(undone))
        .options(joinedload(Movement.lot).joinedload(Lot.product))
        .order_by(Movement.id)
    )
    quantities: dict[int, int] = defaultdict(int)
    lots: dict[int, Lot] = {}
    for movement in session.scalars(query):
        quantities[movement.lot_id] += movement.quantity
        lots[movement.lot_id] = movement.lot
    return [_line(lots[lot_id], quantity) for lot_id, quantity in quantities.items()]


def refused_lines(session: Session, reception_id: int) -> list[RefusedLine]:
    """What was turned away, in that order."""
    query = (
        select(RefusedGoods, Product.name)
        .join(Product, Product.id == RefusedGoods.product_id, isouter=True)
        .where(RefusedGoods.reception_id == reception_id)
        .order_by(RefusedGoods.id)
    )
    return [
        RefusedLine(gone.id, gone.product_id, name or "", gone.reason, gone.grams, gone.at)
        for gone, name in session.execute(query)
    ]


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
