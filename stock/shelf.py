"""What stands on the shelves, what will be lost when, and the whole story of a lot: answers for pages and JSON.

Every quantity is a sum of the ledger's movements. A list costs two statements, however many lots it has.
"""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.tables import Site
from stock import ledger
from stock.dates import DateKind, DateRules, Urgency, urgency
from stock.ledger import PLACED, Account, Standing
from stock.places import places
from stock.tables import Donor, Family, Lot, Product

Sort = Literal["last_day", "product", "grams", "place"]


class StockRow(Struct, frozen=True):
    """A lot at a site; quantities are pieces, or grams where it is weighed."""

    lot_id: int
    code: str
    lot_number: str
    product_id: int
    product: str
    brand: str
    pictogram: str
    family: str
    group: str
    storage: str
    measure: str
    grams_each: int
    free: int
    reserved: int
    quarantined: int
    quantity: int
    """All of it that is there, promised and blocked goods included."""
    grams: int
    reserved_grams: int
    cents: int
    """At the usual shop price."""
    date: dt.date | None
    date_kind: DateKind
    last_day: dt.date
    days_left: int
    """Until the last day it may be given: 0 on that day, negative after it."""
    urgency: Urgency
    source: str
    donor: str
    site_id: int
    site: str
    places: tuple[str, ...]
    """In walking order."""


class StockFilter(Struct, frozen=True):
    """What to show; empty means everything."""

    text: str = ""
    """Words of a product, brand, donor or lot, in any order, without minding accents."""
    family: str = ""
    group: str = ""
    storage: str = ""
    source: str = ""
    urgency: Urgency | None = None


class StockList(Struct, frozen=True):
    """The lots that were asked for, and the sums over them."""

    rows: tuple[StockRow, ...]
    grams: int
    cents: int
    risk_grams: int
    """To be given within a week."""
    by_urgency: dict[Urgency, int]
    """How many lots of each urgency there are, were that filter left out."""


class RiskDay(Struct, frozen=True):
    """The lots whose last day this is."""

    day: dt.date
    rows: tuple[StockRow, ...]
    grams: int
    cents: int


class AtRisk(Struct, frozen=True):
    """What must be given within the horizon, by day, and what may no longer be given."""

    until: dt.date
    days: tuple[RiskDay, ...]
    grams: int
    cents: int
    planned_grams: int
    """Of it, already set aside for baskets."""
    passed: tuple[StockRow, ...]


def stock_list(
    session: Session,
    today: dt.date,
    *,
    site_id: int | None = None,
    show: StockFilter | None = None,
    sort: Sort = "last_day",
    rules: DateRules | None = None,
) -> StockList:
    """Every lot that is there, first the one that must go first."""
    show = show or StockFilter()
    near = [row for row in _rows(session, today, site_id, rules or DateRules()) if _is_shown(row, show)]
    chosen = sorted((r for r in near if show.urgency in (None, r.urgency)), key=_ORDER[sort])
    return StockList(
        rows=tuple(chosen),
        grams=sum(r.grams for r in chosen),
        cents=sum(r.cents for r in chosen),
        risk_grams=sum(r.grams for r in chosen if r.urgency is not Urgency.LATER),
        by_urgency={step: sum(r.urgency is step for r in near) for step in Urgency},
    )


def at_risk(
    session: Session,
    today: dt.date,
    *,
    site_id: int | None = None,
    horizon_days: int = 7,
    rules: DateRules | None = None,
) -> AtRisk:
    """What is lost unless it is given by its last day, from today to so many days ahead."""
    until = today + dt.timedelta(days=horizon_days)
    by_day: dict[dt.date, list[StockRow]] = defaultdict(list)
    for row in sorted(_rows(session, today, site_id, rules or DateRules()), key=_ORDER["last_day"]):
        if row.last_day <= until:
            by_day[row.last_day].append(row)
    days = tuple(_risk_day(day, rows) for day, rows in sorted(by_day.items()) if day >= today)
    return AtRisk(
        until=until,
        days=days,
        grams=sum(day.grams for day in days),
        cents=sum(day.cents for day in days),
        planned_grams=sum(row.reserved_grams for day in days for row in day.rows),
        passed=tuple(row for day, rows in sorted(by_day.items()) if day < today for row in rows),
    )


def on_hand_grams(session: Session, site_id: int | None = None) -> int:
    """The weight of all that is there: at a site, or in the whole network with what is on its way."""
    standings = _standings(session, site_id)
    if site_id is None:
        standings += ledger.standings(session, accounts=[Account.TRANSIT])
    lots = {standing.lot_id for standing in standings}
    each = dict(session.execute(_GRAMS_EACH, {"lots": list(lots)}).all())
    return sum(standing.quantity * each[standing.lot_id] for standing in standings)


def cents_of(quantity: int, measure: str, value_cents: int) -> int:
    """The usual shop price of so much of a lot, to the nearest cent.

    >>> cents_of(3, "unit", 120), cents_of(1500, "gram", 250)
    (360, 375)
    """
    return (2 * quantity * value_cents + 1000) // 2000 if measure == "gram" else quantity * value_cents


def _rows(session: Session, today: dt.date, site_id: int | None, rules: DateRules) -> list[StockRow]:
    """One row for each lot at each site, unsorted."""
    walked = {place.id: (rank, place) for rank, place in enumerate(places(session))}
    stood: dict[tuple[int, int], list[Standing]] = defaultdict(list)
    for standing in _standings(session, site_id):
        _, place = walked[standing.where.place_id or 0]
        stood[standing.lot_id, place.site_id].append(standing)
    facts = {fact.id: fact for fact in session.execute(_FACTS, {"lots": list({lot for lot, _ in stood})})}
    sites = dict(session.execute(select(Site.id, Site.name)).all())
    rows = []
    for (lot_id, at_site), standings in stood.items():
        fact = facts[lot_id]
        quantities = {account: sum(s.quantity for s in standings if s.where.account is account) for account in PLACED}
        there = sum(quantities.values())
        here = sorted({walked[s.where.place_id or 0] for s in standings}, key=lambda ranked: ranked[0])
        rows.append(
            StockRow(
                lot_id=lot_id,
                code=fact.code,
                lot_number=fact.lot_number,
                product_id=fact.product_id,
                product=fact.product,
                brand=fact.brand,
                pictogram=fact.pictogram,
                family=fact.family,
                group=fact.group,
                storage=fact.storage,
                measure=fact.measure,
                grams_each=fact.grams_each,
                free=quantities[Account.SHELF],
                reserved=quantities[Account.RESERVED],
                quarantined=quantities[Account.QUARANTINE],
                quantity=there,
                grams=there * fact.grams_each,
                reserved_grams=quantities[Account.RESERVED] * fact.grams_each,
                cents=cents_of(there, fact.measure, fact.value_cents),
                date=fact.date,
                date_kind=DateKind(fact.date_kind),
                last_day=fact.last_day,
                days_left=(fact.last_day - today).days,
                urgency=urgency(fact.last_day, today, rules),
                source=fact.source,
                donor=fact.donor,
                site_id=at_site,
                site=sites[at_site],
                places=tuple(place.name for _, place in here),
            )
        )
    return rows


def _standings(session: Session, site_id: int | None) -> list[Standing]:
    here = None if site_id is None else [place.id for place in places(session, site_id)]
    return ledger.standings(session, places=here, accounts=PLACED)


def _risk_day(day: dt.date, rows: Sequence[StockRow]) -> RiskDay:
    return RiskDay(day, tuple(rows), sum(r.grams for r in rows), sum(r.cents for r in rows))


def _is_shown(row: StockRow, show: StockFilter) -> bool:
    wanted = (
        (show.family, row.family),
        (show.group, row.group),
        (show.storage, row.storage),
        (show.source, row.source),
    )
    if any(asked and asked != given for asked, given in wanted):
        return False
    if not show.text:
        return True
    said = _plain(" ".join((row.product, row.brand, row.donor, row.code, row.lot_number)))
    return all(word in said for word in _plain(show.text).split())


def _plain(text: str) -> str:
    """Small letters without accents."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c))


_ORDER = {
    "last_day": lambda row: (row.last_day, row.product, row.lot_id, row.site_id),
    "product": lambda row: (_plain(row.product), row.last_day, row.lot_id, row.site_id),
    "grams": lambda row: (-row.grams, row.last_day, row.lot_id, row.site_id),
    "place": lambda row: (row.site, row.places, row.last_day, row.lot_id),
}

_GRAMS_EACH = select(Lot.id, Lot.grams_each).where(Lot.id.in_(bindparam("lots", expanding=True)))
_FACTS = (
    select(
        Lot.id,
        Lot.code,
        Lot.lot_number,
        Lot.product_id,
        Product.name.label("product"),
        Product.brand,
        Product.pictogram,
        Product.family_code.label("family"),
        Family.food_group.label("group"),
        Family.storage,
        Lot.measure,
        Lot.grams_each,
        Lot.value_cents,
        Lot.date,
        Lot.date_kind,
        Lot.last_day,
        Lot.source,
        Donor.name.label("donor"),
    )
    .join(Product, Product.id == Lot.product_id)
    .join(Family, Family.code == Product.family_code)
    .join(Donor, Donor.id == Lot.donor_id)
    .where(Lot.id.in_(bindparam("lots", expanding=True)))
)
