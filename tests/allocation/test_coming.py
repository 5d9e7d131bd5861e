"""What is announced: from when on it counts, what it is taken to be like, and what a plan makes of it."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from allocation.again import Before, plan_again
from allocation.check import check
from allocation.coming import (
    NO_LIMIT,
    UNIT_GRAMS,
    Announced,
    ToCome,
    counting_on,
    of_what_is_there,
    to_come,
    usual,
)
from allocation.figures import figures
from allocation.generate import FAMILIES, generate
from allocation.hand import Hand
from allocation.problem import Give, Instance, Pin
from allocation.solve import solve
from tests.allocation.cases import (
    MONDAY,
    NEXT_TUESDAY,
    SUNDAY_AFTER,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    household,
    instance,
    instances,
    lot,
    plan,
    visit,
)

LATER = SUNDAY_AFTER + dt.timedelta(days=60)
DAY_AFTER = SUNDAY_AFTER + dt.timedelta(days=1)


def bread(number: int, on: dt.date, grams: int = 5000) -> Announced:
    return Announced(number, on, "bread", grams)


@pytest.mark.parametrize(
    ("on", "counts"), [(MONDAY, False), (TUESDAY, True), (SUNDAY_AFTER, True), (DAY_AFTER, False)], ids=str
)
def test_what_comes_counts_after_the_session_and_to_the_last_day_looked_at(on: dt.date, counts: bool) -> None:
    coming = to_come([bread(7, on)], "shop", instance(), [lot()], MONDAY)

    assert coming.announced == ((bread(7, on),) if counts else ())
    assert [(one.id, one.available_from) for one in coming.lots] == ([("announced-7", on)] if counts else [])


def test_what_comes_is_counted_in_whole_units_of_what_is_usual_and_is_never_lost() -> None:
    problem = instance()

    coming = to_come([bread(1, TUESDAY, 1200), bread(2, WEDNESDAY, 249)], "shop", problem, [lot()], MONDAY)

    (one,) = coming.lots
    assert (one.units, one.unit_grams, one.site, one.group) == (4, 250, "shop", "bread")
    assert one.last_day > problem.ends
    assert coming.announced == (bread(1, TUESDAY, 1200),)
    assert figures(counting_on(problem, coming), plan()).waste_kg == pytest.approx(figures(problem, plan()).waste_kg)


def test_what_comes_is_like_what_came_before() -> None:
    seen = [
        lot("a", unit_grams=250, price_cents=25, contains=("gluten",), needs=("oven",), acceptance=0.8),
        lot("b", unit_grams=500, price_cents=100, contains=("gluten", "milk"), last_day=MONDAY, acceptance=1.0),
        lot("c", unit_grams=800, price_cents=240, contains=("gluten", "eggs"), channels=("free",), last_day=LATER),
    ]

    like = usual("bread", seen)

    assert (like.unit_grams, like.price_cents) == (500, 100)
    assert like.last_day - like.available_from == THURSDAY - MONDAY
    assert (like.contains, like.needs, like.channels) == (("gluten",), (), ("free", "shop"))
    assert like.acceptance == pytest.approx(2.8 / 3)
    assert like.max_per_visit == NO_LIMIT


def test_what_comes_is_in_units_no_larger_than_what_must_be_eaten_by_a_date() -> None:
    shelves = (lot("soon", unit_grams=200, use_by=True), lot("late", unit_grams=400, price_cents=41))

    (one,) = to_come([bread(1, TUESDAY, 1000)], "shop", instance(lots=shelves), [shelves[1]], MONDAY).lots

    assert (one.unit_grams, one.units, one.price_cents) == (200, 5, 21)


def test_what_never_came_before_is_taken_to_be_plain_and_infants_food_to_be_for_infants() -> None:
    plain, infants = usual("bread", []), usual("infant", [])

    assert (plain.unit_grams, plain.contains, plain.infant_only) == (UNIT_GRAMS, (), False)
    assert infants.infant_only
    assert to_come([Announced(1, TUESDAY, "unheard of", 5000)], "shop", instance(), [], MONDAY) == ToCome()


def scarce() -> Instance:
    """One household comes tomorrow, one in a week; four loaves that keep, of eight that they need."""
    return instance(
        households=(household(), household("K")),
        visits=(visit("first"), visit("second", household="K", date=NEXT_TUESDAY)),
        lots=(lot("kept", units=4, last_day=LATER),),
    )


def test_what_is_scarce_is_given_out_today_where_plenty_is_announced_before_the_next_visit() -> None:
    problem = scarce()
    alone = plan_again(None, problem, Hand()).plan

    coming = to_come([bread(1, WEDNESDAY, 20_000)], "shop", problem, problem.lots, MONDAY)
    counting = plan_again(None, problem, Hand(), coming=coming).plan
    too_late = plan_again(
        None, problem, Hand(), coming=to_come([bread(1, SUNDAY_AFTER, 20_000)], "shop", problem, problem.lots, MONDAY)
    ).plan

    assert alone.give == (Give("first", "kept", 2), Give("second", "kept", 2))
    assert counting.give == (Give("first", "kept", 4),)
    assert too_late.give == alone.give


def test_a_plan_that_counts_on_what_comes_is_kept_without_it_and_held_against_what_is_there() -> None:
    problem = scarce()
    coming = to_come([bread(1, WEDNESDAY, 20_000)], "shop", problem, problem.lots, MONDAY)

    again = plan_again(None, problem, Hand(), coming=coming)
    made = again.plan

    assert {g.lot for g in made.give} == {w.lot for w in made.why} == {"kept"}
    assert made.bounds == solve(problem).bounds
    assert made.bounds.floor is not None
    assert figures(problem, made).floor <= made.bounds.floor * 1.001
    assert made.solver.status.startswith(("within", "proved best"))
    assert again.if_it_comes is not None
    assert again.if_it_comes.floor > figures(problem, made).floor == 0.0
    assert again.if_it_comes.mean > figures(problem, made).mean


def test_what_is_announced_after_a_proposal_changes_it_and_what_was_known_stays_as_people_saw_it() -> None:
    problem = scarce()
    alone = plan_again(None, problem, Hand()).plan
    coming = to_come([bread(1, WEDNESDAY, 20_000)], "shop", problem, problem.lots, MONDAY)

    counting = plan_again(Before(problem, alone), problem, Hand(), coming=coming).plan
    pin = Pin("first", "kept", 4)
    fixed = plan_again(
        Before(problem, counting, announced=coming.announced),
        replace(problem, pins=(pin,)),
        Hand(pins=(pin,)),
        coming=coming,
    ).plan

    assert counting.give == fixed.give == (Give("first", "kept", 4),)


def test_what_is_decided_about_everybody_is_planned_with_what_comes_like_the_proposal_before() -> None:
    problem = scarce()
    coming = to_come([bread(1, WEDNESDAY, 20_000)], "shop", problem, problem.lots, MONDAY)
    before = Before(problem, plan_again(None, problem, Hand(), coming=coming).plan, announced=coming.announced)
    fewer = replace(problem, lots=(lot("kept", units=3, last_day=LATER),))

    again = plan_again(before, fewer, Hand(reserve_percent=25), coming=coming).plan

    assert again.give == (Give("first", "kept", 3),)
    assert check(fewer, again) == []


def test_a_limit_in_seconds_still_says_so_and_few_kinds_of_baskets_stay_few() -> None:
    problem = generate(31, FAMILIES["small"])
    group = problem.lots[0].group
    said = Announced(1, problem.today + dt.timedelta(days=1), group, 50_000)
    coming = to_come([said], problem.lots[0].site, problem, problem.lots, problem.today)

    short = plan_again(None, problem, Hand(max_seconds=1), coming=coming, effort=50).plan
    few = replace(problem, most_baskets=3)
    in_series = plan_again(None, few, Hand(), coming=coming, effort=0.1).plan

    assert short.solver.status.startswith("stopped at 1 s")
    assert check(problem, short) == []
    assert check(few, in_series) == []


@settings(max_examples=25)
@given(problem=instances(), day=st.integers(1, 14), kilograms=st.integers(1, 200))
def test_whatever_is_announced_a_plan_without_it_keeps_the_rules(problem: Instance, day: int, kilograms: int) -> None:
    on = problem.today + dt.timedelta(days=day)
    said = [Announced(n, on, group.id, 1000 * kilograms) for n, group in enumerate(problem.groups)]
    counting = counting_on(problem, to_come(said, problem.sites[0], problem, problem.lots, problem.today))

    made = solve(counting, effort=0.02, bounds=False)
    kept = of_what_is_there(made, problem)

    assert check(counting, made) == []
    assert check(problem, kept) == []
    assert {line.lot for line in (*kept.give, *kept.move)} <= problem.lot_by_id.keys()
