"""A plan made again after one decision keeps what the decision has nothing to do with."""

import pytest
from msgspec.structs import replace

from allocation.again import Before, plan_again
from allocation.changes import changes
from allocation.check import check
from allocation.figures import figures
from allocation.generate import FAMILIES, generate
from allocation.hand import Hand, apply
from allocation.problem import Ban, Instance, Level, Pin, Plan, Policy
from allocation.solve import solve
from allocation.steady import as_good, frozen, touched
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

    again = plan_again(Before(PROBLEM, made), now, hand, effort=EFFORT)

    told = changes(made, again, now.visit_by_id)
    assert check(now, again) == []
    assert 0 < len(told.lines) <= 0.1 * told.of, what
    before, after = figures(PROBLEM, made), figures(now, again)
    assert after.floor >= 0.98 * before.floor
    assert again.bounds.floor is not None
    assert after.floor <= again.bounds.floor * 1.001
    assert {(w.visit, w.lot) for w in again.why} == {(g.visit, g.lot) for g in again.give}


def test_who_decided_nothing_and_asks_again_is_searched_for_again(made: Plan) -> None:
    again = plan_again(Before(PROBLEM, made), PROBLEM, Hand(), effort=EFFORT)

    assert again.bounds == made.bounds
    assert check(PROBLEM, again) == []


def test_everybodys_lines_are_fixed_but_of_whom_the_decision_speaks_and_of_what_has_gone() -> None:
    two = instance(
        households=(household(), household("K")),
        visits=(visit(), visit("W", household="K")),
        lots=(lot(), lot("gone", units=1), lot("less", units=1)),
    )
    old = plan(("V", "L", 2), ("W", "L", 3), ("W", "gone", 1), ("W", "less", 1))
    now = replace(two, bans=(Ban("V", "L"),), lots=(lot(), lot("less", units=0)))

    assert touched(two, now) == {"H"}
    assert frozen(now, old, {"H"}).pins == (Pin("W", "L", 3),)
    assert touched(two, replace(two, visits=(visit(),))) == {"K"}


@pytest.mark.parametrize(("slack", "enough"), [(0.4, False), (1.0, True)])
def test_a_goal_gives_up_half_of_what_it_may(slack: float, enough: bool) -> None:
    homes: Instance = instance()
    old, new = (figures(homes, plan(("V", "L", units))) for units in (4, 3))

    assert as_good(Policy((Level("floor", slack), Level("mean", slack))), old, new) is enough
