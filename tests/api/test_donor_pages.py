"""Donors as people see them: what came this year, what was agreed, and a new one."""

import re
from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.donors import donor_by_code
from tests.api.conftest import Browser, has_been_done
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


def test_what_is_agreed_for_today_waits_on_both_pages_of_the_volunteer_and_opens_its_reception(
    manager: Browser, open_browser: Callable[[], Browser], town: Town
) -> None:
    path = f"/donors/{town.donor_id}/agreement"
    monday = {"weekdays": ["0", "3", ""], "hours": ["08:30", "9 h", ""], "places": [str(town.site_id), "", ""]}
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    assert "Attendu aujourd’hui" not in volunteer.get("/").text

    hourless = manager.post(path, weekdays=["0", "3"], hours=["08:30", "matin"], places=["", ""])
    assert (hourless.status_code, 'value="matin"' in hourless.text) == (400, True)
    manager.post(path, **monday, slots="par le quai")

    assert re.search(r"08:30 lundi Centre social 09:00 jeudi par le quai", manager.words)
    for page in ("/", "/intake"):
        volunteer.get(page)
        assert "08:30 Supermarché du Bois en retard par le quai Recevoir" in volunteer.words
    form = re.search(r'name="donor" value="(\d+)"><button', volunteer.page.text)
    assert form is not None
    volunteer.post("/intake/reception", donor=form[1], key="expected-one")
    assert "Supermarché du Bois" in volunteer.words
    assert "Continuer" in volunteer.get("/").text
    (told,) = volunteer.client.get("/api/v1/receptions/expected", params={"site_id": town.site_id}).json()
    assert (told["donor_id"], told["at"], told["note"], told["closed"]) == (
        town.donor_id,
        "08:30",
        "par le quai",
        False,
    )
    assert volunteer.client.get(f"/api/v1/receptions/{told['reception_id']}").json()["donor_id"] == town.donor_id


def test_a_donor_is_registered_once_and_can_give_at_once(manager: Browser, database: Database, town: Town) -> None:
    form = {"name": "Boulangerie du Coin", "code": "coin", "kind": "bakery", "source": "donation", "payload": "weight"}

    manager.post("/donors", **form)
    taken = manager.post("/donors", **form)
    nameless = manager.post("/donors", **form | {"name": " "})

    assert (taken.status_code, nameless.status_code) == (409, 400)
    assert "Boulangerie du Coin" in manager.get("/intake").text
    with database.reading() as session:
        coin = donor_by_code(session, "COIN")
        assert has_been_done(session, "donor.add", f"donor:{coin.id}")


def test_volunteers_see_donors_and_change_nothing(open_browser: Callable[[], Browser], town: Town) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    page = volunteer.get(f"/donors/{town.donor_id}")

    assert page.status_code == 200
    assert "/agreement" not in page.text
    assert volunteer.post("/donors", name="X", code="X", kind="bakery", source="donation").status_code == 403
