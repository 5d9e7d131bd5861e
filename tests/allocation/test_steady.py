"""A plan made again after one decision keeps what the decision has nothing to do with."""

from collections import Counter
from itertools import accumulate

import pytest
from msgspec.structs import replace

from allocation.again import Before, much_goes, plan_again
from allocation.changes import changes
from allocation.check import check
from allocation.figures import figures
from allocation.generate import FAMILIES, Shape, generate
from allocation.hand import Hand, apply
from allocation.problem import Ban, Bounds, Instance, Level, Pin, Plan, Policy
from allocation.solve import solve
from allocation.steady import as_good, held, shifted, stirred, touched
from tests.allocation.cases import household, instance, lot, plan, visit

PROBLEM = generate(31, FAMILIES["small"])
EFFORT = 0.3


@pytest.fixture(scope="module")
def made() -> Plan:
    return solve(PROBLEM, effort=EFFORT)


def decided(made: Plan) -> dict[str, Hand]:
    line = made.give[len(made.give) // 2]
    more = next(g for g in made.give if g.units > 1)
    return {
        "a line left out": Hand(bans=(Ban(line.visit, line.lot),)),
        "a unit less": Hand(pins=(Pin(more.visit, more.lot, more.units - 1),)),
        "a household away": Hand(absent=(line.visit,)),
    }


@pytest.mark.parametrize("what", ["a line left out", "a unit less", "a household away"])
def test_one_decision_changes_few_lines_and_costs_little(made: Plan, what: str) -> None:
    hand = decided(made)[what]
    now = apply(PROBLEM, hand)

    again = plan_again(Before(PROBLEM, made), now, hand, effort=EFFORT).plan

    told = changes(made, again, now.visit_by_id)
    assert check(now, again) == []
    assert 0 < len(told.lines) <= 0.1 * told.of, what
    before, after = figures(PROBLEM, made), figures(now, again)
    assert after.floor >= 0.98 * before.floor
    assert again.bounds.floor is not None
    assert after.floor <= again.bounds.floor * 1.001
    assert {(w.visit, w.lot) for w in again.why} == {(g.visit, g.lot) for g in again.give}


def lines_too_many(now: Instance, made: Plan) -> int:
    """Lines that cannot stay: of lots of which there is too little, or beyond what a basket may have."""
    gone = 0
    for there in now.lots:
        units = sorted((g.units for g in made.give if g.lot == there.id), reverse=True)
        over = list(accumulate(units, initial=there.units - sum(units)))
        gone += sum(left < 0 for left in over[:-1])
    lots = Counter(g.visit for g in made.give)
    return gone + sum(max(0, lots[visit.id] - visit.max_lines) for visit in now.visits)


@pytest.mark.parametrize("hand", [Hand(reserve_percent=10), Hand(max_lines=22)], ids=["a reserve", "fewer lots"])
def test_what_speaks_of_everybody_changes_little_beside_a_plan_made_anew(made: Plan, hand: Hand) -> None:
    now = apply(PROBLEM, hand)

    again = plan_again(Before(PROBLEM, made), now, hand, effort=EFFORT).plan

    changed, needed = changes(made, again, now.visit_by_id).lines, lines_too_many(now, made)
    anew = changes(made, solve(now, effort=EFFORT, bounds=False), now.visit_by_id).lines
    assert check(now, again) == []
    assert 0 < needed <= len(changed) <= 0.2 * len(anew)
    assert figures(now, again).mean >= 0.98 * figures(now, solve(now, effort=EFFORT, bounds=False)).mean


def test_a_lot_used_first_is_given_in_place_of_others_and_little_else_changes() -> None:
    problem = generate(200, FAMILIES["plenty"])
    made = solve(problem, effort=EFFORT)
    given = Counter[str]()
    for g in made.give:
        given[g.lot] += g.units
    hand = Hand(first=("L42",))

    again = plan_again(Before(problem, made), apply(problem, hand), hand, effort=EFFORT).plan

    told = changes(made, again, problem.visit_by_id)
    assert sum(g.units for g in again.give if g.lot == "L42") > 2 * given["L42"]
    assert len(told.lines) <= 0.1 * told.of


def test_who_stops_a_plan_made_again_does_not_wait_for_its_proof(made: Plan) -> None:
    hand = decided(made)["a household away"]
    now = apply(PROBLEM, hand)

    again = plan_again(Before(PROBLEM, made), now, hand, effort=EFFORT, stop=lambda: True).plan

    assert again.bounds == Bounds()
    assert check(now, again) == []


def test_who_decided_nothing_and_asks_again_gets_the_same_baskets_unless_clearly_better_ones_are_found(
    made: Plan,
) -> None:
    before = Before(PROBLEM, made)
    poor = replace(made, give=tuple(g for g in made.give if g.visit != made.give[0].visit))

    again = plan_again(before, PROBLEM, Hand(), effort=EFFORT).plan
    mended = plan_again(replace(before, plan=poor), PROBLEM, Hand(), effort=EFFORT).plan

    assert (again.give, again.bounds) == (made.give, made.bounds)
    assert figures(PROBLEM, mended).floor > figures(PROBLEM, poor).floor


def test_baskets_that_become_much_shorter_are_thought_of_anew(made: Plan) -> None:
    before = Before(PROBLEM, made)

    assert much_goes(before, apply(PROBLEM, Hand(max_lines=5)))
    assert not much_goes(before, apply(PROBLEM, Hand(max_lines=22)))


TWO = instance(
    households=(household(), household("K")),
    visits=(visit(), visit("W", household="K")),
    lots=(lot(), lot("gone", units=1), lot("less", units=1)),
)
OLD = plan(("V", "L", 2), ("W", "L", 3), ("W", "gone", 1), ("W", "less", 1))


def test_all_lines_are_held_but_of_whom_the_decision_speaks_and_of_what_has_gone() -> None:
    now = replace(TWO, bans=(Ban("V", "L"),), lots=(lot(), lot("less", units=0)))

    assert touched(TWO, OLD, now) == {"V"}
    assert stirred(TWO, OLD, now) == {"gone", "less"}
    assert held(now, OLD, {"V"}, {"gone", "less"}) == {("W", "L")}
    assert touched(TWO, OLD, replace(TWO, visits=(visit(),))) == {"W"}


def test_baskets_with_too_many_lots_are_spoken_of_and_full_ones_that_may_have_more() -> None:
    shorter = replace(TWO, visits=tuple(replace(v, max_lines=2) for v in TWO.visits))

    assert touched(TWO, OLD, shorter) == {"W"}
    assert touched(shorter, plan(("V", "L", 2), ("W", "L", 3), ("W", "gone", 1)), TWO) == {"W"}


def test_lots_there_is_more_of_or_that_a_new_pin_takes_from_are_spoken_of() -> None:
    now = replace(TWO, lots=(lot(), lot("gone", units=2), lot("less", units=1)), pins=(Pin("V", "less", 1),))

    assert stirred(TWO, OLD, now) == {"gone", "less"}
    assert stirred(TWO, OLD, replace(TWO, lots=(lot(first=True), *TWO.lots[1:]))) == {"L"}


def test_what_leans_on_the_unit_of_a_lot_that_has_gone_is_not_held() -> None:
    now = replace(TWO, lots=(lot(use_by=True), lot("less", units=1)))

    assert held(now, OLD, set(), {"less"}) == {("V", "L")}


@pytest.mark.parametrize(("slack", "enough"), [(0.4, False), (1.0, True)])
def test_a_goal_gives_up_half_of_what_it_may(slack: float, enough: bool) -> None:
    homes: Instance = instance()
    old, new = (figures(homes, plan(("V", "L", units))) for units in (4, 3))

    assert as_good(Policy((Level("floor", slack), Level("mean", slack))), old, new) is enough


def test_what_is_no_longer_possible_is_not_asked_for() -> None:
    worth = figures(instance(), plan(("V", "L", 4)))

    aim = shifted(worth, Bounds(waste_kg=1.0, floor=0.9), Bounds(waste_kg=2.0, floor=0.7, mean=0.5))

    assert aim.floor == pytest.approx(worth.floor - 0.2)
    assert (aim.waste_kg, aim.mean) == (worth.waste_kg + 1.0, worth.mean)


def test_sites_that_exchange_keep_what_each_line_came_by() -> None:
    problem = generate(5, Shape(households=24, lots=80, sites=3, trips_per_day=1, unbalanced=0.8))
    made = solve(problem, effort=EFFORT)
    away = next(g for g in made.give if problem.lot_by_id[g.lot].site != problem.visit_by_id[g.visit].site)
    hand = Hand(bans=(Ban(away.visit, away.lot),))

    again = plan_again(Before(problem, made), apply(problem, hand), hand, effort=EFFORT).plan

    told = changes(made, again, problem.visit_by_id)
    assert check(apply(problem, hand), again) == []
    assert len(told.lines) <= 0.1 * told.of
    assert len({*made.move} ^ {*again.move}) <= 2 * len(told.lines)
