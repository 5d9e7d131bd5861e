"""The end of a reception: what is still missing, who says that it is finished, and what arrives after that."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network import audit
from stock.ledger import Account
from stock.receptions import open_reception, reception, the_open_one, way_of
from stock.tables import Donor, Family, Lot, Movement, Product, Reception, RefusedGoods, TemperatureReading


class Missing(Struct, frozen=True):
    """What a reception does not say yet. Nothing of it forbids to finish: a lorry may come empty."""

    lines: bool
    """Nothing came in and nothing was turned away."""
    temperatures: tuple[str, ...]
    """The codes of the families that must be kept cold, came in, and whose temperature nobody took."""

    def __bool__(self) -> bool:
        return self.lines or bool(self.temperatures)


class Said(Struct, frozen=True):
    """Somebody said that a reception is finished, or that it is not after all."""

    at: dt.datetime
    finished: bool
    by: str
    """Their name; empty for the software itself."""


FINISH, REOPEN = "reception.finish", "reception.reopen"
"""What the audit trail calls the two."""


class ReceptionFinished(Refusal):
    """Nothing more is booked under what was said to be whole."""

    kind = Kind.CONFLICT
    message = N_("Reception %(number)s is finished: reopen it, or begin another.")


class DayIsOver(Refusal):
    """The donor has the delivery note by then."""

    kind = Kind.CONFLICT
    message = N_("Reception %(number)s is of %(day)s: only those of the day are reopened.")


class AnotherOpen(Refusal):
    """A donor's goods of one day and one programme come under one open reception, or nobody knows under which."""

    kind = Kind.CONFLICT
    message = N_("Reception %(other)s of the same donor is open meanwhile: go on with that one.")


def missing(session: Session, reception_id: int) -> Missing:
    """What is to be said before a reception is finished."""
    return missing_by_reception(session, [reception_id])[reception_id]


def missing_by_reception(session: Session, receptions: Collection[int]) -> dict[int, Missing]:
    """`missing` of several at once."""
    undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
    came = (
        select(Lot.reception_id, Family.code, Family.max_tenths, Family.storage)
        .join(Product, Product.family_code == Family.code)
        .join(Lot, Lot.product_id == Product.id)
        .join(Movement, Movement.lot_id == Lot.id)
        .where(Lot.reception_id.in_(receptions))
        .where(Movement.from_account == Account.OUTSIDE, Movement.id.not_in(undone))
        .distinct()
        .order_by(Family.code)
    )
    taken = select(TemperatureReading.reception_id, TemperatureReading.family_code, TemperatureReading.storage)
    families, read = defaultdict[int, list[Any]](list), defaultdict[int, set[str | None]](set)
    for number, *family in session.execute(came):
        families[number].append(family)
    for reading in session.execute(taken.where(TemperatureReading.reception_id.in_(receptions))):
        read[reading.reception_id or 0] |= {reading.family_code, reading.storage}
    refused = select(RefusedGoods.reception_id).where(RefusedGoods.reception_id.in_(receptions))
    turned_away = set(session.scalars(refused))
    return {
        number: Missing(
            lines=not families[number] and number not in turned_away,
            temperatures=tuple(
                code
                for code, limit, storage in families[number]
                if limit is not None and not read[number] & {code, storage}
            ),
        )
        for number in receptions
    }


def finish(session: Session, reception_id: int, stamp: Stamp) -> Reception:
    """Everything is in: nothing more is offered to be booked under it. Said twice, the first time counts."""
    found = _held(session, reception_id)
    if found.closed_at is None:
        found.closed_at = stamp.at
        audit.record(session, FINISH, _subject(reception_id), stamp)
        session.flush()
    return found


def reopen(session: Session, reception_id: int, stamp: Stamp) -> Reception:
    """Something was forgotten; raises DayIsOver, or AnotherOpen where the same goods have gone on elsewhere."""
    found = reception(session, reception_id)
    if found.closed_at is None:
        return found
    if found.on != stamp.on:
        raise DayIsOver(number=found.id, day=found.on)
    # Whoever opens another one for this donor meanwhile waits here, and then finds this one.
    session.execute(select(Donor.id).where(Donor.id == found.donor_id).with_for_update())
    other = the_open_one(session, found.site_id, found.donor_id, found.source, found.kind, found.on)
    if other is not None:
        raise AnotherOpen(other=other.id)
    if _held(session, reception_id).closed_at is not None:
        found.closed_at = None
        audit.record(session, REOPEN, _subject(reception_id), stamp)
        session.flush()
    return found


def said_of(session: Session, reception_id: int) -> list[Said]:
    """Who finished a reception and who reopened it, in that order."""
    return said_by_reception(session, [reception_id])[reception_id]


def said_by_reception(session: Session, receptions: Collection[int]) -> dict[int, list[Said]]:
    """`said_of` of several at once."""
    acts = audit.acts_on(session, [_subject(number) for number in receptions], (FINISH, REOPEN))
    return {
        number: [Said(act.at, act.action == FINISH, act.by) for act in acts[_subject(number)]] for number in receptions
    }


def finished_by(found: Reception, said: Sequence[Said]) -> str:
    """Who said last that it is finished; empty while it is open, or where nobody wrote it down."""
    return said[-1].by if said and found.closed_at is not None else ""


def _held(session: Session, reception_id: int) -> Reception:
    """The reception as it is now: two people who say the same at once say it one after the other."""
    held = select(Reception).where(Reception.id == reception_id).with_for_update()
    session.scalar(held.execution_options(populate_existing=True))
    return reception(session, reception_id)


def _subject(reception_id: int) -> str:
    return f"reception:{reception_id}"


def refuse_finished(found: Reception) -> Reception:
    """The same reception, to book under; raises ReceptionFinished."""
    if found.closed_at is not None:
        raise ReceptionFinished(number=found.id)
    return found


def reception_then(
    session: Session,
    site_id: int,
    donor: Donor,
    then: Stamp,
    now: Stamp,
    source: str = "",
    kind: str = "",
    vehicle: str = "",
) -> Reception:
    """Where what was entered then, without network, belongs now that it arrives.

    What was entered before a reception was finished belongs to it, with its temperatures, and the reception keeps when
    something was last added so: its delivery note is no longer whole. Anything else goes under the open one.
    Raises what `open_reception` raises.
    """
    source, kind = way_of(donor, source, kind)
    query = (
        select(Reception)
        .where(
            Reception.site_id == site_id,
            Reception.donor_id == donor.id,
            Reception.source == source,
            Reception.kind == kind,
            Reception.on == then.on,
            Reception.closed_at >= then.at,
        )
        .order_by(Reception.closed_at, Reception.id)
        .limit(1)
    )
    finished = session.scalar(query)
    if finished is None:
        return open_reception(session, site_id, donor, then, source, kind, vehicle)
    finished.added_at = now.at
    session.flush()
    return finished
