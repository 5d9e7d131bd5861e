"""Accounts: opened, shut and given new passwords by the administrator; no password is ever shown."""

from collections.abc import Callable

import pytest
from httpx import Response
from sqlalchemy import select

from common.database import Database
from network.roles import Role
from network.tables import Account
from tests import small_town
from tests.api.conftest import Browser
from tests.small_town import Town

NEW = "un nouveau secret"


@pytest.fixture
def administrator(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser().sign_in(Role.ADMINISTRATOR)


@pytest.fixture
def volunteer(database: Database, town: Town) -> str:
    """Where the volunteer's account is posted to."""
    with database.reading() as session:
        return f"/accounts/{session.scalars(select(Account.id).where(Account.login == 'volunteer')).one()}"


def opened(browser: Browser, town: Town, **typed: str) -> Response:
    form = {
        "name": "Aminata Diallo",
        "login": "aminata",
        "role": "distribution",
        "organisation": str(town.organisation_id),
        "site": str(town.site_id),
        "password": NEW,
    }
    return browser.post("/accounts", **{**form, **typed})


def can_sign_in(browser: Browser, login: str, password: str) -> bool:
    form = {"login": login, "password": password, "_csrf_token": browser.client.cookies["panier-forms"]}
    return browser.client.post("/sign-in", data=form, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_accounts_are_for_the_administrator(open_browser: Callable[[], Browser], role: Role) -> None:
    browser = open_browser().sign_in(role)

    page = browser.get("/accounts")

    assert page.status_code == (200 if role is Role.ADMINISTRATOR else 403)
    assert ("/sign-out" in page.text.replace('action="/sign-out"', "")) is (role is Role.ADMINISTRATOR)


def test_a_new_person_may_sign_in(administrator: Browser, open_browser: Callable[[], Browser], town: Town) -> None:
    page = opened(administrator, town)

    assert page.status_code == 200
    assert "Aminata Diallo" in administrator.words
    assert NEW not in page.text
    assert can_sign_in(open_browser(), "aminata", NEW)


def test_a_person_needs_no_site(administrator: Browser, database: Database, town: Town) -> None:
    opened(administrator, town, site="")

    with database.reading() as session:
        assert session.scalars(select(Account).where(Account.login == "aminata")).one().site_id is None


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"password": "123456789"}, 400),
        ({"login": "manager"}, 409),
        ({"login": "   "}, 400),
        ({"name": ""}, 400),
        ({"role": "queen"}, 400),
        ({"organisation": "999"}, 404),
        ({"organisation": "x"}, 404),
        ({"site": "999"}, 404),
    ],
)
def test_an_account_that_cannot_be_keeps_what_was_typed_but_the_password(
    administrator: Browser, town: Town, typed: dict[str, str], status: int
) -> None:
    page = opened(administrator, town, **typed)

    assert page.status_code == status
    assert f'value="{typed.get("name", "Aminata Diallo")}"' in page.text
    assert f'value="{typed.get("login", "aminata")}"' in page.text
    assert NEW not in page.text
    assert "123456789" not in page.text


def test_a_shut_account_is_signed_out_and_cannot_sign_in_until_it_is_open_again(
    administrator: Browser, open_browser: Callable[[], Browser], volunteer: str
) -> None:
    phone = open_browser().sign_in(Role.VOLUNTEER)

    administrator.post(f"{volunteer}/active", active="no")
    asked = phone.get("/stock").url.path
    refused = not can_sign_in(phone, "volunteer", small_town.PASSWORD)
    administrator.post(f"{volunteer}/active", active="yes")

    assert (asked, refused) == ("/sign-in", True)
    assert can_sign_in(phone, "volunteer", small_town.PASSWORD)


def test_nobody_shuts_their_own_account(administrator: Browser, database: Database) -> None:
    with database.reading() as session:
        mine = session.scalars(select(Account.id).where(Account.login == "administrator")).one()

    administrator.post(f"/accounts/{mine}/active", active="no")

    assert administrator.get("/accounts").status_code == 200


def test_a_lost_phone_is_signed_out(
    administrator: Browser, open_browser: Callable[[], Browser], volunteer: str
) -> None:
    phone = open_browser().sign_in(Role.VOLUNTEER)

    administrator.post(f"{volunteer}/sign-out")

    assert phone.get("/stock").url.path == "/sign-in"


def test_a_new_password_replaces_the_old_one_everywhere(
    administrator: Browser, open_browser: Callable[[], Browser], volunteer: str
) -> None:
    phone = open_browser().sign_in(Role.VOLUNTEER)

    page = administrator.post(f"{volunteer}/password", password=NEW)

    assert NEW not in page.text
    assert phone.get("/stock").url.path == "/sign-in"
    assert not can_sign_in(phone, "volunteer", small_town.PASSWORD)
    assert can_sign_in(phone, "volunteer", NEW)


def test_a_short_new_password_is_refused(
    administrator: Browser, open_browser: Callable[[], Browser], volunteer: str
) -> None:
    administrator.post(f"{volunteer}/password", password="123456789")

    assert "10" in administrator.words
    assert can_sign_in(open_browser(), "volunteer", small_town.PASSWORD)


@pytest.mark.parametrize("what", ["active", "sign-out", "password"])
def test_an_unknown_account_is_not_found(administrator: Browser, what: str) -> None:
    assert administrator.post(f"/accounts/999/{what}", active="no", password=NEW).status_code == 404
