"""What a search begins from: lines fixed by hand, and those of a plan before that still speak of something.

Lines of the plan before may be *held*: they stay as they are, as if they were fixed by hand. Then nothing can move but
what nothing holds, and the search looks at no other pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

import numpy as np
from msgspec import Struct

from allocation.arrays import Arrays, Flags, Ints, Pairs
from allocation.check import trips_for
from allocation.problem import Give, Instance, Move, Plan

Line = tuple[str, str]
"""A visit and a lot."""

PINNED, FROZEN, LOOSE = 0, 1, 2
"""By hand; as before; as before unless something else is better."""


class Kept(Struct, frozen=True):
    """How close a search keeps to the plan it starts from."""

    held: frozenset[Line] = frozenset()
    """Lines that stay as they are, whatever it costs."""
    worth: float = 40.0
    """A line that stays as people have seen it is worth so many lines saved."""


CLOSE = Kept()


class Beginning:
    """What is given to begin with: ranks of the visit, the lot and the trip that brings it (-1 for none), and units."""

    def __init__(self, arrays: Arrays, start: Plan | None = None, held: Collection[Line] = ()) -> None:
        self.arrays = arrays
        rows = np.array([*_rows(arrays.instance, start, held)], dtype=np.int64).reshape(-1, 5)
        self.kind, self.visit, self.lot, self.trip, self.units = rows.T.copy()

    def pairs(self, keep: Flags | None) -> Pairs:
        """Those to search: all, or where lines are held those of lots that something is left of, and what is given."""
        if not (self.kind == FROZEN).any():
            return self.arrays.pairs(keep)
        sources, fixed = self.arrays.sources, self.kind < LOOSE
        taken = np.bincount(self.lot[fixed], self.units[fixed], len(self.arrays.units))
        moves = self.arrays.units > taken
        used = np.isin(self._key(0, sources.lot, sources.trip), self._key(0, self.lot, self.trip))
        wanted = moves[sources.lot] | used
        pairs = self.arrays.pairs(wanted if keep is None else wanted & keep)
        return pairs.those(moves[pairs.lot] | np.isin(self._key_of(pairs), self._key(self.visit, self.lot, self.trip)))

    def ways(self, pairs: Pairs, kind: int) -> tuple[Ints, Ints]:
        """The pairs by which the lines of this kind are given, with their units; what no pair allows is left out."""
        here = self.kind == kind
        wanted = self._key(self.visit, self.lot, self.trip)[here]
        keys = self._key_of(pairs)
        order = np.argsort(keys, kind="stable")
        place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        found = keys[order][place] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
        return order[place[found]], self.units[here][found]

    def _key(self, visit: Ints | int, lot: Ints, trip: Ints) -> Ints:
        instance = self.arrays.instance
        return (visit * len(instance.lots) + lot) * (len(instance.transfers) + 1) + trip + 1

    def _key_of(self, pairs: Pairs) -> Ints:
        return self._key(pairs.visit, pairs.lot, self.arrays.sources.trip[pairs.source])


def _rows(instance: Instance, start: Plan | None, held: Collection[Line]) -> Iterator[tuple[int, ...]]:
    """The kind, the visit, the lot, the trip and the units of each way that a line comes by."""
    visits = [v.id for of_household in instance.visits_of.values() for v in of_household]
    names = (visits, instance.lot_by_id, instance.transfer_by_id)
    visit, lot, trip = ({name: i for i, name in enumerate(of_kind)} for of_kind in names)
    pinned = tuple(dict.fromkeys(Give(p.visit, p.lot, p.units) for p in instance.pins if p.units))
    by_hand, still = {*pinned}, _still(instance, start)
    brought: dict[Give, list[tuple[int, int]]] = defaultdict(list)
    for line, move in _trips(instance, pinned, still, start.move if start else ()):
        brought[line].append((trip[move.transfer], move.units))
    for line in (*pinned, *still):
        at_home = instance.lot_by_id[line.lot].site == instance.visit_by_id[line.visit].site
        for way, units in [(-1, line.units)] if at_home else brought[line]:
            kind = PINNED if line in by_hand else FROZEN if (line.visit, line.lot) in held else LOOSE
            yield kind, visit[line.visit], lot[line.lot], way, units


def _still(instance: Instance, start: Plan | None) -> tuple[Give, ...]:
    """The lines before that speak of something and were not decided by hand since; the heaviest units first.

    What may be eaten in time leans on the largest unit given: in this order a basket holds all along.
    """
    pinned = {(p.visit, p.lot) for p in instance.pins}
    known = instance.lot_by_id
    lines = dict.fromkeys(
        g
        for g in (start.give if start else ())
        if g.visit in instance.visit_by_id and g.lot in known and (g.visit, g.lot) not in pinned
    )
    return tuple(sorted(lines, key=lambda g: -known[g.lot].unit_grams))


def _trips(
    instance: Instance, pinned: tuple[Give, ...], still: tuple[Give, ...], before: tuple[Move, ...]
) -> Iterator[tuple[Give, Move]]:
    """What brings the lines: what is fixed by hand comes first, with the trips it came by where they can hold it."""
    by_hand, alone = (list(trips_for(instance, pinned, moved)) for moved in (before, ()))
    if sum(move.units for _, move in by_hand) < sum(move.units for _, move in alone):
        by_hand = alone
    left = Counter({(m.transfer, m.lot): m.units for m in before})
    left.subtract({(m.transfer, m.lot): m.units for _, m in by_hand})
    yield from by_hand
    yield from trips_for(instance, still, tuple(Move(*way, units) for way, units in left.items() if units > 0))
