"""What the worker does every day: whom nobody has seen for two years is forgotten, and nothing waits for them or tells
of them."""

import datetime as dt
import json

from sqlalchemy import func, select

from allocation import baskets, proposals
from allocation.forgetting import forget
from allocation.tables import BasketLine, Visit
from api.upkeep import forget_where_due, look_after_one, throw_away_where_due
from common import jobs
from common.clock import Clock
from common.database import Base, Database
from common.jobs import run_next
from households import drafts
from households.register import get_household
from households.sealing import Seal
from households.tables import Draft, File, Household
from network.roles import Role
from network.tables import Account as Login
from stock import ledger
from stock.accounts import Account
from tests import small_town
from tests.api.conftest import Browser
from tests.small_town import PASSWORD, Town


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


def test_nothing_kept_of_their_baskets_says_what_somebody_forgotten_excluded(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Proposals speak of cards, and so do the answers kept for programs that ask twice, and work that failed."""
    small_town.stock_up(database, town, clock)
    gone = town.household_ids[1]
    with database.reading() as session:
        card = get_household(session, gone).card
        visit = session.scalars(select(Visit.id).where(Visit.household_id == gone)).one()
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.02)
    with database.writing() as session:
        jobs.ask(session, "fail", {}, clock.stamp())
        baskets.confirm(session, plan_id, clock.stamp())
    run_next(database, {"fail": lambda _: {"why": f"not for {card}"}}, clock)
    token = manager.client.post("/api/v1/sign-ins", json={"login": "manager", "password": PASSWORD}).json()["token"]
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "one-hand-over"}
    served = manager.client.post(f"/api/v1/visits/{visit}/hand-over", json={}, headers=headers).json()
    assert (served["card"], served["exclusions"]) == (card, ["pork"])
    assert telling(database, card) >= {"plans", "done", "jobs"}

    with database.writing() as session:
        forget(session, gone, clock.stamp())

    assert telling(database, card) == set()
    assert telling(database, '["pork"]') == set()
    assert manager.get(f"/sessions/{town.session_id}/plan").status_code == 200


def test_a_form_nobody_finished_is_thrown_away_after_a_week(
    database: Database, clock: Clock, town: Town, seal: Seal
) -> None:
    assert town
    with database.writing() as session:
        account_id = session.scalars(select(Login.id).where(Login.role == Role.SOCIAL_WORKER)).one()
        drafts.keep_draft(session, seal, {"family-0": "Martin"}, clock.stamp(account_id))
    after = [Clock(at=clock.now() + dt.timedelta(days=7, seconds=seconds)) for seconds in (0, 1)]

    assert [throw_away_where_due(database, then) for then in after] == [0, 1]

    with database.reading() as session:
        assert session.scalars(select(Draft.account_id)).all() == []


def test_a_clock_that_leapt_forgets_nobody_before_people_have_had_a_day_to_see_it(
    database: Database, clock: Clock, town: Town
) -> None:
    """A machine without a battery may start years ahead, and be started again to mend it."""

    def forgotten(after: dt.timedelta) -> bool:
        look_after_one(database, Clock(at=clock.now() + after))
        with database.reading() as session:
            return bool(session.scalars(select(File.forgotten_on)).all())

    years, hour, day = dt.timedelta(days=1461), dt.timedelta(hours=1), dt.timedelta(days=1)

    assert [forgotten(then) for then in (dt.timedelta(), day, years, years + hour, 2 * day)] == [False] * 5
    assert [forgotten(years + then) for then in (3 * day, 4 * day)] == [False, True]
    assert town


def telling(database: Database, words: str) -> set[str]:
    """The tables that hold these words somewhere."""
    with database.reading() as session:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if any(words in json.dumps(list(row), default=str) for row in session.execute(select(table)))
        }
