"""What the relaxation would give leads the search: it must be for the same pairs, and worth following."""

import numpy as np
import pytest
from msgspec.structs import replace

from allocation.arrays import Arrays, Floats
from allocation.bounds import prove, relax
from allocation.check import check
from allocation.generate import Shape, generate
from allocation.guide import would_give
from allocation.problem import Instance, Level, Plan, Policy
from allocation.search import Search

POOR = generate(1, Shape(households=30, lots=80, shop=1.0, cents_per_kilogram=15))
TWO_SITES = generate(4, Shape(households=20, lots=60, sites=2, trips_per_day=1, unbalanced=0.8))


def units_of(arrays: Arrays) -> Floats:
    return would_give(relax(arrays), prove(arrays))


def test_what_would_be_given_is_no_more_than_there_is_but_for_the_rounded_corners() -> None:
    arrays = Arrays(POOR)

    units = units_of(arrays)

    given = np.bincount(arrays.pairs().lot, weights=units, minlength=len(arrays.unit))
    assert (units >= 0).all()
    assert given.sum() > 0.3 * arrays.units.sum()
    assert (given <= 1.2 * arrays.units + 1).mean() > 0.9


def test_without_a_goal_for_it_food_is_not_given_to_save_it() -> None:
    units = units_of(Arrays(replace(POOR, policy=Policy((Level("waste"),)))))
    nothing = units_of(Arrays(replace(POOR, policy=Policy((Level("lines"),)))))

    assert units.sum() > 0
    assert nothing.max(initial=0.0) <= POOR.lots[0].units
    assert np.isfinite(nothing).all()


def test_a_lot_that_several_trips_bring_is_shared_out_among_them() -> None:
    search = Search(Arrays(TWO_SITES))
    ways = search.arrays.ways(search.arrays.kind, banned=True)

    units = search.by_trip(np.ones(len(ways.lot)))

    assert len(units) == len(search.pairs.lot) > len(ways.lot)
    assert units.sum() == pytest.approx(len(ways.lot))
    assert set(units[search.board.pairs["trip"] < 0]) == {1.0}


@pytest.mark.parametrize("problem", [POOR, TWO_SITES], ids=["poor budgets", "two sites"])
def test_a_guided_search_begins_within_the_rules_and_serves_the_worst_off_no_worse(problem: Instance) -> None:
    alone, led = Search(Arrays(problem)), Search(Arrays(problem))
    first: list[Plan] = []

    alone.run(0.3)
    led.run(0.3, lambda s, _: first.append(Plan("so far", *s.lines())), guide=lambda: units_of(led.arrays))

    assert led.hard
    assert first[0].give
    assert check(problem, first[0]) == check(problem, Plan("led", *led.lines())) == []
    assert led.floor > 0.99 * alone.floor
