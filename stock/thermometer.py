"""Temperatures of a whole reception, at take-over and on arrival: of what came chilled or frozen, or of a family.

A line is held to the warmer of the two moments: what was too warm on the donor's dock is not better for the drive.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import NotFound
from common.words import N_, Term
from stock.places import Storage
from stock.tables import Family, TemperatureReading


class Moment(StrEnum):
    """When the thermometer was read (R-TEMP-03: twice)."""

    TAKEOVER = "takeover"
    ARRIVAL = "arrival"


MOMENT_NAMES = {Moment.TAKEOVER: N_("At take-over"), Moment.ARRIVAL: N_("On arrival")}


class Taken(Struct, frozen=True):
    """One reading beside the limit that was kept with it."""

    storage: Storage
    tenths: int
    limit_tenths: int | None
    moment: Moment = Moment.ARRIVAL
    family: str | None = None
    """The code of the one family it speaks of; None where it speaks of all goods stored so."""

    @property
    def too_warm(self) -> bool:
        return self.limit_tenths is not None and self.tenths > self.limit_tenths


def note_temperatures(
    session: Session,
    reception_id: int,
    taken: Mapping[str, int | None],
    stamp: Stamp,
    moment: Moment = Moment.ARRIVAL,
) -> None:
    """Write down what was read for `chilled` and `frozen` goods; nothing where nothing was read.

    The limit kept beside it is the mildest of the families stored so: single families are held to their own limit
    line by line.
    """
    for storage, tenths in taken.items():
        if tenths is None:
            continue
        session.add(
            TemperatureReading(
                reception_id=reception_id,
                storage=storage,
                moment=moment,
                tenths=tenths,
                limit_tenths=session.scalar(select(func.max(Family.max_tenths)).where(Family.storage == storage)),
                at=stamp.at,
                by_id=stamp.by,
            )
        )
    session.flush()


def note_family_temperature(
    session: Session, reception_id: int, family_code: str, tenths: int, moment: Moment, stamp: Stamp
) -> None:
    """Write down what was read for all goods of one family; raises NotFound."""
    family = session.get(Family, family_code)
    if family is None:
        raise NotFound(what=Term(N_("family")), id=family_code)
    session.add(
        TemperatureReading(
            reception_id=reception_id,
            family_code=family.code,
            moment=moment,
            tenths=tenths,
            limit_tenths=family.max_tenths,
            at=stamp.at,
            by_id=stamp.by,
        )
    )
    session.flush()


def readings_of(session: Session, reception_id: int) -> list[Taken]:
    """The last reading of each moment for all goods stored alike, and for the families read by themselves."""
    query = (
        select(
            TemperatureReading.storage,
            TemperatureReading.tenths,
            TemperatureReading.limit_tenths,
            TemperatureReading.moment,
            TemperatureReading.family_code,
            Family.storage,
        )
        .outerjoin(Family, Family.code == TemperatureReading.family_code)
        .where(TemperatureReading.reception_id == reception_id, TemperatureReading.moment.is_not(None))
        .order_by(TemperatureReading.id)
    )
    last = {}
    for storage, tenths, limit, moment, family, of_family in session.execute(query):
        taken = Taken(Storage(storage or of_family or ""), tenths, limit, Moment(moment or ""), family)
        last[taken.storage, taken.family or "", taken.moment != Moment.TAKEOVER] = taken
    return [last[key] for key in sorted(last)]


def reading_for(session: Session, reception_id: int, family: Family, typed: int | None) -> int | None:
    """The reading that counts for one line: its own, else the warmer of the reception's two moments.

    At each moment the family's own reading counts, else the one of all goods stored so. A line's own reading is kept
    under its family and says nothing of the others.
    """
    if typed is not None or family.max_tenths is None:
        return typed
    asked = {"reception_id": reception_id, "family_code": family.code, "storage": family.storage}
    return _warmer((moment, code, tenths) for moment, code, tenths in session.execute(_OF_ALL, asked))


def _warmer(readings: Iterable[tuple[str | None, str | None, int]]) -> int | None:
    """Of moment, family or None, and tenths, oldest first.

    >>> _warmer([("takeover", None, 30), ("arrival", None, 45), ("takeover", "cheese", 50)])
    50
    """
    last: dict[str | None, tuple[bool, int]] = {}
    for moment, family, tenths in readings:
        if family is not None or not last.get(moment, (False, 0))[0]:
            last[moment] = (family is not None, tenths)
    return max((tenths for _, tenths in last.values()), default=None)


_OF_ALL = (
    select(TemperatureReading.moment, TemperatureReading.family_code, TemperatureReading.tenths)
    .where(
        TemperatureReading.reception_id == bindparam("reception_id"),
        TemperatureReading.moment.is_not(None),
        or_(
            TemperatureReading.family_code == bindparam("family_code"),
            TemperatureReading.storage == bindparam("storage"),
        ),
    )
    .order_by(TemperatureReading.id)
)
