"""Two people decide about one basket at the same moment: the second waits, and finds what the first has done."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, calendar, choice, handover, invitations, proposals
from allocation.baselines import fefo_to_cap
from allocation.calendar import BasketsReady, DayBegun
from allocation.proposals import Proposal
from allocation.propose import problem_for
from allocation.tables import BasketLine, Visit
from common.clock import Clock
from common.database import Database
from households.register import get_household
from stock import balances
from stock.ledger import Account, standings
from tests import small_town
from tests.small_town import FRIDAY, MILK, PASTA, Arrival, Town

Work = Callable[[Session], object]


class Deciding:
    """What people do about Friday's baskets, which are proposed."""

    def __init__(self, database: Database, town: Town, clock: Clock) -> None:
        self.database, self.town, self.stamp = database, town, clock.stamp()
        arrivals = [Arrival(code, units=100, date="06/2027") for code in (MILK, PASTA)]
        small_town.receive(database, town, clock, *arrivals)
        with database.writing() as session:
            problem = problem_for(session, town.session_id, self.stamp.on)
            whole = fefo_to_cap(problem)
            made = Proposal(problem, whole, proposals.measure(problem, whole, usual=whole))
            self.plan_id = proposals.keep(session, town.session_id, made, None, self.stamp)
            self.visit_id = session.scalars(select(Visit.id).where(Visit.household_id == town.household_ids[0])).one()

    def confirm(self, session: Session) -> None:
        baskets.confirm(session, self.plan_id, self.stamp)

    def choose(self, session: Session) -> None:
        choice.add(session, self.visit_id, choice.offers(session, self.visit_id, self.stamp.on)[0].lot, self.stamp)

    def serve(self, session: Session) -> None:
        handover.settle(session, {self.visit_id: []}, self.stamp)

    def strike_out(self, session: Session) -> None:
        calendar.close_day(session, self.town.site_id, FRIDAY, self.stamp)

    def end(self, session: Session) -> None:
        """The first household is helped no more."""
        household = get_household(session, self.town.household_ids[0], to_change=True)
        household.ended_on = self.stamp.on
        session.flush()
        invitations.revise(session, household.id, self.stamp)

    def while_held(self, first: Work, second: Work) -> None:
        """The second begins once the first has done its work and not yet committed it."""
        done = threading.Event()

        def hold() -> None:
            with self.database.writing() as session:
                first(session)
                session.flush()
                done.set()
                time.sleep(0.2)

        def follow() -> None:
            done.wait(10)
            with self.database.writing() as session:
                second(session)

        with ThreadPoolExecutor(2) as pool:
            holding, following = pool.submit(hold), pool.submit(follow)
        holding.result()
        following.result()

    def assert_books_hold(self) -> None:
        with self.database.reading() as session:
            lines = session.execute(select(BasketLine.quantity).join(Visit).where(Visit.state == "expected")).scalars()
            reserved = standings(session, accounts=[Account.RESERVED])
            assert sum(lines) == sum(one.quantity for one in reserved)
            assert balances.drift(session) == []


@pytest.fixture
def deciding(database: Database, town: Town, clock: Clock) -> Deciding:
    return Deciding(database, town, clock)


def test_a_day_is_not_struck_out_from_under_baskets_being_confirmed(deciding: Deciding) -> None:
    with pytest.raises(BasketsReady):
        deciding.while_held(deciding.confirm, deciding.strike_out)
    deciding.assert_books_hold()


def test_a_day_is_not_struck_out_from_under_somebody_who_is_choosing(deciding: Deciding) -> None:
    with pytest.raises(DayBegun):
        deciding.while_held(deciding.choose, deciding.strike_out)
    deciding.assert_books_hold()


@pytest.mark.parametrize("first", ["confirm", "choose"])
def test_the_basket_of_who_is_helped_no_more_goes_back_although_it_is_being_filled(
    deciding: Deciding, first: str
) -> None:
    deciding.while_held(getattr(deciding, first), deciding.end)

    deciding.assert_books_hold()
    with deciding.database.reading() as session:
        assert session.get(Visit, deciding.visit_id) is None


def test_who_is_served_while_their_file_ends_has_taken_their_basket_home(deciding: Deciding) -> None:
    with deciding.database.writing() as session:
        deciding.confirm(session)

    deciding.while_held(deciding.serve, deciding.end)

    deciding.assert_books_hold()
    with deciding.database.reading() as session:
        assert session.get_one(Visit, deciding.visit_id).state == "served"
