"""A plan made again after one decision: what it has nothing to do with stays as people have seen it.

A search that starts from the plan before finds other ways of the same worth all over it: of a shop's 6,300 lines, one
left out changed 97. So it is first looked for with all lines held but those of the baskets and of the lots that the
decision speaks of. Where that would cost more than half of what the partners let a goal give up, those served best may
give something up, too, if the decision speaks of a few; else all lines are looked at, each change very dear, and only
then as freely as in any search from a plan.
"""

from collections import Counter
from collections.abc import Callable, Collection
from functools import partial

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.beginning import Kept, Line
from allocation.check import check
from allocation.figures import Figures, figures
from allocation.how_good import gap, status, status_in_series
from allocation.problem import Bounds, Instance, Plan, Policy, Visit
from allocation.reasons import explain
from allocation.solve import Progress, solve

EFFORT = 0.3
"""Of the usual steps: little is free, or the plan is a good one already."""
FEW = 12
"""Visits that a decision may speak of so that some others are asked to give something up, rather than all."""
GIVING_UP = 12
"""Of those served best at a site, so many."""
DEAR = 400.0
"""What a line that stays is worth where all are looked at: ten times what it is in a search that keeps to a plan."""
PART, WHOLE = 0.5, 1.0
"""Of what a goal may give up, before others are asked and after: decision after decision must not drift far."""
LEAST_SLACK = 0.01


def steady(
    before: Instance,
    old: Plan,
    now: Instance,
    enough: Callable[[Plan, float], bool],
    *,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The plan with little changed, without bounds, where that is `enough`, else with more.

    It is asked of a plan and of the part of its slack which a goal may have given up.
    """
    search = partial(solve, now, effort=effort * EFFORT, bounds=False, progress=progress, stop=stop)
    free, astir = touched(before, old, now), stirred(before, old, now)
    plan = search(start=old, kept=Kept(held(now, old, free, astir)))
    if others := in_the_way(before, now, plan):
        plan = search(start=plan, kept=Kept(held(now, plan, free, astir | others)))
    if check(now, plan):
        return search(start=old)
    if enough(plan, PART):
        return plan
    if 0 < len(free) <= FEW:
        more = search(start=old, kept=Kept(held(now, old, free | served_best(before, old, free), astir)))
        if enough(more, WHOLE):
            return more
    plan = search(start=plan, kept=Kept(worth=DEAR))
    return plan if enough(plan, WHOLE) else the_better(now, plan, search(start=plan))


def held(now: Instance, old: Plan, free: Collection[str], astir: Collection[str]) -> frozenset[Line]:
    """The lines before of visits that are not free and of lots that are not astir.

    Nor is anything held that has to be eaten soon where such a lot of its group is in the basket: how much of it there
    may be leans on the largest unit.
    """
    lots = now.lot_by_id
    leaning = {(g.visit, lots[g.lot].group) for g in old.give if g.lot in lots and g.lot in astir}
    said = {(ban.visit, ban.lot) for ban in now.bans}
    return frozenset(
        (g.visit, g.lot)
        for g in old.give
        if g.lot in lots and g.visit not in free and g.lot not in astir and (g.visit, g.lot) not in said
        if not (lots[g.lot].use_by and (g.visit, lots[g.lot].group) in leaning)
    )


def touched(before: Instance, old: Plan, now: Instance) -> set[str]:
    """The visits of households whose visits or lines differ, and those with more lots than they may have now, or that
    had as many as they might and may have more."""
    visits = before.visit_by_id | now.visit_by_id
    lines = {*before.pins} ^ {*now.pins} | {*before.bans} ^ {*now.bans}
    differ = {v for v in visits if _bare(before.visit_by_id.get(v)) != _bare(now.visit_by_id.get(v))}
    who = {visits[v].household for v in {*differ, *(line.visit for line in lines)} if v in visits}
    lots = Counter(give.visit for give in old.give)
    bound = {v.id for v in now.visits if lots[v.id] > v.max_lines or _full(before, lots, v)}
    return bound | {name for name, visit in visits.items() if visit.household in who}


def _full(before: Instance, lots: Counter[str], visit: Visit) -> bool:
    """Whether the basket had as many lots as it might, and may have more now."""
    then = before.visit_by_id.get(visit.id, visit).max_lines
    return then < visit.max_lines and lots[visit.id] >= then


def stirred(before: Instance, old: Plan, now: Instance) -> set[str]:
    """Lots of which there is too little now, or more than before, and those that are to be used first now."""
    lines = {(g.visit, g.lot): g.units for g in old.give if g.visit in now.visit_by_id}
    taken: Counter[str] = Counter()
    for (_, lot), units in (lines | {(pin.visit, pin.lot): pin.units for pin in now.pins}).items():
        taken[lot] += units
    then = before.lot_by_id
    more = {x.id for x in now.lots if x.id not in then or x.units > then[x.id].units}
    less = {x.id for x in now.lots if taken[x.id] > x.units} | (then.keys() - now.lot_by_id.keys())
    return more | less | first_now(before, now)


def first_now(before: Instance, now: Instance) -> set[str]:
    """Lots to be used first that were not before."""
    return {x.id for x in now.lots if x.first} - {x.id for x in before.lots if x.first}


def in_the_way(before: Instance, now: Instance, plan: Plan) -> set[str]:
    """Lots of a group of which something is left that is to be used first now."""
    given: Counter[str] = Counter()
    for line in plan.give:
        given[line.lot] += line.units
    left = {x.group for x in now.lots if x.id in first_now(before, now) and given[x.id] < x.units}
    return {x.id for x in now.lots if x.group in left}


def served_best(instance: Instance, plan: Plan, beside: set[str]) -> set[str]:
    """The visits of those served best at the sites of some others, a few of each."""
    relative = figures(instance, plan).relative
    best: set[str] = set()
    for site in {v.site for v in instance.visits if v.id in beside}:
        here = {v.household for v in instance.visits if v.site == site} & relative.keys()
        best |= set(sorted(here, key=lambda who: (-relative[who], who))[:GIVING_UP])
    return {v.id for v in instance.visits if v.household in best}


def as_good(policy: Policy, old: Figures, new: Figures, part: float = PART) -> bool:
    """Whether no goal gave up more than a part of what it may."""
    given_up = {
        "waste": (new.waste_kg - old.waste_kg) / max(old.waste_kg, 1.0),
        "floor": 1 - new.floor / max(old.floor, LEAST_SLACK),
        "mean": 1 - new.mean / max(old.mean, LEAST_SLACK),
    }
    return all(given_up.get(g.goal, 0.0) <= part * max(g.slack, LEAST_SLACK) for g in policy.levels)


def shifted(worth: Figures, before: Bounds, now: Bounds) -> Figures:
    """Figures as far from what is possible now as they were from what was possible before, where both are proven."""

    def moved(value: float, one: float | None, other: float | None) -> float:
        return value if one is None or other is None else value + other - one

    return replace(
        worth,
        waste_kg=moved(worth.waste_kg, before.waste_kg, now.waste_kg),
        floor=moved(worth.floor, before.floor, now.floor),
        mean=moved(worth.mean, before.mean, now.mean),
    )


def the_better(instance: Instance, seen: Plan, found: Plan) -> Plan:
    """What was found only where it is clearly better: nothing is lost by it that counts, and something without it."""
    old, new = (figures(instance, plan) for plan in (seen, found))
    return found if as_good(instance.policy, old, new) and not as_good(instance.policy, new, old) else seen


def explained(instance: Instance, plan: Plan, bounds: Bounds, ended: str = "") -> Plan:
    """The plan as one of this problem: its lines with the reasons they have now, how good it is known to be.

    `ended` says what cut its search short, if anything did.
    """
    worth = figures(instance, plan)
    relative = np.array([worth.relative.get(household.id, 1.0) for household in instance.households])
    said = status if instance.most_baskets is None else status_in_series
    known = said(gap(bounds, worth.waste_kg, worth.floor, worth.mean), ended)
    return replace(
        plan,
        bounds=bounds,
        solver=replace(plan.solver, status=known),
        why=explain(Arrays(instance), plan.give, relative),
    )


def _bare(visit: Visit | None) -> Visit | None:
    return visit and replace(visit, max_lines=0)
