"""What the worker does every day: whom nobody has seen for two years is forgotten, and nothing waits for them."""

import datetime as dt

from sqlalchemy import func, select

from allocation import baskets, proposals
from allocation.tables import BasketLine, Visit
from api.upkeep import forget_where_due
from common.clock import Clock
from common.database import Database
from households.tables import Household
from stock import ledger
from stock.accounts import Account
from tests import small_town
from tests.small_town import Town


def test_who_is_forgotten_leaves_neither_an_invitation_nor_a_basket_set_aside(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.02)
    gone = town.household_ids[2]
    of_theirs = select(func.count(BasketLine.id)).join(Visit).where(Visit.household_id == gone)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
        set_aside = session.scalar(of_theirs)
        session.get_one(Household, gone).last_contact_on = dt.date(2024, 11, 22)

    forgotten = [forget_where_due(database, clock) for _ in range(2)]

    with database.reading() as session:
        waiting = session.scalar(of_theirs), session.scalars(select(Visit).where(Visit.household_id == gone)).all()
        lines = session.scalars(select(BasketLine.quantity)).all()
        reserved = ledger.standings(session, accounts=[Account.RESERVED])
    assert set_aside
    assert forgotten == [1, 0]
    assert waiting == (0, [])
    assert sum(one.quantity for one in reserved) == sum(lines)
