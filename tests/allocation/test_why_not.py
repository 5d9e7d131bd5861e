"""Each hindrance alone, then against the checker: what nothing hinders would hold."""

from typing import Any

import pytest

from allocation.baselines import fefo_to_need
from allocation.check import check
from allocation.generate import Shape, generate
from allocation.problem import Ban, Give, Instance, Plan
from allocation.reasons import facts
from allocation.where_it_goes import Goes, where_it_goes
from allocation.why_not import ENOUGH, HINDRANCES, Baskets, Kept, why_kept, why_lacking
from common.words import words
from tests.allocation.cases import MONDAY, SUNDAY_AFTER, WEDNESDAY, household, instance, lot, plan, visit

NEXT_YEAR = MONDAY.replace(year=2027)

SHY = {
    "CHANNEL": instance(lots=(lot(channels=("shop",)),)),
    "CONTENTS": instance(lots=(lot(contains=("x",)),), households=(household(excludes=("x",)),)),
    "UNKNOWN": instance(lots=(lot(unknown_contents=True),), households=(household(excludes=("x",)),)),
    "INFANT": instance(lots=(lot(infant_only=True),)),
    "EQUIPMENT": instance(lots=(lot(needs=("oven",)),), households=(household(lacks=("oven",)),)),
    "BANNED": instance(bans=(Ban("V", "L"),)),
    "ALIKE": instance(lots=(lot(max_per_visit=0),)),
    "LINES": instance(visits=(visit(max_lines=0),)),
    "CARRY": instance(visits=(visit(max_grams=249),)),
    "BUDGET": instance(lots=(lot(price_cents=10),), visits=(visit(budget_cents=9),)),
    "CAP": instance(visits=(visit(cap={"bread": 249}),)),
    "NOBODY": instance(lots=(lot(last_day=MONDAY),)),
}


@pytest.mark.parametrize("code", SHY)
def test_what_keeps_a_lot_on_the_shelf_is_said(code: str) -> None:
    (kept,) = why_kept(SHY[code], plan())

    assert kept == Kept("L", 10, ((code, 0 if code == "NOBODY" else 1),))


def test_more_than_can_be_eaten_before_its_date_is_said() -> None:
    """500 g a day from Tuesday to Thursday: six loaves, and less than one more."""
    bread = instance(lots=(lot(use_by=True),))

    assert Baskets(bread, plan(("V", "L", 5))).hindrance(bread.visits[0], bread.lots[0]) == ENOUGH
    assert Baskets(bread, plan(("V", "L", 6))).hindrance(bread.visits[0], bread.lots[0]) == "EATABLE"


@pytest.mark.parametrize(
    ("problem", "made", "code"),
    [
        (instance(lots=()), plan(), "NO_STOCK"),
        (instance(lots=(lot(units=1),)), plan(("V", "L", 1)), "ALL_GIVEN"),
        (SHY["EQUIPMENT"], plan(), "EQUIPMENT"),
        (instance(visits=(visit(max_grams=600),)), plan(("V", "L", 2)), "CARRY"),
    ],
)
def test_what_a_household_lacks_has_its_reason(problem: Instance, made: Plan, code: str) -> None:
    (lack,) = why_lacking(problem, made, problem.visits[0])

    given = sum(g.units * 250 for g in made.give)
    assert (lack.group, lack.grams, lack.hindrance) == ("bread", 1000 - given, code)
    assert lack.filled == given / 1000


def test_what_is_missing_is_worth_what_it_would_add() -> None:
    half = instance(lots=(lot(units=2),))

    (lack,) = why_lacking(half, plan(("V", "L", 1)), half.visits[0])

    assert lack.worth == pytest.approx(1.5)  # 750 g of a kilogram, of which only 500 g could be reached


def test_what_nothing_hinders_would_hold_and_what_is_hindered_would_not() -> None:
    problem = generate(6, Shape(households=10, lots=50))
    made = fefo_to_need(problem)
    baskets = Baskets(problem, made)
    said = {True: 0, False: 0}
    for v in problem.visits:
        for x in problem.lots:
            if not baskets.left(x) or not x.available_from <= v.date <= x.last_day:
                continue
            free = baskets.hindrance(v, x) == ENOUGH
            lines: dict[Any, int] = {(g.visit, g.lot): g.units for g in made.give}
            lines[v.id, x.id] = lines.get((v.id, x.id), 0) + 1
            one_more = Plan("more", tuple(Give(*line, n) for line, n in lines.items()))
            assert free == (check(problem, one_more) == [])
            said[free] += 1
    assert min(said.values()) > 3


def test_the_reason_of_a_line_is_filled_with_its_group_and_the_need_it_covers() -> None:
    told = facts(instance(), plan(("V", "L", 2)), {"H": 0.25})["V", "L"]

    assert words("en").text("%(group)s %(share)s %(relative)s", **told) == "bread 50% 25%"


@pytest.mark.parametrize("code", HINDRANCES)
def test_every_hindrance_is_said_in_french(code: str) -> None:
    assert words("fr").text(HINDRANCES[code]) != HINDRANCES[code]


def test_every_unit_of_every_lot_goes_somewhere_and_what_stays_says_why() -> None:
    problem = instance(
        visits=(visit("V"), visit("W", household="K", date=WEDNESDAY)),
        households=(household(), household("K")),
        lots=(lot("long", last_day=SUNDAY_AFTER, units=3), lot("given", units=2), lot("kept", last_day=NEXT_YEAR)),
    )

    told = where_it_goes(problem, plan(("V", "long", 1), ("W", "long", 1), ("V", "given", 2)), {"V"})

    assert told == [
        Goes("given", {"V": 2}, 0, 0, (), perishes=True),
        Goes("long", {"V": 1}, 1, 1, (("ENOUGH", 2),), perishes=True),
        Goes("kept", {}, 0, 10, (("ENOUGH", 2),), perishes=False),
    ]
    assert [goes.units for goes in told] == [2, 3, 10]
