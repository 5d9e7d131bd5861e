"""A search in a hurry, by a clock that this test moves: no second is measured."""

from itertools import pairwise

import pytest

from allocation.arrays import Arrays
from allocation.generate import Shape, generate
from allocation.pace import Pace
from allocation.search import Search


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(watch: Watch, pace: Pace, *stages: int, a_second: float) -> list[int]:
    """The steps of each stage, on a machine that does so many a second."""
    pace.expect(sum(stages))
    steps = []
    for counted in stages:
        with pace.stage(counted) as now:
            steps.append(now)
            watch.now += now / a_second
    return steps


def test_without_a_limit_or_with_time_to_spare_all_that_was_counted_is_done() -> None:
    watch = Watch()
    free, unhurried = Pace(clock=watch), Pace(watch.now + 10.01, watch)

    assert taken(watch, free, *[100] * 10, a_second=1) == [100] * 10
    watch.now = 100.0
    assert taken(watch, unhurried, *[100] * 10, a_second=100) == [100] * 10
    assert not free.cut
    assert not unhurried.cut


def test_what_may_take_a_part_of_the_limit_ends_then_and_says_that_it_was_cut() -> None:
    watch = Watch()
    free, hurried = Pace(clock=watch), Pace(watch.now + 10, watch)
    half, endless = hurried.ending(0.5, lambda: False), free.ending(0.5, lambda: False)

    watch.now += 5
    assert not half()
    assert not hurried.cut
    watch.now += 0.1
    assert half()
    assert hurried.cut
    assert not endless()
    assert not free.cut


def test_what_may_take_a_part_of_the_limit_ends_when_asked_to_without_being_cut() -> None:
    pace = Pace()

    assert pace.ending(0.5, lambda: True)()
    assert not pace.cut


@pytest.mark.parametrize("a_second", [10, 50, 99])
def test_a_limit_takes_its_part_of_every_stage_alike_and_is_kept(a_second: float) -> None:
    watch = Watch()
    pace = Pace(watch.now + 10, watch)

    first, *steps = taken(watch, pace, *[100] * 10, a_second=a_second)

    assert pace.cut
    # What the first stage takes shows how fast the machine is; the others share what it left.
    assert first == 100
    assert max(steps) - min(steps) <= 2
    assert watch.now <= max(110, 100 + 100 / a_second)
    assert watch.now > 109 - 100 / a_second


def test_nothing_is_begun_after_the_limit() -> None:
    watch = Watch()

    assert taken(watch, Pace(watch.now + 1, watch), 100, 100, a_second=50) == [100, 0]


def test_a_search_without_time_still_ends_cold_and_says_that_it_was_cut() -> None:
    problem = generate(2, Shape(households=10, lots=30))
    watch = Watch()
    hurried, unhurried = (Search(Arrays(problem), pace=Pace(until, watch)) for until in (watch.now, None))
    told: list[float] = []

    hurried.run(told=lambda _, share: told.append(share))
    unhurried.run()

    assert hurried.pace.cut
    assert not unhurried.pace.cut
    assert hurried.lines() != unhurried.lines()
    assert all(before <= after for before, after in pairwise(told))
    assert told[-1] == 1.0
