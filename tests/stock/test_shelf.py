"""What pages are told of the shelves equals what the ledger holds."""

import datetime as dt

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from common.database import Database
from stock import ledger
from stock.catalogue import product_by_article
from stock.intake import Arrival, reception, take_in
from stock.ledger import GIVEN, ON_HAND, OUTSIDE, Account, Where, reserved, shelf
from stock.shelf import StockFilter, StockList, StockRow, at_risk, cents_of, on_hand_grams, stock_list
from stock.tables import Lot
from stock.urgency import Urgency
from tests.stock.stockroom import HAM, MONDAY, PEAS, STAMP, Stockroom, lot_of, stockroom

FRIDAY = dt.date(2026, 11, 27)


@pytest.fixture
def room(database: Database, room: Stockroom) -> Stockroom:
    """Ten peas of which two are promised, three hams of which one is blocked, two kilograms of apples."""
    with database.writing() as session:
        peas = bring(session, room, PEAS, date="2028", units=10, lot_number="L7")
        ham = bring(session, room, HAM, date="27/11", units=3)
        bring(session, room, "POMMES", grams=2000)
        ledger.move(session, peas, 2, shelf(room.dry), reserved(room.dry), STAMP)
        ledger.move(session, ham, 1, shelf(room.fridge), Where(Account.QUARANTINE, room.fridge), STAMP)
        bring(session, stockroom(session), PEAS, date="2028", units=5)
    return room


def bring(session: Session, room: Stockroom, scan: str, **line: object) -> int:
    arrival = Arrival(scan=scan, **line)  # type: ignore[arg-type] # the fields of a line, by name
    return take_in(session, arrival, reception(session, room.reception), STAMP).lot_id


def shown(database: Database, room: Stockroom, **asked: object) -> StockList:
    with database.reading() as session:
        return stock_list(session, MONDAY, site_id=room.site, **asked)  # type: ignore[arg-type] # by name


def names(rows: tuple[StockRow, ...]) -> list[str]:
    return [row.product for row in rows]


def test_what_must_go_first_is_first(database: Database, room: Stockroom) -> None:
    rows = shown(database, room).rows

    assert names(rows) == ["Jambon", "Pommes", "Petits pois"]
    assert [(r.free, r.reserved, r.quarantined, r.quantity, r.grams) for r in rows] == [
        (2, 0, 1, 3, 480),
        (2000, 0, 0, 2000, 2000),
        (8, 2, 0, 10, 4000),
    ]
    assert [(r.days_left, r.urgency, r.places, r.storage) for r in rows] == [
        (4, Urgency.WATCH, ("Fridge",), "chilled"),
        (5, Urgency.WATCH, ("Shelf",), "dry"),
        ((dt.date(2029, 12, 30) - MONDAY).days + 1, Urgency.LATER, ("Shelf",), "dry"),
    ]


def test_the_sums_of_the_list_are_those_of_the_ledger(database: Database, room: Stockroom) -> None:
    with database.reading() as session:
        everything = stock_list(session, MONDAY)
        here = stock_list(session, MONDAY, site_id=room.site)
        stood = ledger.standings(session, accounts=ON_HAND)
        grams = sum(s.quantity * session.get_one(Lot, s.lot_id).grams_each for s in stood)

        assert everything.grams == grams == on_hand_grams(session)
        assert here.grams == on_hand_grams(session, room.site) == 480 + 2000 + 4000
        assert everything.cents == sum(row.cents for row in everything.rows)


def test_goods_between_two_sites_are_on_hand_in_the_network(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        peas = lot_of(session, room)
        ledger.move(session, peas, 4, OUTSIDE, shelf(room.dry), STAMP)
        before = on_hand_grams(session), on_hand_grams(session, room.site)
        ledger.move(session, peas, 4, shelf(room.dry), Where(Account.TRANSIT), STAMP)

        assert (on_hand_grams(session), on_hand_grams(session, room.site)) == (before[0], before[1] - 1600)


def test_lots_that_are_all_gone_are_not_listed(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        ham = stock_list(session, MONDAY, site_id=room.site).rows[0]
        ledger.move(session, ham.lot_id, 2, shelf(room.fridge), GIVEN, STAMP)
        ledger.move(session, ham.lot_id, 1, Where(Account.QUARANTINE, room.fridge), Where(Account.DESTROYED), STAMP)

    assert names(shown(database, room).rows) == ["Pommes", "Petits pois"]


@pytest.mark.parametrize(
    ("show", "found"),
    [
        (StockFilter(text="POIS petits"), ["Petits pois"]),
        (StockFilter(text="l7"), ["Petits pois"]),
        (StockFilter(text="poire"), []),
        (StockFilter(family="cooked_ham"), ["Jambon"]),
        (StockFilter(group="fruit_veg"), ["Pommes"]),
        (StockFilter(storage="dry"), ["Pommes", "Petits pois"]),
        (StockFilter(source="purchase"), []),
        (StockFilter(urgency=Urgency.LATER), ["Petits pois"]),
        (StockFilter(days_left=4), ["Jambon"]),
    ],
)
def test_the_list_shows_what_is_asked_for(
    database: Database, room: Stockroom, show: StockFilter, found: list[str]
) -> None:
    assert names(shown(database, room, show=show).rows) == found


def test_the_steps_of_urgency_are_counted_before_one_is_chosen(database: Database, room: Stockroom) -> None:
    listed = shown(database, room, show=StockFilter(urgency=Urgency.LATER))

    assert listed.by_urgency == {Urgency.NOW: 0, Urgency.SOON: 0, Urgency.WATCH: 2, Urgency.LATER: 1}
    assert (listed.grams, listed.risk_grams) == (4000, 0)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("product", ["Jambon", "Petits pois", "Pommes"]),
        ("-product", ["Pommes", "Petits pois", "Jambon"]),
        ("-grams", ["Petits pois", "Pommes", "Jambon"]),
        ("place", ["Pommes", "Petits pois", "Jambon"]),
    ],
)
def test_the_list_is_sorted_as_asked(database: Database, room: Stockroom, sort: str, order: list[str]) -> None:
    assert names(shown(database, room, sort=sort).rows) == order


@pytest.mark.parametrize(("first", "found"), [(0, ["Jambon", "Pommes"]), (2, ["Petits pois"]), (60, ["Petits pois"])])
def test_a_long_list_is_shown_in_parts_and_counted_whole(
    database: Database, room: Stockroom, first: int, found: list[str]
) -> None:
    listed = shown(database, room, first=first, most=2)

    assert names(listed.rows) == found
    assert (listed.lots, listed.grams) == (3, 480 + 2000 + 4000)


def test_what_is_at_risk_is_told_by_day(database: Database, room: Stockroom) -> None:
    with database.reading() as session:
        risk = at_risk(session, MONDAY, site_id=room.site)

    assert [(day.day, names(day.rows), day.grams) for day in risk.days] == [
        (FRIDAY, ["Jambon"], 480),
        (FRIDAY + dt.timedelta(days=1), ["Pommes"], 2000),
    ]
    assert (risk.grams, risk.planned_grams, risk.passed) == (2480, 0, ())


def test_what_is_set_aside_is_planned_for(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        ham = at_risk(session, MONDAY, site_id=room.site).days[0].rows[0]
        ledger.move(session, ham.lot_id, 2, shelf(room.fridge), reserved(room.fridge), STAMP)

        assert at_risk(session, MONDAY, site_id=room.site).planned_grams == 320


@pytest.mark.parametrize(("today", "days", "passed"), [(FRIDAY, 2, 0), (FRIDAY + dt.timedelta(days=1), 1, 1)])
def test_a_lot_is_at_risk_on_its_last_day_and_passed_the_day_after(
    database: Database, room: Stockroom, today: dt.date, days: int, passed: int
) -> None:
    with database.reading() as session:
        risk = at_risk(session, today, site_id=room.site)

    assert (len(risk.days), len(risk.passed)) == (days, passed)


@pytest.mark.parametrize(("days", "found"), [(4, ["Jambon"]), (3, [])])
def test_the_horizon_is_its_last_day_included(database: Database, room: Stockroom, days: int, found: list[str]) -> None:
    with database.reading() as session:
        risk = at_risk(session, MONDAY, site_id=room.site, horizon_days=days)

    assert [name for day in risk.days for name in names(day.rows)] == found


def test_a_list_costs_as_many_statements_for_many_lots_as_for_one(database: Database, room: Stockroom) -> None:
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    shown(database, room)
    few = len(statements)
    with database.writing() as session:
        for _ in range(20):
            ledger.move(session, lot_of(session, room), 1, OUTSIDE, shelf(room.dry), STAMP)
    statements.clear()
    many_rows = shown(database, room).rows

    assert len(many_rows) == 23
    assert len(statements) == few


@pytest.mark.parametrize(("quantity", "cents"), [(0, 0), (1, 0), (2, 1), (1500, 375), (1999, 500)])
def test_the_value_of_weighed_goods_is_rounded_to_the_cent(quantity: int, cents: int) -> None:
    assert cents_of(quantity, "gram", 250) == cents


def test_the_catalogue_has_its_articles(database: Database, room: Stockroom) -> None:
    with database.reading() as session:
        assert product_by_article(session, " pain ") is not None
