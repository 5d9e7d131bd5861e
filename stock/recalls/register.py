"""The register of alerts: taking them in, whatever order their versions come in, and finding the lots they mean."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, func, or_, select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from common.clock import Stamp
from common.database import one_writer_at_a_time
from stock import ledger
from stock.ledger import ON_HAND
from stock.recalls.alerts import Alert, Mark, merged
from stock.recalls.matching import Described, Level, level_of, lots_named, may_be
from stock.recalls.tables import RecallHit, RecallMark, RecallNotice
from stock.refusals import LotNumberNeeded, UnderRecall
from stock.rules import figure
from stock.tables import Donor, Lot, Product, ProductCode


def take_in_alerts(session: Session, alerts: Iterable[Alert], stamp: Stamp) -> int:
    """Keep the newest version of each notice, and return how many were new or changed.

    The same rows again change nothing, an older version neither; further rows of the same version add what they name.
    """
    newest = merged(alerts)
    _one_reading_at_a_time(session)
    query = select(RecallNotice).options(selectinload(RecallNotice.marks)).where(RecallNotice.key.in_(newest))
    known = {notice.key: notice for notice in session.scalars(query)}
    changed = sum(_keep(session, known.get(key), alert, stamp) for key, alert in newest.items())
    session.flush()
    return changed


def find_hits(session: Session, stamp: Stamp) -> list[RecallHit]:
    """Compare every lot that may still be eaten with every alert that may speak of it; returns what is new to settle.

    A person's word that a lot is not concerned holds until the alert changes. A lot that a newer version names no
    more stays blocked, to be looked at.
    """
    _one_reading_at_a_time(session)
    at_home = dt.timedelta(days=figure(session, "recall_home_days", stamp.on))
    levels = _by_number(session, at_home) | _by_words(session, at_home)
    known = {(hit.notice_id, hit.lot_id): hit for hit in session.scalars(select(RecallHit))}
    versions = dict(session.execute(select(RecallNotice.id, RecallNotice.version)).all())
    found = [hit for pair, level in levels.items() if (hit := _hit(session, known, pair, level, versions, stamp))]
    for pair, hit in known.items():
        if pair not in levels and hit.state == "open" and hit.version < versions[hit.notice_id]:
            hit.level, hit.version = Level.TO_CHECK, versions[hit.notice_id]
    session.flush()
    return found


def refuse_recalled(session: Session, product: Product, lot_number: str, date: dt.date | None, today: dt.date) -> None:
    """Let nothing in that an alert speaks of; raises UnderRecall, or LotNumberNeeded where only that can tell."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    rows = session.connection().execute(_MARKS_OF_PRODUCT, {"product": product.id, "today": today})
    for row in rows:
        marks[row.notice_id].append(Mark(row.gtin or "", row.lots, row.dated_from, row.dated_until))
    for notice_id, named in marks.items():
        level = level_of(named, lot_number, date)
        if level is None:
            continue
        notice = session.get_one(RecallNotice, notice_id)
        lots = [mark.lots for mark in named if mark.lots and lots_named(mark.lots) != frozenset()]
        if level is Level.PROBABLE and lots and not lot_number:
            raise LotNumberNeeded(product=product.name, since=notice.published_on, lots=", ".join(lots[:5])[:200])
        raise UnderRecall(product=product.name, since=notice.published_on, reason=notice.reason[:200])


def marks_in_force(session: Session, today: dt.date) -> list[tuple[Mark, int, RecallNotice]]:
    """What current alerts name of the products we know: mark, product, and the notice."""
    rows = session.execute(_MARKS_IN_FORCE, {"today": today})
    return [(_as_value(mark), product, notice) for mark, product, notice in rows]


def _one_reading_at_a_time(session: Session) -> None:
    """Two that read the same notice at once would each add it, or each replace what it names."""
    if not one_writer_at_a_time(session):
        session.execute(_HOLD)


def _keep(session: Session, known: RecallNotice | None, alert: Alert, stamp: Stamp) -> bool:
    """Whether this alert changed anything."""
    if known is not None and known.version > alert.version:
        return False
    if known is not None and known.version == alert.version:
        return _add_marks(known, alert)
    notice = known or RecallNotice(key=alert.key)
    for name in _FACTS:
        setattr(notice, name, getattr(alert, name))
    notice.taken_in_at = stamp.at
    notice.marks = [_as_row(mark) for mark in alert.marks]
    session.add(notice)
    return True


def _add_marks(known: RecallNotice, alert: Alert) -> bool:
    """Marks of further rows of the same version; one without a number says nothing beside those that have one."""
    there = {_as_value(mark) for mark in known.marks}
    numbered = any(mark.gtin for mark in there)
    new = [mark for mark in alert.marks if mark not in there and (mark.gtin or not numbered)]
    known.marks += [_as_row(mark) for mark in new]
    if any(mark.gtin for mark in new):
        known.marks = [mark for mark in known.marks if mark.gtin or mark.lots or mark.dated_from]
    return bool(new)


def _by_number(session: Session, at_home: dt.timedelta) -> dict[tuple[int, int], Level]:
    """How sure it is, by notice and lot, for all lots whose product an alert names by a number."""
    marks: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    lots: dict[int, Lot] = {}
    for mark, lot in session.execute(_NUMBERED):
        marks[mark.notice_id, lot.id].append(_as_value(mark))
        lots[lot.id] = lot
    notices = _notices(session, {notice for notice, _ in marks})
    return {
        (notice, lot_id): level
        for (notice, lot_id), named in marks.items()
        if _in_time(notices[notice], lots[lot_id], at_home)
        and (level := level_of(named, lots[lot_id].lot_number, lots[lot_id].date))
    }


def _by_words(session: Session, at_home: dt.timedelta) -> dict[tuple[int, int], Level]:
    """The lots on the shelves that an alert without a number may speak of, for a person to look at."""
    numbered = select(RecallMark.notice_id).where(RecallMark.gtin.is_not(None))
    nameless = session.scalars(select(RecallNotice).where(RecallNotice.id.not_in(numbered))).all()
    if not nameless:
        return {}
    there = {standing.lot_id for standing in ledger.standings(session, accounts=ON_HAND)}
    rows = session.execute(_DESCRIBED, {"lots": sorted(there)}).all()
    goods = [(lot, Described.of(brand, name, donor)) for lot, name, brand, donor in rows]
    return {
        (notice.id, lot.id): Level.TO_CHECK
        for notice in nameless
        for alert in [Described.of(notice.brand, notice.label, notice.distributors)]
        for lot, words in goods
        if _in_time(notice, lot, at_home) and may_be(alert, words)
    }


def _in_time(notice: RecallNotice, lot: Lot, at_home: dt.timedelta) -> bool:
    """Whether goods of this alert may be in this lot: not sold later than it came in, nor eaten up long before.

    `at_home` is how long after its last day a household may still have something at home.
    """
    came_in = lot.reception.on
    sold = notice.sold_from is None or notice.sold_from <= came_in
    return sold and came_in <= notice.until and lot.last_day + at_home >= notice.published_on


def _hit(
    session: Session,
    known: Mapping[tuple[int, int], RecallHit],
    pair: tuple[int, int],
    level: Level,
    versions: Mapping[int, int],
    stamp: Stamp,
) -> RecallHit | None:
    """The hit where there is something new to settle: found for the first time, or named again by a newer version."""
    hit, version = known.get(pair), versions[pair[0]]
    if hit is not None and hit.version >= version:
        return None
    if hit is None:
        hit = RecallHit(notice_id=pair[0], lot_id=pair[1], found_at=stamp.at)
        session.add(hit)
    hit.level, hit.version, hit.state = level, version, "open"
    return hit


def _notices(session: Session, numbers: Iterable[int]) -> dict[int, RecallNotice]:
    query = select(RecallNotice).where(RecallNotice.id.in_(set(numbers)))
    return {notice.id: notice for notice in session.scalars(query)}


def _as_value(mark: RecallMark) -> Mark:
    return Mark(mark.gtin or "", mark.lots, mark.dated_from, mark.dated_until)


def _as_row(mark: Mark) -> RecallMark:
    return RecallMark(gtin=mark.gtin or None, lots=mark.lots, dated_from=mark.dated_from, dated_until=mark.dated_until)


_HOLD = text("LOCK TABLE recall_notices IN SHARE ROW EXCLUSIVE MODE")
_FACTS = ["number", "version", "published_on", "until", "sold_from", "brand", "label", "category"]
_FACTS += ["reason", "risk", "advice", "distributors", "link"]
_NUMBERED = (
    select(RecallMark, Lot)
    .join(ProductCode, ProductCode.gtin == RecallMark.gtin)
    .join(Product, or_(Product.id == ProductCode.product_id, Product.frozen_from_id == ProductCode.product_id))
    .join(Lot, Lot.product_id == Product.id)
    .options(joinedload(Lot.reception))
)
_DESCRIBED = (
    select(Lot, Product.name, Product.brand, Donor.name)
    .join(Lot.product)
    .join(Donor, Donor.id == Lot.donor_id)
    .options(joinedload(Lot.reception))
    .where(Lot.id.in_(bindparam("lots", expanding=True)))
)
_MARKS_IN_FORCE = (
    select(RecallMark, ProductCode.product_id, RecallNotice)
    .join(ProductCode, ProductCode.gtin == RecallMark.gtin)
    .join(RecallNotice, RecallNotice.id == RecallMark.notice_id)
    .where(
        RecallNotice.until >= bindparam("today"),
        func.coalesce(RecallNotice.sold_from, RecallNotice.published_on) <= bindparam("today"),
    )
    .order_by(RecallMark.id)
)
_MARKS_OF_PRODUCT = (
    select(RecallMark.notice_id, RecallMark.gtin, RecallMark.lots, RecallMark.dated_from, RecallMark.dated_until)
    .join(ProductCode, ProductCode.gtin == RecallMark.gtin)
    .join(RecallNotice, RecallNotice.id == RecallMark.notice_id)
    .where(
        ProductCode.product_id == bindparam("product"),
        RecallNotice.until >= bindparam("today"),
        func.coalesce(RecallNotice.sold_from, RecallNotice.published_on) <= bindparam("today"),
    )
)
