"""What would be given if all were divisible and the goals were weighed together: where a search should look.

The multipliers of the softened relaxation (see `allocation.descent`) that balance the goals say how much each
visit would take from each source. Rounded, that is a start from which annealing needs half the steps; and of all
the pairs that the rules allow, it tells the tenth that matters.
"""

from concurrent.futures import Executor
from dataclasses import replace
from typing import NamedTuple

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


class Emphasis(NamedTuple):
    """How the goals are weighed here."""

    waste: float
    worst_off: float
    """The kilograms lost and a household under the water, relative to what they count in the search."""
    water: float
    """The level up to which coverage is worth more, relative to the bound of the floor."""


BASKETS = Emphasis(waste=0.2, worst_off=0.8, water=0.95)
"""For a search to begin from."""

MOVES = Emphasis(waste=0.1, worst_off=4.0, water=1.0)
"""For what should move: the baskets filled from it save what can be saved, but cannot fetch what did not come."""


def aims(r: Relaxation, beside: Executor, stop: Asked = never) -> Bounds:
    """The bounds, proven side by side: what the goals are weighed against."""
    waste = beside.submit(least_waste, r, stop)
    floor, mean = highest_floor_and_mean(r, stop)
    return Bounds(waste_kg=waste.result(), floor=floor, mean=mean)


def would_give(r: Relaxation, aims: Bounds, stop: Asked = never) -> Floats:
    """Units that each visitor would be given from each source, all divisible, once the multipliers balance."""
    return Balance(r, aims).given(stop=stop)


class Balance:
    """All goals of a relaxation weighed together; its multipliers are kept from one question to the next."""

    def __init__(self, r: Relaxation, aims: Bounds, weighed: Emphasis = BASKETS) -> None:
        self.r = r
        wanted = ambition(r.arrays.instance.policy)
        floor = max(aims.floor or 0.0, 0.01)
        mean = wanted.mean / floor
        each = np.full(len(r.served), weighed.worst_off * wanted.floor / floor / max(len(r.served), 1))
        lost = weighed.waste * wanted.waste / max(aims.waste_kg or 0.0, 1.0)
        cost = np.concatenate([r.rescued()[0][:-1] * lost + r.mean()[0][:-1] * mean, each])
        worth = np.concatenate([worth_of(r, r.share[:, None] * r.rate * mean)[:-1], np.maximum(each / 3, 1e-9)])
        scale = float(np.abs(cost).max(initial=0.0)) or 1.0
        self.water = weighed.water * floor
        self.unit = worth / scale
        """What each column is measured in."""
        self.cost = cost / worth
        self.table = r.with_a_level_for_each().measured_in(self.unit)
        self.y: Floats | None = None

    def given(self, levels: Floats | float = 1.0, stop: Asked = never) -> Floats:
        """Units of each pair, the water under each household served standing so many times as high as usual."""
        people = len(self.r.served)
        upper = self.table.upper.copy()
        upper[len(upper) - people :] *= np.minimum(self.water * levels, 1.0)
        table = replace(self.table, upper=upper)
        often = 1 if len(table.column) > LARGE else 2
        y = np.zeros(len(table.limit)) if self.y is None else self.y
        for width, passes in WIDTHS if self.y is None else WIDTHS[-1:]:
            y = soften_all(table, self.cost, width, y, often * passes, MOMENTUM, stop)
        self.y = y
        away = np.clip(table.reduced(self.cost, y) / width, -50, 50)
        taken: Floats = (upper / self.unit / (1 + np.exp(-away)))[: len(self.r.pairs.lot)]
        return taken
