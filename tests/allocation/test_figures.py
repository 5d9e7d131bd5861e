import pytest
from hypothesis import given
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.baselines import fefo_to_cap
from allocation.figures import figures
from allocation.problem import Group, Household, Instance, Lot, Transfer, Visit
from tests.allocation.cases import (
    NEXT_TUESDAY,
    THURSDAY,
    household,
    instance,
    instances,
    lot,
    plan,
    trip,
    visit,
)


def test_what_perishes_within_the_horizon_and_is_not_eaten_is_wasted() -> None:
    half_liked = instance(lots=(lot(acceptance=0.5),))

    assert figures(half_liked, plan()).waste_kg == 2.5
    assert figures(half_liked, plan(("V", "L", 4))).waste_kg == 2.0


def test_a_lot_that_outlives_the_horizon_is_not_wasted() -> None:
    on_the_last_day = instance(ends=THURSDAY)
    the_day_before = instance(ends=THURSDAY, lots=(lot(last_day=NEXT_TUESDAY),))

    assert figures(on_the_last_day, plan()).waste_kg == 2.5
    assert figures(the_day_before, plan()).waste_kg == 0.0


def test_coverage_counts_accepted_grams_up_to_the_need() -> None:
    liked = instance(lots=(lot(acceptance=0.8),))

    assert figures(liked, plan(("V", "L", 2))).mean == pytest.approx(0.4)
    assert figures(liked, plan(("V", "L", 6))).mean == 1.0


def test_what_comes_too_early_for_the_need_does_not_count_later() -> None:
    """The first visit needs 1,000 g of which 750 g can come then; a litre too much then is not a litre later."""
    twice = instance(
        visits=(visit(), visit("W", date=NEXT_TUESDAY, need={"bread": 2000})),
        lots=(lot(units=20, last_day=NEXT_TUESDAY),),
    )

    assert figures(twice, plan(("V", "L", 8))).mean == pytest.approx(0.5)
    assert figures(twice, plan(("V", "L", 4), ("W", "L", 4))).mean == 1.0


def test_a_group_without_need_counts_as_covered() -> None:
    two_groups = instance(groups=(Group("bread", 3.0), Group("fat", 1.0)))

    assert figures(two_groups, plan()).mean == pytest.approx(0.25)


def test_relative_coverage_is_what_was_given_over_what_could_have_been() -> None:
    """One loaf is all there is: who gets it is as well served as can be."""
    one_loaf = instance(lots=(lot(units=1),))

    assert figures(one_loaf, plan(("V", "L", 1))).relative == {"H": 1.0}
    assert figures(one_loaf, plan(("V", "L", 1))).mean == pytest.approx(0.25)


def test_the_floor_is_the_worst_off_and_nobody_who_could_get_nothing() -> None:
    problem = instance(
        households=(household(), household("K"), household("far")),
        visits=(visit(), visit("W", household="K"), visit("X", household="far", site="annex")),
    )

    served = figures(problem, plan(("V", "L", 4), ("W", "L", 2)))

    assert served.relative == {"H": 1.0, "K": 0.5, "far": 1.0}
    assert served.floor == 0.5


def test_what_a_household_had_before_counts_for_it() -> None:
    """Of two kilograms one had a half, and one nothing: three loaves each do not serve them alike."""
    problem = instance(
        households=(household(had={"bread": 500}), household("K")),
        visits=(visit(need={"bread": 1500}), visit("W", household="K", need={"bread": 2000})),
    )

    served = figures(problem, plan(("V", "L", 3), ("W", "L", 3)))

    assert served.mean == pytest.approx((0.625 + 0.375) / 2)
    assert served.relative == pytest.approx({"H": 0.625, "K": 0.375})


def test_what_was_had_of_what_is_not_needed_any_more_changes_nothing() -> None:
    full = instance(households=(household(had={"bread": 500}),), visits=(visit(need={"bread": 0}),))

    assert figures(full, plan()).mean == 1.0


def test_the_mean_weighs_households_by_their_adult_equivalents() -> None:
    problem = instance(
        households=(household(), household("K", adult_equivalents=3.0)),
        visits=(visit(), visit("W", household="K")),
    )

    assert figures(problem, plan(("W", "L", 4))).mean == pytest.approx(0.75)


def test_a_household_that_does_not_come_is_not_counted() -> None:
    problem = instance(households=(household(), household("away")))

    assert figures(problem, plan(("V", "L", 2))).relative == {"H": 0.5}
    assert figures(problem, plan(("V", "L", 2))).mean == 0.5


def test_lines_and_kilograms_are_counted() -> None:
    problem = instance(lots=(lot(), lot("M", unit_grams=400)))

    served = figures(problem, plan(("V", "L", 2), ("V", "M", 1)))

    assert (served.lines, served.given_kg, served.kg_by_group) == (2, 0.9, {"bread": 0.9})


def test_inequality_is_nil_when_all_are_served_alike() -> None:
    problem = instance(households=(household(), household("K")), visits=(visit(), visit("W", household="K")))

    assert figures(problem, plan(("V", "L", 2), ("W", "L", 2))).gini == 0.0
    assert figures(problem, plan(("V", "L", 2))).gini == 0.5


def test_reach_counts_what_a_trip_could_bring() -> None:
    elsewhere = instance(visits=(visit(site="annex"),), lots=(lot(units=2),))

    assert Arrays(elsewhere).reach.tolist() == [0.0]
    assert Arrays(replace(elsewhere, transfers=(trip(),))).reach.tolist() == [0.5]


@given(instances())
def test_reach_is_what_the_contract_says(problem: Instance) -> None:
    expected = [reach(problem, h) for h in problem.households]

    assert Arrays(problem).reach.tolist() == pytest.approx(expected)


@given(instances())
def test_nobody_gets_more_than_their_reach(problem: Instance) -> None:
    assert max(figures(problem, fefo_to_cap(problem)).relative.values()) <= 1.0 + 1e-9


def reach(problem: Instance, who: Household) -> float:
    """`allocation.md` §5.1, line for line."""
    visits = problem.visits_of[who.id]
    if not visits:
        return 0.0
    fill = {g.id: 0.0 for g in problem.groups}
    for v in visits:
        for g in fill:
            eligible = sum(
                x.acceptance * x.unit_grams * min(x.units, x.max_per_visit)
                for x in problem.lots
                if x.group == g and allowed(problem, who, v, x)
            )
            fill[g] = min(v.need[g], fill[g] + eligible)
    carry = float(sum(v.max_grams for v in visits))
    last, total = visits[-1].need, 0.0
    order = sorted(
        fill, key=lambda g: problem.weights[g] / (who.had.get(g, 0) + last[g]) if last[g] else 0.0, reverse=True
    )
    for g in order:
        if not last[g]:
            total += problem.weights[g]
            continue
        eaten = min(fill[g], carry)
        carry -= eaten
        total += problem.weights[g] * (who.had.get(g, 0) + eaten) / (who.had.get(g, 0) + last[g])
    return total


def allowed(problem: Instance, who: Household, at: Visit, x: Lot) -> bool:
    """Rules 1 to 6, trips included whatever their mass."""
    here = x.site == at.site or any(brings(t, at, x) for t in problem.transfers)
    dated = x.available_from <= at.date <= x.last_day
    eats = not set(who.excludes) & set(x.contains) and not (who.excludes and x.unknown_contents)
    keeps = not set(who.lacks) & set(x.needs)
    return here and dated and eats and keeps and at.channel in x.channels and (who.infant or not x.infant_only)


def brings(t: Transfer, at: Visit, x: Lot) -> bool:
    travels = t.cold or not {"fridge", "freezer"} & set(x.needs)
    timely = x.available_from <= t.departs <= x.last_day and t.arrives <= at.date
    return travels and timely and (t.origin, t.destination) == (x.site, at.site)
