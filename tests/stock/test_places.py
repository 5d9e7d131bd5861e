"""Shelves, donors and the temperatures of a reception."""

import pytest

from common.database import Database
from common.errors import NotFound
from stock import donors, places
from stock.cold import degrees
from stock.instore import InStoreLayout, Payload
from stock.places import Storage
from stock.receptions import current_reception, open_reception, so_far
from stock.thermometer import note_temperatures, readings_of
from tests.stock.stockroom import MONDAY, STAMP, Stockroom, donor_of, stockroom


@pytest.fixture
def room(database: Database) -> Stockroom:
    with database.writing() as session:
        return stockroom(session)


def test_a_new_place_is_the_last_that_pickers_come_to(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        places.add_place(session, room.site, " Back room ", Storage.DRY)

        assert [p.name for p in places.places(session, room.site)] == ["Shelf", "Fridge", "Freezer", "Back room"]


def test_two_places_of_a_site_have_two_names(database: Database, room: Stockroom) -> None:
    with pytest.raises(places.PlaceTaken), database.writing() as session:
        places.add_place(session, room.site, "Fridge", Storage.CHILLED)


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
