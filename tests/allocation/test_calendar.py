import datetime as dt

import pytest

from allocation import calendar
from allocation.calendar import BadOpening, BasketsReady, OpeningThere
from allocation.sessions import SessionRow, list_sessions
from allocation.tables import Visit
from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from households.tables import Household
from tests import a_day
from tests.small_town import FRIDAY, Town

TUESDAY, WEDNESDAY = 1, 2


def _sessions(database: Database, today: dt.date) -> list[SessionRow]:
    with database.reading() as session:
        return list_sessions(session, today, today + dt.timedelta(days=60))


def test_an_opening_fills_six_weeks_once_and_skips_the_days_the_site_stays_shut(
    database: Database, clock: Clock, town: Town, today: dt.date
) -> None:
    stamp, shut = clock.stamp(), today + dt.timedelta(days=8)
    with database.writing() as session:
        calendar.add_opening(session, site_id=town.site_id, channel="free", weekday=TUESDAY, every_weeks=1, stamp=stamp)
        assert calendar.close_day(session, town.site_id, shut, stamp) == 0
        assert calendar.fill(session, stamp) == 5
        assert calendar.fill(session, stamp) == 0

    tuesdays = [s.on for s in _sessions(database, today) if s.on.weekday() == TUESDAY]
    assert tuesdays == [today + dt.timedelta(days=1 + 7 * n) for n in range(6) if n != 1]
    assert {s.expected for s in _sessions(database, today)} == {4}


def test_who_is_entitled_is_invited_on_the_day_they_prefer_and_as_far_as_there_is_room(
    database: Database, clock: Clock, town: Town, today: dt.date
) -> None:
    stamp = clock.stamp()
    first, second, third, _ = town.household_ids
    with database.writing() as session:
        session.get_one(Household, first).admitted_until = today
        calendar.prefer(session, second, WEDNESDAY)
        for weekday in (TUESDAY, WEDNESDAY):
            calendar.add_opening(
                session, site_id=town.site_id, channel="free", weekday=weekday, capacity=2, stamp=stamp
            )
        calendar.fill(session, stamp, until=today + dt.timedelta(days=2))
        invited = {
            planned.on: set(session.query(Visit.household_id).filter_by(session_id=planned.id))
            for planned in list_sessions(session, today, today + dt.timedelta(days=2))
        }

    tuesday, wednesday = ({row[0] for row in rows} for _, rows in sorted(invited.items()))
    assert first not in tuesday | wednesday
    assert second in wednesday - tuesday
    assert (len(tuesday), len(wednesday), third in tuesday) == (2, 2, True)


def test_a_day_with_baskets_set_aside_is_not_struck_out_and_nonsense_is_refused(
    database: Database, clock: Clock, town: Town
) -> None:
    a_day.confirm_baskets(database, town, clock)
    stamp = clock.stamp()

    def opening(**changes: int) -> None:
        usual = {"site_id": town.site_id, "weekday": TUESDAY, "every_weeks": 2, **changes}
        with database.writing() as session:
            calendar.add_opening(session, channel="free", stamp=stamp, **usual)

    with database.writing() as session, pytest.raises(BasketsReady):
        calendar.close_day(session, town.site_id, FRIDAY, stamp)
    for wrong in ({"weekday": 7}, {"every_weeks": 0}, {"capacity": 0}):
        with pytest.raises(BadOpening):
            opening(**wrong)
    with pytest.raises(NotFound):
        opening(site_id=999)
    opening()
    with pytest.raises(OpeningThere):
        opening()


def test_a_household_that_was_missed_for_six_weeks_is_named(database: Database, clock: Clock, town: Town) -> None:
    missed = a_day.live(database, town, clock)[1]

    with database.reading() as session:
        soon = calendar.long_away(session, FRIDAY)
        later = calendar.long_away(session, FRIDAY + dt.timedelta(days=30))

    assert [away.card for away in soon] == [missed.card]
    assert [(away.last_on, away.missed) for away in later] == [(None, 1)]
