"""Why a lot stays on the shelf and why a household lacks a food group: the first rule that stands in the way. Pure.

Rules are tried in the order of `HINDRANCES`. Where none stands in the way, the household has enough of the group
already: a unit more would help no goal.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct

from allocation.arrays import Arrays
from allocation.problem import Household, Instance, Lot, Plan, Visit
from common.words import N_

NOBODY, NO_STOCK, ALL_GIVEN = "NOBODY", "NO_STOCK", "ALL_GIVEN"
CHANNEL, CONTENTS, UNKNOWN, INFANT, EQUIPMENT, BANNED = (
    "CHANNEL",
    "CONTENTS",
    "UNKNOWN",
    "INFANT",
    "EQUIPMENT",
    "BANNED",
)
ALIKE, LINES, CARRY, BUDGET, CAP, EATABLE, ENOUGH = "ALIKE", "LINES", "CARRY", "BUDGET", "CAP", "EATABLE", "ENOUGH"

HINDRANCES = {
    NOBODY: N_("nobody comes while it may be given"),
    NO_STOCK: N_("there is none in stock"),
    ALL_GIVEN: N_("all there is went to others"),
    CHANNEL: N_("it is not for this kind of distribution"),
    CONTENTS: N_("it contains what is excluded"),
    UNKNOWN: N_("nobody knows what it contains, and something is excluded"),
    INFANT: N_("it is for infants"),
    EQUIPMENT: N_("the kitchen lacks what it needs (fridge, freezer, oven)"),
    BANNED: N_("it was left out by hand"),
    ALIKE: N_("the basket has as many of it as it may"),
    LINES: N_("the basket has as many lots as may be packed"),
    CARRY: N_("they could not carry more"),
    BUDGET: N_("the budget is used up"),
    CAP: N_("they could not use more of this group"),
    EATABLE: N_("they could not eat more before its date"),
    ENOUGH: N_("the need is covered, or more would help no goal"),
}
"""What each code says, without a capital: pages put it after a number of households or the name of a group."""

WHO = (CHANNEL, CONTENTS, UNKNOWN, INFANT, EQUIPMENT, BANNED)
"""What no change of the basket would mend."""


class Kept(Struct, frozen=True):
    """Units of a lot that nobody gets, and how many households each hindrance concerns, most first."""

    lot: str
    units: int
    hindrances: tuple[tuple[str, int], ...]


class Lack(Struct, frozen=True):
    """A group a household gets less of than it needs, why, and what the rest would be worth."""

    group: str
    grams: int
    """Missing at this visit."""
    filled: float
    hindrance: str
    worth: float
    """What the missing grams would add to the relative coverage of the household."""


class Baskets:
    """What a plan puts where, added up for questions about one more unit."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.units: Counter[tuple[str, str]] = Counter()
        self.taken: Counter[str] = Counter()
        self.grams: Counter[str] = Counter()
        self.cents: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.of_group: Counter[tuple[str, str]] = Counter()
        self.lots_of: dict[tuple[str, str], list[tuple[Lot, int]]] = defaultdict(list)
        self.banned = {(b.visit, b.lot) for b in instance.bans}
        for give in plan.give:
            lot = instance.lot_by_id[give.lot]
            self.units[give.visit, give.lot] += give.units
            self.taken[give.lot] += give.units
            self.grams[give.visit] += give.units * lot.unit_grams
            self.cents[give.visit] += give.units * lot.price_cents
            self.lines[give.visit] += 1
            self.of_group[give.visit, lot.group] += give.units * lot.unit_grams
            self.lots_of[give.visit, lot.group].append((lot, give.units))

    def left(self, lot: Lot) -> int:
        return lot.units - self.taken[lot.id]

    def hindrance(self, visit: Visit, lot: Lot) -> str:
        """The first rule that keeps one more unit of a lot, which stands there that day, out of a basket."""
        household = self.instance.household_by_id[visit.household]
        return next(self._who(visit, household, lot), None) or next(self._room(visit, lot), ENOUGH)

    def _who(self, visit: Visit, household: Household, lot: Lot) -> Iterator[str]:
        if visit.channel not in lot.channels:
            yield CHANNEL
        if set(household.excludes) & set(lot.contains):
            yield CONTENTS
        if household.excludes and lot.unknown_contents:
            yield UNKNOWN
        if lot.infant_only and not household.infant:
            yield INFANT
        if set(household.lacks) & set(lot.needs):
            yield EQUIPMENT
        if (visit.id, lot.id) in self.banned:
            yield BANNED

    def _room(self, visit: Visit, lot: Lot) -> Iterator[str]:
        there = self.units[visit.id, lot.id]
        if there >= lot.max_per_visit:
            yield ALIKE
        if not there and self.lines[visit.id] >= visit.max_lines:
            yield LINES
        if self.grams[visit.id] + lot.unit_grams > visit.max_grams:
            yield CARRY
        if visit.budget_cents is not None and self.cents[visit.id] + lot.price_cents > visit.budget_cents:
            yield BUDGET
        if self._over_cap(visit, lot):
            yield CAP
        if lot.use_by and not self._eatable(visit, lot):
            yield EATABLE

    def _over_cap(self, visit: Visit, lot: Lot) -> bool:
        so_far = lot.unit_grams
        for other in self.instance.visits_of[visit.household]:
            so_far += self.of_group[other.id, lot.group]
            if other.date >= visit.date and so_far > other.cap.get(lot.group, 0):
                return True
        return False

    def _eatable(self, visit: Visit, lot: Lot) -> bool:
        """Rule 12 with one more unit, at the last day of every use-by lot of the group from this one's on."""
        held = [*self.lots_of[visit.id, lot.group], (lot, 1)]
        largest = max(other.unit_grams for other, _ in held)
        soon = [(other.last_day, other.unit_grams * n) for other, n in held if other.use_by]
        for day in {day for day, _ in soon if day >= lot.last_day}:
            can_eat = visit.eat_per_day.get(lot.group, 0) * ((day - visit.date).days + 1)
            if sum(grams for other, grams in soon if other <= day) >= can_eat + largest:
                return False
        return True


def why_kept(instance: Instance, plan: Plan) -> list[Kept]:
    """Every lot that perishes within the horizon and is not given whole, with who could not have more of it."""
    baskets = Baskets(instance, plan)
    perishing = (lot for lot in instance.lots if lot.last_day <= instance.ends and baskets.left(lot) > 0)
    return [Kept(lot.id, baskets.left(lot), why_nobody(baskets, lot)) for lot in perishing]


def why_nobody(baskets: Baskets, lot: Lot) -> tuple[tuple[str, int], ...]:
    """Who could not have one more of it, and why: how many households each hindrance concerns, most first."""
    coming = [v for v in baskets.instance.visits if _stands_there(v, lot)]
    if not coming:
        return ((NOBODY, 0),)
    of_household: dict[str, list[str]] = defaultdict(list)
    for visit in coming:
        of_household[visit.household].append(baskets.hindrance(visit, lot))
    # A household that comes twice is told by what came nearest to letting it have some.
    order = list(HINDRANCES)
    tally = Counter(max(codes, key=order.index) for codes in of_household.values())
    return tuple(tally.most_common())


def why_lacking(instance: Instance, plan: Plan, visit: Visit) -> list[Lack]:
    """The groups this basket leaves short, those worth most to the household first."""
    baskets = Baskets(instance, plan)
    arrays = Arrays(instance)
    household = next(i for i, h in enumerate(instance.households) if h.id == visit.household)
    reach = float(arrays.reach[household]) or 1.0
    lacks = []
    for group, need in visit.need.items():
        given = sum(baskets.of_group[v.id, group] for v in instance.visits_of[visit.household] if v.date <= visit.date)
        if given < need:
            worth = float(arrays.rate[household, arrays.group_ids.index(group)]) * (need - given) / reach
            hindrance = _group_hindrance(baskets, visit, group)
            lacks.append(Lack(group, need - given, given / need, hindrance, worth))
    return sorted(lacks, key=lambda lack: -lack.worth)


def _group_hindrance(baskets: Baskets, visit: Visit, group: str) -> str:
    """Nothing there; nothing suitable; all given; or what keeps the suitable rest out."""
    there = [lot for lot in baskets.instance.lots if lot.group == group and _stands_there(visit, lot) and lot.units]
    if not there:
        return NO_STOCK
    told = [(baskets.hindrance(visit, lot), baskets.left(lot)) for lot in there]
    suitable = [(code, left) for code, left in told if code not in WHO]
    if not suitable:
        return Counter(code for code, _ in told).most_common(1)[0][0]
    left = Counter(code for code, units in suitable if units > 0)
    return left.most_common(1)[0][0] if left else ALL_GIVEN


def _stands_there(visit: Visit, lot: Lot) -> bool:
    return lot.site == visit.site and lot.available_from <= visit.date <= lot.last_day
