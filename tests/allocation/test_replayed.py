"""What habit would have lost of the same food among the same visits."""

import datetime as dt

from allocation import baskets, closing, handover, proposals
from allocation.baselines import fefo_to_cap
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, Sheet, SheetLine
from allocation.problem import Plan
from allocation.proposals import Proposal
from allocation.propose import problem_for
from allocation.replayed import Lived, beside_habit, lived_in
from allocation.rolling import Truth
from allocation.scope import Scope
from allocation.sessions import expect_usual, get_session, plan_session
from common.clock import PARIS, Clock, Stamp
from common.database import Database
from stock import ledger, losses
from stock.ledger import Account, Where
from stock.tables import Lot
from tests import small_town
from tests.allocation.cases import SUNDAY_AFTER, instance, lot, plan
from tests.small_town import FRIDAY, MILK, YOGHURT, Arrival

KEEPS = SUNDAY_AFTER + dt.timedelta(days=1)
TWO_LOTS = instance(lots=(lot("short", units=4), lot("long", units=4, last_day=KEEPS)))
"""A kilogram that is good until Thursday and one that keeps beyond the period; the visit can take both."""


def _both_ways(given: Plan, *absent: str) -> tuple[int, int]:
    found = beside_habit([Lived(Truth(TWO_LOTS, frozenset(absent)), given)])
    return found.ours, found.usual


def test_food_that_keeps_was_given_and_short_dates_were_lost_where_habit_gives_them_first() -> None:
    assert _both_ways(plan(("V", "long", 4))) == (1000, 0)


def test_nothing_is_between_them_where_short_dates_were_given() -> None:
    assert _both_ways(plan(("V", "short", 4))) == (0, 0)
    assert _both_ways(plan(("V", "short", 3), ("V", "long", 1))) == (250, 0)


def test_nobody_came_so_both_lose_what_did_not_keep() -> None:
    assert _both_ways(plan(), "V") == (1000, 1000)


def test_what_is_usually_left_behind_is_lost_on_both_sides() -> None:
    half = instance(lots=(lot("short", units=4, acceptance=0.5),))

    found = beside_habit([Lived(Truth(half), plan(("V", "short", 4)))] * 2)

    assert (found.ours, found.usual) == (1000, 1000)
    assert (found.sites, found.visits) == (2, 2)


def test_progress_is_told_over_all_sites() -> None:
    shares: list[float] = []
    both = [Lived(Truth(TWO_LOTS), plan()), Lived(Truth(TWO_LOTS, frozenset({"V"})), plan())]

    found = beside_habit(both, told=shares.append)

    assert shares == [0.5, 1.0]
    assert found.visits == 1


def test_a_history_that_was_itself_first_expired_first_out_loses_the_same_to_the_gram(
    database: Database, clock: Clock
) -> None:
    """With somebody away, lines left behind, breakage, goods kept back and goods sent on, which are in neither side."""
    town = small_town.build(database, clock)
    small_town.stock_up(database, town, clock)
    _, milk, _ = small_town.receive(
        database,
        town,
        clock,
        Arrival(YOGHURT, units=40, date="29/11/2026"),
        Arrival(MILK, units=30, date="01/12/2026"),
        Arrival("ART-POMME", grams=9000),
    )
    _share_out_and_close(database, town.session_id, FRIDAY)
    thrown = _thrown(database)
    with database.writing() as session:
        later = _stamp(FRIDAY + dt.timedelta(days=1))
        (there,) = ledger.standings(session, lots=[milk.lot_id], accounts=[Account.SHELF])
        losses.lose(session, milk.lot_id, 3, "breakage", Account.BIOWASTE, later)
        ledger.move(session, milk.lot_id, 2, there.where, Where(Account.QUARANTINE, there.where.place_id), later)
        ledger.move(session, milk.lot_id, 4, there.where, ledger.TRANSIT, later)
        following = plan_session(session, town.site_id, FRIDAY + dt.timedelta(days=7), "free")
        expect_usual(session, following)
        session.flush()
        number = following.id
    _share_out_and_close(database, number, FRIDAY + dt.timedelta(days=7))
    with database.reading() as session:
        (lived,) = lived_in(session, Scope(clock.today(), FRIDAY + dt.timedelta(days=7)))
        written_off = sum(
            s.quantity * session.get_one(Lot, s.lot_id).grams_each
            for s in ledger.standings(session, accounts=[Account.BIOWASTE])
        )
        broken = 3 * session.get_one(Lot, milk.lot_id).grams_each

    found = beside_habit([lived])

    assert found.ours == found.usual
    assert found.ours == written_off - broken + _thrown(database) > thrown > 0
    assert found.visits == 6, "one of four stayed away each time"


def _share_out_and_close(database: Database, session_id: int, on: dt.date) -> None:
    """First expired, first out; the first household gives a line to animals, the second stays away."""
    stamp = _stamp(on)
    with database.writing() as session:
        problem = problem_for(session, session_id, on)
        plan = fefo_to_cap(problem)
        made = Proposal(problem, plan, proposals.measure(problem, plan, usual=plan))
        baskets.confirm(session, proposals.keep(session, session_id, made, None, stamp), stamp)
        first, second, *others = sorted(handover.sheets(session, session_id), key=lambda sheet: sheet.visit_id)
        line = first.lines[-1]
        left = [LeftLine(line.id, line.quantity, Reason.TASTE, Exit.ANIMALS), *_put_back_too_late(first, line, on)]
        came = {first.visit_id: left, second.visit_id: handover.ABSENT, **{s.visit_id: [] for s in others}}
        handover.settle(session, came, stamp)
        closing.check_dates(session, get_session(session, session_id).site_id, stamp)
        closing.close(session, session_id, stamp)


def _put_back_too_late(first: Sheet, but: SheetLine, on: dt.date) -> list[LeftLine]:
    """What nobody can have any more at the session a week after."""
    short = [x for x in first.lines if x.id != but.id and x.last_day < on + dt.timedelta(days=7)][:1]
    return [LeftLine(x.id, x.quantity, Reason.TASTE, Exit.RESTOCK, stayed_cold=True) for x in short]


def _thrown(database: Database) -> int:
    with database.reading() as session:
        return sum(
            s.quantity * session.get_one(Lot, s.lot_id).grams_each
            for s in ledger.standings(session, accounts=[Account.ANIMALS])
        )


def _stamp(on: dt.date) -> Stamp:
    return Stamp(dt.datetime.combine(on, dt.time(14), PARIS), on)
