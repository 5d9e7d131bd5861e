"""The end of a reception: what it does not say yet, when it may be reopened, and what arrives late."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from common.database import Database
from stock.intake import Arrival, open_reception, reception, take_in, undo_booking
from stock.reception_end import (
    AnotherOpen,
    DayIsOver,
    Missing,
    ReceptionFinished,
    finish,
    missing,
    reception_then,
    refuse_finished,
    reopen,
    said_of,
)
from stock.receptions import current_reception
from stock.tables import Donor, Reception
from stock.thermometer import note_temperatures
from tests.stock.stockroom import HAM, MONDAY, PEAS, STAMP, Stockroom
from tests.stock.together import at_once


def later(minutes: int) -> dt.datetime:
    return STAMP.at + dt.timedelta(minutes=minutes)


def test_it_says_what_is_missing_and_each_thing_is_settled_in_its_way(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        came = reception(session, room.reception)

        assert missing(session, came.id) == Missing(lines=True, temperatures=())
        peas = take_in(session, Arrival(PEAS, units=6, date="2028"), came, STAMP)
        assert not missing(session, came.id)
        take_in(session, Arrival(HAM, units=2, date="30/11"), came, STAMP)
        assert missing(session, came.id) == Missing(lines=False, temperatures=("cooked_ham",))
        undo_booking(session, peas.movement_id, STAMP)
        note_temperatures(session, came.id, {"chilled": 30, "frozen": None}, STAMP)
        assert not missing(session, came.id)


def test_a_finished_one_takes_no_more_until_it_is_reopened_on_its_day(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        finish(session, room.reception, STAMP)
        again = finish(session, room.reception, replace(STAMP, at=later(60)))

        assert again.closed_at == STAMP.at
        chosen = current_reception(session, room.site, MONDAY, room.reception)
        assert (chosen and chosen.id, current_reception(session, room.site, MONDAY)) == (room.reception, None)
        with pytest.raises(ReceptionFinished):
            refuse_finished(reception(session, room.reception))
        with pytest.raises(DayIsOver):
            reopen(session, room.reception, replace(STAMP, on=MONDAY + dt.timedelta(days=1)))
        reopened = reopen(session, room.reception, replace(STAMP, at=later(90)))
        assert refuse_finished(reopened).id == room.reception
        reopen(session, room.reception, replace(STAMP, at=later(95)))
        said = [(said.finished, said.at) for said in said_of(session, room.reception)]
        assert said == [(True, STAMP.at), (False, later(90))]


def test_goods_have_one_open_reception_whoever_reopens_while_another_begins(
    database: Database, room: Stockroom
) -> None:
    with database.writing() as session:
        finish(session, room.reception, STAMP)

    answers = at_once(
        database,
        [
            lambda session: reopen(session, room.reception, STAMP).id,
            lambda session: open_reception(session, room.site, session.get_one(Donor, room.donor), STAMP).id,
        ],
    )

    with database.reading() as session:
        still = select(func.count()).where(Reception.donor_id == room.donor, Reception.closed_at.is_(None))
        assert session.scalar(still) == 1
    assert answers == [room.reception] * 2 or isinstance(answers[0], AnotherOpen)


def test_what_was_entered_before_the_end_belongs_to_it_and_what_came_after_does_not(
    database: Database, room: Stockroom
) -> None:
    now = replace(STAMP, at=later(180))

    with database.writing() as session:
        donor = session.get_one(Donor, room.donor)
        finish(session, room.reception, replace(STAMP, at=later(60)))
        before = reception_then(session, room.site, donor, replace(STAMP, at=later(30)), now)
        after = reception_then(session, room.site, donor, replace(STAMP, at=later(90)), now)
        other_way = reception_then(session, room.site, donor, replace(STAMP, at=later(30)), now, "purchase")

        assert (before.id, before.added_at) == (room.reception, now.at)
        assert (after.closed_at, other_way.closed_at) == (None, None)
        assert len({before.id, after.id, other_way.id}) == 3
