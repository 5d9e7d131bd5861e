"""What a recall sets in motion: goods are blocked wherever they stand, baskets included, until a person settles it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from allocation.tables import BasketLine, Visit
from common.batches import batches
from common.clock import Stamp
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.jobs import Work
from common.words import N_, Term
from network.audit import record
from network.own_site import anywhere
from stock import ledger
from stock.ledger import ON_HAND, Account, Moving, Where
from stock.places import places
from stock.recalls.alerts import Alert, UnreadableAlert, read_alert
from stock.recalls.matching import BLOCKING, Level
from stock.recalls.rappelconso import DATASETS, Row, rows_of_interface
from stock.recalls.register import find_hits, take_in_alerts
from stock.recalls.tables import RecallCheck, RecallHit
from stock.tables import Lot, Movement

BATCH = 300
"""Rows taken in at a time."""
FIRST_TIME = dt.timedelta(days=730)
"""How far back the first reading goes."""
MARGIN = dt.timedelta(days=45)
"""How far before the last reading the next one begins: notices are corrected after they are published."""

Exit = Literal[Account.DESTROYED, Account.BIOWASTE, Account.OUTSIDE]
EXITS: dict[Exit, str] = {
    Account.DESTROYED: N_("Destroyed"),
    Account.OUTSIDE: N_("Back to the donor"),
    Account.BIOWASTE: N_("Compost"),
}
"""Where recalled goods may go: people and animals are not among them."""


class NobodyToAsk(Refusal):
    """This installation may not ask anybody."""

    kind = Kind.CONFLICT
    message = N_("Recalls are asked for nowhere: %(setting)s is empty. Give their files to `panier recalls import`.")


class NotItsWithdrawal(Refusal):
    """Only what was withdrawn is put back here; other movements have their own ways."""

    kind = Kind.CONFLICT
    message = N_("This did not withdraw anything of lot %(lot)s.")


class StillHere(Refusal):
    """A recalled lot of which something is still on hand."""

    kind = Kind.CONFLICT
    message = N_("Some of lot %(lot)s is still here: withdraw it first.")


class NothingBlocked(Refusal):
    """A withdrawal of goods that do not stand there any more."""

    kind = Kind.CONFLICT
    message = N_("Nothing of lot %(lot)s is blocked any more.")


class Checked(Struct, frozen=True):
    """What came of a reading of the alerts."""

    read: int
    changed: int
    """Notices that were new, or a newer version."""
    unreadable: int
    hits: int
    """Lots found to be concerned, or to be looked at, for the first time."""


def check_recalls(
    database: Database, rows: Iterable[Row], origin: str, stamp: Stamp, tell: Callable[[int], None] = lambda _: None
) -> Checked:
    """Take in the alerts of these rows, then find and block the lots they speak of.

    Rows are kept a few hundred at a time, so that bookings never wait for long. Where the source breaks off, what it
    did say is acted upon, and the reading is not written down as done.
    """
    read, changed, unreadable = 0, 0, 0
    try:
        for batch in batches(rows, BATCH):
            alerts, strange = _alerts(batch)
            with database.writing() as session:
                changed += take_in_alerts(session, alerts, stamp)
            read, unreadable = read + len(batch), unreadable + strange
            tell(read)
    except Refusal:
        with database.writing() as session:
            look_for_recalled(session, stamp)
        raise
    with database.writing() as session:
        hits = look_for_recalled(session, stamp)
        session.add(
            RecallCheck(
                at=stamp.at,
                origin=origin[:200],
                read=read,
                changed=changed,
                unreadable=unreadable,
                hits=hits,
                by_id=stamp.by,
            )
        )
    return Checked(read, changed, unreadable, hits)


def look_for_recalled(session: Session, stamp: Stamp) -> int:
    """Find the lots that the alerts speak of and block them at once; returns how many there are to settle anew."""
    found = find_hits(session, stamp)
    block_open_hits(session, stamp)
    return len(found)


def fetch_recalls(
    database: Database, address: str, stamp: Stamp, tell: Callable[[int], None] = lambda _: None
) -> Checked:
    """Ask for what was published since the last time, a margin back, and act on it; raises NobodyToAsk."""
    host = urlsplit(address).hostname
    if not host:
        raise NobodyToAsk(setting="PANIER_RECALLS_ADDRESS")
    with database.reading() as session:
        last = session.scalar(select(func.max(RecallCheck.at)).where(RecallCheck.origin == host))
    since = stamp.on - FIRST_TIME if last is None else last.date() - MARGIN
    rows = chain.from_iterable(rows_of_interface(address, dataset, since) for dataset in DATASETS)
    return check_recalls(database, rows, host, stamp, tell)


def read_recalls(work: Work, address: str) -> dict[str, int]:
    """The job that does so."""
    checked = fetch_recalls(work.database, address, work.stamp(), lambda read: work.tell(read=read))
    return msgspec.convert(msgspec.to_builtins(checked), dict[str, int])


def block_open_hits(session: Session, stamp: Stamp) -> int:
    """Block whatever of the lots that certainly or probably are recalled does not stand blocked; returns grams.

    Also what came back to a shelf since the last look: from a household, from another site, from a count.
    """
    query = select(RecallHit.lot_id).where(RecallHit.state == "open", RecallHit.level.in_(BLOCKING))
    return block(session, session.scalars(query).all(), stamp)


def block(
    session: Session, lots: Iterable[int], stamp: Stamp, *, places: Iterable[int] | None = None, cause: str = "recall"
) -> int:
    """Take these lots out of every basket that was not handed over and off every shelf; returns grams.

    They stay where they stand, on the account of blocked goods, until somebody withdraws or frees them. With
    `places`, only what stands there.
    """
    wanted, there = set(lots), None if places is None else set(places)
    lines = [line for line in _waiting_lines(session, wanted) if there is None or line.place_id in there]
    ledger.hold(session, wanted)
    free = ledger.standings(session, lots=wanted, places=there, accounts=[Account.SHELF, Account.RESERVED])
    movings = [Moving(s.lot_id, s.quantity, s.where, Where(Account.QUARANTINE, s.where.place_id), cause) for s in free]
    ledger.post(session, movings, anywhere(stamp))
    session.execute(delete(BasketLine).where(BasketLine.id.in_([line.id for line in lines])))
    for lot_id in {s.lot_id for s in free}:
        record(session, "lot blocked", f"lot:{lot_id}", stamp, lines=sum(line.lot_id == lot_id for line in lines))
    each = _grams_each(session, wanted)
    return sum(s.quantity * each[s.lot_id] for s in free)


def confirm_hit(session: Session, hit_id: int, stamp: Stamp) -> None:
    """A person saw that the alert does speak of this lot: it is blocked."""
    hit = _hit(session, hit_id)
    hit.level, hit.state = Level.CERTAIN, "open"
    session.flush()
    block(session, [hit.lot_id], stamp)


def clear_hit(session: Session, hit_id: int, stamp: Stamp) -> int:
    """A person saw that the lot is not concerned: its goods are free again, unless another alert holds them.

    What somebody blocked for a doubt of their own stays blocked until somebody frees it.
    """
    hit = _hit(session, hit_id)
    hit.state, hit.settled_at, hit.settled_by = "cleared", stamp.at, stamp.by
    session.flush()
    record(session, "recall hit cleared", f"lot:{hit.lot_id}", stamp, hit=hit.id)
    if _held_by_another(session, hit.lot_id):
        return 0
    doubted = _doubted(session, hit.lot_id)
    movings = [
        Moving(hit.lot_id, freed, s.where, ledger.shelf(s.where.place_id or 0), "recall")
        for s in _blocked(session, hit.lot_id)
        if (freed := s.quantity - max(0, doubted[s.where.place_id])) > 0
    ]
    ledger.post(session, movings, anywhere(stamp))
    return sum(moving.quantity for moving in movings)


def withdraw(session: Session, hit_id: int, exit: Exit, stamp: Stamp) -> list[int]:  # noqa: A002 - the field's word
    """What was blocked of the lot has left the shelves; returns the movements, for undoing.

    Who works at one site says so of that site; the lot is settled once nothing of it stands blocked anywhere.
    Raises NothingBlocked, or AnotherSite where all of it stands elsewhere.
    """
    hit = _hit(session, hit_id)
    blocked = _blocked(session, hit.lot_id)
    if not blocked:
        raise NothingBlocked(lot=hit.lot.code)
    own = {each.id for each in places(session, stamp.site)}
    taken = [s for s in blocked if s.where.place_id in own] or blocked
    if taken == blocked:
        hit.state, hit.settled_at, hit.settled_by = "withdrawn", stamp.at, stamp.by
    movings = [Moving(s.lot_id, s.quantity, s.where, Where(Account(exit)), "recall") for s in taken]
    record(session, "recalled lot withdrawn", f"lot:{hit.lot_id}", stamp, hit=hit.id)
    return ledger.post(session, movings, stamp)


def _waiting_lines(session: Session, lots: set[int]) -> Sequence[BasketLine]:
    """The lines of these lots in baskets that wait, their visits held first as the counter does."""
    waiting = select(Visit.id).join(BasketLine).where(BasketLine.lot_id.in_(lots), Visit.state == "expected")
    held = session.scalars(select(Visit.id).where(Visit.id.in_(waiting)).order_by(Visit.id).with_for_update()).all()
    lines = select(BasketLine).join(Visit).where(BasketLine.lot_id.in_(lots), BasketLine.visit_id.in_(held))
    return session.scalars(lines.where(Visit.state == "expected")).all()


def _alerts(rows: Iterable[Row]) -> tuple[list[Alert], int]:
    """The alerts of these rows, and how many rows could not be used."""
    alerts, strange = [], 0
    for row in rows:
        try:
            if alert := read_alert(row):
                alerts.append(alert)
        except UnreadableAlert:
            strange += 1
    return alerts, strange


def _held_by_another(session: Session, lot_id: int) -> bool:
    query = select(RecallHit.id).where(
        RecallHit.lot_id == lot_id, RecallHit.state == "open", RecallHit.level.in_(BLOCKING)
    )
    return session.scalar(query.limit(1)) is not None


def settle_hit(session: Session, hit_id: int, stamp: Stamp) -> None:
    """Everything is done about a lot of which nothing is left here; raises StillHere."""
    hit = _hit(session, hit_id)
    if ledger.standings(session, lots=[hit.lot_id], accounts=ON_HAND):
        raise StillHere(lot=hit.lot.code)
    hit.state, hit.settled_at, hit.settled_by = "withdrawn", stamp.at, stamp.by
    record(session, "recall hit settled", f"lot:{hit.lot_id}", stamp, hit=hit.id)


def take_back_withdrawal(session: Session, hit_id: int, movements: Collection[int], stamp: Stamp) -> None:
    """It has not left after all: it stands blocked again. Raises NotFound, NotItsWithdrawal or AlreadyUndone."""
    hit = _hit(session, hit_id)
    ledger.refuse_nothing(movements)
    for number in movements:
        movement = session.get(Movement, number)
        if movement is None or movement.lot_id != hit.lot_id or movement.from_account != Account.QUARANTINE:
            raise NotItsWithdrawal(lot=hit.lot.code)
        ledger.undo(session, number, stamp)
    hit.state = "open"


def _doubted(session: Session, lot_id: int) -> Counter[int | None]:
    """How much of the lot people blocked at each place, less what they freed again there."""
    free = (Account.SHELF, Account.RESERVED)
    doubted: Counter[int | None] = Counter()
    for movement in session.scalars(select(Movement).where(Movement.lot_id == lot_id, Movement.reason != "recall")):
        if movement.from_account in free and movement.to_account == Account.QUARANTINE:
            doubted[movement.to_place_id] += movement.quantity
        elif movement.from_account == Account.QUARANTINE and movement.to_account in free:
            doubted[movement.from_place_id] -= movement.quantity
    return doubted


def _blocked(session: Session, lot_id: int) -> list[ledger.Standing]:
    ledger.hold(session, {lot_id})
    return ledger.standings(session, lots=[lot_id], accounts=[Account.QUARANTINE])


def _grams_each(session: Session, lots: set[int]) -> dict[int, int]:
    return dict(session.execute(select(Lot.id, Lot.grams_each).where(Lot.id.in_(lots))).all())


def _hit(session: Session, hit_id: int) -> RecallHit:
    query = (
        select(RecallHit).options(joinedload(RecallHit.lot)).where(RecallHit.id == hit_id).with_for_update(of=RecallHit)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(what=Term(N_("recalled lot")), id=hit_id)
    return found
