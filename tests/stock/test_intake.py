"""Goods come in, or are refused with everything left as it was."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.idempotency import once
from stock import amounts, intake, ledger, receptions
from stock.catalogue import UnknownProduct, add_in_store_code, product_by_article
from stock.dates import DateKind
from stock.instore import Payload
from stock.intake import Arrival, Booking, IntakeRules, take_in
from stock.ledger import AlreadyUndone, NotEnoughLeft, Standing, shelf
from stock.tables import Place, RefusedGoods
from stock.urgency import Urgency
from tests.stock.counter import TUESDAY, Counter
from tests.stock.stockroom import (
    CASE_OF_PEAS,
    HAM,
    LOOSE,
    MONDAY,
    MORNING,
    PEAS,
    STAMP,
    Stockroom,
    donor_of,
    stockroom,
)

# What is booked


def test_a_tin_is_booked_on_the_dry_shelf(counter: Counter, room: Stockroom) -> None:
    booking = counter.take(PEAS, "03/2028", units=12, lot_number="L42")

    assert (booking.product, booking.quantity, booking.grams, booking.lot_number) == ("Petits pois", 12, 4800, "L42")
    assert (booking.date, booking.date_kind) == (dt.date(2028, 3, 31), DateKind.BEST_BEFORE)
    assert booking.last_day == dt.date(2029, 3, 31)
    assert (booking.urgency, booking.place, booking.new_lot, booking.notes) == (Urgency.LATER, "Shelf", True, ())
    assert counter.on_hand() == [Standing(booking.lot_id, shelf(room.dry), 12)]


def test_what_a_scanner_puts_around_a_lot_number_is_not_part_of_it(counter: Counter) -> None:
    assert counter.take(PEAS, "03/2028", lot_number="\x1dL\x0042\r").lot_number == "L42"


def test_empty_units_mean_one(counter: Counter) -> None:
    assert counter.take(PEAS, "2028").quantity == 1


def test_a_case_counts_what_it_holds(counter: Counter) -> None:
    booking = counter.take(CASE_OF_PEAS, "2028", units=2)

    assert (booking.quantity, booking.grams) == (12, 4800)


def test_chilled_goods_go_to_the_fridge(counter: Counter, room: Stockroom) -> None:
    booking = counter.take(HAM, "28/11")

    assert (booking.place_id, booking.date_kind, booking.last_day) == (
        room.fridge,
        DateKind.USE_BY,
        dt.date(2026, 11, 28),
    )


def test_date_and_lot_number_come_from_the_code(counter: Counter) -> None:
    booking = counter.take(f"]d2010{HAM}1726112810AB12")

    assert (booking.date, booking.lot_number) == (dt.date(2026, 11, 28), "AB12")


def test_goods_without_a_date_keep_as_long_as_the_catalogue_says(counter: Counter) -> None:
    booking = counter.take("PAIN", units=3)

    assert (booking.date, booking.date_kind, booking.last_day) == (None, DateKind.NONE, TUESDAY)
    assert counter.take("ART-PAIN").lot_id == booking.lot_id


def test_goods_without_a_date_nor_a_life_keep_as_long_as_the_rules_say(counter: Counter) -> None:
    booking = counter.take("POMMES", grams=5000, rules=IntakeRules(undated_days=7))

    assert booking.last_day == MONDAY + dt.timedelta(days=7)


def test_weighed_goods_are_booked_in_grams(counter: Counter, room: Stockroom) -> None:
    booking = counter.take("POMMES", grams=12_345)

    assert (booking.measure, booking.quantity, booking.grams) == ("gram", 12_345, 12_345)
    assert counter.on_hand() == [Standing(booking.lot_id, shelf(room.dry), 12_345)]


def test_the_weight_of_the_code_counts_once_per_pack(counter: Counter) -> None:
    booking = counter.take(f"(01)0{LOOSE}(3103)001250", units=2)

    assert booking.quantity == 2500


def test_counted_goods_keep_the_real_weight_of_the_line(counter: Counter) -> None:
    booking = counter.take(HAM, "28/11", units=2, grams=300)

    assert (booking.quantity, booking.grams) == (2, 300)


def test_a_shop_code_is_known_at_its_shop_only(counter: Counter, database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        apples = product_by_article(session, "POMMES")
        assert apples is not None
        donor = donor_of(session, room)
        donor.in_store_payload = Payload.WEIGHT
        add_in_store_code(session, donor.id, "2123450", apples.id)
        other = stockroom(session)

    booking = counter.take("2123450012343")

    assert (booking.product, booking.quantity) == ("Pommes", 1234)
    assert isinstance(Counter(database, other).refused("2123450012343"), UnknownProduct)


# The same lot, another lot


@pytest.mark.parametrize(
    "other",
    [
        {"date": "04/2028"},
        {"date": "03/2028", "lot_number": "L43"},
        {"date": "03/2028", "grams": 380},
    ],
)
def test_another_date_lot_number_or_weight_is_another_lot(counter: Counter, other: dict[str, Any]) -> None:
    first = counter.take(PEAS, "03/2028")

    second = counter.take(PEAS, **other)

    assert second.lot_id != first.lot_id
    assert second.new_lot


def test_the_same_goods_of_the_same_reception_are_one_lot(counter: Counter, room: Stockroom) -> None:
    first = counter.take(PEAS, "03/2028", units=2)

    second = counter.take(CASE_OF_PEAS, "31/03/2028")

    assert (second.lot_id, second.new_lot) == (first.lot_id, False)
    assert counter.on_hand() == [Standing(first.lot_id, shelf(room.dry), 8)]


def test_the_same_goods_on_another_day_are_another_lot(counter: Counter, database: Database, room: Stockroom) -> None:
    first = counter.take(PEAS, "03/2028")
    tomorrow = Clock(at=MORNING + dt.timedelta(days=1)).stamp()

    with database.writing() as session:
        reception = intake.open_reception(session, room.site, donor_of(session, room), tomorrow)
        second = take_in(session, Arrival(PEAS, date="03/2028"), reception, tomorrow)

    assert second.lot_id != first.lot_id


def test_our_own_label_brings_its_product_date_and_lot_number(counter: Counter) -> None:
    first = counter.take(HAM, "28/11", lot_number="AB12")

    second = counter.take(f"LOT-{first.lot_code}", units=3)

    assert (second.lot_id, second.date, second.quantity) == (first.lot_id, first.date, 3)


def test_two_people_booking_the_same_goods_at_once_make_one_lot(counter: Counter, database: Database) -> None:
    start = threading.Barrier(4)

    def book(_: int) -> Booking:
        start.wait()
        return counter.take(PEAS, "03/2028")

    with ThreadPoolExecutor(4) as pool:
        bookings = list(pool.map(book, range(4)))

    assert len({booking.lot_id for booking in bookings}) == 1
    assert sum(booking.new_lot for booking in bookings) == 1


def test_two_first_lines_at_once_open_one_reception(database: Database, room: Stockroom) -> None:
    start = threading.Barrier(4)
    tomorrow = Clock(at=MORNING + dt.timedelta(days=1)).stamp()

    def begin(_: int) -> int:
        start.wait()
        with database.writing() as session:
            return intake.open_reception(session, room.site, donor_of(session, room), tomorrow).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(begin, range(4)))) == 1


def test_goods_go_where_the_last_lot_of_their_product_went(counter: Counter, room: Stockroom) -> None:
    counter.take(PEAS, "03/2028", place_id=room.fridge)
    counter.take(PEAS, "03/2028", place_id=room.dry)

    assert counter.take(PEAS, "04/2028").place_id == room.dry


def test_a_place_of_another_site_does_not_exist_here(counter: Counter, database: Database) -> None:
    with database.writing() as session:
        elsewhere = stockroom(session).dry

    assert isinstance(counter.refused(PEAS, "2028", place_id=elsewhere), NotFound)


def test_a_site_without_a_freezer_takes_no_frozen_goods(counter: Counter, database: Database) -> None:
    with database.writing() as session:
        session.delete(session.get_one(Place, counter.room.freezer))

    assert isinstance(counter.refused("GLACE", "2027"), intake.NoPlace)


# Amounts


@pytest.mark.parametrize("units", [0, -1, 3017620422003])
def test_a_count_that_cannot_be_is_refused(counter: Counter, units: int) -> None:
    assert isinstance(counter.refused(PEAS, "2028", units=units), amounts.BadAmount)


def test_goods_by_weight_are_weighed(counter: Counter) -> None:
    assert isinstance(counter.refused("POMMES", units=3), amounts.WeightNeeded)


def test_two_weights_that_disagree_are_reported(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{LOOSE}(3103)001250", grams=1200), amounts.WeightsDisagree)


@pytest.mark.parametrize("grams", [799, 7201])
def test_an_unlikely_weight_is_refused(counter: Counter, grams: int) -> None:
    assert isinstance(counter.refused(PEAS, "2028", units=6, grams=grams), amounts.UnlikelyWeight)


# Codes


def test_an_unknown_code_says_which_facts_are_asked(counter: Counter) -> None:
    refusal = counter.refused("3560071000011")

    assert isinstance(refusal, UnknownProduct)
    assert (refusal.kind, refusal.data) == (Kind.NOT_FOUND, {"code": "3560071000011"})
    assert refusal.asks == ("name", "family", "measure", "grams_each")


@pytest.mark.parametrize("scan", ["", "@@@@", "3017620422004", "NOSUCH", "LOT-000000000"])
def test_noise_is_refused(counter: Counter, scan: str) -> None:
    assert isinstance(counter.refused(scan, "2028"), Refusal)


# Undoing, refusing, remembering


def test_a_booking_is_undone_once(counter: Counter, database: Database) -> None:
    booking = counter.take(PEAS, "2028", units=3)

    with database.writing() as session:
        intake.undo_booking(session, booking.movement_id, STAMP)

    assert counter.on_hand() == []
    with pytest.raises(AlreadyUndone), database.writing() as session:
        intake.undo_booking(session, booking.movement_id, STAMP)


def test_a_booking_whose_goods_have_gone_on_is_not_undone(
    counter: Counter, database: Database, room: Stockroom
) -> None:
    booking = counter.take(PEAS, "2028", units=3)
    with database.writing() as session:
        gone = ledger.move(session, booking.lot_id, 1, shelf(room.dry), ledger.GIVEN, STAMP)

    with pytest.raises(NotEnoughLeft), database.writing() as session:
        intake.undo_booking(session, booking.movement_id, STAMP)
    with pytest.raises(intake.NotABooking), database.writing() as session:
        intake.undo_booking(session, gone, STAMP)


def test_a_booking_sent_twice_is_done_once(counter: Counter, database: Database) -> None:
    line = Arrival(scan=PEAS, date="2028", units=3)

    def send() -> Booking:
        with database.writing() as session:
            reception = intake.reception(session, counter.room.reception)
            work = lambda: take_in(session, line, reception, STAMP)  # noqa: E731 - as a handler writes it
            return once(session, "a-key-of-the-client", line, STAMP, work, Booking)

    assert send() == send()
    assert [standing.quantity for standing in counter.on_hand()] == [3]


def test_refused_goods_are_written_down_with_their_reason(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        intake.refuse_goods(session, room.reception, "pack_open", 1200, STAMP)

    with database.reading() as session:
        refused = session.scalars(select(RefusedGoods)).one()
        assert (refused.reason, refused.grams, refused.product_id) == ("pack_open", 1200, None)


def test_goods_are_refused_for_a_known_reason(database: Database, room: Stockroom) -> None:
    with pytest.raises(receptions.UnknownReason), database.writing() as session:
        intake.refuse_goods(session, room.reception, "because", 1200, STAMP)


def test_the_last_lot_of_a_product_is_offered(counter: Counter, database: Database, room: Stockroom) -> None:
    counter.take(HAM, "28/11", lot_number="A")
    last = counter.take(HAM, "29/11", lot_number="B")

    with database.reading() as session:
        offered = intake.suggest(session, last.product_id, room.donor, room.site)
        nothing = intake.suggest(session, room.peas, room.donor, room.site)

    assert offered is not None
    assert (offered.lot_id, offered.date, offered.lot_number, offered.place) == (last.lot_id, last.date, "B", "Fridge")
    assert nothing is None


def test_the_last_bookings_come_newest_first_and_say_what_was_undone(counter: Counter, database: Database) -> None:
    peas, ham = counter.take(PEAS, "2028"), counter.take(HAM, "28/11", units=2)
    with database.writing() as session:
        intake.undo_booking(session, peas.movement_id, STAMP)

    with database.reading() as session:
        last = intake.last_bookings(session, counter.room.reception, MONDAY)
        one = intake.last_bookings(session, counter.room.reception, MONDAY, limit=1)

    assert [(b.movement_id, b.product, b.quantity, b.undone) for b in last] == [
        (ham.movement_id, "Jambon", 2, False),
        (peas.movement_id, "Petits pois", 1, True),
    ]
    assert one == last[:1]
