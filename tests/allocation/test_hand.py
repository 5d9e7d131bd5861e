"""What the manager decides, before the planner does."""

import datetime as dt

import pytest
from msgspec.structs import replace

from allocation.again import Before, holds_already, plan_again, still_proven
from allocation.baselines import fefo_to_need
from allocation.changes import Change, changes
from allocation.check import PinsBreakRule, check
from allocation.generate import Shape, generate
from allocation.hand import Hand, apply, kept_back
from allocation.problem import Ban, Give, Pin, Plan
from allocation.solve import solve
from allocation.swaps import Swap, additions, has_room, swaps
from common.words import words
from tests.allocation.cases import SUNDAY_AFTER, household, instance, lot, plan, visit

LATER = SUNDAY_AFTER + dt.timedelta(days=30)


def test_the_last_word_on_a_line_counts() -> None:
    fixed = Hand().leave_out(Ban("V", "L")).fix(Pin("V", "L", 2))

    assert fixed == Hand(pins=(Pin("V", "L", 2),))
    assert fixed.leave_out(Ban("V", "L")) == Hand(bans=(Ban("V", "L"),))
    assert fixed.lift("V", "L") == Hand()


def test_a_household_that_will_not_come_gets_nothing_and_what_was_fixed_for_it_waits() -> None:
    two = instance(households=(household(), household("K")), visits=(visit(), visit("W", household="K")))

    decided = apply(two, Hand(pins=(Pin("V", "L", 2),)).expect("V", comes=False))

    assert [v.id for v in decided.visits] == ["W"]
    assert decided.pins == ()
    assert {g.visit for g in solve(decided).give} == {"W"}


def test_a_tenth_of_each_group_is_kept_back_from_what_keeps_longest() -> None:
    lots = (
        lot("fresh", units=100),
        lot("soon", units=10, last_day=LATER),
        lot("late", units=10, last_day=LATER + dt.timedelta(days=1)),
        lot("milk", units=4, last_day=LATER, group="milk", unit_grams=1000),
    )

    assert kept_back(lots, SUNDAY_AFTER, 10) == {"late": 2}
    assert kept_back(lots, SUNDAY_AFTER, 50) == {"late": 10, "milk": 2}
    assert kept_back(lots, SUNDAY_AFTER, 0) == {}


def test_what_is_kept_back_is_given_to_nobody() -> None:
    keeping = instance(lots=(lot(units=4, last_day=LATER),))

    decided = apply(keeping, Hand(reserve_percent=50))

    assert solve(decided).give == (Give("V", "L", 2),)


def test_a_fixed_line_of_a_lot_that_has_gone_is_refused_with_the_lot() -> None:
    with pytest.raises(PinsBreakRule) as refused:
        apply(instance(), Hand(pins=(Pin("V", "gone", 1),)))

    assert refused.value.broken[0].ids == ("V", "gone")
    assert refused.value.say(words("fr")).endswith("fixé à la main pour le passage V\u202f: 1.")


def test_what_was_proven_still_holds_with_more_fixed_and_not_with_less_or_other_stock() -> None:
    plain, banned = instance(), instance(bans=(Ban("V", "L"),))

    assert still_proven(plain, banned)
    assert still_proven(plain, instance(lots=(lot(first=True),)))
    assert not still_proven(banned, plain)
    assert not still_proven(plain, instance(lots=(lot(units=9),)))


def test_nothing_changes_where_lines_are_to_stay_as_they_are() -> None:
    plain, made, pin = instance(), plan(("V", "L", 2)), Pin("V", "L", 2)
    before = Before(plain, made)

    assert holds_already(before, instance(pins=(pin,)), Hand(pins=(pin,)))
    assert not holds_already(before, plain, Hand()), "asked again: searched again"
    more = Pin("V", "L", 3)
    assert not holds_already(before, instance(pins=(more,)), Hand(pins=(more,)))
    assert not holds_already(before, instance(bans=(Ban("V", "L"),)), Hand(bans=(Ban("V", "L"),)))
    assert not holds_already(before, instance(pins=(pin,)), Hand(pins=(pin,), reserve_percent=10))
    assert not holds_already(before, instance(pins=(pin,), lots=(lot(units=9),)), Hand(pins=(pin,)))
    fixed = Before(instance(pins=(pin,)), made, Hand(pins=(pin,)))
    assert not holds_already(fixed, plain, Hand()), "a line let go is decided anew"
    again = plan_again(before, instance(pins=(pin,)), Hand(pins=(pin,))).plan
    assert again.give == made.give
    assert [why.code for why in again.why] == ["PINNED"]


def test_changes_are_counted_line_by_line_for_the_baskets_looked_at() -> None:
    before, after = plan(("V", "A", 1), ("V", "B", 2), ("W", "A", 1)), plan(("V", "B", 1), ("V", "C", 1))

    told = changes(before, after, {"V"})

    assert told.lines == (Change("V", "A", 1, 0), Change("V", "B", 2, 1), Change("V", "C", 0, 1))
    assert (told.of, told.baskets) == (3, 1)


def test_a_line_is_swapped_for_about_as_much_of_what_is_left_on_the_shelf() -> None:
    bread = instance(
        lots=(lot("old"), lot("rolls", unit_grams=100, units=3), lot("taken", units=1), lot("other", contains=("x",))),
        households=(household(excludes=("x",)),),
    )

    found = swaps(bread, plan(("V", "old", 2), ("V", "taken", 1)), "V", "old")

    assert found == [Swap("rolls", 3, same_group=True, left=3)]


def test_every_swap_that_is_offered_holds() -> None:
    problem = generate(9, Shape(households=8, lots=60))
    made = solve(problem, effort=0.05, bounds=False)
    tried = 0
    for line in made.give:
        for swap in swaps(problem, made, line.visit, line.lot)[:3]:
            others = tuple(g for g in made.give if g != line)
            pinned = replace(problem, pins=(Pin(line.visit, swap.lot, swap.units),))
            swapped = Plan(problem.name, (*others, Give(line.visit, swap.lot, swap.units)))
            assert check(pinned, swapped) == []
            tried += 1
    assert tried >= 5


def test_what_is_added_holds_and_what_is_lacked_most_comes_first() -> None:
    problem = generate(9, Shape(households=8, lots=60))
    made = fefo_to_need(problem)
    tried = 0
    for each in problem.visits:
        found = additions(problem, made, each.id)
        assert [a.filled for a in found] == sorted(a.filled for a in found)
        assert has_room(problem, made, each.id) == bool(found)
        for one in found[:3]:
            added = Plan(problem.name, (*made.give, Give(each.id, one.lot, one.units)))
            assert check(problem, added) == []
            tried += 1
    assert tried >= 5
