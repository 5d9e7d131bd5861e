"""Goods come in: a scan, a date, a count or a weight become a booking on the shelf, or a refusal with its reason.

One line is one call of `take_in`: it reads the code, settles the date, judges date and temperature, finds or makes
the lot, chooses the place and writes one movement. A refusal leaves nothing behind; what was turned away at the
door is written down by `refuse_goods`, so that donors can be told.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, case, func, insert, select
from sqlalchemy.orm import Session, aliased, joinedload

from common.clock import Stamp
from common.codes import new_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from stock import catalogue, ledger
from stock.amounts import Amount, settle_amount
from stock.catalogue import Found
from stock.codes import Scan, ScanKind, UnreadableCode, read_scan
from stock.cold import must_go_first, record_temperature
from stock.dates import DateKind, DateRules, Decision, Urgency, urgency
from stock.dating import Dated, IntakeRules, Judged, judge, settle_date
from stock.ledger import OUTSIDE, Account
from stock.places import STORAGE_NAMES, Storage
from stock.reference import refusal_reasons
from stock.tables import Donor, Lot, Movement, Place, Product, Reception, RefusedGoods

__all__ = [
    "Arrival",
    "Booking",
    "IntakeRules",
    "Note",
    "Suggestion",
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


class UnknownReason(Refusal):
    """A reason outside the register's list."""

    message = N_("“%(reason)s” is not a reason for refusing goods.")
    field = "reason"


class Note(StrEnum):
    """What to say beside a booking."""

    SHORT = "short"
    """Accepted although its use-by date is near: it must go at the planned session."""
    PAST_BEST_BEFORE = "past_best_before"
    TO_GIVE_FIRST = "to_give_first"
    """It came in above its temperature, within tolerance."""
    LOOK_AGAIN = "look_again"
    """The scanner lost separators: date and lot number were told apart by their form."""


NOTE_NAMES = {
    Note.SHORT: N_("Use-by date is near: give it at the next session"),
    Note.PAST_BEST_BEFORE: N_("Past its best-before date, still good to eat"),
    Note.TO_GIVE_FIRST: N_("Came in a little warm: to give first"),
    Note.LOOK_AGAIN: N_("The scanner lost part of the code: compare date and lot number with the pack"),
}


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
    checked: bool = False
    """A person looked at the packs, or confirms an unlikely date."""
    short_circuit: bool = False
    """To be given at the planned session although the use-by date is near."""
    place_id: int | None = None
    """Where it was put, if not where the software would."""


class Booking(Struct, frozen=True):
    """What was booked, to be read back to the person."""

    movement_id: int
    lot_id: int
    lot_code: str
    product_id: int
    product: str
    measure: str
    quantity: int
    """Pieces, or grams where it is weighed."""
    grams: int
    date: dt.date | None
    date_kind: DateKind
    last_day: dt.date
    urgency: Urgency
    place_id: int
    place: str
    lot_number: str = ""
    new_lot: bool = False
    """Its label has not been printed yet."""
    notes: tuple[Note, ...] = ()
    at: dt.datetime | None = None
    undone: bool = False


class Suggestion(Struct, frozen=True):
    """The last lot of a product, offered so that nothing is typed twice."""

    lot_id: int
    lot_code: str
    lot_number: str
    date: dt.date | None
    date_kind: DateKind
    place_id: int | None
    place: str


# Receptions


def open_reception(session: Session, site_id: int, donor: Donor, stamp: Stamp, source: str = "") -> Reception:
    """The reception of this donor at this site today, opened at its first line.

    `source` is the programme the goods come under, the donor's usual one where it is not said.
    """
    source = source or donor.source
    query = (
        select(Reception)
        .options(joinedload(Reception.donor))
        .where(
            Reception.site_id == site_id,
            Reception.donor_id == donor.id,
            Reception.source == source,
            Reception.on == stamp.on,
            Reception.closed_at.is_(None),
        )
        .order_by(Reception.id)
        .limit(1)
    )
    if found := session.scalar(query):
        return found
    # Two first lines at once: the second waits here and then finds the reception of the first.
    session.execute(select(Donor.id).where(Donor.id == donor.id).with_for_update())
    if found := session.scalar(query):
        return found
    opened = Reception(site_id=site_id, donor=donor, source=source, on=stamp.on, opened_at=stamp.at, opened_by=stamp.by)
    session.add(opened)
    session.flush()
    return opened


def reception(session: Session, reception_id: int) -> Reception:
    """The reception with its donor; raises NotFound."""
    found = session.get(Reception, reception_id, options=[joinedload(Reception.donor)])
    if found is None:
        raise NotFound(what=Term(N_("reception")), id=reception_id)
    return found


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


def take_in(
    session: Session, line: Arrival, reception: Reception, stamp: Stamp, rules: IntakeRules | None = None
) -> Booking:
    """Book one line onto the shelf, or raise the refusal that says what is wrong with it and write nothing."""
    rules = rules or IntakeRules()
    goods = _goods(session, line, reception.donor, stamp, rules)
    place = _place(session, reception.site_id, goods.product, line.place_id)
    lot, new = _lot(session, reception, goods, stamp)
    movement_id = ledger.move(session, lot.id, goods.amount.quantity, OUTSIDE, ledger.shelf(place.id), stamp)
    if line.temperature_tenths is not None:
        record_temperature(session, reception.id, goods.product.family, line.temperature_tenths, stamp)
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
        urgency=urgency(goods.judged.last_day, stamp.on, rules.dates),
        place_id=place.id,
        place=place.name,
        lot_number=goods.lot_number,
        new_lot=new,
        notes=goods.notes,
        at=stamp.at,
    )


def _goods(session: Session, line: Arrival, donor: Donor, stamp: Stamp, rules: IntakeRules) -> Goods:
    """Read and judge one line; raises the refusal of the first rule that it breaks."""
    scan = read_code(session, line.scan, stamp.on)
    found = catalogue.find(session, scan, donor)
    dated = _dated(line, scan, found, stamp.on)
    judged = judge(dated, found.product, stamp, rules, checked=line.checked, short_circuit=line.short_circuit)
    first = must_go_first(found.product.family, line.temperature_tenths)
    amount = settle_amount(found, line.units, line.grams)
    lot_number = _lot_number(line, scan, found)
    return Goods(found.product, dated, judged, amount, lot_number, line.checked, _notes(judged, first, scan))


def undo_booking(session: Session, movement_id: int, stamp: Stamp) -> int:
    """Take a booking back by a counter-movement and return its number.

    Raises NotFound, NotABooking, AlreadyUndone, or NotEnoughLeft where some of it has already gone on.
    """
    movement = session.get(Movement, movement_id)
    if movement is not None and (movement.from_account != Account.OUTSIDE or movement.undoes_id):
        raise NotABooking(id=movement_id)
    return ledger.undo(session, movement_id, stamp)


def refuse_goods(
    session: Session, reception_id: int, reason: str, grams: int, stamp: Stamp, product_id: int | None = None
) -> int:
    """Write down what was turned away, and why: the donor is told, the ledger never sees it."""
    if reason not in {known.code for known in refusal_reasons()}:
        raise UnknownReason(reason=reason)
    refused = RefusedGoods(
        reception_id=reception_id,
        product_id=product_id,
        reason=reason,
        grams=max(grams, 0),
        at=stamp.at,
        by_id=stamp.by,
    )
    session.add(refused)
    session.flush()
    return refused.id


def read_code(session: Session, text: str, today: dt.date) -> Scan:
    """What was scanned; the bare short code of an internal article is one too."""
    try:
        return read_scan(text, today=today)
    except UnreadableCode:
        product = catalogue.product_by_article(session, text) if len(text) <= 24 else None
        if product is None:
            raise
        return Scan(ScanKind.INTERNAL, text, article=product.article)


def _dated(line: Arrival, scan: Scan, found: Found, today: dt.date) -> Dated:
    coded, kind = scan.date, scan.date_kind
    if found.lot is not None:
        coded, kind = found.lot.date, DateKind(found.lot.date_kind)
    family_kind = DateKind(found.product.family.date_kind)
    return settle_date(line.date, coded, kind, family_kind, today=today, confirmed=line.checked)


def _lot_number(line: Arrival, scan: Scan, found: Found) -> str:
    coded = (found.lot.lot_number if found.lot else scan.lot_number) or ""
    typed = line.lot_number.strip()
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
    known = select(Lot.id, Lot.code).where(*(getattr(Lot, name) == value for name, value in same.items()))
    if found := session.execute(known).first():
        return found, False
    # Two such lines at once: the second waits here and then finds the lot of the first.
    session.execute(select(Reception.id).where(Reception.id == reception.id).with_for_update())
    if found := session.execute(known).first():
        return found, False
    new = insert(Lot).values(
        **same,
        code=new_code(),
        donor_id=reception.donor_id,
        source=reception.source,
        last_day=goods.judged.last_day,
        portion=goods.product.portion,
        value_cents=goods.product.value_cents,
        checked=goods.checked,
        came_in_at=stamp.at,
    )
    return session.execute(new.returning(Lot.id, Lot.code)).one(), True


def _place(session: Session, site_id: int, product: Product, place_id: int | None) -> Row[int, str]:
    """Where it was put, else where the last lot of that product went, else the first place that suits it."""
    query = select(Place.id, Place.name).where(Place.site_id == site_id)
    if place_id is not None:
        query = query.where(Place.id == place_id)
    else:
        usual = case((Place.id == _last_place(product.id, site_id), 0), else_=1)
        query = query.where(Place.storage == product.family.storage).order_by(usual, Place.rank).limit(1)
    place = session.execute(query).first()
    if place is not None:
        return place
    if place_id is not None:
        raise NotFound(what=Term(N_("place")), id=place_id)
    raise NoPlace(storage=Term(STORAGE_NAMES[Storage(product.family.storage)]))


def _last_place(product_id: int, site_id: int) -> Any:
    """Where the last lot of a product at a site was last put on a shelf."""
    last_lot = (
        select(func.max(Lot.id))
        .join(Lot.reception)
        .where(Lot.product_id == product_id, Reception.site_id == site_id)
        .scalar_subquery()
    )
    return (
        select(Movement.to_place_id)
        .where(Movement.lot_id == last_lot, Movement.to_account == Account.SHELF)
        .order_by(Movement.id.desc())
        .limit(1)
        .scalar_subquery()
    )


# What the intake page shows


def suggest(session: Session, product_id: int, donor_id: int, site_id: int) -> Suggestion | None:
    """The last lot of a product at this site, of this donor where there is one: its date is offered first."""
    query = (
        select(Lot.id, Lot.code, Lot.lot_number, Lot.date, Lot.date_kind, Place.id, Place.name)
        .join(Lot.reception)
        .outerjoin(Place, Place.id == _last_place(product_id, site_id))
        .where(Lot.product_id == product_id, Reception.site_id == site_id)
        .order_by((Lot.donor_id == donor_id).desc(), Lot.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    lot_id, code, lot_number, date, kind, place_id, place = row
    return Suggestion(lot_id, code, lot_number, date, DateKind(kind), place_id, place or "")


def last_bookings(
    session: Session,
    site_id: int,
    today: dt.date,
    *,
    reception_id: int | None = None,
    account_id: int | None = None,
    limit: int = 5,
    rules: DateRules | None = None,
) -> tuple[Booking, ...]:
    """The last lines that came in at a site, newest first, those undone included and marked."""
    counter = aliased(Movement)
    query = (
        select(Movement, Lot, Product.name, Place.name, counter.id)
        .join(Movement.lot)
        .join(Lot.product)
        .join(Place, Place.id == Movement.to_place_id)
        .outerjoin(counter, counter.undoes_id == Movement.id)
        .where(Movement.from_account == Account.OUTSIDE, Place.site_id == site_id)
        .order_by(Movement.id.desc())
        .limit(limit)
    )
    if reception_id is not None:
        query = query.where(Lot.reception_id == reception_id)
    if account_id is not None:
        query = query.where(Movement.by_id == account_id)
    return tuple(_booked(row, today, rules or DateRules()) for row in session.execute(query))


def _booked(row: Row[Movement, Lot, str, str, int | None], today: dt.date, rules: DateRules) -> Booking:
    movement, lot, product, place, undone_by = row
    return Booking(
        movement_id=movement.id,
        lot_id=lot.id,
        lot_code=lot.code,
        product_id=lot.product_id,
        product=product,
        measure=lot.measure,
        quantity=movement.quantity,
        grams=movement.quantity * lot.grams_each,
        date=lot.date,
        date_kind=DateKind(lot.date_kind),
        last_day=lot.last_day,
        urgency=urgency(lot.last_day, today, rules),
        place_id=movement.to_place_id or 0,
        place=place,
        lot_number=lot.lot_number,
        at=movement.at,
        undone=undone_by is not None,
    )
