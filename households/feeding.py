"""How much food of each group a household can usefully receive at its coming visits, in grams.

A home is a store that empties: it eats a group at a steady pace, keeps it for `keep_days` at most, and at a
visit there is room for what is missing. What it received before the planning day is still partly there, so
a single person gets a litre of oil once in a while rather than never, and not every week either.

    pace      = need a day; faster, up to what can be eaten a day, where food will not keep until the next visit
    full      = pace × keep_days
    room      = full − what is left of earlier receipts        (never below 0, never above full)
    need(v)   = room at the first visit, then, visit by visit, what was eaten since the one before
    cap(v)    = the same for a home that may hold and eat `cap_factor` times as much, and always one whole pack

`need` and `cap` are cumulative over the visits, as the contract of the allocation wants them. Inside, amounts
are whole milligrams, so that every rule below holds exactly; grams are rounded down at the very end.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise

from msgspec import Struct

from common.errors import Refusal
from common.words import N_, Grams


class BadGroupFacts(Refusal):
    """Facts of a food group that contradict each other."""

    message = N_(
        "Food group “%(group)s”: expected need ≤ eatable a day, at least 1 day of keeping and a cap factor"
        " from 1 in hundredths; got need %(need)s, eatable %(eat)s, %(days)s days, factor %(factor)s."
    )


class BadReceipt(Refusal):
    """Food that was received after the visits it should count for, or less than nothing of it."""

    message = N_("%(grams)s of “%(group)s” received on %(on)s cannot count before a visit on %(visit)s.")


class BadPeriod(Refusal):
    """A rhythm of visits that cannot be."""

    message = N_("Days between two visits: expected 1 or more, got %(got)s.")


class GroupFacts(Struct, frozen=True):
    """What is known of a food group; grams are per adult equivalent."""

    id: str
    need_grams_per_day: int
    """What food aid should bring a day, on average."""
    eat_grams_per_day: int
    """What can be eaten a day when it has to be."""
    keep_days: int
    """How long a home can keep it."""
    cap_factor: Decimal
    """How many times the need may be given when there is plenty."""
    pack_grams: int = 1000
    """A common large pack: a home without any may take one, however few its people."""

    def __post_init__(self) -> None:
        if (
            not 0 <= self.need_grams_per_day <= self.eat_grams_per_day
            or self.keep_days < 1
            or self.cap_factor < 1
            or self.cap_factor * 100 % 1
        ):
            raise BadGroupFacts(
                group=self.id,
                need=self.need_grams_per_day,
                eat=self.eat_grams_per_day,
                days=self.keep_days,
                factor=self.cap_factor,
            )


class Received(Struct, frozen=True):
    """What a household took home of a food group on one day."""

    group: str
    on: dt.date
    grams: int


class Ration(Struct, frozen=True):
    """What one visit can usefully bring; `need` and `cap` with all visits before it counted in."""

    date: dt.date
    need: dict[str, int]
    cap: dict[str, int]
    eat_per_day: dict[str, int]
    had: dict[str, int]
    """Grams still at home at the first of the visits, of what it usefully keeps: `need` is net of them."""


class Store(Struct, frozen=True):
    """How much of a food group a home can hold, and how fast it empties: milligrams, milligrams a day."""

    full: int
    pace: int

    def room(self, received: Sequence[tuple[dt.date, int]], on: dt.date) -> int:
        """What is missing on that day, after receipts in date order; what never fitted spoilt."""
        room, since = self.full, received[0][0] if received else on
        for day, amount in received:
            room = max(0, self.refill(room, (day - since).days) - amount)
            since = day
        return self.refill(room, (on - since).days)

    def refill(self, room: int, days: int) -> int:
        """The room after some days of eating."""
        return min(self.full, room + self.pace * days)

    def fills(self, received: Sequence[tuple[dt.date, int]], visits: Sequence[dt.date]) -> list[int]:
        """What fits in at each visit in turn when every visit fills the store, added up."""
        later = (self.refill(0, (after - before).days) for before, after in pairwise(visits))
        return list(accumulate([self.room(received, visits[0]), *later]))


def rations(
    adult_equivalents: Decimal,
    groups: Sequence[GroupFacts],
    visits: Iterable[dt.date],
    received: Iterable[Received] = (),
    *,
    period_days: int,
) -> tuple[Ration, ...]:
    """A ration for each visit in date order, net of what was received up to the first of them.

    `period_days` is the household's usual time between two visits: a basket has to last so long.
    """
    if period_days < 1:
        raise BadPeriod(got=period_days)
    dates = sorted(visits)
    if not dates:
        return ()
    taken = _by_group(received, dates[0])
    size = int(adult_equivalents * 100)
    need = {g.id: eaten_store(g, size, period_days).fills(taken[g.id], dates) for g in groups}
    cap = {g.id: largest_store(g, size, period_days).fills(taken[g.id], dates) for g in groups}
    eat = {g.id: (size * g.eat_grams_per_day + 50) // 100 for g in groups}
    full = {g.id: eaten_store(g, size, period_days).full for g in groups}
    had = {group: (full[group] - room) // 1000 for group, (room, *_) in need.items()}
    return tuple(Ration(date, _grams(need, i), _grams(cap, i), dict(eat), dict(had)) for i, date in enumerate(dates))


def eaten_store(group: GroupFacts, size: int, period_days: int) -> Store:
    """What a home of this size (hundredths of an adult equivalent) usefully keeps of the group.

    Food that keeps less long than the basket must last is eaten faster, but no faster than people can.
    """
    a_day = size * group.need_grams_per_day * 10
    in_time = a_day * max(period_days, group.keep_days) // group.keep_days
    pace = min(in_time, size * group.eat_grams_per_day * 10)
    return Store(full=pace * group.keep_days, pace=pace)


def largest_store(group: GroupFacts, size: int, period_days: int) -> Store:
    """The most that a home may ever hold of the group, and how fast it may go through it."""
    usual = eaten_store(group, size, period_days)
    pace = usual.pace * int(group.cap_factor * 100) // 100
    return Store(full=max(pace * group.keep_days, group.pack_grams * 1000), pace=pace)


def _by_group(received: Iterable[Received], first_visit: dt.date) -> dict[str, list[tuple[dt.date, int]]]:
    taken: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for receipt in sorted(received, key=lambda r: r.on):
        if receipt.on > first_visit or receipt.grams < 0:
            raise BadReceipt(group=receipt.group, grams=Grams(receipt.grams), on=receipt.on, visit=first_visit)
        taken[receipt.group].append((receipt.on, receipt.grams * 1000))
    return taken


def _grams(milligrams: dict[str, list[int]], visit: int) -> dict[str, int]:
    return {group: amounts[visit] // 1000 for group, amounts in milligrams.items()}
