"""What one basket still takes, without the whole check for each of the many things that could go into it.

`allocation.check` says the same in sentences; a test holds the two against each other.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from allocation.check import check
from allocation.problem import Give, Instance, Lot, Plan

OF_THE_LOT = (2, 3, 4, 5, 6)
"""Rules that speak of what a lot is, not of how much of it: date, contents, equipment, channel, infants."""


def alike(lots: Iterable[Lot], on: dt.date) -> list[list[Lot]]:
    """The lots by what these rules can tell of them on a day: some hundreds of lots are of a few dozen kinds."""
    kinds: dict[Hashable, list[Lot]] = defaultdict(list)
    for lot in lots:
        in_time = lot.available_from <= on <= lot.last_day
        kinds[lot.contains, lot.unknown_contents, lot.needs, lot.channels, lot.infant_only, in_time].append(lot)
    return list(kinds.values())


def against(problem: Instance, kinds: Sequence[Sequence[Lot]] = ()) -> dict[str, int]:
    """By lot, the first of these rules that forbids it to the one visit of this problem.

    Its own lots are judged or, where they are known already, these `kinds` of lots.
    """
    (visit,) = problem.visits
    kinds = kinds or alike(problem.lots, visit.date)
    one_of_each = tuple(lots[0] for lots in kinds)
    plan = Plan(problem.name, give=tuple(Give(visit.id, lot.id, 1) for lot in one_of_each))
    first: dict[str, int] = {}
    for broken in check(replace(problem, lots=one_of_each), plan, OF_THE_LOT):
        first.setdefault(broken.ids[-1], broken.rule)
    return {lot.id: first[lots[0].id] for lots in kinds if lots[0].id in first for lot in lots}


def kind_of(problem: Instance) -> Hashable:
    """What tells the visits of one day apart for these rules: those of one kind need not be judged twice."""
    (household,), (visit,) = problem.households, problem.visits
    return household.excludes, household.lacks, household.infant, visit.channel


class Room:
    """The basket `base` of the one visit of a problem, and what may come on top of it."""

    def __init__(self, problem: Instance, base: Plan, forbidden: Mapping[str, int]) -> None:
        (self.visit,) = problem.visits
        self.units = {give.lot: give.units for give in base.give}
        self.basket = [(problem.lot_by_id[lot], units) for lot, units in self.units.items()]
        self.forbidden = forbidden
        self.grams = sum(lot.unit_grams * units for lot, units in self.basket)
        self.cents = sum(lot.price_cents * units for lot, units in self.basket)
        self.of_group: dict[str, int] = defaultdict(int)
        for lot, units in self.basket:
            self.of_group[lot.group] += lot.unit_grams * units

    def takes(self, lot: Lot, more: int) -> bool:
        """So many portions on top break no rule that holds, and none by more: what is in the basket may stay in it."""
        there = self.units.get(lot.id, 0)
        if not there and lot.id in self.forbidden:
            return False
        if there + more > min(lot.units, lot.max_per_visit):
            return False
        return self._carried(lot, more) and self._paid(lot, more) and self._eaten_in_time(lot, more)

    def _carried(self, lot: Lot, more: int) -> bool:
        grams = more * lot.unit_grams
        of_group = self.of_group.get(lot.group, 0)
        return self.grams + grams <= self.visit.max_grams and of_group + grams <= self.visit.cap.get(lot.group, 0)

    def _paid(self, lot: Lot, more: int) -> bool:
        cents, budget = more * lot.price_cents, self.visit.budget_cents
        return budget is None or not cents or self.cents + cents <= budget

    def _eaten_in_time(self, lot: Lot, more: int) -> bool:
        """Of a group, less than a day's eating and one portion is too much on any day from this lot's last one on."""
        if not lot.use_by:
            return True
        group = [(other, units) for other, units in self.basket if other.group == lot.group] + [(lot, more)]
        soon = [(other.last_day, units * other.unit_grams) for other, units in group if other.use_by]
        largest = max(other.unit_grams for other, _ in group)
        per_day = self.visit.eat_per_day.get(lot.group, 0)
        return all(
            sum(grams for last, grams in soon if last <= day) < per_day * ((day - self.visit.date).days + 1) + largest
            for day in {day for day, _ in soon if day >= lot.last_day}
        )
