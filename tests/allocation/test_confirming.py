"""What was proposed is held against what is so by now: nothing is set aside that may not be given to whom it is for."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, choice, proposals
from allocation.baskets import NoLongerSuits, PlanOutdated
from allocation.check import OF_KIND, check
from allocation.problem import Give, Plan
from allocation.propose import problem_of_session
from allocation.sessions import get_session
from allocation.tables import BasketLine, Visit
from common.clock import PARIS, Clock
from common.database import Database
from common.errors import Refusal
from common.words import words
from households.register import get_household, set_equipment, set_exclusions
from stock import balances
from stock.ledger import Account, standings
from stock.redating import correct_date
from stock.tables import Lot
from tests import small_town
from tests.small_town import BEANS, MILK, PASTA, YOGHURT, Arrival, Town

LITTLE = 0.05
"""Of the usual effort: what may be confirmed does not hang on how good it is."""


@pytest.fixture
def plan_id(database: Database, town: Town, clock: Clock) -> int:
    """Baskets for Friday, proposed on Monday: enough of everything, and yoghurts that last until Saturday."""
    small_town.receive(
        database,
        town,
        clock,
        *(Arrival(code, units=100, date="06/2027") for code in (MILK, PASTA, BEANS)),
        Arrival(YOGHURT, units=8, date="28/11/2026"),
    )
    return proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)


@contextmanager
def refused(database: Database, plan_id: int, clock: Clock, why: type[Refusal]) -> Iterator[str]:
    """Confirming is refused and nothing is set aside; the block may look at the sentence."""
    with pytest.raises(why) as refusal, database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
    yield refusal.value.say(words("en"))
    with database.reading() as session:
        assert session.scalars(select(BasketLine.id)).all() == []
        assert standings(session, accounts=[Account.RESERVED]) == []


def test_goods_past_their_last_day_are_not_set_aside_after_midnight(
    database: Database, plan_id: int, clock: Clock
) -> None:
    sunday = Clock(at=dt.datetime(2026, 11, 29, 0, 5, tzinfo=PARIS))
    with database.reading() as session:
        code = session.scalar(select(Lot.code).where(Lot.last_day == dt.date(2026, 11, 28)))

    with refused(database, plan_id, sunday, PlanOutdated) as said:
        assert str(code) in said


def test_goods_whose_date_was_misread_are_not_set_aside_beyond_it(
    database: Database, plan_id: int, clock: Clock
) -> None:
    with database.writing() as session:
        lot = session.scalars(select(Lot).where(Lot.last_day == dt.date(2026, 11, 28))).one()
        correct_date(session, lot.id, dt.date(2026, 11, 26), "", clock.stamp(), may_raise=False)

    with refused(database, plan_id, clock, NoLongerSuits) as said:
        assert f"Lot Yaourt nature 4 × 125 g ({lot.code}) may be given from" in said


def test_what_a_household_excludes_by_now_is_not_set_aside_for_it(
    database: Database, plan_id: int, clock: Clock, town: Town
) -> None:
    with database.writing() as session:
        set_exclusions(session, town.household_ids[0], ["milk"], clock.stamp())
        card = get_household(session, town.household_ids[0]).card

    with refused(database, plan_id, clock, NoLongerSuits) as said:
        assert f"contains milk, which visit {card} excludes." in said
    again = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)

    with database.writing() as session:
        baskets.confirm(session, again, clock.stamp())
        mine = select(Lot).join(BasketLine).join(Visit).where(Visit.household_id == town.household_ids[0])
        assert {lot.product.name for lot in session.scalars(mine)} == {"Coquillettes", "Haricots verts"}


def test_what_a_kitchen_lacks_by_now_is_minded(database: Database, plan_id: int, clock: Clock, town: Town) -> None:
    with database.writing() as session:
        for household_id in town.household_ids:
            set_equipment(session, household_id, ["fridge"], clock.stamp())

    with refused(database, plan_id, clock, NoLongerSuits) as said:
        assert "Yaourt" in said


def test_what_was_chosen_before_the_baskets_are_confirmed_stays_beside_them(
    database: Database, plan_id: int, clock: Clock, town: Town
) -> None:
    with database.writing() as session:
        planned = dict(session.execute(select(Visit.basket, Visit.id).where(Visit.session_id == town.session_id)).all())
        give = proposals.get_proposal(session, plan_id).plan["give"]
        line = next(line for line in give if "Coquillettes" in product(session, line["lot"]))
        choice.add(session, planned[line["visit"]], line["lot"], clock.stamp())
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())

    with database.writing() as session:
        mine = select(BasketLine.quantity).join(Lot).where(BasketLine.visit_id == planned[line["visit"]])
        assert session.scalars(mine.where(Lot.code == line["lot"])).all() == [line["units"] + 1]
        assert balances.drift(session) == []
        baskets.take_back(session, town.session_id, clock.stamp())
        assert standings(session, accounts=[Account.RESERVED]) == []


def test_a_proposal_just_made_suits_everybody(database: Database, plan_id: int, clock: Clock, town: Town) -> None:
    with database.reading() as session:
        now = problem_of_session(session, get_session(session, town.session_id), clock.today())
        plan = proposals.get_proposal(session, plan_id).plan
        give = tuple(Give(**line) for line in plan["give"])

    assert give
    assert check(now, Plan(now.name, give), (0, *OF_KIND)) == []


def product(session: Session, lot: str) -> str:
    return session.scalars(select(Lot).where(Lot.code == lot)).one().product.name
