"""What may still be promised, on the days that decide it and wherever goods stand."""

import datetime as dt

from sqlalchemy.orm import Session

from common.database import Database
from stock import ledger
from stock.accounts import GIVEN, TRANSIT, quarantined, reserved, shelf
from stock.promise import Held, free_to_promise, product_stock, recalled_lots
from stock.recalls.tables import RecallHit, RecallNotice
from stock.shelf import StockFilter, stock_list
from stock.tables import Lot
from stock.transfers.register import send, settle
from tests.stock.stockroom import MONDAY, STAMP, Stockroom, lot_of, stockroom

TOMORROW = MONDAY + dt.timedelta(days=1)


def test_a_lot_may_be_promised_to_its_very_last_day() -> None:
    assert free_to_promise(8, TOMORROW, MONDAY) == 8
    assert free_to_promise(8, MONDAY, MONDAY) == 8
    assert free_to_promise(8, MONDAY, TOMORROW) == 0
    assert free_to_promise(8, TOMORROW, MONDAY, recalled=True) == 0


def test_on_hand_is_told_apart_everywhere_alike(database: Database) -> None:
    """Ten of each: the last day today, over since yesterday, recalled; of the first some set aside, blocked, away."""
    with database.writing() as session:
        room, other = stockroom(session), stockroom(session)
        today, over, recalled = (ten(session, room, day) for day in (MONDAY, MONDAY - dt.timedelta(1), TOMORROW))
        for target, quantity in ((reserved(room.dry), 3), (quarantined(room.dry), 2), (TRANSIT, 1), (GIVEN, 1)):
            ledger.move(session, today, quantity, shelf(room.dry), target, STAMP)
        under_recall(session, recalled, "certain")
        under_recall(session, today, "to_check")

    with database.reading() as session:
        there = product_stock(session, room.peas, MONDAY)
        listed = stock_list(session, MONDAY, site_id=room.site)
        none = product_stock(session, room.peas, TOMORROW)
        elsewhere = stock_list(session, MONDAY, show=StockFilter(family="milk"))

    here = next(held for held in there.sites if held.site_id == room.site)
    assert here == Held(room.site, here.site, on_hand=28, reserved=3, blocked=2, free=3)
    assert other.site not in {held.site_id for held in there.sites}
    assert (there.on_hand - there.on_its_way, there.free) == tuple(
        sum(x) for x in zip(*((held.on_hand, held.free) for held in there.sites), strict=True)
    )
    assert {row.lot_id: row.free for row in listed.rows} == {today: 3, over: 0, recalled: 0}
    each = listed.rows[0].grams_each
    assert (listed.grams, listed.reserved_grams, listed.blocked_grams, listed.free_grams) == tuple(
        n * each for n in (28, 3, 2, 3)
    )
    assert next(held for held in none.sites if held.site_id == room.site).free == 0
    assert (elsewhere.free_grams, elsewhere.blocked_grams) == (0, 0)


def test_what_is_recalled_on_its_way_arrives_blocked(database: Database) -> None:
    with database.writing() as session:
        room, other = stockroom(session), stockroom(session)
        lot = ten(session, room, TOMORROW)
        number = send(session, room.site, other.site, {lot: 4}, STAMP)
        under_recall(session, lot, "probable")
        settle(session, number, {}, STAMP)

        assert recalled_lots(session, [lot]) == {lot}
        assert {s.where: s.quantity for s in ledger.standings(session, lots=[lot], places=[other.dry])} == {
            quarantined(other.dry): 4
        }


def ten(session: Session, room: Stockroom, last_day: dt.date) -> int:
    lot = lot_of(session, room)
    session.get_one(Lot, lot).last_day = last_day
    ledger.move(session, lot, 10, ledger.OUTSIDE, shelf(room.dry), STAMP)
    return lot


def under_recall(session: Session, lot: int, level: str) -> None:
    written = {column.key: "" for column in RecallNotice.__table__.columns if str(column.type) in ("TEXT",)}
    notice = RecallNotice(
        **written, key=f"test {lot}", number="1", version=1, published_on=MONDAY, until=TOMORROW, taken_in_at=STAMP.at
    )
    session.add(notice)
    session.flush()
    hit = RecallHit(notice_id=notice.id, lot_id=lot, level=level, version=1, found_at=STAMP.at, state="open")
    session.add(hit)
    session.flush()
