import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from allocation.baselines import fefo_to_cap
from allocation.check import RULES, PinsBreakRule, check, refuse_bad_pins, trips_for
from allocation.generate import Shape, generate
from allocation.problem import Ban, Give, Instance, Move, Pin, Plan
from common.words import words
from tests.allocation.cases import (
    MONDAY,
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    household,
    instance,
    instances,
    lot,
    plan,
    trip,
    visit,
)


def broken(problem: Instance, made: Plan) -> list[str]:
    return [b.name for b in check(problem, made)]


def test_an_empty_plan_breaks_nothing() -> None:
    assert check(instance(), plan()) == []


def test_a_plan_that_speaks_of_nothing_known_is_told_so() -> None:
    made = plan(("nobody", "nothing", 1), move=(("nowhere", "L", 1),))

    assert [b.ids for b in check(instance(), made)] == [("nobody",), ("nothing",), ("nowhere",)]


def test_a_lot_is_given_on_its_very_last_day() -> None:
    on_its_last_day = instance(visits=(visit(date=THURSDAY),))
    the_day_after = instance(visits=(visit(date=THURSDAY + dt.timedelta(days=1)),))

    assert broken(on_its_last_day, plan(("V", "L", 1))) == []
    assert broken(the_day_after, plan(("V", "L", 1))) == ["date"]


def test_a_lot_is_given_from_the_day_it_comes() -> None:
    that_day = instance(lots=(lot(available_from=TUESDAY),))
    the_day_before = instance(lots=(lot(available_from=WEDNESDAY),))

    assert broken(that_day, plan(("V", "L", 1))) == []
    assert broken(the_day_before, plan(("V", "L", 1))) == ["date"]


def test_a_lot_that_stands_elsewhere_is_not_given() -> None:
    elsewhere = instance(visits=(visit(site="annex"),))

    assert broken(elsewhere, plan(("V", "L", 1))) == ["place", "stock"]


def test_a_lot_that_arrives_on_the_day_of_the_visit_is_given() -> None:
    moved = instance(visits=(visit(site="annex"),), transfers=(trip(),))

    assert broken(moved, plan(("V", "L", 2), move=(("T", "L", 2),))) == []


def test_a_lot_that_arrives_after_the_visit_is_not_given() -> None:
    late = instance(visits=(visit(site="annex"),), transfers=(trip(arrives=WEDNESDAY),))

    assert broken(late, plan(("V", "L", 2), move=(("T", "L", 2),))) == ["date", "stock"]


def test_no_more_is_given_elsewhere_than_has_arrived() -> None:
    moved = instance(visits=(visit(site="annex"),), transfers=(trip(),))

    assert broken(moved, plan(("V", "L", 3), move=(("T", "L", 2),))) == ["stock"]


def test_excluded_contents_are_not_given() -> None:
    no_pork = instance(households=(household(excludes=("pork",)),), lots=(lot(contains=("pork", "soya")),))

    assert broken(no_pork, plan(("V", "L", 1))) == ["contents"]


def test_unknown_contents_go_only_where_nothing_is_excluded() -> None:
    unknown = instance(lots=(lot(unknown_contents=True),))
    no_nuts = replace(unknown, households=(household(excludes=("nuts",)),))

    assert broken(unknown, plan(("V", "L", 1))) == []
    assert broken(no_nuts, plan(("V", "L", 1))) == ["contents"]


def test_what_needs_a_fridge_is_not_given_without_one() -> None:
    no_fridge = instance(households=(household(lacks=("fridge",)),), lots=(lot(needs=("fridge",)),))

    assert broken(no_fridge, plan(("V", "L", 1))) == ["equipment"]


def test_a_lot_for_the_shop_is_not_given_free() -> None:
    assert broken(instance(lots=(lot(channels=("shop",)),)), plan(("V", "L", 1))) == ["channel"]


def test_infant_food_goes_to_infants_only() -> None:
    for_infants = instance(lots=(lot(infant_only=True),))
    with_infant = replace(for_infants, households=(household(infant=True),))

    assert broken(for_infants, plan(("V", "L", 1))) == ["infant"]
    assert broken(with_infant, plan(("V", "L", 1))) == []


def test_no_more_is_given_than_there_is() -> None:
    scarce = instance(lots=(lot(units=2),))

    assert broken(scarce, plan(("V", "L", 2))) == []
    assert broken(scarce, plan(("V", "L", 3))) == ["stock"]


def test_what_leaves_on_a_trip_is_no_longer_on_the_shelf() -> None:
    scarce = instance(lots=(lot(units=3),), transfers=(trip(),))

    assert broken(scarce, plan(("V", "L", 2), move=(("T", "L", 1),))) == []
    assert broken(scarce, plan(("V", "L", 2), move=(("T", "L", 2),))) == ["stock"]


def test_two_lines_for_the_same_lot_count_together() -> None:
    at_most_two = instance(lots=(lot(max_per_visit=2),))

    assert broken(at_most_two, plan(("V", "L", 1), ("V", "L", 1))) == []
    assert broken(at_most_two, plan(("V", "L", 2), ("V", "L", 1))) == ["max_per_visit"]


def test_nobody_gets_more_than_they_can_carry() -> None:
    assert broken(instance(visits=(visit(max_grams=500),)), plan(("V", "L", 2))) == []
    assert broken(instance(visits=(visit(max_grams=499),)), plan(("V", "L", 2))) == ["carry"]


def test_a_basket_stays_within_its_budget() -> None:
    for_twenty = instance(lots=(lot(price_cents=20),), visits=(visit(budget_cents=40),))

    assert broken(for_twenty, plan(("V", "L", 2))) == []
    assert broken(for_twenty, plan(("V", "L", 3))) == ["budget"]


def test_caps_count_all_visits_so_far() -> None:
    twice = instance(
        visits=(visit(), visit("W", date=NEXT_TUESDAY, cap={"bread": 2250})),
        lots=(lot(last_day=NEXT_TUESDAY, units=20),),
    )

    assert broken(twice, plan(("V", "L", 8), ("W", "L", 1))) == []
    assert broken(twice, plan(("V", "L", 8), ("W", "L", 2))) == ["cap"]
    assert broken(twice, plan(("V", "L", 9))) == ["cap"]


def test_a_group_without_cap_is_not_given() -> None:
    assert broken(instance(visits=(visit(cap={}),)), plan(("V", "L", 1))) == ["cap"]


def test_what_has_a_safety_date_can_be_eaten_by_then() -> None:
    """From Tuesday to Wednesday they eat 2 × 500 g, and less than one loaf of 250 g more."""
    safe = instance(lots=(lot(use_by=True, last_day=WEDNESDAY, unit_grams=250),))
    one_day = instance(lots=(lot(use_by=True, last_day=TUESDAY, unit_grams=250),))

    assert broken(safe, plan(("V", "L", 4))) == []
    assert broken(safe, plan(("V", "L", 5))) == ["eatable"]
    assert broken(one_day, plan(("V", "L", 3))) == ["eatable"]


def test_the_largest_unit_of_the_group_given_may_exceed_what_can_be_eaten() -> None:
    """1,250 g by Wednesday: one gram less than the kilogram they can eat and the unit of 251 g."""
    lots = (lot(use_by=True, last_day=WEDNESDAY), lot("large", unit_grams=251))

    assert broken(instance(lots=lots), plan(("V", "L", 5), ("V", "large", 1))) == []


def test_an_earlier_safety_date_is_counted_with_the_later_one() -> None:
    lots = (lot("a", use_by=True, last_day=TUESDAY), lot("b", use_by=True, last_day=WEDNESDAY))

    assert broken(instance(lots=lots), plan(("V", "a", 2), ("V", "b", 2))) == []
    assert broken(instance(lots=lots), plan(("V", "a", 2), ("V", "b", 3))) == ["eatable"]


def test_what_keeps_is_not_asked_to_be_eaten_at_once() -> None:
    assert broken(instance(lots=(lot(last_day=TUESDAY),)), plan(("V", "L", 8))) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"max_grams": 500}, []),
        ({"max_grams": 499}, ["transfers"]),
        ({"origin": "annex", "destination": "shop"}, ["transfers"]),
        ({"departs": MONDAY - dt.timedelta(days=1)}, ["transfers"]),
        ({"departs": THURSDAY, "arrives": THURSDAY}, []),
        ({"departs": THURSDAY + dt.timedelta(days=1), "arrives": NEXT_TUESDAY}, ["transfers"]),
    ],
)
def test_a_trip_leaves_from_where_the_lot_is_while_it_is_good(changes: dict[str, Any], expected: list[str]) -> None:
    problem = instance(transfers=(trip(**changes),))

    assert broken(problem, plan(move=(("T", "L", 2),))) == expected


def test_what_needs_cold_travels_cold() -> None:
    chilled = instance(lots=(lot(needs=("fridge", "oven")),), transfers=(trip(), trip("C", cold=True)))

    assert broken(chilled, plan(move=(("T", "L", 1),))) == ["transfers"]
    assert broken(chilled, plan(move=(("C", "L", 1),))) == []


def test_pins_hold_exactly_and_bans_hold() -> None:
    pinned = instance(pins=(Pin("V", "L", 2),))
    banned = instance(bans=(Ban("V", "L"),))

    assert broken(pinned, plan(("V", "L", 2))) == []
    assert broken(pinned, plan(("V", "L", 3))) == ["pins"]
    assert broken(pinned, plan()) == ["pins"]
    assert broken(banned, plan(("V", "L", 1))) == ["pins"]


def test_a_breach_is_told_with_its_figures() -> None:
    found = check(instance(visits=(visit(max_grams=499),)), plan(("V", "L", 2)))

    assert [b.say(words("en")) for b in found] == ["Visit V gets 500\u202fg, they can carry 499\u202fg."]
    assert found[0].ids == ("V",)


def test_pins_that_break_a_rule_by_themselves_are_refused_with_the_rule_and_the_lines() -> None:
    with pytest.raises(PinsBreakRule) as refused:
        refuse_bad_pins(instance(pins=(Pin("V", "L", 9),)))

    assert [(b.name, b.ids) for b in refused.value.broken] == [("cap", ("V", "bread"))]
    assert "2.25\u202fkg of bread" in refused.value.say(words("en"))


def test_a_pin_against_a_ban_is_refused() -> None:
    with pytest.raises(PinsBreakRule):
        refuse_bad_pins(instance(pins=(Pin("V", "L", 1),), bans=(Ban("V", "L"),)))


def test_a_pin_for_a_lot_elsewhere_is_good_if_some_trip_can_bring_it() -> None:
    elsewhere = instance(visits=(visit(site="annex"),), pins=(Pin("V", "L", 2),))

    refuse_bad_pins(replace(elsewhere, transfers=(trip(),)))
    with pytest.raises(PinsBreakRule):
        refuse_bad_pins(elsewhere)


def plant(made: Plan, problem: Instance, lot_id: str, **changes: Any) -> list[str]:
    lots = tuple(replace(x, **changes) if x.id == lot_id else x for x in problem.lots)
    return broken(replace(problem, lots=lots), made)


def test_a_basket_holds_as_many_lots_as_may_be_packed_and_not_one_more() -> None:
    two = instance(visits=(visit(max_lines=2),), lots=tuple(lot(name) for name in "ABC"))

    assert broken(two, plan(("V", "A", 1), ("V", "B", 2), ("V", "A", 1))) == []
    assert broken(two, plan(("V", "A", 1), ("V", "B", 1), ("V", "C", 1))) == ["max_lines"]


def test_16_few_distinct_baskets_a_session() -> None:
    three = instance(
        households=tuple(household(name) for name in "HIJ"),
        visits=tuple(visit(name, household=name) for name in "HIJ"),
        most_baskets=2,
    )

    assert broken(three, plan(("H", "L", 1), ("I", "L", 1), ("J", "L", 2))) == []
    assert broken(three, plan(("H", "L", 1), ("J", "L", 2))) == []
    assert broken(three, plan(("H", "L", 1), ("I", "L", 2), ("J", "L", 3))) == ["most_baskets"]
    fixed = replace(three, pins=(Pin("J", "L", 3),))
    assert broken(fixed, plan(("H", "L", 1), ("I", "L", 2), ("J", "L", 3))) == []


PLANTED: dict[str, Callable[[Instance, Plan, Give], list[str]]] = {
    "place": lambda i, p, line: plant(p, replace(i, sites=("S0", "S9")), line.lot, site="S9"),
    "date": lambda i, p, line: plant(p, i, line.lot, last_day=i.today - dt.timedelta(days=1)),
    "contents": lambda i, p, line: plant(
        p,
        replace(i, households=tuple(replace(h, excludes=("x",)) for h in i.households)),
        line.lot,
        contains=("x",),
    ),
    "equipment": lambda i, p, line: plant(
        p, replace(i, households=tuple(replace(h, lacks=("x",)) for h in i.households)), line.lot, needs=("x",)
    ),
    "channel": lambda i, p, line: plant(p, i, line.lot, channels=()),
    "infant": lambda i, p, line: plant(
        p,
        replace(i, households=tuple(replace(h, infant=False) for h in i.households)),
        line.lot,
        infant_only=True,
    ),
    "stock": lambda i, p, line: plant(p, i, line.lot, units=0),
    "max_per_visit": lambda i, p, line: plant(p, i, line.lot, max_per_visit=0),
    "carry": lambda i, p, _: broken(replace(i, visits=tuple(replace(v, max_grams=0) for v in i.visits)), p),
    "budget": lambda i, p, _: broken(replace(i, visits=tuple(replace(v, budget_cents=0) for v in i.visits)), p),
    "cap": lambda i, p, _: broken(replace(i, visits=tuple(replace(v, cap={}) for v in i.visits)), p),
    "eatable": lambda i, p, line: plant(
        p,
        replace(i, visits=tuple(replace(v, eat_per_day={}) for v in i.visits)),
        line.lot,
        use_by=True,
    ),
    "transfers": lambda i, p, line: broken(
        replace(i, transfers=(trip(origin="S9", destination="S0"),)),
        replace(p, move=plan(move=(("T", line.lot, 1),)).move),
    ),
    "pins": lambda i, p, line: broken(replace(i, bans=(Ban(line.visit, line.lot),)), p),
    "max_lines": lambda i, p, _: broken(replace(i, visits=tuple(replace(v, max_lines=0) for v in i.visits)), p),
    "most_baskets": lambda i, p, _: broken(replace(i, most_baskets=1), p),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_a_breach_planted_in_a_legal_plan_is_found(rule: str) -> None:
    problem = generate(4, Shape(households=8, lots=30))
    made = fefo_to_cap(problem)
    several = next(line for line in made.give if line.units > 1)

    assert broken(problem, made) == []
    assert rule in PLANTED[rule](problem, made, several)


def test_a_breach_of_every_rule_is_planted() -> None:
    assert {"known", *PLANTED} == {*RULES.values()}


@given(instances())
def test_the_pins_of_a_legal_plan_are_never_refused(problem: Instance) -> None:
    refuse_bad_pins(problem)

    given_pins = plan(*((p.visit, p.lot, p.units) for p in problem.pins))
    assert "pins" not in broken(problem, given_pins)


def test_lines_from_elsewhere_come_by_the_trips_that_brought_them_before_the_earliest_for_who_comes_first() -> None:
    late = trip("late", departs=TUESDAY, arrives=WEDNESDAY, max_grams=9000)
    annex = instance(
        visits=(visit("W", site="annex", date=WEDNESDAY), visit("V", site="annex", date=THURSDAY)),
        transfers=(trip(), late),
    )
    give = (Give("V", "L", 2), Give("W", "L", 2))

    known = list(trips_for(annex, give, (Move("T", "L", 3), Move("late", "L", 1))))

    assert known == [
        (Give("W", "L", 2), Move("T", "L", 2)),
        (Give("V", "L", 2), Move("T", "L", 1)),
        (Give("V", "L", 2), Move("late", "L", 1)),
    ]
    assert [move.transfer for _, move in trips_for(annex, give)] == ["late", "late"]
