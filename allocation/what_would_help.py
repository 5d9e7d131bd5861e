"""What it would take to serve those served least better: of one food group, by weight and by what it would cost. Pure.

    grams(h, g) = (target - relative(h)) x reach(h) x need(h, g) / weight(g) / acceptance(g)

for every household h below the target, so that each of them reaches it with more of the group g alone. A group that one
of them has no need left of, or could not carry, does not do it. Measured by what each could get today: food that is
not on the shelves is not in its reach. Whether what came would suit a household, nobody knows before it is there.
"""

import statistics
from collections import defaultdict
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from allocation.arrays import Arrays, Flags, Floats, Ints
from allocation.figures import coverage, lines_of, per_visit, relative_coverage
from allocation.problem import Instance, Lot, Plan

POINT = 0.01
"""How much higher the worst-off are to stand."""
NEARLY = 1e-9


class Help(Struct, frozen=True):
    """What would lift those below the target with one food group alone."""

    group: str
    grams: int
    households: int
    cents: int
    """Of budget beyond what they have left; 0 where nothing is paid or enough is left."""


class WhatWouldHelp(Struct, frozen=True):
    floor: float
    target: float
    ways: tuple[Help, ...]
    """Least food first."""


def what_would_help(instance: Instance, plan: Plan, by: float = POINT) -> WhatWouldHelp:
    """The food groups that would each, alone, lift those served least by so much, or to all they could get."""
    arrays = Arrays(instance)
    visit, lot, units = lines_of(arrays, plan)
    grams = per_visit(arrays, visit, lot, (arrays.unit[lot] * units).astype(float))
    accepted = per_visit(arrays, visit, lot, arrays.acceptance[lot] * arrays.unit[lot] * units)
    counted = arrays.accumulate(accepted)
    relative = relative_coverage(arrays, coverage(arrays, accepted))
    need, comes = arrays.last_need
    floor = float(relative[comes].min(initial=1.0))
    target = min(1.0, floor + by)
    low = np.flatnonzero(comes & (relative < target - NEARLY))
    missing = (target - relative[low]) * arrays.reach[low]
    left = _left(arrays, grams, visit, arrays.price[lot] * units)
    usual = usual_goods(instance)
    ways = []
    for rank, group in enumerate(arrays.group_ids):
        if not (arrays.rate[low, rank] > 0).all() or not len(low):
            continue
        eaten = missing / arrays.rate[low, rank]
        given = eaten / usual[group].acceptance if group in usual else eaten
        short = need[low, rank] - counted[low, rank]
        if (eaten > 0).all() and (eaten <= short).all() and (given <= left.grams[low]).all():
            cents = given * usual[group].cents_per_gram if group in usual else 0 * given
            beyond = np.where(left.paying[low], np.maximum(0.0, cents - left.cents[low]), 0.0)
            ways.append(Help(group, round(float(given.sum())), len(low), round(float(beyond.sum()))))
    return WhatWouldHelp(floor, target, tuple(sorted(ways, key=lambda way: (way.grams, way.group))))


class Left(NamedTuple):
    """By household, over all its visits: what it could still carry and spend, and whether it pays."""

    grams: Floats
    cents: Floats
    paying: Flags


def _left(arrays: Arrays, grams: Floats, visit: Ints, cents: Ints) -> Left:
    spent = np.bincount(visit, weights=cents, minlength=len(arrays.visits))
    pays = np.array([v.budget_cents is not None for v in arrays.visits], dtype=bool)
    budget = np.array([v.budget_cents or 0 for v in arrays.visits], dtype=float)

    def summed(of_visits: Floats) -> Floats:
        by_household: Floats = np.bincount(
            arrays.household, weights=of_visits, minlength=len(arrays.instance.households)
        ).astype(float)
        return by_household

    return Left(
        summed(arrays.carry - grams.sum(axis=1)),
        summed(np.where(pays, budget - spent, 0.0)),
        summed(pays.astype(float)) > 0,
    )


class UsualGoods(NamedTuple):
    """Of a food group on the shelves: how much of it is eaten on average, and what a gram costs in the middle."""

    acceptance: float
    cents_per_gram: float


def usual_goods(instance: Instance) -> dict[str, UsualGoods]:
    """By group, for those that stand on the shelves."""
    lots: dict[str, list[Lot]] = defaultdict(list)
    for lot in instance.lots:
        lots[lot.group].append(lot)
    return {
        group: UsualGoods(
            max(0.01, statistics.mean(lot.acceptance for lot in there)),
            statistics.median(lot.price_cents / lot.unit_grams for lot in there),
        )
        for group, there in lots.items()
    }
