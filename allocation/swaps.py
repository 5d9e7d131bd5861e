"""What could stand in a basket in the place of one line: lots with units left that every rule lets in. Pure."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from allocation.check import check
from allocation.problem import Give, Instance, Lot, Plan, Visit


class Swap(Struct, frozen=True):
    """Another lot for a basket, and about as much of it as what it replaces."""

    lot: str
    units: int
    same_group: bool
    left: int
    """Units on the shelf that no basket has."""


def swaps(instance: Instance, plan: Plan, visit_id: str, lot_id: str) -> list[Swap]:
    """The lots that could replace this line, those of its own food group first, then the shortest dates."""
    visit, lot = instance.visit_by_id[visit_id], instance.lot_by_id[lot_id]
    taken = Counter({x.lot: 0 for x in plan.give})
    for line in plan.give:
        taken[line.lot] += line.units
    mine = {v.id for v in instance.visits_of[visit.household]}
    others = [g for g in plan.give if g.visit in mine and (g.visit, g.lot) != (visit_id, lot_id)]
    units = next((g.units for g in plan.give if (g.visit, g.lot) == (visit_id, lot_id)), 1)
    there = {g.lot for g in others if g.visit == visit_id} | {b.lot for b in instance.bans if b.visit == visit_id}
    found = [
        Swap(other.id, n, other.group == lot.group, left)
        for other in instance.lots
        if other.id not in {lot_id, *there} and other.site == visit.site
        if (left := other.units - taken[other.id]) > 0
        if (n := _fitting(instance, visit, others, replace(other, units=left), units * lot.unit_grams))
    ]
    return sorted(found, key=lambda s: (not s.same_group, instance.lot_by_id[s.lot].last_day, s.lot))


def _fitting(instance: Instance, visit: Visit, others: list[Give], lot: Lot, grams: int) -> int:
    """Units of the lot that come nearest to this weight and that the household's other lines leave room for."""
    most = min(lot.units, max(1, round(grams / lot.unit_grams)))
    return next((n for n in range(most, 0, -1) if _holds(instance, visit, others, lot, n)), 0)


def _holds(instance: Instance, visit: Visit, others: list[Give], lot: Lot, units: int) -> bool:
    """Every rule, looked at for this household alone."""
    alone = replace(
        instance,
        households=(instance.household_by_id[visit.household],),
        visits=instance.visits_of[visit.household],
        lots=tuple(_lots(instance, others, lot)),
        pins=(),
        bans=(),
    )
    return not check(alone, Plan(instance.name, (*others, Give(visit.id, lot.id, units))))


def _lots(instance: Instance, others: list[Give], lot: Lot) -> Iterator[Lot]:
    yield lot
    yield from (instance.lot_by_id[x] for x in {g.lot for g in others} - {lot.id})
