"""Goods that leave without being given: why, and where to, best use first.

The order of exits is that of article L541-15-4 of the Environment Code: people before animals before compost.
After its last day food is for people no more.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Grams, Term
from stock import ledger
from stock.ledger import PLACED, Account, Moving, NotEnoughLeft, Where
from stock.places import places
from stock.reference import loss_causes
from stock.shelf import cents_of
from stock.tables import Lot, Movement, Product

EXITS = (Account.PARTNER, Account.WORKSHOP, Account.ANIMALS, Account.BIOWASTE, Account.DESTROYED)
"""Best use first."""
FOR_PEOPLE = frozenset({Account.PARTNER, Account.WORKSHOP})

EXIT_NAMES = {
    Account.PARTNER: N_("A partner outside the network"),
    Account.WORKSHOP: N_("Cooking workshop"),
    Account.ANIMALS: N_("Animals"),
    Account.BIOWASTE: N_("Compost"),
    Account.DESTROYED: N_("Destroyed"),
}


class UnknownCause(Refusal):
    """A cause outside the list that reports count by."""

    message = N_("“%(cause)s” is not a known cause of loss.")
    field = "cause"


class NoExit(Refusal):
    """Somewhere goods cannot be written off to."""

    message = N_("Goods cannot be written off to “%(exit)s”.")
    field = "exit"


class NotForPeople(Refusal):
    """Past its last day: it may feed animals or go to compost."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s could be given until %(last_day)s: it is for people no more.")
    field = "exit"


class BlockedForPeople(Refusal):
    """What stands in doubt feeds nobody."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s is blocked: it may go to animals or compost, or be destroyed.")
    field = "exit"


class NothingLost(Refusal):
    """A loss of none."""

    message = N_("Say how much is lost: at least 1, got %(got)s.")
    field = "quantity"


class NotALoss(Refusal):
    """Other movements have their own ways back."""

    kind = Kind.CONFLICT
    message = N_("Movement %(id)s did not write anything off.")


class Lost(Struct, frozen=True):
    """What was written off."""

    movements: tuple[int, ...]
    lots: int
    grams: int
    cents: int


class Expired(Struct, frozen=True):
    """Goods past their last day, still standing somewhere."""

    lot_id: int
    code: str
    product: str
    measure: str
    quantity: int
    grams: int
    cents: int
    date: dt.date | None
    last_day: dt.date
    place_id: int
    place: str
    account: Account
    """Free or blocked goods are written off here; reserved ones by the session they are reserved for."""


def lose(
    session: Session,
    lot_id: int,
    quantity: int,
    cause: str,
    exit: Account,  # noqa: A002 - the field's word for where food goes
    stamp: Stamp,
    *,
    place_id: int | None = None,
    blocked: bool = False,
) -> Lost:
    """Write so much of a lot off; from its free goods in walking order where no place is said, or its blocked ones.

    Raises UnknownCause, NoExit, NothingLost, NotForPeople, NotFound or NotEnoughLeft.
    """
    _check(cause, exit)
    if quantity < 1:
        raise NothingLost(got=quantity)
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(what=Term(N_("lot")), id=lot_id)
    if exit in FOR_PEOPLE:
        _refuse_for_people(lot, stamp.on, blocked)
    account = Account.QUARANTINE if blocked else Account.SHELF
    parts = [(place_id, quantity)] if place_id is not None else _parts(session, lot, quantity, account, stamp.site)
    movings = [Moving(lot.id, part, Where(account, place), Where(exit), cause) for place, part in parts]
    numbers = ledger.post(session, movings, stamp)
    cents = cents_of(quantity, lot.measure, lot.value_cents)
    return Lost(tuple(numbers), 1, quantity * lot.grams_each, cents)


def expired(session: Session, today: dt.date, site_id: int | None = None) -> tuple[Expired, ...]:
    """What must leave the shelves today: every lot past its last day that still stands somewhere."""
    walked = {place.id: place for place in places(session, site_id)}
    standings = ledger.standings(session, places=walked, accounts=PLACED)
    asked = {"lots": sorted({standing.lot_id for standing in standings}), "today": today}
    past = {lot.id: lot for lot in session.execute(_PAST, asked)}
    found = [
        Expired(
            lot_id=lot.id,
            code=lot.code,
            product=lot.name,
            measure=lot.measure,
            quantity=standing.quantity,
            grams=standing.quantity * lot.grams_each,
            cents=cents_of(standing.quantity, lot.measure, lot.value_cents),
            date=lot.date,
            last_day=lot.last_day,
            place_id=place.id,
            place=place.name,
            account=standing.where.account,
        )
        for standing in standings
        if standing.lot_id in past
        for lot, place in [(past[standing.lot_id], walked[standing.where.place_id or 0])]
    ]
    order = {place_id: rank for rank, place_id in enumerate(walked)}
    return tuple(sorted(found, key=lambda e: (order[e.place_id], e.last_day, e.product, e.lot_id)))


def write_off_expired(
    session: Session,
    stamp: Stamp,
    site_id: int | None = None,
    exit: Account = Account.BIOWASTE,  # noqa: A002
) -> Lost:
    """Take everything past its last day off the shelves, but for what sessions still have to account for."""
    _check("date", exit)
    gone = [e for e in expired(session, stamp.on, site_id) if e.account is not Account.RESERVED]
    if gone and exit in FOR_PEOPLE:
        raise NotForPeople(lot=gone[0].code, last_day=gone[0].last_day)
    movings = [Moving(e.lot_id, e.quantity, Where(e.account, e.place_id), Where(exit), "date") for e in gone]
    numbers = ledger.post(session, movings, stamp)
    return Lost(tuple(numbers), len({e.lot_id for e in gone}), sum(e.grams for e in gone), sum(e.cents for e in gone))


def undo_losses(session: Session, movements: Sequence[int], stamp: Stamp) -> list[int]:
    """Take these losses back, all or none, by the counter-movements returned.

    Raises NotFound, NotALoss or AlreadyUndone.
    """
    ledger.refuse_nothing(movements)
    undone = []
    for number in movements:
        movement = session.get(Movement, number)
        if movement is None:
            raise NotFound(what=Term(N_("movement")), id=number)
        if not is_loss(Account(movement.from_account), Account(movement.to_account), movement.undoes_id):
            raise NotALoss(id=number)
        undone.append(ledger.undo(session, number, stamp))
    return undone


def is_loss(source: Account, target: Account, undoes_id: int | None) -> bool:
    """Whether a movement wrote goods off: what sessions account for comes from reserved goods instead."""
    return undoes_id is None and source in (Account.SHELF, Account.QUARANTINE) and target in EXITS


def _check(cause: str, exit: Account) -> None:  # noqa: A002
    if cause not in {known.code for known in loss_causes()}:
        raise UnknownCause(cause=cause)
    if exit not in EXITS:
        raise NoExit(exit=str(exit))


def _refuse_for_people(lot: Lot, today: dt.date, blocked: bool) -> None:
    if lot.last_day < today:
        raise NotForPeople(lot=lot.code, last_day=lot.last_day)
    if blocked:
        raise BlockedForPeople(lot=lot.code)


def _parts(session: Session, lot: Lot, quantity: int, account: Account, site_id: int | None) -> list[tuple[int, int]]:
    """How much to take from which place, in walking order; first at this site."""
    free = {s.where.place_id: s.quantity for s in ledger.standings(session, lots=[lot.id], accounts=[account])}
    parts: list[tuple[int, int]] = []
    lacking = quantity
    for place in sorted(places(session), key=lambda each: each.site_id != site_id):
        if part := min(lacking, free.get(place.id, 0)):
            parts.append((place.id, part))
            lacking -= part
    if lacking:
        written = Grams if lot.measure == "gram" else int
        raise NotEnoughLeft(lot=lot.code, left=written(quantity - lacking), asked=written(quantity))
    return parts


_PAST = (
    select(Lot.id, Lot.code, Lot.measure, Lot.grams_each, Lot.value_cents, Lot.date, Lot.last_day, Product.name)
    .join(Lot.product)
    .where(Lot.id.in_(bindparam("lots", expanding=True)), Lot.last_day < bindparam("today"))
)
