"""Many sites planned one by one, with what moves decided before: small enough here to check every rule."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.bounds import least_waste_one_by_one, prove
from allocation.check import check
from allocation.exchange import with_fewer_trips
from allocation.figures import figures
from allocation.generate import Shape, generate
from allocation.pace import Pace
from allocation.problem import Bounds, Give, Instance, Pin, Plan
from allocation.territory import Territory, too_large
from tests.allocation.cases import MONDAY, instance, lot, trip, visit

EXCHANGE = Shape(households=24, lots=80, sites=3, trips_per_day=1, unbalanced=0.8)


def filled(
    problem: Instance, *, seed: int = 0, effort: float = 1.0, trips_a_day: int = 9, start: Plan | None = None
) -> tuple[Plan, Bounds]:
    proven = [Bounds()]
    territory = Territory(Arrays(problem), seed, start, trips_a_day=trips_a_day)
    made = territory.run(effort, lambda *_: None, lambda: False, proven.append)
    plan = Plan(problem.name, *made.lines())
    told = figures(problem, plan)
    own = (made.waste_kg, made.floor, made.mean)
    assert own == pytest.approx((told.waste_kg, told.floor, told.mean))
    return plan, proven[-1]


@given(seed=st.integers(0, 1000), sites=st.integers(2, 4))
@settings(max_examples=15)
def test_no_rule_is_broken_and_no_bound_beaten(seed: int, sites: int) -> None:
    problem = generate(seed, replace(EXCHANGE, households=10, lots=40, sites=sites))

    plan, bounds = filled(problem, effort=0.1)

    told = figures(problem, plan)
    assert check(problem, plan) == []
    assert bounds.waste_kg is not None
    assert bounds.floor is not None
    assert bounds.mean is not None
    assert told.waste_kg >= bounds.waste_kg - 1e-6
    assert told.floor <= bounds.floor + 1e-6
    assert told.mean <= bounds.mean + 1e-6


def test_exchange_pays_site_by_site_too() -> None:
    problem = generate(5, EXCHANGE)

    with_trips, _ = filled(problem)
    without, _ = filled(replace(problem, transfers=()))

    assert with_trips.move
    assert figures(problem, with_trips).waste_kg < figures(problem, without).waste_kg
    assert figures(problem, with_trips).floor > 1.5 * figures(problem, without).floor


def test_no_more_trips_leave_a_site_each_day_than_asked() -> None:
    problem = generate(5, EXCHANGE)

    plan, _ = filled(problem, effort=0.1, trips_a_day=1)

    used = {m.transfer for m in plan.move}
    mornings = [(t.origin, t.departs) for t in problem.transfers if t.id in used]
    assert mornings
    assert len(mornings) == len(set(mornings))


def test_the_same_seed_gives_the_same_territory() -> None:
    problem = generate(6, EXCHANGE)

    assert filled(problem, seed=2, effort=0.1) == filled(problem, seed=2, effort=0.1)


def test_a_plan_before_is_kept_to_site_by_site() -> None:
    problem = generate(6, EXCHANGE)
    before, _ = filled(problem, effort=0.3)

    again, _ = filled(problem, seed=1, effort=0.3, start=before)
    anew, _ = filled(problem, seed=1, effort=0.3)

    assert check(problem, again) == []
    assert len(set(before.give) ^ set(again.give)) < 0.3 * len(set(before.give) ^ set(anew.give))
    assert figures(problem, again).floor > 0.97 * figures(problem, before).floor


def test_what_is_pinned_stays_for_the_one_it_is_pinned_for() -> None:
    problem = instance(
        visits=(visit(), visit("W", household="K", site="annex")),
        households=(*instance().households, replace(instance().households[0], id="K")),
        lots=(lot(units=3),),
        transfers=(trip(),),
        pins=(Pin("V", "L", 3),),
    )

    assert filled(problem)[0].give == (Give("V", "L", 3),)


def test_one_site_or_a_household_of_two_sites_is_planned_in_one_piece() -> None:
    wanders = instance(visits=(visit(), visit("W", site="annex", date=MONDAY)))

    assert not too_large(Arrays(instance()))
    assert not too_large(Arrays(wanders))


@pytest.mark.parametrize("a_day", [1, 2])
def test_with_fewer_trips_those_that_food_would_most_go_by_are_left(a_day: int) -> None:
    problem = generate(6, replace(EXCHANGE, sites=4))

    fewer = with_fewer_trips(problem, a_day)

    mornings = Counter((t.origin, t.departs) for t in fewer.transfers)
    assert set(fewer.transfers) < set(problem.transfers)
    assert max(mornings.values()) == a_day
    # Most of the first site's food stands at the last: trips from there to it are the first to run.
    assert {t.destination for t in fewer.transfers if t.origin == "S3"} >= {"S0"}


@pytest.mark.parametrize("seed", [2, 4, 6])
def test_once_filled_sites_exchange_until_none_stands_far_below_the_others(seed: int) -> None:
    problem = generate(seed, EXCHANGE)
    whole = Arrays(problem)
    territory = Territory(whole)

    made = territory.run(0.3, lambda *_: None, lambda: False, None)

    assert territory.floor < made.floor
    assert territory.waste_kg >= made.waste_kg * 0.99
    assert territory.mean <= made.mean * 1.01
    assert check(problem, Plan(problem.name, *made.lines())) == []


def test_what_sites_that_exchange_lose_is_proven_visit_by_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = generate(4, replace(EXCHANGE, households=60))
    monkeypatch.setattr("allocation.bounds.MANY_PAIRS", 0)

    plan, proven = filled(problem, effort=0.1)

    assert proven.waste_kg == pytest.approx(least_waste_one_by_one(Arrays(problem)))
    assert proven.waste_kg > (prove(Arrays(problem)).waste_kg or 0.0)
    assert figures(problem, plan).waste_kg >= proven.waste_kg


@pytest.mark.parametrize("seed", [1, 2])
def test_where_nothing_moves_the_bounds_of_the_sites_are_those_of_all(seed: int) -> None:
    problem = replace(generate(seed, EXCHANGE), transfers=(), sites=("S0", "S1", "S2", "empty"))

    plan, apart = filled(problem, effort=0.1)

    whole = prove(Arrays(problem))
    assert apart.waste_kg == pytest.approx(whole.waste_kg, rel=0.01)
    assert apart.floor == pytest.approx(whole.floor, rel=0.01)
    assert apart.mean == pytest.approx(whole.mean, rel=0.01)
    assert check(problem, plan) == []


def test_a_limit_that_has_passed_leaves_no_time_for_what_leads_the_sites() -> None:
    problem = generate(1, EXCHANGE)
    territory = Territory(Arrays(problem))

    made = territory.run(1.0, lambda *_: None, lambda: False, None, Pace(until=0.0, clock=lambda: 1.0))

    assert territory.pace.cut
    assert check(problem, Plan(problem.name, *made.lines())) == []


def test_a_site_without_time_for_its_proof_is_led_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(generate(1, replace(EXCHANGE, households=120, lots=200)), transfers=())
    hurried, unhurried = Territory(Arrays(problem)), Territory(Arrays(problem))
    unhurried.run(0.1, lambda *_: None, lambda: False, None)

    monkeypatch.setattr("allocation.territory.PROVEN_WITHIN", -1)
    hurried.run(0.1, lambda *_: None, lambda: False, None, Pace(until=1e9, clock=lambda: 0.0))

    assert hurried.pace.cut
    assert hurried.floor > 0.9 * unhurried.floor
    assert hurried.mean > 0.95 * unhurried.mean
    assert check(problem, Plan(problem.name, *hurried.lines())) == []


def test_of_very_many_sites_nobody_is_lifted_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(generate(4, EXCHANGE), transfers=())
    lifted, _ = filled(problem)

    monkeypatch.setattr("allocation.territory.VAST", 0)
    plan, bounds = filled(problem)

    assert check(problem, plan) == []
    assert bounds.floor is not None
    assert 0.9 * figures(problem, lifted).floor < figures(problem, plan).floor < figures(problem, lifted).floor


def test_a_plan_before_that_leads_every_site_is_proven_all_the_same() -> None:
    problem = replace(generate(1, EXCHANGE), transfers=())
    before, _ = filled(problem, effort=0.1)

    _, bounds = filled(problem, effort=0.1, start=before)

    assert bounds.floor is not None
