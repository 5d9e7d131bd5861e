"""Someone at the intake counter, as the tests of intake have it."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from common.clock import Stamp
from common.database import Database
from common.errors import Refusal
from stock import intake, ledger
from stock.intake import Arrival, Booking, IntakeRules, take_in
from stock.ledger import Standing
from stock.tables import Lot, Movement, Reception, RefusedGoods, TemperatureReading
from tests.stock.stockroom import (
    MONDAY,
    STAMP,
    Stockroom,
)

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + dt.timedelta(days=n) for n in (1, 2, 4))


class Counter:
    """Someone at the intake counter: each line in a transaction of its own."""

    def __init__(self, database: Database, room: Stockroom) -> None:
        self.database, self.room = database, room

    def take(
        self, scan: str, date: str = "", *, stamp: Stamp = STAMP, rules: IntakeRules | None = None, **line: Any
    ) -> Booking:
        with self.database.writing() as session:
            reception = intake.reception(session, self.room.reception)
            return take_in(session, Arrival(scan=scan, date=date, **line), reception, stamp, rules)

    def refused(self, scan: str, date: str = "", **line: Any) -> Refusal:
        """The refusal of a line that must leave nothing behind."""
        before = self.everything()
        with pytest.raises(Refusal) as refused:
            self.take(scan, date, **line)
        assert self.everything() == before
        return refused.value

    def everything(self) -> list[int | None]:
        with self.database.reading() as session:
            tables = (Lot, Movement, TemperatureReading, RefusedGoods, Reception)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    def on_hand(self) -> list[Standing]:
        with self.database.reading() as session:
            return ledger.standings(session)
