"""Who was noted absent comes after all: the basket is set aside again, as far as it is still there."""

import pytest
from sqlalchemy import select

from allocation import closing, handover
from allocation.came_after_all import NotAbsent, come_after_all
from allocation.closing import Reopening
from allocation.handover import SessionOver
from allocation.tables import Visit
from common.clock import Clock
from common.database import Database
from stock.ledger import Account, Where, move, standings
from stock.proof import faults
from stock.tables import Lot
from tests import a_day
from tests.small_town import Town
from tests.stock.together import at_once


def test_the_whole_basket_is_theirs_again_and_is_handed_over(database: Database, clock: Clock, town: Town) -> None:
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    stamp = clock.stamp()
    with database.writing() as session:
        handover.note_absent(session, sheet.visit_id, stamp)
        assert come_after_all(session, sheet.visit_id, stamp) == []
        again = handover.sheet(session, sheet.visit_id)
    with database.writing() as session:
        served = handover.hand_over(session, sheet.visit_id, [], stamp)

    assert (again.state, again.lines) == ("expected", sheet.lines)
    assert (served.state, {line.left for line in served.lines}) == ("served", {0})
    with database.reading() as session:
        assert faults(session) == []


def test_what_has_gone_on_or_is_too_old_meanwhile_is_left_out_and_said(
    database: Database, clock: Clock, town: Town
) -> None:
    sheet = max(a_day.confirm_baskets(database, town, clock), key=lambda each: len(each.lines))
    gone, old, *rest = sheet.lines
    stamp = clock.stamp()
    with database.writing() as session:
        handover.note_absent(session, sheet.visit_id, stamp)
        lots = {lot.code: lot for lot in session.scalars(select(Lot))}
        lots[old.lot].last_day = stamp.on.replace(day=1)
        for standing in standings(session, lots=[lots[gone.lot].id], accounts=[Account.SHELF]):
            move(session, standing.lot_id, standing.quantity, standing.where, Where(Account.PARTNER), stamp)
        left_out = come_after_all(session, sheet.visit_id, stamp)
        again = handover.sheet(session, sheet.visit_id)

    assert left_out == sorted([gone.product, old.product])
    assert again.lines == rest
    with database.reading() as session:
        assert faults(session) == []


def test_only_who_was_noted_absent_at_an_open_session_comes_after_all(
    database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    stamp = clock.stamp()
    with database.writing() as session, pytest.raises(NotAbsent):
        come_after_all(session, sheets[0].visit_id, stamp)
    with database.writing() as session:
        closing.settle_several(session, town.session_id, [sheet.visit_id for sheet in sheets], False, stamp)
        closing.check_dates(session, town.site_id, stamp)
        closing.close(session, town.session_id, stamp)
    with database.writing() as session, pytest.raises(SessionOver):
        come_after_all(session, sheets[0].visit_id, stamp)
    with database.writing() as session:
        closing.reopen(session, town.session_id, Reopening.CAME_LATE, stamp)
        come_after_all(session, sheets[0].visit_id, stamp)

        assert session.get_one(Visit, sheets[0].visit_id).state == "expected"


def test_two_people_who_say_so_at_once_set_it_aside_once(database: Database, clock: Clock, town: Town) -> None:
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    stamp = clock.stamp()
    with database.writing() as session:
        handover.note_absent(session, sheet.visit_id, stamp)

    said = at_once(database, [lambda session: len(come_after_all(session, sheet.visit_id, stamp))] * 2)

    assert sorted(type(answer) for answer in said if not isinstance(answer, int)) == [NotAbsent]
    with database.reading() as session:
        assert handover.sheet(session, sheet.visit_id).lines == sheet.lines
        assert faults(session) == []
