import datetime as dt
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from allocation.check import check
from allocation.contest import (
    FEW_TRIPS,
    NO_TRIPS,
    OURS,
    Result,
    compete,
    household_by_household,
    page,
    table,
    this_machine,
)
from allocation.figures import figures
from allocation.generate import FAMILIES, Shape, generate
from allocation.model import SOLVERS, plan_exactly
from allocation.problem import Bounds, Pin
from api.cli import main

PROBLEM = generate(3, Shape(households=4, lots=12, sessions=1))


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return list(compete("four homes", PROBLEM, solvers=False))


def test_everybody_plans_the_same_instance_and_nobody_breaks_a_rule(results: list[Result]) -> None:
    assert results[0].planner == OURS
    assert len({r.planner for r in results}) == len(results) == 5
    assert {r.instance for r in results} == {PROBLEM.name}
    assert [r.broken for r in results] == [0] * 5


def test_nobody_is_better_than_the_bounds(results: list[Result]) -> None:
    for result in results:
        waste, floor, mean = result.ratios
        assert waste is None or waste >= 0.999
        assert floor is None or floor <= 1.001
        assert mean is None or mean <= 1.001


def test_the_page_says_where_others_did_better(results: list[Result]) -> None:
    ours = msgspec.structs.replace(results[0], floor=0.2, bounds=Bounds(1.0, 0.5, 0.5))
    other = msgspec.structs.replace(ours, planner="somebody", floor=0.3)

    told = page([ours, other])

    assert "somebody: floor 0.3 against 0.2" in told
    assert f"* four homes: {PROBLEM.name} (4 households, 4 visits, 12 lots)" in told
    machine = this_machine(dt.date(2026, 11, 23))
    assert f"On 2026-11-23, {machine.cores} cores of {machine.processor}" in page([ours, other], machine)
    assert ("four homes", OURS) in [row[:2] for row in table([ours, other])]


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_solver_off_the_shelf_keeps_the_rules(solver: str) -> None:
    plan = plan_exactly(PROBLEM, 1.0, solver, bounds=False)

    assert check(PROBLEM, plan) == []
    assert plan.give


def test_a_model_a_household_serves_the_first_well_and_keeps_the_rules() -> None:
    plan = household_by_household(PROBLEM, 10.0)

    assert check(PROBLEM, plan) == []
    assert figures(PROBLEM, plan).mean > 0


def test_each_axis_of_difficulty_makes_another_instance() -> None:
    made = {name: generate(1, shape) for name, shape in FAMILIES.items() if shape.households <= 60}

    assert len(made) >= 9
    assert len(set(map(repr, made.values()))) == len(made)


def test_the_command_measures_a_file_and_keeps_its_results(tmp_path: Path) -> None:
    problem = tmp_path / "four.json"
    problem.write_bytes(msgspec.json.encode(PROBLEM))

    told = CliRunner().invoke(main, ["bench", "allocation", str(problem), "--no-solvers", "--out", str(tmp_path)])

    assert told.exit_code == 0, told.output
    assert "FEFO up to cap" in told.output
    assert len(msgspec.json.decode((tmp_path / "allocation.json").read_bytes(), type=list[Result])) == 5
    assert "# Plans" in (tmp_path / "allocation.md").read_text()


def test_what_was_measured_before_a_run_breaks_off_is_kept(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    too_much = Pin(PROBLEM.visits[0].id, PROBLEM.lots[0].id, 10_000)
    good.write_bytes(msgspec.json.encode(PROBLEM))
    bad.write_bytes(msgspec.json.encode(msgspec.structs.replace(PROBLEM, pins=(too_much,))))

    told = CliRunner().invoke(
        main, ["bench", "allocation", str(good), str(bad), "--no-solvers", "--out", str(tmp_path)]
    )

    assert told.exit_code != 0
    assert len(msgspec.json.decode((tmp_path / "allocation.json").read_bytes(), type=list[Result])) == 5


def test_the_page_says_what_trips_bring(results: list[Result]) -> None:
    ours = msgspec.structs.replace(results[0], waste_kg=12.0, bounds=Bounds(10.0, 1.0, 1.0))
    few = msgspec.structs.replace(ours, planner=FEW_TRIPS, waste_kg=14.0)
    none = msgspec.structs.replace(ours, planner=NO_TRIPS, waste_kg=31.0, bounds=Bounds(30.0, 1.0, 1.0))

    told = page([ours, few, none])

    assert "trips can save 20 kg; plans save 0.950 of it" in told
    assert "at most two trips a site and day 0.850" in told
    assert "What trips bring" not in page(results)
