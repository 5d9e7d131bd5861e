"""Temperatures at reception, held against the limit of the goods' family (R-TEMP-02)."""

from decimal import Decimal

from sqlalchemy import exists, insert, literal, select
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
    same = exists().where(
        TemperatureReading.reception_id == reception_id,
        TemperatureReading.family_code == family.code,
        TemperatureReading.tenths == tenths,
    )
    columns = ["reception_id", "family_code", "tenths", "limit_tenths", "at", "by_id"]
    types = TemperatureReading.__table__.c
    values = [reception_id, family.code, tenths, family.max_tenths, stamp.at, stamp.by]
    row = select(*(literal(v, types[c].type) for c, v in zip(columns, values, strict=True))).where(~same)
    session.execute(insert(TemperatureReading).from_select(columns, row))


def degrees(tenths: int) -> Decimal:
    """Degrees Celsius, as people write them.

    >>> degrees(-185)
    Decimal('-18.5')
    """
    return Decimal(tenths) / 10
