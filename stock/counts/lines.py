"""The lines of a count: every lot that should stand there, and every one that somebody found."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from common.words import plain
from stock import ledger
from stock.accounts import PLACED
from stock.counts.tables import Count, CountEntry
from stock.dates import DateKind
from stock.places import places
from stock.tables import Lot, Place, Product


class CountLine(Struct, frozen=True):
    """One lot at one place, as whoever counts may see it: what the books say is not here."""

    lot_id: int
    code: str
    lot_number: str
    product: str
    brand: str
    pictogram: str
    measure: str
    grams_each: int
    date: dt.date | None
    date_kind: DateKind
    place_id: int
    place: str
    found: int | None
    """Pieces, or grams where it is weighed; None while nobody has counted it."""
    moved: bool
    """Some came or went between two tallies: count it again."""


class Compared(Struct, frozen=True):
    """A counted line beside the books."""

    line: CountLine
    found: int
    stood: int
    """What the books said when it was counted last."""

    @property
    def difference(self) -> int:
        return self.found - self.stood


def lines(session: Session, count: Count) -> list[CountLine]:
    """The lines in walking order, by product and date."""
    return [line for line, _ in _lines(session, count)]


def compared(session: Session, count: Count) -> list[Compared]:
    """The lines that were counted, each with what the books said; the others are not settled by this count."""
    return [Compared(line, line.found, stood) for line, stood in _lines(session, count) if line.found is not None]


def to_choose(session: Session, lots: Collection[int], where: Place) -> list[CountLine]:
    """These lots as lines of that place that nobody has counted, whether they stand there or not."""
    rows = session.execute(_FACTS, {"lots": sorted(lots)})
    return sorted((_line(row, where, [])[0] for row in rows), key=lambda line: (line.date or dt.date.max, line.lot_id))


def _lines(session: Session, count: Count) -> list[tuple[CountLine, int]]:
    tallies: dict[tuple[int, int], list[CountEntry]] = defaultdict(list)
    query = select(CountEntry).where(CountEntry.count_id == count.id, CountEntry.taken_back.is_(False))
    for entry in session.scalars(query.order_by(CountEntry.id)):
        tallies[entry.lot_id, entry.place_id].append(entry)
    walked = {p.id: (rank, p) for rank, p in enumerate(places(session, count.site_id))}
    covered = set(walked) if count.place_id is None else {count.place_id}
    there = set() if count.closed_at else _standing(session, covered)
    lots = {row.id: row for row in session.execute(_FACTS, {"lots": sorted({lot for lot, _ in there | set(tallies)})})}
    found = [
        _line(lots[lot], walked[where][1], tallies.get((lot, where), []))
        for lot, where in there | set(tallies)
        if count.family_code in (None, lots[lot].family_code)
    ]
    found.sort(key=lambda pair: _order(walked[pair[0].place_id][0], pair[0]))
    return found


def _standing(session: Session, covered: set[int]) -> set[tuple[int, int]]:
    return {
        (standing.lot_id, standing.where.place_id or 0)
        for standing in ledger.standings(session, places=covered, accounts=PLACED)
    }


def _line(lot: Row[*tuple[Any, ...]], where: Place, tallies: Sequence[CountEntry]) -> tuple[CountLine, int]:
    """The line, and what the books said when it was counted last."""
    line = CountLine(
        lot_id=lot.id,
        code=lot.code,
        lot_number=lot.lot_number,
        product=lot.name,
        brand=lot.brand,
        pictogram=lot.pictogram,
        measure=lot.measure,
        grams_each=lot.grams_each,
        date=lot.date,
        date_kind=DateKind(lot.date_kind),
        place_id=where.id,
        place=where.name,
        found=sum(entry.quantity for entry in tallies) if tallies else None,
        moved=len({entry.stood for entry in tallies}) > 1,
    )
    return line, tallies[-1].stood if tallies else 0


def _order(rank: int, line: CountLine) -> tuple[Any, ...]:
    return rank, plain(line.product), line.date or dt.date.max, line.lot_id


_FACTS = (
    select(
        Lot.id,
        Lot.code,
        Lot.lot_number,
        Lot.measure,
        Lot.grams_each,
        Lot.date,
        Lot.date_kind,
        Product.name,
        Product.brand,
        Product.pictogram,
        Product.family_code,
    )
    .join(Product, Product.id == Lot.product_id)
    .where(Lot.id.in_(bindparam("lots", expanding=True)))
)
