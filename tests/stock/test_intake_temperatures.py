"""Temperatures at intake: a line’s own, those of the whole reception, and what the label allows."""

import pytest
from sqlalchemy import select

from common.database import Database
from common.errors import NotFound
from stock import refusals
from stock.cold import record_temperature
from stock.intake import Note
from stock.tables import Family, TemperatureReading
from stock.thermometer import Moment, note_family_temperature, note_temperatures, readings_of
from tests.stock.counter import Counter
from tests.stock.stockroom import (
    HAM,
    MINCED,
    PEAS,
    STAMP,
    Stockroom,
)


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


# What the label allows


def test_what_the_label_allows_prevails_and_is_written_down(counter: Counter, database: Database) -> None:
    assert isinstance(counter.refused(HAM, "28/11", temperature_tenths=75), refusals.ColdChainBroken)

    booking = counter.take(HAM, "28/11", temperature_tenths=75, label_tenths=80)

    with database.reading() as session:
        reading = session.scalars(select(TemperatureReading)).one()
    assert booking.notes == (Note.TO_GIVE_FIRST,)
    assert (reading.tenths, reading.limit_tenths, reading.because) == (75, 80, "label")


@pytest.mark.parametrize(("scan", "tenths", "label"), [(HAM, 81, 120), (HAM, 75, 70), (MINCED, 21, 40)])
def test_a_label_allows_neither_more_than_chilled_goods_may_nor_anything_for_minced_meat(
    counter: Counter, scan: str, tenths: int, label: int
) -> None:
    refusal = counter.refused(scan, "28/11", temperature_tenths=tenths, label_tenths=label)

    assert isinstance(refusal, refusals.ColdChainBroken)


# Take-over, arrival, one family


def test_a_line_is_held_to_the_warmer_of_take_over_and_arrival(counter: Counter, database: Database) -> None:
    with database.writing() as session:
        note_temperatures(session, counter.room.reception, {"chilled": 70}, STAMP, Moment.TAKEOVER)
        note_temperatures(session, counter.room.reception, {"chilled": 30}, STAMP)
    assert isinstance(counter.refused(HAM, "28/11"), refusals.ColdChainBroken)

    with database.writing() as session:
        note_family_temperature(session, counter.room.reception, "cooked_ham", 35, Moment.TAKEOVER, STAMP)

    assert counter.take(HAM, "28/11").notes == ()
    assert isinstance(counter.refused(MINCED, "28/11"), refusals.ColdChainBroken)
    with database.reading() as session:
        told = [(t.moment, t.family, t.tenths) for t in readings_of(session, counter.room.reception)]
    assert told == [("takeover", None, 70), ("arrival", None, 30), ("takeover", "cooked_ham", 35)]


def test_a_family_that_does_not_exist_has_no_temperature(database: Database, room: Stockroom) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        note_family_temperature(session, room.reception, "unicorn", 35, Moment.ARRIVAL, STAMP)
