"""Compiled descent on the dual of a linear programme: bounds that are valid wherever it stops.

The programme is: maximise c·x with A x ≤ b and 0 ≤ x ≤ u. Any multipliers y ≥ 0 prove that no x does better
than b·y + sum u · max(0, c − Aᵀy): descending on y can only sharpen the proof, never break it.
"""

import math

import numba
import numpy as np

from allocation.arrays import Floats, Ints
from allocation.kernel import door


@door
def soften(
    start: Ints,
    column: Ints,
    value: Floats,
    limit: Floats,
    upper: Floats,
    reduced: Floats,
    y: Floats,
    width: Floats,
) -> None:
    """One pass over the multipliers: two Newton steps each on the dual with its corners rounded.

    max(0, r) is replaced by width · log(1 + exp(r / width)). Without it, moving one multiplier at a time
    sticks in corners far from the best.
    """
    for i in range(len(limit)):
        old = y[i]
        now = old
        for _ in range(2):
            slope = limit[i]
            curve = 1e-9
            for k in range(start[i], start[i + 1]):
                j = column[k]
                a = value[k]
                z = (reduced[j] - a * (now - old)) / width[j]
                if z > 15.0:
                    slope -= a * upper[j]
                elif z > -15.0:
                    p = 1.0 / (1.0 + math.exp(-z))
                    slope -= a * upper[j] * p
                    curve += a * a * upper[j] * p * (1.0 - p) / width[j]
            most = 6.0 * width[column[start[i]]] / abs(value[start[i]]) if start[i] < start[i + 1] else 0.0
            now = max(0.0, min(max(now - slope / curve, now - most), now + most))
        if now != old:
            for k in range(start[i], start[i + 1]):
                reduced[column[k]] -= value[k] * (now - old)
            y[i] = now


def settle(start: Ints, column: Ints, value: Floats, limit: Floats, upper: Floats, reduced: Floats, y: Floats) -> None:
    """One pass over the multipliers, each set exactly where the dual is least: a weighted quantile."""
    corner = np.empty(int(np.diff(start).max(initial=0)))
    _settle(start, column, value, limit, upper, reduced, y, corner)


# Sorting allocates, so these two keep numba's reference counts.
@numba.njit(cache=True, nogil=True)
def _settle(
    start: Ints,
    column: Ints,
    value: Floats,
    limit: Floats,
    upper: Floats,
    reduced: Floats,
    y: Floats,
    corner: Floats,
) -> None:
    for i in range(len(limit)):
        first, n = start[i], start[i + 1] - start[i]
        slope = limit[i]
        for k in range(n):
            a = value[first + k]
            j = column[first + k]
            corner[k] = reduced[j] / a + y[i]
            if (a > 0) == (corner[k] > 0):
                slope -= upper[j] * a
        best = 0.0
        if slope < 0:
            best = _where_it_turns(column[first : first + n], value[first : first + n], upper, corner, slope)
        if best != y[i]:
            for k in range(first, first + n):
                reduced[column[k]] -= value[k] * (best - y[i])
            y[i] = best


@numba.njit(cache=True, nogil=True)
def _where_it_turns(column: Ints, value: Floats, upper: Floats, corner: Floats, slope: float) -> float:
    """The corner at which a slope that starts below zero reaches it."""
    best = 0.0
    for k in np.argsort(corner[: len(column)]):
        if corner[k] > 0 and slope < 0:
            slope += upper[column[k]] * abs(value[k])
            best = corner[k]
    return best
