"""An instance laid out as arrays, with who may have what: what the planner and the figures compute on.

Visits are sorted by household, then date, so that a household's visits are neighbours. A *source* is a lot
where it can be given from: at its own site, or at the end of a trip that may carry it. Visits of the same
*kind* (site, date, channel, diet, equipment) may be given from the same sources, so eligibility (rules 1-6)
is worked out once per kind.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.problem import Household, Instance, Lot, Transfer, Visit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_BUDGET = 1 << 60
"""Stands for a budget that is not set."""

COLD = frozenset({"fridge", "freezer"})
"""Equipment whose lots travel on cold trips only."""


def may_carry(trip: Transfer, lot: Lot) -> bool:
    """Rule 13: the trip leaves the lot's own site while the lot is good, and is cold if it must be."""
    return (
        trip.origin == lot.site
        and lot.available_from <= trip.departs <= lot.last_day
        and (trip.cold or COLD.isdisjoint(lot.needs))
    )


def may_eat(household: Household, channel: str, lot: Lot) -> bool:
    """Rules 3-6: contents, equipment, channel, infant."""
    excluded = household.excludes and (lot.unknown_contents or set(household.excludes) & set(lot.contains))
    lacking = set(household.lacks) & set(lot.needs)
    return not excluded and not lacking and channel in lot.channels and (household.infant or not lot.infant_only)


@dataclass(frozen=True)
class Sources:
    """Where each lot can be given from: its own site (trip -1), or the end of a trip; sorted by site."""

    lot: Ints
    trip: Ints
    site: Ints
    first_day: Ints
    """The day from which it stands there: its availability, or the trip's arrival if that is later."""


@dataclass(frozen=True)
class Pairs:
    """Every (visit, source) that rules 1-6 and the bans allow, visit by visit, group by group.

    Within a visit and a group, use-by lots come first, by last day: rule 12 then reads a prefix.
    """

    visit: Ints
    source: Ints
    lot: Ints
    start: Ints
    """`start[v, g] : start[v, g + 1]` are the pairs of visit v in group g."""

    def those(self, wanted: Flags) -> "Pairs":
        before = np.concatenate([[0], np.cumsum(wanted)])
        return Pairs(self.visit[wanted], self.source[wanted], self.lot[wanted], before[self.start])


class Arrays:
    """The numbers of an instance, indexed by position; built once, then only read."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.visits = [v for visits in instance.visits_of.values() for v in visits]
        self.group_ids = [g.id for g in instance.groups]
        self.weight: Floats = np.array([instance.weights[g] for g in self.group_ids])
        self._read_lots(instance)
        self._read_visits(instance)

    def _read_lots(self, instance: Instance) -> None:
        lots = instance.lots
        group = {g: i for i, g in enumerate(self.group_ids)}
        self.unit = _ints(lot.unit_grams for lot in lots)
        self.units = _ints(lot.units for lot in lots)
        self.price = _ints(lot.price_cents for lot in lots)
        self.group = _ints(group[lot.group] for lot in lots)
        self.per_visit = _ints(min(lot.max_per_visit, lot.units) for lot in lots)
        self.acceptance: Floats = np.array([lot.acceptance for lot in lots], dtype=np.float64)
        self.use_by: Flags = np.array([lot.use_by for lot in lots], dtype=bool)
        self.last_day = _ints(lot.last_day.toordinal() for lot in lots)
        self.first: Flags = np.array([lot.first for lot in lots], dtype=bool)
        self.perishes: Flags = self.last_day <= instance.ends.toordinal()

        pinned = {pin.lot for pin in instance.pins}
        self.at_stake: Flags = self.perishes | np.array([lot.id in pinned for lot in lots], dtype=bool)
        """What is lost if nobody eats it, and what pins speak of."""

    def _read_visits(self, instance: Instance) -> None:
        visits = self.visits
        rank = {h.id: i for i, h in enumerate(instance.households)}
        self.household = _ints(rank[v.household] for v in visits)
        self.first_visit: Ints = np.searchsorted(self.household, np.arange(len(rank) + 1))
        self.visit_site = _ints(instance.sites.index(v.site) for v in visits)
        self.date = _ints(v.date.toordinal() for v in visits)
        self.need = self._by_group(v.need for v in visits)
        self.cap = self._by_group(v.cap for v in visits)
        self.eat = self._by_group(v.eat_per_day for v in visits)
        self.carry = _ints(v.max_grams for v in visits)
        self.max_lines = _ints(v.max_lines for v in visits)
        self.budget = _ints(NO_BUDGET if v.budget_cents is None else v.budget_cents for v in visits)
        self.adults: Floats = np.array([h.adult_equivalents for h in instance.households], dtype=np.float64)
        self.had = self._by_group(h.had for h in instance.households)

    def _by_group(self, rows: Iterable[dict[str, int]]) -> Ints:
        table = [[row.get(g, 0) for g in self.group_ids] for row in rows]
        return np.array(table, dtype=np.int64).reshape(len(table), len(self.group_ids))

    @cached_property
    def sources(self) -> Sources:
        instance = self.instance
        site = {s: i for i, s in enumerate(instance.sites)}
        leaving: dict[str, list[tuple[int, Transfer]]] = defaultdict(list)
        for t, trip in enumerate(instance.transfers):
            leaving[trip.origin].append((t, trip))
        rows = []
        for i, lot in enumerate(instance.lots):
            rows.append((site[lot.site], i, -1, lot.available_from.toordinal()))
            rows += [
                (site[trip.destination], i, t, trip.arrives.toordinal())
                for t, trip in leaving[lot.site]
                if trip.destination != lot.site and trip.arrives <= lot.last_day and may_carry(trip, lot)
            ]
        where, lots, trips, first = np.array(sorted(rows), dtype=np.int64).reshape(-1, 4).T.copy()
        return Sources(lot=lots, trip=trips, site=where, first_day=first)

    @cached_property
    def kind(self) -> Ints:
        """The kind of each visit: visits of one kind may be given from the same sources."""
        return self._kinds[0]

    @cached_property
    def sources_of_kind(self) -> list[Ints]:
        """The sources open to each kind of visit, by group, use-by lots first, then by last day."""
        return [self._open_to(self.visits[v]) for v in self._kinds[1]]

    @cached_property
    def _kinds(self) -> tuple[Ints, list[int]]:
        """The kind of each visit, and one visit of each kind."""
        seen: dict[object, int] = {}
        example: list[int] = []
        kind = np.empty(len(self.visits), dtype=np.int64)
        for v, visit in enumerate(self.visits):
            who = self.instance.household_by_id[visit.household]
            key = (visit.site, visit.date, visit.channel, who.excludes, who.lacks, who.infant)
            if key not in seen:
                seen[key] = len(example)
                example.append(v)
            kind[v] = seen[key]
        return kind, example

    @cached_property
    def _traits(self) -> tuple[Ints, list[Lot]]:
        """The class of each lot as far as rules 3-6 can tell, and one lot of each class."""
        seen: dict[object, int] = {}
        example: list[Lot] = []
        trait = np.empty(len(self.unit), dtype=np.int64)
        for i, lot in enumerate(self.instance.lots):
            key = (lot.contains, lot.unknown_contents, lot.needs, lot.infant_only, lot.channels)
            if key not in seen:
                seen[key] = len(example)
                example.append(lot)
            trait[i] = seen[key]
        return trait, example

    def _open_to(self, visit: Visit) -> Ints:
        """Rules 1-6 for one visit."""
        trait, examples = self._traits
        who = self.instance.household_by_id[visit.household]
        suits = np.array([may_eat(who, visit.channel, lot) for lot in examples], dtype=bool)
        site = self.instance.sites.index(visit.site)
        first, last = np.searchsorted(self.sources.site, [site, site + 1])
        here = np.arange(first, last)
        lot = self.sources.lot[here]
        day = visit.date.toordinal()
        ok = suits[trait[lot]] & (self.sources.first_day[here] <= day) & (day <= self.last_day[lot])
        here, lot = here[ok], lot[ok]
        return here[np.lexsort((here, self.last_day[lot], ~self.use_by[lot], self.group[lot]))]

    @property
    def many(self) -> int:
        """How many pairs there are, those banned included, without laying them out."""
        sizes = np.array([len(sources) for sources in self.sources_of_kind], dtype=np.int64)
        return int(sizes[self.kind].sum()) if len(self.kind) else 0

    def pairs(self, keep: Flags | None = None) -> Pairs:
        """All pairs, or those of the sources to `keep`."""
        of_kind = [s if keep is None else s[keep[s]] for s in self.sources_of_kind]
        return self._paired(self._without_banned([of_kind[k] for k in self.kind.tolist()]))

    def ways(self, kinds: Ints, banned: bool, lots: Flags | None = None) -> Pairs:
        """The pairs of visits of these kinds, one for each lot (or each of these) whatever trip brings it.

        Less the bans if asked.
        """
        of_kind = [s if lots is None else s[lots[self.sources.lot[s]]] for s in self._ways_of_kind]
        per_visit = [of_kind[k] for k in kinds.tolist()]
        return self._paired(self._without_banned(per_visit) if banned else per_visit)

    @cached_property
    def _ways_of_kind(self) -> list[Ints]:
        """The sources open to each kind of visit, one of each lot: those of a lot are neighbours."""
        return [s[np.diff(self.sources.lot[s], prepend=-1) != 0] for s in self.sources_of_kind]

    def _without_banned(self, per_visit: list[Ints]) -> list[Ints]:
        for v, lots in self._banned.items():
            per_visit[v] = per_visit[v][~np.isin(self.sources.lot[per_visit[v]], lots)]
        return per_visit

    def _paired(self, per_visit: list[Ints]) -> Pairs:
        sizes = np.array([len(s) for s in per_visit], dtype=np.int64)
        source = np.concatenate([*per_visit, np.empty(0, dtype=np.int64)])
        visit = np.repeat(np.arange(len(sizes)), sizes)
        lot = self.sources.lot[source]
        groups = len(self.group_ids)
        keys = visit * (groups + 1) + self.group[lot]
        edges = np.arange(len(sizes))[:, None] * (groups + 1) + np.arange(groups + 1)[None, :]
        start = np.searchsorted(keys, edges.ravel()).reshape(edges.shape)
        return Pairs(visit=visit, source=source, lot=lot, start=start)

    @cached_property
    def _banned(self) -> dict[int, list[int]]:
        visit = {v.id: i for i, v in enumerate(self.visits)}
        lot = {x.id: i for i, x in enumerate(self.instance.lots)}
        banned: dict[int, list[int]] = defaultdict(list)
        for ban in self.instance.bans:
            banned[visit[ban.visit]].append(lot[ban.lot])
        return banned

    @cached_property
    def reach(self) -> Floats:
        """What each household alone could get, at most: `allocation.md` §5.1, all households at once.

        It looks at rules 1-6 and what a visit may hold, never at budgets, caps or rule 12: an upper
        estimate, cheap, and the same for everyone who computes it.
        """
        counted = self.accumulate(self._eligible_grams[self.kind])
        last, has = self.last_need
        carry = np.bincount(self.household, weights=self.carry, minlength=len(has))
        with np.errstate(divide="ignore"):
            worth = np.where(last > 0, self.rate, -1.0)
        reach = self.base.copy()
        rows = np.arange(len(has))
        for g in np.argsort(-worth, axis=1, kind="stable").T:
            eaten = np.where(worth[rows, g] >= 0, np.minimum(counted[rows, g], carry), 0.0)
            carry = carry - eaten
            reach += np.where(eaten > 0, worth[rows, g] * eaten, 0.0)
        return np.where(has, reach, 0.0)

    @cached_property
    def last_need(self) -> tuple[Ints, Flags]:
        """The need at each household's last visit, and whether it has one."""
        has = self.first_visit[1:] > self.first_visit[:-1]
        rows = np.where(has, self.first_visit[1:] - 1, 0)
        if not len(self.visits):
            return np.zeros((len(has), len(self.group_ids)), dtype=np.int64), has
        return np.where(has[:, None], self.need[rows], 0), has

    @cached_property
    def rate(self) -> Floats:
        """Coverage per counted gram, of each household and group: none where nothing is needed."""
        last, _ = self.last_need
        return np.where(last > 0, self.weight / np.maximum(last + self.had, 1), 0.0)

    @cached_property
    def base(self) -> Floats:
        """Coverage of each household before anything is given: groups without need, and what it had of the others."""
        last, comes = self.last_need
        before = np.where(last > 0, self.had / np.maximum(last + self.had, 1), 1.0)
        covered: Floats = np.where(comes, before @ self.weight, 0.0)
        return covered

    def accumulate(self, grams: Floats) -> Floats:
        """Counted grams of each household and group: grams of each visit add up, never above the need."""
        counted = np.zeros((len(self.first_visit) - 1, len(self.group_ids)))
        for nth in range(int(np.diff(self.first_visit).max(initial=0))):
            rows = self.first_visit[:-1] + nth
            who = np.flatnonzero(rows < self.first_visit[1:])
            counted[who] = np.minimum(self.need[rows[who]], counted[who] + grams[rows[who]])
        return counted

    @cached_property
    def largest_unit(self) -> Ints:
        """Grams of the largest unit that each kind of visit could be given, by group."""
        return self.largest_units(np.ones(len(self.unit), dtype=bool))

    def largest_units(self, among: Flags) -> Ints:
        """The same among these lots; 0 where there are none."""
        largest = np.zeros((len(self.sources_of_kind), len(self.group_ids)), dtype=np.int64)
        for k, sources in enumerate(self.sources_of_kind):
            lots = self.sources.lot[sources]
            lots = lots[among[lots]]
            np.maximum.at(largest[k], self.group[lots], self.unit[lots])
        return largest

    @cached_property
    def _eligible_grams(self) -> Floats:
        """Accepted grams each kind of visit could be given, by group."""
        worth = self.acceptance * self.unit * self.per_visit
        eligible = np.zeros((len(self.sources_of_kind), len(self.group_ids)))
        for k, sources in enumerate(self.sources_of_kind):
            lots = np.unique(self.sources.lot[sources])
            np.add.at(eligible[k], self.group[lots], worth[lots])
        return eligible


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
