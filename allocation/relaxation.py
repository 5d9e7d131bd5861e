"""The divisible relaxation of the problem as sparse rows: what every plan obeys, and what each goal counts.

Columns are units x[visit, source], counted grams e[visit, group] in kg, and the floor t. All rows read
row · columns ≤ limit. Limits that whole units cannot reach are lowered to the largest sum of units that they
can, which no legal plan notices and which brings the bounds nearer to what whole units allow.
"""

from dataclasses import dataclass

import numpy as np

from allocation.arrays import NO_BUDGET, Arrays, Floats, Ints, Pairs

KG = 1000.0


@dataclass(frozen=True)
class Rows:
    """Some rows of the relaxation, as (row, column, value) entries and a limit for each row."""

    row: Ints
    column: Ints
    value: Floats
    limit: Floats


class Relaxation:
    """The rows and columns of an instance; every legal plan is a point of it."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.pairs = arrays.pairs()
        self.cells = arrays.need.size
        self.theta = len(self.pairs.lot) + self.cells
        self.kilograms: Floats = arrays.unit[self.pairs.lot] / KG
        self.accepted: Floats = self.kilograms * arrays.acceptance[self.pairs.lot]
        self.cell: Ints = self.pairs.visit * arrays.need.shape[1] + arrays.group[self.pairs.lot]
        self.least, self.most = _box(arrays, self.pairs)
        self.upper = np.concatenate([self.most - self.least, arrays.need.ravel() / KG, [1.0]])
        self._assemble()

    def _assemble(self) -> None:
        """All rows in one sparse table, with what the pins fix already taken from the limits."""
        blocks = [
            self.give_no_more_than_there_is(),
            self.hold_the_most_of_a_lot(),
            self.carry(),
            self.pay(),
            self.load_trips(),
            self.stay_under_caps(),
            self.eat_before_its_date(),
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
        order = np.lexsort((column, row))
        self.column: Ints = column[order]
        self.value: Floats = value[order]
        self.start: Ints = np.searchsorted(row[order], np.arange(sum(sizes) + 1))
        fixed = np.concatenate([self.least, np.zeros(self.cells + 1)])
        taken = np.bincount(row, weights=value * fixed[column], minlength=sum(sizes))
        self.limit: Floats = np.concatenate([b.limit for b in blocks]) - taken

    def give_no_more_than_there_is(self) -> Rows:
        """sum x[., l] ≤ units of l, for every lot l."""
        units = self.arrays.units.astype(float)
        return Rows(self.pairs.lot, self._x, np.ones(len(self._x)), units)

    def hold_the_most_of_a_lot(self) -> Rows:
        """sum x[v, l by any trip] ≤ max_per_visit, where a lot may reach a visit by several ways."""
        key = self.pairs.visit * len(self.arrays.unit) + self.pairs.lot
        _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
        several = count[inverse] > 1
        _, row = np.unique(inverse[several], return_inverse=True)
        limit = np.zeros(int(row.max(initial=-1)) + 1)
        limit[row] = self._at_most[several]
        return Rows(row, self._x[several], np.ones(len(row)), limit)

    def carry(self) -> Rows:
        """sum kg · x[v, .] ≤ what they can carry, for every visit v."""
        return Rows(self.pairs.visit, self._x, self.kilograms, self.arrays.carry / KG)

    def pay(self) -> Rows:
        """sum price · x[v, .] ≤ budget, in euros, for every visit v with a budget."""
        a = self.arrays
        with_budget = a.budget < NO_BUDGET
        rank = np.cumsum(with_budget) - 1
        here = with_budget[self.pairs.visit]
        price = a.price[self.pairs.lot[here]] / 100
        return Rows(rank[self.pairs.visit[here]], self._x[here], price, a.budget[with_budget] / 100)

    def load_trips(self) -> Rows:
        """sum kg · x[., by trip t] ≤ what t carries, for every trip t."""
        trip = self.arrays.sources.trip[self.pairs.source]
        by_trip = trip >= 0
        limit = np.array([t.max_grams / KG for t in self.arrays.instance.transfers], dtype=float)
        return Rows(trip[by_trip], self._x[by_trip], self.kilograms[by_trip], limit)

    def stay_under_caps(self) -> Rows:
        """sum over visits w ≤ v of kg · x[w, of g] ≤ cap[v, g], for every visit v and group g."""
        a = self.arrays
        row, column = [], []
        for later in range(int(np.diff(a.first_visit).max(initial=0))):
            visit = self.pairs.visit + later
            same = visit < a.first_visit[a.household[self.pairs.visit] + 1]
            row.append(visit[same] * a.need.shape[1] + a.group[self.pairs.lot[same]])
            column.append(self._x[same])
        rows = np.concatenate([*row, np.empty(0, dtype=np.int64)])
        columns = np.concatenate([*column, np.empty(0, dtype=np.int64)])
        limit = self._reachable(rows, columns, a.cap.ravel())
        return Rows(rows, columns, self.kilograms[columns], limit / KG)

    def eat_before_its_date(self) -> Rows:
        """sum kg · x[v, use-by lots of g with last day ≤ d] ≤ eat · days to d + the largest unit − 1 g."""
        a, lot = self.arrays, self.pairs.lot
        soon = np.flatnonzero(a.use_by[lot])
        # Pairs of a cell are sorted by last day: a row for each day is a prefix of the cell.
        key = self.cell[soon] * (1 << 24) + a.last_day[lot[soon]]
        end = soon[np.diff(key, append=-1) != 0]
        first = self.pairs.start[self.pairs.visit[end], a.group[lot[end]]]
        days = a.last_day[lot[end]] - a.date[self.pairs.visit[end]] + 1
        eaten = a.eat.ravel()[self.cell[end]] * days
        largest = np.zeros(self.cells, dtype=np.int64)
        np.maximum.at(largest, self.cell, a.unit[lot])
        limit = eaten + largest[self.cell[end]] - 1
        most = np.append(0, np.cumsum(a.unit[lot] * self.most))
        useful = limit < np.minimum(most[end + 1] - most[first], a.cap.ravel()[self.cell[end]])
        end, first, limit = end[useful], first[useful], limit[useful]
        size = end - first + 1
        row = np.repeat(np.arange(len(end)), size)
        column = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size) + first[row]
        return Rows(row, column, self.kilograms[column], self._reachable(row, column, limit) / KG)

    def count(self) -> Rows:
        """e[v, g] − e[before v, g] − sum accepted kg · x[v, of g] ≤ 0: what counts was given and accepted."""
        a, groups = self.arrays, self.arrays.need.shape[1]
        cells = np.arange(self.cells)
        visit = cells // groups
        later = cells[visit > a.first_visit[a.household[visit]]] if len(visit) else cells
        x = len(self._x)
        return Rows(
            np.concatenate([cells, later, self.cell]),
            np.concatenate([x + cells, x + later - groups, self._x]),
            np.concatenate([np.ones(len(cells)), -np.ones(len(later)), -self.accepted]),
            np.zeros(len(cells)),
        )

    def share_the_floor(self) -> Rows:
        """reach · t − sum weight/need · e[last visit, g] ≤ what no need leaves covered, for every household."""
        served = self._served
        last = self._last_columns[served]
        rows = np.arange(len(served))
        row = np.concatenate([np.repeat(rows, last.shape[1]), rows])
        column = np.concatenate([last.ravel(), np.full(len(rows), self.theta)])
        value = np.concatenate([-self.rate[served].ravel(), self.arrays.reach[served]])
        return Rows(row, column, value, self.base[served])

    @property
    def rate(self) -> Floats:
        """Coverage per counted kilogram, of each household and group."""
        last, _ = self.arrays.last_need
        return np.where(last > 0, self.arrays.weight * KG / np.maximum(last, 1), 0.0)

    @property
    def base(self) -> Floats:
        """Coverage that needs nothing: the groups without need."""
        last, comes = self.arrays.last_need
        return np.where(comes, np.where(last > 0, 0.0, self.arrays.weight).sum(axis=1), 0.0)

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
        groups = self.arrays.need.shape[1]
        last = np.maximum(self.arrays.first_visit[1:] - 1, 0)
        columns: Ints = len(self._x) + last[:, None] * groups + np.arange(groups)
        return columns

    @property
    def _x(self) -> Ints:
        return np.arange(len(self.pairs.lot))

    @property
    def _at_most(self) -> Ints:
        most: Ints = self.arrays.per_visit[self.pairs.lot]
        return most

    def rescued(self) -> tuple[Floats, float]:
        """The kilograms of perishing lots that are eaten, as costs of the columns and a constant."""
        worth = np.where(self.arrays.perishes[self.pairs.lot], self.accepted, 0.0)
        return self._padded(worth), float((worth * self.least).sum())

    def mean(self) -> tuple[Floats, float]:
        """Mean coverage weighted by adult equivalents, as costs of the columns and a constant."""
        cost = np.zeros(self.theta + 1)
        comes = self.arrays.last_need[1]
        cost[self._last_columns[comes].ravel()] = (self.share[:, None] * self.rate)[comes].ravel()
        return cost, float((self.share * self.base).sum())

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

    def _reachable(self, row: Ints, column: Ints, limit: Ints) -> Floats:
        """Each limit lowered to the largest sum of whole units of its row that stays under it, in grams."""
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
    step = int(np.gcd.reduce(list(counts)))
    top = limit // step
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


def _box(arrays: Arrays, pairs: Pairs) -> tuple[Ints, Ints]:
    """The least and the most units of each pair, whatever else is given: pins fix both."""
    unit, price = arrays.unit[pairs.lot], arrays.price[pairs.lot]
    most = np.minimum(arrays.per_visit[pairs.lot], arrays.carry[pairs.visit] // unit)
    most = np.minimum(most, arrays.cap[pairs.visit, arrays.group[pairs.lot]] // unit)
    most = np.minimum(most, arrays.budget[pairs.visit] // np.maximum(price, 1) + (price == 0) * most)
    least = np.zeros(len(most), dtype=np.int64)
    at = {v.id: i for i, v in enumerate(arrays.visits)}
    lots = {x.id: i for i, x in enumerate(arrays.instance.lots)}
    for pin in arrays.instance.pins:
        found = np.flatnonzero((pairs.visit == at[pin.visit]) & (pairs.lot == lots[pin.lot]))
        most[found] = pin.units
        # By several ways, the units of each are open: the relaxation then only knows the most.
        if len(found) == 1:
            least[found] = pin.units
    return least, most
