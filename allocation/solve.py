"""The door of the planner: an instance in, a plan out, the same plan for the same instance, seed and effort."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from allocation.arrays import Arrays
from allocation.check import refuse_bad_pins
from allocation.problem import Bounds, Instance, Plan, Solver
from allocation.reasons import explain

if TYPE_CHECKING:
    from allocation.search import Search

NAME, VERSION = "panier-annealing", "1"


class Progress(Struct, frozen=True):
    """How far a plan in the making has come."""

    waste_kg: float
    floor: float
    mean: float
    bounds: Bounds
    seconds: float
    share: float
    """Of the work, from 0 to 1."""


def solve(
    instance: Instance,
    *,
    seed: int = 0,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The plan for an instance; raises PinsBreakRule where the lines fixed by hand cannot hold together.

    The search stops on counted steps, `effort` times the usual number, so that the same instance, seed and
    effort give the same plan whatever the machine. `progress` is told now and then; as soon as `stop` answers
    true, the best plan so far is settled and returned, and its status says so.
    """
    from allocation.search import Search  # numba takes half a second to import

    began = time.monotonic()
    refuse_bad_pins(instance)
    arrays = Arrays(instance)
    proven = Bounds()
    stopped = False

    def told(search: "Search", share: float) -> None:
        if progress:
            seconds = time.monotonic() - began
            progress(Progress(search.waste_kg, search.floor, search.mean, proven, seconds, share))

    def asked() -> bool:
        nonlocal stopped
        stopped = bool(stop and stop())
        return stopped

    search = Search(arrays, seed)
    search.run(effort, told, asked)
    give, move = search.lines()
    return Plan(
        instance=instance.name,
        give=give,
        move=move,
        bounds=proven,
        seconds=round(time.monotonic() - began, 3),
        solver=Solver(NAME, VERSION, seed, "stopped early" if stopped else "searched to the end"),
        why=explain(arrays, give, search.relative),
    )
