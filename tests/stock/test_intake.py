"""Goods come in, or are refused with everything left as it was."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from common.clock import PARIS, Clock, Stamp
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.idempotency import once
from stock import amounts, dating, intake, ledger, receptions, refusals
from stock.catalogue import UnknownProduct, add_in_store_code, product_by_article
from stock.cold import record_temperature
from stock.dates import DateKind, Urgency
from stock.instore import Payload
from stock.intake import Arrival, Booking, IntakeRules, Note, take_in
from stock.ledger import AlreadyUndone, NotEnoughLeft, Standing, shelf
from stock.tables import Family, Lot, Movement, Place, Reception, RefusedGoods, TemperatureReading
from stock.thermometer import note_temperatures, readings_of
from tests.stock.stockroom import (
    CASE_OF_PEAS,
    HAM,
    LOOSE,
    MINCED,
    MONDAY,
    MORNING,
    PEAS,
    STAMP,
    Stockroom,
    donor_of,
    stockroom,
)

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + dt.timedelta(days=n) for n in (1, 2, 4))


@pytest.fixture
def room(database: Database) -> Stockroom:
    with database.writing() as session:
        return stockroom(session)


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


@pytest.fixture
def counter(database: Database, room: Stockroom) -> Counter:
    return Counter(database, room)


# What is booked


def test_a_tin_is_booked_on_the_dry_shelf(counter: Counter, room: Stockroom) -> None:
    booking = counter.take(PEAS, "03/2028", units=12, lot_number="L42")

    assert (booking.product, booking.quantity, booking.grams, booking.lot_number) == ("Petits pois", 12, 4800, "L42")
    assert (booking.date, booking.date_kind) == (dt.date(2028, 3, 31), DateKind.BEST_BEFORE)
    assert booking.last_day == dt.date(2029, 3, 31)
    assert (booking.urgency, booking.place, booking.new_lot, booking.notes) == (Urgency.LATER, "Shelf", True, ())
    assert counter.on_hand() == [Standing(booking.lot_id, shelf(room.dry), 12)]


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


# Dates


def test_a_use_by_date_is_accepted_with_forty_eight_hours_left(counter: Counter) -> None:
    at_midnight = Clock(at=dt.datetime(2026, 11, 23, 23, 59, 59, tzinfo=PARIS)).stamp()

    assert counter.take(HAM, "25/11").date == WEDNESDAY
    assert counter.take(HAM, "25/11", stamp=at_midnight).notes == ()


@pytest.mark.parametrize("date", ["23/11", "24/11"])
def test_a_use_by_date_too_near_is_refused(counter: Counter, date: str) -> None:
    refusal = counter.refused(HAM, date)

    assert isinstance(refusal, refusals.UseByTooShort)
    assert refusal.reason == "use_by_too_short"


def test_a_short_use_by_date_comes_in_for_a_planned_session(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, next_session=TUESDAY)

    booking = counter.take(HAM, "24/11", short_circuit=True, rules=rules)

    assert booking.notes == (Note.SHORT,)


@pytest.mark.parametrize(
    "rules",
    [
        IntakeRules(short_circuit_allowed=False, next_session=TUESDAY),
        IntakeRules(short_circuit_allowed=True, next_session=WEDNESDAY),
        IntakeRules(short_circuit_allowed=True, next_session=None),
    ],
)
def test_a_short_use_by_date_needs_the_permission_and_a_session_in_time(counter: Counter, rules: IntakeRules) -> None:
    assert isinstance(counter.refused(HAM, "24/11", short_circuit=True, rules=rules), refusals.UseByTooShort)


def test_a_short_use_by_date_is_asked_for_by_a_person(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, next_session=TUESDAY)

    assert isinstance(counter.refused(HAM, "24/11", rules=rules), refusals.UseByTooShort)


def test_a_passed_use_by_date_is_never_accepted(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, next_session=MONDAY)

    refusal = counter.refused(HAM, "22/11", checked=True, short_circuit=True, rules=rules)

    assert isinstance(refusal, refusals.UseByPassed)
    assert refusal.reason == "use_by_passed"


def test_a_use_by_date_is_a_health_limit_whatever_the_family(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{PEAS}(17)261122", checked=True), refusals.UseByPassed)


def test_a_best_before_date_on_goods_of_a_use_by_family_is_held_as_a_use_by_date(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{HAM}(15)261122", checked=True), refusals.UseByPassed)


def test_a_best_before_date_is_good_on_its_day(counter: Counter) -> None:
    assert counter.take(PEAS, "23/11/2026").notes == ()


def test_past_its_best_before_date_it_is_looked_at_first(counter: Counter) -> None:
    assert isinstance(counter.refused(PEAS, "22/11/2026"), refusals.LookFirst)

    booking = counter.take(PEAS, "22/11/2026", checked=True)

    assert booking.notes == (Note.PAST_BEST_BEFORE,)


def test_the_last_day_of_tolerance_is_accepted_and_the_next_is_not(counter: Counter) -> None:
    assert counter.take(PEAS, "23/11/2025", checked=True).last_day == MONDAY

    refusal = counter.refused(PEAS, "22/11/2025", checked=True)

    assert isinstance(refusal, refusals.PastTolerance)
    assert refusal.reason == "past_tolerance"


def test_goods_that_bear_a_date_need_one(counter: Counter) -> None:
    refusal = counter.refused(PEAS)

    assert isinstance(refusal, refusals.DateNeeded)
    assert (refusal.reason, refusal.field) == ("date_unreadable", "date")


def test_an_unlikely_date_is_asked_about(counter: Counter) -> None:
    assert isinstance(counter.refused(PEAS, "03/2038"), dating.DoubtfulDate)

    assert counter.take(PEAS, "03/2038", checked=True).date == dt.date(2038, 3, 31)


def test_a_use_by_date_without_its_day_is_asked_about(counter: Counter) -> None:
    assert isinstance(counter.refused(HAM, "12/2026"), dating.DoubtfulDate)


@pytest.mark.parametrize("typed", ["28/11", "281126", "2811", "11/2026", "fin 11/26", "2026"])
def test_a_typed_date_that_says_the_same_as_the_code_changes_nothing(counter: Counter, typed: str) -> None:
    assert counter.take(f"(01)0{HAM}(17)261128", typed).date == dt.date(2026, 11, 28)


@pytest.mark.parametrize("typed", ["29/11", "28/11/2027", "12/2026", "2027"])
def test_a_typed_date_that_contradicts_the_code_is_reported(counter: Counter, typed: str) -> None:
    refusal = counter.refused(f"(01)0{HAM}(17)261128", typed, checked=True)

    assert isinstance(refusal, dating.DatesDisagree)
    assert refusal.data["coded"] == dt.date(2026, 11, 28)


def test_a_typed_lot_number_that_contradicts_the_code_is_reported(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{HAM}(17)261128(10)AB", lot_number="AC"), intake.LotNumbersDisagree)

    assert counter.take(f"(01)0{HAM}(17)261128(10)AB", lot_number="ab").lot_number == "AB"


# Temperatures


@pytest.mark.parametrize(
    ("scan", "tenths", "notes"),
    [
        (HAM, 40, ()),
        (HAM, 41, (Note.TO_GIVE_FIRST,)),
        (HAM, 60, (Note.TO_GIVE_FIRST,)),
        (MINCED, 20, ()),
        (PEAS, 300, ()),
    ],
)
def test_temperatures_within_limit_and_tolerance_are_accepted(
    counter: Counter, scan: str, tenths: int, notes: tuple[Note, ...]
) -> None:
    date = "2028" if scan == PEAS else "28/11"

    assert counter.take(scan, date, temperature_tenths=tenths).notes == notes


@pytest.mark.parametrize(("scan", "tenths"), [(HAM, 61), (MINCED, 21)])
def test_temperatures_beyond_tolerance_are_refused(counter: Counter, scan: str, tenths: int) -> None:
    refusal = counter.refused(scan, "28/11", temperature_tenths=tenths)

    assert isinstance(refusal, refusals.ColdChainBroken)
    assert refusal.reason == "cold_chain_broken"


def test_a_reading_is_kept_beside_its_limit_and_once(counter: Counter, database: Database) -> None:
    for _ in range(2):
        counter.take(HAM, "28/11", temperature_tenths=35)

    with database.reading() as session:
        reading = session.scalars(select(TemperatureReading)).one()
        assert (reading.tenths, reading.limit_tenths, reading.family_code) == (35, 40, "cooked_ham")


def test_a_line_without_a_reading_has_the_one_of_the_whole_reception(counter: Counter, database: Database) -> None:
    with database.writing() as session:
        note_temperatures(session, counter.room.reception, {"chilled": 55, "frozen": None}, STAMP)

    assert counter.take(HAM, "28/11").notes == (Note.TO_GIVE_FIRST,)
    assert isinstance(counter.refused(MINCED, "28/11"), refusals.ColdChainBroken)
    assert counter.take(HAM, "28/11", temperature_tenths=30).notes == ()
    assert counter.take(PEAS, "2028").notes == ()


def test_the_reading_of_one_line_says_nothing_of_the_next(counter: Counter) -> None:
    counter.take(HAM, "28/11", temperature_tenths=55)

    assert counter.take(MINCED, "28/11").notes == ()


@pytest.mark.parametrize(("tenths", "accepted"), [(20, True), (21, False)])
def test_a_reading_of_all_chilled_goods_holds_minced_meat_to_its_own_limit(
    counter: Counter, database: Database, tenths: int, accepted: bool
) -> None:
    with database.writing() as session:
        note_temperatures(session, counter.room.reception, {"chilled": tenths, "frozen": None}, STAMP)

    if accepted:
        assert counter.take(MINCED, "28/11").notes == ()
    else:
        assert isinstance(counter.refused(MINCED, "28/11"), refusals.ColdChainBroken)


def test_the_own_reading_of_the_mildest_family_does_not_stand_for_all_chilled_goods(
    counter: Counter, database: Database
) -> None:
    """Butter may be as warm as any chilled food may: its reading was once taken for everybody's."""
    with database.writing() as session:
        butter = session.scalars(
            select(Family).where(Family.storage == "chilled").order_by(Family.max_tenths.desc(), Family.code)
        ).first()
        assert butter is not None
        record_temperature(session, counter.room.reception, butter, butter.max_tenths or 0, STAMP)

    assert counter.take(MINCED, "28/11").notes == ()
    with database.reading() as session:
        assert readings_of(session, counter.room.reception) == []


def test_the_last_reading_of_all_goods_counts(counter: Counter, database: Database) -> None:
    with database.writing() as session:
        for tenths in (90, 15):
            note_temperatures(session, counter.room.reception, {"chilled": tenths, "frozen": None}, STAMP)

    assert counter.take(MINCED, "28/11").notes == ()
    with database.reading() as session:
        assert [taken.tenths for taken in readings_of(session, counter.room.reception)] == [15]


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
