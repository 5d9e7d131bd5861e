"""Any multipliers prove a bound: descending only sharpens it."""

import datetime as dt
import operator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.arrays import Arrays
from allocation.baselines import fefo_to_cap, fefo_to_need
from allocation.before_its_date import eat_before_its_date, open_few_before_their_date
from allocation.bounds import highest_floor_and_mean, least_waste, least_waste_one_by_one, proof, prove
from allocation.crowds import alike, one_by_one
from allocation.figures import figures
from allocation.generate import Shape, generate
from allocation.problem import Instance
from allocation.relaxation import Relaxation, largest_sum
from tests.allocation.cases import SUNDAY_AFTER, TUESDAY, instance, instances, lot, visit


@given(problem=instances())
@settings(max_examples=40)
def test_no_rule_of_thumb_beats_a_bound(problem: Instance) -> None:
    bounds = prove(Arrays(problem))
    assert bounds.waste_kg is not None
    assert bounds.floor is not None
    assert bounds.mean is not None

    for plan in (fefo_to_cap(problem), fefo_to_need(problem)):
        told = figures(problem, plan)
        assert told.waste_kg >= bounds.waste_kg - 1e-6
        assert told.floor <= bounds.floor + 1e-6
        assert told.mean <= bounds.mean + 1e-6


@given(problem=instances())
@settings(max_examples=40)
def test_no_plan_gives_more_before_a_date_than_the_rows_of_the_relaxation_say(problem: Instance) -> None:
    arrays = Arrays(problem)
    lot = {x.id: i for i, x in enumerate(problem.lots)}
    visit = {v.id: i for i, v in enumerate(arrays.visits)}
    given = np.zeros((len(visit), len(lot)))
    for line in fefo_to_cap(problem).give:
        given[visit[line.visit], lot[line.lot]] += line.units

    for crowds, lots in product((one_by_one(arrays), alike(arrays)), (None, arrays.at_stake)):
        r = Relaxation(arrays, crowds, lots=lots)
        to_crowds = np.zeros((len(crowds.size), len(lot)))
        np.add.at(to_crowds, crowds.of_visit, given)
        units = to_crowds[r.pairs.visit, r.pairs.lot]
        for rows in (eat_before_its_date(r), open_few_before_their_date(r)):
            taken = np.bincount(rows.row, weights=rows.value * units[rows.column], minlength=len(rows.limit))
            assert (taken <= rows.limit + 1e-9).all()


@pytest.mark.parametrize(("eaten", "taken"), [(100, 0.4), (250, 0.4), (251, 0.65), (400, 0.65), (401, 0.8)])
def test_of_loaves_that_go_bad_today_one_more_is_opened_than_is_eaten_up(eaten: int, taken: float) -> None:
    """In divisible units alone a small loaf would pass for the better part of a large one: 0.499 kg for 100 g eaten."""
    loaves = tuple(
        lot(name, unit_grams=grams, units=5, last_day=TUESDAY, use_by=True) for name, grams in (("S", 250), ("L", 400))
    )
    home = visit(cap={"bread": 9_000}, eat_per_day={"bread": eaten})

    least = least_waste(Relaxation(Arrays(instance(visits=(home,), lots=loaves))))

    assert least == pytest.approx(3.25 - taken, abs=1e-3)


def test_random_multipliers_prove_something_true() -> None:
    problem = generate(8, Shape(households=6, lots=20))
    relaxation = Relaxation(Arrays(problem))
    cost, constant = relaxation.mean()
    mean = figures(problem, fefo_to_need(problem)).mean

    for seed in range(20):
        y = np.random.default_rng(seed).exponential(0.01, len(relaxation.table.limit))
        assert proof(relaxation.table, cost, y) + constant >= mean


def test_one_household_with_plenty_is_fully_covered_and_wastes_what_it_cannot_use() -> None:
    bounds = prove(Arrays(instance()))

    assert bounds.waste_kg == pytest.approx(0.5)
    assert bounds.floor == pytest.approx(1.0)
    assert bounds.mean == pytest.approx(1.0)


def test_where_nobody_comes_nobody_lacks_anything() -> None:
    problem = instance(visits=())
    bounds = prove(Arrays(problem))

    assert (bounds.floor, bounds.mean) == (1.0, figures(problem, fefo_to_cap(problem)).mean) == (1.0, 1.0)
    assert bounds.waste_kg == pytest.approx(2.5)


def test_limits_that_whole_units_cannot_reach_are_lowered() -> None:
    """A cap of 2,000 g holds six loaves of 300 g: 1,800 g of 2,400 g."""
    bounds = prove(Arrays(instance(lots=(lot(unit_grams=300, units=8),), visits=(visit(),))))

    assert bounds.waste_kg == pytest.approx(0.6)


def test_what_is_lost_is_proven_without_what_keeps() -> None:
    """The cap of 2,000 g holds six loaves of 300 g, though with a rusk of 200 g that keeps it would be full."""
    rusks = lot("rusks", unit_grams=200, last_day=SUNDAY_AFTER + dt.timedelta(days=1))
    bounds = prove(Arrays(instance(lots=(lot(unit_grams=300, units=8), rusks), visits=(visit(),))))

    assert bounds.waste_kg == pytest.approx(0.6)


def test_visit_by_visit_no_less_is_proven_to_be_lost_than_by_crowds() -> None:
    arrays = Arrays(generate(4, Shape(households=60, lots=60)))

    alone = least_waste_one_by_one(arrays)

    assert alone == pytest.approx(least_waste(Relaxation(arrays)))
    assert alone > least_waste(Relaxation(arrays, alike(arrays)))


@pytest.mark.parametrize(
    ("units", "most", "limit", "best"),
    [([250], [4], 1100, 1000), ([250], [2], 1100, 500), ([180, 200], [9, 9], 590, 580), ([], [], 10, 0)],
)
def test_the_largest_sum_of_whole_units(units: list[int], most: list[int], limit: int, best: int) -> None:
    assert largest_sum(units, most, limit) == best


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=4), st.integers(0, 60))
def test_the_largest_sum_is_that_of_trying_every_sum(lots: list[tuple[int, int]], limit: int) -> None:
    units, most = [50 * unit for unit, _ in lots], [n for _, n in lots]
    sums = {sum(map(operator.mul, units, counts)) for counts in product(*(range(n + 1) for n in most))}

    assert largest_sum(units, most, 50 * limit) == max(s for s in sums if s <= 50 * limit)


def test_a_stop_leaves_undone_bounds_open() -> None:
    assert prove(Arrays(instance()), stop=lambda: True).floor is None


@given(problem=instances())
@settings(max_examples=40)
def test_taking_like_visits_together_loosens_a_bound_and_never_breaks_it(problem: Instance) -> None:
    arrays = Arrays(problem)
    crowds = Relaxation(arrays, alike(arrays))

    told = figures(problem, fefo_to_need(problem))

    assert told.waste_kg >= least_waste(crowds) - 1e-6
    floor, mean = highest_floor_and_mean(crowds)
    assert told.floor <= floor + 1e-6
    assert told.mean <= mean + 1e-6


def test_a_floor_is_not_promised_above_what_the_mean_allows() -> None:
    """Everybody at the floor at least is a mean of at least the floor times what they could reach."""
    for seed in range(3):
        relaxation = Relaxation(Arrays(generate(seed, Shape(households=12, lots=40))))

        floor, mean = highest_floor_and_mean(relaxation)

        assert floor * float((relaxation.share * relaxation.arrays.reach).sum()) <= mean + 1e-3


def test_what_limits_the_lots_that_perish_proves_as_much_as_all_there_is() -> None:
    relaxation = Relaxation(Arrays(generate(4, Shape(households=8, lots=30))))
    cost, _ = relaxation.rescued()
    perishing = relaxation.table.only(cost > 0)
    price = 0.01 * np.random.default_rng(1).random(len(relaxation.table.limit))
    row = np.repeat(np.arange(len(price)), np.diff(relaxation.table.start))
    used = np.unique(row[(cost[relaxation.table.column] > 0) & (relaxation.table.value > 0)])
    priced = np.zeros(len(price))
    priced[used] = price[used]

    assert proof(perishing, cost[cost > 0], price[used]) == pytest.approx(proof(relaxation.table, cost, priced))


@given(problem=instances())
@settings(max_examples=40)
def test_every_row_is_worked_on_and_those_of_two_halves_meet_in_no_column(problem: Instance) -> None:
    arrays = Arrays(problem)
    for relaxation in (Relaxation(arrays), Relaxation(arrays, alike(arrays))):
        for table in (relaxation.table, relaxation.with_a_level_for_each(0.5)[0]):
            columns = [
                [
                    set(np.concatenate([table.column[table.start[i] : table.start[i + 1]] for i in rows] or [[]]))
                    for rows in halves
                ]
                for halves in table.rows
            ]

            assert all(not set.intersection(*halves) for halves in columns if len(halves) > 1)
            assert sorted(np.concatenate([rows for halves in table.rows for rows in halves]).tolist()) == (
                np.flatnonzero(np.diff(table.start)).tolist()
            )


def test_two_threads_prove_what_one_proves(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = Arrays(generate(4, Shape(households=20, lots=60, sites=2, trips_per_day=1, unbalanced=0.8)))
    one = prove(arrays)

    monkeypatch.setattr("allocation.bounds.TWO_THREADS", 0)

    assert prove(arrays) == one
