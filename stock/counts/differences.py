"""What a count found otherwise than the books said: explained, and booked as movements by who may.

Missing goods leave the shelf they should stand on, and what is too much comes onto it. Goods that are promised to a
basket are not taken from it silently: whoever books is told, and takes the baskets back first.
"""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_, Grams
from network.audit import record
from stock import ledger
from stock.accounts import COUNTED, Account, Where, quarantined, shelf
from stock.counts.lines import Compared, compared
from stock.counts.register import CountClosed, open_one, refuse_overlap, the_count
from stock.counts.tables import CountDifference
from stock.ledger import Moving
from stock.promise import recalled_lots


class Cause(StrEnum):
    """Why the shelf and the books differ."""

    INTAKE = "intake_error"
    UNWRITTEN = "not_written"
    ELSEWHERE = "other_place"
    BROKEN = "breakage"
    TAKEN = "taken"
    UNKNOWN = "unknown"


CAUSES = {
    Cause.INTAKE: N_("Counted wrongly when it came in"),
    Cause.UNWRITTEN: N_("Given or moved without being written down"),
    Cause.ELSEWHERE: N_("It stands at another place"),
    Cause.BROKEN: N_("Broken or spoiled, and thrown away"),
    Cause.TAKEN: N_("Taken by somebody"),
    Cause.UNKNOWN: N_("Nobody knows"),
}


class SayWhyItDiffers(Refusal):
    """A difference without its cause would be a loss nobody can explain later."""

    kind = Kind.INVALID
    message = N_("“%(product)s” at “%(place)s”: %(stood)s by the books, %(found)s found. Say why.")


class CountAgain(Refusal):
    """What was found and what the books said do not speak of the same moment."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” at “%(place)s”: some came or went while it was counted. Count it again.")


class PromisedElsewhere(Refusal):
    """What is missing is set aside for baskets."""

    kind = Kind.CONFLICT
    message = N_(
        "“%(product)s” at “%(place)s”: %(missing)s missing, and the baskets leave only %(free)s. "
        "Take the baskets back first."
    )


def book(session: Session, count_id: int, causes: Mapping[tuple[int, int], Cause], stamp: Stamp) -> int:
    """Close the count and bring the books to what was found; returns how many lines differed.

    `causes` by lot and place. Lines that nobody counted stay as they are. Raises NotFound, CountClosed, CountAgain,
    SayWhyItDiffers or PromisedElsewhere, and books nothing then.
    """
    count = open_one(session, count_id, alone=True)
    counted = compared(session, count)
    for each in counted:
        if each.line.moved:
            raise CountAgain(product=each.line.product, place=each.line.place)
    differing = [each for each in counted if each.difference]
    ledger.hold(session, {each.line.lot_id for each in differing})
    movings = [_movings(session, each, _cause(each, causes)) for each in differing]
    numbers = iter(ledger.post(session, [moving for part in movings for moving in part], stamp))
    for each, part in zip(differing, movings, strict=True):
        session.add(
            CountDifference(
                count_id=count.id,
                lot_id=each.line.lot_id,
                place_id=each.line.place_id,
                found=each.found,
                stood=each.stood,
                cause=_cause(each, causes),
                movements=[next(numbers) for _ in part],
            )
        )
    count.closed_at, count.closed_by = stamp.at, stamp.by
    record(session, "count booked", f"count:{count.id}", stamp, differences=len(differing))
    session.flush()
    return len(differing)


def take_booking_back(session: Session, count_id: int, stamp: Stamp) -> None:
    """Undo what a count booked by counter-movements and open it again.

    Raises CountClosed where nothing was booked, AlreadyCounting, or NotEnoughLeft where found goods have gone on.
    """
    count = the_count(session, count_id, alone=True)
    if count.closed_at is None or count.dropped:
        raise CountClosed()
    refuse_overlap(session, count)
    booked = session.scalars(select(CountDifference).where(CountDifference.count_id == count_id)).all()
    ledger.hold(session, {difference.lot_id for difference in booked})
    for number in [number for difference in booked for number in difference.movements]:
        ledger.undo(session, number, stamp)
    session.execute(delete(CountDifference).where(CountDifference.count_id == count_id))
    count.closed_at, count.closed_by = None, None
    record(session, "count taken back", f"count:{count.id}", stamp, differences=len(booked))
    session.flush()


def booked_causes(session: Session, count_id: int) -> dict[tuple[int, int], Cause]:
    """Why each lot at each place differed, once the count is booked."""
    query = select(CountDifference).where(CountDifference.count_id == count_id)
    return {(each.lot_id, each.place_id): Cause(each.cause) for each in session.scalars(query)}


def _cause(each: Compared, causes: Mapping[tuple[int, int], Cause]) -> Cause:
    key = each.line.lot_id, each.line.place_id
    if key not in causes:
        raise SayWhyItDiffers(field="cause-{}-{}".format(*key), **_told(each))
    return causes[key]


def _movings(session: Session, each: Compared, cause: Cause) -> list[Moving]:
    """Too much comes onto the shelf, but for recalled goods; what is missing leaves the free goods first."""
    lot, place, missing = each.line.lot_id, each.line.place_id, -each.difference
    if missing < 0:
        found = quarantined(place) if recalled_lots(session, [lot]) else shelf(place)
        return [Moving(lot, -missing, COUNTED, found, cause)]
    target = Where(Account.DESTROYED) if cause is Cause.BROKEN else COUNTED
    accounts = (Account.SHELF, Account.QUARANTINE)
    there = {s.where: s.quantity for s in ledger.standings(session, lots=[lot], places=[place], accounts=accounts)}
    movings, lacking = [], missing
    for where in (shelf(place), quarantined(place)):
        if part := min(lacking, there.get(where, 0)):
            movings.append(Moving(lot, part, where, target, cause))
            lacking -= part
    if lacking:
        told = _told(each)
        written = Grams if each.line.measure == "gram" else int
        raise PromisedElsewhere(
            product=told["product"], place=told["place"], missing=written(missing), free=written(missing - lacking)
        )
    return movings


def _told(each: Compared) -> dict[str, object]:
    written = Grams if each.line.measure == "gram" else int
    return {
        "product": each.line.product,
        "place": each.line.place,
        "stood": written(each.stood),
        "found": written(each.found),
    }
