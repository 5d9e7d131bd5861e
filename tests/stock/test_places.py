"""Shelves, donors and the temperatures of a reception."""

import pytest
from sqlalchemy.orm import Session

from common.database import Database
from common.errors import NotFound
from stock import donors, ledger, lots, places
from stock.accounts import OUTSIDE, reserved, shelf
from stock.cold import degrees
from stock.counts.register import open_count
from stock.instore import InStoreLayout, Payload
from stock.intake import Arrival, reception, take_in
from stock.place_log import alarms, note_reading, places_now
from stock.places import Storage
from stock.receptions import current_reception, open_reception, so_far
from stock.tables import Reception
from stock.thermometer import note_temperatures, readings_of
from tests.stock.stockroom import MONDAY, PEAS, STAMP, Stockroom, donor_of, lot_of
from tests.stock.together import at_once


def test_a_new_place_is_the_last_that_pickers_come_to(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        places.add_place(session, room.site, " Back room ", Storage.DRY)

        assert [p.name for p in places.places(session, room.site)] == ["Shelf", "Fridge", "Freezer", "Back room"]


def test_two_places_of_a_site_have_two_names(database: Database, room: Stockroom) -> None:
    with pytest.raises(places.PlaceTaken), database.writing() as session:
        places.add_place(session, room.site, "Fridge", Storage.CHILLED)


def served(session: Session, room: Stockroom, place_id: int) -> tuple[int, list[int]]:
    """A lot that stood there and went on to the dry shelf, with the movements."""
    lot = lot_of(session, room)
    came = ledger.move(session, lot, 2, OUTSIDE, shelf(place_id), STAMP)
    return lot, [came, ledger.move(session, lot, 2, shelf(place_id), shelf(room.dry), STAMP)]


def test_a_place_where_goods_stand_is_not_retired(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        place_id = places.add_place(session, room.site, "Cellar", Storage.DRY).id
        lot = lot_of(session, room)
        ledger.move(session, lot, 2, OUTSIDE, reserved(place_id), STAMP)

        with pytest.raises(places.PlaceNotEmpty) as refused:
            places.retire_place(session, place_id, STAMP)

        assert refused.value.data["lots"] == 1
        assert places.place(session, place_id).retired_on is None


def test_nothing_comes_to_stand_in_a_retired_place_not_even_by_undoing(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        place_id = places.add_place(session, room.site, "Cellar", Storage.DRY).id
        lot, (_, moved) = served(session, room, place_id)
        assert places.retire_place(session, place_id, STAMP)
        assert places.retire_place(session, place_id, STAMP)

        for put_there in (
            lambda: lots.shift(session, lot, 1, room.dry, place_id, STAMP),
            lambda: ledger.undo(session, moved, STAMP),
            lambda: take_in(session, Arrival(PEAS, date="2028", place_id=place_id), here(session, room), STAMP),
            lambda: note_reading(session, place_id, 150, STAMP),
            lambda: open_count(session, room.site, STAMP, place_id=place_id),
        ):
            with pytest.raises(places.PlaceRetired):
                put_there()

        places.use_again(session, place_id, STAMP)
        ledger.undo(session, moved, STAMP)
        assert [p.name for p in places.places_in_use(session, room.site)][-1] == "Cellar"


def test_goods_go_to_a_place_in_use_where_their_last_one_was_retired(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        place_id = places.add_place(session, room.site, "Cellar", Storage.DRY).id
        first = take_in(session, Arrival(PEAS, date="2028", place_id=place_id), here(session, room), STAMP)
        lots.shift(session, first.lot_id, 1, place_id, room.dry, STAMP)
        places.retire_place(session, place_id, STAMP)

        again = take_in(session, Arrival(PEAS, date="2028"), here(session, room), STAMP)

        assert again.place == "Shelf"


def test_a_fridge_out_of_range_alarms_nobody_once_it_is_retired(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        note_reading(session, room.fridge, 120, STAMP)
        assert len(alarms(session, room.site)) == 1

        places.retire_place(session, room.fridge, STAMP)

        assert alarms(session, room.site) == []
        assert room.fridge not in {now.place_id for now in places_now(session, MONDAY, room.site)}


def test_nobody_puts_goods_in_a_place_while_another_retires_it(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        place_id = places.add_place(session, room.site, "Cellar", Storage.DRY).id
        served(session, room, place_id)
        lot = lot_of(session, room)

    retired, put = at_once(
        database,
        [
            lambda session: int(places.retire_place(session, place_id, STAMP)),
            lambda session: ledger.move(session, lot, 1, OUTSIDE, shelf(place_id), STAMP),
        ],
    )

    assert (type(retired), type(put)) in {(int, places.PlaceRetired), (places.PlaceNotEmpty, int)}


def here(session: Session, room: Stockroom) -> Reception:
    return reception(session, room.reception)


def test_a_place_that_never_was_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.reading() as session:
        places.place(session, 404)


def test_a_donor_is_found_by_its_short_name(database: Database) -> None:
    with database.writing() as session:
        added = donors.add_donor(
            session,
            code=" inter ",
            name="Inter",
            kind="supermarket",
            source="donation",
            in_store=InStoreLayout(Payload.PRICE, 4),
        )

        assert donors.donor_by_code(session, "Inter") is added
        assert donors.layout_of(added) == InStoreLayout(Payload.PRICE, 4)
        assert donors.donor(session, added.id) is added
        assert added in donors.donors(session)


def test_a_short_name_is_one_donor(database: Database, room: Stockroom) -> None:
    with pytest.raises(donors.DonorCodeTaken), database.writing() as session:
        donors.add_donor(
            session, code=donor_of(session, room).code.lower(), name="Other", kind="farm", source="donation"
        )


@pytest.mark.parametrize("unknown", [404, "NOSUCH"])
def test_a_donor_that_never_was_is_not_found(database: Database, unknown: int | str) -> None:
    with pytest.raises(NotFound), database.reading() as session:
        donors.donor(session, unknown) if isinstance(unknown, int) else donors.donor_by_code(session, unknown)


def test_another_programme_is_another_reception(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        donor = donor_of(session, room)

        assert open_reception(session, room.site, donor, STAMP).id == room.reception
        assert open_reception(session, room.site, donor, STAMP, "purchase").id != room.reception


def test_goods_come_under_a_known_programme(database: Database, room: Stockroom) -> None:
    with pytest.raises(donors.UnknownSource), database.writing() as session:
        open_reception(session, room.site, donor_of(session, room), STAMP, "somewhere")


def test_a_device_goes_on_with_its_reception_or_the_last_one(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        second = open_reception(session, room.site, donor_of(session, room), STAMP, "purchase")

        last = current_reception(session, room.site, MONDAY)
        chosen = current_reception(session, room.site, MONDAY, room.reception)
        tomorrow = current_reception(session, room.site, MONDAY.replace(day=24), room.reception)

    assert (last and last.id, chosen and chosen.id, tomorrow) == (second.id, room.reception, None)


def test_a_new_reception_is_empty(database: Database, room: Stockroom) -> None:
    with database.reading() as session:
        assert so_far(session, room.reception) == (0, 0)


def test_the_last_reading_of_each_storage_counts(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        note_temperatures(session, room.reception, {"chilled": 95, "frozen": -180}, STAMP)
        note_temperatures(session, room.reception, {"chilled": 42, "frozen": None}, STAMP)

        taken = readings_of(session, room.reception)

    assert [(t.storage, t.tenths, t.too_warm) for t in taken] == [
        (Storage.CHILLED, 42, False),
        (Storage.FROZEN, -180, False),
    ]


def test_degrees_are_written_with_their_tenth() -> None:
    assert str(degrees(-185)) == "-18.5"
