"""Alerts worth having: food no session of its site will save, donors whose dates shorten, homes without fresh food."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from allocation.rescue import Roads
from allocation.sessions import SessionRow, list_sessions
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from households.tables import Household
from stock.reference import sources
from stock.shelf import StockRow, at_risk
from stock.tables import Donor, Family, Lot, Product, Reception

WEEK = dt.timedelta(days=7)
WINDOW = dt.timedelta(days=28)
WINDOWS = 3
FEWEST_LOTS = 8
"""Lots with a date a donor must have given in each window for its mean to say something."""
SHORTER_BY = 0.15
"""By how much days at intake must have fallen over the windows."""
RUNNING = 3
"""Visits in a row."""
FRESH = ("fruit_veg",)
"""Food groups that are fresh wherever they are kept; chilled goods are fresh too."""


class Rescue(Struct, frozen=True):
    """What stands at one site and no session there will give out in time, with where it could go."""

    site_id: int
    site: str
    to: str
    """The site it could be transferred to; empty where only a workshop or a partner can still use it."""
    to_on: dt.date | None
    """That site's session."""
    grams: int
    lots: list[StockRow]
    to_id: int | None = None


class ShorterDated(Struct, frozen=True):
    """A donor whose gifts come ever closer to their date: mean days left at intake, oldest window first."""

    donor_id: int
    donor: str
    days: list[float]
    lots: list[int]


class NoFresh(Struct, frozen=True):
    """A household that went home without fresh food three visits running."""

    household_id: int
    card: str
    since: dt.date


class Alerts(Struct, frozen=True):
    rescues: list[Rescue]
    donors: list[ShorterDated]
    households: list[NoFresh]


def alerts(session: Session, today: dt.date) -> Alerts:
    return Alerts(rescues(session, today), shorter_dated(session, today), no_fresh(session, today))


def rescues(session: Session, today: dt.date) -> list[Rescue]:
    """Of what is at risk this week: what its own site's sessions come too late for, heaviest first."""
    coming = [s for s in list_sessions(session, today, today + WEEK) if s.state == "planned"]
    ways = {source.code: tuple(source.channels) for source in sources()}
    sums: dict[tuple[int, str, SessionRow | None], list[StockRow]] = defaultdict(list)
    roads = Roads(session, today)
    for row in (row for day in at_risk(session, today).days for row in day.rows if row.free):
        able = [s for s in coming if today <= s.on <= row.last_day and s.channel in ways[row.source]]
        if any(s.site_id == row.site_id for s in able):
            continue
        reached = roads.open(row.site_id, {s.site_id for s in able})
        other = _roomiest([s for s in able if s.site_id in reached], today)
        if other:
            roads.take(row.site_id, other.site_id)
        sums[row.site_id, row.site, other].append(row)
    found = [_rescue(site_id, site, other, lots) for (site_id, site, other), lots in sums.items()]
    return sorted(found, key=lambda rescue: -rescue.grams)


def _rescue(site_id: int, site: str, other: SessionRow | None, lots: list[StockRow]) -> Rescue:
    grams = sum(row.grams - row.reserved_grams for row in lots)
    if other is None:
        return Rescue(site_id, site, "", None, grams, lots)
    return Rescue(site_id, site, other.site, other.on, grams, lots, other.site_id)


def _roomiest(able: Sequence[SessionRow], today: dt.date) -> SessionRow | None:
    """The session that expects most people, not before tomorrow: goods have to get there."""
    later = [s for s in able if s.on > today]
    return max(later, key=lambda s: (s.expected, -s.on.toordinal()), default=None)


def shorter_dated(session: Session, today: dt.date) -> list[ShorterDated]:
    """Donors whose mean days to the use-by date at intake fell from window to window."""
    begins = [today - WINDOW * n for n in range(WINDOWS, 0, -1)]
    query = (
        select(Donor.id, Donor.name, Reception.on, Lot.date)
        .join_from(Lot, Reception, Reception.id == Lot.reception_id)
        .join(Donor, Donor.id == Lot.donor_id)
        .where(Lot.date_kind == "use_by", Reception.on >= begins[0], Reception.on < today)
    )
    days: dict[tuple[int, str], list[list[int]]] = defaultdict(lambda: [[] for _ in begins])
    for donor_id, name, on, date in session.execute(query):
        if date is not None:
            days[donor_id, name][(on - begins[0]) // WINDOW].append((date - on).days)
    found = [_trend(donor_id, name, windows) for (donor_id, name), windows in days.items()]
    return [donor for donor in found if donor and _falls(donor.days)]


def _trend(donor_id: int, name: str, windows: list[list[int]]) -> ShorterDated | None:
    if any(len(window) < FEWEST_LOTS for window in windows):
        return None
    means = [round(sum(window) / len(window), 1) for window in windows]
    return ShorterDated(donor_id, name, means, [len(window) for window in windows])


def _falls(means: list[float]) -> bool:
    steadily = all(later < sooner for sooner, later in pairwise(means))
    return steadily and means[-1] <= means[0] * (1 - SHORTER_BY)


def no_fresh(session: Session, today: dt.date) -> list[NoFresh]:
    """Households still coming whose last three visits brought home nothing fresh."""
    fresh = or_(Family.storage == "chilled", Family.food_group.in_(FRESH))
    grams = func.sum(case((fresh, LineOutcome.quantity * Lot.grams_each), else_=0))
    order = func.row_number().over(partition_by=Visit.household_id, order_by=DistributionSession.on.desc())
    visits = (
        select(Visit.household_id, DistributionSession.on, func.coalesce(grams, 0).label("fresh"), order.label("n"))
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .outerjoin(BasketLine, BasketLine.visit_id == Visit.id)
        .outerjoin(LineOutcome, (LineOutcome.line_id == BasketLine.id) & LineOutcome.taken)
        .outerjoin(Lot, Lot.id == BasketLine.lot_id)
        .outerjoin(Product, Product.id == Lot.product_id)
        .outerjoin(Family, Family.code == Product.family_code)
        .where(Visit.state == "served", DistributionSession.on <= today)
        .where(DistributionSession.on > today - WINDOW * WINDOWS)
        .group_by(Visit.id, Visit.household_id, DistributionSession.on)
        .subquery()
    )
    query = (
        select(Household.id, Household.card, func.min(visits.c.on))
        .join(visits, visits.c.household_id == Household.id)
        .where(visits.c.n <= RUNNING, Household.ended_on.is_(None))
        .group_by(Household.id, Household.card)
        .having(func.count() == RUNNING, func.sum(visits.c.fresh) == 0)
        .order_by(Household.card)
    )
    return [NoFresh(*row) for row in session.execute(query)]
