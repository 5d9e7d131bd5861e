"""The ledger: the truth about every lot, and the only place that writes movements.

A movement takes a whole quantity of one lot from one *account* to another. Some accounts stand at a place (a
shelf, the quarantine corner, goods reserved for baskets), others are ways in and out (a donor, a household, the
bin). What is on hand is what the movements add up to; nothing is stored beside them.

    received = given + lost + moved out + on hand        for every lot, at every instant

holds by construction, since each movement leaves one account and enters another. What must be checked is that no
account on hand ever falls below zero: `post` checks it under a lock on the lots, so that two people who take the
last unit get one unit and one clear refusal. A reservation is a movement too, hence nothing is promised twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Subquery, bindparam, func, insert, select, union_all
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.database import one_writer_at_a_time
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Grams, Term
from stock.tables import Lot, Movement


class Account(StrEnum):
    """Where a quantity can stand, come from or end."""

    OUTSIDE = "outside"
    """Donors: everything comes from there."""
    SHELF = "shelf"
    """Free to be promised."""
    RESERVED = "reserved"
    """Promised to a basket, still at its place."""
    QUARANTINE = "quarantine"
    """Blocked: not to be given."""
    TRANSIT = "transit"
    """Between two sites."""
    COUNT = "count"
    """Differences found by counting: it may owe or be owed."""
    GIVEN = "given"
    """Taken home by a household."""
    WORKSHOP = "workshop"
    PARTNER = "partner"
    """Given to a partner outside the network."""
    ANIMALS = "animals"
    BIOWASTE = "biowaste"
    DESTROYED = "destroyed"


PLACED = frozenset({Account.SHELF, Account.RESERVED, Account.QUARANTINE})
"""Accounts that stand at a place of a site."""
ON_HAND = PLACED | {Account.TRANSIT}
"""Accounts whose goods exist: they never fall below zero."""
EATEN = frozenset({Account.GIVEN, Account.WORKSHOP, Account.PARTNER})
LOST = frozenset({Account.ANIMALS, Account.BIOWASTE, Account.DESTROYED})
"""No longer food for people, in the order of L541-15-4 of the Environment Code: animals before compost."""
BOTTOMLESS = frozenset({Account.OUTSIDE, Account.COUNT})


class NotEnoughLeft(Refusal):
    """More was asked of an account than stands on it."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s has %(left)s left, %(asked)s were asked for.")


class AlreadyUndone(Refusal):
    """A movement is taken back once."""

    kind = Kind.CONFLICT
    message = N_("This was already undone.")


class OutOfPlace(Refusal):
    """A quantity that is not positive, or a place where none belongs (or the reverse)."""

    message = N_("Lot %(lot)s cannot go from “%(source)s” to “%(target)s” in quantity %(quantity)s.")


@dataclass(frozen=True, order=True)
class Where:
    """An account, and its place where it has one."""

    account: Account
    place_id: int | None = None

    def __post_init__(self) -> None:
        if (self.account in PLACED) != (self.place_id is not None):
            raise ValueError(f"{self.account} with place {self.place_id}")


def shelf(place_id: int) -> Where:
    return Where(Account.SHELF, place_id)


def reserved(place_id: int) -> Where:
    return Where(Account.RESERVED, place_id)


OUTSIDE = Where(Account.OUTSIDE)
GIVEN = Where(Account.GIVEN)


@dataclass(frozen=True)
class Moving:
    """A movement to be written."""

    lot_id: int
    quantity: int
    """Pieces, or grams where the lot is weighed."""
    source: Where
    target: Where
    reason: str = ""
    undoes_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """What stands of a lot on one account at one place."""

    lot_id: int
    where: Where
    quantity: int


def post(session: Session, movings: Sequence[Moving], stamp: Stamp) -> list[int]:
    """Write the movements, all or none, and return their numbers in the same order.

    Raises NotEnoughLeft for the first lot of which more is asked than stands there. The lots that are taken from
    are locked in the order of their numbers until the transaction ends, so concurrent posts wait for each other and
    never deadlock; what only comes in can break nothing and waits for nobody.
    """
    if not movings:
        return []
    for moving in movings:
        if moving.quantity <= 0 or moving.source == moving.target:
            raise OutOfPlace(
                lot=moving.lot_id,
                source=moving.source.account.value,
                target=moving.target.account.value,
                quantity=moving.quantity,
            )
    hold(session, {m.lot_id for m in movings if m.source.account not in BOTTOMLESS})
    _refuse_what_is_not_there(session, movings)
    rows = [
        {
            "lot_id": m.lot_id,
            "quantity": m.quantity,
            "from_account": m.source.account,
            "from_place_id": m.source.place_id,
            "to_account": m.target.account,
            "to_place_id": m.target.place_id,
            "reason": m.reason,
            "undoes_id": m.undoes_id,
            "at": stamp.at,
            "on": stamp.on,
            "by_id": stamp.by,
        }
        for m in movings
    ]
    return list(session.connection().execute(_APPEND, rows).scalars())


def move(
    session: Session,
    lot_id: int,
    quantity: int,
    source: Where,
    target: Where,
    stamp: Stamp,
    reason: str = "",
) -> int:
    """Write one movement and return its number; raises NotEnoughLeft."""
    return post(session, [Moving(lot_id, quantity, source, target, reason)], stamp)[0]


def undo(session: Session, movement_id: int, stamp: Stamp) -> int:
    """Take a movement back by a counter-movement and return its number.

    Raises NotFound, AlreadyUndone, and NotEnoughLeft where the goods have gone on meanwhile.
    """
    movement = session.get(Movement, movement_id)
    if movement is None:
        raise NotFound(what=Term(N_("movement")), id=movement_id)
    hold(session, {movement.lot_id})
    if session.scalar(select(Movement.id).where(Movement.undoes_id == movement_id)):
        raise AlreadyUndone()
    counter = Moving(
        movement.lot_id,
        movement.quantity,
        source=Where(Account(movement.to_account), movement.to_place_id),
        target=Where(Account(movement.from_account), movement.from_place_id),
        reason=movement.reason,
        undoes_id=movement_id,
    )
    return post(session, [counter], stamp)[0]


def hold(session: Session, lots: set[int]) -> None:
    """Hold these lots until the transaction ends: what stands of them now is what a post will find."""
    if lots and not one_writer_at_a_time(session):
        session.execute(_HOLD, {"lots": sorted(lots)})


def standings(
    session: Session,
    *,
    lots: Iterable[int] | None = None,
    places: Iterable[int] | None = None,
    accounts: Iterable[Account] = ON_HAND,
) -> list[Standing]:
    """What stands where, for these lots, places and accounts; nothing where the sum is zero."""
    legs = _legs(accounts, lots, places)
    quantity = func.sum(legs.c.quantity)
    query = (
        select(legs.c.lot_id, legs.c.account, legs.c.place_id, quantity)
        .group_by(legs.c.lot_id, legs.c.account, legs.c.place_id)
        .having(quantity != 0)
        .order_by(legs.c.lot_id, legs.c.account, legs.c.place_id)
    )
    return [
        Standing(lot_id, _where(account, place_id), int(total))
        for lot_id, account, place_id, total in session.execute(query)
    ]


@dataclass(frozen=True)
class Fault:
    """A movement after which an account on hand stood below zero."""

    movement_id: int
    lot_id: int
    account: str
    place_id: int | None
    quantity: int


def faults(session: Session) -> list[Fault]:
    """Every movement after which the ledger did not hold: an empty list is the proof that it does."""
    legs = _legs(ON_HAND, None)
    running = func.sum(legs.c.quantity).over(
        partition_by=(legs.c.lot_id, legs.c.account, legs.c.place_id), order_by=legs.c.movement_id
    )
    history = select(legs.c.movement_id, legs.c.lot_id, legs.c.account, legs.c.place_id, running.label("stood"))
    past = history.subquery()
    query = select(past).where(past.c.stood < 0).order_by(past.c.movement_id)
    return [Fault(*row) for row in session.execute(query)]


def _legs(accounts: Iterable[Account], lots: Iterable[int] | None, places: Iterable[int] | None = None) -> Subquery:
    """Each movement seen from its two ends, entering one account (+) and leaving another (−).

    What is not asked for is left out of both halves: chosen from the whole, it would be read and sorted first.
    """
    wanted = [account.value for account in accounts]
    entering = select(
        Movement.id.label("movement_id"),
        Movement.lot_id,
        Movement.to_account.label("account"),
        Movement.to_place_id.label("place_id"),
        Movement.quantity.label("quantity"),
    ).where(Movement.to_account.in_(wanted))
    leaving = select(
        Movement.id,
        Movement.lot_id,
        Movement.from_account,
        Movement.from_place_id,
        -Movement.quantity,
    ).where(Movement.from_account.in_(wanted))
    if lots is not None:
        chosen = list(lots)
        entering, leaving = (half.where(Movement.lot_id.in_(chosen)) for half in (entering, leaving))
    if places is not None:
        there = list(places)
        entering = entering.where(Movement.to_place_id.in_(there))
        leaving = leaving.where(Movement.from_place_id.in_(there))
    return union_all(entering, leaving).subquery()


@lru_cache(maxsize=4096)
def _where(account: str, place_id: int | None) -> Where:
    """Thousands of standings share a few dozen of these."""
    return Where(Account(account), place_id)


def _refuse_what_is_not_there(session: Session, movings: Sequence[Moving]) -> None:
    asked: dict[tuple[int, Where], int] = defaultdict(int)
    for moving in movings:
        if moving.source.account not in BOTTOMLESS:
            asked[moving.lot_id, moving.source] += moving.quantity
    if not asked:
        return
    accounts = {where.account for _, where in asked}
    there = {
        (s.lot_id, s.where): s.quantity for s in standings(session, lots={lot for lot, _ in asked}, accounts=accounts)
    }
    for (lot_id, where), quantity in asked.items():
        if (left := there.get((lot_id, where), 0)) < quantity:
            raise _not_enough(session, lot_id, left, quantity)


def _not_enough(session: Session, lot_id: int, left: int, asked: int) -> Refusal:
    lot = session.get(Lot, lot_id)
    if lot is None:
        return NotFound(what=Term(N_("lot")), id=lot_id)
    if lot.measure == "gram":
        return NotEnoughLeft(lot=lot.code, left=Grams(left), asked=Grams(asked))
    return NotEnoughLeft(lot=lot.code, left=left, asked=asked)


# Statements are built once: building one takes several times longer than running it.

_APPEND = insert(Movement).returning(Movement.id, sort_by_parameter_order=True)
_HOLD = select(Lot.id).where(Lot.id.in_(bindparam("lots", expanding=True))).order_by(Lot.id).with_for_update()
