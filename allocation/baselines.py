"""Rules of thumb that a careful team follows without a computer: what the planner has to beat.

They obey every hard rule, pins and bans included, but look at one visit at a time and move nothing between
sites beyond what the pins ask for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby

from allocation.arrays import may_eat
from allocation.check import refuse_bad_pins, trips_for
from allocation.problem import Give, Instance, Lot, Plan, Solver, Visit

Limit = Callable[[Visit, str], int]
"""How many grams of a group a visit may reach, cumulated over the household's visits."""


class Shelves:
    """What is left on the shelves and what is in the baskets, in plain Python."""

    def __init__(self, instance: Instance) -> None:
        refuse_bad_pins(instance)
        self.instance = instance
        self.left = {lot.id: lot.units for lot in instance.lots}
        self.basket: dict[str, dict[str, int]] = defaultdict(dict)
        # Running totals: adding up a whole basket for every lot tried takes longer than all the rest.
        self.grams: dict[str, int] = defaultdict(int)
        self.cents: dict[str, int] = defaultdict(int)
        self.grams_of_group: dict[tuple[str, str], int] = defaultdict(int)
        self.in_order: dict[str, list[Lot]] = defaultdict(list)
        """The lots of each site, first expired first."""
        for lot in sorted(instance.lots, key=lambda x: (x.last_day, x.id)):
            self.in_order[lot.site].append(lot)
        self.fixed = {(p.visit, p.lot) for p in instance.pins} | {(b.visit, b.lot) for b in instance.bans}
        for pin in instance.pins:
            self.put(instance.visit_by_id[pin.visit], instance.lot_by_id[pin.lot], pin.units)

    def put(self, visit: Visit, lot: Lot, units: int) -> None:
        if units > 0:
            self.left[lot.id] -= units
            basket = self.basket[visit.id]
            basket[lot.id] = basket.get(lot.id, 0) + units
            self.grams[visit.id] += units * lot.unit_grams
            self.cents[visit.id] += units * lot.price_cents
            self.grams_of_group[visit.id, lot.group] += units * lot.unit_grams

    def take_back(self, visit: Visit, lot: Lot) -> None:
        """One unit, out of the basket."""
        self.left[lot.id] += 1
        self.basket[visit.id][lot.id] -= 1
        self.grams[visit.id] -= lot.unit_grams
        self.cents[visit.id] -= lot.price_cents
        self.grams_of_group[visit.id, lot.group] -= lot.unit_grams

    def fitting(self, visit: Visit, lot: Lot, limit: Limit) -> int:
        """How many more units of the lot the visit can take, within the rules and the limit of its group."""
        if (visit.id, lot.id) in self.fixed or not self._may(visit, lot):
            return 0
        if (
            not self.basket[visit.id].get(lot.id)
            and sum(n > 0 for n in self.basket[visit.id].values()) >= visit.max_lines
        ):
            return 0
        units = min(
            self.left[lot.id],
            lot.max_per_visit - self.basket[visit.id].get(lot.id, 0),
            (visit.max_grams - self.grams[visit.id]) // lot.unit_grams,
            self._in_group(visit, lot, limit),
            self._in_budget(visit, lot),
        )
        while units > 0 and not self.eatable(visit, lot, units):
            units -= 1
        return max(units, 0)

    def _may(self, visit: Visit, lot: Lot) -> bool:
        who = self.instance.household_by_id[visit.household]
        return (
            lot.site == visit.site
            and lot.available_from <= visit.date <= lot.last_day
            and may_eat(who, visit.channel, lot)
        )

    def _in_budget(self, visit: Visit, lot: Lot) -> int:
        if visit.budget_cents is None or lot.price_cents == 0:
            return lot.units
        return (visit.budget_cents - self.cents[visit.id]) // lot.price_cents

    def _in_group(self, visit: Visit, lot: Lot, limit: Limit) -> int:
        """Room under the limit now, and under the cap at every later visit (a pin may fill it already)."""
        so_far, room = 0, lot.units * lot.unit_grams
        now = False
        for other in self.instance.visits_of[visit.household]:
            so_far += self.grams_of_group[other.id, lot.group]
            now = now or other.id == visit.id
            if now:
                most = min(limit(other, lot.group), other.cap.get(lot.group, 0))
                room = min(room, most - so_far)
        return room // lot.unit_grams

    def eatable(self, visit: Visit, lot: Lot, units: int = 0) -> bool:
        """Rule 12 in the lot's group if the visit gets these units as well."""
        lots = self.instance.lot_by_id
        basket = dict(self.basket[visit.id])
        basket[lot.id] = basket.get(lot.id, 0) + units
        of_group = [(lots[name], n) for name, n in basket.items() if lots[name].group == lot.group]
        largest = max((x.unit_grams for x, n in of_group if n), default=0)
        return all(
            sum(x.unit_grams * n for x, n in of_group if x.use_by and x.last_day <= day)
            < visit.eat_per_day.get(lot.group, 0) * ((day - visit.date).days + 1) + largest
            for day in {x.last_day for x, n in of_group if x.use_by and n}
        )

    def plan(self, name: str) -> Plan:
        give = tuple(sorted(Give(visit, lot, n) for visit, basket in self.basket.items() for lot, n in basket.items()))
        move = tuple(sorted(move for _, move in trips_for(self.instance, give)))
        return Plan(self.instance.name, give, move, solver=Solver(name, "1", status="rule of thumb"))


def fefo_to_cap(instance: Instance) -> Plan:
    """First expired first out, first come first served, each visit up to its caps."""
    shelves = Shelves(instance)
    for visit in _in_order(instance):
        _fill(shelves, visit, lambda v, group: v.cap.get(group, 0))
    return shelves.plan("fefo-cap")


def fefo_to_need(instance: Instance) -> Plan:
    """First expired first out, first come first served, each visit up to its needs."""
    shelves = Shelves(instance)
    for visit in _in_order(instance):
        _fill(shelves, visit, lambda v, group: v.need.get(group, 0))
    return shelves.plan("fefo-need")


def equal_quota(instance: Instance) -> Plan:
    """At each session, what stands on the shelves is shared per adult equivalent, first expired first."""
    shelves = Shelves(instance)
    for _, session in groupby(_in_order(instance), key=lambda v: (v.date, v.site)):
        visits = list(session)
        adults = sum(instance.household_by_id[v.household].adult_equivalents for v in visits)
        on_hand = _on_hand(shelves, visits[0])
        for visit in visits:
            share = instance.household_by_id[visit.household].adult_equivalents / adults
            _fill(shelves, visit, _quota(shelves, visit, on_hand, share))
    return shelves.plan("equal-quota")


PARCELS = (1.0, 2.0, 4.0)
"""Sizes of parcels, in adult equivalents: everyone gets the one nearest to theirs."""


def fixed_parcel(instance: Instance) -> Plan:
    """The same parcel for each visit of a size: what there is over the whole period, shared per adult equivalent."""
    shelves = Shelves(instance)
    size = {h.id: min(PARCELS, key=lambda p: abs(p - h.adult_equivalents)) for h in instance.households}
    adults = sum(size[v.household] for v in instance.visits) or 1.0
    offered: dict[str, int] = defaultdict(int)
    for lot in instance.lots:
        offered[lot.group] += lot.unit_grams * lot.units
    for visit in _in_order(instance):
        _fill(shelves, visit, _quota(shelves, visit, offered, size[visit.household] / adults))
    return shelves.plan("fixed-parcel")


BASELINES: dict[str, Callable[[Instance], Plan]] = {
    "FEFO up to cap": fefo_to_cap,
    "FEFO up to need": fefo_to_need,
    "equal quota": equal_quota,
    "fixed parcel": fixed_parcel,
}


def _in_order(instance: Instance) -> Iterator[Visit]:
    """First come first served: by day and site, then in the order of the instance."""
    yield from sorted(instance.visits, key=lambda v: (v.date, v.site))


def _fill(shelves: Shelves, visit: Visit, limit: Limit) -> None:
    for lot in _first_expired(shelves, visit):
        shelves.put(visit, lot, shelves.fitting(visit, lot, limit))


def _first_expired(shelves: Shelves, visit: Visit) -> list[Lot]:
    return [lot for lot in shelves.in_order[visit.site] if shelves.left[lot.id]]


def _on_hand(shelves: Shelves, visit: Visit) -> dict[str, int]:
    """Grams of each group that stand at the visit's site that day."""
    grams: dict[str, int] = defaultdict(int)
    for lot in _first_expired(shelves, visit):
        if lot.available_from <= visit.date <= lot.last_day:
            grams[lot.group] += shelves.left[lot.id] * lot.unit_grams
    return grams


def _quota(shelves: Shelves, visit: Visit, on_hand: dict[str, int], share: float) -> Limit:
    """A limit of this visit's share of the shelves, on top of what the household has had before."""
    before: dict[str, int] = defaultdict(int)
    for other in shelves.instance.visits_of[visit.household]:
        if (other.date, other.id) < (visit.date, visit.id):
            for lot, n in shelves.basket[other.id].items():
                before[shelves.instance.lot_by_id[lot].group] += n * shelves.instance.lot_by_id[lot].unit_grams

    def limit(other: Visit, group: str) -> int:
        if other.id != visit.id:
            return other.cap.get(group, 0)
        return min(before[group] + int(on_hand[group] * share), other.cap.get(group, 0))

    return limit
