"""Two hundred random small problems; `panier bench sweep` goes on to ten thousand."""

import pytest
from click.testing import CliRunner

from allocation.check import check
from allocation.figures import figures
from allocation.problem import Plan
from allocation.sweep import every_plan, faults, sweep, tiny
from api.cli import main


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


def test_a_sweep_that_is_cut_short_has_told_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = iter((Plan("fault"), KeyboardInterrupt()))

    def cut_short(*_: object, **__: object) -> Plan:
        if isinstance(made := next(planned), BaseException):
            raise made
        return made

    monkeypatch.setattr("allocation.sweep.solve", cut_short)
    done = CliRunner().invoke(main, ["bench", "sweep", "--first", "4", "--count", "9"])

    assert done.exit_code == 1
    assert "4: " in done.output
    assert "1 problems planned" in done.output or "planifiés\u202f: 1" in done.output


def test_a_sweep_without_a_fault_says_how_many_problems_it_planned() -> None:
    done = CliRunner().invoke(main, ["bench", "sweep", "--first", "7", "--count", "2"])

    assert (done.exit_code, "2" in done.output) == (0, True)
