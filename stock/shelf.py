"""What stands on the shelves, what will be lost when, and the whole story of a lot: answers for pages and JSON.

Every quantity is a balance of the ledger. All lots that are there are read in one narrow statement, to be counted
and put in order; everything about a lot is read for those that are shown. A list costs as many statements for many
lots as for one.
"""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from network.tables import Site
from stock import ledger
from stock.dates import DateKind
from stock.ledger import PLACED, Account, Standing
from stock.places import places
from stock.promise import free_to_promise, recalled_lots
from stock.tables import Balance, Donor, Family, Lot, Place, Product
from stock.urgency import Steps, Urgency, steps_in_force

Sort = Literal["last_day", "-last_day", "product", "-product", "grams", "-grams", "place", "-place"]
"""What a list is sorted by; after a minus, from the last to the first."""


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
    """To be promised: on a shelf, not past its last day, under no recall."""
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
    days_left: int | None = None
    """At most so many days until the last day it may be given."""


class StockList(Struct, frozen=True):
    """The lots that were asked for, a page of them or all, and the sums over all."""

    rows: tuple[StockRow, ...]
    lots: int
    grams: int
    cents: int
    free_grams: int
    """Of it, what may still be promised."""
    reserved_grams: int
    blocked_grams: int
    risk_grams: int
    """Marked as urgent: to be given within the days of the last step."""
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


class Line(NamedTuple):
    """What is counted and ordered of a lot at a site."""

    lot_id: int
    site_id: int
    last_day: dt.date
    product: str
    grams: int
    cents: int
    free_grams: int
    reserved_grams: int
    blocked_grams: int
    rank: int
    """Of the first place pickers come to."""
    group: str
    """The food group."""


def stock_list(
    session: Session,
    today: dt.date,
    *,
    site_id: int | None = None,
    show: StockFilter | None = None,
    sort: Sort = "last_day",
    first: int = 0,
    most: int | None = None,
) -> StockList:
    """The lots that are there, first the one that must go first: so many rows from the `first` on, or all.

    Where the list ends before the `first`, the last so many of it are shown.
    """
    show, steps = show or StockFilter(), steps_in_force(session, today)
    near = _lines(session, today, site_id, show)
    soon = [steps.of(line.last_day, today) for line in near]
    chosen = [line for line, step in zip(near, soon, strict=True) if show.urgency in (None, step)]
    _put_in_order(session, chosen, sort)
    if most is not None:
        first = min(first, max(0, len(chosen) - 1) // most * most)
    week = today + dt.timedelta(days=steps.watch)
    return StockList(
        rows=_rows(session, chosen[first:][:most], today, steps),
        lots=len(chosen),
        grams=sum(line.grams for line in chosen),
        cents=sum(line.cents for line in chosen),
        free_grams=sum(line.free_grams for line in chosen),
        reserved_grams=sum(line.reserved_grams for line in chosen),
        blocked_grams=sum(line.blocked_grams for line in chosen),
        risk_grams=sum(line.grams for line in chosen if line.last_day <= week),
        by_urgency={step: soon.count(step) for step in Urgency},
    )


def lines_within(session: Session, today: dt.date, days: int, site_id: int | None = None) -> list[Line]:
    """What is counted of each lot that must be given within so many days, in no order; of those past it, too."""
    return _lines(session, today, site_id, StockFilter(days_left=days))


def at_risk(
    session: Session,
    today: dt.date,
    *,
    site_id: int | None = None,
    horizon_days: int = 7,
) -> AtRisk:
    """What is lost unless it is given by its last day, from today to so many days ahead."""
    until = today + dt.timedelta(days=horizon_days)
    lines = _lines(session, today, site_id, StockFilter(days_left=horizon_days))
    _put_in_order(session, lines, "last_day")
    by_day: dict[dt.date, list[StockRow]] = defaultdict(list)
    for row in _rows(session, lines, today, steps_in_force(session, today)):
        by_day[row.last_day].append(row)
    days = tuple(_risk_day(day, rows) for day, rows in by_day.items() if day >= today)
    return AtRisk(
        until=until,
        days=days,
        grams=sum(day.grams for day in days),
        cents=sum(day.cents for day in days),
        planned_grams=sum(row.reserved_grams for day in days for row in day.rows),
        passed=tuple(row for day, rows in by_day.items() if day < today for row in rows),
    )


def on_hand_grams(session: Session, site_id: int | None = None) -> int:
    """The weight of all that is there: at a site, or in the whole network with what is on its way."""
    query = select(func.coalesce(func.sum(Balance.quantity * Lot.grams_each), 0)).join(Lot, Lot.id == Balance.lot_id)
    if site_id is not None:
        query = query.join(Place, Place.id == Balance.place_id).where(Place.site_id == site_id)
    return int(session.scalars(query).one())


def cents_of(quantity: int, measure: str, value_cents: int) -> int:
    """The usual shop price of so much of a lot, to the nearest cent.

    >>> cents_of(3, "unit", 120), cents_of(1500, "gram", 250)
    (360, 375)
    """
    return (2 * quantity * value_cents + 1000) // 2000 if measure == "gram" else quantity * value_cents


def _lines(session: Session, today: dt.date, site_id: int | None, show: StockFilter) -> list[Line]:
    """A line for each lot at each site that the filter lets through, but for its urgency; in no order."""
    query = _LINES_SAID if show.text else _LINES
    for column, asked in (
        (_SUMS.c.site_id, site_id),
        (Product.family_code, show.family),
        (Family.food_group, show.group),
        (Family.storage, show.storage),
        (Lot.source, show.source),
    ):
        if asked:
            query = query.where(column == asked)
    if show.days_left is not None:
        query = query.where(Lot.last_day <= today + dt.timedelta(days=show.days_left))
    rows: Sequence[Any] = session.connection().execute(query).all()
    recalled = recalled_lots(session)
    return [
        Line(
            lot,
            site,
            last_day,
            product,
            quantity * each,
            cents_of(quantity, measure, value),
            free_to_promise(free, last_day, today, recalled=lot in recalled) * each,
            promised * each,
            (quantity - free - promised) * each,
            rank,
            group,
        )
        for lot, site, last_day, measure, each, value, quantity, free, promised, rank, group, product, *_ in (
            _found(session, rows, plain(show.text).split()) if show.text else rows
        )
    ]


def _found(session: Session, rows: Sequence[Any], words: Sequence[str]) -> Sequence[Any]:
    """The lots of which every word is said: by their product, donor, code or lot number.

    Products and donors are few: each is looked at once, not again for each of their lots.
    """
    named = {row[_SAID][:3] for row in rows}
    said_of = {product: f"{plain(name)} {plain(brand)}" for name, product, brand in named}
    givers = {donor: plain(name) for donor, name in session.connection().execute(select(Donor.id, Donor.name))}
    for word in words:
        products = {product for product, said in said_of.items() if word in said}
        donors = {donor for donor, said in givers.items() if word in said}
        rows = [
            row
            for row in rows
            for _, product, _, donor, code, number in [row[_SAID]]
            if product in products or donor in donors or word in code.casefold() or word in plain(number)
        ]
    return rows


def _put_in_order(session: Session, lines: list[Line], sort: Sort) -> None:
    """Among equals, either way round, the one that must go first comes first."""
    sites = dict(session.execute(select(Site.id, Site.name)).all())
    values: dict[str, Callable[[Line], Any]] = {
        "last_day": lambda line: line.last_day,
        "product": lambda line: plain(line.product),
        "grams": lambda line: line.grams,
        "place": lambda line: (sites[line.site_id], line.rank),
    }
    lines.sort(key=lambda line: (line.last_day, line.product, line.lot_id, line.site_id))
    if sort != "last_day":
        lines.sort(key=values[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _rows(session: Session, lines: Sequence[Line], today: dt.date, steps: Steps) -> tuple[StockRow, ...]:
    """Everything about these lots at these sites, in the same order."""
    walked = {place.id: (rank, place) for rank, place in enumerate(places(session))}
    lots = sorted({line.lot_id for line in lines})
    stood: dict[tuple[int, int], list[Standing]] = defaultdict(list)
    for standing in ledger.standings(session, lots=lots, accounts=PLACED):
        stood[standing.lot_id, walked[standing.where.place_id or 0][1].site_id].append(standing)
    facts = {fact.id: fact for fact in session.execute(_FACTS, {"lots": lots})}
    sites = dict(session.execute(select(Site.id, Site.name)).all())
    rows = []
    for line in lines:
        fact = facts[line.lot_id]
        standings = stood[line.lot_id, line.site_id]
        quantities: dict[Account, int] = defaultdict(int)
        for standing in standings:
            quantities[standing.where.account] += standing.quantity
        here = sorted({walked[s.where.place_id or 0] for s in standings}, key=lambda ranked: ranked[0])
        rows.append(
            StockRow(
                lot_id=line.lot_id,
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
                free=line.free_grams // fact.grams_each,
                reserved=quantities[Account.RESERVED],
                quarantined=quantities[Account.QUARANTINE],
                quantity=sum(quantities.values()),
                grams=line.grams,
                reserved_grams=quantities[Account.RESERVED] * fact.grams_each,
                cents=line.cents,
                date=fact.date,
                date_kind=DateKind(fact.date_kind),
                last_day=line.last_day,
                days_left=(line.last_day - today).days,
                urgency=steps.of(line.last_day, today),
                source=fact.source,
                donor=fact.donor,
                site_id=line.site_id,
                site=sites[line.site_id],
                places=tuple(place.name for _, place in here),
            )
        )
    return tuple(rows)


def _risk_day(day: dt.date, rows: Sequence[StockRow]) -> RiskDay:
    return RiskDay(day, tuple(rows), sum(r.grams for r in rows), sum(r.cents for r in rows))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Small letters without accents.

    >>> plain("Épinards À la crème")
    'epinards a la creme'
    """
    if text.isascii():
        return text.casefold()
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c))


def _standing_on(account: Account) -> ColumnElement[int]:
    return cast(func.sum(case((Balance.account == account, Balance.quantity), else_=0)), BigInteger)


_SUMS = (
    select(
        Balance.lot_id,
        Place.site_id,
        cast(func.sum(Balance.quantity), BigInteger).label("quantity"),
        _standing_on(Account.SHELF).label("shelf"),
        _standing_on(Account.RESERVED).label("reserved"),
        func.min(Place.rank).label("rank"),
    )
    .join(Place, Place.id == Balance.place_id)
    .group_by(Balance.lot_id, Place.site_id)
    .subquery()
)
"""Added up before anything is joined: sorting by all that is known of a lot costs PostgreSQL more than the rest."""
_LINES = (
    select(
        _SUMS.c.lot_id,
        _SUMS.c.site_id,
        Lot.last_day,
        Lot.measure,
        Lot.grams_each,
        Lot.value_cents,
        _SUMS.c.quantity,
        _SUMS.c.shelf,
        _SUMS.c.reserved,
        _SUMS.c.rank,
        Family.food_group,
        Product.name,
    )
    .join(Lot, Lot.id == _SUMS.c.lot_id)
    .join(Product, Product.id == Lot.product_id)
    .join(Family, Family.code == Product.family_code)
)
_LINES_SAID = _LINES.add_columns(Product.id, Product.brand, Lot.donor_id, Lot.code, Lot.lot_number)
_SAID = slice(11, None)
"""In a row of them: the product's name, number and brand, the donor, the lot's code and the maker's number."""
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
