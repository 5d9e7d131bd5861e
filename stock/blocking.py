"""Blocked goods: set apart so that nobody is given any, freed again with a reason by who may."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.audit import record
from stock import ledger
from stock.accounts import Account, quarantined, shelf
from stock.lots import StillRecalled, get_lot, there
from stock.places import place
from stock.recalls.matching import BLOCKING
from stock.recalls.tables import RecallHit
from stock.reference import loss_causes

BLOCKED_FOR = ("cold", "quality", "breakage", "unknown")
"""Causes of loss that may also be a doubt."""


class Freed(StrEnum):
    """Why blocked goods may be given after all."""

    CHECKED = "checked_good"
    COLD_HELD = "cold_chain_held"
    MISTAKE = "blocked_by_mistake"


FREED = {
    Freed.CHECKED: N_("Looked at and tasted: it is good"),
    Freed.COLD_HELD: N_("It did not warm up: measured at its core"),
    Freed.MISTAKE: N_("It was blocked by mistake"),
}


class NoDoubt(Refusal):
    """Goods are blocked for a reason that reports can count."""

    message = N_("“%(cause)s” is not a reason to block goods.")
    field = "cause"


class TooLateToFree(Refusal):
    """Past its last day nothing goes back on a shelf."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s could be given until %(last_day)s: write it off instead.")


def block(session: Session, lot_id: int, quantity: int, place_id: int, cause: str, stamp: Stamp) -> int:
    """Set so much of the free goods at a place apart; returns the movement.

    Raises NotFound, NoDoubt, OutOfPlace or NotEnoughLeft.
    """
    if cause not in BLOCKED_FOR:
        raise NoDoubt(cause=cause[:40])
    lot = get_lot(session, lot_id)
    number = ledger.move(session, lot.id, quantity, shelf(place_id), quarantined(place_id), stamp, cause)
    record(session, "lot blocked", f"lot:{lot.id}", stamp)
    return number


def release(
    session: Session, lot_id: int, quantity: int, from_place: int, to_place: int, why: Freed, stamp: Stamp
) -> int:
    """So much of the blocked goods may be given again; returns the movement.

    Raises NotFound, StillRecalled, TooLateToFree, OtherSite, WrongStorage, OutOfPlace or NotEnoughLeft.
    """
    lot, target = get_lot(session, lot_id), place(session, to_place)
    if under_recall(session, lot.id):
        raise StillRecalled(lot=lot.code)
    if lot.last_day < stamp.on:
        raise TooLateToFree(lot=lot.code, last_day=lot.last_day)
    where = there(lot, place(session, from_place), target)
    if where.account is Account.QUARANTINE:
        where = shelf(target.id)
    number = ledger.move(session, lot.id, quantity, quarantined(from_place), where, stamp, why)
    record(session, "lot freed", f"lot:{lot.id}", stamp, why=why.value)
    return number


def under_recall(session: Session, lot_id: int) -> bool:
    """Whether an alert that blocks is open on this lot."""
    query = select(RecallHit.id).where(
        RecallHit.lot_id == lot_id, RecallHit.state == "open", RecallHit.level.in_(BLOCKING)
    )
    return session.scalar(query.limit(1)) is not None


def doubts() -> list[tuple[str, str, str]]:
    """Code and both names of every reason to block."""
    return [(cause.code, cause.name_fr, cause.name_en) for cause in loss_causes() if cause.code in BLOCKED_FOR]
