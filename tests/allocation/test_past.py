"""A site's own past, replayed."""

import pytest

from allocation import baskets, closing, handover, proposals
from allocation.past import NoPast, past_of
from allocation.simulation import Way, compare
from common.clock import Clock
from common.database import Database
from network.tables import Site
from tests import small_town


def test_a_past_session_is_replayed_with_who_came_and_what_had_arrived(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock)
    small_town.stock_up(database, town, clock)
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.05)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
        first, *others = handover.sheets(session, town.session_id)
        handover.note_absent(session, first.visit_id, clock.stamp())
        handover.settle(session, {sheet.visit_id: [] for sheet in others}, clock.stamp())
        closing.check_dates(session, town.site_id, clock.stamp())
        closing.close(session, town.session_id, clock.stamp())

    with database.reading() as session:
        truth = past_of(session, session.get_one(Site, town.site_id), clock.today(), small_town.FRIDAY)

    assert len(truth.instance.visits) == 4
    assert len(truth.absent) == 1
    assert sorted(lot.units for lot in truth.instance.lots) == [8, 10, 12, 12, 20]
    assert {lot.available_from for lot in truth.instance.lots} == {clock.today()}
    report = compare([truth], [Way("fefo"), Way("floor>waste", 0.05)])
    assert report.broken == 0
    assert report.ways[0].figures["mean"].mean > 0.1


def test_a_site_without_a_past_has_nothing_to_replay(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock)

    with database.reading() as session, pytest.raises(NoPast):
        past_of(session, session.get_one(Site, town.site_id), clock.today(), small_town.FRIDAY)
