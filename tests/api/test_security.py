"""Secrets, cookies and rights where they are decided."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.house import House
from api.security import ANYONE, May
from common.settings import Settings
from network.accounts import Person
from network.roles import RIGHTS, Right, Role
from tests.api.conftest import Browser
from tests.small_town import PASSWORD, Town

Open = Callable[[], Browser]


def person(role: Role) -> Person:
    return Person(1, "Camille", "camille", role, 1, "Centre social", None, None, "fr", RIGHTS[role])


@pytest.mark.parametrize(
    ("guard", "nobody", "volunteer", "manager"),
    [
        (ANYONE, True, True, True),
        (May(), False, True, True),
        (May(Right.MAKE_PLANS), False, False, True),
        (May(Right.MAKE_PLANS, Right.WRITE_STOCK), False, True, True),
        (May(Right.MANAGE_ACCOUNTS), False, False, False),
    ],
)
def test_a_guard_lets_in_who_has_one_of_its_rights(guard: May, nobody: bool, volunteer: bool, manager: bool) -> None:
    asked = (None, person(Role.VOLUNTEER), person(Role.MANAGER))

    assert [guard.allows(each) for each in asked] == [nobody, volunteer, manager]


def test_over_plain_http_cookies_come_back_all_the_same(open_browser: Open) -> None:
    browser = open_browser()
    token = browser.client.cookies["panier-forms"]
    form = {"login": "manager", "password": PASSWORD, "_csrf_token": token}
    answer = browser.client.post("/sign-in", data=form, follow_redirects=False)

    (cookie,) = (c for c in answer.headers.get_list("set-cookie") if c.startswith("panier="))
    assert "secure" not in cookie.lower()
    assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "strict-transport-security" not in answer.headers


def test_a_token_counts_before_a_cookie(open_browser: Open) -> None:
    client = open_browser().sign_in(Role.MANAGER).client

    by_cookie = client.get("/api/v1/me")
    by_wrong_token = client.get("/api/v1/me", headers={"authorization": "Bearer made-up"})
    by_other_scheme = client.get("/api/v1/me", headers={"authorization": "Basic made-up"})

    assert [a.status_code for a in (by_cookie, by_wrong_token, by_other_scheme)] == [200, 401, 200]


def test_a_program_with_a_token_may_send_nothing_where_nothing_is_expected(open_browser: Open) -> None:
    client = open_browser().client
    token = client.post("/api/v1/sign-ins", json={"login": "manager", "password": PASSWORD}).json()["token"]
    headers = {"authorization": f"Bearer {token}"}

    bare = client.post("/api/v1/visits/1/absence", headers=headers)
    form = client.post("/api/v1/visits/2/absence", headers=headers, data={"a": "1"})

    assert (bare.status_code, form.status_code) == (201, 415)


def test_a_cookie_is_not_enough_to_send_nothing(open_browser: Open) -> None:
    """Another site can make a browser send nothing at all, with its cookies."""
    client = open_browser().sign_in(Role.MANAGER).client

    assert client.post("/api/v1/visits/1/absence").status_code == 415


def test_the_key_of_forms_is_kept_beside_the_database_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/var/town.sqlite")

    first, second = House.of(settings).secret, House.of(settings).secret

    kept = tmp_path / "var" / "secret.key"
    assert first == second == kept.read_text()
    assert len(first) >= 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [file.name for file in kept.parent.iterdir()] == ["secret.key"]


def test_a_key_that_was_set_is_used_and_not_written_anywhere(tmp_path: Path) -> None:
    house = House.of(Settings(database_url=f"sqlite:///{tmp_path}/town.sqlite", secret="set by the operator"))

    assert house.secret == "set by the operator"
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_folder_each_start_has_a_key_of_its_own() -> None:
    settings = Settings(database_url="postgresql+psycopg://panier@localhost/valmont")

    assert House.of(settings).secret != House.of(settings).secret


def test_a_form_made_with_another_key_is_refused(house: House, town: Town) -> None:
    other = House(Settings(secret="another key"), house.registry, house.clock)
    page = TestClient(create_app(other))
    page.get("/sign-in")
    token = page.cookies["panier-forms"]
    client = TestClient(create_app(house), cookies={"panier-forms": token})

    form = {"login": "manager", "password": PASSWORD, "_csrf_token": token}

    assert page.post("/sign-in", data=form, follow_redirects=False).status_code == 303
    assert client.post("/sign-in", data=form, follow_redirects=False).status_code == 403
