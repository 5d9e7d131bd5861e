"""Goods go from the centre to a second site: proposed, sent, received with a difference, seen in the lot's story."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from allocation.sessions import plan_session
from allocation.tables import DistributionSession
from common.clock import Clock
from common.database import Database
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from stock.intake import Booking
from stock.places import Storage, add_place
from tests.api.conftest import Browser
from tests.small_town import PASSWORD, Town, stock_up


@pytest.fixture
def annex(database: Database, town: Town) -> int:
    """A second site that opens on Wednesday; the yoghurts of the centre last until Saturday."""
    with database.writing() as session:
        site = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        add_place(session, site.id, "Rayon", Storage.DRY)
        add_place(session, site.id, "Vitrine froide", Storage.CHILLED)
        plan_session(session, site.id, dt.date(2026, 11, 25), "free")
        return site.id


@pytest.fixture
def booked(database: Database, town: Town, clock: Clock) -> list[Booking]:
    return stock_up(database, town, clock)


@pytest.fixture
def at_annex(open_browser: Callable[[], Browser], database: Database, annex: int) -> Browser:
    """A volunteer of the second site."""
    with database.writing() as session:
        session.scalars(select(Account).where(Account.login == Role.VOLUNTEER.value)).one().site_id = annex
    return open_browser().sign_in(Role.VOLUNTEER)


def send(manager: Browser, annex: int, lot: Booking, quantity: str) -> str:
    """The path of the transfer's page."""
    manager.get("/transfers/new")
    manager.post("/transfers/new", to=str(annex), **{f"lot-{lot.lot_id}": quantity}, key="one-transfer")
    return manager.page.url.path


def test_goods_are_sent_received_and_a_difference_is_explained(
    manager: Browser, at_annex: Browser, annex: int, booked: list[Booking]
) -> None:
    milk = booked[0]

    path = send(manager, annex, milk, "5")
    no_form = 'name="line-' not in manager.page.text and "call-back" in manager.page.text
    at_annex.get(path)
    line = re.search(r'name="(line-\d+)"', at_annex.page.text)
    assert line
    not_theirs = manager.post(path, **{line[1]: "5"}, key="receive-0")
    at_annex.post(path, **{line[1]: "4"}, key="receive-1")
    asked_why = at_annex.page
    kept = f'name="{line[1]}" type="text" value="4"' in asked_why.text
    at_annex.post(path, **{line[1]: "4", line[1].replace("line", "why"): "breakage"}, key="receive-2")

    assert no_form
    assert not_theirs.status_code == 409
    assert asked_why.status_code == 400
    assert kept
    assert "Cassé en route" in at_annex.words
    story = manager.client.get(f"/api/v1/stock/lots/{milk.lot_code}").json()
    assert {(s["site"], s["quantity"]) for s in story["stands"]} == {("Centre social", 7), ("Annexe", 4)}
    assert (story["lost"], story["on_hand"]) == (1, 11)


def test_goods_of_another_site_are_sent_by_the_people_there(
    at_annex: Browser, annex: int, town: Town, booked: list[Booking]
) -> None:
    milk = booked[0]
    at_annex.get("/transfers/new", site=town.site_id)
    own = "Depuis Annexe" in at_annex.words
    asked = {"site": str(town.site_id), "to": str(annex), f"lot-{milk.lot_id}": "5"}
    page = at_annex.post("/transfers/new", **asked, key="not-ours")
    lines = [{"lot_id": milk.lot_id, "quantity": 5}]
    signed = {"login": Role.VOLUNTEER.value, "password": PASSWORD}
    token = at_annex.client.post("/api/v1/sign-ins", json=signed).json()["token"]
    told = at_annex.client.post(
        "/api/v1/transfers",
        json={"from_site_id": town.site_id, "to_site_id": annex, "lines": lines},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert own
    assert (page.status_code, told.status_code) == (409, 409)
    assert "seules les personnes sur place" in at_annex.words
    assert at_annex.client.get("/api/v1/transfers").json() == []


def test_a_form_sent_twice_sends_once(manager: Browser, annex: int, booked: list[Booking]) -> None:
    first = send(manager, annex, booked[0], "5")

    assert send(manager, annex, booked[0], "5") == first


def test_calling_back_sent_twice_calls_back_once(manager: Browser, annex: int, booked: list[Booking]) -> None:
    path = send(manager, annex, booked[0], "5")
    key = re.findall(r'name="key" value="([^"]+)"', manager.page.text)[-1]
    said = []
    for each in (key, key, "another"):
        manager.post(f"{path}/call-back", key=each)
        said.append("Tout est revenu" in manager.words)

    assert said == [True, True, False]


def test_the_order_of_what_came_and_went_is_remembered(manager: Browser, annex: int, booked: list[Booking]) -> None:
    for quantity in ("2", "5", "3"):
        manager.get("/transfers/new")
        manager.post(
            "/transfers/new", to=str(annex), **{f"lot-{booked[0].lot_id}": quantity}, key=f"transfer-{quantity}"
        )
        manager.post(f"{manager.page.url.path}/call-back")

    def weights() -> list[str]:
        return re.findall(r'data-label="Poids" class="number">(\d+)', manager.page.text)

    manager.get("/transfers")
    newest_first = weights()
    manager.get("/transfers", sort="-grams")
    manager.get("/transfers")

    assert newest_first == ["3", "5", "2"]
    assert weights() == ["5", "3", "2"]


def test_what_was_typed_is_kept_when_too_much_is_sent(manager: Browser, annex: int, booked: list[Booking]) -> None:
    send(manager, annex, booked[0], "13")

    assert manager.page.status_code == 409
    assert 'value="13"' in manager.page.text


def test_a_transfer_is_proposed_where_another_site_opens_in_time(
    manager: Browser, annex: int, booked: list[Booking], database: Database, town: Town, clock: Clock
) -> None:
    with database.writing() as session:
        session.get_one(DistributionSession, town.session_id).on = dt.date(2026, 12, 4)
    manager.get("/transfers")
    proposed = f"/transfers/new?site={town.site_id}&amp;to={annex}&amp;worth=1" in manager.page.text

    manager.get("/transfers/new", site=town.site_id, to=annex, worth="1")

    assert proposed
    assert f'name="lot-{booked[1].lot_id}" type="text" value="8"' in manager.page.text
    assert f'name="lot-{booked[0].lot_id}" type="text" value=""' in manager.page.text


def test_a_transfer_is_proposed_where_goods_are_to_be_saved_and_goes_with_a_note(
    manager: Browser, annex: int, booked: list[Booking], database: Database
) -> None:
    """The centre's own session comes too late for the yoghurts, the annex opens in time."""
    with database.writing() as session:
        for planned in session.scalars(select(DistributionSession).where(DistributionSession.site_id != annex)):
            planned.on = dt.date(2026, 12, 4)
    manager.get("/at-risk")
    proposed = f"to={annex}" in manager.page.text
    usual = "Au rythme habituel" in manager.words

    path = send(manager, annex, booked[0], "5")
    note = re.search(r'href="(/labels/transfers/\d+/note.pdf)"', manager.page.text)
    assert note
    paper = manager.client.get(note[1])
    said = manager.client.get(f"/api/v1{path}").json()

    assert proposed
    assert usual
    assert paper.content.startswith(b"%PDF")
    assert [(line["sent"], line["received"]) for line in said["lines"]] == [(5, None)]
