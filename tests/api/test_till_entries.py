"""The shop’s till without network: a sale is booked once however often it comes; what went meanwhile is told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from allocation import choice, handover, till
from allocation.day_tables import Payment
from allocation.tables import BasketLine
from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.proof import faults
from stock.tables import Lot
from tests import a_shop, small_town
from tests.api.conftest import Browser
from tests.api.test_counter_entries import entry, send
from tests.small_town import MILK, PASTA, YOGHURT, Arrival, Town


@pytest.fixture
def volunteer(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser().sign_in(Role.DISTRIBUTION)


def sold(lot: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"lot": lot, "quantity": quantity, **more}


def test_a_sale_without_network_that_comes_twice_is_booked_once(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Part of what was scanned is left behind after all: it is not paid for."""
    milk, yoghurt, *_ = small_town.stock_up(database, town, clock)
    first, second, *_ = sorted(a_shop.open_shop(database, town), key=lambda sheet: sheet.lacks)
    left = {"quantity": 1, "reason": "enough", "exit": "restock", "stayed_cold": True}
    bought = [sold(milk.lot_code, 3, any_lot=True), sold(yoghurt.lot_code, 2, left=left)]
    kept = [
        entry("first", first, clock, served={"chosen": bought, "told_cents": 120}),
        entry("second", second, clock, served={"chosen": [sold(milk.lot_code, 1)], "told_cents": 30}),
    ]

    outcomes, again = send(volunteer, *kept), send(volunteer, *kept)

    assert again == outcomes
    assert [(outcome["done"], outcome["note"]) for outcome in outcomes] == [(True, ""), (True, "")]
    with database.reading() as session:
        receipt = till.receipt(session, first.visit_id)
        assert (session.scalar(select(func.count()).select_from(Payment)), faults(session)) == (2, [])
        free = {s.lot_id: s.quantity for s in small_town.standings(session, accounts=[small_town.Account.SHELF])}
    assert sorted((line.quantity, line.paid_cents) for line in receipt.lines) == [(1, 30), (3, 90)]
    assert (free[milk.lot_id], free[yoghurt.lot_id]) == (8, 7)
    receipt_page = volunteer.get(f"/sessions/{town.session_id}/visits/{first.visit_id}/receipt").text
    assert "Centre social · " in receipt_page, "a receipt says whose it is"
    assert "data-due" not in volunteer.get(f"/sessions/{town.session_id}?visit={first.visit_id}").text, "it is paid"


def test_the_last_pack_sold_at_two_tills_is_told_and_another_lot_of_it_stands_in(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """By its number any lot at the same price will do; by its label only the one that was in the hand."""
    few = small_town.receive(database, town, clock, Arrival(MILK, units=2, date="31/01/2027"))[0]
    more = small_town.receive(database, town, clock, Arrival(MILK, units=2, date="31/03/2027"))[0]
    first, second, third, fourth = a_shop.open_shop(database, town)
    both = sold(few.lot_code, 2, any_lot=True)

    outcomes = send(
        volunteer,
        entry("first", first, clock, served={"chosen": [both], "told_cents": 60}),
        entry("second", second, clock, served={"chosen": [both], "told_cents": 60}),
        entry("third", third, clock, served={"chosen": [both], "told_cents": 60}),
        entry("fourth", fourth, clock, served={"chosen": [sold(few.lot_code, 1)], "told_cents": 30}),
    )

    assert [outcome["code"] for outcome in outcomes] == ["", "", "GoneMeanwhile", "GoneMeanwhile"]
    assert "Lait demi-écrémé UHT" in outcomes[2]["sentence"]
    with database.reading() as session:
        lines = select(BasketLine.visit_id, Lot.code).join(Lot).order_by(BasketLine.visit_id)
        assert {tuple(row) for row in session.execute(lines)} == {
            (first.visit_id, few.lot_code),
            (second.visit_id, more.lot_code),
        }
        assert faults(session) == []


def test_money_of_the_month_spent_elsewhere_and_another_price_are_told_of_a_sale_that_stands(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    milk = small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))[0]
    first, second, *_ = a_shop.open_shop(database, town, monthly_cents=100)
    with database.writing() as session:
        elsewhere = Payment(visit_id=second.visit_id, household_id=first.household_id, on=clock.today(), lines=[])
        elsewhere.usual_cents, elsewhere.paid_cents, elsewhere.at = 200, 80, clock.now()
        session.add(elsewhere)

    kept = entry("first", first, clock, served={"chosen": [sold(milk.lot_code, 2)], "told_cents": 90})
    outcomes, again = send(volunteer, kept), send(volunteer, kept)

    assert again == outcomes
    assert outcomes[0]["done"]
    assert "0,40\u202f€ de plus que ce qui restait du mois" in outcomes[0]["note"]
    assert "0,90\u202f€ ont été demandés hors ligne, d’après les comptes c’est 0,60\u202f€" in outcomes[0]["note"]
    with database.reading() as session:
        assert till.receipt(session, first.visit_id).paid_cents == 60


def test_a_scan_whose_answer_was_lost_and_that_the_tablet_kept_is_in_the_basket_once(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    milk = small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))[0]
    first, *_ = a_shop.open_shop(database, town)
    arrived, lost = "scan-that-arrived", "scan-that-did-not"
    volunteer.post(f"/sessions/{town.session_id}/visits/{first.visit_id}/items", code=MILK, key=arrived)

    scans = [sold(milk.lot_code, 1, key=key) for key in (arrived, lost)]
    outcomes = send(volunteer, entry("first", first, clock, served={"chosen": scans, "told_cents": 60}))

    assert outcomes[0]["done"]
    with database.reading() as session:
        assert [line.taken for line in handover.sheet(session, first.visit_id).lines] == [2]


def test_a_tablet_takes_the_shelves_their_prices_and_what_speaks_against_each_household_along(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    milk, yoghurt, pasta, *_ = small_town.receive(
        database,
        town,
        clock,
        Arrival(MILK, units=12, date="31/03/2027"),
        Arrival(YOGHURT, units=8, date="28/11/2026"),
        Arrival(PASTA, units=20, date="06/2027"),
    )
    sheets = sorted(a_shop.open_shop(database, town), key=lambda sheet: sheet.lacks)
    with database.writing() as session:
        session.get_one(Lot, pasta.lot_id).source = "esf_plus"
        session.get_one(Lot, milk.lot_id).source = "food_bank"
        choice.add(session, sheets[0].visit_id, yoghurt.lot_code, clock.stamp())

    kit = volunteer.client.get(f"/api/v1/sessions/{town.session_id}/counter-till").json()

    lots = {lot["code"]: lot for lot in kit["lots"]}
    assert (lots[milk.lot_code]["free"], lots[milk.lot_code]["source"]) == (12, "food_bank")
    assert lots[yoghurt.lot_code]["free"] == 7
    visits = {visit["visit_id"]: visit for visit in kit["visits"]}
    assert all(visit["rates"]["food_bank"] == 1000 and visit["budget_cents"] == 2000 for visit in visits.values())
    assert all(pasta.lot_code in visit["unfit"]["5"] for visit in visits.values())
    no_fridge = next(sheet for sheet in sheets if "fridge" in sheet.lacks)
    assert visits[no_fridge.visit_id]["unfit"]["4"] == [yoghurt.lot_code]
    assert set(kit) == {"session_id", "identifiers", "codes", "articles", "lots", "recalled", "visits"}
    assert set(kit["visits"][0]) == {
        "visit_id",
        "rates",
        "unfit",
        "carry_grams",
        "budget_cents",
        "cap",
        "eat_per_day",
    }
