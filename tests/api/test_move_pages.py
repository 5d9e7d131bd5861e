"""A household goes over to another partner through the pages, and a grant that is lowered says what it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from allocation.sessions import plan_session
from common.database import Database
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import Account
from tests.api.conftest import Browser
from tests.small_town import FRIDAY, Town


@dataclass
class Neighbours:
    """The social workers of two partners, and what one needs to know of the other."""

    here: Browser
    other: Browser
    partner_id: int
    site_id: int


@pytest.fixture
def neighbours(open_browser: Callable[[], Browser], database: Database, town: Town) -> Neighbours:
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
    return Neighbours(here, other, there, site)


def test_a_household_moves_and_its_first_partner_reads_no_more_of_it(neighbours: Neighbours, town: Town) -> None:
    here, other, there, site = neighbours.here, neighbours.other, neighbours.partner_id, neighbours.site_id
    path = f"/households/{town.household_ids[1]}"
    here.get("/moves")
    assert "Les vôtres se confient à d’autres depuis leur dossier." in here.words

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


def test_programs_ask_for_a_move_accept_and_refuse_it(neighbours: Neighbours, town: Town) -> None:
    here, other = neighbours.here.client, neighbours.other.client
    who = town.household_ids[1]
    path, asked = (
        f"/api/v1/households/{who}/moves",
        {"partner_id": neighbours.partner_id, "takes": "card", "agreed": True},
    )

    def post(client: TestClient[Any], path: str, key: str, **said: Any) -> Any:
        headers = {"Idempotency-Key": key, "X-CSRF-Token": client.cookies["panier-forms"]}
        return client.post(path, json=said, headers=headers)

    unasked = post(here, path, "they were not asked", **{**asked, "agreed": False})
    first, again = (post(here, path, "they were asked", **asked) for _ in range(2))
    (waiting,) = other.get("/api/v1/moves").json()
    refused = post(other, f"/api/v1/moves/{waiting['id']}/refusal", "no room for them")
    second = post(here, path, "they were asked again", **asked).json()
    withdrawn = post(here, f"{path}/{second['id']}/withdrawal", "they changed their mind").json()
    late = post(other, f"/api/v1/moves/{second['id']}/acceptance", "too late for it", site_id=neighbours.site_id)
    third = post(here, path, "they are sure of it", **asked).json()
    accepted = post(other, f"/api/v1/moves/{third['id']}/acceptance", "we take them", site_id=neighbours.site_id).json()

    assert (unasked.status_code, unasked.json()["field"]) == (400, "agreed")
    assert (first.status_code, first.json()) == (201, again.json())
    assert {key: waiting[key] for key in ("household_id", "persons", "takes")} == {
        "household_id": who, "persons": 2, "takes": "card",
    }  # fmt: skip
    assert refused.json()["household_id"] is None
    assert withdrawn["state"] == "withdrawn"
    assert late.status_code == 409
    assert (accepted["household_id"], accepted["invitations"]["made"]) == (who, [FRIDAY.isoformat()])
    assert [one["state"] for one in other.get(path).json()] == ["accepted", "withdrawn", "refused"]
    assert here.get(path).status_code == 403
