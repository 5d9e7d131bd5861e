"""Temperatures at reception, held against the limit of the goods' family (R-TEMP-02)."""

from decimal import Decimal

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from stock.refusals import ColdChainBroken
from stock.tables import Family, TemperatureReading


def must_go_first(family: Family, tenths: int | None) -> bool:
    """Whether goods came in above their limit but within its tolerance; raises ColdChainBroken beyond it.

    Limits and tolerances are data of the family: none for minced meat and fish, two degrees for other fresh goods.
    """
    if tenths is None or family.max_tenths is None:
        return False
    if tenths > family.max_tenths + family.tolerance_tenths:
        raise ColdChainBroken(temperature=degrees(tenths), limit=degrees(family.max_tenths + family.tolerance_tenths))
    return tenths > family.max_tenths


def record_temperature(session: Session, reception_id: int, family: Family, tenths: int, stamp: Stamp) -> None:
    """Write the reading down; the same reading of the same family in one reception is written once."""
    reading = {
        "reception_id": reception_id,
        "family_code": family.code,
        "tenths": tenths,
        "limit_tenths": family.max_tenths,
        "at": stamp.at,
        "by_id": stamp.by,
    }
    connection = session.connection()
    if connection.execute(_SAME_READING, reading).first() is None:
        connection.execute(_NEW_READING, reading)


def degrees(tenths: int) -> Decimal:
    """Degrees Celsius, as people write them.

    >>> degrees(-185)
    Decimal('-18.5')
    """
    return Decimal(tenths) / 10


_NEW_READING = insert(TemperatureReading)
_SAME_READING = (
    select(TemperatureReading.id)
    .where(
        TemperatureReading.reception_id == bindparam("reception_id"),
        TemperatureReading.family_code == bindparam("family_code"),
        TemperatureReading.tenths == bindparam("tenths"),
    )
    .limit(1)
)
