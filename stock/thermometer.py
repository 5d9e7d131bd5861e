"""Temperatures of a whole reception: taken once for what came chilled and once for what came frozen."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from stock.places import Storage
from stock.tables import Family, TemperatureReading


class Taken(Struct, frozen=True):
    """One reading beside the strictest limit of the goods it was taken for."""

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
                family_code=_mildest(session, storage),
                tenths=tenths,
                limit_tenths=session.scalar(select(func.max(Family.max_tenths)).where(Family.storage == storage)),
                at=stamp.at,
                by_id=stamp.by,
            )
        )
    session.flush()


def readings_of(session: Session, reception_id: int) -> list[Taken]:
    """The last reading of each kind of storage in this reception."""
    query = (
        select(Family.storage, TemperatureReading.tenths, TemperatureReading.limit_tenths)
        .join(Family, Family.code == TemperatureReading.family_code)
        .where(TemperatureReading.reception_id == reception_id)
        .order_by(TemperatureReading.id)
    )
    last = {storage: Taken(Storage(storage), tenths, limit) for storage, tenths, limit in session.execute(query)}
    return [last[storage] for storage in sorted(last)]


def _mildest(session: Session, storage: str) -> str | None:
    query = select(Family.code).where(Family.storage == storage, Family.max_tenths.is_not(None))
    return session.scalar(query.order_by(Family.max_tenths.desc(), Family.code).limit(1))
