"""What will be lost at the usual outflow: learnt from what people took home, first dates leaving first."""

import datetime as dt

from common.clock import Clock
from common.database import Database
from stock import ledger
from stock.ledger import GIVEN
from stock.outflow import AHEAD, WEEKS, forecast, foreseen, usual_outflow
from stock.shelf import lines_within
from tests.stock.counter import Counter
from tests.stock.stockroom import HAM, MONDAY, STAMP, Stockroom

LATER = Clock(at=dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)).stamp()


def test_what_the_usual_outflow_does_not_reach_in_time_will_be_lost(
    counter: Counter, database: Database, room: Stockroom
) -> None:
    first = counter.take(HAM, "27/11", units=10)
    counter.take(HAM, "01/12", units=40)
    with database.writing() as session:
        given = ledger.move(session, first.lot_id, 6, ledger.shelf(room.fridge), GIVEN, STAMP)
        ledger.move(session, first.lot_id, 1, GIVEN, ledger.shelf(room.fridge), STAMP)
    assert given

    with database.reading() as session:
        rates = usual_outflow(session, LATER.on)
        told = forecast(session, LATER.on, room.site)

    # 5 pieces of 160 g in eight weeks: 14 g a day, 57 g by Friday, 114 g by the Tuesday after.
    assert rates == {(room.site, "meat"): 800}
    assert (told.groups[0].grams, told.groups[0].grams_a_week) == (45 * 160, 100)
    assert told.grams == 45 * 160 - 800 * 8 // (7 * WEEKS)
    assert told.groups[0].first_lost == dt.date(2026, 11, 27)


def test_goods_that_leave_in_time_are_not_lost_and_what_never_left_is(
    counter: Counter, database: Database, room: Stockroom
) -> None:
    counter.take(HAM, "27/11", units=10)
    with database.reading() as session:
        lines = lines_within(session, MONDAY, AHEAD)
    names = {room.site: "Room"}

    enough, nothing = (
        foreseen(lines, {(room.site, "meat"): grams}, MONDAY, names) for grams in (1600 * 7 * WEEKS // 5, 0)
    )

    assert [(group.lost_grams, group.first_lost) for group in enough] == [(0, None)]
    assert [group.lost_grams for group in nothing] == [1600]
