"""Counting while work goes on: whoever counts says what is there, without being told what should be.

A count covers one place of a site or all of them, one family or all of them. Every scan and every typed number is a
tally of its own, kept at once with what the books said at that moment: several people count together, on any device,
and what moves before or after makes no difference. Where goods moved between two tallies of one lot, the line says
so, for it must be counted anew.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Bilingual, Term
from network import audit
from network.own_site import only_there
from network.partners import site
from network.tables import Account as Person
from network.tables import Site
from stock import ledger
from stock.accounts import PLACED
from stock.counts.tables import Count, CountDifference, CountEntry
from stock.places import PlaceRetired, place
from stock.tables import Family, Lot, Place, Product


class AlreadyCounting(Refusal):
    """Two counts of the same shelf would book the same difference twice."""

    kind = Kind.CONFLICT
    message = N_("The count “%(what)s” begun on %(begun)s covers some of the same: go on with it, or close it first.")


class CountClosed(Refusal):
    kind = Kind.CONFLICT
    message = N_("This count is closed.")


class NotInThisCount(Refusal):
    """A lot or a place the count does not cover."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” at “%(place)s” is not part of this count.")
    field = "scan"


class Tally(Struct, frozen=True):
    """So many more of a lot were found at a place: pieces, or grams where it is weighed. 0: none is there."""

    lot_id: int
    place_id: int
    quantity: int


class CountRow(Struct, frozen=True):
    """A count in a list; empty words where it covers everything."""

    id: int
    site_id: int
    site: str
    place_id: int | None
    place: str
    family_code: str | None
    opened_at: dt.datetime
    opened_by: str
    closed_at: dt.datetime | None
    dropped: bool
    differences: int


class LastEntry(Struct, frozen=True):
    """A tally, to be read back to the person who made it."""

    id: int
    product: str
    code: str
    place: str
    measure: str
    quantity: int
    by: str
    at: dt.datetime


def open_count(
    session: Session, site_id: int, stamp: Stamp, *, place_id: int | None = None, family_code: str | None = None
) -> int:
    """Begin a count and return its number.

    Raises AlreadyCounting where an open one covers some of the same, PlaceRetired where nothing can stand.
    """
    site(session, site_id)
    only_there(session, stamp, site_id)
    if place_id is not None:
        _refuse_other_place(place(session, place_id), site_id)
    if family_code is not None and session.get(Family, family_code) is None:
        raise NotFound(what=Term(N_("family")), id=family_code)
    count = Count(site_id=site_id, place_id=place_id, family_code=family_code, opened_at=stamp.at, opened_by=stamp.by)
    refuse_overlap(session, count)
    session.add(count)
    session.flush()
    return count.id


def add(session: Session, count_id: int, tallies: Sequence[Tally], stamp: Stamp) -> list[int]:
    """Keep what somebody found, all or none, and return the numbers of the entries.

    Raises NotFound, CountClosed or NotInThisCount.
    """
    count = open_one(session, count_id)
    lots = {tally.lot_id for tally in tallies}
    _check_scope(session, count, tallies)
    ledger.hold(session, lots)
    stood = standing_now(session, lots, {tally.place_id for tally in tallies})
    entries = [
        CountEntry(
            count_id=count.id,
            lot_id=tally.lot_id,
            place_id=tally.place_id,
            quantity=tally.quantity,
            stood=stood.get((tally.lot_id, tally.place_id), 0),
            at=stamp.at,
            by_id=stamp.by,
        )
        for tally in tallies
    ]
    session.add_all(entries)
    session.flush()
    return [entry.id for entry in entries]


def take_back(session: Session, count_id: int, entries: Sequence[int], stamp: Stamp) -> None:
    """These tallies were wrong and count no more; raises NotFound or CountClosed."""
    if not entries:
        raise NotFound(what=Term(N_("tally")), id="–")
    _forget(session, count_id, entries)
    audit.record(session, "count.take_back", f"count:{count_id}", stamp, tallies=len(entries))


def _forget(session: Session, count_id: int, entries: Iterable[int]) -> None:
    open_one(session, count_id)
    for number in entries:
        entry = session.get(CountEntry, number)
        if entry is None or entry.count_id != count_id:
            raise NotFound(what=Term(N_("tally")), id=number)
        entry.taken_back = True
    session.flush()


def count_anew(session: Session, count_id: int, lot_id: int, place_id: int, stamp: Stamp) -> None:
    """Forget what was found of a lot at a place: somebody counts it again from nothing."""
    query = select(CountEntry.id).where(
        CountEntry.count_id == count_id, CountEntry.lot_id == lot_id, CountEntry.place_id == place_id
    )
    _forget(session, count_id, session.scalars(query.where(CountEntry.taken_back.is_(False))).all())
    audit.record(session, "count.anew", f"count:{count_id}", stamp, lot=lot_id, place=place_id)


def drop(session: Session, count_id: int, stamp: Stamp) -> None:
    """Close a count without booking anything; what was found stays readable."""
    count = open_one(session, count_id, alone=True)
    count.closed_at, count.closed_by, count.dropped = stamp.at, stamp.by, True
    session.flush()


def take_up(session: Session, count_id: int, stamp: Stamp) -> None:
    """Open a dropped count again; raises CountClosed where another way back is due, or AlreadyCounting."""
    count = the_count(session, count_id, alone=True)
    if not count.dropped:
        raise CountClosed()
    refuse_overlap(session, count)
    count.closed_at, count.closed_by, count.dropped = None, None, False
    session.flush()
    audit.record(session, "count.take_up", f"count:{count_id}", stamp)


def counts(session: Session, site_id: int | None = None, limit: int = 40) -> list[CountRow]:
    """The counts of a site, or of all: open ones first, then the newest."""
    query = _ROWS.order_by(Count.closed_at.is_not(None), Count.id.desc()).limit(limit)
    if site_id is not None:
        query = query.where(Count.site_id == site_id)
    return _rows(session, query)


def count_row(session: Session, count_id: int) -> CountRow:
    """The count as a list shows it; raises NotFound."""
    found = _rows(session, _ROWS.where(Count.id == count_id))
    if not found:
        raise NotFound(what=Term(N_("count")), id=count_id)
    return found[0]


def last_entries(session: Session, count_id: int, limit: int = 5) -> list[LastEntry]:
    """What was counted last, newest first, but for what was taken back."""
    query = (
        select(CountEntry, Lot.code, Lot.measure, Product.name, Place.name, Person.name)
        .join(Lot, Lot.id == CountEntry.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Place, Place.id == CountEntry.place_id)
        .outerjoin(Person, Person.id == CountEntry.by_id)
        .where(CountEntry.count_id == count_id, CountEntry.taken_back.is_(False))
        .order_by(CountEntry.id.desc())
        .limit(limit)
    )
    return [
        LastEntry(entry.id, product, code, where, measure, entry.quantity, by or "", entry.at)
        for entry, code, measure, product, where, by in session.execute(query)
    ]


def open_one(session: Session, count_id: int, *, alone: bool = False) -> Count:
    """The count, held open until the transaction ends; `alone`, nobody else counts meanwhile either."""
    count = the_count(session, count_id, alone=alone)
    if count.closed_at is not None:
        raise CountClosed()
    return count


def get_count(session: Session, count_id: int) -> Count:
    """The count, to look at; raises NotFound."""
    count = session.get(Count, count_id)
    if count is None:
        raise NotFound(what=Term(N_("count")), id=count_id)
    return count


def the_count(session: Session, count_id: int, *, alone: bool) -> Count:
    """The count, held until the transaction ends; raises NotFound."""
    query = select(Count).where(Count.id == count_id).with_for_update(read=not alone)
    count = session.scalar(query.execution_options(populate_existing=True))
    if count is None:
        raise NotFound(what=Term(N_("count")), id=count_id)
    return count


def standing_now(session: Session, lots: Iterable[int], places: Iterable[int]) -> dict[tuple[int, int], int]:
    """What the books say stands of each lot at each place: promised and blocked goods are there as well."""
    stood: dict[tuple[int, int], int] = {}
    for standing in ledger.standings(session, lots=lots, places=places, accounts=PLACED):
        key = standing.lot_id, standing.where.place_id or 0
        stood[key] = stood.get(key, 0) + standing.quantity
    return stood


def refuse_overlap(session: Session, count: Count) -> None:
    """Raises AlreadyCounting where an open count covers some of what this one does."""
    # Two who begin at once wait for each other here.
    session.execute(select(Site.id).where(Site.id == count.site_id).with_for_update())
    query = select(Count).where(Count.site_id == count.site_id, Count.closed_at.is_(None))
    for column, asked in ((Count.place_id, count.place_id), (Count.family_code, count.family_code)):
        if asked is not None:
            query = query.where(or_(column.is_(None), column == asked))
    if (same := session.scalar(query.order_by(Count.id).limit(1))) is not None:
        raise AlreadyCounting(what=_named(session, same), begun=same.opened_at)


def _named(session: Session, count: Count) -> list[str | Bilingual]:
    """What a count covers, in the words of the list of counts."""
    where = Term(N_("All places")) if count.place_id is None else session.get_one(Place, count.place_id).name
    family = session.get(Family, count.family_code) if count.family_code else None
    return [where, Bilingual(family.name_fr, family.name_en)] if family else [where]


def _refuse_other_place(where: Place, site_id: int) -> None:
    if where.site_id != site_id:
        raise NotFound(what=Term(N_("place")), id=where.id)
    if where.retired_on is not None:
        raise PlaceRetired(place=where.name)


def _check_scope(session: Session, count: Count, tallies: Sequence[Tally]) -> None:
    places = {p.id: p for p in session.scalars(select(Place).where(Place.site_id == count.site_id))}
    families = dict(
        session.execute(
            select(Lot.id, Product.family_code)
            .join(Product, Product.id == Lot.product_id)
            .where(Lot.id.in_({tally.lot_id for tally in tallies}))
        ).all()
    )
    for tally in tallies:
        if tally.lot_id not in families:
            raise NotFound(what=Term(N_("lot")), id=tally.lot_id)
        there = places.get(tally.place_id)
        if there is None:
            raise NotFound(what=Term(N_("place")), id=tally.place_id)
        covered = count.place_id in (None, there.id) and count.family_code in (None, families[tally.lot_id])
        if not covered:
            name = session.scalars(select(Product.name).join(Lot).where(Lot.id == tally.lot_id)).one()
            raise NotInThisCount(product=name, place=there.name)


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[CountRow]:
    rows = session.execute(query).all()
    booked: dict[int, int] = dict(
        session.execute(
            select(CountDifference.count_id, func.count())
            .where(CountDifference.count_id.in_([row.Count.id for row in rows]))
            .group_by(CountDifference.count_id)
        ).all()
    )
    return [
        CountRow(
            id=row.Count.id,
            site_id=row.Count.site_id,
            site=row.site,
            place_id=row.Count.place_id,
            place=row.place or "",
            family_code=row.Count.family_code,
            opened_at=row.Count.opened_at,
            opened_by=row.by or "",
            closed_at=row.Count.closed_at,
            dropped=row.Count.dropped,
            differences=booked.get(row.Count.id, 0),
        )
        for row in rows
    ]


_ROWS = (
    select(Count, Site.name.label("site"), Place.name.label("place"), Person.name.label("by"))
    .join(Site, Site.id == Count.site_id)
    .outerjoin(Place, Place.id == Count.place_id)
    .outerjoin(Person, Person.id == Count.opened_by)
)
