"""Where each lot of a plan goes: to baskets of the session looked at, to later ones, or to nobody, and why. Pure."""

from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from allocation.problem import Instance, Plan
from allocation.why_not import Baskets, why_nobody


class Goes(Struct, frozen=True):
    """The units of one lot, each counted once."""

    lot: str
    here: dict[str, int]
    """By visit of the session looked at."""
    later: int
    left: int
    hindrances: tuple[tuple[str, int], ...]
    """Where units are left: how many households each thing that stands in the way concerns, most first."""
    perishes: bool
    """Its last day is within the days planned."""

    @property
    def units(self) -> int:
        return sum(self.here.values()) + self.later + self.left


def where_it_goes(instance: Instance, plan: Plan, visits: Collection[str]) -> list[Goes]:
    """Every lot of the problem, the shortest dates first; `visits` are those of the session looked at."""
    baskets = Baskets(instance, plan)
    here: dict[str, dict[str, int]] = defaultdict(dict)
    for give in plan.give:
        if give.visit in visits:
            here[give.lot][give.visit] = give.units
    return [
        Goes(
            lot=lot.id,
            here=here[lot.id],
            later=baskets.taken[lot.id] - sum(here[lot.id].values()),
            left=baskets.left(lot),
            hindrances=why_nobody(baskets, lot) if baskets.left(lot) else (),
            perishes=lot.last_day <= instance.ends,
        )
        for lot in sorted(instance.lots, key=lambda lot: (lot.last_day, lot.id))
    ]
