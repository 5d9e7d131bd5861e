"""What could stand in a basket in the place of one line or beside them all: lots with units left that every rule
lets in. Pure.
"""

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


class Addition(Struct, frozen=True):
    """One more lot for a basket, as much of it as its group is short of."""

    lot: str
    units: int
    left: int
    """Units on the shelf that no basket has."""
    filled: float
    """How much of the need of its group the basket covers without it."""


def additions(instance: Instance, plan: Plan, visit_id: str) -> list[Addition]:
    """The lots that could come into this basket: of the groups it is shortest of first, then the shortest dates."""
    found = _additions(instance, plan, visit_id)
    return sorted(found, key=lambda a: (a.filled, instance.lot_by_id[a.lot].last_day, a.lot))


def has_room(instance: Instance, plan: Plan, visit_id: str) -> bool:
    """Whether any lot could come into this basket."""
    return any(True for _ in _additions(instance, plan, visit_id))


def _additions(instance: Instance, plan: Plan, visit_id: str) -> Iterator[Addition]:
    visit = instance.visit_by_id[visit_id]
    before = {v.id for v in instance.visits_of[visit.household] if v.date <= visit.date}
    mine, given = _of_household(instance, plan, visit), Counter[str]()
    for line in mine:
        if line.visit in before:
            given[instance.lot_by_id[line.lot].group] += line.units * instance.lot_by_id[line.lot].unit_grams
    for lot, left in _free(instance, plan, visit):
        need = visit.need.get(lot.group, 0)
        short = max(0, need - given[lot.group])
        if n := _fitting(instance, visit, mine, replace(lot, units=left), short):
            yield Addition(lot.id, n, left, 1 - short / need if need else 1.0)


def swaps(instance: Instance, plan: Plan, visit_id: str, lot_id: str) -> list[Swap]:
    """The lots that could replace this line, those of its own food group first, then the shortest dates."""
    visit, lot = instance.visit_by_id[visit_id], instance.lot_by_id[lot_id]
    others = [g for g in _of_household(instance, plan, visit) if (g.visit, g.lot) != (visit_id, lot_id)]
    units = next((g.units for g in plan.give if (g.visit, g.lot) == (visit_id, lot_id)), 1)
    found = [
        Swap(other.id, n, other.group == lot.group, left)
        for other, left in _free(instance, plan, visit)
        if other.id != lot_id
        if (n := _fitting(instance, visit, others, replace(other, units=left), units * lot.unit_grams))
    ]
    return sorted(found, key=lambda s: (not s.same_group, instance.lot_by_id[s.lot].last_day, s.lot))


def _of_household(instance: Instance, plan: Plan, visit: Visit) -> list[Give]:
    mine = {v.id for v in instance.visits_of[visit.household]}
    return [g for g in plan.give if g.visit in mine]


def _free(instance: Instance, plan: Plan, visit: Visit) -> Iterator[tuple[Lot, int]]:
    """The lots at the visit's site that its basket has none of, with the units no basket has."""
    taken: Counter[str] = Counter()
    for line in plan.give:
        taken[line.lot] += line.units
    there = {g.lot for g in plan.give if g.visit == visit.id} | {b.lot for b in instance.bans if b.visit == visit.id}
    for lot in instance.lots:
        if lot.id not in there and lot.site == visit.site and (left := lot.units - taken[lot.id]) > 0:
            yield lot, left


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
