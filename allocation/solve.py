"""The door of the planner: an instance in, a plan out, the same plan for the same instance, seed and effort."""

import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from allocation.arrays import Arrays, Floats
from allocation.baselines import fefo_to_cap
from allocation.beginning import CLOSE, Kept
from allocation.check import refuse_bad_pins
from allocation.figures import figures_of
from allocation.how_good import STOPPED, gap, status, status_in_series, stopped_at
from allocation.pace import Pace
from allocation.problem import Bounds, Instance, Plan, Solver
from allocation.reasons import explain
from allocation.series import distinct

if TYPE_CHECKING:
    from allocation.search import Search
    from allocation.territory import Territory

NAME, VERSION = "panier-annealing", "2"
LEFT_FOR_THE_END = 0.05
SECONDS_FOR_THE_END = 0.1
"""Of a limit in seconds, and on top of that: to write the plan down and give the reasons of its lines."""

GUIDED_WITHIN = 0.6
"""Of a limit: a relaxation that is not worked out by then leaves the rest to a search without a guide."""

FEW_PAIRS = 5_000
"""Up to so many pairs, what is lost at least is proven in whole units too: some two tenths of a second."""

NODES = 50
"""Of the tree of that proof: counted, so that the same instance has the same bounds."""

PROOF_WITHIN = 60.0
"""Seconds for it, a hundred times what it takes: a solver may run round in circles that its nodes do not count."""

LESS_IN_SERIES = 0.6
"""Of a limit: for the plan that few kinds of baskets are made from."""

ASK_EVERY = 0.1
"""Seconds between two questions whether to stop, while nothing else is to be done."""

AT_ONCE = 1_000_000
"""Visits × lots up to which a rule of thumb is a matter of half a second."""


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
    seconds: float | None = None,
    bounds: bool = True,
    whole_units: bool = False,
    start: Plan | None = None,
    kept: Kept = CLOSE,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The plan for an instance; raises PinsBreakRule where the lines fixed by hand cannot hold together.

    The search stops on counted steps, `effort` times the usual number, so that the same instance, seed and
    effort give the same plan whatever the machine. A limit in `seconds`, where there is one, makes the search shorter
    if need be: then the machine has its say. `progress` is told now and then, of a first plan at once; as soon as
    `stop` answers true, the plan as it stands is settled and returned, and its status says so.

    The bounds are proven by a second thread meanwhile. What is lost at least is proven in whole units where the
    instance is small, or where `whole_units` asks for it whatever it takes (ten seconds and more for a shop).

    With a plan before (`start`), the search keeps to its lines but for what the instance no longer allows and what is
    clearly better; `kept` tells how close, as in `allocation.steady`.
    """
    began = time.monotonic()
    refuse_bad_pins(instance)
    if instance.most_baskets is not None:
        return _in_series(instance, seed, effort, seconds, bounds, start, progress, stop)
    work = _Work(Arrays(instance), began, seconds, progress, stop)
    work.whole_units = whole_units
    search = work.search(seed, effort, start, kept, bounds)
    give, move = search.lines()
    return Plan(
        instance=instance.name,
        give=give,
        move=move,
        bounds=work.bounds,
        seconds=round(time.monotonic() - began, 3),
        solver=Solver(NAME, VERSION, seed, work.status(search)),
        why=explain(work.arrays, give, search.relative),
    )


def bounds_of(instance: Instance, seconds: float | None = None, stop: Callable[[], bool] | None = None) -> Bounds:
    """What can be proven of the instance, without a plan; what a stop leaves undone is None."""
    from allocation.bounds import least_waste_one_by_one, never
    from allocation.territory import too_large

    arrays = Arrays(instance)
    proven = _Work(arrays, time.monotonic(), seconds, None, stop).prove()
    if proven.waste_kg is None or not too_large(arrays):
        return proven
    return replace(proven, waste_kg=max(proven.waste_kg, least_waste_one_by_one(arrays, stop or never)))


def _in_series(
    instance: Instance,
    seed: int,
    effort: float,
    seconds: float | None,
    bounds: bool,
    start: Plan | None,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
) -> Plan:
    """Few distinct baskets, from the plan before where it has few, else from a plan made without that limit.

    The bounds are those without the limit: what packing in series costs is seen against them.
    """
    from allocation.bounds import prove
    from allocation.standard import Series

    began, most, arrays = time.monotonic(), instance.most_baskets or 1, Arrays(instance)

    def out_of_time() -> bool:
        late = seconds is not None and time.monotonic() - began > (1 - LEFT_FOR_THE_END) * seconds
        return late or bool(stop and stop())

    if start and start.give and distinct(instance, start.give) <= most:
        proven = prove(arrays, lambda _: None, out_of_time) if bounds else Bounds()
        free = replace(start, bounds=proven)
    else:
        free = solve(
            replace(instance, most_baskets=None),
            seed=seed,
            effort=effort,
            seconds=seconds and LESS_IN_SERIES * seconds,
            bounds=bounds,
            start=start,
            progress=progress,
            stop=stop,
        )
    series = Series(arrays, free, most, seed)
    series.run(effort, out_of_time)
    give, move = series.lines()
    plan = Plan(instance.name, give, move, bounds=free.bounds)
    worth = figures_of(arrays, plan)
    relative = np.array([worth.relative.get(h.id, 1.0) for h in instance.households])
    known = gap(free.bounds, worth.waste_kg, worth.floor, worth.mean)
    return replace(
        plan,
        seconds=round(time.monotonic() - began, 3),
        solver=Solver(NAME, VERSION, seed, status_in_series(known, STOPPED if out_of_time() else "")),
        why=explain(arrays, give, relative),
    )


class _Work:
    """What the search and the proof share while they run side by side."""

    def __init__(
        self,
        arrays: Arrays,
        began: float,
        seconds: float | None,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.arrays = arrays
        self.began = began
        self.seconds = seconds
        self.pace = Pace(seconds and began + (1 - LEFT_FOR_THE_END) * seconds - SECONDS_FOR_THE_END)
        self.progress = progress
        self.stop = stop
        self.bounds = Bounds()
        self.proofs: list[Future[Bounds]] = []
        self.stopped = False
        self.watched = bool(progress or stop or seconds)
        self.whole_units = False

    def search(self, seed: int, effort: float, start: Plan | None, kept: Kept, bounds: bool) -> "Search | Territory":
        if not start:
            self._tell_of_a_first_plan()
        # numba takes a second to import, and two with what it has compiled: not before it is needed
        from allocation.search import Search
        from allocation.territory import Territory, too_large

        if not kept.held and too_large(self.arrays):
            territory = Territory(self.arrays, seed, start, kept=kept)
            return territory.run(effort, self._tell, self._asked_to_stop, self._note if bounds else None, self.pace)
        search = Search(self.arrays, seed, start=start, pace=self.pace, kept=kept)
        with ThreadPoolExecutor(2) as beside:
            guide = partial(self._wait, beside.submit(self._guide, beside, bounds)) if search.hard else None
            if bounds and not guide:
                self.proofs.append(beside.submit(self.prove))
            search.run(effort, self._tell, self._asked_to_stop, guide, self.watched)
            for proof in self.proofs:
                self.bounds = proof.result()
        return search

    def status(self, search: "Search | Territory") -> str:
        """How good the plan is known to be, and what ended its search early."""
        known = gap(self.bounds, search.waste_kg, search.floor, search.mean)
        ended = STOPPED if self.stopped else stopped_at(self.seconds) if self.seconds and self.pace.cut else ""
        return status(known, ended)

    def _tell_of_a_first_plan(self) -> None:
        """What a rule of thumb does with no compiled search at hand: in a fresh process it has to be loaded first."""
        instance = self.arrays.instance
        small = len(instance.visits) * len(instance.lots) <= AT_ONCE
        if self.progress and small and "allocation.kernel" not in sys.modules:
            worth = figures_of(self.arrays, fefo_to_cap(instance))
            self.progress(
                Progress(worth.waste_kg, worth.floor, worth.mean, self.bounds, time.monotonic() - self.began, 0.0)
            )

    def _wait(self, guide: Future[Floats]) -> Floats | None:
        """The guide, unless somebody stops before it is worked out or time becomes too short to follow it."""
        until = self.seconds and self.began + GUIDED_WITHIN * self.seconds
        while not (self._asked_to_stop() or (until and time.monotonic() > until)):
            if wait([guide], ASK_EVERY).done:
                return guide.result()
        return None

    def _guide(self, beside: Executor, bounds: bool) -> Floats:
        """Where the search should look, with the bounds that are proven on the way."""
        from allocation.bounds import relax
        from allocation.guide import aims, would_give

        relaxation = relax(self.arrays)
        proven = aims(relaxation, beside, self._out_of_time)
        if bounds:
            self._note(proven)
            self.proofs.append(beside.submit(self._in_whole_units, proven))
        return would_give(relaxation, proven, self._out_of_time)

    def prove(self) -> Bounds:
        from allocation.bounds import prove

        return self._in_whole_units(prove(self.arrays, self._note, self._out_of_time))

    def _in_whole_units(self, proven: Bounds) -> Bounds:
        """The bound on what is lost as whole units allow it, which is what a plan can be held against."""
        few = len(self.arrays.pairs().lot) <= FEW_PAIRS
        if proven.waste_kg is None or not (few or self.whole_units) or self._out_of_time():
            return proven
        from allocation.model import whole_waste

        most = math.inf if self.whole_units else PROOF_WITHIN
        seconds = min(self.pace.until - time.monotonic(), most) if self.pace.until else most
        least = whole_waste(self.arrays, max(seconds, 0.01), NODES)
        return replace(proven, waste_kg=max(proven.waste_kg, least))

    def _note(self, bounds: Bounds) -> None:
        self.bounds = bounds

    def _tell(self, search: "Search | Territory", share: float) -> None:
        if self.progress:
            seconds = time.monotonic() - self.began
            self.progress(Progress(search.waste_kg, search.floor, search.mean, self.bounds, seconds, share))

    def _out_of_time(self) -> bool:
        return self._asked_to_stop() or bool(self.pace.until and time.monotonic() > self.pace.until)

    def _asked_to_stop(self) -> bool:
        self.stopped = self.stopped or bool(self.stop and self.stop())
        return self.stopped
