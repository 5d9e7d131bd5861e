"""Our plans against the rules of thumb, same instances, same run: `python -m benchmarks.plans [FILE…]`.

Without files it makes its own instances. Every plan goes through the independent checker. Waste, floor and
mean are told as they are and as ratios to the proven bounds (waste at least 1, floor and mean at most 1: the
nearer to 1 the better). Times are of the processor, all threads together, so that a busy machine does not
spoil them; "wall" is what a person waits.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

from allocation.baselines import BASELINES
from allocation.check import check
from allocation.figures import Figures, figures
from allocation.generate import SHOP, SMALL, Shape, generate
from allocation.problem import Bounds, Instance, Plan, load_instance
from allocation.solve import solve

EXCHANGE = Shape(households=120, lots=240, sites=3, trips_per_day=1, unbalanced=0.6)
HEADER = (
    f"{'':16}{'broken':>7}{'waste kg':>10}{'ratio':>7}{'floor':>7}{'ratio':>7}{'mean':>7}{'ratio':>7}"
    f"{'p5':>6}{'gini':>6}{'lines':>7}{'cpu s':>8}{'wall s':>8}"
)


def main() -> None:
    arguments = _arguments()
    warm_up()
    for instance in _instances(arguments.files, arguments.seeds):
        print(
            f"\n{instance.name}: {len(instance.households)} households, {len(instance.lots)} lots,"
            f" {len(instance.sites)} sites, {len(instance.transfers)} trips"
        )
        print(HEADER)
        ours, line = measure(instance, "ours", lambda i: solve(i, seed=arguments.seed, effort=arguments.effort), None)
        print(line)
        for name, baseline in BASELINES.items():
            print(measure(instance, name, baseline, ours.bounds)[1])
        print(f"peak memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure(
    instance: Instance, name: str, planner: Callable[[Instance], Plan], bounds: Bounds | None
) -> tuple[Plan, str]:
    """The plan, and its line of the table."""
    cpu, wall = time.process_time(), time.monotonic()
    plan = planner(instance)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    return plan, _line(name, len(check(instance, plan)), figures(instance, plan), bounds or plan.bounds, cpu, wall)


def warm_up() -> None:
    """Compile, or read what was compiled, before anything is timed."""
    solve(generate(0, Shape(households=3, lots=6)))


def _line(name: str, broken: int, told: Figures, bounds: Bounds, cpu: float, wall: float) -> str:
    return (
        f"{name:16}{broken:7}{told.waste_kg:10.1f}{_ratio(told.waste_kg, bounds.waste_kg)}"
        f"{told.floor:7.3f}{_ratio(told.floor, bounds.floor)}{told.mean:7.3f}{_ratio(told.mean, bounds.mean)}"
        f"{told.p5:6.2f}{told.gini:6.2f}{told.lines:7}{cpu:8.2f}{wall:8.2f}"
    )


def _ratio(value: float, bound: float | None) -> str:
    return f"{value / bound:7.3f}" if bound else f"{'–':>7}"


def _instances(files: list[Path], seeds: int) -> list[Instance]:
    if files:
        return [load_instance(file) for file in files]
    shapes = (SMALL, SHOP, EXCHANGE)
    return [generate(seed, shape) for shape in shapes for seed in range(1, seeds + 1)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path, help="instances in panier-instance/1 format")
    parser.add_argument("--seeds", type=int, default=2, help="made-up instances of each shape")
    parser.add_argument("--seed", type=int, default=0, help="seed of the search")
    parser.add_argument("--effort", type=float, default=1.0, help="steps, relative to the usual number")
    return parser.parse_args()


if __name__ == "__main__":
    main()
