"""The manager's hand: what she decides about a session's baskets before the planner does. Pure.

Pins and bans speak of one line. The other wishes speak of a household that will not come, of food kept back for
emergencies, of a lot to use first, of how many lots a packer may have to fetch for one basket, of how many distinct
baskets a session may have. Her hand is kept
with each proposal and holds for the next one until she lifts it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from allocation.check import Broken, PinsBreakRule
from allocation.problem import Ban, Instance, Lot, Pin
from common.words import N_

Percent = Annotated[int, Meta(ge=0, le=50)]
Seconds = Annotated[int, Meta(ge=1, le=3600)]
FewLines = Annotated[int, Meta(ge=1, le=99)]
MOST_KINDS = 99
FewKinds = Annotated[int, Meta(ge=1, le=MOST_KINDS)]
Line = TypeVar("Line", Pin, Ban)


class Hand(Struct, frozen=True):
    """Everything she decided for one session."""

    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    absent: tuple[str, ...] = ()
    """Visits that will not take place, by the code of their basket."""
    first: tuple[str, ...] = ()
    """Lots to use first."""
    reserve_percent: Percent = 0
    """Kept back for emergencies: this share of each food group, of what keeps beyond the period planned."""
    max_lines: FewLines | None = None
    """Different lots in a basket, at most."""
    max_seconds: Seconds | None = None
    """To look for a better plan, at most; None for as long as it takes, which gives the same plan on every machine."""
    most_baskets: FewKinds | None = None
    """Distinct baskets, at most, where they are packed in series."""

    def fix(self, *pins: Pin) -> "Hand":
        """These lines as they are; the last word on a line counts."""
        said = {(p.visit, p.lot) for p in pins}
        return replace(self, pins=(*_others(self.pins, said), *pins), bans=_others(self.bans, said))

    def leave_out(self, *bans: Ban) -> "Hand":
        """Never these lots at these visits; the last word on a line counts."""
        said = {(b.visit, b.lot) for b in bans}
        return replace(self, pins=_others(self.pins, said), bans=(*_others(self.bans, said), *bans))

    def lift(self, visit: str, lot: str) -> "Hand":
        """The planner decides about this line again."""
        said = {(visit, lot)}
        return replace(self, pins=_others(self.pins, said), bans=_others(self.bans, said))

    def expect(self, visit: str, comes: bool) -> "Hand":
        others = tuple(v for v in self.absent if v != visit)
        return replace(self, absent=others if comes else (*others, visit))

    def use_first(self, lot: str, wanted: bool) -> "Hand":
        others = tuple(x for x in self.first if x != lot)
        return replace(self, first=(*others, lot) if wanted else others)


def apply(instance: Instance, hand: Hand) -> Instance:
    """The instance as the manager wants it planned; raises PinsBreakRule where a fixed line speaks of what has gone."""
    visits = tuple(
        v if hand.max_lines is None else replace(v, max_lines=hand.max_lines)
        for v in instance.visits
        if v.id not in hand.absent
    )
    kept = kept_back(instance.lots, instance.ends, hand.reserve_percent)
    lots = tuple(replace(x, units=x.units - kept.get(x.id, 0), first=x.id in hand.first) for x in instance.lots)
    coming, known = {v.id for v in visits}, {x.id for x in lots}
    pins = tuple(p for p in hand.pins if p.visit in coming)
    if gone := tuple(_gone(p) for p in pins if p.lot not in known):
        raise PinsBreakRule(gone)
    bans = tuple(b for b in hand.bans if b.visit in coming and b.lot in known)
    return replace(instance, visits=visits, lots=lots, pins=pins, bans=bans, most_baskets=hand.most_baskets)


def kept_back(lots: Sequence[Lot], ends: dt.date, percent: int) -> dict[str, int]:
    """Units of each lot kept back: of each group, the longest dates first, until the share is reached.

    Food that would be lost within the period is never kept back for an emergency that may not come.
    """
    of_group: dict[str, list[Lot]] = defaultdict(list)
    for lot in sorted(lots, key=lambda x: (x.last_day, x.id), reverse=True):
        if lot.last_day > ends:
            of_group[lot.group].append(lot)
    kept: dict[str, int] = {}
    for keeping in of_group.values():
        wanted = sum(x.unit_grams * x.units for x in keeping) * percent / 100
        for lot in keeping:
            if (units := min(lot.units, int(wanted // lot.unit_grams))) > 0:
                kept[lot.id] = units
                wanted -= units * lot.unit_grams
    return kept


def _others(lines: Iterable[Line], said: set[tuple[str, str]]) -> tuple[Line, ...]:
    return tuple(line for line in lines if (line.visit, line.lot) not in said)


def _gone(pin: Pin) -> Broken:
    message = N_("Lot %(lot)s is no longer on the shelves; fixed by hand for visit %(visit)s: %(fixed)s.")
    return Broken(7, message, {"lot": pin.lot, "fixed": pin.units, "visit": pin.visit}, (pin.visit, pin.lot))
