"""Our plans beside those of other ways: same instances, same independent checker, same run.

The others are rules of thumb, one small model a household in the order they come, and the whole model given to
solvers off the shelf for ten times as long as we took.
"""

import datetime as dt
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from allocation.baselines import BASELINES
from allocation.check import check
from allocation.figures import figures
from allocation.generate import Shape, generate
from allocation.problem import Bounds, Give, Instance, Level, Plan, Policy, Solver
from allocation.solve import solve

OURS = "ours"
FEW_TRIPS, NO_TRIPS = "ours, two trips a day", "ours, no trips"
"""Our plans again with at most two trips from each site each day, and with none: what trips bring."""

TRIPS_A_DAY = 2

SOLVERS = ("HiGHS", "SCIP", "CP-SAT")
LONGER = 10
"""Times our seconds that the solvers off the shelf may take."""

MOST_CELLS = 100_000
"""Households × lots beyond which the whole model is given to no solver: they would find nothing."""


class Result(Struct, frozen=True):
    """One plan of the contest, as its checker and figures tell it."""

    family: str
    instance: str
    planner: str
    broken: int
    waste_kg: float
    floor: float
    mean: float
    p5: float
    gini: float
    lines: int
    bounds: Bounds
    cpu_seconds: float
    seconds: float
    peak_mb: int
    status: str
    households: int = 0
    lots: int = 0
    visits: int = 0

    @property
    def ratios(self) -> tuple[float | None, float | None, float | None]:
        """Waste, floor and mean, relative to what no plan can better."""
        b = self.bounds
        return _over(self.waste_kg, b.waste_kg), _over(self.floor, b.floor), _over(self.mean, b.mean)


Planner = Callable[[Instance, float], Plan]


def planners(instance: Instance, solvers: bool) -> dict[str, Planner]:
    """Who takes part, ours first: each is told how long it may take."""
    others: dict[str, Planner] = {OURS: lambda i, _: solve(i)}
    if instance.transfers:
        others[FEW_TRIPS] = _with_few_trips
        others[NO_TRIPS] = lambda i, _: solve(replace(i, transfers=()))
    others |= {name: _of_thumb(plan) for name, plan in BASELINES.items()}
    if solvers and len(instance.households) * len(instance.lots) <= MOST_CELLS:
        others["a model a household"] = household_by_household
        others |= {f"whole model, {name}": _whole(name) for name in SOLVERS}
    return others


def _of_thumb(plan: Callable[[Instance], Plan]) -> Planner:
    return lambda instance, _: plan(instance)


def _with_few_trips(instance: Instance, _: float) -> Plan:
    from allocation.exchange import with_fewer_trips

    return solve(with_fewer_trips(instance, TRIPS_A_DAY))


def _whole(solver: str) -> Planner:
    from allocation.model import plan_exactly

    return lambda i, seconds: plan_exactly(i, seconds / len(i.policy.levels), solver, bounds=False)


def household_by_household(instance: Instance, seconds: float) -> Plan:
    """In the order of their first visit, each household gets the best that is left for it, whoever comes after."""
    from allocation.model import plan_exactly

    left = {lot.id: lot.units for lot in instance.lots}
    give: list[Give] = []
    first = {h: visits[0].date for h, visits in instance.visits_of.items() if visits}
    for who in sorted((h for h in instance.households if h.id in first), key=lambda h: (first[h.id], h.id)):
        alone = replace(
            instance,
            households=(who,),
            visits=instance.visits_of[who.id],
            lots=tuple(replace(lot, units=left[lot.id]) for lot in instance.lots),
            transfers=(),
            policy=Policy((Level("mean", 0.001), Level("waste"))),
        )
        for line in plan_exactly(alone, seconds / len(first) / 2, bounds=False).give:
            give.append(line)
            left[line.lot] -= line.units
    return Plan(instance.name, tuple(sorted(give)), solver=Solver("household-by-household", "1", status="greedy"))


def compete(
    family: str, instance: Instance, solvers: bool = True, told: Callable[[str], None] = lambda _: None
) -> Iterator[Result]:
    """Everybody on one instance; the bounds are those that come with our plan, and without trips their own."""
    seconds, bounds = 60.0, Bounds()
    for name, planner in planners(instance, solvers).items():
        told(name)
        cpu, wall = time.process_time(), time.monotonic()
        plan = planner(instance, seconds)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        if name == OURS:
            seconds, bounds = max(LONGER * wall, 1.0), plan.bounds
        worth = figures(instance, plan)
        yield Result(
            family=family,
            instance=instance.name,
            planner=name,
            broken=len(check(instance, plan)),
            waste_kg=round(worth.waste_kg, 2),
            floor=round(worth.floor, 4),
            mean=round(worth.mean, 4),
            p5=round(worth.p5, 4),
            gini=round(worth.gini, 4),
            lines=worth.lines,
            bounds=plan.bounds if name == NO_TRIPS else bounds,
            cpu_seconds=round(cpu, 2),
            seconds=round(wall, 2),
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            status=plan.solver.status,
            households=len(instance.households),
            lots=len(instance.lots),
            visits=len(instance.visits),
        )


def warm_up() -> None:
    """Compile, or read what was compiled, before anything is timed."""
    solve(generate(0, Shape(households=3, lots=6)))


def table(results: list[Result]) -> list[tuple[str, ...]]:
    """For each family and planner, medians, and the worst of what is relative to a bound."""
    rows: list[tuple[str, ...]] = []
    for family, planner in dict.fromkeys((r.family, r.planner) for r in results):
        of = [r for r in results if (r.family, r.planner) == (family, planner)]
        waste, floor, mean = zip(*(r.ratios for r in of), strict=True)
        rows.append(
            (
                family,
                planner,
                str(sum(r.broken for r in of)),
                _spread(waste, max),
                _spread(floor, min),
                _spread(mean, min),
                f"{median(r.p5 for r in of):.2f}",
                f"{median(r.gini for r in of):.2f}",
                f"{median(r.lines for r in of):.0f}",
                f"{median(r.cpu_seconds for r in of):.1f}",
                f"{max(r.cpu_seconds for r in of):.1f}",
            )
        )
    return rows


HEADINGS = (
    "family",
    "plan",
    "broken",
    "waste ÷ bound",
    "floor ÷ bound",
    "mean ÷ bound",
    "p5",
    "Gini",
    "lines",
    "CPU s",
    "most",
)


class Machine(Struct, frozen=True):
    """What it was run on, and when."""

    on: dt.date
    processor: str
    cores: int
    load: float
    """Of the machine when the run began: what else kept it busy."""
    packages: dict[str, str]


def this_machine(on: dt.date) -> Machine:
    cpus = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")]
    return Machine(
        on=on,
        processor=(names or [platform.processor() or platform.machine()])[0],
        cores=os.cpu_count() or 1,
        load=os.getloadavg()[0],
        packages={name: version(name) for name in ("numba", "ortools")},
    )


def page(results: list[Result], machine: Machine | None = None) -> str:
    """The results as a page of Markdown, with what was run on what."""
    ours = [r for r in results if r.planner == OURS]
    head = [
        "# Plans, ours and others",
        "",
        "Made by `panier bench allocation`. Every plan went through the independent checker. Ratios are to bounds",
        "proven for that instance with divisible units: waste at least 1, floor and mean at most 1, nearer is better;",
        "a dash where the bound is 0. Each ratio is the median, then the worst. Solvers off the shelf had ten times",
        "our seconds. Times are of the processor, all threads together.",
        "",
        f"{len(ours)} instances, Python {platform.python_version()}, {platform.machine()}; most memory of the whole run"
        f" {max(r.peak_mb for r in results):,} MB.",
        "",
        *(_on(machine) if machine else ()),
        "",
        "## What was run",
        "",
        *_run(ours),
        "",
        "## What came of it",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|" + "---|" * len(HEADINGS),
    ]
    lines = ["| " + " | ".join(row) + " |" for row in table(results)]
    trips = ["", "## What trips bring", "", *told] if (told := _exchanged(results)) else []
    return "\n".join([*head, *lines, *trips, "", "## Where we lose", "", *_lost(results), ""])


def _on(machine: Machine) -> list[str]:
    packages = ", ".join(f"{name} {number}" for name, number in machine.packages.items())
    return [
        "",
        f"On {machine.on.isoformat()}, {machine.cores} cores of {machine.processor}, at a load of {machine.load:.1f}"
        f" when it began; {packages}.",
    ]


def _run(ours: list[Result]) -> list[str]:
    """Every instance by its name and size: made-up ones come from their family and seed, the number in their name."""
    families = dict.fromkeys(r.family for r in ours)
    return [
        f"* {family}: "
        + "; ".join(
            f"{r.instance} ({r.households:,} households, {r.visits:,} visits, {r.lots:,} lots)"
            for r in ours
            if r.family == family
        )
        for family in families
    ]


def _exchanged(results: list[Result]) -> list[str]:
    """Of what trips can save from being lost (bound without trips, less bound with them), the share that plans save."""
    of = {(r.family, r.instance, r.planner): r for r in results}
    told = []
    for (family, instance, planner), none in of.items():
        if planner != NO_TRIPS:
            continue
        every, few = of[family, instance, OURS], of[family, instance, FEW_TRIPS]
        can = (none.bounds.waste_kg or 0.0) - (every.bounds.waste_kg or 0.0)
        if can > 0:
            shares = [f"{(none.waste_kg - r.waste_kg) / can:.3f}" for r in (every, few)]
            told.append(
                f"* {family}, {instance}: trips can save {can:,.0f} kg; plans save {shares[0]} of it, with at most two"
                f" trips a site and day {shares[1]}"
                f" (floor {every.floor:.3f} and {few.floor:.3f}; {none.floor:.3f} without)."
            )
    return told


def _lost(results: list[Result]) -> list[str]:
    """Every figure of every instance in which somebody else did better than we did."""
    ours = {r.instance + r.family: r for r in results if r.planner == OURS}
    told = []
    for r in results:
        mine = ours[r.instance + r.family]
        better = [
            f"{name} {theirs:g} against {own:g}"
            for name, theirs, own, sign in (
                ("waste (kg)", r.waste_kg, mine.waste_kg, -1),
                ("floor", r.floor, mine.floor, 1),
                ("mean", r.mean, mine.mean, 1),
                ("lines", float(r.lines), float(mine.lines), -1),
            )
            if sign * (theirs - own) > 1e-9
        ]
        if better and not r.planner.startswith(OURS):
            told.append(f"* {r.family}, {r.instance}, {r.planner}: {', '.join(better)}.")
    return told or ["Nowhere."]


def _over(value: float, bound: float | None) -> float | None:
    return value / bound if bound else None


def _spread(ratios: tuple[float | None, ...], worst: Callable[[list[float]], float]) -> str:
    known = [r for r in ratios if r is not None]
    return f"{median(known):.3f} ({worst(known):.3f})" if known else "–"
