"""Goods come in: a scan, a date, a count or a weight become a booking on the shelf, or a refusal with its reason.

One line is one call of `take_in`: it reads the code, settles the date, judges date and temperature, finds or makes
the lot, chooses the place and writes one movement. A refusal leaves nothing behind; what was turned away at the
door is written down by `refuse_goods`, so that donors can be told.
"""

import datetime as dt
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Row, bindparam, case, insert, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.codes import new_code
from common.database import one_writer_at_a_time
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from stock import catalogue, ledger
from stock.amounts import Amount, settle_amount
from stock.bookings import LAST_PLACE, Booking, Note, Suggestion, last_bookings, suggest
from stock.catalogue import Found
from stock.codes import Scan, ScanKind, UnreadableCode, read_scan
from stock.cold import must_go_first, record_temperature
from stock.dates import DateKind, Decision
from stock.dating import Dated, IntakeRules, Judged, judge, settle_date
from stock.ledger import OUTSIDE, Account
from stock.places import STORAGE_NAMES, Storage
from stock.recalls.register import refuse_recalled
from stock.receptions import open_reception, reception, refuse_goods
from stock.tables import Lot, Movement, Place, Product, Reception
from stock.thermometer import reading_for

__all__ = [
    "Arrival",
    "Booking",
    "IntakeRules",
    "Note",
    "Suggestion",
    "correct_booking",
    "last_bookings",
    "open_reception",
    "read_code",
    "reception",
    "refuse_goods",
    "suggest",
    "take_in",
    "undo_booking",
]


class NoPlace(Refusal):
    """Goods that must be kept in a way this site cannot."""

    kind = Kind.CONFLICT
    message = N_("This site has no place for such goods: %(storage)s.")
    field = "place"


class LotNumbersDisagree(Refusal):
    """A lot number is never corrected by hand (R-DATE-02): one of the two was misread."""

    kind = Kind.CONFLICT
    message = N_("The code says lot “%(coded)s”, you typed “%(typed)s”: please look at the pack again.")
    field = "lot_number"


class NotABooking(Refusal):
    """Only what came in is undone here; other movements have their own ways back."""

    kind = Kind.CONFLICT
    message = N_("Movement %(id)s did not bring goods in.")


class Arrival(Struct, frozen=True):
    """One line as a person sends it."""

    scan: str
    """Whatever the scanner gave, or the short code of an internal article."""
    units: int | None = None
    """How many times it was scanned or counted; empty means one."""
    grams: int | None = None
    """The weight of the whole line."""
    date: str = ""
    """As typed: used where the code carries none, compared with it where it does."""
    lot_number: str = ""
    temperature_tenths: int | None = None
    label_tenths: int | None = None
    """The highest temperature its label allows, where goods came warmer than their family's limit."""
    checked: bool = False
    """A person looked at the packs, or confirms an unlikely date."""
    session_on: dt.date | None = None
    """The planned session it is taken in for although its use-by date is near."""
    place_id: int | None = None
    """Where it was put, if not where the software would."""


# One line


@dataclass(frozen=True)
class Goods:
    """One line once every rule has accepted it; nothing is written yet."""

    product: Product
    dated: Dated
    judged: Judged
    amount: Amount
    lot_number: str
    checked: bool
    notes: tuple[Note, ...]
    session_on: dt.date | None
    tenths: int | None
    """The temperature that counts for it."""


def take_in(
    session: Session, line: Arrival, reception: Reception, stamp: Stamp, rules: IntakeRules | None = None
) -> Booking:
    """Book one line onto the shelf, or raise the refusal that says what is wrong with it and write nothing."""
    rules = rules or IntakeRules()
    goods = _goods(session, line, reception, stamp, rules)
    place = _place(session, reception.site_id, goods.product, line.place_id)
    lot, new = _lot(session, reception, goods, stamp)
    movement_id = ledger.move(session, lot.id, goods.amount.quantity, OUTSIDE, ledger.shelf(place.id), stamp)
    measured = goods.tenths if line.label_tenths is not None else line.temperature_tenths
    if measured is not None:
        record_temperature(session, reception.id, goods.product.family, measured, stamp, line.label_tenths)
    return Booking(
        movement_id=movement_id,
        lot_id=lot.id,
        lot_code=lot.code,
        product_id=goods.product.id,
        product=goods.product.name,
        measure=goods.product.measure,
        quantity=goods.amount.quantity,
        grams=goods.amount.grams,
        date=goods.dated.date,
        date_kind=goods.dated.kind,
        last_day=goods.judged.last_day,
        urgency=rules.steps.of(goods.judged.last_day, stamp.on),
        place_id=place.id,
        place=place.name,
        lot_number=goods.lot_number,
        new_lot=new,
        notes=goods.notes,
        at=stamp.at,
    )


def _goods(session: Session, line: Arrival, reception: Reception, stamp: Stamp, rules: IntakeRules) -> Goods:
    """Read and judge one line; raises the refusal of the first rule that it breaks."""
    scan = read_code(session, line.scan, stamp.on)
    found = catalogue.find(session, scan, reception.donor)
    tenths = reading_for(session, reception.id, found.product.family, line.temperature_tenths)
    dated = _dated(line, scan, found, stamp.on, rules)
    judged = judge(dated, found.product, stamp, rules, checked=line.checked, session_on=line.session_on)
    first = must_go_first(found.product.family, tenths, line.label_tenths)
    amount = settle_amount(found, line.units, line.grams)
    lot_number = _lot_number(line, scan, found)
    refuse_recalled(session, found.product, lot_number, dated.date, stamp.on)
    notes = _notes(judged, first, scan)
    promised = line.session_on if Note.SHORT in notes else None
    return Goods(found.product, dated, judged, amount, lot_number, line.checked, notes, promised, tenths)


def undo_booking(session: Session, movement_id: int, stamp: Stamp) -> int:
    """Take a booking back by a counter-movement and return its number.

    Raises NotFound, NotABooking, AlreadyUndone, or NotEnoughLeft where some of it has already gone on.
    """
    movement = session.get(Movement, movement_id)
    if movement is not None and (movement.from_account != Account.OUTSIDE or movement.undoes_id):
        raise NotABooking(id=movement_id)
    return ledger.undo(session, movement_id, stamp)


def correct_booking(
    session: Session,
    movement_id: int,
    line: Arrival,
    reception: Reception,
    stamp: Stamp,
    rules: IntakeRules | None = None,
) -> Booking:
    """Take a booking back and book the line that should have been, together or not at all.

    Raises what `undo_booking` and `take_in` raise; then the first booking stands as it was.
    """
    with session.begin_nested():
        undo_booking(session, movement_id, stamp)
        return take_in(session, line, reception, stamp, rules)


def read_code(session: Session, text: str, today: dt.date) -> Scan:
    """What was scanned; the bare short code of an internal article is one too."""
    try:
        return read_scan(text, today=today)
    except UnreadableCode:
        product = catalogue.product_by_article(session, text) if len(text) <= 24 else None
        if product is None:
            raise
        return Scan(ScanKind.INTERNAL, text, article=product.article)


def _dated(line: Arrival, scan: Scan, found: Found, today: dt.date, rules: IntakeRules) -> Dated:
    coded, kind = scan.date, scan.date_kind
    if found.lot is not None:
        coded, kind = found.lot.date, DateKind(found.lot.date_kind)
    family_kind = DateKind(found.product.family.date_kind)
    return settle_date(
        line.date, coded, kind, family_kind, today=today, confirmed=line.checked, plausible=rules.plausible
    )


def _lot_number(line: Arrival, scan: Scan, found: Found) -> str:
    coded = (found.lot.lot_number if found.lot else scan.lot_number) or ""
    typed = "".join(letter for letter in line.lot_number if letter.isprintable()).strip()
    if coded and typed and coded.casefold() != typed.casefold():
        raise LotNumbersDisagree(coded=coded, typed=typed)
    return (coded or typed)[:40]


def _notes(judged: Judged, first: bool, scan: Scan) -> tuple[Note, ...]:
    said = {
        Note.SHORT: judged.decision is Decision.SHORT,
        Note.PAST_BEST_BEFORE: judged.decision is Decision.PAST_BEST_BEFORE,
        Note.TO_GIVE_FIRST: first,
        Note.LOOK_AGAIN: scan.mended,
    }
    return tuple(note for note, holds in said.items() if holds)


# Its lot and its place


def _lot(session: Session, reception: Reception, goods: Goods, stamp: Stamp) -> tuple[Row[int, str], bool]:
    """The lot of these goods, and whether it is new."""
    same = {
        "reception_id": reception.id,
        "product_id": goods.product.id,
        "date": goods.dated.date,
        "date_kind": goods.dated.kind,
        "lot_number": goods.lot_number,
        "measure": goods.product.measure,
        "grams_each": goods.amount.grams_each,
    }
    connection = session.connection()
    if found := connection.execute(_SAME_LOT, same).first():
        return found, False
    if not one_writer_at_a_time(session):
        # Two such lines at once: the second waits here and then finds the lot of the first.
        connection.execute(_HOLD_RECEPTION, same)
        if found := connection.execute(_SAME_LOT, same).first():
            return found, False
    new = {
        **same,
        "code": new_code(),
        "donor_id": reception.donor_id,
        "source": reception.source,
        "last_day": goods.judged.last_day,
        "portion": goods.product.portion,
        "value_cents": goods.product.value_cents,
        "checked": goods.checked,
        "session_on": goods.session_on,
        "came_in_at": stamp.at,
    }
    return connection.execute(_NEW_LOT, new).one(), True


def _place(session: Session, site_id: int, product: Product, place_id: int | None) -> Row[int, str]:
    """Where it was put, else where the last lot of that product went, else the first place that suits it."""
    if place_id is not None:
        place = session.connection().execute(_THIS_PLACE, {"site_id": site_id, "place_id": place_id}).first()
        if place is None:
            raise NotFound(what=Term(N_("place")), id=place_id)
        return place
    asked = {"site_id": site_id, "product_id": product.id, "storage": product.family.storage}
    place = session.connection().execute(_USUAL_PLACE, asked).first()
    if place is None:
        raise NoPlace(storage=Term(STORAGE_NAMES[Storage(product.family.storage)]))
    return place


# Statements are built once: building one takes several times longer than running it.

_SAME_LOT = select(Lot.id, Lot.code).where(
    Lot.reception_id == bindparam("reception_id"),
    Lot.product_id == bindparam("product_id"),
    Lot.date.is_not_distinct_from(bindparam("date")),
    Lot.date_kind == bindparam("date_kind"),
    Lot.lot_number == bindparam("lot_number"),
    Lot.measure == bindparam("measure"),
    Lot.grams_each == bindparam("grams_each"),
    # What was split off has a label of its own.
    Lot.parent_id.is_(None),
)
_HOLD_RECEPTION = select(Reception.id).where(Reception.id == bindparam("reception_id")).with_for_update()
_NEW_LOT = insert(Lot).returning(Lot.id, Lot.code)
_AT_SITE = select(Place.id, Place.name).where(Place.site_id == bindparam("site_id"))
_THIS_PLACE = _AT_SITE.where(Place.id == bindparam("place_id"))
_USUAL_PLACE = (
    _AT_SITE.where(Place.storage == bindparam("storage"), Place.retired_on.is_(None))
    .order_by(case((Place.id == LAST_PLACE, 0), else_=1), Place.rank)
    .limit(1)
)
