"""The waste report: what came in, what was eaten, left behind, lost, and what stands on the shelves.

Every figure is a sum over the ledger, so

    before + received + counted + moved = eaten + lost + on hand

holds to the gram for any period and site. Grams are what movements weigh; cents are usual shop prices; a movement
that was undone counts for nothing, since its counter-movement is summed too.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.coverage import Coverage, coverage
from allocation.exits import EXIT_NAMES, REASON_NAMES, SAVED
from allocation.flows import Flows, flows_of, sum_by
from allocation.impact import Factors, Impact
from allocation.tables import DistributionSession, LineOutcome, Visit
from common.words import N_, words
from network.partners import site as get_site
from stock.ledger import EATEN, LOST, ON_HAND, Account
from stock.tables import Donor, Family, FoodGroup, Lot, Movement, Place, Product

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


class WasteReport(Struct, frozen=True):
    """All the figures of a period, in grams unless their name says otherwise."""

    since: dt.date
    until: dt.date
    site: str | None
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
    causes: list[Row]
    reasons: list[Row]
    exits: list[Row]
    families: list[FamilyRow]
    """Most lost first."""
    donors: list[Row]
    weeks: list[Week]
    balance: list[Share]
    households_served: int
    visits_served: int
    visits_absent: int
    coverage: Coverage | None
    impact: Impact

    @property
    def rescue_rate(self) -> float:
        """Eaten over all that left: 1 when nothing was lost."""
        out = self.eaten + self.lost
        return self.eaten / out if out else 1.0


def waste_report(
    session: Session, since: dt.date, until: dt.date, factors: Factors, site_id: int | None = None
) -> WasteReport:
    """The figures of a period, its first and last day included, for one site or the whole network."""
    flows = flows_of(session, since, until)
    seen = Flows(flows, site_id)
    eaten = {account: seen.into({account}) for account in EATEN}
    left = _left_behind(session, since, until, site_id)
    served, visits = _visits(session, since, until, site_id)
    all_eaten = sum(eaten.values())
    return WasteReport(
        since=since,
        until=until,
        site=None if site_id is None else get_site(session, site_id).name,
        before=_standing(session, since - dt.timedelta(days=1), site_id),
        received=-seen.into({Account.OUTSIDE}),
        counted=-seen.into({Account.COUNT}),
        moved=seen.moved_in(),
        eaten=all_eaten,
        given=eaten[Account.GIVEN],
        workshops=eaten[Account.WORKSHOP],
        partners=eaten[Account.PARTNER],
        lost=seen.into(LOST),
        on_hand=_standing(session, until, site_id),
        left_behind=sum(part.grams for part in left),
        left_saved=sum(part.grams for part in left if part.exit in SAVED),
        causes=_named(seen.by(lambda f: f.reason, LOST), CAUSE_NAMES),
        reasons=_named(
            sum_by((part.reason, part.grams) for part in left), {r.value: n for r, n in REASON_NAMES.items()}
        ),
        exits=_named(sum_by((part.exit, part.grams) for part in left), {e.value: n for e, n in EXIT_NAMES.items()}),
        families=_family_rows(session, seen, left),
        donors=_donor_rows(session, seen),
        weeks=_weeks(session, since, until, site_id),
        balance=_balance(session, seen),
        households_served=served,
        visits_served=visits.get("served", 0),
        visits_absent=visits.get("absent", 0),
        coverage=coverage(session, since, until, site_id),
        impact=factors.impact(all_eaten, seen.into(EATEN, lambda f: f.cents)),
    )


def _standing(session: Session, on: dt.date, site_id: int | None) -> int:
    """Grams on hand at the end of that day."""
    total = 0
    for sign, account, place in (
        (1, Movement.to_account, Movement.to_place_id),
        (-1, Movement.from_account, Movement.from_place_id),
    ):
        query = (
            select(func.sum(Movement.quantity * Lot.grams_each))
            .join(Lot, Lot.id == Movement.lot_id)
            .where(Movement.on <= on, account.in_([a.value for a in ON_HAND]))
        )
        if site_id is not None:
            query = query.join(Place, Place.id == place).where(Place.site_id == site_id)
        total += sign * int(session.scalar(query) or 0)
    return total


class _Left(Struct, frozen=True):
    reason: str
    exit: str
    family: str
    grams: int


def _left_behind(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> list[_Left]:
    """What households did not take, by reason, exit and family."""
    grams = func.sum(LineOutcome.quantity * Lot.grams_each)
    query = (
        select(LineOutcome.reason, LineOutcome.exit, Product.family_code, grams)
        .join(Movement, Movement.id == LineOutcome.movement_id)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(LineOutcome.taken.is_(False), Movement.on >= since, Movement.on <= until)
        .group_by(LineOutcome.reason, LineOutcome.exit, Product.family_code)
    )
    if site_id is not None:
        query = query.join(Place, Place.id == Movement.from_place_id).where(Place.site_id == site_id)
    return [_Left(reason, exit_, family, int(total)) for reason, exit_, family, total in session.execute(query)]


def _visits(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> tuple[int, dict[str, int]]:
    """How many households were served, and how many visits were served or missed."""
    within = (DistributionSession.on >= since, DistributionSession.on <= until)
    by_state = select(Visit.state, func.count(), func.count(Visit.household_id.distinct())).join(DistributionSession)
    by_state = by_state.where(*within).group_by(Visit.state)
    if site_id is not None:
        by_state = by_state.where(DistributionSession.site_id == site_id)
    rows = session.execute(by_state).all()
    return next((n for state, _, n in rows if state == "served"), 0), {state: n for state, n, _ in rows}


def _weeks(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> list[Week]:
    flows, left = _daily(session, since, until, site_id), _left_daily(session, since, until, site_id)
    sums: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for on, source, target, grams in flows:
        week = sums[on - dt.timedelta(days=on.weekday())]
        week["received"] += grams * ((source == Account.OUTSIDE) - (target == Account.OUTSIDE))
        week["eaten"] += grams * ((target in EATEN) - (source in EATEN))
        week["lost"] += grams * ((target in LOST) - (source in LOST))
    for on, grams in left:
        sums[on - dt.timedelta(days=on.weekday())]["left"] += grams
    return [
        Week(monday, week["received"], week["eaten"], week["left"], week["lost"])
        for monday, week in sorted(sums.items())
    ]


def _daily(
    session: Session, since: dt.date, until: dt.date, site_id: int | None
) -> list[tuple[dt.date, str, str, int]]:
    query = (
        select(
            Movement.on,
            Movement.from_account,
            Movement.to_account,
            func.sum(Movement.quantity * Lot.grams_each),
        )
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Movement.on >= since, Movement.on <= until)
        .group_by(Movement.on, Movement.from_account, Movement.to_account)
    )
    if site_id is not None:
        place = func.coalesce(Movement.from_place_id, Movement.to_place_id)
        query = query.join(Place, Place.id == place).where(Place.site_id == site_id)
    return [(on, source, target, int(grams)) for on, source, target, grams in session.execute(query)]


def _left_daily(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> list[tuple[dt.date, int]]:
    query = (
        select(Movement.on, func.sum(LineOutcome.quantity * Lot.grams_each))
        .join(LineOutcome, LineOutcome.movement_id == Movement.id)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(LineOutcome.taken.is_(False), Movement.on >= since, Movement.on <= until)
        .group_by(Movement.on)
    )
    if site_id is not None:
        query = query.join(Place, Place.id == Movement.from_place_id).where(Place.site_id == site_id)
    return [(on, int(grams)) for on, grams in session.execute(query)]


def _family_rows(session: Session, seen: Flows, left: Iterable[_Left]) -> list[FamilyRow]:
    received = seen.by(lambda f: f.family, {Account.OUTSIDE})
    eaten, lost = seen.by(lambda f: f.family, EATEN), seen.by(lambda f: f.family, LOST)
    left_of = sum_by((part.family, part.grams) for part in left)
    rows = [
        FamilyRow(
            key=family.code,
            name_fr=family.name_fr,
            name_en=family.name_en,
            received=-received.get(family.code, 0),
            eaten=eaten.get(family.code, 0),
            left=left_of.get(family.code, 0),
            lost=lost.get(family.code, 0),
        )
        for family in session.scalars(select(Family).order_by(Family.code))
    ]
    active = [row for row in rows if row.received or row.eaten or row.left or row.lost]
    return sorted(active, key=lambda row: (-row.lost, -row.received, row.key))


def _donor_rows(session: Session, seen: Flows) -> list[Row]:
    """Donors by what they gave, with what was lost of it."""
    lost, received = seen.by(lambda f: str(f.donor_id), LOST), seen.by(lambda f: str(f.donor_id), {Account.OUTSIDE})
    names = {str(id_): name for id_, name in session.execute(select(Donor.id, Donor.name))}
    return [
        Row(donor, names[donor], names[donor], lost.get(donor, 0), -given)
        for donor, given in sorted(received.items(), key=lambda item: item[1])
    ]


def _balance(session: Session, seen: Flows) -> list[Share]:
    """What each counted food group weighs in what was eaten, beside its reference share."""
    groups = {f.code: f.food_group for f in session.scalars(select(Family))}
    eaten = seen.by(lambda f: groups[f.family], EATEN)
    counted = [g for g in session.scalars(select(FoodGroup).order_by(FoodGroup.rank)) if g.facts["weight"] > 0]
    total = sum(eaten.get(g.id, 0) for g in counted) or 1
    return [
        Share(g.id, g.name_fr, g.name_en, eaten.get(g.id, 0), eaten.get(g.id, 0) / total, g.facts["share_target"])
        for g in counted
    ]


def _named(sums: Mapping[str, int], names: Mapping[str, str]) -> list[Row]:
    french = words("fr")
    return [Row(key, french.text(names.get(key, key)), names.get(key, key), grams) for key, grams in _most_first(sums)]


def _most_first(sums: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
