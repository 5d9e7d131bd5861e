"""The ledger: the truth about every lot, and the only place that writes movements.

A movement takes a whole quantity of one lot from one *account* to another. Some accounts stand at a place (a
shelf, the quarantine corner, goods reserved for baskets), others are ways in and out (a donor, a household, the
bin). What is on hand is what the movements add up to. `stock/balances.py` keeps that sum beside them, written by
`post` in the same transaction: a cache that `panier verify` proves and can make anew, never a second truth.

    received = given + lost + moved out + on hand        for every lot, at every instant

holds by construction, since each movement leaves one account and enters another. What must be checked is that no
account on hand ever falls below zero: `post` checks it under a lock on the lots, so that two people who take the
last unit get one unit and one clear refusal. A reservation is a movement too, hence nothing is promised twice.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.database import one_writer_at_a_time
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Grams, Term
from network.own_site import only_there
from stock import balances
from stock.accounts import (
    BOTTOMLESS,
    COUNTED,
    EATEN,
    GIVEN,
    LOST,
    ON_HAND,
    OUTSIDE,
    PLACED,
    TRANSIT,
    Account,
    Standing,
    Where,
    quarantined,
    reserved,
    shelf,
)
from stock.places import PlaceRetired
from stock.sums import sums
from stock.tables import Lot, Movement, Place

__all__ = [
    "BOTTOMLESS",
    "COUNTED",
    "EATEN",
    "GIVEN",
    "LOST",
    "ON_HAND",
    "OUTSIDE",
    "PLACED",
    "TRANSIT",
    "Account",
    "AlreadyUndone",
    "Moving",
    "NotEnoughLeft",
    "OutOfPlace",
    "Standing",
    "Where",
    "move",
    "post",
    "quarantined",
    "reserved",
    "shelf",
    "standings",
    "undo",
]


class NotEnoughLeft(Refusal):
    """More was asked of an account than stands on it."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s has %(left)s left; asked for: %(asked)s.")


class AlreadyUndone(Refusal):
    """A movement is taken back once."""

    kind = Kind.CONFLICT
    message = N_("This was already undone.")


class OutOfPlace(Refusal):
    """A quantity that is not positive, or a place where none belongs (or the reverse)."""

    message = N_("Lot %(lot)s cannot go from “%(source)s” to “%(target)s” in quantity %(quantity)s.")


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


def post(session: Session, movings: Sequence[Moving], stamp: Stamp) -> list[int]:
    """Write the movements, all or none, and return their numbers in the same order.

    Raises NotEnoughLeft for the first lot of which more is asked than stands there, AnotherSite where who signs
    works at one site and something stands at another, and PlaceRetired where something would come to stand in a
    place that is offered no longer. The lots that are taken from are locked in the order of their numbers until the
    transaction ends, so concurrent posts wait for each other and never deadlock; what only comes in can break nothing
    and waits for nobody but who retires its place.
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
    _refuse_other_sites(session, movings, stamp)
    _refuse_retired(session, movings)
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
    numbers = list(session.connection().execute(_APPEND, rows).scalars())
    _carry(session, movings)
    return numbers


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


def refuse_nothing(movements: Collection[int]) -> None:
    """Raise NotFound where what is to be taken back names no movement: nothing would be undone."""
    if not movements:
        raise NotFound(what=Term(N_("movement")), id="–")


def standings(
    session: Session,
    *,
    lots: Iterable[int] | None = None,
    places: Iterable[int] | None = None,
    accounts: Iterable[Account] = ON_HAND,
) -> list[Standing]:
    """What stands where, for these lots, places and accounts; nothing where nothing stands.

    Read from the balances for what is on hand. Of what has left, which stands nowhere, only the sum is known.
    """
    wanted = set(accounts)
    there = balances.standing(session, lots, places, wanted & ON_HAND)
    gone = wanted - ON_HAND
    if not gone or places is not None:
        return there
    return sorted([*there, *sums(session, lots=lots, accounts=gone)])


def _carry(session: Session, movings: Sequence[Moving]) -> None:
    """Bring the balances to what the movements now add up to."""
    change: Counter[tuple[int, Where]] = Counter()
    for moving in movings:
        change[moving.lot_id, moving.source] -= moving.quantity
        change[moving.lot_id, moving.target] += moving.quantity
    balances.carry(session, change)


def _refuse_other_sites(session: Session, movings: Sequence[Moving], stamp: Stamp) -> None:
    """What comes off a transfer is for the transfer to judge: what never left is back where it was sent from."""
    if stamp.site is None:
        return
    touched = {where.place_id for m in movings if m.source != TRANSIT for where in (m.source, m.target)}
    places = {place_id for place_id in touched if place_id is not None}
    if elsewhere := session.scalar(_ELSEWHERE, {"places": sorted(places), "site": stamp.site}):
        only_there(session, stamp, elsewhere)


def _refuse_retired(session: Session, movings: Sequence[Moving]) -> None:
    """Who retires a place waits for who puts something there, and the other way round (`places.retire_place`)."""
    targets = sorted({moving.target.place_id for moving in movings if moving.target.place_id is not None})
    if not targets:
        return
    for name, retired_on in session.execute(_TARGETS, {"places": targets}):
        if retired_on is not None:
            raise PlaceRetired(place=name)


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
_ELSEWHERE = (
    select(Place.site_id)
    .where(Place.id.in_(bindparam("places", expanding=True)), Place.site_id != bindparam("site"))
    .limit(1)
)
_TARGETS = (
    select(Place.name, Place.retired_on)
    .where(Place.id.in_(bindparam("places", expanding=True)))
    .order_by(Place.id)
    .with_for_update(read=True, key_share=True)
)
_HOLD = select(Lot.id).where(Lot.id.in_(bindparam("lots", expanding=True))).order_by(Lot.id).with_for_update()
