"""The front door: signing in and out, where one lands, the language, and several towns behind one server."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from api.house import House
from api.navigation import ORDER
from common.clock import Clock
from common.settings import Settings
from network.accounts import TRIES
from network.roles import Role
from tests import small_town
from tests.api.conftest import Applications, Browser
from tests.databases import Maker, lent
from tests.small_town import PASSWORD

Open = Callable[[], Browser]
VALMONT, RIVES = "http://valmont.example.org", "http://rives.example.org"


def enter(client: TestClient[Litestar], password: str = PASSWORD, login: str = "manager", next_: str = "/") -> Response:
    """Send the sign-in form and look no further."""
    client.get("/sign-in")
    token = client.cookies["panier-forms"]
    form = {"login": login, "password": password, "next": next_, "_csrf_token": token}
    return client.post("/sign-in", data=form, follow_redirects=False)


def test_each_role_lands_on_its_own_work(open_browser: Open) -> None:
    browser = open_browser()

    for role in Role:
        browser.sign_in(role).get("/")

        places = browser.page.text.split('class="tiles"')[1]
        assert re.findall(r'href="(/[\w-]+)"', places) == [place.href for place in ORDER[role]]


def test_a_wrong_password_is_told_and_the_name_stays_typed(open_browser: Open) -> None:
    browser = open_browser()

    answer = enter(browser.client, "bonne volonte")

    assert answer.status_code == 403
    assert 'value="manager"' in answer.text
    assert "bonne volonte" not in answer.text
    assert "panier" not in browser.client.cookies


def test_too_many_wrong_passwords_are_told(open_browser: Open) -> None:
    browser = open_browser()
    for _ in range(TRIES):
        enter(browser.client, "bonne volonte")

    assert enter(browser.client).status_code == 429


def test_after_signing_in_one_is_where_one_wanted_to_go(open_browser: Open) -> None:
    browser = open_browser()
    browser.get("/stock")
    asked = browser.page.url

    answer = enter(browser.client, next_=asked.params["next"])

    assert asked.path == "/sign-in"
    assert (answer.status_code, answer.headers["location"]) == (303, "/stock")


ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
)


def test_the_way_back_never_leads_elsewhere(open_browser: Open) -> None:
    client = open_browser().client

    for path in ELSEWHERE:
        signing_in = enter(client, next_=path)
        signed_in = client.get("/sign-in", params={"next": path}, follow_redirects=False)
        token = {"x-csrftoken": client.cookies["panier-forms"]}
        language = client.post("/language/en", params={"next": path}, headers=token, follow_redirects=False)
        client.cookies.delete("panier")
        page = client.get("/sign-in", params={"next": path})

        assert [answer.headers["location"] for answer in (signing_in, signed_in, language)] == ["/"] * 3, path
        assert '<input type="hidden" name="next" value="/">' in page.text, path


def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(open_browser: Open) -> None:
    browser = open_browser().sign_in(Role.MANAGER)
    secret = browser.client.cookies["panier"]

    browser.post("/sign-out")
    after = browser.client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})

    assert browser.page.url.path == "/sign-in"
    assert "panier" not in browser.client.cookies
    assert after.status_code == 401


def test_a_sign_in_ends_with_the_working_day(house: House, open_browser: Open, clock: Clock) -> None:
    browser = open_browser().sign_in(Role.MANAGER)
    before = browser.client.get("/api/v1/me").status_code

    house.clock = Clock(at=clock.now() + dt.timedelta(hours=12))

    assert (before, browser.client.get("/api/v1/me").status_code) == (200, 401)


def test_a_program_signs_in_and_out_with_a_bearer_token(open_browser: Open) -> None:
    client = open_browser().client
    token = client.post("/api/v1/sign-ins", json={"login": "coordinator", "password": PASSWORD}).json()["token"]
    headers = {"authorization": f"bearer {token}"}

    me = client.get("/api/v1/me", headers=headers).json()
    gone = client.delete("/api/v1/sign-ins/current", headers=headers | {"content-type": "application/json"})

    assert (me["role"], me["site"]) == ("coordinator", "Centre social")
    assert gone.status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_the_language_is_switched_at_once_and_remembered(open_browser: Open) -> None:
    browser = open_browser()
    before = browser.words

    browser.post("/language/en?next=/sign-in")
    switched = browser.words
    browser.sign_in(Role.MANAGER)
    browser.post("/language/fr?next=/stock")
    elsewhere = open_browser().sign_in(Role.MANAGER)
    elsewhere.get("/stock")

    assert ("Se connecter" in before, "Sign in" in before) == (True, False)
    assert ("Se connecter" in switched, "Sign in" in switched) == (False, True)
    assert browser.page.url.path == "/stock"
    assert '<html lang="fr">' in elsewhere.page.text


def test_the_language_of_an_account_follows_it_to_another_device(open_browser: Open) -> None:
    open_browser().sign_in(Role.MANAGER).post("/language/en?next=/stock")

    elsewhere = open_browser().sign_in(Role.MANAGER)
    elsewhere.get("/stock")

    assert '<html lang="en">' in elsewhere.page.text


def test_a_language_nobody_speaks_here_changes_nothing(open_browser: Open) -> None:
    browser = open_browser()

    browser.post("/language/tlh?next=/sign-in")

    assert '<html lang="fr">' in browser.page.text


@pytest.fixture
def towns(database_maker: Maker, tmp_path: Path, clock: Clock) -> Iterator[House]:
    """Valmont and Rives on one server; only Valmont has anything in stock."""
    with lent(database_maker, database_maker.migrated()) as one, lent(database_maker, database_maker.migrated()) as two:
        file = tmp_path / "towns.toml"
        file.write_text(f'[networks]\n"valmont.example.org" = "{one}"\n"rives.example.org" = "{two}"\n')
        house = House.of(Settings(registry=file, secret="for tests only"), clock)
        valmont, rives = (house.registry.database(name) for name in house.registry.addresses)
        small_town.stock_up(valmont, small_town.build(valmont, clock), clock)
        small_town.build(rives, clock)
        yield house
        house.registry.close()


@pytest.fixture
def valmont(towns: House, applications: Applications) -> Iterator[TestClient[Litestar]]:
    with applications.serving(towns, base_url=VALMONT) as client:
        yield client


@pytest.fixture
def rives(towns: House, applications: Applications) -> Iterator[TestClient[Litestar]]:
    with applications.serving(towns, base_url=RIVES) as client:
        yield client


def test_what_one_town_has_the_other_never_shows(valmont: TestClient[Litestar], rives: TestClient[Litestar]) -> None:
    enter(valmont), enter(rives)

    at_valmont, at_rives = (len(client.get("/api/v1/stock").json()["rows"]) for client in (valmont, rives))

    assert (at_valmont, at_rives) == (5, 0)


def test_a_sign_in_of_one_town_is_nobody_in_the_other(valmont: TestClient[Litestar]) -> None:
    secret = enter(valmont).cookies["panier"]
    headers = {"cookie": f"panier={secret}"}

    assert valmont.get(f"{VALMONT}/api/v1/me", headers=headers).status_code == 200
    assert valmont.get(f"{RIVES}/api/v1/me", headers=headers).status_code == 401
    assert valmont.get(f"{RIVES}/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_guessing_in_one_town_does_not_slow_the_other_down(
    valmont: TestClient[Litestar], rives: TestClient[Litestar]
) -> None:
    for _ in range(TRIES):
        enter(valmont, "bonne volonte")

    assert (enter(valmont).status_code, enter(rives).status_code) == (429, 303)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/stock", "/readyz", "/api/v1/me"])
def test_no_page_opens_under_a_name_no_town_has(valmont: TestClient[Litestar], path: str) -> None:
    secret = enter(valmont).cookies["panier"]

    nobody = valmont.get(f"http://elsewhere.example.org{path}")
    somebody = valmont.get(f"http://elsewhere.example.org{path}", headers={"authorization": f"Bearer {secret}"})

    assert nobody.status_code == (401 if path == "/api/v1/me" else 404)
    assert somebody.status_code == 404
    assert "elsewhere.example.org" in somebody.text
