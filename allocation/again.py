"""A proposal made again the same day: what was proven, what holds already, and how little has to change. Pure."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from allocation.check import check
from allocation.coming import NOTHING_TO_COME, Announced, ToCome, counting_on, of_what_is_there
from allocation.hand import Hand
from allocation.how_good import FINISHED
from allocation.problem import Bounds, Instance, Plan
from allocation.solve import Progress, solve
from allocation.steady import explained, proven, steady


class Before(Struct, frozen=True):
    """The proposal a new one starts from."""

    instance: Instance
    plan: Plan
    hand: Hand = Hand()
    announced: tuple[Announced, ...] = ()
    """What it counted on that was not there yet."""


def plan_again(
    before: Before | None,
    instance: Instance,
    hand: Hand,
    *,
    coming: ToCome = NOTHING_TO_COME,
    moved: bool = False,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """A plan with its bounds, from the proposal before where there is one, counting on what is `coming`.

    After a decision, or where lots `moved` meanwhile, no more changes than has to, where that serves nearly as well:
    such a plan keeps to what the one before counted on.
    """
    same_to_come = before is not None and before.announced == coming.announced
    if before and same_to_come and holds_already(before, instance, hand):
        return explained(instance, before.plan, before.plan.bounds)
    known = before.plan.bounds if before and still_proven(before.instance, instance) else None
    if before and same_to_come and (moved or hand != before.hand) and may_be_steady(before, instance, hand):
        with ThreadPoolExecutor(1) as beside:
            proof = None if known else beside.submit(proven, instance, before.plan.give)
            plan = steady(before.instance, before.plan, instance, effort=effort, progress=progress, stop=stop)
            known = proof.result() if proof else known
        if plan is not None and known is not None:
            return explained(instance, plan, known)
    start = before.plan.give if before else ()
    search = partial(solve, effort=effort, seconds=hand.max_seconds, start=start, progress=progress, stop=stop)
    if coming.lots:
        return _counting_on(coming, instance, search, known, partial(proven, instance, start, hand.max_seconds, stop))
    plan = search(instance, bounds=known is None)
    return plan if known is None else replace(plan, bounds=known)


def _counting_on(
    coming: ToCome,
    instance: Instance,
    search: Callable[..., Plan],
    known: Bounds | None,
    prove: Callable[[], Bounds],
) -> Plan:
    """A plan made as if what is announced stood there, kept without it, and held against what is there."""
    with ThreadPoolExecutor(1) as beside:
        proof = None if known else beside.submit(prove)
        made = search(counting_on(instance, coming), bounds=False)
        bounds = known or (proof.result() if proof else Bounds())
    # Without bounds nothing is known of the plan, and its status says only how the search ended.
    ended = made.solver.status.replace(FINISHED, "")
    return explained(instance, of_what_is_there(made, instance), bounds, ended)


def may_be_steady(before: Before, now: Instance, hand: Hand) -> bool:
    """Not where a lot is to go first or food is kept back, which speaks of everybody, nor in series, nor in a hurry."""
    in_series = before.instance.most_baskets is not None or now.most_baskets is not None
    of_all = hand.first != before.hand.first or hand.reserve_percent != before.hand.reserve_percent
    return not (of_all or in_series or hand.max_seconds is not None)


def still_proven(before: Instance, now: Instance) -> bool:
    """Whether what was proven of one instance holds of the other: the same, with as many lines fixed or left out
    or more. Pins and bans only take plans away, and a lot to use first changes no rule and no figure."""
    fixed, banned = {*before.pins}, {*before.bans}
    return fixed <= {*now.pins} and banned <= {*now.bans} and _bare(before) == _bare(now)


def holds_already(before: Before, now: Instance, hand: Hand) -> bool:
    """Whether all she decided since is that lines stay as they are, or that what is in no basket stays out: then
    nothing has to change, and nothing does. Who decides nothing and asks again wants a search."""
    lines_apart = replace(hand, pins=before.hand.pins, bans=before.hand.bans)
    return hand != before.hand == lines_apart and still_proven(before.instance, now) and not check(now, before.plan)


def _bare(instance: Instance) -> Instance:
    lots = tuple(replace(lot, first=False) for lot in instance.lots)
    return replace(instance, pins=(), bans=(), lots=lots, most_baskets=None)
