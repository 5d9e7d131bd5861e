"""Two hundred random small problems; `panier bench sweep` goes on to ten thousand."""

import pytest

from allocation.check import check
from allocation.figures import figures
from allocation.sweep import every_plan, faults, sweep, tiny


@pytest.mark.parametrize("first", range(0, 200, 40))
def test_no_rule_is_broken_no_bound_beaten_and_tiny_problems_are_planned_as_well_as_by_trying_everything(
    first: int,
) -> None:
    assert [fault for of_seed in sweep(first, 40) for fault in of_seed] == []


def test_a_tiny_problem_has_many_plans_and_the_checker_passes_each() -> None:
    problem = tiny(4)

    plans = list(every_plan(problem))

    assert len(plans) > 1
    assert all(not check(problem, plan) for plan in plans[:50])
    assert len({round(figures(problem, plan).waste_kg, 3) for plan in plans}) > 1


def test_a_planner_that_gives_nothing_away_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = tiny(4)
    empty = min(every_plan(problem), key=lambda plan: len(plan.give))
    monkeypatch.setattr("allocation.sweep.solve", lambda *_, **__: empty)

    assert [what for what in faults(problem) if "can be had" in what]
