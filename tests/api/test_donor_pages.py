"""Donors as people see them: what came this year, what was agreed, and a new one."""

from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from network.roles import Role
from tests.api.conftest import Browser
from tests.small_town import Town, stock_up


def test_a_donor_shows_what_its_gifts_were_worth(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)

    listed = manager.get("/donors").text
    page = manager.get(f"/donors/{town.donor_id}")

    assert "Supermarché du Bois" in listed
    assert page.status_code == 200
    for said in ("reçus en 2026", "Refusé à la porte", "30 % du prix habituel"):
        assert said in manager.words


def test_an_agreement_is_written_down_and_a_bad_one_keeps_what_was_typed(manager: Browser, town: Town) -> None:
    path = f"/donors/{town.donor_id}/agreement"

    refused = manager.post(path, since="2026-01-01", until="2025-01-01", slots="lundi, 8 h 30")
    manager.post(path, since="2026-01-01", until="2026-12-31", slots="lundi, 8 h 30", families=["bread"])

    assert refused.status_code == 400
    assert 'value="lundi, 8 h 30"' in refused.text
    assert "parlez-leur" in manager.words
    assert "lundi, 8 h 30" in manager.words


def test_a_donor_is_registered_once_and_can_give_at_once(manager: Browser, town: Town) -> None:
    form = {"name": "Boulangerie du Coin", "code": "coin", "kind": "bakery", "source": "donation", "payload": "weight"}

    manager.post("/donors", **form)
    taken = manager.post("/donors", **form)
    nameless = manager.post("/donors", **form | {"name": " "})

    assert (taken.status_code, nameless.status_code) == (409, 400)
    assert "Boulangerie du Coin" in manager.get("/intake").text


def test_volunteers_see_donors_and_change_nothing(open_browser: Callable[[], Browser], town: Town) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    page = volunteer.get(f"/donors/{town.donor_id}")

    assert page.status_code == 200
    assert "/agreement" not in page.text
    assert volunteer.post("/donors", name="X", code="X", kind="bakery", source="donation").status_code == 403
