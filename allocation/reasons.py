"""Why a line is in a plan: a short code for programs, a sentence for people.

The codes are told in the order in which they are tried: the first that is true of a line is its reason.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from allocation.arrays import Arrays, Floats
from allocation.problem import Give, Instance, Plan, Why
from common.words import N_, Share

PINNED = "PINNED"
ONLY_TAKER = "ONLY_TAKER"
LAST_DAY_NEAR = "LAST_DAY_NEAR"
WORST_OFF = "WORST_OFF"
FILLS_GROUP = "FILLS_GROUP"
BALANCES = "BALANCES"

SENTENCES = {
    PINNED: N_("Fixed by hand."),
    ONLY_TAKER: N_("Nobody else who comes before its last day can be given this."),
    LAST_DAY_NEAR: N_("It would be lost otherwise. %(group)s: %(share)s of the need with this."),
    WORST_OFF: N_(
        "Among those that get least of what they could: %(relative)s. %(group)s: %(share)s of the need with this."
    ),
    FILLS_GROUP: N_("%(group)s: %(share)s of the need, mostly by this."),
    BALANCES: N_("%(group)s: %(share)s of the need with this."),
}
"""The sentence of each code; its holes are `facts`."""


def facts(instance: Instance, plan: Plan, relative: Mapping[str, float]) -> dict[tuple[str, str], dict[str, object]]:
    """What fills the holes of the sentence of each line: its group (by id), the share of the need of it
    that the basket covers, and how far the household is covered in the end."""
    grams: dict[tuple[str, str], int] = defaultdict(int)
    for line in plan.give:
        lot = instance.lot_by_id[line.lot]
        grams[line.visit, lot.group] += lot.unit_grams * line.units
    told = {}
    for line in plan.give:
        visit, lot = instance.visit_by_id[line.visit], instance.lot_by_id[line.lot]
        need = visit.need.get(lot.group, 0)
        told[line.visit, line.lot] = {
            "group": lot.group,
            "share": Share(min(1.0, grams[visit.id, lot.group] / need) if need else 1.0),
            "relative": Share(relative.get(visit.household, 1.0)),
        }
    return told


LITTLE = 0.5
"""A line that makes more than this share of what is given of its group fills the group."""

LOW = 0.10
"""The share of households, from the bottom, that count as worst off."""


def explain(arrays: Arrays, give: tuple[Give, ...], relative: Floats) -> tuple[Why, ...]:
    """The reason of each line, given how far each household is covered in the end."""
    instance = arrays.instance
    pinned = {(p.visit, p.lot) for p in instance.pins}
    takers = _takers(arrays)
    comes = arrays.last_need[1]
    low = float(np.quantile(relative[comes], LOW)) if comes.any() else 0.0
    worst_off = {h.id for h, r, c in zip(instance.households, relative, comes, strict=True) if c and r <= low}
    of_group = _grams_of_group(arrays, give)

    def codes(line: Give) -> Iterator[str]:
        visit, lot = instance.visit_by_id[line.visit], instance.lot_by_id[line.lot]
        if (line.visit, line.lot) in pinned:
            yield PINNED
        if len(takers[lot.id]) == 1:
            yield ONLY_TAKER
        if lot.last_day <= instance.ends:
            yield LAST_DAY_NEAR
        if visit.household in worst_off:
            yield WORST_OFF
        if line.units * lot.unit_grams > LITTLE * of_group[visit.id, lot.group]:
            yield FILLS_GROUP
        yield BALANCES

    return tuple(Why(line.visit, line.lot, next(codes(line))) for line in give)


def _takers(arrays: Arrays) -> dict[str, set[int]]:
    """The households each lot may be given to."""
    takers: dict[str, set[int]] = defaultdict(set)
    of_kind: dict[int, set[int]] = defaultdict(set)
    for kind, household in zip(arrays.kind.tolist(), arrays.household.tolist(), strict=True):
        of_kind[kind].add(household)
    for kind, sources in enumerate(arrays.sources_of_kind):
        for lot in set(arrays.sources.lot[sources].tolist()):
            takers[arrays.instance.lots[lot].id] |= of_kind[kind]
    return takers


def _grams_of_group(arrays: Arrays, give: tuple[Give, ...]) -> dict[tuple[str, str], int]:
    grams: dict[tuple[str, str], int] = defaultdict(int)
    for line in give:
        lot = arrays.instance.lot_by_id[line.lot]
        grams[line.visit, lot.group] += lot.unit_grams * line.units
    return grams
