"""When goods are agreed to come, and what is expected on a day."""

import datetime as dt

import pytest

from common.clock import PARIS
from common.database import Database
from common.errors import NotFound
from stock.agreed_times import BadTime, When, agree_times, expected, times_of
from stock.donors import Agreement, agree
from stock.intake import open_reception
from stock.receptions import reception
from tests.stock.stockroom import MONDAY, STAMP, donor_of, stockroom

TUESDAY = MONDAY + dt.timedelta(days=1)


def at(day: dt.date, hour: int = 8, minute: int = 30) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), PARIS)


def test_what_was_agreed_is_expected_on_its_day_at_its_site(database: Database) -> None:
    with database.writing() as session:
        room, other = stockroom(session), stockroom(session)
        agree_times(session, room.donor, [When(0, 1140, other.site), When(0, 510), When(1, 540), When(0, 510)])

        def told(day: dt.date, site: int | None = None) -> list[tuple[str, int | None]]:
            return [(one.at, one.site_id) for one in expected(session, at(day), site)]

        assert times_of(session, room.donor) == (When(0, 510), When(0, 1140, other.site), When(1, 540))
        assert told(MONDAY) == [("08:30", None), ("19:00", other.site)]
        assert told(MONDAY, room.site) == [("08:30", None)]
        assert told(TUESDAY) == [("09:00", None)]
        assert told(TUESDAY + dt.timedelta(days=1)) == []

        agree_times(session, room.donor, [When(1, 600)])
        assert (told(MONDAY), told(TUESDAY)) == ([], [("10:00", None)])


def test_only_an_agreement_in_force_makes_one_wait(database: Database) -> None:
    with database.writing() as session:
        room = stockroom(session)
        agree_times(session, room.donor, [When(0, 510)])

        def waits(agreed: Agreement) -> bool:
            agree(session, room.donor, agreed, STAMP)
            return bool(expected(session, at(MONDAY)))

        last = MONDAY - dt.timedelta(days=1)
        assert waits(Agreement())
        assert waits(Agreement(MONDAY, MONDAY))
        assert not waits(Agreement(TUESDAY))
        assert not waits(Agreement(last, last))
        assert waits(Agreement(last, last, renews=True))
        donor_of(session, room).active = False
        session.flush()
        assert not waits(Agreement())


def test_what_has_come_says_so(database: Database) -> None:
    with database.writing() as session:
        room, other = stockroom(session), stockroom(session)
        agree_times(session, room.donor, [When(0, 510)])

        def answer(site: int) -> tuple[int | None, bool]:
            (one,) = expected(session, at(MONDAY), site)
            return one.reception_id, one.closed

        assert (answer(room.site), answer(other.site)) == ((room.reception, False), (None, False))
        reception(session, room.reception).closed_at = STAMP.at
        session.flush()
        assert answer(room.site) == (room.reception, True)
        again = open_reception(session, room.site, donor_of(session, room), STAMP).id
        assert answer(room.site) == (again, False)


@pytest.mark.parametrize("wrong", [[When(7, 0)], [When(0, 1440)], [When(-1, 0)], [When(0, n) for n in range(41)]])
def test_times_that_no_week_holds_are_refused(database: Database, wrong: list[When]) -> None:
    with database.writing() as session:
        room = stockroom(session)
        agree_times(session, room.donor, [When(0, 510)])
        with pytest.raises(BadTime):
            agree_times(session, room.donor, wrong)
        with pytest.raises(NotFound):
            agree_times(session, room.donor, [When(0, 510, 999)])

        assert times_of(session, room.donor) == (When(0, 510),)


def test_it_is_late_from_the_minute_after_its_hour_until_somebody_receives_it(database: Database) -> None:
    with database.writing() as session:
        room, other = stockroom(session), stockroom(session)
        agree_times(session, other.donor, [When(0, 510, room.site)])

        def late(hour: int, minute: int) -> bool:
            (one,) = expected(session, at(MONDAY, hour, minute), room.site)
            return one.late

        assert [late(8, 30), late(8, 31), late(23, 59)] == [False, True, True]
        open_reception(session, room.site, donor_of(session, other), STAMP)
        assert not late(8, 31)
