"""The waste report: what came in, what was eaten, left behind, lost, and what stands on the shelves.

Every figure is a sum over the ledger, so

    before + received + counted + moved = eaten + lost + on hand

holds to the gram for any period and scope. Grams are what movements weigh; cents are usual shop prices; a movement
that was undone counts for nothing, since its counter-movement is summed too.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.coverage import Coverage, coverage
from allocation.exits import EXIT_NAMES, REASON_NAMES, SAVED
from allocation.flows import Day, Flows, Sum, days_of, flows_of, standing_before, sum_by
from allocation.habit import Habit, habit
from allocation.impact import Factors, Impact
from allocation.left import Left, left_behind
from allocation.scope import Scope
from allocation.tables import DistributionSession, Visit
from common.words import N_, words
from stock.ledger import EATEN, LOST, Account
from stock.tables import Donor, Family, FoodGroup

CAUSE_NAMES = {
    "date": N_("Date passed"),
    "cold": N_("Cold chain broken"),
    "breakage": N_("Breakage"),
    "quality": N_("Quality"),
    "recall": N_("Product recall"),
    "unknown": N_("Unknown"),
    **{reason.value: name for reason, name in REASON_NAMES.items()},
}
"""Why food was lost: a cause of the stockroom, or the reason it was left behind for."""


class Row(Struct, frozen=True):
    """One line of a table of the report: a family, a donor, a cause…"""

    key: str
    name_fr: str
    name_en: str
    grams: int
    of_grams: int = 0
    """What `grams` is a part of: what came in of that family or from that donor."""


class FamilyRow(Struct, frozen=True):
    """One family of products over the period, in grams."""

    key: str
    name_fr: str
    name_en: str
    received: int
    eaten: int
    left: int
    lost: int


class Share(Struct, frozen=True):
    """What a food group weighs in what was distributed, beside its reference share."""

    group: str
    name_fr: str
    name_en: str
    grams: int
    share: float
    target: float


class Week(Struct, frozen=True):
    """The week that begins on this Monday, in grams."""

    monday: dt.date
    received: int
    eaten: int
    left: int
    lost: int


class Measure(Struct, frozen=True):
    """One headline figure in every unit, beside the period before."""

    key: str
    """`received`, `eaten`, `left_behind`, `lost` or `on_hand`."""
    grams: int
    cents: int
    meals: int
    co2e_kg: int
    grams_before: int | None
    """Over the period of the same length before this one; None for what is on hand."""


class WasteReport(Struct, frozen=True):
    """All the figures of a period, in grams unless their name says otherwise."""

    since: dt.date
    until: dt.date
    name_fr: str
    """What is looked at where it is not the whole network: a site or partner, a donor, a family."""
    name_en: str
    before: int
    received: int
    counted: int
    """Differences found by counting: more (+) or less (−) than was booked."""
    moved: int
    """In from other sites (+) or out to them (−); 0 for the whole network."""
    eaten: int
    given: int
    workshops: int
    partners: int
    lost: int
    on_hand: int
    left_behind: int
    left_saved: int
    measures: list[Measure]
    rescue_rate: float
    """Eaten over all that left: 1 when nothing was lost."""
    rescue_rate_before: float
    left_rate: float
    """Left behind over all that was offered to households."""
    causes: list[Row]
    reasons: list[Row]
    exits: list[Row]
    families: list[FamilyRow]
    """Most lost first."""
    donors: list[Row]
    weeks: list[Week]
    balance: list[Share]
    distance: float
    """From the reference shares: 0 where they are met, 1 where nothing of what was eaten should have been."""
    households_served: int
    visits_served: int
    visits_absent: int
    coverage: Coverage | None
    """None where nobody was served, where one donor or family alone is looked at, or goods alone."""
    habit: Habit | None
    """What the plans foresaw to lose, beside first expired, first out; None likewise."""
    impact: Impact


def waste_report(session: Session, seen: Scope, factors: Factors, *, fairness: bool = True) -> WasteReport:
    """The figures of a period, its first and last day included; without `fairness`, the sums of goods alone."""
    now, earlier = flows_of(session, seen)
    both = left_behind(session, seen)
    left = [part for part in both if part.on >= seen.since]
    lines = _Lines(session, now, left)
    served, visits = visits_of(session, seen)
    there = standing_before(session, seen)
    eaten, lost = now.into(EATEN), now.into(LOST)
    left_grams = _grams(left)
    measures = _measures(now, earlier, both, there, seen, factors)
    return WasteReport(
        since=seen.since,
        until=seen.until,
        name_fr=" · ".join(seen.names_fr),
        name_en=" · ".join(seen.names_en),
        before=there.grams,
        received=-now.into({Account.OUTSIDE}).grams,
        counted=-now.into({Account.COUNT}).grams,
        moved=now.moved_in(seen.sites).grams,
        eaten=eaten.grams,
        given=now.into({Account.GIVEN}).grams,
        workshops=now.into({Account.WORKSHOP}).grams,
        partners=now.into({Account.PARTNER}).grams,
        lost=lost.grams,
        on_hand=measures[-1].grams,
        left_behind=left_grams,
        left_saved=_grams(part for part in left if part.exit in SAVED),
        measures=measures,
        rescue_rate=_rescued(now),
        rescue_rate_before=_rescued(earlier),
        left_rate=_rate(left_grams, left_grams + now.into({Account.GIVEN}).grams),
        causes=_named(now.by(lambda f: f.reason, LOST), CAUSE_NAMES),
        reasons=_named(sum_by((part.reason, part.grams) for part in left), REASON_NAMES),
        exits=_named(sum_by((part.exit, part.grams) for part in left), EXIT_NAMES),
        families=lines.families(),
        donors=lines.donors(),
        weeks=_weeks(days_of(session, seen), left) if fairness else [],
        balance=(balance := lines.balance()),
        distance=_distance(balance),
        households_served=served,
        visits_served=visits.get("served", 0),
        visits_absent=visits.get("absent", 0),
        coverage=coverage(session, seen, lines.groups) if fairness and seen.of_all_goods else None,
        habit=habit(session, seen) if fairness and seen.of_all_goods else None,
        impact=factors.impact(eaten.grams, eaten.cents, lines.co2e_mg()),
    )


def _measures(
    now: Flows, earlier: Flows, left: Sequence[Left], there: Sum, seen: Scope, factors: Factors
) -> list[Measure]:
    """The headline figures in every unit; what is on hand is what was there and what came of it."""
    left_now = [part for part in left if part.on >= seen.since]
    left_sum = Sum(_grams(left_now), sum(part.cents for part in left_now))
    came, eaten, lost = now.into({Account.OUTSIDE}), now.into(EATEN), now.into(LOST)
    counted, moved = now.into({Account.COUNT}), now.moved_in(seen.sites)
    hand = Sum(
        there.grams - came.grams - counted.grams + moved.grams - eaten.grams - lost.grams,
        there.cents - came.cents - counted.cents + moved.cents - eaten.cents - lost.cents,
    )
    return [
        _measure("received", Sum(-came.grams, -came.cents), -earlier.into({Account.OUTSIDE}).grams, factors),
        _measure("eaten", eaten, earlier.into(EATEN).grams, factors),
        _measure("left_behind", left_sum, _grams(left) - left_sum.grams, factors),
        _measure("lost", lost, earlier.into(LOST).grams, factors),
        _measure("on_hand", hand, None, factors),
    ]


def _measure(key: str, total: Sum, before: int | None, factors: Factors) -> Measure:
    stands_for = factors.impact(total.grams, total.cents)
    return Measure(key, total.grams, total.cents, stands_for.meals, stands_for.co2e_kg, before)


def _grams(parts: Iterable[Left]) -> int:
    return sum(part.grams for part in parts)


def _rescued(flows: Flows) -> float:
    eaten = flows.into(EATEN).grams
    return _rate(eaten, eaten + flows.into(LOST).grams, empty=1.0)


def _rate(part: int, of_all: int, empty: float = 0.0) -> float:
    return part / of_all if of_all else empty


def visits_of(session: Session, seen: Scope) -> tuple[int, dict[str, int]]:
    """How many households were served, and how many visits were served or missed."""
    within = (DistributionSession.on >= seen.since, DistributionSession.on <= seen.until)
    by_state = select(Visit.state, func.count(), func.count(Visit.household_id.distinct())).join(DistributionSession)
    by_state = by_state.where(*within).group_by(Visit.state)
    if seen.sites is not None:
        by_state = by_state.where(DistributionSession.site_id.in_(seen.sites))
    rows = session.execute(by_state).all()
    return next((n for state, _, n in rows if state == "served"), 0), {state: n for state, n, _ in rows}


def _weeks(days: Iterable[Day], left: Iterable[Left]) -> list[Week]:
    sums: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day in days:
        week = sums[_monday(day.on)]
        week["received"] += day.received
        week["eaten"] += day.eaten
        week["lost"] += day.lost
    for part in left:
        sums[_monday(part.on)]["left"] += part.grams
    return [
        Week(monday, week["received"], week["eaten"], week["left"], week["lost"])
        for monday, week in sorted(sums.items())
    ]


def _monday(on: dt.date) -> dt.date:
    return on - dt.timedelta(days=on.weekday())


class _Lines:
    """The tables of the report, from reference rows that are read once."""

    def __init__(self, session: Session, flows: Flows, left: Iterable[Left]) -> None:
        self.flows, self.left = flows, left
        self.kinds = session.scalars(select(Family).order_by(Family.code)).all()
        self.groups = session.scalars(select(FoodGroup).order_by(FoodGroup.rank)).all()
        self.givers = {str(id_): name for id_, name in session.execute(select(Donor.id, Donor.name))}
        self.lost_of = flows.by(lambda f: f.family, LOST)
        self.eaten_of = flows.by(lambda f: f.family, EATEN)

    def co2e_mg(self) -> int:
        """What was eaten, by the factor of each family: grams x grams a kilogram are milligrams."""
        return sum(self.eaten_of.get(family.code, 0) * family.co2e_g_per_kg for family in self.kinds)

    def families(self) -> list[FamilyRow]:
        received = self.flows.by(lambda f: f.family, {Account.OUTSIDE})
        left_of = sum_by((part.family, part.grams) for part in self.left)
        rows = [
            FamilyRow(
                key=family.code,
                name_fr=family.name_fr,
                name_en=family.name_en,
                received=-received.get(family.code, 0),
                eaten=self.eaten_of.get(family.code, 0),
                left=left_of.get(family.code, 0),
                lost=self.lost_of.get(family.code, 0),
            )
            for family in self.kinds
        ]
        active = [row for row in rows if row.received or row.eaten or row.left or row.lost]
        return sorted(active, key=lambda row: (-row.lost, -row.received, row.key))

    def donors(self) -> list[Row]:
        """By what they gave, with what was lost of it."""
        lost = self.flows.by(lambda f: str(f.donor_id), LOST)
        received = self.flows.by(lambda f: str(f.donor_id), {Account.OUTSIDE})
        return [
            Row(donor, self.givers[donor], self.givers[donor], lost.get(donor, 0), -given)
            for donor, given in sorted(received.items(), key=lambda item: item[1])
        ]

    def balance(self) -> list[Share]:
        """What each counted food group weighs in what was eaten, beside its reference share."""
        group_of = {family.code: family.food_group for family in self.kinds}
        eaten = sum_by((group_of[family], grams) for family, grams in self.eaten_of.items())
        counted = [g for g in self.groups if g.facts["weight"] > 0]
        total = sum(eaten.get(g.id, 0) for g in counted) or 1
        return [
            Share(g.id, g.name_fr, g.name_en, eaten.get(g.id, 0), eaten.get(g.id, 0) / total, g.facts["share_target"])
            for g in counted
        ]


def _distance(balance: Sequence[Share]) -> float:
    """Half the sum of the gaps between shares and reference shares; 0 where nothing was eaten."""
    if not any(group.grams for group in balance):
        return 0.0
    return sum(abs(group.share - group.target) for group in balance) / 2


def _named(sums: Mapping[str, int], names: Mapping[Any, str]) -> list[Row]:
    french = words("fr")
    return [Row(key, french.text(names.get(key, key)), names.get(key, key), grams) for key, grams in _most_first(sums)]


def _most_first(sums: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
