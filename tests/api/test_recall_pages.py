"""What the coordinator sees of a recall and does about it, and what others may not."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from allocation import baskets
from allocation.handover import hand_over, sheets
from allocation.proposals import propose
from allocation.recalled import check_recalls
from api.house import House
from api.work import ask_for_recalls_if_due, handlers
from common.clock import Clock
from common.database import Database
from common.jobs import run_next
from network.roles import Role
from tests.api.conftest import Browser
from tests.labels.reading import text_of
from tests.small_town import YOGHURT, Town, stock_up
from tests.stock.recalls.rows import row


@pytest.fixture
def card(database: Database, town: Town, clock: Clock) -> str:
    """Yoghurt came in, a household took some home, and then it was recalled; the card of that household."""
    stock_up(database, town, clock)
    plan_id = propose(database, town.session_id, clock.stamp(), effort=0.05)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
        served = next(s for s in sheets(session, town.session_id) if any("Yaourt" in o.product for o in s.lines))
        hand_over(session, served.visit_id, [], clock.stamp())
    check_recalls(database, [row(gtin=YOGHURT)], "exemple.jsonl", clock.stamp())
    return served.card


def on_hand(browser: Browser) -> dict[str, int]:
    """Free and blocked pieces of yoghurt."""
    rows = browser.client.get("/api/v1/stock", params={"q": "yaourt"}).json()["rows"]
    return {"free": sum(r["free"] for r in rows), "blocked": sum(r["quarantined"] for r in rows)}


def test_a_recall_is_seen_settled_and_taken_back(manager: Browser, card: str) -> None:
    assert "/recalls" in manager.get("/at-risk").text
    manager.get("/recalls")
    assert "exemple.jsonl" in manager.words
    assert "yaourts nature" in manager.words
    assert card in manager.get("/recalls/1").text
    blocked = on_hand(manager)["blocked"]
    assert blocked > 0

    manager.post("/recalls/1/lots/1/withdraw", exit="destroyed", key="a key of its own")
    after = on_hand(manager)
    undo = re.search(r'action="([^"]+/undo[^"]*)"', manager.page.text)
    assert undo
    manager.post(undo[1].replace("&amp;", "&"))

    assert after == {"free": 0, "blocked": 0}
    assert on_hand(manager) == {"free": 0, "blocked": blocked}
    assert "À aller chercher" in manager.get("/recalls/1").text
    manager.post("/recalls/1/lots/1/clear")
    assert on_hand(manager) == {"free": blocked, "blocked": 0}
    assert "À aller chercher" not in manager.get("/recalls/1").text


def test_the_notice_says_what_why_and_what_to_do(manager: Browser, card: str) -> None:
    manager.post("/recalls/1/lots/1/withdraw", exit="destroyed", key="withdrawn-for-good")
    on_paper = " ".join(text_of(manager.client.get("/recalls/1/notice.pdf").content))
    assert card not in on_paper
    for said in (
        "NE PAS CONSOMMER",
        "Yaourt nature 4",
        "présence de listeria",
        "détruire le produit",
        "3228857000166",
        "Retiré des rayons Centre social (",
    ):
        assert said in on_paper, on_paper


def test_volunteers_see_the_recall_and_no_card_and_settle_nothing(
    open_browser: Callable[[], Browser], card: str
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    page = volunteer.get("/recalls/1")

    assert page.status_code == 200
    assert card not in page.text
    assert "/withdraw" not in page.text
    assert card not in volunteer.client.get("/api/v1/recalls").text
    assert volunteer.post("/recalls/1/lots/1/clear").status_code == 403


def test_an_alert_of_the_network_itself_blocks_at_once(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)

    refused = manager.post("/recalls", label="Yaourt", code=YOGHURT, reason="")
    manager.post("/recalls", label="Yaourt", code=YOGHURT, first="28/11", reason="corps étranger")

    assert refused.status_code == 400
    assert f'value="{YOGHURT}"' in refused.text
    assert on_hand(manager) == {"free": 0, "blocked": 8}


def test_a_reading_is_asked_for_once_and_its_failure_is_told(
    manager: Browser, house: House, database: Database, clock: Clock
) -> None:
    nobody = "http://127.0.0.1:9/datasets"
    house.settings = replace(house.settings, recalls_address=nobody, recalls_hours=6)

    manager.post("/recalls/check")
    manager.post("/recalls/check")
    waiting = manager.words
    worked = [run_next(database, handlers(house), clock) for _ in range(2)]
    manager.get("/recalls")

    assert "Lecture des rappels" in waiting
    assert worked == [True, False]
    assert "n’ont pas pu être lus sur 127.0.0.1" in manager.words
    assert "jamais été lus" in manager.words
    assert not ask_for_recalls_if_due(house, database)
    house.clock = Clock(at=clock.now() + dt.timedelta(hours=7))
    assert ask_for_recalls_if_due(house, database)
