"""A site's own past, replayed."""

import datetime as dt

import pytest

from allocation import baskets, closing, handover, proposals
from allocation.fitted import draw, fit
from allocation.generate import MONDAY
from allocation.past import Moved, NoPast, as_it_stood, past_of, stood
from allocation.replayed import lived_in
from allocation.scope import Scope
from allocation.simulation import Way, compare
from common.clock import PARIS, Clock
from common.database import Database
from network.tables import Site
from stock import ledger
from stock.accounts import GIVEN, TRANSIT, Account
from stock.lots import split
from tests import small_town
from tests.small_town import Town


def test_a_past_session_is_replayed_with_who_came_and_what_had_arrived(
    database: Database, town: Town, clock: Clock
) -> None:
    small_town.stock_up(database, town, clock)
    at_the_session = Clock(at=dt.datetime.combine(small_town.FRIDAY, dt.time(9), PARIS)).stamp()
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.05)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
        first, *others = handover.sheets(session, town.session_id)
        handover.note_absent(session, first.visit_id, clock.stamp())
        handover.settle(session, {sheet.visit_id: [] for sheet in others}, clock.stamp())
        closing.check_dates(session, town.site_id, clock.stamp())
        closing.close(session, town.session_id, clock.stamp())
        lots = {s.lot_id: s for s in ledger.standings(session, accounts=[Account.SHELF])}
        sent, cut = [s for s in lots.values() if s.quantity > 1][:2]
        ledger.move(session, sent.lot_id, 1, sent.where, TRANSIT, clock.stamp())
        split(session, cut.lot_id, 1, cut.where.place_id or 0, at_the_session)
        home = ledger.standings(session, accounts=[Account.GIVEN])[0]
        ledger.move(session, home.lot_id, 1, GIVEN, cut.where, clock.stamp(), "taken back")

    with database.reading() as session:
        truth = past_of(session, session.get_one(Site, town.site_id), clock.today(), small_town.FRIDAY)
        (lived,) = lived_in(session, Scope(clock.today(), small_town.FRIDAY))

    assert len(truth.instance.visits) == 4
    assert len(truth.absent) == 1
    assert len(truth.instance.lots) == 6, "the part that was split off has a label of its own"
    assert sum(lot.units for lot in truth.instance.lots) == sum([8, 10, 12, 12, 20]) - 1, "one went on to another site"
    for instance in (truth.instance, lived.truth.instance):
        assert {lot.available_from for lot in instance.lots} == {clock.today()}, "a part came when the whole did"
    report = compare([truth], [Way("fefo"), Way("floor>waste", 0.05)])
    assert report.broken == 0
    assert report.ways[0].figures["mean"].mean > 0.1
    like = draw(fit(truth), 1, MONDAY, weeks=2)
    assert (len(like.instance.households), len(like.instance.visits)) == (4, 8)
    assert {v.date.weekday() for v in like.instance.visits} == {small_town.FRIDAY.weekday()}
    assert not compare([like], [Way("fefo")]).broken


def test_a_problem_is_what_stood_there_and_who_was_expected_that_morning(
    database: Database, town: Town, clock: Clock
) -> None:
    small_town.stock_up(database, town, clock)
    later = Clock(at=clock.now() + dt.timedelta(days=2))
    small_town.receive_pears(database, town, later)
    with database.reading() as session:
        site, today = session.get_one(Site, town.site_id), clock.today()
        now, then = as_it_stood(session, site, today), as_it_stood(session, site, later.today())

        with pytest.raises(NoPast):
            as_it_stood(session, site, today - dt.timedelta(days=30))
    assert (now.today, now.ends, len(now.lots)) == (today, today + dt.timedelta(days=13), 5)
    assert {v.date for v in now.visits} == {small_town.FRIDAY}
    assert len(then.lots) == 6, "the pears had come"
    assert {x.available_from for x in then.lots} == {later.today()}


SINCE = dt.date(2026, 11, 16)
BEFORE, LATER = SINCE - dt.timedelta(days=1), SINCE + dt.timedelta(days=1)
HERE, ELSEWHERE = 1, 9


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["outside > shelf 10 before", "shelf > given 3 before"], (BEFORE, 7)),
        (["outside > shelf 10 since", "shelf > given 3 later"], (SINCE, 10)),
        (["outside > shelf 10 since", "shelf > given 3 later", "given > reserved 3 later"], (SINCE, 10)),
        (["outside > shelf 10 before", "shelf > given 3 before", "given > shelf 3 since"], (BEFORE, 10)),
        (["outside > shelf 10 since", "shelf > outside 10 since"], None),
        (["outside > shelf 10 since", "shelf > reserved 4 since", "shelf > quarantine 6 since"], (SINCE, 10)),
        (["outside > shelf 10 since", "shelf > transit 4 later"], (SINCE, 6)),
        (["transit > shelf 4 later", "shelf > destroyed 1 later"], (LATER, 4)),
        (["outside > shelf 10 since", "shelf > remade 4 later"], (SINCE, 6)),
        (["remade > shelf 4 later"], (LATER, 4)),
        (["whole > shelf 9 before", "remade > shelf 4 later", "shelf > given 1 later"], (BEFORE, 4)),
        (["whole > shelf 9 before", "transit > shelf 4 later"], (LATER, 4)),
        (["outside > shelf 10 since", "shelf > count 2 later"], (SINCE, 8)),
    ],
)
def test_food_counts_once_where_it_could_be_shared(told: list[str], expected: tuple[dt.date, int] | None) -> None:
    days = {"before": BEFORE, "since": SINCE, "later": LATER}
    placed = {"shelf": HERE, "reserved": HERE, "quarantine": HERE}
    moved = []
    for line in told:
        source, _, target, quantity, day = line.split()
        lot = 5 if source == "whole" else 7
        moved.append(Moved(lot, days[day], source, placed.get(source), target, placed.get(target), int(quantity)))
    moved.append(Moved(8, SINCE, "outside", None, "shelf", ELSEWHERE, 5))

    found = stood(moved, {HERE}, SINCE, {7: 5})

    assert {lot: told for lot, told in found.items() if lot != 5} == ({} if expected is None else {7: expected})


def test_a_site_without_a_past_has_nothing_to_replay(database: Database, town: Town, clock: Clock) -> None:

    with database.reading() as session, pytest.raises(NoPast):
        past_of(session, session.get_one(Site, town.site_id), clock.today(), small_town.FRIDAY)
