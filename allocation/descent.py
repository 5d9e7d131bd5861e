"""Compiled descent on the dual of a linear programme: bounds that are valid wherever it stops.

The programme is: maximise c·x with A x ≤ b and 0 ≤ x ≤ u. Any multipliers y ≥ 0 prove that no x does better
than b·y + sum u · max(0, c − Aᵀy): descending on y can only sharpen the proof, never break it.
"""

import numpy as np

from allocation.arrays import Floats, Ints
from allocation.kernel import compiled, door

FLAT = 12.0
"""Widths from a corner beyond which it counts as sharp."""


@door
def line_up(row: Ints, start: Ints, order: Ints) -> None:
    """Sort entries by row, in `order`, those of a row as they came; `start` is where each row begins, and moves on.

    A territory has eight million of them: counting is twenty times as fast as comparing.
    """
    for k in range(len(row)):
        order[start[row[k]]] = k
        start[row[k]] += 1


@door
def soften(
    rows: Ints,
    start: Ints,
    column: Ints,
    value: Floats,
    limit: Floats,
    upper: Floats,
    reduced: Floats,
    y: Floats,
    width: float,
    everywhere: bool,
) -> None:
    """One pass over the multipliers of some rows: two Newton steps each on the dual with its corners rounded.

    max(0, r) is replaced by width · log(1 + exp(r / width)). Without it, moving one multiplier at a time
    sticks in corners far from the best. Unless it goes `everywhere`, a multiplier at zero is left asleep. One below
    zero, where momentum carried it, is brought back first.
    """
    sharp = 1.0 / width
    for i in rows:
        if y[i] < 0.0:
            for k in range(start[i], start[i + 1]):
                reduced[column[k]] += value[k] * y[i]
            y[i] = 0.0
        old = y[i]
        if old == 0.0 and not everywhere:
            continue
        now = old
        most = 6.0 * width / abs(value[start[i]])
        for _ in range(2):
            bought, curve = _bought(start[i], start[i + 1], column, value, upper, reduced, now - old, sharp)
            if now == 0.0 and limit[i] > bought:
                break
            step = (bought - limit[i]) / curve
            now = max(0.0, now + max(-most, min(step, most)))
        if now != old:
            for k in range(start[i], start[i + 1]):
                reduced[column[k]] -= value[k] * (now - old)
            y[i] = now


@compiled
def _bought(
    first: int,
    last: int,
    column: Ints,
    value: Floats,
    upper: Floats,
    reduced: Floats,
    dearer: float,
    sharp: float,
) -> tuple[float, float]:
    """How much of a row is taken up once it is so much dearer, and how fast that falls with its price."""
    taken, curve = 0.0, 1e-9
    for k in range(first, last):
        a = value[k]
        z = (reduced[column[k]] - a * dearer) * sharp
        if z > -FLAT:
            some = a * upper[column[k]]
            p = _risen(z) if z < FLAT else 1.0
            taken += some * p
            curve += a * some * p * (1.0 - p) * sharp
    return taken, curve


@compiled
def _risen(z: float) -> float:
    """1 / (1 + exp(-z)), with (1 - z/32)³² for the exponential: near enough, and several times as fast."""
    e = 1.0 - z * 0.03125
    e *= e
    e *= e
    e *= e
    e *= e
    e *= e
    return 1.0 / (1.0 + e)


def settle(
    rows: Ints, start: Ints, column: Ints, value: Floats, limit: Floats, upper: Floats, reduced: Floats, y: Floats
) -> None:
    """One pass over the multipliers of some rows, each set exactly where the dual is least: a weighted quantile."""
    corner, weight = np.empty((2, int(np.diff(start).max(initial=0))))
    _settle(rows, start, column, value, limit, upper, reduced, y, corner, weight)


@door
def _settle(
    rows: Ints,
    start: Ints,
    column: Ints,
    value: Floats,
    limit: Floats,
    upper: Floats,
    reduced: Floats,
    y: Floats,
    corner: Floats,
    weight: Floats,
) -> None:
    for i in rows:
        slope = limit[i]
        n = 0
        for k in range(start[i], start[i + 1]):
            a, j = value[k], column[k]
            turns = reduced[j] / a + y[i]
            if (a > 0) == (turns > 0):
                slope -= upper[j] * a
            if turns > 0:
                corner[n], weight[n] = turns, upper[j] * abs(a)
                n += 1
        best = _where_it_turns(corner, weight, n, slope)
        if best != y[i]:
            for k in range(start[i], start[i + 1]):
                reduced[column[k]] -= value[k] * (best - y[i])
            y[i] = best


@compiled
def _where_it_turns(corner: Floats, weight: Floats, n: int, slope: float) -> float:
    """The corner at which a slope that starts below zero reaches it; zero where it starts above.

    The corners are a heap, and taken off it only as far as the slope asks. numba's own sorting would allocate, and take
    two seconds to compile before a town's first plan.
    """
    for root in range(n // 2 - 1, -1, -1):
        _sink(corner, weight, root, n)
    best = 0.0
    while slope < 0 and n > 0:
        best = corner[0]
        slope += weight[0]
        n -= 1
        corner[0], weight[0] = corner[n], weight[n]
        _sink(corner, weight, 0, n)
    return best


@compiled
def _sink(corner: Floats, weight: Floats, at: int, n: int) -> None:
    """Let the corner at this place of the heap sink until none below it is smaller."""
    while 2 * at + 1 < n:
        child = 2 * at + 1
        if child + 1 < n and corner[child + 1] < corner[child]:
            child += 1
        if corner[at] <= corner[child]:
            return
        corner[at], corner[child] = corner[child], corner[at]
        weight[at], weight[child] = weight[child], weight[at]
        at = child
