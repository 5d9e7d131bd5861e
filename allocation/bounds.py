"""Proven bounds: what no plan can better on one goal alone, in a second or so each.

They come from the dual of the divisible relaxation. Its multipliers are found by our own descent, rounded
first and exact last, which on these instances is several times faster than PDLP at the same quality. They
need not be optimal to be valid, and a floating-point margin is added on the safe side.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays, Flags, Floats, Ints
from allocation.crowds import alike
from allocation.descent import settle, soften
from allocation.problem import Bounds
from allocation.relaxation import Relaxation
from allocation.rows import Table

Asked = Callable[[], bool]

WIDTHS = (0.1, 0.03, 0.01, 0.003)
"""The widths of the rounded corners, one after the other, relative to what a column is worth."""

NARROW = (0.003, 0.001)
"""The same for a large floor, which begins from the multipliers of the mean: wide corners would lead away from them
and there are too few passes to come back."""

LARGE = 100_000
"""Entries of the relaxation beyond which passes are dear: the floor then begins with narrow corners."""

PASSES = (20, 60)
"""Passes at each width: few where the instance is large, many where they cost nothing."""

ENTRIES = 2_500_000
"""Entries of the relaxation that the passes at one width may go through, within those limits."""

CAREFUL = 40
"""Passes for the floor and the mean where two threads are at work on one large relaxation: what moves between sites
hangs on them, too. What is lost at least is proven visit by visit later on."""

MOMENTUM = 0.7
"""How far each pass goes on in the direction of the one before."""

WAKING = 3
"""One pass in so many looks at every multiplier, the others at those above zero."""

SETTLING = 4
"""Exact passes at the end."""

TWO_THREADS = 1_000_000
"""Entries of the relaxation from which both halves of the households are worked on at once."""

MANY_PAIRS = 1_000_000
"""Beyond this many pairs, like visits are taken together."""

MARGIN = 1e-7
"""Relative allowance for rounding in sums of doubles."""


def never() -> bool:
    return False


def prove(
    arrays: Arrays,
    told: Callable[[Bounds], None] = lambda _: None,
    stop: Asked = never,
    alone: bool = True,
) -> Bounds:
    """Bounds on waste, floor and mean, told as they come; None for what a stop left undone."""
    relaxation = relax(arrays, alone)
    proven = Bounds()
    if not stop():
        told(proven := replace(proven, waste_kg=least_waste(relaxation, stop)))
    if not stop():
        floor, mean = highest_floor_and_mean(relaxation, stop)
        told(proven := replace(proven, floor=floor, mean=mean))
    return proven


def relax(arrays: Arrays, alone: bool = True) -> Relaxation:
    """The relaxation of an instance, visit by visit, or by crowds where that would be too large."""
    return Relaxation(arrays, alike(arrays) if arrays.many > MANY_PAIRS else None, alone)


def least_waste(r: Relaxation, stop: Asked = never) -> float:
    """Kilograms that every plan loses; after a stop, as far as that was proven by then."""
    return _least_waste(r.of_what_perishes(), stop)


def least_waste_one_by_one(arrays: Arrays, stop: Asked = never) -> float:
    """The same, no visits taken together however many they are, on one thread: sharper, and several times the work."""
    return _least_waste(Relaxation(arrays, alone=False, lots=arrays.at_stake), stop)


def _least_waste(r: Relaxation, stop: Asked) -> float:
    cost, constant = r.rescued()
    table = r.table.only(cost > 0)
    cost = cost[cost > 0]
    worth = np.maximum(cost, 0.01 * float(cost.max(initial=1e-6)))
    rescued = descend(table, cost, worth, stop=stop, least=PASSES[0])[0] + constant
    return max(0.0, (r.perishing_kg() - rescued) - MARGIN * r.perishing_kg())


def highest_floor_and_mean(r: Relaxation, stop: Asked = never) -> tuple[float, float]:
    """The floor and the mean coverage that no plan betters.

    Coverage cannot be shared out so evenly that the floor is above the mean: what proves the mean, weighed by how
    much of it a floor asks for, is a proof of the floor and the place from which to look for a better one.
    """
    if not r.arrays.last_need[1].any():
        return 1.0, 1.0
    cost, constant = r.mean()
    mean, y = descend(r.table, cost, worth_of(r, r.share[:, None] * r.rate), stop=stop)
    served = (r.arrays.reach > 0) & r.arrays.last_need[1]
    asked = float((r.share * r.arrays.reach)[served].sum())
    floor = 1.0
    if asked > 0:
        y /= asked
        y[-int(served.sum()) :] = r.share[served] / asked
        worth = worth_of(r, (r.share / asked)[:, None] * r.rate)
        floor = descend(r.table, r.floor()[0], worth, y, NARROW, stop)[0]
        if len(r.table.column) <= LARGE:
            floor = min(floor, _floor_of_equals(r, served, stop))
    return min(1.0, floor + MARGIN), min(1.0, mean + constant + MARGIN)


def _floor_of_equals(r: Relaxation, served: Flags, stop: Asked) -> float:
    """A proof of the floor that begins with all households alike: nearer where some few stand far below the others."""
    scale = 1 / np.where(served, r.arrays.reach, np.inf) / served.sum()
    y = np.zeros(len(r.table.limit))
    y[-int(served.sum()) :] = scale[served]
    return descend(r.table, r.floor()[0], worth_of(r, scale[:, None] * r.rate), y, WIDTHS + NARROW[1:], stop)[0]


def worth_of(r: Relaxation, rate: Floats) -> Floats:
    """What each column is roughly worth: the scale on which its corner is rounded."""
    a = r.arrays
    of_pairs = r.crowd_rate(rate)[r.pairs.visit, a.group[r.pairs.lot]] * r.accepted
    of_cells = rate[a.household].ravel() if len(a.visits) else np.empty(0)
    least = 0.01 * float(of_pairs.mean()) if len(of_pairs) else 1.0
    worth: Floats = np.maximum(np.concatenate([of_pairs, of_cells, [1.0]]), max(least, 1e-9))
    return worth


def descend(
    table: Table,
    cost: Floats,
    worth: Floats,
    y: Floats | None = None,
    widths: tuple[float, ...] = WIDTHS,
    stop: Asked = never,
    least: int = CAREFUL,
) -> tuple[float, Floats]:
    """The best proof found for one goal, an upper bound of cost over the relaxation, and its multipliers.

    `least` are the passes at each width however large it is, where two threads are at work.
    """
    few = least if on_two_threads(table) else PASSES[0]
    passes = min(max(ENTRIES // max(len(table.column), 1), few), PASSES[1])
    scale = float(np.abs(cost).max(initial=0.0)) or 1.0
    # With columns measured by what they are worth, all corners are rounded alike.
    table, cost = table.measured_in(worth / scale), cost / worth
    now = np.zeros(len(table.limit)) if y is None else y / scale
    for width in widths:
        now = soften_all(table, cost, width, now, passes, MOMENTUM, stop)
    reduced = table.reduced(cost, now)
    for _ in range(SETTLING):
        if stop():
            break
        by_halves(table, partial(_settle, table, reduced, now))
    return scale * proof(table, cost, now), scale * now


def soften_all(
    table: Table, cost: Floats, width: float, y: Floats, passes: int, momentum: float, stop: Asked = never
) -> Floats:
    """The multipliers after so many passes with rounded corners, or as many as a stop allows.

    Of a shop's rows half never bind: their multipliers are looked at in one pass of WAKING only.
    """
    now, before = y, y
    reduced = reduced_before = table.reduced(cost, y)
    for nth in range(passes):
        if stop():
            break
        ahead = now + momentum * (now - before)
        reduced_ahead = reduced + momentum * (reduced - reduced_before)
        before, reduced_before = now, reduced
        by_halves(table, partial(_soften, table, width, nth % WAKING == 0, reduced_ahead, ahead))
        now, reduced = ahead, reduced_ahead
    return now


def _soften(table: Table, width: float, everywhere: bool, reduced: Floats, y: Floats, rows: Ints) -> None:
    soften(rows, table.start, table.column, table.value, table.limit, table.upper, reduced, y, width, everywhere)


def _settle(table: Table, reduced: Floats, y: Floats, rows: Ints) -> None:
    settle(rows, table.start, table.column, table.value, table.limit, table.upper, reduced, y)


def on_two_threads(table: Table) -> bool:
    return table.alone and len(table.column) >= TWO_THREADS


def by_halves(table: Table, work: Callable[[Ints], None]) -> None:
    """Work on all rows, a half of the lots beside the other, then a half of the households beside the other.

    The two meet in no column, so that a second thread changes nothing but the time.
    """
    if not on_two_threads(table):
        for rows in chain.from_iterable(table.rows):
            work(rows)
        return
    with ThreadPoolExecutor(2) as pool:
        for halves in table.rows:
            list(pool.map(work, halves))


def proof(table: Table, cost: Floats, y: Floats) -> float:
    """What multipliers prove: b·y + sum u · max(0, c − Aᵀy)."""
    return float(table.limit @ y + (table.upper * np.maximum(table.reduced(cost, y), 0.0)).sum())
