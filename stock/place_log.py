"""Temperatures of places: read by people or thermometers, held against the limits of the day, kept for inspection.

A reading is appended and never changed; the last one says how a place is now. Where it is out of range, the goods
standing there are held against the limit of their own family: minced meat has warmed too much long before cheese.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from network.own_site import only_there
from network.parameters import parameter
from network.tables import Account as Person
from network.tables import Site
from stock import ledger
from stock.accounts import PLACED, Account
from stock.places import PlaceRetired, place, places_in_use
from stock.reference import place_limits
from stock.tables import Family, Lot, Place, Product, TemperatureReading

NAME = "place_limits"
LONGEST_AGO = dt.timedelta(days=7)
"""A reading is written down while somebody remembers it."""


class NotThen(Refusal):
    """A time that has not come, or that nobody remembers."""

    message = N_("A reading is of now or of the last seven days, not of %(at)s.")
    field = "at"


class NotReadHere(Refusal):
    """A quarantine corner has no temperature of its own."""

    kind = Kind.CONFLICT
    message = N_("“%(place)s” has no limits to hold a temperature against.")


class SayWhatWasDone(Refusal):
    message = N_("Say what was done about it, in a few words.")
    field = "action"


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Tenths of a degree a place may have; None where there is no bound on that side."""

    low: int | None = None
    high: int | None = None

    def allows(self, tenths: int) -> bool:
        return (self.low is None or tenths >= self.low) and (self.high is None or tenths <= self.high)


class Reading(Struct, frozen=True):
    """One line of the log."""

    id: int
    place_id: int
    place: str
    site: str
    storage: str
    tenths: int
    low: int | None
    high: int | None
    at: dt.datetime
    by: str
    action: str

    @property
    def out_of_range(self) -> bool:
        return not Limits(self.low, self.high).allows(self.tenths)


class PlaceNow(Struct, frozen=True):
    """A place with its limits of today and its last reading."""

    place_id: int
    place: str
    site_id: int
    site: str
    storage: str
    limits: Limits
    last: Reading | None
    lots: int
    """That stand there."""


class Warmed(Struct, frozen=True):
    """A lot in a place, beside the temperature read there."""

    lot_id: int
    code: str
    product: str
    pictogram: str
    measure: str
    last_day: dt.date
    limit: int | None
    """Of its family, in tenths; None where goods need no cold."""
    too_warm: bool
    """Beyond the limit of its family and the tolerance on it."""
    free: int
    reserved: int
    quarantined: int


def limits_of(session: Session, on: dt.date) -> dict[str, Limits]:
    """What places of each kind may have on that day: as the partners set it, else as the reference data say."""
    usual: dict[str, Limits] = {
        row.storage: Limits(_tenths(row.min_celsius), _tenths(row.max_celsius)) for row in place_limits()
    }
    return usual | msgspec.convert(parameter(session, NAME, on, {}), dict[str, Limits])


def note_reading(
    session: Session, place_id: int, tenths: int, stamp: Stamp, *, at: dt.datetime | None = None, action: str = ""
) -> Reading:
    """Write down what a thermometer showed, with the limits of that day beside it.

    Raises NotFound, NotReadHere, NotThen, PlaceRetired or AnotherSite.
    """
    at = at or stamp.at
    if not stamp.at - LONGEST_AGO <= at <= stamp.at:
        raise NotThen(at=at.date())
    where = place(session, place_id)
    only_there(session, stamp, where.site_id)
    if where.retired_on is not None:
        raise PlaceRetired(place=where.name)
    limits = limits_of(session, at.astimezone(stamp.at.tzinfo).date()).get(where.storage)
    if limits is None:
        raise NotReadHere(place=where.name)
    row = TemperatureReading(
        place_id=place_id,
        storage=where.storage,
        tenths=tenths,
        low_tenths=limits.low,
        limit_tenths=limits.high,
        action=action.strip()[:200],
        at=at,
        by_id=stamp.by,
    )
    session.add(row)
    session.flush()
    return _one(session, row.id)


def note_action(session: Session, place_id: int, reading_id: int, action: str, stamp: Stamp) -> Reading:
    """What was done about a reading that was out of range; said again, the last word stands. Raises SayWhatWasDone."""
    row = session.get(TemperatureReading, reading_id)
    if row is None or row.place_id != place_id:
        raise NotFound(what=Term(N_("reading")), id=reading_id)
    if not action.strip():
        raise SayWhatWasDone()
    row.action = action.strip()[:200]
    session.flush()
    audit.record(session, "place.action", f"reading:{reading_id}", stamp)
    return _one(session, row.id)


def log(
    session: Session, since: dt.datetime, until: dt.datetime, *, site_id: int | None = None, place_id: int | None = None
) -> list[Reading]:
    """The readings of places in that time, place by place in walking order, the oldest first."""
    query = _READINGS.where(TemperatureReading.at >= since, TemperatureReading.at < until)
    for column, asked in ((Place.site_id, site_id), (Place.id, place_id)):
        if asked is not None:
            query = query.where(column == asked)
    query = query.order_by(Place.site_id, Place.rank, Place.id, TemperatureReading.at, TemperatureReading.id)
    return [_reading(row) for row in session.execute(query)]


def places_now(session: Session, on: dt.date, site_id: int | None = None) -> list[PlaceNow]:
    """Every place in use that has limits, in walking order, with its last reading."""
    limits = limits_of(session, on)
    query = select(Place, Site.name).join(Site, Site.id == Place.site_id).where(Place.retired_on.is_(None))
    query = query.order_by(Place.site_id, Place.rank, Place.id)
    if site_id is not None:
        query = query.where(Place.site_id == site_id)
    known = [(where, site) for where, site in session.execute(query) if where.storage in limits]
    last = _last(session, [where.id for where, _ in known])
    lots: dict[int, set[int]] = {}
    for standing in ledger.standings(session, places=[where.id for where, _ in known], accounts=PLACED):
        lots.setdefault(standing.where.place_id or 0, set()).add(standing.lot_id)
    return [
        PlaceNow(
            place_id=where.id,
            place=where.name,
            site_id=where.site_id,
            site=site,
            storage=where.storage,
            limits=limits[where.storage],
            last=last.get(where.id),
            lots=len(lots.get(where.id, ())),
        )
        for where, site in known
    ]


def alarms(session: Session, site_id: int | None = None) -> list[Reading]:
    """The last reading of every place in use where it was out of range, at a site or everywhere."""
    last = _last(session, [place.id for place in places_in_use(session, site_id)])
    return [reading for reading in last.values() if reading.out_of_range]


def last_reading(session: Session, place_id: int) -> Reading | None:
    """How a place is now, if anybody has looked."""
    return _last(session, [place_id]).get(place_id)


def standing_in(session: Session, place_id: int, tenths: int | None) -> list[Warmed]:
    """The lots in a place beside a reading of it, those that suffer most first."""
    there: dict[int, dict[Account, int]] = {}
    for standing in ledger.standings(session, places=[place_id], accounts=PLACED):
        there.setdefault(standing.lot_id, {})[standing.where.account] = standing.quantity
    rows = session.execute(_GOODS, {"lots": sorted(there)})
    found = [
        Warmed(
            lot_id=row.id,
            code=row.code,
            product=row.name,
            pictogram=row.pictogram,
            measure=row.measure,
            last_day=row.last_day,
            limit=row.max_tenths,
            too_warm=_too_warm(row.max_tenths, row.tolerance_tenths, tenths),
            free=there[row.id].get(Account.SHELF, 0),
            reserved=there[row.id].get(Account.RESERVED, 0),
            quarantined=there[row.id].get(Account.QUARANTINE, 0),
        )
        for row in rows
    ]
    return sorted(found, key=lambda lot: (not lot.too_warm, lot.last_day, lot.product, lot.lot_id))


def _too_warm(limit: int | None, tolerance: int, tenths: int | None) -> bool:
    return limit is not None and tenths is not None and tenths > limit + tolerance


def _last(session: Session, places: Iterable[int]) -> dict[int, Reading]:
    """The last reading of each place: of the latest moment, and of two of one moment the one written last."""
    newest = (
        select(TemperatureReading.id)
        .where(TemperatureReading.place_id == Place.id)
        .order_by(TemperatureReading.at.desc(), TemperatureReading.id.desc())
        .limit(1)
        .correlate(Place)
        .scalar_subquery()
    )
    numbers = session.scalars(select(newest).select_from(Place).where(Place.id.in_(list(places)))).all()
    query = _READINGS.where(TemperatureReading.id.in_([number for number in numbers if number is not None]))
    query = query.order_by(Place.site_id, Place.rank, Place.id)
    return {row.TemperatureReading.place_id: _reading(row) for row in session.execute(query)}


def _one(session: Session, reading_id: int) -> Reading:
    return _reading(session.execute(_READINGS.where(TemperatureReading.id == reading_id)).one())


def _reading(row: Row[*tuple[Any, ...]]) -> Reading:
    read = row.TemperatureReading
    return Reading(
        id=read.id,
        place_id=read.place_id,
        place=row.place,
        site=row.site,
        storage=row.storage,
        tenths=read.tenths,
        low=read.low_tenths,
        high=read.limit_tenths,
        at=read.at,
        by=row.by or "",
        action=read.action,
    )


def _tenths(celsius: int | None) -> int | None:
    return None if celsius is None else celsius * 10


_READINGS = (
    select(
        TemperatureReading,
        Place.name.label("place"),
        Place.storage.label("storage"),
        Site.name.label("site"),
        Person.name.label("by"),
    )
    .join(Place, Place.id == TemperatureReading.place_id)
    .join(Site, Site.id == Place.site_id)
    .outerjoin(Person, Person.id == TemperatureReading.by_id)
)
_GOODS = (
    select(
        Lot.id,
        Lot.code,
        Lot.measure,
        Lot.last_day,
        Product.name,
        Product.pictogram,
        Family.max_tenths,
        Family.tolerance_tenths,
    )
    .join(Product, Product.id == Lot.product_id)
    .join(Family, Family.code == Product.family_code)
    .where(Lot.id.in_(bindparam("lots", expanding=True)))
)
