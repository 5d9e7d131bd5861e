"""What is held on a household of the days it was expected: every visit, what became of its basket, what it paid."""

import datetime as dt
from collections import defaultdict

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.calendar import preferred
from allocation.day_tables import Payment
from allocation.given import HouseholdVisit, visits_of_household
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from stock.tables import Lot, Product


class Food(Struct, frozen=True):
    """So much of a product that was in its basket on one day."""

    on: dt.date
    product: str
    quantity: int
    measure: str
    taken: bool | None
    """False for what it left behind, None for what is still set aside."""


class Paid(Struct, frozen=True):
    """What it paid in the shop on one day; the receipt's lines are foods it took."""

    on: dt.date
    usual_cents: int
    paid_cents: int


class Given(Struct, frozen=True):
    """Everything held on its visits."""

    visits: list[HouseholdVisit]
    foods: list[Food]
    payments: list[Paid]
    preferred_weekday: int | None
    """Monday is 0."""


def everything_given(session: Session, household_id: int) -> Given:
    """Without an end: what is kept is told, however long it is."""
    payments = session.scalars(select(Payment).where(Payment.household_id == household_id).order_by(Payment.on))
    return Given(
        visits=visits_of_household(session, household_id, most=None),
        foods=_foods(session, household_id),
        payments=[Paid(one.on, one.usual_cents, one.paid_cents) for one in payments],
        preferred_weekday=preferred(session, household_id),
    )


def _foods(session: Session, household_id: int) -> list[Food]:
    query = (
        select(DistributionSession.on, Product.name, Product.measure, BasketLine, LineOutcome)
        .join_from(BasketLine, Visit, Visit.id == BasketLine.visit_id)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .outerjoin(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .where(Visit.household_id == household_id)
    )
    found: dict[tuple[dt.date, str, str, bool | None], int] = defaultdict(int)
    for on, name, measure, line, outcome in session.execute(query):
        key = (on, name, measure, outcome.taken if outcome else None)
        found[key] += outcome.quantity if outcome else line.quantity
    ordered = sorted(found.items(), key=lambda one: (-one[0][0].toordinal(), one[0][1], str(one[0][3])))
    return [Food(on, name, quantity, measure, taken) for (on, name, measure, taken), quantity in ordered]
