"""What households left behind in a period, added up once for a whole report."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from allocation.flows import cents_moved, whole
from allocation.scope import Scope
from allocation.tables import LineOutcome
from stock.tables import Lot, Movement, Product


class Left(Struct, frozen=True):
    """What was left behind on one day for one reason, towards one exit, of one family."""

    on: dt.date
    reason: str
    exit: str
    family: str
    grams: int
    cents: int


def left_behind(session: Session, seen: Scope) -> list[Left]:
    """Of the period and of the one before it, by day."""
    keys = (Movement.on, LineOutcome.reason, LineOutcome.exit, Product.family_code)
    grams = cast(func.sum(LineOutcome.quantity * Lot.grams_each), BigInteger)
    query = (
        select(*keys, grams, whole(cents_moved()))
        .select_from(LineOutcome)
        .join(Movement, Movement.id == LineOutcome.movement_id)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(LineOutcome.taken.is_(False), *seen.goods())
        .where(Movement.on >= seen.before[0], Movement.on <= seen.until)
        .group_by(*keys)
    )
    query = seen.at_place(query, Movement.from_place_id)
    return [Left(*row) for row in session.execute(query)]
