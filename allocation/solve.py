"""The door of the planner: an instance in, a plan out, the same plan for the same instance, seed and effort."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from msgspec import Struct

from allocation.arrays import Arrays, Floats
from allocation.check import refuse_bad_pins
from allocation.problem import Bounds, Give, Instance, Plan, Solver
from allocation.reasons import explain

if TYPE_CHECKING:
    from allocation.search import Search
    from allocation.territory import Territory

NAME, VERSION = "panier-annealing", "1"
FINISHED, STOPPED, BEST = "searched to the end", "stopped early", "proved best"
CLOSE = 1e-6
"""Relative to a bound: as good as equal."""


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
    bounds: bool = True,
    start: tuple[Give, ...] = (),
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The plan for an instance; raises PinsBreakRule where the lines fixed by hand cannot hold together.

    The search stops on counted steps, `effort` times the usual number, so that the same instance, seed and
    effort give the same plan whatever the machine. `progress` is told now and then; as soon as `stop` answers
    true, the plan as it stands is settled and returned, and its status says so. The bounds are proven by a
    second thread meanwhile. With the lines of a plan before (`start`), the search keeps to them but for what the
    instance no longer allows and what is clearly better.
    """
    began = time.monotonic()
    refuse_bad_pins(instance)
    work = _Work(Arrays(instance), began, progress, stop)
    search = work.search(seed, effort, start, bounds)
    give, move = search.lines()
    return Plan(
        instance=instance.name,
        give=give,
        move=move,
        bounds=work.bounds,
        seconds=round(time.monotonic() - began, 3),
        solver=Solver(
            NAME, VERSION, seed, status(work.stopped, work.bounds, search.waste_kg, search.floor, search.mean)
        ),
        why=explain(work.arrays, give, search.relative),
    )


def status(stopped: bool, bounds: Bounds, waste_kg: float, floor: float, mean: float) -> str:
    """How good a plan is known to be, in plain words: the goal that is furthest from its bound speaks for all.

    >>> status(False, Bounds(100.0, 0.5, 0.4), 102.1, 0.5, 0.4)
    'within 2.1 % of what is possible'
    """
    ended = STOPPED if stopped else FINISHED
    if bounds.waste_kg is None or bounds.floor is None or bounds.mean is None:
        return ended
    gaps = [(bounds.floor - floor) / max(bounds.floor, CLOSE), (bounds.mean - mean) / max(bounds.mean, CLOSE)]
    if bounds.waste_kg > 0:
        gaps.append(waste_kg / bounds.waste_kg - 1)
    elif waste_kg > CLOSE:
        return ended
    if max(gaps) <= CLOSE:
        return BEST
    known = f"within {100 * max(gaps):.1f} % of what is possible"
    return f"{STOPPED}, {known}" if stopped else known


class _Work:
    """What the search and the proof share while they run side by side."""

    def __init__(
        self,
        arrays: Arrays,
        began: float,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.arrays = arrays
        self.began = began
        self.progress = progress
        self.stop = stop
        self.bounds = Bounds()
        self.proofs: list[Future[Bounds]] = []
        self.stopped = False

    def search(self, seed: int, effort: float, start: tuple[Give, ...], bounds: bool) -> "Search | Territory":
        # numba takes half a second to import: not before it is needed
        from allocation.bounds import prove
        from allocation.search import Search
        from allocation.territory import Territory, too_large

        if too_large(self.arrays):
            territory = Territory(self.arrays, seed, start)
            territory.run(effort, self._tell, self._asked_to_stop, self._note if bounds else None)
            return territory
        search = Search(self.arrays, seed, start=start)
        with ThreadPoolExecutor(2) as beside:
            guide = beside.submit(self._guide, beside, bounds).result if search.hard else None
            if bounds and not guide:
                self.proofs.append(beside.submit(prove, self.arrays, self._note, lambda: self.stopped))
            search.run(effort, self._tell, self._asked_to_stop, guide)
            for proof in self.proofs:
                self.bounds = proof.result()
        return search

    def _guide(self, beside: Executor, bounds: bool) -> Floats:
        """Where the search should look, with the bounds that are proven on the way."""
        from allocation.bounds import relax
        from allocation.guide import aims, mean_too, would_give

        relaxation = relax(self.arrays)
        proven = aims(relaxation, beside)
        if bounds:
            self._note(proven)
            self.proofs.append(beside.submit(mean_too, relaxation, proven, self._asked_to_stop))
        return would_give(relaxation, proven, self._asked_to_stop)

    def _note(self, bounds: Bounds) -> None:
        self.bounds = bounds

    def _tell(self, search: "Search | Territory", share: float) -> None:
        if self.progress:
            seconds = time.monotonic() - self.began
            self.progress(Progress(search.waste_kg, search.floor, search.mean, self.bounds, seconds, share))

    def _asked_to_stop(self) -> bool:
        self.stopped = self.stopped or bool(self.stop and self.stop())
        return self.stopped
