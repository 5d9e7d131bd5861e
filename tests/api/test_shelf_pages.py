"""On the shelf: lots moved, split, blocked, dated anew and frozen on their pages; temperatures read and acted on."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from allocation.baskets import confirm
from allocation.proposals import propose
from common.clock import Clock
from common.database import Database
from network.parameters import set_parameter
from network.roles import Role
from stock.intake import Booking
from stock.tables import Place
from tests.api.conftest import Browser
from tests.small_town import Town, stock_up


@pytest.fixture
def booked(database: Database, town: Town, clock: Clock) -> list[Booking]:
    return stock_up(database, town, clock)


@pytest.fixture
def freezer(database: Database, town: Town) -> int:
    with database.reading() as session:
        return session.scalars(select(Place.id).where(Place.name == "Congélateur")).one()


def way_back(browser: Browser) -> str:
    found = re.search(r'action="([^"]+/undo\?[^"]+)"', browser.page.text)
    assert found
    return found[1].replace("&amp;", "&")


def story(browser: Browser, code: str) -> dict[str, Any]:
    told: dict[str, Any] = browser.client.get(f"/api/v1/stock/lots/{code}").json()
    return told


def test_a_lot_is_moved_and_moved_back_and_what_was_typed_is_kept(manager: Browser, booked: list[Booking]) -> None:
    milk, yoghurt = booked[0], booked[1]
    lot = f"/stock/lots/{milk.lot_code}"
    places = {"from": milk.place_id, "to": yoghurt.place_id}

    manager.post(f"{lot}/move", quantity="dix", **places, key="move-milk-0")
    kept = (manager.page.status_code, 'value="dix"' in manager.page.text)
    manager.post(f"{lot}/move", quantity="5", **places, key="move-milk-1")
    moved = "Frigo" in manager.words and "Déplacé" in manager.words
    manager.post(way_back(manager))
    stands = story(manager, milk.lot_code)["stands"]

    assert kept == (400, True)
    assert moved
    assert stands == [{"account": "shelf", "place": "Étagère A", "site": "Centre social", "quantity": 12}]


def test_a_part_split_off_leads_to_its_own_page_and_label(manager: Browser, booked: list[Booking]) -> None:
    milk = booked[0]

    form = {"quantity": "4", "from": milk.place_id, "key": "split-milk"}
    manager.post(f"/stock/lots/{milk.lot_code}/split", **form)
    first = manager.page.url.path
    manager.post(f"/stock/lots/{milk.lot_code}/split", **form)

    assert manager.page.url.path == first != f"/stock/lots/{milk.lot_code}"
    assert f"/stock/lots/{milk.lot_code}" in manager.page.text
    assert "/labels/lots.pdf?lot=" in manager.page.text
    assert (story(manager, milk.lot_code)["on_hand"], story(manager, first.rpartition("/")[2])["on_hand"]) == (8, 4)


def test_a_volunteer_blocks_and_only_the_manager_frees_or_raises_a_date(
    manager: Browser, open_browser: Callable[[], Browser], booked: list[Booking]
) -> None:
    yoghurt = booked[1]
    lot, place = f"/stock/lots/{yoghurt.lot_code}", yoghurt.place_id
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    volunteer.post(f"{lot}/block", **{"quantity": "3", "from": place, "cause": "quality", "key": "block-three"})
    blocked = story(manager, yoghurt.lot_code)["stands"]
    free = {"quantity": "3", "from": place, "to": place, "why": "checked_good", "key": "free-it-2"}
    not_theirs = volunteer.post(f"{lot}/release", **free)
    later = volunteer.post(f"{lot}/date", date="30/11/2026", reason="la date est le 30", key="later-date-1")
    earlier = volunteer.post(f"{lot}/date", date="27/11/2026", key="earlier-date")
    manager.post(f"{lot}/date", date="30/11/2026", reason="la date est le 30", key="later-date-2")
    told = "la date est le 30" in manager.words
    without_why = manager.post(f"{lot}/release", **{"quantity": "3", "from": place, "to": place, "key": "free-it-1"})
    manager.post(f"{lot}/release", **free)
    now = story(manager, yoghurt.lot_code)

    assert {(s["account"], s["quantity"]) for s in blocked} == {("shelf", 5), ("quarantine", 3)}
    assert (not_theirs.status_code, later.status_code, earlier.status_code) == (403, 403, 200)
    assert told
    assert without_why.status_code == 400
    assert (now["last_day"], now["on_hand"]) == ("2026-11-30", 8)


def test_goods_are_frozen_once_the_hygiene_plan_is_in_force(
    manager: Browser, database: Database, clock: Clock, booked: list[Booking], freezer: int
) -> None:
    yoghurt = booked[1]
    lot = f"/stock/lots/{yoghurt.lot_code}"
    form = {"quantity": "2", "from": yoghurt.place_id, "to": freezer}

    refused = manager.post(f"{lot}/freeze", **form, key="freeze-too-soon")
    with database.writing() as session:
        rules = {"sites": ["CENTRE"], "families": {"yoghurt": {"family": "frozen_meal", "days": 30}}}
        set_parameter(session, "freezing", clock.today(), rules, "hygiene plan", clock.stamp())
    offered = "/freeze" in manager.get(f"{lot}/shelf").text
    manager.post(f"{lot}/freeze", **form, key="freeze-two")

    assert refused.status_code == 409
    assert offered
    assert "Congelé ici le 23/11/2026" in manager.words
    assert yoghurt.lot_code in manager.page.text


def test_a_warm_fridge_shows_where_people_look_and_its_goods_are_blocked_and_lost(
    manager: Browser, database: Database, town: Town, clock: Clock, booked: list[Booking]
) -> None:
    fridge = booked[1].place_id
    plan = propose(database, town.session_id, clock.stamp(), effort=0.05)
    with database.writing() as session:
        confirm(session, plan, clock.stamp())

    manager.post("/temperatures", **{f"temp-{fridge}": "douze", "at": "", "key": "the-round-0"})
    kept = (manager.page.status_code, 'value="douze"' in manager.page.text)
    manager.post("/temperatures", **{f"temp-{fridge}": "12,5", "at": "8:15", "key": "the-round-1"})
    led = manager.page.url.path
    seen = ["12,5" in manager.get(page).text for page in ("/", "/stock", "/at-risk")]
    manager.post(f"{led}/block", key="block-warm-1")
    blocked = story(manager, booked[1].lot_code)
    manager.get(led)
    reading = re.search(r'name="reading" value="(\d+)"', manager.page.text)
    assert reading
    manager.post(f"{led}/action", reading=reading[1], action="porte mal fermée", key="an-action-1")
    manager.post(f"{led}/write-off", exit="biowaste", key="lose-warm-1")
    lost = story(manager, booked[1].lot_code)
    manager.post("/temperatures", **{f"temp-{fridge}": "4", "key": "the-round-2"})

    assert kept == (400, True)
    assert led == f"/temperatures/{fridge}"
    assert seen == [True, True, True]
    assert {(s["account"], s["quantity"]) for s in blocked["stands"]} == {("quarantine", 8)}
    assert (lost["lost"], lost["on_hand"]) == (8, 0)
    assert "12,5" not in manager.get("/stock").text
    log = manager.client.get("/temperatures/log.csv").text
    assert "porte mal fermée" in log
    assert "12,5" in log
    assert manager.client.get("/temperatures/log.pdf").content.startswith(b"%PDF")


def test_a_thermometer_on_the_network_writes_what_it_reads_once(
    manager: Browser, clock: Clock, booked: list[Booking]
) -> None:
    fridge = booked[1].place_id
    reading = {"tenths": 42, "at": (clock.now() - dt.timedelta(minutes=5)).isoformat()}

    answers = [
        manager.client.post(f"/api/v1/temperatures/{fridge}", json=reading, headers={"idempotency-key": "probe-1-0900"})
        for _ in range(2)
    ]
    (now,) = [p for p in manager.client.get("/api/v1/temperatures").json() if p["place_id"] == fridge]

    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["id"] == now["last"]["id"]
    assert (now["last"]["tenths"], now["limits"]) == (42, {"low": 0, "high": 50})


def test_a_way_back_that_names_nothing_says_that_nothing_was_found(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    stock_up(database, town, clock)

    for way in ("stock/lots/1/loss", "stock/lots/1/shelf", "at-risk/write-off"):
        manager.post(f"/{way}/undo")
        assert "Introuvable : mouvement" in manager.words, way
        assert "Annulé" not in manager.words, way
    assert manager.client.post("/api/v1/movements/undo", json={"movements": []}).status_code == 404
