"""The divisible relaxation of the problem as sparse rows: what every plan obeys, and what each goal counts.

Columns are units x[visit, source], counted grams e[visit, group] in kg, and the floor t. All rows read
row · columns ≤ limit. Limits that whole units cannot reach are lowered to the largest sum of units that they
can, which no legal plan notices and which brings the bounds nearer to what whole units allow.

Where there are too many visits, like ones are given to together (see `allocation.crowds`): x[visit, source]
is then what a crowd is given, while e stays apart for every visit.
"""

from functools import cached_property
from math import gcd

import numpy as np

from allocation.arrays import NO_BUDGET, Arrays, Flags, Floats, Ints
from allocation.before_its_date import eat_before_its_date, open_few_before_their_date
from allocation.crowds import Crowds, one_by_one
from allocation.descent import line_up
from allocation.problem import Pin
from allocation.roads import NEVER, Roads
from allocation.rows import BOTH, NO_INTS, Rows, Sides, Table, spread

KG = 1000.0


class Relaxation:
    """The rows and columns of an instance; every legal plan is a point of it."""

    def __init__(
        self, arrays: Arrays, crowds: Crowds | None = None, alone: bool = True, lots: Flags | None = None
    ) -> None:
        """Of all lots, or of some where the goal counts no others: then nothing else fills what limits them."""
        self.arrays = arrays
        self.alone = alone
        self.lots = lots
        self.crowds = crowds or one_by_one(arrays)
        self.pairs = arrays.ways(self.crowds.kind, banned=self.crowds.single, lots=lots)
        self.groups = len(arrays.group_ids)
        self.cells = arrays.need.size
        self.theta = len(self.pairs.lot) + self.cells
        self.kilograms: Floats = arrays.unit[self.pairs.lot] / KG
        self.accepted: Floats = self.kilograms * arrays.acceptance[self.pairs.lot]
        self.cell: Ints = self.pairs.visit * self.groups + arrays.group[self.pairs.lot]
        self.least, self.most = self._box()
        self.upper: Floats = np.concatenate(
            [(self.most - self.least).astype(np.float64), arrays.need.ravel() / KG, [1.0]]
        )
        self.table = self._assembled()

    def of_what_perishes(self) -> "Relaxation":
        """The same without lots that are not lost if nobody eats them: whole units of the others fill a limit less."""
        return Relaxation(self.arrays, self.crowds, self.alone, self.arrays.at_stake)

    def _assembled(self) -> Table:
        """All rows in one sparse table, with what the pins fix already taken from the limits."""
        blocks = [
            self.give_no_more_than_there_is(),
            self.carry(),
            self.pay(),
            self.load_roads(),
            self.stay_under_caps(),
            eat_before_its_date(self),
            open_few_before_their_date(self),
            self.count(),
            self.share_the_floor(),
        ]
        sizes = [len(b.limit) for b in blocks]
        offsets = np.cumsum([0, *sizes[:-1]])
        row = np.concatenate([b.row + o for b, o in zip(blocks, offsets, strict=True)])
        column = np.concatenate([b.column for b in blocks])
        value = np.concatenate([b.value for b in blocks])
        # A group that does not count in the balance, or a lot that costs nothing, says nothing in its row.
        row, column, value = row[value != 0], column[value != 0], value[value != 0]
        start = np.append(0, np.cumsum(np.bincount(row, minlength=sum(sizes))))
        order = np.empty(len(row), dtype=np.int64)
        line_up(row, start.copy(), order)
        fixed = np.concatenate([self.least, np.zeros(self.cells + 1)])
        taken = np.bincount(row, weights=value * fixed[column], minlength=sum(sizes))
        limit: Floats = np.concatenate([b.limit for b in blocks]) - taken
        return Table(
            start, column[order], value[order].astype(np.float64), limit, self.upper, self._halves(), self.alone
        )

    def give_no_more_than_there_is(self) -> Rows:
        """sum x[., l] ≤ units of l, for every lot l."""
        units = self.arrays.units.astype(float)
        return Rows(self.pairs.lot, self._x, np.ones(len(self._x)), units)

    def carry(self) -> Rows:
        """sum kg · x[v, .] ≤ what they can carry, for every visit v."""
        return Rows(self.pairs.visit, self._x, self.kilograms, self.crowds.carry / KG)

    def pay(self) -> Rows:
        """sum price · x[v, .] ≤ budget, in euros, for every visit v with a budget."""
        budget = self.crowds.budget
        rank = np.cumsum(budget < NO_BUDGET) - 1
        here = budget[self.pairs.visit] < NO_BUDGET
        price = self.arrays.price[self.pairs.lot[here]] / 100
        return Rows(rank[self.pairs.visit[here]], self._x[here], price, budget[budget < NO_BUDGET] / 100)

    def load_roads(self) -> Rows:
        """sum kg · x[., from o to d by day D] ≤ what trips from o to d arriving by D carry; cold lots, cold trips.

        The dates on which trips leave are left out: they only say that a lot waits for the next one.
        """
        roads = Roads(self.arrays)
        trip = self.arrays.sources.trip[self.pairs.source]
        far = np.flatnonzero(trip >= 0)
        by = roads.arrived(trip[far], self.date[self.pairs.visit[far]])
        row, column = [], []
        for nth in range(roads.most):
            goes = (by <= nth) & (roads.arrival[roads.of_trip[trip[far]], nth] < NEVER)
            for cold in (0, 1):
                here = far[goes & (roads.cold[self.pairs.lot[far]] >= cold)]
                row.append(roads.row(trip[here], nth, cold))
                column.append(here)
        r, c = np.concatenate([*row, NO_INTS]), np.concatenate([*column, NO_INTS])
        return Rows(r, c, self.kilograms[c], roads.limit / KG)

    def stay_under_caps(self) -> Rows:
        """sum over visits w ≤ v of kg · x[w, of g] ≤ cap[v, g], for every visit v and group g."""
        row, column = [], []
        crowd = np.arange(len(self.crowds.size))
        at = crowd.copy()
        while (at >= 0).any():
            r, c = spread(self.pairs.start[:, 0], self.pairs.start[:, -1], at)
            row.append(crowd[r] * self.groups + self.arrays.group[self.pairs.lot[c]])
            column.append(c)
            at = np.where(at >= 0, self.crowds.before[at], -1)
        rows, columns = np.concatenate([*row, NO_INTS]), np.concatenate([*column, NO_INTS])
        limit = self.reachable(rows, columns, self.crowds.cap.ravel())
        return Rows(rows, columns, self.kilograms[columns], limit / KG)

    def count(self) -> Rows:
        """sum of e[v, g] − e[before v, g] over a crowd ≤ sum accepted kg · x: what counts was accepted."""
        cells = np.arange(self.cells)
        visit, group = cells // self.groups, cells % self.groups
        row = self.crowds.of_visit[visit] * self.groups + group
        later = self.crowds.before[self.crowds.of_visit[visit]] >= 0
        x = len(self._x)
        return Rows(
            np.concatenate([row, row[later], self.cell]),
            np.concatenate([x + cells, x + cells[later] - self.groups, self._x]),
            np.concatenate([np.ones(self.cells), -np.ones(int(later.sum())), -self.accepted]),
            np.zeros(self.crowds.cap.size),
        )

    def share_the_floor(self) -> Rows:
        """reach · t − sum weight/need · e[last visit, g] ≤ what no need leaves covered, for every household."""
        served = self._served
        last = self._last_columns[served]
        rows = np.arange(len(served))
        row = np.concatenate([np.repeat(rows, last.shape[1]), rows])
        column = np.concatenate([last.ravel(), np.full(len(rows), self.theta)])
        value = np.concatenate([-self.rate[served].ravel(), self.arrays.reach[served]])
        return Rows(row, column, value, self.arrays.base[served])

    def with_a_level_for_each(self, level: float) -> tuple[Table, int]:
        """The same rows with a floor of its own, up to a level, for each household served; and how many there are.

        One floor for all ties every household to every other, and a descent that moves one multiplier at a time
        is long in balancing them.
        """
        table, people = self.table, len(self._served)
        first = len(table.limit) - people
        row = np.repeat(np.arange(len(table.limit)), np.diff(table.start))
        column = np.where(table.column == self.theta, self.theta + row - first, table.column)
        upper = np.concatenate([self.upper[:-1], np.full(people, level)])
        halves = np.concatenate([table.halves[:, :-1], table.halves[:, self._last_columns[self._served, 0]]], axis=1)
        return Table(table.start, column, table.value, table.limit, upper, halves, self.alone), people

    @property
    def rate(self) -> Floats:
        """Coverage per counted kilogram, of each household and group."""
        return self.arrays.rate * KG

    @property
    def share(self) -> Floats:
        """Each household's share of the adult equivalents that come."""
        adults = np.where(self.arrays.last_need[1], self.arrays.adults, 0.0)
        return adults / max(float(adults.sum()), 1e-9)

    @property
    def _served(self) -> Ints:
        """The households that come and can be given something."""
        return np.flatnonzero(self.arrays.last_need[1] & (self.arrays.reach > 0))

    @property
    def _last_columns(self) -> Ints:
        """The column e[last visit, g] of each household and group."""
        last = np.maximum(self.arrays.first_visit[1:] - 1, 0)
        columns: Ints = len(self._x) + last[:, None] * self.groups + np.arange(self.groups)
        return columns

    def _halves(self) -> Sides:
        """Of the lots and of the households, for each column. Where there are several sites, each stays in one half."""
        whole = self._site if len(self.arrays.instance.sites) > 1 else np.arange(len(self.crowds.size))
        whole = whole[self.crowds.first]
        pairs = np.bincount(whole, weights=self.pairs.start[:, -1] - self.pairs.start[:, 0])
        of_crowd = (pairs.cumsum() - pairs / 2 > pairs.sum() / 2)[whole]
        cells = np.repeat(of_crowd[self.crowds.of_visit], self.groups)
        of_lots = np.concatenate([self.pairs.lot % 2, np.full(self.cells + 1, BOTH)])
        return np.stack([of_lots, np.concatenate([of_crowd[self.pairs.visit], cells, [BOTH]])]).astype(np.int8)

    @property
    def _x(self) -> Ints:
        return np.arange(len(self.pairs.lot))

    @property
    def _at_most(self) -> Ints:
        """How many units of its lot each pair's visitors may be given, all of them together."""
        per_visit: Ints = self.arrays.per_visit[self.pairs.lot]
        together: Ints = per_visit * self.crowds.size[self.pairs.visit]
        return np.minimum(together, self.arrays.units[self.pairs.lot])

    @property
    def date(self) -> Ints:
        date = np.zeros(len(self.crowds.size), dtype=np.int64)
        date[self.crowds.of_visit] = self.arrays.date
        return date

    @property
    def _site(self) -> Ints:
        site = np.zeros(len(self.crowds.size), dtype=np.int64)
        site[self.crowds.of_visit] = self.arrays.visit_site
        return site

    def _box(self) -> tuple[Ints, Ints]:
        """The least and the most units of each pair, whatever else is given: pins fix both."""
        a, crowds, visit = self.arrays, self.crowds, self.pairs.visit
        unit, price = a.unit[self.pairs.lot], a.price[self.pairs.lot]
        most = np.minimum(self._at_most, crowds.carry[visit] // unit)
        most = np.minimum(most, crowds.cap[visit, a.group[self.pairs.lot]] // unit)
        most = np.where(price > 0, np.minimum(most, crowds.budget[visit] // np.maximum(price, 1)), most)
        least = np.zeros(len(most), dtype=np.int64)
        # A crowd forgets the pins of its members: what is then allowed is more, never less.
        for pin in a.instance.pins if crowds.single else ():
            least[self._pairs_of(pin)] = most[self._pairs_of(pin)] = pin.units
        return least, most

    @cached_property
    def largest_after(self) -> Ints:
        """Grams of the largest unit of all lots of a pair's cell but those before it, the ones left out included."""
        # Cells further on weigh less than any gram of this one, so that a maximum from behind never looks past it.
        rest = (self.cell.max(initial=0) - self.cell) << 32
        from_here = np.maximum.accumulate((self.arrays.unit[self.pairs.lot] + rest)[::-1])[::-1]
        after: Ints = np.maximum(np.append(from_here[1:], 0) - rest, 0)
        if self.lots is None:
            return after
        unseen = self.arrays.largest_units(~self.lots)[self.crowds.kind].ravel()
        return np.maximum(after, unseen[self.cell])

    def crowd_rate(self, rate: Floats) -> Floats:
        """A rate of each household and group, averaged over the visits of each crowd."""
        total = np.zeros((len(self.crowds.size), self.groups))
        np.add.at(total, self.crowds.of_visit, rate[self.arrays.household])
        return total / self.crowds.size[:, None]

    def _pairs_of(self, pin: Pin) -> Ints:
        at = next(i for i, v in enumerate(self.arrays.visits) if v.id == pin.visit)
        lot = next(i for i, x in enumerate(self.arrays.instance.lots) if x.id == pin.lot)
        return np.flatnonzero((self.pairs.visit == at) & (self.pairs.lot == lot))

    def rescued(self) -> tuple[Floats, float]:
        """The kilograms of perishing lots that are eaten, as costs of the columns and a constant."""
        worth = np.where(self.arrays.perishes[self.pairs.lot], self.accepted, 0.0)
        return self._padded(worth), float((worth * self.least).sum())

    def mean(self) -> tuple[Floats, float]:
        """Mean coverage weighted by adult equivalents, as costs of the columns and a constant."""
        cost = np.zeros(self.theta + 1)
        comes = self.arrays.last_need[1]
        cost[self._last_columns[comes].ravel()] = (self.share[:, None] * self.rate)[comes].ravel()
        return cost, float((self.share * self.arrays.base).sum())

    def floor(self) -> tuple[Floats, float]:
        """The smallest relative coverage."""
        cost = np.zeros(self.theta + 1)
        cost[self.theta] = 1.0
        return cost, 0.0

    def perishing_kg(self) -> float:
        a = self.arrays
        return float((a.unit * a.units)[a.perishes].sum()) / KG

    def _padded(self, of_pairs: Floats) -> Floats:
        return np.concatenate([of_pairs, np.zeros(self.cells + 1)])

    def reachable(self, row: Ints, column: Ints, limit: Ints) -> Floats:
        """Each limit lowered to the largest sum of whole units of its row that stays under it, in grams."""
        if not self.crowds.single:
            return limit.astype(np.float64)
        order = np.argsort(row, kind="stable")
        edges = np.searchsorted(row[order], np.arange(len(limit) + 1))
        units = self.arrays.unit[self.pairs.lot[column[order]]].tolist()
        most = self.most[column[order]].tolist()
        lowered = [
            largest_sum(units[i:j], most[i:j], top)
            for i, j, top in zip(edges[:-1].tolist(), edges[1:].tolist(), limit.tolist(), strict=True)
        ]
        return np.array(lowered, dtype=float)


def largest_sum(units: list[int], most: list[int], limit: int) -> int:
    """The largest sum ≤ limit of units of these weights, each at most so many times.

    >>> largest_sum([250, 400], [3, 1], 1000)
    900
    """
    counts: dict[int, int] = {}
    for unit, n in zip(units, most, strict=True):
        counts[unit] = counts.get(unit, 0) + int(n)
    total = sum(unit * n for unit, n in counts.items())
    if total <= limit:
        return total
    step = gcd(*counts)
    top = limit // step
    if counts.get(step, 0) * step >= max(counts):
        return top * step  # the smallest unit fills whatever gap the others leave
    sums, mask = 1, (1 << (top + 1)) - 1
    for unit, n in counts.items():
        size, n = unit // step, min(n, limit // unit)
        part = 1
        while n > 0:
            part = min(part, n)
            sums = (sums | sums << (size * part)) & mask
            n -= part
            part *= 2
    return (sums.bit_length() - 1) * step
