"""Now and today, where the network lives."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from common.clock import PARIS, Clock, Stamp


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC), dt.date(2026, 11, 23)),
        (dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC), dt.date(2026, 11, 24)),
        (dt.datetime(2026, 7, 14, 21, 59, tzinfo=dt.UTC), dt.date(2026, 7, 14)),
        (dt.datetime(2026, 7, 14, 22, 0, tzinfo=dt.UTC), dt.date(2026, 7, 15)),
    ],
)
def test_a_day_ends_at_midnight_in_paris(instant: dt.datetime, day: dt.date) -> None:
    assert Clock(at=instant).today() == day


def test_a_network_overseas_has_its_own_day() -> None:
    evening = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)

    assert Clock(ZoneInfo("Indian/Reunion"), evening).today() == dt.date(2026, 11, 24)


def test_a_clock_that_is_not_fixed_goes_on() -> None:
    clock = Clock()

    assert clock.now() <= clock.now()
    assert clock.now().tzinfo is PARIS


def test_a_stamp_is_the_moment_its_day_and_who(clock: Clock) -> None:
    stamp = clock.stamp(by=7)

    assert stamp == Stamp(dt.datetime(2026, 11, 23, 9, tzinfo=PARIS), dt.date(2026, 11, 23), 7)
