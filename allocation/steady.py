"""A plan made again after one decision: what it has nothing to do with stays as people have seen it.

A search that starts from the plan before finds other ways of the same worth all over it: of a shop's 6,300 lines, one
left out changed 97. So it is first looked for with everybody else's lines fixed, and free only what the decision speaks
of; then also with those who are served best, who can give something up; and with everything free only where both
would cost more than half of what the partners let a goal give up.
"""

from collections import Counter
from collections.abc import Callable, Collection

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.check import PinsBreakRule
from allocation.figures import Figures, figures
from allocation.how_good import gap, status, status_in_series
from allocation.problem import Bounds, Give, Instance, Pin, Plan, Policy
from allocation.reasons import explain
from allocation.solve import Progress, solve

EFFORT = 0.3
"""Of the usual steps: little is free."""
PROOF_ONLY = 0.01
GIVING_UP = 12
"""Of those served best, so many may be free, too."""
PART = 0.5
"""Of what a goal may give up: decision after decision must not drift far."""
LEAST_SLACK = 0.01


def steady(
    before: Instance,
    old: Plan,
    now: Instance,
    *,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan | None:
    """The plan with little changed, without bounds; None where little does not do."""
    worth, spoken_of = figures(before, old), touched(before, now)
    for free in (spoken_of, spoken_of | _served_best(worth)):
        try:
            plan = solve(
                frozen(now, old, free),
                effort=effort * EFFORT,
                bounds=False,
                start=old.give,
                progress=progress,
                stop=stop,
            )
        except PinsBreakRule:
            return None
        if as_good(now.policy, worth, figures(now, plan)):
            return plan
    return None


def touched(before: Instance, now: Instance) -> set[str]:
    """The households of the visits and lines that differ."""
    visits = before.visit_by_id | now.visit_by_id
    lines = {*before.pins} ^ {*now.pins} | {*before.bans} ^ {*now.bans}
    differ = {v for v in visits if before.visit_by_id.get(v) != now.visit_by_id.get(v)}
    return {visits[v].household for v in {*differ, *(line.visit for line in lines)} if v in visits}


def frozen(now: Instance, old: Plan, free: Collection[str]) -> Instance:
    """The problem with the lines of all other households fixed, but for lots of which there is no longer enough."""
    taken: Counter[str] = Counter()
    for give in old.give:
        taken[give.lot] += give.units
    there = {lot.id for lot in now.lots if taken[lot.id] <= lot.units}
    said = {(pin.visit, pin.lot) for pin in now.pins} | {(ban.visit, ban.lot) for ban in now.bans}
    held = (
        Pin(give.visit, give.lot, give.units)
        for give in old.give
        if give.lot in there and (give.visit, give.lot) not in said
        if (visit := now.visit_by_id.get(give.visit)) and visit.household not in free
    )
    return replace(now, pins=(*now.pins, *held))


def as_good(policy: Policy, old: Figures, new: Figures) -> bool:
    """Whether no goal gave up more than a part of what it may."""
    given_up = {
        "waste": new.waste_kg / max(old.waste_kg, 1.0) - old.waste_kg / max(old.waste_kg, 1.0),
        "floor": 1 - new.floor / max(old.floor, LEAST_SLACK),
        "mean": 1 - new.mean / max(old.mean, LEAST_SLACK),
    }
    return all(given_up.get(g.goal, 0.0) <= PART * max(g.slack, LEAST_SLACK) for g in policy.levels)


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


def proven(
    instance: Instance,
    start: tuple[Give, ...],
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bounds:
    """The bounds of the problem, as a search that hardly begins proves them on its side."""
    return solve(instance, effort=PROOF_ONLY, seconds=seconds, start=start, stop=stop).bounds


def _served_best(worth: Figures) -> set[str]:
    return set(sorted(worth.relative, key=lambda who: -worth.relative[who])[:GIVING_UP])
