"""What the partners publish, and what never leaves the network."""

import datetime as dt
from typing import Any

import pytest

from common.clock import Clock
from common.database import Database
from households import needs
from households.indicators import Indicators, breakdown, indicators
from households.living_remainder import Line
from households.reference import scales
from households.register import decide
from households.sealing import Identity, Named, Seal
from tests.households.test_files import Two


def figures(**other: Any) -> Indicators:
    plain: dict[str, Any] = {
        "since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31), "requests": 40, "requests_by_heard": {},
        "requests_by_status": {}, "admitted": 30, "admitted_by_status": {}, "single_parents": 10,
        "not_minimum_income": 15, "status_known": 25, "with_needs": 12, "accompanied": 6, "workshop_households": 9,
        "rights_opened": 8, "opened_by_right": {},
    }  # fmt: skip
    return Indicators(**plain | other)


def test_what_is_large_enough_leaves_the_network_as_it_is() -> None:
    assert figures().outward() == figures()


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ({"requests": 4}, {"requests": None}),
        ({"workshop_households": 1}, {"workshop_households": None}),
        ({"rights_opened": 4, "opened_by_right": {"a": 4}}, {"rights_opened": None, "opened_by_right": {"a": None}}),
        ({"workshop_households": 0}, {"workshop_households": 0}),
        ({"single_parents": 27}, {"single_parents": None}),
        ({"accompanied": 9}, {"accompanied": None}),
    ],
)
def test_a_small_count_or_what_gives_it_away_is_kept_back(inside: dict[str, Any], outside: dict[str, Any]) -> None:
    told = figures(**inside).outward()

    for name, count in outside.items():
        assert getattr(told, name) == count


def test_a_breakdown_never_misses_a_single_count() -> None:
    assert breakdown({"a": 9, "b": 6, "c": 2}) == {"a": 9, "b": None, "c": None}
    assert breakdown({"a": 9, "b": 1, "c": 2}) == {"a": 9, "b": None, "c": None}
    assert breakdown({"a": 9, "b": 0}) == {"a": 9, "b": 0}
    assert breakdown({"a": 3}) == {"a": None}


def test_households_are_counted_by_period_and_partner(database: Database, seal: Seal, clock: Clock) -> None:
    alone = Identity((Named("Nadia", "Caron", "1990", "self"), Named("Zoé", "Caron", "2015", "child")))
    with database.writing() as session:
        two = Two(session, seal, clock)
        other = two.register(alone, two.there)
        for household in (two.family, other):
            decide(
                session,
                household.id,
                scale=scales()[0],
                lines=[Line("wages", 30_000)],
                outcome="admitted",
                reason="committee",
                stamp=two.stamp,
                valid_until=clock.today(),
            )
        needs.express(session, other.id, "housing", two.stamp)
        today = clock.today()

        town, there = indicators(session, today, today), indicators(session, today, today, two.there)
        before = indicators(session, today - dt.timedelta(days=9), today - dt.timedelta(days=1))

    assert (town.requests, town.admitted, town.single_parents, town.with_needs, town.accompanied) == (2, 2, 1, 1, 0)
    assert (there.requests, there.single_parents) == (1, 1)
    assert town.requests_by_heard == {"school": 2}
    assert (before.requests, before.admitted) == (0, 0)
