"""Temperatures of a whole reception: taken once for what came chilled and once for what came frozen."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from stock.places import Storage
from stock.tables import Family, TemperatureReading


class Taken(Struct, frozen=True):
    """One reading beside the limit that was kept with it."""

    storage: Storage
    tenths: int
    limit_tenths: int | None

    @property
    def too_warm(self) -> bool:
        return self.limit_tenths is not None and self.tenths > self.limit_tenths


def note_temperatures(session: Session, reception_id: int, taken: Mapping[str, int | None], stamp: Stamp) -> None:
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
                tenths=tenths,
                limit_tenths=session.scalar(select(func.max(Family.max_tenths)).where(Family.storage == storage)),
                at=stamp.at,
                by_id=stamp.by,
            )
        )
    session.flush()


def readings_of(session: Session, reception_id: int) -> list[Taken]:
    """The last reading for all goods of each kind of storage in this reception."""
    query = (
        select(TemperatureReading.storage, TemperatureReading.tenths, TemperatureReading.limit_tenths)
        .where(TemperatureReading.reception_id == reception_id, TemperatureReading.storage.is_not(None))
        .order_by(TemperatureReading.id)
    )
    last = {s: Taken(Storage(s), tenths, limit) for s, tenths, limit in session.execute(query) if s}
    return [last[storage] for storage in sorted(last)]


def reading_for(session: Session, reception_id: int, family: Family, typed: int | None) -> int | None:
    """The reading that counts for one line: its own, else the last one taken for all goods stored so.

    A line's own reading is kept under its family and says nothing of the others.
    """
    if typed is not None or family.max_tenths is None:
        return typed
    return session.scalar(_LAST_OF_ALL, {"reception_id": reception_id, "storage": family.storage})


_LAST_OF_ALL = (
    select(TemperatureReading.tenths)
    .where(
        TemperatureReading.reception_id == bindparam("reception_id"),
        TemperatureReading.storage == bindparam("storage"),
    )
    .order_by(TemperatureReading.id.desc())
    .limit(1)
)
