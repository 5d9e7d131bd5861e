"""A household goes over to another partner through the pages, and a grant that is lowered says what it ends."""

from collections.abc import Callable

from sqlalchemy import select

from allocation.sessions import plan_session
from common.clock import Clock
from common.database import Database
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import Account
from tests.api.conftest import Browser
from tests.small_town import FRIDAY, Town


def test_a_household_moves_and_its_first_partner_reads_no_more_of_it(
    open_browser: Callable[[], Browser], database: Database, town: Town, clock: Clock
) -> None:
    with database.writing() as session:
        there = add_organisation(session, "Comité du Terril", "committee").id
        site = add_site(session, there, "TERRIL", "Salle du Terril").id
        plan_session(session, site, FRIDAY, "free")
        mine = session.scalars(select(Account).where(Account.role == Role.SOCIAL_WORKER)).one()
        columns = {name: getattr(mine, name) for name in ("password_hash", "language", "active")}
        session.add(Account(organisation_id=there, login="autre", name="Autre", role=mine.role, **columns))
    here, other = open_browser().sign_in(Role.SOCIAL_WORKER), open_browser()
    token = {"_csrf_token": other.client.cookies["panier-forms"]}
    other.client.post("/sign-in", data={"login": "autre", "password": "bonne volonté", **token})
    path = f"/households/{town.household_ids[1]}"

    here.post(f"{path}/identity", **{"given-0": "Amina", "birth-0": "1990", "bond-0": "self"}, key="who they are")
    here.post(f"{path}/moves", partner=str(there), takes="file", key="not agreed")
    assert "d’accord" in here.words
    here.post(f"{path}/moves", partner=str(there), takes="file", agreed="1", key="agreed by them")
    other.get("/")
    assert 'href="/moves"' in other.page.text
    other.get("/moves")
    assert ("Centre social" in other.words, "Amina" in other.words) == (True, False)
    assert other.get(f"{path}/file").status_code == 403
    for _ in range(2):
        other.post("/moves/1", answer="accept", site=str(site), key="we take them")

    assert other.page.url.path == f"{path}/file"
    assert 'value="Amina"' in other.page.text
    assert "N’est plus attendu le 27/11. Est attendu le 27/11." in other.words
    assert "Centre social → Comité du Terril" in other.words
    assert "Centre social → Comité du Terril" in other.get(f"{path}/export").text
    assert other.get(f"{path}/export.json").json()["held"]["moves"][0]["state"] == "accepted"
    assert here.get(f"{path}/file").status_code == 403
    assert here.get(path).status_code == 200
    assert "Amina" not in here.page.text
    assert [one.get("/moves").status_code for one in (here, other)] == [200, 200]

    other.post(f"{path}/entitlement", channel="shop", monthly="30", key="the shop from now on")
    assert "N’est plus attendu le 27/11" in other.words
