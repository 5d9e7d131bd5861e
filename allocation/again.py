"""A proposal made again the same day: what was proven, what holds already, and how little has to change. Pure."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.check import check
from allocation.coming import (
    NOTHING_TO_COME,
    Announced,
    IfItComes,
    ToCome,
    counting_on,
    if_it_comes,
    of_what_is_there,
)
from allocation.figures import figures, figures_of
from allocation.hand import Hand
from allocation.how_good import FINISHED
from allocation.problem import Bounds, Instance, Plan
from allocation.solve import Progress, bounds_of, solve
from allocation.steady import as_good, explained, shifted, steady, the_better

MUCH = 0.2
"""Of the lines of a plan: where more have to go, baskets are thought of anew."""


class Before(Struct, frozen=True):
    """The proposal a new one starts from."""

    instance: Instance
    plan: Plan
    hand: Hand = Hand()
    announced: tuple[Announced, ...] = ()
    """What it counted on that was not there yet."""
    if_it_comes: IfItComes | None = None


class Made(Struct, frozen=True):
    """A plan of what is there, and what it is worth with what it counts on; None where nothing is announced."""

    plan: Plan
    if_it_comes: IfItComes | None = None


def plan_again(
    before: Before | None,
    instance: Instance,
    hand: Hand,
    *,
    coming: ToCome = NOTHING_TO_COME,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Made:
    """A plan with its bounds, from the proposal before where there is one, counting on what is `coming`.

    No more changes than has to, where that serves nearly as well: such a plan keeps to what the one before counted on.
    Where nothing was decided and nothing moved, all of it stays unless a clearly better plan is found.
    """
    start = before if before and not much_goes(before, instance) else None
    same = start if start and start.announced == coming.announced else None
    if same and holds_already(same, instance, hand):
        return Made(explained(instance, same.plan, same.plan.bounds), same.if_it_comes)
    known = start.plan.bounds if start and still_proven(start.instance, instance) else None
    if same and instance != same.instance and may_be_steady(same, instance, hand):
        search = partial(steady, effort=effort, progress=progress, stop=stop)
        return _steadily(same, instance, coming, known, search, partial(bounds_of, instance, stop=stop))
    lines = start.plan if start else None
    search = partial(solve, effort=effort, seconds=hand.max_seconds, start=lines, progress=progress, stop=stop)
    if coming.lots:
        prove = partial(bounds_of, instance, hand.max_seconds, stop)
        made = _counting_on(coming, instance, search, known, prove)
    else:
        plan = search(instance, bounds=known is None)
        made = Made(plan if known is None else replace(plan, bounds=known))
    if same and instance == same.instance and the_better(instance, same.plan, made.plan) is same.plan:
        return Made(explained(instance, same.plan, made.plan.bounds), same.if_it_comes)
    return made


def _steadily(
    before: Before,
    instance: Instance,
    coming: ToCome,
    known: Bounds | None,
    search: Callable[..., Plan],
    prove: Callable[[], Bounds],
) -> Made:
    """The plan with little changed where that is enough, with what is proven now, counting on the same as before."""
    worth, arrays = figures(before.instance, before.plan), Arrays(instance)
    with ThreadPoolExecutor(1) as beside:
        proof = beside.submit(prove) if known is None else None

        def enough(plan: Plan, part: float) -> bool:
            aim = shifted(worth, before.plan.bounds, proof.result()) if proof else worth
            return as_good(instance.policy, aim, figures_of(arrays, of_what_is_there(plan, instance)), part)

        then, now = (counting_on(problem, coming) for problem in (before.instance, instance))
        whole = search(then, before.plan, now, enough)
        plan = of_what_is_there(whole, instance)
        bounds = proof.result() if proof else known or Bounds()
    return Made(explained(instance, plan, bounds), if_it_comes(now, whole) if coming.lots else None)


def _counting_on(
    coming: ToCome,
    instance: Instance,
    search: Callable[..., Plan],
    known: Bounds | None,
    prove: Callable[[], Bounds],
) -> Made:
    """A plan made as if what is announced stood there, kept without it, and held against what is there."""
    with ThreadPoolExecutor(1) as beside:
        proof = None if known else beside.submit(prove)
        counted = counting_on(instance, coming)
        made = search(counted, bounds=False)
        bounds = known or (proof.result() if proof else Bounds())
    # Without bounds nothing is known of the plan, and its status says only how the search ended.
    ended = made.solver.status.replace(FINISHED, "")
    plan = explained(instance, of_what_is_there(made, instance), bounds, ended)
    return Made(plan, if_it_comes(counted, made))


def may_be_steady(before: Before, now: Instance, hand: Hand) -> bool:
    """Not where baskets are packed in series, nor in a hurry."""
    in_series = before.instance.most_baskets is not None or now.most_baskets is not None
    return not (in_series or hand.max_seconds is not None)


def much_goes(before: Before, now: Instance) -> bool:
    """Whether so many lots have to leave baskets that what is left would be a bad start."""
    lots = Counter(give.visit for give in before.plan.give)
    over = sum(max(0, lots[visit.id] - visit.max_lines) for visit in now.visits)
    return over > MUCH * len(before.plan.give)


def still_proven(before: Instance, now: Instance) -> bool:
    """Whether what was proven of one instance holds of the other: the same, with as many lines fixed or left out
    or more, and no more lots in a basket. All these only take plans away, and a lot to use first changes no rule and
    no figure."""
    fixed, banned, lines = {*before.pins}, {*before.bans}, {v.id: v.max_lines for v in before.visits}
    more = fixed <= {*now.pins} and banned <= {*now.bans}
    return more and _bare(before) == _bare(now) and all(v.max_lines <= lines[v.id] for v in now.visits)


def holds_already(before: Before, now: Instance, hand: Hand) -> bool:
    """Whether all she decided since is that lines stay as they are, or that what is in no basket stays out: then
    nothing has to change, and nothing does. Who decides nothing and asks again wants a search."""
    lines_apart = replace(hand, pins=before.hand.pins, bans=before.hand.bans)
    return hand != before.hand == lines_apart and still_proven(before.instance, now) and not check(now, before.plan)


def _bare(instance: Instance) -> Instance:
    lots = tuple(replace(lot, first=False) for lot in instance.lots)
    visits = tuple(replace(visit, max_lines=0) for visit in instance.visits)
    return replace(instance, pins=(), bans=(), lots=lots, visits=visits, most_baskets=None)
