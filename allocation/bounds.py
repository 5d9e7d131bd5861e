"""Proven bounds: what no plan can better on one goal alone, in a second or so each.

They come from the dual of the divisible relaxation. Its multipliers are found by our own descent, rounded
first and exact last, which on these instances is several times faster than PDLP at the same quality. They
need not be optimal to be valid, and a floating-point margin is added on the safe side.
"""

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays, Floats
from allocation.crowds import alike
from allocation.descent import settle, soften
from allocation.problem import Bounds
from allocation.relaxation import Relaxation

WIDTHS = (0.1, 0.03, 0.01)
"""The widths of the rounded corners, one after the other, relative to what a column is worth."""

PASSES = (10, 60)
"""Passes at each width: few where the instance is large, many where they cost nothing."""

ENTRIES = 2_000_000
"""Entries of the relaxation that the passes at one width may go through, within those limits."""

MOMENTUM = 0.7
"""How far each pass goes on in the direction of the one before; waste alone does better without."""

SETTLING = 4
"""Exact passes at the end."""

MANY_PAIRS = 400_000
"""Beyond this many pairs, like visits are taken together."""

MARGIN = 1e-7
"""Relative allowance for rounding in sums of doubles."""


def prove(
    arrays: Arrays,
    told: Callable[[Bounds], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Bounds:
    """Bounds on waste, floor and mean, told as they come; None for what a stop left undone."""
    relaxation = relax(arrays)
    proven = Bounds()
    for goal, bound in (("waste_kg", _waste), ("floor", _floor), ("mean", _mean)):
        if stop():
            break
        proven = replace(proven, **{goal: bound(relaxation)})
        told(proven)
    return proven


def relax(arrays: Arrays) -> Relaxation:
    """The relaxation of an instance, visit by visit, or by crowds where that would be too large."""
    sizes = np.array([len(sources) for sources in arrays.sources_of_kind], dtype=np.int64)
    pairs = int(sizes[arrays.kind].sum()) if len(arrays.visits) else 0
    return Relaxation(arrays, alike(arrays) if pairs > MANY_PAIRS else None)


def _waste(r: Relaxation) -> float:
    cost, constant = r.rescued()
    worth = np.maximum(cost, 0.01 * max(float(cost.max()), 1e-6))
    rescued = descend(r, cost, worth, momentum=0.0) + constant
    return max(0.0, (r.perishing_kg() - rescued) - MARGIN * r.perishing_kg())


def _mean(r: Relaxation) -> float:
    cost, constant = r.mean()
    return min(1.0, descend(r, cost, _worth(r, r.share[:, None] * r.rate)) + constant + MARGIN)


def _floor(r: Relaxation) -> float:
    """From equal multipliers of the households, so that the floor itself costs nothing to begin with."""
    cost, _ = r.floor()
    served = (r.arrays.reach > 0) & r.arrays.last_need[1]
    if not served.any():
        return 1.0
    scale = 1 / np.where(served, r.arrays.reach, np.inf) / served.sum()
    y = np.zeros(len(r.limit))
    y[-int(served.sum()) :] = scale[served]
    return min(1.0, descend(r, cost, _worth(r, scale[:, None] * r.rate), y) + MARGIN)


def _worth(r: Relaxation, rate: Floats) -> Floats:
    """What each column is roughly worth: the scale on which its corner is rounded."""
    a = r.arrays
    of_pairs = r.crowd_rate(rate)[r.pairs.visit, a.group[r.pairs.lot]] * r.accepted
    of_cells = rate[a.household].ravel() if len(a.visits) else np.empty(0)
    least = 0.01 * float(of_pairs.mean()) if len(of_pairs) else 1.0
    worth: Floats = np.maximum(np.concatenate([of_pairs, of_cells, [1.0]]), max(least, 1e-9))
    return worth


def descend(r: Relaxation, cost: Floats, worth: Floats, y: Floats | None = None, momentum: float = MOMENTUM) -> float:
    """The best proof found for one goal: an upper bound of cost over the relaxation."""
    scale = float(np.abs(cost).max()) or 1.0
    cost, worth = cost / scale, worth / scale
    now = np.zeros(len(r.limit)) if y is None else y / scale
    passes = min(max(ENTRIES // max(len(r.column), 1), PASSES[0]), PASSES[1])
    for width in WIDTHS:
        before = now.copy()
        for _ in range(passes):
            ahead = np.maximum(0.0, now + momentum * (now - before))
            before, now = now, ahead
            reduced = _reduced(r, cost, now)
            soften(r.start, r.column, r.value, r.limit, r.upper, reduced, now, width * worth)
    reduced = _reduced(r, cost, now)
    for _ in range(SETTLING):
        settle(r.start, r.column, r.value, r.limit, r.upper, reduced, now)
    return scale * proof(r, cost, now)


def proof(r: Relaxation, cost: Floats, y: Floats) -> float:
    """What multipliers prove: b·y + sum u · max(0, c − Aᵀy)."""
    return float(r.limit @ y + (r.upper * np.maximum(_reduced(r, cost, y), 0.0)).sum())


def _reduced(r: Relaxation, cost: Floats, y: Floats) -> Floats:
    spread = np.repeat(y, np.diff(r.start)) * r.value
    return cost - np.bincount(r.column, weights=spread, minlength=len(cost))
