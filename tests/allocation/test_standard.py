"""Few distinct baskets a session: every rule still holds for every household, and what that costs is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from allocation.again import still_proven
from allocation.check import check
from allocation.figures import figures
from allocation.generate import Shape, generate
from allocation.hand import Hand, apply
from allocation.problem import Ban, Give, Instance, Pin
from allocation.proposals import measure
from allocation.series import baskets_of, distinct, series
from allocation.solve import solve
from allocation.standard_choice import choice
from tests.allocation.cases import household, instance, instances, lot, visit
from tests.allocation.test_solve import TINY, every_plan, with_few_units

FOUR = instance(
    households=(*map(household, "ABC"), household("V", excludes=("meat",))),
    visits=tuple(visit(f"{name}1", household=name) for name in "ABCV"),
    lots=(lot("loaf", units=8), lot("pie", units=9, contains=("meat",))),
)


@given(problem=instances(), most=st.integers(1, 4))
@settings(max_examples=12)
def test_standard_baskets_break_no_rule_for_any_household(problem: Instance, most: int) -> None:
    few = replace(problem, most_baskets=most)

    made = solve(few, effort=0.02, bounds=False)

    assert check(few, made) == []
    assert distinct(few, made.give) <= most
    assert {(w.visit, w.lot) for w in made.why} == {(g.visit, g.lot) for g in made.give}


def test_where_a_later_basket_holds_too_much_the_earlier_one_may_be_empty() -> None:
    """Three sessions and one lot: some household would have more of it in the end than it can use."""
    problem = generate(24, Shape(households=6, lots=1, sites=2, sessions=3, supply=1.0))
    few = replace(problem, most_baskets=1)

    assert check(few, solve(few, effort=0.02, bounds=False)) == []


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6)
def test_no_tiny_series_that_leaves_nobody_out_loses_less(seed: int) -> None:
    """One basket for some alone may lose less; the search looks for one that everybody has."""
    problem = replace(with_few_units(generate(seed, TINY)), most_baskets=1)

    made = figures(problem, solve(problem, bounds=False))

    everybody = {visit.id for visit in problem.visits}
    shared = [plan for plan in every_plan(problem) if {g.visit for g in plan.give} in (everybody, set())]
    assert made.waste_kg <= 1.01 * min(figures(problem, plan).waste_kg for plan in shared) + 1e-9


def test_one_basket_for_all_holds_nothing_that_anybody_excludes() -> None:
    one, two = (solve(replace(FOUR, most_baskets=most), bounds=False) for most in (1, 2))

    assert {g.lot for g in one.give} == {"loaf"}
    assert {g.visit for g in one.give} == {"A1", "B1", "C1", "V1"}
    assert "pie" in {g.lot for g in two.give}
    baskets = baskets_of(two.give)
    assert {lot for lot, _ in baskets["V1"]} == {"loaf"}
    assert len(set(baskets.values())) == 2
    assert series({**baskets, "V1": frozenset()}).keys() <= {"A1", "B1", "C1"}


def test_who_can_pay_for_nothing_does_not_make_the_others_go_without() -> None:
    visits = tuple(replace(v, budget_cents=0 if v.id == "A1" else None) for v in FOUR.visits)
    priced = replace(FOUR, most_baskets=1, visits=visits, lots=(lot("loaf", units=8, price_cents=10),))

    made = solve(priced, bounds=False)

    assert {g.visit for g in made.give} == {"B1", "C1", "V1"}


def test_a_basket_with_a_line_fixed_by_hand_is_packed_by_itself() -> None:
    by_hand = replace(FOUR, most_baskets=1, pins=(Pin("A1", "pie", 3),))

    made = solve(by_hand, bounds=False)

    assert Give("A1", "pie", 3) in made.give
    assert len({basket for v, basket in baskets_of(made.give).items() if v != "A1"}) == 1


def test_as_many_kinds_as_households_cost_next_to_nothing_and_fewer_cost_more() -> None:
    problem = generate(3, Shape(households=14, lots=60))

    told = choice(problem, [v.id for v in problem.visits], effort=0.5)
    by_kinds = {cost.kinds: cost.figures for cost in told.costs}
    many = figures(problem, solve(replace(problem, most_baskets=14), effort=0.5, bounds=False))

    assert sorted(by_kinds)[:4] == [0, 1, 2, 3]
    assert many.waste_kg <= 1.03 * by_kinds[0].waste_kg
    assert many.floor >= 0.95 * by_kinds[0].floor
    assert by_kinds[1].waste_kg > by_kinds[3].waste_kg >= by_kinds[0].waste_kg
    assert by_kinds[1].mean < by_kinds[3].mean < by_kinds[0].mean
    assert [cost.lines for cost in told.costs if cost.kinds == 1] < [told.costs[0].lines]
    chosen = solve(replace(problem, most_baskets=3), effort=0.5, bounds=False)
    assert figures(problem, chosen).waste_kg == pytest.approx(by_kinds[3].waste_kg)
    served = {g.visit for g in chosen.give}
    assert next(c for c in told.costs if c.kinds == 3).without == len(problem.visits) - len(served)
    assert told.usual is not None
    assert told.usual.figures == measure(replace(problem, most_baskets=3), chosen).usual


def test_after_a_change_the_series_stay_as_people_have_seen_them() -> None:
    problem = replace(generate(4, Shape(households=14, lots=60)), most_baskets=4)
    before = solve(problem, effort=0.3, bounds=False)
    line = before.give[len(before.give) // 2]

    after = solve(replace(problem, bans=(Ban(line.visit, line.lot),)), effort=0.3, bounds=False, start=before)

    assert not any((g.visit, g.lot) == (line.visit, line.lot) for g in after.give)
    assert len({*before.give} & {*after.give}) > 0.7 * len(before.give)


def test_the_managers_wish_for_few_kinds_changes_nothing_that_was_proven() -> None:
    decided = apply(FOUR, Hand(most_baskets=2))

    assert decided.most_baskets == 2
    assert still_proven(FOUR, decided)
