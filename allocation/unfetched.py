"""What somebody did not fetch, given to who still comes that day: the counter's part in losing less. Pure.

Only what nobody could have on a later day is given on, the shortest dates first, within every rule. Where there is no
room for it, most often in the budget, food that keeps makes room and goes back to the shelf.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from allocation.baselines import Shelves
from allocation.problem import Give, Instance, Lot, Visit

MOST_PUT_BACK = 8
"""Units that go back to the shelf for one unit of what would be lost."""


class Opening:
    """A day of sessions: one visit after the other, in the order of the instance."""

    def __init__(self, instance: Instance) -> None:
        self.shelves = Shelves(instance)
        self.shelves.left = Counter()
        """What waits in baskets nobody fetched."""
        self.days = {site: {v.date for v in instance.visits if v.site == site} for site in instance.sites}

    def missed(self, visit: Visit, lines: Sequence[Give]) -> None:
        """Nobody came for this basket."""
        for give in lines:
            if not self._keeps(self.shelves.instance.lot_by_id[give.lot], visit):
                self.shelves.left[give.lot] += give.units

    def served(self, visit: Visit, lines: Sequence[Give]) -> Iterator[Give]:
        """The basket as it is handed over."""
        shelves = self.shelves
        waiting = [lot for lot in shelves.in_order[visit.site] if shelves.left[lot.id]]
        for give in lines:
            shelves.left[give.lot] += give.units
            shelves.put(visit, shelves.instance.lot_by_id[give.lot], give.units)
        for lot in waiting:
            while shelves.left[lot.id] and self._made_room(visit, lot):
                shelves.put(visit, lot, 1)
        yield from (Give(visit.id, lot, units) for lot, units in shelves.basket[visit.id].items() if units)

    def _keeps(self, lot: Lot, visit: Visit) -> bool:
        """Somebody is expected at the site on a later day while the lot is good."""
        return any(visit.date < day <= lot.last_day for day in self.days[visit.site])

    def _made_room(self, visit: Visit, lot: Lot) -> bool:
        """Whether a unit fits, once food that keeps has gone back to the shelf; if none does, nothing went back."""
        gone: list[Lot] = []
        for other in self._last_needed(visit, lot):
            while not self._fits(visit, lot) and len(gone) < MOST_PUT_BACK and self._put_back(visit, other):
                gone.append(other)
        if self._fits(visit, lot):
            # What went back is on the shelf of another day: nobody else is given it today.
            for other in gone:
                self.shelves.left[other.id] -= 1
            return True
        for other in gone:
            self.shelves.put(visit, other, 1)
        return False

    def _fits(self, visit: Visit, lot: Lot) -> bool:
        return self.shelves.fitting(visit, lot, lambda v, group: v.cap.get(group, 0)) > 0

    def _last_needed(self, visit: Visit, lot: Lot) -> list[Lot]:
        """What keeps in the basket: of the same group first, then what is dearest, so that little has to."""
        there = [self.shelves.instance.lot_by_id[name] for name in self.shelves.basket[visit.id]]
        keeps = [x for x in there if self._keeps(x, visit)]
        return sorted(keeps, key=lambda x: (x.group == lot.group, x.price_cents, x.last_day, x.id), reverse=True)

    def _put_back(self, visit: Visit, lot: Lot) -> bool:
        """Whether a unit went back: not where what stays could then not be eaten in time (rule 12)."""
        if not self.shelves.basket[visit.id][lot.id]:
            return False
        self.shelves.take_back(visit, lot)
        if self.shelves.eatable(visit, lot):
            return True
        self.shelves.put(visit, lot, 1)
        return False
