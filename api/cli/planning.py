"""`panier plan` and `panier check`: the exchange formats of the allocation, from file to file."""

import sys
from pathlib import Path

import click

from allocation.changes import changes
from allocation.check import check
from allocation.figures import figures
from allocation.problem import load_instance, read_plan, to_json
from allocation.solve import solve
from api.cli.base import say, spoken
from common.words import N_

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("plan")
@click.argument("instance", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the plan goes.")
@click.option(
    "--start", type=FILE, help="A plan before: it is kept to, but for what no longer holds or is clearly better."
)
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same plan.")
@click.option("--effort", default=1.0, show_default=True, help="Times the usual search.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="At most; then machines may differ.")
@click.option("--prove", is_flag=True, help="What is lost at least in whole units, however large the problem is.")
def make_plan(
    instance: Path, out: Path, start: Path | None, seed: int, effort: float, seconds: float | None, prove: bool
) -> None:
    """Plan a `panier-instance/1` file into a `panier-plan/1` file."""
    problem = load_instance(instance)
    before = read_plan(start.read_bytes()) if start else None
    lines = before.give if before else ()
    plan = solve(problem, seed=seed, effort=effort, seconds=seconds, whole_units=prove, start=lines)
    out.write_bytes(to_json(plan))
    worth = figures(problem, plan)
    say(
        N_(
            "%(lines)s lines; lost %(waste)s kg, worst-off %(floor)s, one in twenty under %(p5)s, mean %(mean)s, "
            "Gini %(gini)s, in %(seconds)s s."
        ),
        lines=worth.lines,
        waste=round(worth.waste_kg, 1),
        floor=round(worth.floor, 3),
        p5=round(worth.p5, 3),
        mean=round(worth.mean, 3),
        gini=round(worth.gini, 3),
        seconds=plan.seconds,
    )
    if before:
        told = changes(before, plan, {visit.id for visit in problem.visits})
        say(N_("%(changed)s of %(of)s lines changed since the plan before."), changed=len(told.lines), of=told.of)


@click.command("check")
@click.argument("instance", type=FILE)
@click.argument("plan", type=FILE)
def check_plan(instance: Path, plan: Path) -> None:
    """Check every rule of a plan; ends 1 where one is broken, each with its sentence."""
    problem, answer = load_instance(instance), read_plan(plan.read_bytes())
    broken = check(problem, answer)
    for fault in broken:
        click.echo(fault.say(spoken()))
    if broken:
        say(N_("Rules broken: %(n)s."), n=len(broken))
        sys.exit(1)
    worth = figures(problem, answer)
    say(
        N_("Every rule holds: lost %(waste)s kg, worst-off %(floor)s, mean %(mean)s, %(lines)s lines."),
        waste=round(worth.waste_kg, 1),
        floor=round(worth.floor, 3),
        mean=round(worth.mean, 3),
        lines=worth.lines,
    )
