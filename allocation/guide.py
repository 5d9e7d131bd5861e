"""What would be given if all were divisible and the goals were weighed together: where a search should look.

The multipliers of the softened relaxation (see `allocation.descent`) that balance the goals say how much each
visit would take from each source. Rounded, that is a start from which annealing needs half the steps; and of all
the pairs that the rules allow, it tells the tenth that matters.
"""

from concurrent.futures import Executor

import numpy as np

from allocation.ambition import ambition
from allocation.arrays import Floats
from allocation.bounds import LARGE, Asked, highest_floor_and_mean, least_waste, never, soften_all, worth_of
from allocation.problem import Bounds
from allocation.relaxation import Relaxation

WIDTHS = ((0.3, 5), (0.1, 10), (0.05, 10), (0.02, 30))
"""The widths of the rounded corners and the passes at each, twice as many where they cost little: the multipliers need
not be as fine as for a proof."""

MOMENTUM = 0.9

WASTE, WORST_OFF = 0.2, 0.8
"""What the kilograms lost and a household under the water count here, relative to what they do in the search."""

WATER = 0.95
"""The level up to which coverage is worth more, relative to the bound of the floor."""


def aims(r: Relaxation, beside: Executor, stop: Asked = never) -> Bounds:
    """The bounds, proven side by side: what the goals are weighed against."""
    waste = beside.submit(least_waste, r, stop)
    floor, mean = highest_floor_and_mean(r, stop)
    return Bounds(waste_kg=waste.result(), floor=floor, mean=mean)


def would_give(r: Relaxation, aims: Bounds, stop: Asked = never) -> Floats:
    """Units that each visitor would be given from each source, all divisible, once the multipliers balance."""
    wanted = ambition(r.arrays.instance.policy)
    level = max(aims.floor or 0.0, 0.01)
    table, people = r.with_a_level_for_each(WATER * level)
    rescued, covered = r.rescued()[0][:-1], r.mean()[0][:-1]
    mean = wanted.mean / level
    each = np.full(people, WORST_OFF * wanted.floor / level / max(people, 1))
    lost = WASTE * wanted.waste / max(aims.waste_kg or 0.0, 1.0)
    cost = np.concatenate([rescued * lost + covered * mean, each])
    worth = np.concatenate([worth_of(r, r.share[:, None] * r.rate * mean)[:-1], np.maximum(each / 3, 1e-9)])
    scale = float(np.abs(cost).max(initial=0.0)) or 1.0
    table, cost = table.measured_in(worth / scale), cost / worth
    y = np.zeros(len(table.limit))
    often = 1 if len(table.column) > LARGE else 2
    for width, passes in WIDTHS:
        y = soften_all(table, cost, width, y, often * passes, MOMENTUM, stop)
    away = np.clip(table.reduced(cost, y) / width, -50, 50)
    taken: Floats = (table.upper * scale / worth / (1 + np.exp(-away)))[: len(r.pairs.lot)]
    return taken
