"""Announced deliveries on their page, beside the plan that counts on them, and for programs."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from allocation import proposals
from allocation.sessions import expect, plan_session
from common.clock import Clock
from common.database import Database
from network.roles import Role
from tests import small_town
from tests.api.conftest import Browser
from tests.api.test_day_forms import field
from tests.small_town import FRIDAY, Town

PAGE = "/sessions/announced"
SATURDAY = FRIDAY + dt.timedelta(days=1)
THIN = "\u202f"
PLENTY = {"on": SATURDAY.isoformat(), "food_group": "milk", "weight": "12,5", "note": "Camion de la banque"}


def test_a_delivery_is_announced_listed_struck_out_and_put_back(manager: Browser, town: Town) -> None:
    manager.post(PAGE, site=town.site_id, key="announced-once", **PLENTY)
    manager.post(PAGE, site=town.site_id, key="announced-once", **PLENTY)

    assert "C’est noté" in manager.words
    assert manager.words.count("Camion de la banque") == 1
    assert f"12,5{THIN}kg" in manager.page.text.replace("\u00a0", THIN)
    assert "samedi 28 novembre" in manager.words
    manager.post(f"{PAGE}/1/struck-out")
    assert "Rien n’est annoncé." in manager.words
    assert f"{PAGE}/1/put-back" in manager.page.text
    manager.post(f"{PAGE}/1/put-back")
    assert "Camion de la banque" in manager.words


@pytest.mark.parametrize(
    ("wrong", "named", "said"),
    [
        ({"on": "2026-11-23"}, "on", "à partir de demain"),
        ({"on": "2027-11-23"}, "on", "à partir de demain"),
        ({"on": "bientôt"}, "on", "bientôt"),
        ({"weight": "0"}, "weight", "100 tonnes au plus"),
        ({"weight": "-3"}, "weight", "100 tonnes au plus"),
        ({"weight": "100000,1"}, "weight", "100 tonnes au plus"),
        ({"weight": "beaucoup"}, "weight", "beaucoup"),
    ],
    ids=str,
)
def test_what_was_typed_stays_when_it_is_refused(
    manager: Browser, town: Town, wrong: dict[str, str], named: str, said: str
) -> None:
    manager.post(PAGE, site=town.site_id, **PLENTY | wrong)

    assert manager.page.status_code == 400
    assert said in manager.words
    assert field(manager, named)["value"] == (PLENTY | wrong)[named]
    assert field(manager, "note")["value"] == "Camion de la banque"
    assert "aria-invalid" in manager.page.text


def test_an_unknown_group_or_site_is_refused(manager: Browser, town: Town) -> None:
    manager.post(PAGE, site=town.site_id, **PLENTY | {"food_group": "stardust"})
    assert "Choisissez ce qui vient" in manager.words
    manager.post(PAGE, site="x", **PLENTY)
    assert manager.page.status_code == 404
    assert field(manager, "note")["value"] == "Camion de la banque"


def test_the_board_says_what_its_plan_counts_on_and_not_what_is_said_now(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    with database.writing() as session:
        later = plan_session(session, town.site_id, FRIDAY + dt.timedelta(days=7), "free")
        expect(session, later.id, town.household_ids)
    board = f"/sessions/{town.session_id}/plan"
    manager.post(PAGE, site=town.site_id, **PLENTY | {"weight": "120"})

    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.05)

    manager.get(board)
    assert "annoncés d’ici au samedi 28 novembre" in manager.words
    with database.reading() as session:
        worth = msgspec.convert(proposals.get_proposal(session, plan_id).figures, proposals.PlanFigures).if_it_comes
    assert worth is not None
    assert f"Avec cela : Le moins servi {round(100 * worth.floor)} %" in manager.words
    assert f'href="{PAGE}"' in manager.page.text
    manager.post(f"{PAGE}/1/struck-out")
    manager.get(board)
    assert "annoncés d’ici au samedi 28 novembre" in manager.words
    told = manager.get(f"/api/v1/proposals/{plan_id}").json()["announced"]
    assert told == [{"id": 1, "on": "2026-11-28", "group": "milk", "grams": 120_000}]
    proposals.propose(database, town.session_id, clock.stamp(), effort=0.05)
    manager.get(board)
    assert "annoncés d’ici" not in manager.words
    assert f'href="{PAGE}"' in manager.page.text


def test_the_board_counts_on_nothing_that_comes_before_its_own_session(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    manager.post(PAGE, site=town.site_id, **PLENTY | {"on": "2026-11-25"})

    proposals.propose(database, town.session_id, clock.stamp(), effort=0.05)

    manager.get(f"/sessions/{town.session_id}/plan")
    assert "Compte sur" not in manager.words
    assert "Annoncer une livraison" in manager.words


def test_programs_announce_strike_out_and_read(manager: Browser, town: Town) -> None:
    asked = {"site_id": town.site_id, "on": "2026-11-28", "food_group": "milk", "grams": 5000, "note": "Camion"}
    headers = {"idempotency-key": "announced-by-program"}

    first, again = (manager.client.post("/api/v1/announced", json=asked, headers=headers) for _ in range(2))
    number = first.json()["id"]

    assert (first.status_code, again.json()["id"]) == (201, number)
    (row,) = manager.get("/api/v1/announced").json()
    assert row == {"id": number, "site": "Centre social", **asked}
    manager.client.post(f"/api/v1/announced/{number}/struck-out", json={})
    assert manager.get("/api/v1/announced").json() == []
    manager.client.post(f"/api/v1/announced/{number}/put-back", json={})
    assert len(manager.get("/api/v1/announced").json()) == 1
    refused = manager.client.post("/api/v1/announced", json=asked | {"on": "2026-11-23"})
    assert refused.status_code == 400


def test_who_books_goods_in_finds_the_page_only_where_they_may_plan(
    open_browser: Callable[[], Browser], manager: Browser
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    assert f'href="{PAGE}"' in manager.get("/intake").text
    assert f'href="{PAGE}"' in manager.get("/sessions").text
    assert f'href="{PAGE}"' not in volunteer.get("/intake").text
    assert volunteer.get(PAGE).status_code == 403
