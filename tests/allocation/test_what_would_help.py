"""What would lift those served least: by hand, and held against the figures of a plan that has it."""

import numpy as np
import pytest
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.baselines import fefo_to_need
from allocation.figures import coverage, lines_of, per_visit
from allocation.generate import FAMILIES, generate
from allocation.what_would_help import Help, what_would_help
from tests.allocation.cases import household, instance, lot, plan, visit


def test_a_point_more_of_a_kilogram_of_bread_is_ten_grams() -> None:
    told = what_would_help(instance(), plan(("V", "L", 1)))

    assert (told.floor, told.target) == (0.25, 0.26)
    assert told.ways == (Help("bread", 10, 1, 0),)


def test_what_is_usually_left_behind_takes_more_and_what_is_sold_costs() -> None:
    half = what_would_help(instance(lots=(lot(acceptance=0.5, units=40, max_per_visit=40),)), plan(("V", "L", 2)))
    sold = instance(lots=(lot(price_cents=100),), visits=(visit(budget_cents=101),))

    assert half.ways == (Help("bread", 20, 1, 0),)
    assert what_would_help(sold, plan(("V", "L", 1))).ways == (Help("bread", 10, 1, 3),)


def test_who_carries_all_they_can_or_needs_nothing_is_served() -> None:
    for one in (visit(max_grams=250), visit(need={"bread": 0})):
        assert what_would_help(instance(visits=(one,)), plan(("V", "L", 1))).ways == ()


def test_everybody_below_is_lifted_and_who_comes_not_counts_for_nothing() -> None:
    two = instance(
        households=(household(), household("K"), household("never")),
        visits=(visit(), visit("W", household="K")),
    )

    assert what_would_help(two, plan(("V", "L", 1), ("W", "L", 1))).ways == (Help("bread", 20, 2, 0),)
    assert what_would_help(two, plan(("V", "L", 2), ("W", "L", 1))).ways == (Help("bread", 10, 1, 0),)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_to_help_does(seed: int) -> None:
    """Each household below the target gets its part at its last visit, and the floor is at the target."""
    problem = generate(seed, FAMILIES["small"])
    made = fefo_to_need(problem)
    told = what_would_help(problem, made, by=0.02)
    arrays = Arrays(problem)
    visits, lots, units = lines_of(arrays, made)
    accepted = per_visit(arrays, visits, lots, arrays.acceptance[lots] * arrays.unit[lots] * units)
    need, comes = arrays.last_need

    for way in told.ways:
        rank = arrays.group_ids.index(way.group)
        more = accepted.copy()
        relative = coverage(arrays, accepted) / np.maximum(arrays.reach, 1e-12)
        for who in np.flatnonzero(comes & (relative < told.target)):
            last = int(np.flatnonzero(arrays.household == who)[-1])
            grams = (told.target - relative[who]) * arrays.reach[who] * need[who, rank] / arrays.weight[rank]
            more[last, rank] += grams + 1e-6
        lifted = coverage(arrays, more) / np.maximum(arrays.reach, 1e-12)
        assert lifted[comes].min() == pytest.approx(told.target, abs=1e-6)
    assert told.ways or told.floor == 1.0


def test_a_plan_that_gives_all_there_is_has_nothing_to_ask_for() -> None:
    full = instance(lots=(lot(units=4, max_per_visit=4),))

    told = what_would_help(full, plan(("V", "L", 4)))

    assert (told.floor, told.ways) == (1.0, ())
    assert what_would_help(replace(full, visits=()), plan()).ways == ()
