"""Visits taken together, so that a large instance has a small relaxation.

Households whose visits are all of the same kinds may be given from the same sources at the same times. Adding
up what they can carry, pay, use and eat gives one visitor in place of many: every plan for them is a plan for
the crowd, so what no crowd can do, no plan can.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from allocation.arrays import NO_BUDGET, Arrays, Ints


@dataclass(frozen=True)
class Crowds:
    """Visits grouped into crowds; with one visit each, nothing is lost."""

    of_visit: Ints
    kind: Ints
    before: Ints
    """The crowd the same households come in the time before, or -1."""
    size: Ints
    carry: Ints
    budget: Ints
    cap: Ints
    eat: Ints

    @property
    def single(self) -> bool:
        """Whether each visit stands alone."""
        return len(self.size) == len(self.of_visit)

    @property
    def first(self) -> Ints:
        """The crowd in which the households of each crowd come for the first time."""
        first = np.arange(len(self.before))
        while (earlier := self.before[first] >= 0).any():
            first = np.where(earlier, self.before[first], first)
        return first


def one_by_one(arrays: Arrays) -> Crowds:
    """Each visit a crowd of its own."""
    visits = np.arange(len(arrays.visits))
    return _gather(arrays, visits)


def alike(arrays: Arrays) -> Crowds:
    """Households whose visits are of the same kinds, together."""
    chains: dict[tuple[int, ...], list[int]] = defaultdict(list)
    kinds = arrays.kind.tolist()
    edges = arrays.first_visit.tolist()
    for first, last in pairwise(edges):
        if last > first:
            chains[tuple(kinds[first:last])].append(first)
    of_visit = np.empty(len(arrays.visits), dtype=np.int64)
    crowd = 0
    for chain, firsts in chains.items():
        for nth in range(len(chain)):
            of_visit[np.array(firsts) + nth] = crowd
            crowd += 1
    return _gather(arrays, of_visit)


def _gather(arrays: Arrays, of_visit: Ints) -> Crowds:
    """The sums over each crowd."""
    crowds = int(of_visit.max(initial=-1)) + 1
    example = np.zeros(crowds, dtype=np.int64)
    example[of_visit] = np.arange(len(of_visit))
    starts = np.isin(example, arrays.first_visit[:-1])
    before = np.where(starts, -1, of_visit[np.maximum(example - 1, 0)]) if crowds else example
    budget = _summed(np.minimum(arrays.budget, NO_BUDGET >> 24), of_visit, crowds)
    unlimited = np.bincount(of_visit, weights=arrays.budget >= NO_BUDGET, minlength=crowds) > 0
    return Crowds(
        of_visit=of_visit,
        kind=arrays.kind[example],
        before=before,
        size=np.bincount(of_visit, minlength=crowds),
        carry=_summed(arrays.carry, of_visit, crowds),
        budget=np.where(unlimited, NO_BUDGET, budget),
        cap=_summed(arrays.cap, of_visit, crowds),
        eat=_summed(arrays.eat, of_visit, crowds),
    )


def _summed(values: Ints, of_visit: Ints, crowds: int) -> Ints:
    total = np.zeros((crowds, *values.shape[1:]), dtype=np.int64)
    np.add.at(total, of_visit, values)
    return total
