"""`panier bench`: how good the plans are, beside others and against their own rules."""

import sys
from pathlib import Path

import click
import msgspec

from allocation.contest import HEADINGS, Machine, Result, compete, page, planners, table, this_machine, warm_up
from allocation.generate import FAMILIES, LARGE, generate
from allocation.problem import Instance, load_instance
from allocation.sweep import sweep
from api.cli.base import say
from common.clock import Clock
from common.words import N_

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
USUAL = tuple(name for name in FAMILIES if name not in LARGE)


@click.group()
def bench() -> None:
    """Measure the plans: the same instances, the same checker, the same run for everybody."""


@bench.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option(
    "--family", "families", multiple=True, type=click.Choice(list(FAMILIES)), help="Only these; all but the large ones."
)
@click.option("--seeds", default=2, show_default=True, help="Instances of each family.")
@click.option("--solvers/--no-solvers", default=True, help="Also models given to solvers off the shelf: minutes.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("benchmarks/results"), show_default=True
)
def allocation(files: tuple[Path, ...], families: tuple[str, ...], seeds: int, solvers: bool, out: Path) -> None:
    """Our plans beside rules of thumb and solvers off the shelf, on made-up instances or on FILES."""
    warm_up()
    out.mkdir(parents=True, exist_ok=True)
    todo = _instances(files, families or (() if files else USUAL), seeds)
    results: list[Result] = []
    machine = this_machine(Clock().today())
    with click.progressbar(length=sum(len(planners(i, solvers)) for _, i in todo), file=sys.stderr) as bar:
        for family, instance in todo:
            for result in compete(family, instance, solvers):
                results.append(result)
                _keep(results, machine, out)
                bar.label = f"{family}, {result.planner}"
                bar.update(1)
    _show([HEADINGS, *table(results)])
    say(N_("Results are in %(folder)s."), folder=out)


def _keep(results: list[Result], machine: Machine, out: Path) -> None:
    """After every plan, so that a run that is cut short has not been for nothing."""
    (out / "allocation.json").write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1))
    (out / "allocation.md").write_text(page(results, machine))


@bench.command("sweep")
@click.option("--count", default=10_000, show_default=True, help="How many random small problems.")
@click.option("--first", default=0, show_default=True, help="The seed of the first.")
def sweep_problems(count: int, first: int) -> None:
    """Plan many random small problems: no rule broken, no bound beaten, tiny ones as good as trying every plan."""
    warm_up()
    done = faults = 0
    try:
        with click.progressbar(sweep(first, count), length=count, file=sys.stderr) as bar:
            for of_seed in bar:
                done, faults = done + 1, faults + len(of_seed)
                for fault in of_seed:
                    click.echo(f"{fault.seed}: {fault.what}")
    finally:
        # A sweep that is cut short has not been for nothing.
        say(N_("%(count)s problems planned, %(faults)s faults."), count=done, faults=faults)
    if faults:
        sys.exit(1)


@bench.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def syria(file: Path) -> None:
    """Make the cheapest food basket of a published study again, from its FILE (`wfp_syria_instance.xlsx`)."""
    if not file.exists():
        say(N_("Left out: %(file)s is not there. It comes with the OptiCL project (MIT licence)."), file=file)
        return
    from allocation.ration import cheapest_ration

    ration = cheapest_ration(file)
    for food, grams in ration.grams.items():
        click.echo(f"{grams:8.1f} g  {food}")
    say(
        N_("%(dollars)s $ a person and a day at the prices of %(supplier)s; no basket costs less than %(proven)s $."),
        dollars=f"{ration.dollars:.4f}",
        supplier=ration.supplier,
        proven=f"{ration.proven:.4f}",
    )


def _instances(files: tuple[Path, ...], families: tuple[str, ...], seeds: int) -> list[tuple[str, Instance]]:
    made = [(name, generate(seed, FAMILIES[name])) for name in families for seed in range(1, seeds + 1)]
    return [*((file.stem, load_instance(file)) for file in files), *made]


def _show(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[c]) for row in rows) for c in range(len(HEADINGS))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
