"""Two people at the same baskets: nothing decided by one is lost to the other, and what was confirmed stays."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, calendar, proposals
from allocation.hand import Hand
from allocation.proposals import BasketsConfirmed, ProposalReplaced
from allocation.tables import BasketLine, DistributionSession, PlanRecord, Visit
from common.clock import Clock
from common.database import Database
from common.jobs import Work, run_next
from network.roles import Role
from tests import small_town
from tests.api.conftest import Browser
from tests.small_town import Town

LITTLE = 0.05
"""Of the usual effort: which proposal counts does not hang on how good it is."""


@pytest.fixture(autouse=True)
def _stock(database: Database, town: Town, clock: Clock) -> None:
    small_town.stock_up(database, town, clock)


def counting(session: Session, town: Town) -> PlanRecord:
    kept = proposals.latest(session, town.session_id)
    assert kept is not None
    return kept


def work(database: Database, clock: Clock, handler: Callable[[Work], Any]) -> None:
    while run_next(database, {"propose": handler}, clock):
        pass


propose_a_little = partial(proposals.make_proposal, effort=LITTLE)


def test_what_several_managers_decide_at_the_same_moment_all_counts(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    with database.reading() as session:
        visits = session.scalars(select(Visit.basket).where(Visit.session_id == town.session_id)).all()
    people = [open_browser().sign_in(Role.MANAGER) for _ in visits]

    with ThreadPoolExecutor(len(visits)) as pool:
        base = f"/sessions/{town.session_id}/plan/visits"
        list(pool.map(lambda who, visit: who.post(f"{base}/{visit}/absent"), people, visits))
    for who, visit in zip(people, visits[:-1], strict=False):
        who.post(f"{base}/{visit}/present")
    work(database, clock, propose_a_little)

    with database.reading() as session:
        assert proposals.hand_of(counting(session, town)) == Hand(absent=(visits[-1],))


def test_a_proposal_that_was_replaced_meanwhile_is_not_confirmed(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    seen = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    newer = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)

    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=seen)

    assert "Cette proposition ne compte plus" in manager.words
    with database.writing() as session:
        assert session.scalars(select(BasketLine.id)).all() == []
        with pytest.raises(ProposalReplaced):
            baskets.confirm(session, seen, clock.stamp())
        baskets.confirm(session, newer, clock.stamp())
        assert counting(session, town).id == newer


def test_what_is_confirmed_while_another_proposal_is_made_stays(database: Database, clock: Clock, town: Town) -> None:
    seen = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)

    def confirm_meanwhile() -> bool:
        with database.writing() as session:
            if counting(session, town).state == "draft":
                baskets.confirm(session, seen, clock.stamp())
        return False

    with pytest.raises(BasketsConfirmed):
        proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE, stop=confirm_meanwhile)

    with database.reading() as session:
        assert (counting(session, town).id, counting(session, town).state) == (seen, "confirmed")


def test_what_is_chosen_while_another_proposal_is_made_counts(database: Database, clock: Clock, town: Town) -> None:
    """Somebody goes back to an older proposal: the one under way was asked for before that."""
    older = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    proposals.propose(database, town.session_id, clock.stamp(), hand=Hand(max_lines=2), effort=LITTLE)

    def go_back_meanwhile() -> bool:
        with database.writing() as session:
            if counting(session, town).id != older:
                proposals.restore(session, older, clock.stamp())
        return False

    with pytest.raises(ProposalReplaced):
        proposals.propose(database, town.session_id, clock.stamp(), anew=True, effort=LITTLE, stop=go_back_meanwhile)

    with database.reading() as session:
        assert counting(session, town).id == older


def test_who_goes_back_wants_nothing_any_more_of_what_was_asked_for_before(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    base = f"/sessions/{town.session_id}/plan"
    older = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    proposals.propose(database, town.session_id, clock.stamp(), hand=Hand(max_lines=2), effort=LITTLE)
    manager.post(base)

    manager.post(f"{base}/restore", plan=older)
    work(database, clock, propose_a_little)

    with database.reading() as session:
        assert counting(session, town).id == older


def test_the_proposal_of_the_last_decision_counts_even_where_an_older_one_is_finished_after_it(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    base = f"/sessions/{town.session_id}/plan"
    proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    with database.reading() as session:
        visit = session.scalars(select(Visit.basket).where(Visit.session_id == town.session_id)).first()
    manager.post(base)

    def held_up(slow: Work) -> Any:
        """Somebody decides, and another worker answers, before this one has its proposal."""
        manager.post(f"{base}/visits/{visit}/absent")
        work(database, clock, propose_a_little)
        return propose_a_little(slow)

    run_next(database, {"propose": held_up}, clock)

    with database.reading() as session:
        assert proposals.hand_of(counting(session, town)).absent == (visit,)
    assert "ne compte plus" not in str(manager.get(base).text)


def test_a_line_is_fixed_as_the_manager_saw_it(manager: Browser, database: Database, clock: Clock, town: Town) -> None:
    proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    with database.reading() as session:
        visit, lot, units = next((g["visit"], g["lot"], g["units"]) for g in counting(session, town).plan["give"])
    line = f"/sessions/{town.session_id}/plan/baskets/{visit}/{lot}/pin"

    manager.get(f"/sessions/{town.session_id}/plan", visit=visit)

    form = manager.page.text.split(f'action="{line}"')[1].split("</form>")[0]
    assert f'name="units" value="{units}"' in form


def test_who_fills_the_calendar_a_moment_after_another_is_told_to_look_again(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """On SQLite the second finds the sessions there; on PostgreSQL both may have begun before either was done."""
    with database.writing() as session:
        calendar.add_opening(session, site_id=town.site_id, channel="free", weekday=4, stamp=clock.stamp())
    begun = threading.Event()

    def fill_slowly() -> None:
        with database.writing() as session:
            calendar.fill(session, clock.stamp())
            begun.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(fill_slowly)
        begun.wait(10)
        manager.post("/sessions/calendar/filling")
        other.result()

    assert manager.page.status_code == (200 if database.is_sqlite else 409)
    manager.post("/sessions/calendar/filling")
    assert manager.page.status_code == 200
    with database.reading() as session:
        days = session.scalars(select(DistributionSession.on).where(DistributionSession.channel == "free")).all()
    assert len(days) == len(set(days)) == 6
