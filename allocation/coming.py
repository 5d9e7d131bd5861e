"""What is announced, as lots that are not there yet: a plan is made with them and kept without them. Pure."""

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from allocation.figures import figures
from allocation.forecast import typical
from allocation.problem import Instance, Lot, Plan

UNIT_GRAMS = 500
"""Of goods of which nothing has come before."""
NO_LIMIT = 1_000_000
"""Units at one visit: what is announced as one group comes as several lots, each with a limit of its own."""
INFANTS = "infant"


class Announced(Struct, frozen=True):
    """So much of a food group, said to be on the shelves of a site from a day on."""

    id: int
    on: dt.date
    group: str
    grams: int


class ToCome(Struct, frozen=True):
    """What a plan counts on that is not there yet, as people said it and as the planner sees it."""

    announced: tuple[Announced, ...] = ()
    lots: tuple[Lot, ...] = ()


NOTHING_TO_COME = ToCome()


class IfItComes(Struct, frozen=True):
    """What a plan is worth to people if what is announced comes and is shared as it was thought."""

    floor: float
    mean: float


def to_come(
    announced: Iterable[Announced], site: str, instance: Instance, seen: Iterable[Lot], after: dt.date
) -> ToCome:
    """What of it counts in this problem: after that day and to the end of the horizon, a whole unit at least.

    The day is that of the session whose baskets are made: with what comes by then they would be left thinner, since it
    is taken out of them. Each lot is like what was seen of its group, and keeps beyond the horizon: what did
    not come is not lost.
    """
    of_group: Mapping[str, list[Lot]] = defaultdict(list)
    for lot in seen:
        of_group[lot.group].append(lot)
    groups, beyond = {group.id for group in instance.groups}, instance.ends + dt.timedelta(days=1)
    smallest = _smallest(instance)

    def like(group: str) -> Lot:
        return _no_larger(usual(group, of_group[group]), smallest.get(group))

    counted = [
        (one, lot)
        for one in announced
        if one.group in groups and after < one.on <= instance.ends
        if (lot := _lot(one, like(one.group), site, beyond)).units
    ]
    return ToCome(tuple(one for one, _ in counted), tuple(lot for _, lot in counted))


def usual(group: str, seen: Sequence[Lot]) -> Lot:
    """A lot like those seen of this group; half a kilogram a unit, for everybody, where none was."""
    if not seen:
        day = dt.date.min
        return Lot("", "", "", group, UNIT_GRAMS, 0, day, day, infant_only=group == INFANTS)
    middle = typical(seen)
    dearest_first = sorted(seen, key=lambda lot: -lot.price_cents / lot.unit_grams)
    usual_price = dearest_first[len(seen) // 2]
    return replace(
        middle,
        contains=_in_half(lot.contains for lot in seen),
        unknown_contents=2 * sum(lot.unknown_contents for lot in seen) >= len(seen),
        needs=_in_half(lot.needs for lot in seen),
        channels=_in_half(lot.channels for lot in seen),
        price_cents=in_units_of(usual_price, middle.unit_grams).price_cents,
        max_per_visit=NO_LIMIT,
        acceptance=statistics.fmean(lot.acceptance for lot in seen),
    )


def in_units_of(lot: Lot, grams: int) -> Lot:
    """The same goods in such units; what one costs is rounded up."""
    return replace(lot, unit_grams=grams, price_cents=-(-lot.price_cents * grams // lot.unit_grams))


def counting_on(instance: Instance, coming: ToCome) -> Instance:
    """The problem with what is announced standing on its shelves from its day on."""
    return replace(instance, lots=(*instance.lots, *coming.lots))


def if_it_comes(counted: Instance, plan: Plan) -> IfItComes:
    """The worth of a plan with all its lines, for the problem as `counting_on` makes it."""
    worth = figures(counted, plan)
    return IfItComes(worth.floor, worth.mean)


def of_what_is_there(plan: Plan, instance: Instance) -> Plan:
    """The plan without the lines of lots that the problem does not know: nobody is promised what has not come."""
    return replace(
        plan,
        give=tuple(give for give in plan.give if give.lot in instance.lot_by_id),
        move=tuple(move for move in plan.move if move.lot in instance.lot_by_id),
        why=tuple(why for why in plan.why if why.lot in instance.lot_by_id),
    )


def _smallest(instance: Instance) -> dict[str, int]:
    """The smallest unit of each group that must be eaten by a date, on the shelves.

    A basket may hold what can be eaten by then and less than its largest unit more (rule 12). What is announced is no
    larger than any of them, so that a basket that is left without it is not left with too much.
    """
    units: dict[str, int] = {}
    for lot in instance.lots:
        if lot.use_by:
            units[lot.group] = min(lot.unit_grams, units.get(lot.group, lot.unit_grams))
    return units


def _no_larger(lot: Lot, grams: int | None) -> Lot:
    return lot if grams is None or lot.unit_grams <= grams else in_units_of(lot, grams)


def _lot(one: Announced, like: Lot, site: str, beyond: dt.date) -> Lot:
    keeps = like.last_day - like.available_from
    return replace(
        like,
        id=f"announced-{one.id}",
        product=f"announced-{one.id}",
        site=site,
        units=one.grams // like.unit_grams,
        available_from=one.on,
        last_day=max(one.on + keeps, beyond),
        first=False,
    )


def _in_half(of_lots: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What at least half of them have."""
    lots = list(of_lots)
    times = Counter(part for parts in lots for part in set(parts))
    return tuple(sorted(part for part, n in times.items() if 2 * n >= len(lots)))
