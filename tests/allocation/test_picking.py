import datetime as dt

import pytest
from sqlalchemy.orm import Session

from allocation import choice, picking
from allocation.handover import Sheet
from allocation.picking import ExpiredMeanwhile, MoreThanThere, NotWanted, RecalledMeanwhile, WhichLot, WrongLot
from allocation.recalled import look_for_recalled
from common.clock import Clock
from common.database import Database
from stock import ledger
from stock.ledger import Account
from stock.proof import faults
from stock.recalls.alerts import Alert, Mark
from stock.recalls.register import take_in_alerts
from tests import a_day, small_town
from tests.small_town import MILK, PASTA, Arrival, Town
from tests.stock.together import at_once


@pytest.fixture
def sheets(database: Database, clock: Clock, town: Town) -> list[Sheet]:
    return a_day.confirm_baskets(database, town, clock)


def _label(code: str) -> str:
    return f"LOT-{code}"


def test_each_scan_ticks_one_line_of_its_lot_until_none_is_left(
    database: Database, clock: Clock, town: Town, sheets: list[Sheet]
) -> None:
    milk = [line for sheet in sheets for line in sheet.lines if line.group == "milk"]

    with database.writing() as session:
        typed = f" {milk[0].lot.lower()}"
        ticked = [picking.pick(session, town.session_id, typed, clock.stamp())]
        ticked += [picking.pick(session, town.session_id, _label(milk[0].lot), clock.stamp()) for _ in milk[1:]]
        with pytest.raises(NotWanted):
            picking.pick(session, town.session_id, MILK, clock.stamp())

    assert sorted(row.line_id for row in ticked) == sorted(line.id for line in milk)
    with database.reading() as session:
        walked = picking.walk(session, town.session_id)
        one = picking.walk(session, town.session_id, [sheets[0].basket])
    assert {row.line_id for row in walked if row.picked} == {line.id for line in milk}
    assert [row.storage for row in walked] == sorted((row.storage for row in walked), key=["dry", "chilled"].index)
    assert {row.basket for row in one} == {sheets[0].basket}


def test_two_people_who_scan_one_lot_at_once_tick_two_lines(
    database: Database, clock: Clock, town: Town, sheets: list[Sheet]
) -> None:
    milk = [line for sheet in sheets for line in sheet.lines if line.group == "milk"]

    def tick(session: Session) -> int:
        return picking.pick(session, town.session_id, _label(milk[0].lot), clock.stamp()).line_id

    ticked = at_once(database, [tick] * len(milk))

    assert sorted(ticked) == sorted(line.id for line in milk)


def test_a_wrong_lot_is_stopped_and_the_right_one_is_named(
    database: Database, clock: Clock, town: Town, sheets: list[Sheet]
) -> None:
    (other,) = small_town.receive(database, town, clock, Arrival(PASTA, units=3, date="08/2027"))
    wanted = next(line.lot for sheet in sheets for line in sheet.lines if line.product == "Coquillettes")

    with database.writing() as session, pytest.raises(WrongLot) as stopped:
        picking.pick(session, town.session_id, _label(other.lot_code), clock.stamp())
    with database.writing() as session:
        choice.add(session, sheets[0].visit_id, other.lot_code, clock.stamp())
    with database.writing() as session, pytest.raises(WhichLot):
        picking.pick(session, town.session_id, PASTA, clock.stamp())

    assert stopped.value.data["wanted"] == wanted


def test_what_has_expired_or_was_recalled_meanwhile_is_stopped(
    database: Database, clock: Clock, town: Town, sheets: list[Sheet]
) -> None:
    yoghurt = next(line for sheet in sheets for line in sheet.lines if line.group == "dairy_fresh")
    pasta = next(line for sheet in sheets for line in sheet.lines if line.product == "Coquillettes")
    later = Clock(at=clock.now() + dt.timedelta(days=10))
    today = clock.today()
    with database.writing() as session:
        alert = Alert(
            "pasta", "1", 1, today, today + dt.timedelta(days=90), (Mark(gtin=PASTA.zfill(14)),), label="Pâtes"
        )
        take_in_alerts(session, [alert], clock.stamp())
        assert look_for_recalled(session, clock.stamp()) == 1

    with database.writing() as session, pytest.raises(ExpiredMeanwhile):
        picking.pick(session, town.session_id, _label(yoghurt.lot), later.stamp())
    with database.writing() as session, pytest.raises(RecalledMeanwhile):
        picking.pick(session, town.session_id, _label(pasta.lot), clock.stamp())


def test_what_is_missing_leaves_the_basket_and_the_ledger_still_holds(
    database: Database, clock: Clock, town: Town, sheets: list[Sheet]
) -> None:
    line = next(line for sheet in sheets for line in sheet.lines if line.quantity > 1)
    with database.writing() as session:
        picking.pick(session, town.session_id, _label(line.lot), clock.stamp())
        with pytest.raises(MoreThanThere):
            picking.note_missing(session, town.session_id, line.id, line.quantity + 1, clock.stamp())
        picking.note_missing(session, town.session_id, line.id, 1, clock.stamp())
        shorter = next(row for row in picking.walk(session, town.session_id) if row.line_id == line.id)
        picking.note_missing(session, town.session_id, line.id, shorter.quantity, clock.stamp())

    with database.reading() as session:
        gone = {row.line_id for row in picking.walk(session, town.session_id)}
        counted = ledger.standings(session, accounts=[Account.COUNT])
        assert faults(session) == []
    assert shorter.quantity == line.quantity - 1
    assert line.id not in gone
    assert [standing.quantity for standing in counted] == [line.quantity]
