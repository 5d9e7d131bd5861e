"""A lot in the hands of programs: moved, split, blocked, freed, frozen, dated anew, written off, as on its pages."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.pages.lot import named
from api.received_where import lot_here
from api.resources.intake import Id
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right
from stock import blocking, freezing, losses, lots, redating
from stock.accounts import Account
from stock.blocking import Freed
from stock.losses import Lost
from stock.lots import Made
from stock.story import lot_story

WRITE, CORRECT = May(Right.WRITE_STOCK), May(Right.CORRECT_STOCK)
PATH = "/stock/lots/{lot:str}"
T = TypeVar("T")


class Part(Struct, frozen=True):
    """So much of what stands free at a place, in pieces, or grams where the lot is weighed."""

    quantity: int
    place_id: int


class Way(Struct, frozen=True):
    """So much from one place to another of the same site."""

    quantity: int
    from_place_id: int
    to_place_id: int


class Doubt(Struct, frozen=True):
    """What is set apart, and why: `cold`, `quality`, `breakage` or `unknown`."""

    quantity: int
    place_id: int
    cause: str


class Release(Struct, frozen=True):
    """What may be given again, where it stands then, and who looked at it how."""

    quantity: int
    from_place_id: int
    to_place_id: int
    why: Freed


class NewDate(Struct, frozen=True):
    """What the pack says; a later date than was read needs a reason."""

    date: dt.date
    reason: str = ""


class LotDates(Struct, frozen=True):
    date: dt.date | None
    last_day: dt.date
    """The last day it may be given."""


class Loss(Struct, frozen=True):
    """What leaves without being given, why, and where to: the higher in the order of L541-15-4 the better."""

    quantity: int
    cause: str
    exit: Account
    place_id: int | None = None
    """Where it stands; from its places in walking order where it is not said."""
    blocked: bool = False
    """Of what is blocked; else of what is free."""


@post(PATH + "/move", guards=[WRITE], sync_to_thread=True)
def move_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Way], idempotency_key: IdempotencyKey = ""
) -> Id:
    """Put free goods somewhere else at the same site; a quarantine corner blocks them. Answers with the movement."""

    def work(session: Session, number: int) -> Id:
        return Id(lots.shift(session, number, data.quantity, data.from_place_id, data.to_place_id, here.stamp()))

    return _done(here, idempotency_key, lot, data, work, Id)


@post(PATH + "/block", guards=[WRITE], sync_to_thread=True)
def block_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Doubt], idempotency_key: IdempotencyKey = ""
) -> Id:
    """Set free goods apart: nobody is given any of them. Answers with the movement."""

    def work(session: Session, number: int) -> Id:
        return Id(blocking.block(session, number, data.quantity, data.place_id, data.cause, here.stamp()))

    return _done(here, idempotency_key, lot, data, work, Id)


@post(PATH + "/release", guards=[CORRECT], sync_to_thread=True)
def release_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Release], idempotency_key: IdempotencyKey = ""
) -> Id:
    """Blocked goods may be given again. Answers with the movement."""

    def work(session: Session, number: int) -> Id:
        origin, target = data.from_place_id, data.to_place_id
        return Id(blocking.release(session, number, data.quantity, origin, target, data.why, here.stamp()))

    return _done(here, idempotency_key, lot, data, work, Id)


@post(PATH + "/split", guards=[WRITE], sync_to_thread=True)
def split_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Part], idempotency_key: IdempotencyKey = ""
) -> Made:
    """Make a lot of its own of a part, with a label of its own."""

    def work(session: Session, number: int) -> Made:
        return lots.split(session, number, data.quantity, data.place_id, here.stamp())

    return _done(here, idempotency_key, lot, data, work, Made)


@post(PATH + "/freeze", guards=[CORRECT], sync_to_thread=True)
def freeze_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Way], idempotency_key: IdempotencyKey = ""
) -> Made:
    """Make frozen goods of a part, where the hygiene plan allows it."""

    def work(session: Session, number: int) -> Made:
        origin, target = data.from_place_id, data.to_place_id
        return freezing.freeze(session, number, data.quantity, origin, target, here.stamp())

    return _done(here, idempotency_key, lot, data, work, Made)


@post(PATH + "/date", guards=[WRITE], sync_to_thread=True)
def redate_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[NewDate], idempotency_key: IdempotencyKey = ""
) -> LotDates:
    """Set a misread date right: earlier by anybody who books, later only by who corrects the stock, and why."""
    may = Right.CORRECT_STOCK in here.me.rights

    def work(session: Session, number: int) -> LotDates:
        lot_here(here, session, number)
        redating.correct_date(session, number, data.date, data.reason, here.stamp(), may_raise=may)
        found = lots.get_lot(session, number)
        return LotDates(found.date, found.last_day)

    return _done(here, idempotency_key, lot, data, work, LotDates)


@post(PATH + "/losses", guards=[WRITE], sync_to_thread=True)
def lose_of_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[Loss], idempotency_key: IdempotencyKey = ""
) -> Lost:
    """Write some of it off; past its last day it is for people no more."""

    def work(session: Session, number: int) -> Lost:
        return losses.lose(
            session,
            number,
            data.quantity,
            data.cause,
            data.exit,
            here.stamp(),
            place_id=data.place_id,
            blocked=data.blocked,
        )

    return _done(here, idempotency_key, lot, data, work, Lost)


def _done(here: Here, key: str, lot: str, data: Struct, work: Callable[[Session, int], T], answer_type: type[T]) -> T:
    """Do this once with a lot named by its number or by the code of its label; raises NotFound."""

    def on_lot(session: Session) -> T:
        return work(session, lot_story(session, named(lot)).lot_id)

    return write_once(here, key, data, on_lot, answer_type)


ROUTES = [move_lot, block_lot, release_lot, split_lot, freeze_lot, redate_lot, lose_of_lot]
