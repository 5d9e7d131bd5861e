"""Goods that leave without being given, each with its cause and its exit."""

import datetime as dt

import pytest

from common.clock import Clock
from common.database import Database
from common.errors import NotFound, Refusal
from common.words import Grams
from stock import ledger, losses
from stock.ledger import OUTSIDE, Account, NotEnoughLeft, Standing, Where, reserved, shelf
from stock.losses import Lost, expired, lose, write_off_expired
from tests.stock.stockroom import MONDAY, MORNING, STAMP, Stockroom, lot_of, stockroom

TUESDAY = Clock(at=MORNING + dt.timedelta(days=1)).stamp()


@pytest.fixture
def lot(database: Database, room: Stockroom) -> int:
    """Ten tins on the dry shelf and two in the fridge, to be given until Monday."""
    with database.writing() as session:
        lot_id = lot_of(session, room)
        ledger.move(session, lot_id, 10, OUTSIDE, shelf(room.dry), STAMP)
        ledger.move(session, lot_id, 2, OUTSIDE, shelf(room.fridge), STAMP)
    return lot_id


def stood(database: Database, lot: int) -> list[Standing]:
    with database.reading() as session:
        return [s for s in ledger.standings(session, lots=[lot], accounts=Account) if s.where != OUTSIDE]


def test_a_loss_has_its_cause_its_exit_and_its_value(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        lost = lose(session, lot, 3, "breakage", Account.DESTROYED, STAMP, place_id=room.dry)
        reasons = {session.get_one(ledger.Movement, number).reason for number in lost.movements}

    assert (lost.lots, lost.grams, lost.cents, reasons) == (1, 1200, 360, {"breakage"})
    assert stood(database, lot) == [
        Standing(lot, Where(Account.DESTROYED), 3),
        Standing(lot, shelf(room.dry), 7),
        Standing(lot, shelf(room.fridge), 2),
    ]


def test_a_loss_without_a_place_is_taken_in_walking_order(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        lost = lose(session, lot, 11, "quality", Account.ANIMALS, STAMP)

    assert len(lost.movements) == 2
    assert stood(database, lot) == [Standing(lot, Where(Account.ANIMALS), 11), Standing(lot, shelf(room.fridge), 1)]


@pytest.mark.parametrize("place", [None, "dry"])
def test_no_more_is_lost_than_is_free(database: Database, room: Stockroom, lot: int, place: str | None) -> None:
    before = stood(database, lot)
    place_id = getattr(room, place) if place else None

    with pytest.raises(NotEnoughLeft) as refused, database.writing() as session:
        lose(session, lot, 13, "quality", Account.BIOWASTE, STAMP, place_id=place_id)

    assert (refused.value.data["left"], refused.value.data["asked"]) == (10 if place else 12, 13)
    assert stood(database, lot) == before


def test_a_lack_of_weighed_goods_is_told_in_grams(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        apples = lot_of(session, room, measure="gram")

    with pytest.raises(NotEnoughLeft) as refused, database.writing() as session:
        lose(session, apples, 500, "quality", Account.BIOWASTE, STAMP)

    assert isinstance(refused.value.data["asked"], Grams)


@pytest.mark.parametrize(
    ("cause", "exit_", "quantity", "refusal"),
    [
        ("because", Account.BIOWASTE, 1, losses.UnknownCause),
        ("date", Account.GIVEN, 1, losses.NoExit),
        ("date", Account.BIOWASTE, 0, losses.NothingLost),
        ("date", Account.BIOWASTE, -1, losses.NothingLost),
    ],
)
def test_a_loss_that_says_nothing_is_refused(
    database: Database, lot: int, cause: str, exit_: Account, quantity: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal), database.writing() as session:
        lose(session, lot, quantity, cause, exit_, STAMP)


def test_a_lot_that_never_was_is_not_lost(database: Database) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        lose(session, 404, 1, "date", Account.BIOWASTE, STAMP)


def test_food_is_for_people_on_its_very_last_day_and_not_after(database: Database, lot: int) -> None:
    with database.writing() as session:
        lose(session, lot, 1, "quality", Account.WORKSHOP, STAMP)

    with pytest.raises(losses.NotForPeople), database.writing() as session:
        lose(session, lot, 1, "quality", Account.WORKSHOP, TUESDAY)


def test_nothing_has_to_leave_on_its_last_day(database: Database, lot: int) -> None:
    with database.reading() as session:
        assert expired(session, MONDAY) == ()


def test_the_day_after_it_all_has_to_leave(database: Database, room: Stockroom, lot: int) -> None:
    with database.reading() as session:
        gone = expired(session, TUESDAY.on, room.site)

    assert [(e.lot_id, e.place, e.quantity, e.grams, e.cents, e.account) for e in gone] == [
        (lot, "Shelf", 10, 4000, 1200, Account.SHELF),
        (lot, "Fridge", 2, 800, 240, Account.SHELF),
    ]


def test_what_has_expired_is_written_off_but_for_what_sessions_account_for(
    database: Database, room: Stockroom, lot: int
) -> None:
    with database.writing() as session:
        ledger.move(session, lot, 4, shelf(room.dry), reserved(room.dry), STAMP)
        ledger.move(session, lot, 1, shelf(room.dry), Where(Account.QUARANTINE, room.dry), STAMP)
        fresh = lot_of(session, room, last_day=TUESDAY.on)
        ledger.move(session, fresh, 1, OUTSIDE, shelf(room.dry), STAMP)

    with database.writing() as session:
        lost = write_off_expired(session, TUESDAY, room.site)

    assert (lost.lots, lost.grams, lost.cents, len(lost.movements)) == (1, 3200, 960, 3)
    assert stood(database, lot) == [Standing(lot, Where(Account.BIOWASTE), 8), Standing(lot, reserved(room.dry), 4)]
    assert stood(database, fresh) == [Standing(fresh, shelf(room.dry), 1)]


def test_writing_off_twice_writes_off_once(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        write_off_expired(session, TUESDAY, room.site)

        assert write_off_expired(session, TUESDAY, room.site) == Lost((), 0, 0, 0)


def test_expired_food_is_not_written_off_to_people(database: Database, room: Stockroom, lot: int) -> None:
    with pytest.raises(losses.NotForPeople), database.writing() as session:
        write_off_expired(session, TUESDAY, room.site, Account.PARTNER)


def test_another_site_writes_off_its_own(database: Database, lot: int) -> None:
    with database.writing() as session:
        elsewhere = stockroom(session)

        assert write_off_expired(session, TUESDAY, elsewhere.site).lots == 0
