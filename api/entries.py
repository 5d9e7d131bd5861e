"""What was entered at intake, sent at once or long after: a page's form and a phone's queue end in the same work.

An entry carries the key its sender made. The form of a page and the queue of a phone say the same request in the same
way, so that a form whose answer was lost on the way, and which the phone then queued, is booked once.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace as with_
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from api.amounts import degrees_typed, kilograms_typed, pieces_typed
from api.damage import photo_written
from api.here import Here
from api.intake_rules import rules_at
from api.refusals import SENTENCES
from common.clock import Clock, Stamp
from common.errors import Invalid, Kind, Refusal
from common.idempotency import once, usable
from common.words import N_, Term
from network.partners import sites
from stock import catalogue, intake
from stock.bookings import NOTE_NAMES, Note
from stock.donors import donor
from stock.intake import Arrival, Booking
from stock.openfoodfacts import proposals
from stock.photos import Cleaned, EnoughPhotos, add_photo
from stock.reception_end import reception_then
from stock.tables import Product, Reception
from stock.thermometer import Moment, note_family_temperature, note_temperatures

T = TypeVar("T")

LINES, REFUSALS, PRODUCTS, TEMPERATURES = (
    "/intake/lines",
    "/intake/refusals",
    "/intake/products",
    "/intake/temperatures",
)
"""Where the page sends each kind of entry: the first part of what a request says."""

FINISHED_MEANWHILE = N_("Reception %(number)s was finished meanwhile: what was kept here is added to it.")

KEPT_DAYS = 14
"""A phone that was put away for longer holds entries nobody remembers: a person looks at them first."""


class TurnedAway(Struct, frozen=True):
    """Goods refused at the door, as typed."""

    scan: str
    reason: str
    amount: str = ""
    """Pieces, or kilograms where goods are weighed."""


class Described(Struct, frozen=True):
    """A code nobody knew: the few facts needed, as typed."""

    code: str
    name: str
    family: str
    grams: str


class Degrees(Struct, frozen=True):
    """Temperatures of a reception, as typed."""

    chilled: str = ""
    frozen: str = ""
    moment: str = Moment.ARRIVAL
    family: str = ""
    """The code of a family that was measured by itself."""
    of_family: str = ""


class Came(Struct, frozen=True):
    """How goods came, where it is not as the donor's goods mostly do."""

    source: str = ""
    kind: str = ""
    vehicle: str = ""


class Entry(Struct, frozen=True):
    """One thing a person did at intake: one of `line`, `refusal`, `product`, `temperatures` or `undo`."""

    key: str
    at: dt.datetime
    """When it was done, by the phone's clock."""
    donor_id: int
    line: Arrival | None = None
    refusal: TurnedAway | None = None
    product: Described | None = None
    temperatures: Degrees | None = None
    undo: int | None = None
    """The movement to take back; beside a line, the one it corrects."""
    came: Came = Came()
    photo: str = ""
    """Of damage, beside a line or a refusal: a JPEG, PNG or WebP as base64."""


class Outcome(Struct, frozen=True):
    """What became of one entry."""

    key: str
    done: bool
    booking: Booking | None = None
    code: str = ""
    sentence: str = ""
    """Why it was not done, in the person's language; nothing of it was kept."""
    field: str | None = None
    note: str = ""
    """What to know of it although it was done."""


class TooLongAgo(Refusal):
    """Entries of another fortnight."""

    kind = Kind.CONFLICT
    message = N_("This was entered on %(at)s, more than %(days)s days ago: enter it again if it is still true.")
    field = "at"


class NotYours(Refusal):
    """A shared phone: what one person entered is signed by that person."""

    kind = Kind.CONFLICT
    message = N_("These entries were made by somebody else on this device: they sign in to send them.")


class NothingToDo(Refusal):
    """An entry that says nothing."""

    message = N_("An entry holds one of line, refusal, product, temperatures or undo.")


def site_of(here: Here, session: Session) -> int:
    """Where this person receives: their own site, or the first of the network."""
    return here.me.site_id if here.me.site_id is not None else sites(session)[0].id


def do_all(here: Here, session: Session, site_id: int, entries: list[Entry]) -> list[Outcome]:
    """Do each entry, whole or not at all; what is refused does not keep the others back."""
    return [_outcome(here, session, site_id, entry) for entry in entries]


def _outcome(here: Here, session: Session, site_id: int, entry: Entry) -> Outcome:
    notes: list[str] = []
    outcome = outcome_of(here, session, entry.key, partial(_do, here, session, site_id, entry, notes.append))
    if outcome.booking is not None and Note.PHOTO_NOT_KEPT in outcome.booking.notes:
        notes.append(here.words.text(NOTE_NAMES[Note.PHOTO_NOT_KEPT]))
    return replace(outcome, note=" ".join(notes)) if outcome.done else outcome


def outcome_of(here: Here, session: Session, key: str, work: Callable[[], Booking | None]) -> Outcome:
    """Do one entry, whole or not at all, and say what became of it."""
    try:
        with session.begin_nested():
            booking = work()
    except Refusal as refusal:
        return Outcome(key, False, None, refusal.code, refusal.say(here.words), refusal.field)
    except (DataError, OverflowError):
        return Outcome(key, False, None, "Unusable", here.words.text(SENTENCES[400]))
    return Outcome(key, True, booking)


def _do(here: Here, session: Session, site_id: int, entry: Entry, note: Callable[[str], None]) -> Booking | None:
    stamp = stamp_of(here, entry.at)

    def at_the_door() -> Reception:
        day = stamp.at.astimezone(here.clock.zone).date()
        giver, came = donor(session, entry.donor_id), entry.came
        then = with_(stamp, on=day)
        found = reception_then(session, site_id, giver, then, stamp, came.source, came.kind, came.vehicle)
        if found.closed_at is not None:
            note(here.words.text(FINISHED_MEANWHILE, number=str(found.id)))
        return found

    def alone(said: list[Any], work: Callable[[], T], answer_type: type[T]) -> T:
        return once(session, usable(entry.key), said, here.stamp(), work, answer_type)

    match entry:
        case Entry(line=Arrival() as line):
            replaced = entry.undo
            return alone(
                [LINES, [line, replaced]],
                lambda: book(session, line, replaced, at_the_door(), stamp, here.clock, photo_written(entry.photo)),
                Booking,
            )
        case Entry(refusal=TurnedAway() as refused):
            alone(
                [REFUSALS, [refused.scan, refused.reason, refused.amount]],
                lambda: turn_away(session, refused, at_the_door(), stamp, photo_written(entry.photo)),
                int,
            )
        case Entry(product=Described() as facts):
            alone(
                [PRODUCTS, [facts.code, facts.name, facts.family, facts.grams]],
                lambda: describe(session, facts, at_the_door(), stamp),
                int,
            )
        case Entry(temperatures=Degrees() as degrees):
            alone(
                [TEMPERATURES, degrees],
                lambda: take_temperatures(session, degrees, at_the_door(), stamp),
                int,
            )
        case Entry(undo=int() as movement_id):
            alone(["undo", movement_id], lambda: intake.undo_booking(session, movement_id, stamp), int)
        case _:
            raise NothingToDo()
    return None


def stamp_of(here: Here, at: dt.datetime) -> Stamp:
    """When something was done, on the day it is booked: a report that was printed does not change after.

    A phone whose clock is fast is not believed.
    """
    now = here.stamp()
    at = at if at.tzinfo else at.replace(tzinfo=here.clock.zone)
    if now.at - at > dt.timedelta(days=KEPT_DAYS):
        raise TooLongAgo(at=at, days=KEPT_DAYS)
    return with_(now, at=min(at, now.at))


def book(
    session: Session,
    line: Arrival,
    replaced: int | None,
    reception: Reception,
    stamp: Stamp,
    clock: Clock,
    photo: Cleaned | None = None,
) -> Booking:
    """Book a line under the rules in force, in the place of another where it corrects one; `photo` shows its damage.

    One photo too many is left out and said so: the goods came in all the same.
    """
    rules = rules_at(session, reception.site_id, clock)
    if replaced is None:
        booked = intake.take_in(session, line, reception, stamp, rules)
    else:
        booked = intake.correct_booking(session, replaced, line, reception, stamp, rules)
    try:
        if photo is not None:
            add_photo(session, photo, stamp, lot_id=booked.lot_id)
    except EnoughPhotos:
        return replace(booked, notes=(*booked.notes, Note.PHOTO_NOT_KEPT))
    return booked


def turn_away(
    session: Session, refused: TurnedAway, reception: Reception, stamp: Stamp, photo: Cleaned | None = None
) -> int:
    """Write goods down as refused, with a photo of why; an unknown code is refused without its product."""
    product = product_named(session, refused.scan, reception, stamp.on)
    grams, named = _refused_grams(refused.amount, product), product.id if product else None
    number = intake.refuse_goods(session, reception.id, refused.reason, grams, stamp, named)
    if photo is not None:
        add_photo(session, photo, stamp, refused_id=number)
    return number


def describe(session: Session, facts: Described, reception: Reception | None, stamp: Stamp) -> int:
    """Say once what a code is, completed by what is known of its number; else its contents stay unknown."""
    scan = intake.read_code(session, facts.code, stamp.on)
    said = proposals.Described(facts.name, facts.family, pieces_typed(facts.grams, "grams") or 0)
    added = proposals.add_described(session, scan.product_gtin14, said, f"described at intake by account {stamp.by}")
    catalogue.teach(session, scan, reception.donor if reception else None, added.id)
    return added.id


def take_temperatures(session: Session, degrees: Degrees, reception: Reception, stamp: Stamp) -> int:
    """Note how cold a reception came, and return its number."""
    if degrees.moment not in set(Moment):
        raise Invalid(what=Term(N_("moment")), expected=list(Moment), got=degrees.moment, field="moment")
    moment = Moment(degrees.moment)
    taken = {
        "chilled": degrees_typed(degrees.chilled, "chilled"),
        "frozen": degrees_typed(degrees.frozen, "frozen"),
    }
    of_family = degrees_typed(degrees.of_family, "of_family")
    note_temperatures(session, reception.id, taken, stamp, moment)
    if degrees.family and of_family is not None:
        note_family_temperature(session, reception.id, degrees.family, of_family, moment, stamp)
    return reception.id


def product_named(session: Session, scan: str, reception: Reception | None, today: dt.date) -> Product | None:
    """The product a code names, None where it names none that is known."""
    try:
        read = intake.read_code(session, scan, today)
        return catalogue.find(session, read, reception.donor if reception else None).product
    except Refusal:
        return None


def _refused_grams(amount: str, product: Product | None) -> int:
    """The weight of what was turned away: typed in kilograms where goods are weighed, in pieces where counted."""
    if product is None or product.measure == "gram":
        return kilograms_typed(amount, "amount") or 0
    return (pieces_typed(amount, "amount") or 1) * product.grams_each
