"""Temperatures of places: held against the limits of their day, and what it means for the goods standing there."""

import datetime as dt

import pytest

from common.clock import Clock
from common.database import Database
from network.parameters import set_parameter
from stock import place_log
from stock.intake import Arrival, reception, take_in
from stock.place_log import Limits, NotReadHere, NotThen, SayWhatWasDone
from stock.places import Storage, add_place
from tests.stock.stockroom import HAM, MINCED, MONDAY, PEAS, STAMP, Stockroom

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("place", "tenths", "wrong"),
    [
        ("fridge", 50, False),
        ("fridge", 51, True),
        ("fridge", 0, False),
        ("fridge", -1, True),
        ("freezer", -180, False),
        ("freezer", -179, True),
        ("dry", 250, False),
        ("dry", 251, True),
    ],
)
def test_a_reading_is_held_against_the_limits_of_its_place(
    database: Database, room: Stockroom, place: str, tenths: int, wrong: bool
) -> None:
    with database.writing() as session:
        reading = place_log.note_reading(session, getattr(room, place), tenths, STAMP)

        assert reading.out_of_range is wrong
        assert bool(place_log.alarms(session, room.site)) is wrong


def test_limits_the_partners_set_hold_from_their_day_and_the_past_keeps_its_own(
    database: Database, room: Stockroom
) -> None:
    tuesday = Clock(at=STAMP.at + dt.timedelta(days=1)).stamp()
    with database.writing() as session:
        limits = {"chilled": {"low": 0, "high": 40}}
        set_parameter(session, place_log.NAME, tuesday.on, limits, "hygiene plan", STAMP)
        monday = place_log.note_reading(session, room.fridge, 45, tuesday, at=STAMP.at)
        later = place_log.note_reading(session, room.fridge, 45, tuesday)

        assert (monday.high, monday.out_of_range) == (50, False)
        assert (later.high, later.out_of_range) == (40, True)
        assert place_log.limits_of(session, tuesday.on)["frozen"] == Limits(None, -180)


def test_the_latest_moment_says_how_a_place_is_now_whenever_it_was_written(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        place_log.note_reading(session, room.fridge, 30, STAMP)
        place_log.note_reading(session, room.fridge, 120, STAMP, at=STAMP.at - HOUR)
        calm = place_log.alarms(session, room.site)
        place_log.note_reading(session, room.fridge, 90, STAMP)
        (alarm,) = place_log.alarms(session)
        (now,) = [p for p in place_log.places_now(session, MONDAY, room.site) if p.place_id == room.fridge]

    assert calm == []
    assert (alarm.tenths, alarm.place) == (90, "Fridge")
    assert now.last == alarm


def test_goods_suffer_by_the_limit_of_their_own_family(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        came = reception(session, room.reception)
        for scan, date in ((HAM, "27/11"), (MINCED, "26/11"), (PEAS, "2028")):
            take_in(session, Arrival(scan, units=2, date=date, place_id=room.fridge), came, STAMP)

        def suffering(tenths: int) -> dict[str, bool]:
            return {lot.product: lot.too_warm for lot in place_log.standing_in(session, room.fridge, tenths)}

        assert suffering(20) == {"Jambon": False, "Steak haché": False, "Petits pois": False}
        assert suffering(55) == {"Jambon": False, "Steak haché": True, "Petits pois": False}
        assert suffering(90) == {"Jambon": True, "Steak haché": True, "Petits pois": False}


def test_a_reading_is_of_a_time_somebody_remembers_and_of_a_place_with_limits(
    database: Database, room: Stockroom
) -> None:
    with database.writing() as session:
        corner = add_place(session, room.site, "Corner", Storage.QUARANTINE).id
        for at in (STAMP.at + HOUR, STAMP.at - dt.timedelta(days=8)):
            with pytest.raises(NotThen):
                place_log.note_reading(session, room.fridge, 30, STAMP, at=at)
        with pytest.raises(NotReadHere):
            place_log.note_reading(session, corner, 30, STAMP)


def test_the_log_tells_every_reading_with_what_was_done(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        for hours, tenths in ((3, 40), (2, 95), (1, 45)):
            reading = place_log.note_reading(session, room.fridge, tenths, STAMP, at=STAMP.at - hours * HOUR)
            if reading.out_of_range:
                place_log.note_action(session, room.fridge, reading.id, "door was open", STAMP)
        place_log.note_reading(session, room.freezer, -200, STAMP)
        with pytest.raises(SayWhatWasDone):
            place_log.note_action(session, room.fridge, reading.id, " ", STAMP)

        told = place_log.log(session, STAMP.at - 4 * HOUR, STAMP.at + HOUR, site_id=room.site)
        fridge = place_log.log(session, STAMP.at - 4 * HOUR, STAMP.at - HOUR, place_id=room.fridge)

    assert [(r.place, r.tenths, r.action) for r in told] == [
        ("Fridge", 40, ""),
        ("Fridge", 95, "door was open"),
        ("Fridge", 45, ""),
        ("Freezer", -200, ""),
    ]
    assert [r.tenths for r in fridge] == [40, 95]
