"""`panier problem`, `panier plan` and `panier check`: the exchange formats of the allocation, from file to file."""

import datetime as dt
import sys
from pathlib import Path

import click

from allocation.changes import changes
from allocation.check import check
from allocation.figures import figures
from allocation.generate import FAMILIES, generate
from allocation.past import as_it_stood
from allocation.problem import Instance, load_instance, read_plan, to_json
from allocation.solve import solve
from api.cli.base import house, say, spoken
from common.words import N_
from network.partners import site_by_code

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("problem")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--family", type=click.Choice(list(FAMILIES)), default="small", show_default=True, help="What is made up."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same problem up.")
@click.option("--site", metavar="CODE", help="A site's own instead, as it stood on the morning of a day.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="That day; today where it is not said.")
def write_problem(out: Path, family: str, seed: int, site: str | None, on: dt.datetime | None) -> None:
    """Write a problem to plan as `panier-instance/1`: made up, or a site's own as it stood on a day."""
    problem = _as_it_stood(site, on) if site else generate(seed, FAMILIES[family])
    out.write_bytes(to_json(problem))
    say(
        N_("Households: %(households)s; visits: %(visits)s; lots: %(lots)s; from %(since)s to %(until)s."),
        households=len(problem.households),
        visits=len(problem.visits),
        lots=len(problem.lots),
        since=problem.today,
        until=problem.ends,
    )


def _as_it_stood(site: str, on: dt.datetime | None) -> Instance:
    with house() as opened:
        database = next(opened.registry.database(host) for host in opened.registry.addresses)
        day = on.date() if on else opened.clock.today()
        with database.reading() as session:
            return as_it_stood(session, site_by_code(session, site), day)


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
    plan = solve(problem, seed=seed, effort=effort, seconds=seconds, whole_units=prove, start=before)
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
        say(N_("Lines changed since the plan before: %(changed)s of %(of)s."), changed=len(told.lines), of=told.of)


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
