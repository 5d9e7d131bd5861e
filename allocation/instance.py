"""Builds the problem from plain values: who is expected, what is free, what the partners voted. Pure."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from allocation.entitled import MONTH, visits_to_come
from allocation.problem import Group, Household, Instance, Lot, Policy, Visit
from common.words import N_
from households.feeding import GroupFacts, Ration, Received, rations
from network.figures import Figure


class WeighedGroup(Struct, frozen=True):
    """A food group with its share of the balance (0 where it does not count) and how it is eaten."""

    facts: GroupFacts
    weight: float


class Expected(Struct, frozen=True):
    """One visit that is in the calendar."""

    basket: str
    site: str
    on: dt.date


class Guest(Struct, frozen=True):
    """A household that is expected, known by its card number."""

    card: str
    adult_equivalents: Decimal
    excludes: tuple[str, ...]
    lacks: tuple[str, ...]
    infant: bool
    carry_grams: int
    channel: str
    monthly_cents: int | None
    visits: tuple[Expected, ...]
    received: tuple[Received, ...]
    visits_per_month: int | None = None
    """How often they may come; None as often as the site opens."""
    left_cents: int | None = None
    """What is left of the month the plan is made in."""
    later: tuple[dt.date, ...] = ()
    """Days it is expected on besides, which these visits share the month with."""

    def lasts(self, period_days: int) -> int:
        """How long a basket has to last: longer than usual for who may come less often."""
        return max(period_days, MONTH // (self.visits_per_month or MONTH))


PERIOD_DAYS = Figure(
    "period_days",
    N_("How long a basket has to last"),
    N_("days"),
    7,
    1,
    31,
    N_("The usual time between two visits of a household: needs are counted for as long."),
)
HORIZON_DAYS = Figure(
    "horizon_days",
    N_("How far ahead baskets are planned"),
    N_("days"),
    14,
    1,
    28,
    N_("Sessions within these days share the food on the shelves; only the next one is confirmed."),
)
MOST_ALIKE = Figure(
    "most_alike",
    N_("Units of one lot in a basket, at most"),
    N_("units"),
    4,
    1,
    99,
    N_("Where the product sets no limit of its own."),
)
FIGURES = (PERIOD_DAYS, HORIZON_DAYS, MOST_ALIKE)


class Rules(Struct, frozen=True):
    """What the partners decide about plans, each a dated parameter."""

    policy: Policy = Policy()
    period_days: int = PERIOD_DAYS.usual
    """How long a basket has to last: the usual time between two visits."""
    horizon_days: int = HORIZON_DAYS.usual
    most_alike: int = MOST_ALIKE.usual
    """Units of one lot at one visit, where the product sets no limit of its own."""


def instance_of(
    name: str,
    today: dt.date,
    groups: Sequence[WeighedGroup],
    guests: Sequence[Guest],
    lots: Sequence[Lot],
    rules: Rules,
) -> Instance:
    """The problem of these guests and lots from today to the end of the horizon."""
    ends = today + dt.timedelta(days=rules.horizon_days - 1)
    of_guest = [_portions(guest, groups, rules) for guest in guests]
    sites = {lot.site for lot in lots} | {visit.site for guest in guests for visit in guest.visits}
    return Instance(
        name=name,
        today=today,
        ends=max([ends, *(visit.on for guest in guests for visit in guest.visits)]),
        groups=tuple(Group(g.facts.id, g.weight) for g in groups),
        sites=tuple(sorted(sites)),
        households=tuple(_household(guest, portions) for guest, portions in zip(guests, of_guest, strict=True)),
        visits=tuple(
            visit
            for guest, portions in zip(guests, of_guest, strict=True)
            for visit in _visits(guest, portions, rules, today)
        ),
        lots=tuple(lots),
        policy=rules.policy,
    )


def _portions(guest: Guest, groups: Sequence[WeighedGroup], rules: Rules) -> tuple[Ration, ...]:
    return rations(
        guest.adult_equivalents,
        [g.facts for g in groups],
        [visit.on for visit in guest.visits],
        guest.received,
        period_days=guest.lasts(rules.period_days),
    )


def _household(guest: Guest, portions: Sequence[Ration]) -> Household:
    return Household(
        id=guest.card,
        adult_equivalents=float(guest.adult_equivalents),
        excludes=guest.excludes,
        lacks=guest.lacks,
        infant=guest.infant,
        had={group: grams for portion in portions[:1] for group, grams in portion.had.items() if grams},
    )


def _visits(guest: Guest, portions: Sequence[Ration], rules: Rules, today: dt.date) -> list[Visit]:
    days = sorted(guest.visits, key=lambda v: v.on)
    return [
        _visit(guest, visit, ration, _budget(guest, visit.on, rules, today))
        for visit, ration in zip(days, portions, strict=True)
    ]


def _visit(guest: Guest, visit: Expected, ration: Ration, budget_cents: int | None) -> Visit:
    return Visit(
        id=visit.basket,
        household=guest.card,
        site=visit.site,
        date=visit.on,
        need=ration.need,
        cap=ration.cap,
        eat_per_day=ration.eat_per_day,
        max_grams=guest.carry_grams,
        channel=guest.channel,
        budget_cents=budget_cents,
    )


def _budget(guest: Guest, on: dt.date, rules: Rules, today: dt.date) -> int | None:
    """A visit's part of the month: what is left of it, or all of one to come, over the visits it is still for.

    So the visits of a month never spend more than there is, and the last of them may spend all that is left.
    """
    if guest.monthly_cents is None:
        return None
    running = (on.year, on.month) == (today.year, today.month)
    left = guest.left_cents if running and guest.left_cents is not None else guest.monthly_cents
    known = [*(visit.on for visit in guest.visits), *guest.later]
    since = today if running else on.replace(day=1)
    return left // visits_to_come(known, since, rules.period_days, guest.visits_per_month)
