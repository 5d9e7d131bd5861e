"""What was booked: read back to the person who booked it, and offered again for the next line."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased

from common.errors import NotFound
from common.words import N_, Term
from stock.dates import DateKind
from stock.ledger import Account
from stock.tables import Lot, Movement, Place, Product, Reception
from stock.urgency import Steps, Urgency, steps_in_force


class Note(StrEnum):
    """What to say beside a booking."""

    SHORT = "short"
    """Accepted although its use-by date is near: it must go at the planned session."""
    PAST_BEST_BEFORE = "past_best_before"
    TO_GIVE_FIRST = "to_give_first"
    """It came in above its temperature, within tolerance."""
    LOOK_AGAIN = "look_again"
    """The scanner lost separators: date and lot number were told apart by their form."""
    PHOTO_NOT_KEPT = "photo_not_kept"
    """There are a dozen photos of this lot already: the line is booked, the photo that came with it is left out."""


NOTE_NAMES = {
    Note.SHORT: N_("Use-by date is near: give it at the next session"),
    Note.PAST_BEST_BEFORE: N_("Past its best-before date, still good to eat"),
    Note.TO_GIVE_FIRST: N_("Came in a little warm: to give first"),
    Note.LOOK_AGAIN: N_("The scanner lost part of the code: compare date and lot number with the pack"),
    Note.PHOTO_NOT_KEPT: N_("The photo was not kept: there are twelve of this lot already"),
}


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


LAST_PLACE = (
    select(Movement.to_place_id)
    .where(
        Movement.lot_id
        == select(Lot.id)
        .join(Lot.reception)
        .where(Lot.product_id == bindparam("product_id"), Reception.site_id == bindparam("site_id"))
        .order_by(Lot.id.desc())
        .limit(1)
        .scalar_subquery(),
        Movement.to_account == Account.SHELF,
    )
    .order_by(Movement.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""Where the last lot of a product at a site was last put on a shelf."""


def suggest(session: Session, product_id: int, donor_id: int, site_id: int) -> Suggestion | None:
    """The last lot of a product at this site, of this donor where there is one: its date is offered first."""
    query = (
        select(Lot.id, Lot.code, Lot.lot_number, Lot.date, Lot.date_kind, Place.id, Place.name)
        .join(Lot.reception)
        .outerjoin(Place, Place.id == LAST_PLACE)
        .where(Lot.product_id == product_id, Reception.site_id == site_id)
        .order_by((Lot.donor_id == donor_id).desc(), Lot.id.desc())
        .limit(1)
    )
    row = session.execute(query, {"product_id": product_id, "site_id": site_id}).first()
    if row is None:
        return None
    lot_id, code, lot_number, date, kind, place_id, place = row
    return Suggestion(lot_id, code, lot_number, date, DateKind(kind), place_id, place or "")


def last_bookings(session: Session, reception_id: int, today: dt.date, *, limit: int = 5) -> tuple[Booking, ...]:
    """The last lines of a reception, newest first, those undone included and marked.

    Found by the lots of the reception: however many movements there are, only its own are read.
    """
    lots = session.scalars(select(Lot.id).where(Lot.reception_id == reception_id)).all()
    came = select(Movement.id).where(Movement.lot_id.in_(lots), Movement.from_account == Account.OUTSIDE)
    newest = sorted(session.scalars(came), reverse=True)[:limit]
    rows = session.execute(_BOOKINGS, {"movements": newest})
    steps = steps_in_force(session, today)
    return tuple(_booked(row, today, steps) for row in rows)


def booking(session: Session, movement_id: int, today: dt.date) -> Booking:
    """One line as it was booked; raises NotFound."""
    row = session.execute(_BOOKINGS, {"movements": [movement_id]}).first()
    if row is None:
        raise NotFound(what=Term(N_("booking")), id=movement_id)
    return _booked(row, today, steps_in_force(session, today))


def _booked(row: Row[Movement, Lot, str, str, int | None], today: dt.date, steps: Steps) -> Booking:
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
        urgency=steps.of(lot.last_day, today),
        place_id=movement.to_place_id or 0,
        place=place,
        lot_number=lot.lot_number,
        at=movement.at,
        undone=undone_by is not None,
    )


_counter = aliased(Movement)
_BOOKINGS = (
    select(Movement, Lot, Product.name, Place.name, _counter.id)
    .join(Movement.lot)
    .join(Lot.product)
    .join(Place, Place.id == Movement.to_place_id)
    .outerjoin(_counter, _counter.undoes_id == Movement.id)
    .where(Movement.id.in_(bindparam("movements", expanding=True)))
    .order_by(Movement.id.desc())
)
