"""Temperatures at reception, held against the limit of the goods' family (R-TEMP-02) or of their label (R-TEMP-01)."""

from decimal import Decimal

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from stock.places import Storage
from stock.refusals import ColdChainBroken
from stock.tables import Family, TemperatureReading

HIGHEST_LABEL = 80
"""Tenths: no chilled goods are kept warmer than +8 °C whatever is printed on them (arrêté of 21 December 2009)."""
LABEL = "label"


def label_may_prevail(family: Family) -> bool:
    """Whether the limit printed on the pack counts instead of the family's (R-TEMP-01).

    It never does for minced meat and fish, which have no tolerance, nor for frozen goods.
    """
    return family.storage == Storage.CHILLED and family.tolerance_tenths > 0


def must_go_first(family: Family, tenths: int | None, label_tenths: int | None = None) -> bool:
    """Whether goods came in above their limit but may be taken; raises ColdChainBroken where they may not.

    Limits and tolerances are data of the family: none for minced meat and fish, two degrees for other fresh goods.
    A limit read on the label of the pack leaves no tolerance.
    """
    if tenths is None or family.max_tenths is None:
        return False
    most = family.max_tenths + family.tolerance_tenths
    if label_tenths is not None and label_may_prevail(family):
        most = max(most, min(label_tenths, HIGHEST_LABEL))
    if tenths > most:
        raise ColdChainBroken(temperature=degrees(tenths), limit=degrees(most))
    return tenths > family.max_tenths


def record_temperature(
    session: Session, reception_id: int, family: Family, tenths: int, stamp: Stamp, label_tenths: int | None = None
) -> None:
    """Write the reading down; the same reading of the same family in one reception is written once."""
    by_label = label_tenths is not None and label_may_prevail(family)
    reading = {
        "reception_id": reception_id,
        "family_code": family.code,
        "tenths": tenths,
        "limit_tenths": label_tenths if by_label else family.max_tenths,
        "because": LABEL if by_label else "",
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
        TemperatureReading.because == bindparam("because"),
        TemperatureReading.moment.is_(None),
    )
    .limit(1)
)
