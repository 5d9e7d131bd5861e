"""Receptions belong to their site: who works at another one reads them and changes nothing, on pages and in JSON."""

from collections.abc import Callable

import pytest
from httpx import Response
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from stock.intake import Arrival
from stock.photos import add_photo, cleaned
from stock.places import Storage, add_place
from stock.receptions import refuse_goods
from stock.tables import DamagePhoto, Movement, Place, Reception, RefusedGoods
from stock.transfers.register import Arrived, send, settle, transfer
from tests.api.conftest import Browser
from tests.api.test_damage_photos import photo
from tests.small_town import MILK, Town, receive

Open = Callable[[], Browser]
TOLD = "Cela se trouve à Centre social"
MILK_LINE = {"scan": MILK, "units": 2, "date": "31/03/2027"}


@pytest.fixture
def annex(database: Database, town: Town) -> int:
    """A second site, where the volunteer works."""
    with database.writing() as session:
        site = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        add_place(session, site.id, "Rayon", Storage.DRY)
        session.scalars(select(Account).where(Account.login == Role.VOLUNTEER.value)).one().site_id = site.id
        return site.id


@pytest.fixture
def lot_id(database: Database, town: Town, clock: Clock) -> int:
    """Twelve packs of milk that came in at the centre, with something turned away and a photo of either."""
    [milk] = receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    with database.writing() as session:
        refused = refuse_goods(session, 1, "pack_open", 300, clock.stamp())
        add_photo(session, cleaned(photo()), clock.stamp(), lot_id=milk.lot_id)
        add_photo(session, cleaned(photo()), clock.stamp(), refused_id=refused)
    return milk.lot_id


@pytest.fixture
def at_annex(open_browser: Open, annex: int, lot_id: int) -> Browser:
    return open_browser().sign_in(Role.VOLUNTEER)


def written(database: Database) -> list[object]:
    """Everything somebody of another site could have changed."""
    with database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Movement, RefusedGoods, DamagePhoto, Reception)
        ]
        return [*counts, *session.scalars(select(Reception.closed_at)).all()]


def upload(browser: Browser, path: str) -> Response:
    token = {"_csrf_token": browser.client.cookies["panier-forms"]}
    return browser.client.post(path, data=token, files={"photo": ("photo.jpg", photo())})


def test_who_works_at_another_site_changes_nothing_of_a_reception_by_its_address(
    at_annex: Browser, database: Database
) -> None:
    before = written(database)
    lot = at_annex.client.get("/api/v1/receptions").json()[0]["received"][0]["lot_code"]

    for path in ("/receptions/1/finish", "/intake/lines/1/undo"):
        at_annex.post(path, key=f"by-the-address-{len(path)}")
        assert TOLD in at_annex.words
    for path in ("/receptions/1/refused/1/photos", f"/stock/lots/{lot}/photos"):
        assert TOLD in upload(at_annex, path).text
    assert [at_annex.post(f"/photos/{number}/removed").status_code for number in (1, 2)] == [403, 403]

    assert written(database) == before


def test_programs_of_another_site_are_told_no_as_well(
    at_annex: Browser, database: Database, town: Town, annex: int
) -> None:
    before = written(database)
    of_other_site = {
        "/receptions": {"site_id": town.site_id, "donor_id": town.donor_id},
        "/receptions/1/finish": {},
        "/receptions/1/reopen": {},
        "/receptions/1/lines": MILK_LINE,
        "/receptions/1/refusals": {"reason": "pack_open", "grams": 300},
        "/movements/1/undo": {},
        "/movements/undo": {"movements": [1]},
    }

    answers = [at_annex.client.post(f"/api/v1{path}", json=said) for path, said in of_other_site.items()]
    own = at_annex.client.post("/api/v1/receptions", json={"site_id": annex, "donor_id": town.donor_id})

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "AnotherSite")}
    assert own.json()["site_id"] == annex
    assert written(database) == [*before[:3], 2, None, None]


def test_a_phone_of_another_site_neither_takes_back_nor_corrects_its_lines(
    at_annex: Browser, database: Database, town: Town, clock: Clock
) -> None:
    before = written(database)
    me = at_annex.client.get("/api/v1/me").json()["id"]
    said = {"at": clock.now().isoformat(), "donor_id": town.donor_id}

    sent = at_annex.client.post(
        "/api/v1/intake/entries",
        json={
            "account_id": me,
            "entries": [
                {"key": "taken-back", "undo": 1, **said},
                {"key": "corrected", "undo": 1, "line": MILK_LINE, **said},
            ],
        },
    )
    at_annex.post("/intake/reception", donor=town.donor_id)
    at_annex.post("/intake/lines", scan=MILK, typed="31/03/2027", units="2", replaces="1", key="corrected-on-page")

    assert [outcome["code"] for outcome in sent.json()] == ["AnotherSite"] * 2
    assert at_annex.page.status_code == 403
    assert written(database)[0] == before[0]


def test_the_page_offers_them_nothing_to_change_and_those_at_the_site_everything(
    at_annex: Browser, open_browser: Open
) -> None:
    forms = ("/receptions/1/finish", "/receptions/1/refused/1/photos", "/photos/1/removed")
    there, here = open_browser().sign_in(Role.MANAGER).get("/receptions/1").text, at_annex.get("/receptions/1").text

    assert [form in there for form in forms] == [True] * 3
    assert [form in here for form in forms] == [False] * 3


def test_what_was_sent_on_may_be_photographed_where_it_arrived(
    at_annex: Browser, database: Database, town: Town, annex: int, lot_id: int, clock: Clock
) -> None:
    with database.writing() as session:
        number = send(session, town.site_id, annex, {lot_id: 5}, clock.stamp())
        [line] = transfer(session, number).lines
        settle(session, number, {line.id: Arrived(5, None)}, clock.stamp())
        assert session.scalars(select(Place.id).where(Place.site_id == annex)).all()
    lot = at_annex.client.get("/api/v1/receptions").json()[0]["received"][0]["lot_code"]

    assert "/photos/1/removed" in at_annex.get(f"/stock/lots/{lot}").text
    upload(at_annex, f"/stock/lots/{lot}/photos")

    with database.reading() as session:
        assert session.scalar(select(func.count()).where(DamagePhoto.lot_id == lot_id)) == 2


def test_who_finished_a_reception_and_who_reopened_it_is_written_down(open_browser: Open, lot_id: int) -> None:
    volunteer, manager = (open_browser().sign_in(role) for role in (Role.VOLUNTEER, Role.MANAGER))

    volunteer.post("/receptions/1/finish", key="first-end-of-it")
    by_page = volunteer.get("/receptions/1").text
    manager.client.post("/api/v1/receptions/1/reopen", json={})
    manager.client.post("/api/v1/receptions/1/reopen", json={})
    manager.client.post("/api/v1/receptions/1/finish", json={})
    [whole] = volunteer.client.get("/api/v1/receptions").json()

    first, second = "Une personne (volunteer)", "Une personne (manager)"
    assert f"par {first}" in by_page
    assert whole["reception"]["finished_by"] == second
    said = [(said["finished"], said["by"]) for said in whole["said"]]
    assert said == [(True, first), (False, second), (True, second)]
    volunteer.get("/receptions/1")
    assert f"{second}" in volunteer.words
    assert "Rouverte" in volunteer.words
