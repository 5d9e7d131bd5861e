"""What packing in few kinds of baskets costs, kind by kind more, so that a manager can choose how many."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.baselines import fefo_to_cap
from allocation.board import cards
from allocation.figures import figures_of
from allocation.hand import Hand
from allocation.problem import Bounds, Instance, Plan
from allocation.proposals import Measured, decided, start_for
from allocation.series import baskets_of, distinct, series
from allocation.solve import solve
from common.jobs import Work

KINDS = (1, 2, 3, 5, 8, 12, 20)
"""How many distinct baskets are tried; as many as there are households is the free plan."""


class Cost(Struct, frozen=True):
    """One number of distinct baskets, and what a plan with no more of them is worth."""

    kinds: int
    """At most; 0 without a limit."""
    packed: int
    """Distinct baskets of the session, each packed in a series or by itself."""
    alike: int
    """Baskets that are like another one."""
    lines: int
    """Lines to read, each distinct basket once."""
    figures: Measured
    without: int = 0
    """Households that come and get nothing: no basket of so few kinds suits them."""


class Choice(Struct, frozen=True):
    """The plan without a limit, then the others, the fewest kinds first."""

    baskets: int
    bounds: Bounds
    costs: tuple[Cost, ...]
    usual: Cost | None = None
    """First-expired-first-out on the same problem; what was worked out in an earlier version lacks it."""


def choice(
    instance: Instance,
    visits: Sequence[str],
    *,
    start: Plan | None = None,
    effort: float = 1.0,
    told: Callable[[float], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Choice:
    """What each number of kinds costs in a session with these visits. The plans are those `solve` would make."""
    from allocation.standard import Series

    free_of_limit = replace(instance, most_baskets=None)
    free = solve(free_of_limit, effort=effort, start=start, stop=stop)
    arrays, coming = Arrays(free_of_limit), set(visits)
    most = distinct(free_of_limit, free.give)
    tried = [kinds for kinds in KINDS if kinds < most]
    told(1 / (1 + len(tried)))
    costs = [_cost(arrays, free, 0, coming)]
    for kinds in tried:
        packed = Series(arrays, free, kinds)
        packed.run(effort, stop)
        costs.append(_cost(arrays, Plan(instance.name, *packed.lines()), kinds, coming))
        told(len(costs) / (1 + len(tried)))
    return Choice(len(coming), free.bounds, tuple(costs), _cost(arrays, fefo_to_cap(free_of_limit), 0, coming))


def _cost(arrays: Arrays, plan: Plan, kinds: int, visits: set[str]) -> Cost:
    baskets = {visit: basket for visit, basket in baskets_of(plan.give).items() if visit in visits}
    return Cost(
        kinds=kinds,
        packed=len(set(baskets.values())),
        alike=len(series(baskets)),
        lines=sum(map(len, set(baskets.values()))),
        figures=msgspec.convert(figures_of(arrays, plan), Measured, from_attributes=True),
        without=len(visits) - len(baskets),
    )


def compare_kinds(work: Work, effort: float = 1.0) -> dict[str, Any]:
    """The job behind the page: its payload names the session and what the manager decided so far."""
    hand = replace(msgspec.convert(work.payload["hand"], Hand), most_baskets=None)
    session_id = work.payload["session_id"]
    with work.database.reading() as session:
        instance = decided(session, session_id, work.stamp().on, hand)
        before = start_for(session, session_id, instance)
        visits = cards(session, session_id)
    told = choice(
        instance,
        [v for v in visits if v in instance.visit_by_id],
        start=before.plan if before else None,
        effort=effort,
        told=lambda share: work.tell(share=share),
        stop=work.cancelled,
    )
    return {"choice": msgspec.to_builtins(told)}
