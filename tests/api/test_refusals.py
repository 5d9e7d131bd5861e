"""What is refused is said in the person's language, to programs as JSON; of a fault of ours nothing else is said."""

import json
from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from markupsafe import escape
from sqlalchemy import text

from api import log
from api.app import LARGEST_REQUEST
from api.house import House
from api.refusals import SENTENCES
from common.database import Database
from common.errors import NotFound
from common.words import N_, Term, words
from network.roles import Role
from tests.api.conftest import Applications, Browser
from tests.small_town import PASSWORD, Town

Open = Callable[[], Browser]
JSON = {"content-type": "application/json"}
NO_SESSION = NotFound(what=Term(N_("session")), id=999)


def speaking(language: str) -> dict[str, str]:
    return {"cookie": f"language={language}"}


@pytest.fixture
def program(house: House, town: Town, applications: Applications) -> Iterator[TestClient[Litestar]]:
    """A program of the manager's, which sees failures as answers."""
    with applications.serving(house, raise_server_exceptions=False) as client:
        token = client.post("/api/v1/sign-ins", json={"login": "manager", "password": PASSWORD}).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the program logs, at its most talkative."""
    log.configure("debug")
    yield lambda: capsys.readouterr().err
    log.configure("warning")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_refusal_is_said_to_people_and_to_programs_in_their_language(
    program: TestClient[Litestar], language: str
) -> None:
    sentence = NO_SESSION.say(words(language))

    page = program.get("/sessions/999", headers=speaking(language))
    part = program.get("/sessions/999", headers=speaking(language) | {"hx-request": "true"})
    told = program.get("/api/v1/sessions/999/visits", headers=speaking(language))

    assert (page.status_code, part.status_code, told.status_code) == (404, 404, 404)
    assert f'<html lang="{language}">' in page.text
    assert str(escape(sentence)) in page.text
    assert str(escape(sentence)) in part.text
    assert "<html" not in part.text
    assert told.json() == {"code": "NotFound", "message": sentence, "field": None}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_that_does_not_exist_is_said_too(program: TestClient[Litestar], language: str) -> None:
    sentence = words(language).text(SENTENCES[404])

    page = program.get("/nowhere", headers=speaking(language))
    told = program.get("/api/v1/nowhere", headers=speaking(language))
    older = program.get("/api/v0/me", headers=speaking(language))

    assert (page.status_code, str(escape(sentence)) in page.text) == (404, True)
    assert told.json() == older.json() == {"code": "NotFound", "message": sentence, "field": None}


def test_who_is_signed_in_stays_so_at_an_address_that_does_not_exist(open_browser: Open) -> None:
    manager, stranger = open_browser().sign_in(Role.MANAGER), open_browser()

    assert manager.get("/nowhere/at/all").status_code == 404
    assert 'class="button main " href="/"' in manager.page.text
    assert 'href="/stock"' in manager.page.text, "the way around the pages stays, too"
    assert "/sign-in" not in manager.page.text
    assert '_csrf_token" value=""' not in manager.page.text, "its forms work: signing out, the other language"
    assert 'href="/sign-in"' in stranger.get("/nowhere/at/all").text
    manager.post("/sign-out")
    assert 'href="/sign-in"' in manager.get("/nowhere/at/all").text


def test_a_wrong_method_is_told_the_right_ones(program: TestClient[Litestar]) -> None:
    answer = program.delete("/api/v1/me", headers=JSON)

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_an_unreadable_request_is_told_what_was_expected_where(program: TestClient[Litestar]) -> None:
    answer = program.post("/api/v1/receptions", json={"site_id": "one", "donor_id": 1})

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert "int" in json.dumps(answer.json()["details"])
    assert "site_id" in json.dumps(answer.json()["details"])


def test_too_much_at_once_is_refused(program: TestClient[Litestar]) -> None:
    answer = program.post("/api/v1/receptions", content=b" " * (LARGEST_REQUEST + 1), headers=JSON)

    assert (answer.status_code, answer.json()["message"]) == (413, words("fr").text(SENTENCES[413]))


@pytest.mark.parametrize("path", ["/api/v1/sessions/entries", "/api/v1/intake/entries"])
def test_bytes_that_are_no_text_are_refused(program: TestClient[Litestar], path: str) -> None:
    entries = b'{"account_id": 1, "entries": [{"key": "\xff"}]}'

    answer = program.post(path, content=entries, headers=JSON)

    assert (answer.status_code, answer.json()["message"]) == (400, words("fr").text(SENTENCES[400]))


def test_brackets_within_brackets_without_end_are_refused(program: TestClient[Litestar]) -> None:
    answer = program.post("/api/v1/movements/undo", content=b"[" * 100_000, headers=JSON)

    assert (answer.status_code, answer.json()["message"]) == (400, words("fr").text(SENTENCES[400]))


@pytest.mark.parametrize(
    "path",
    [
        f"/sessions/{10**30}",
        f"/api/v1/sessions/{10**30}/visits",
        f"/api/v1/receptions/{2**63}",
        "/api/v1/scan?code=%00",
        "/api/v1/stock?q=%00",
        "/api/v1/cards/%00",
        "/api/v1/sessions?until=0001-01-01&since=9999-12-31",
        "/api/v1/reports/waste?since=0001-01-01&until=0001-01-01",
        "/api/v1/reports/waste?until=0001-01-01",
        "/api/v1/reports/waste?since=9999-12-31&until=9999-12-31",
        f"/labels/crates.pdf?lot=1&copies={10**30}",
    ],
)
def test_a_value_no_database_keeps_and_no_calendar_holds_is_no_fault_of_ours(
    program: TestClient[Litestar], path: str
) -> None:
    assert program.get(path).status_code in (200, 400, 404)


LONG = "9" * 5000
"""More figures than a number of Python's may be written with."""


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/open-door/check", {"adults": LONG}),
        ("/open-door/contact", {"name": "Ada", "phone": "06 39 98 12 34", "partner": "123456789x"}),
        ("/open-door/contact", {"name": "Ada", "phone": "06 39 98 12 34", "partner": LONG}),
        ("/workshops/1/attendance", {"came": "123456789012x"}),
        ("/accounts", {"organisation": LONG}),
        ("/donors/1", {"year": "000002020999"}),
    ],
)
def test_figures_no_form_would_send_are_no_fault_of_ours(open_browser: Open, path: str, fields: dict[str, str]) -> None:
    browser = open_browser().sign_in(Role.ADMINISTRATOR if path == "/accounts" else Role.COORDINATOR)

    answer = browser.get(path, **fields) if path == "/donors/1" else browser.post(path, **fields)

    assert answer.status_code < 500


def test_a_part_of_a_page_cannot_become_the_sign_in_page(open_browser: Open) -> None:
    client = open_browser().client
    headers = {"hx-request": "true", "hx-current-url": "http://testserver.local/sessions/3/plan?visit=2"}

    answer = client.get("/jobs/1", headers=headers, follow_redirects=False)

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/sessions/3/plan")


def test_a_refused_page_keeps_its_way_out(open_browser: Open) -> None:
    browser = open_browser()
    browser.get("/nowhere")
    stranger = browser.page.text
    browser.sign_in(Role.VOLUNTEER).get("/accounts")

    assert 'href="/sign-in"' in stranger
    assert browser.page.status_code == 403
    assert 'href="/"' in browser.page.text


def test_a_failure_shows_nothing_of_the_inside_and_logs_nothing_of_anybody(
    program: TestClient[Litestar], database: Database, logged: Callable[[], str]
) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE product_codes"))
    secret = program.headers["authorization"].split()[1]

    program.cookies["panier"] = "a-secret-cookie"
    told = program.get("/api/v1/scan", params={"code": "3017620422003"})
    page = program.get("/intake/date", params={"scan": "3017620422003", "typed": "Camille Martin"})
    said = logged()

    assert (told.status_code, page.status_code) == (500, 500)
    assert told.json() == {"code": "Failure", "message": words("fr").text(SENTENCES[500]), "field": None}
    assert str(escape(words("fr").text(SENTENCES[500]))) in page.text
    failures = [line for line in map(json.loads, said.splitlines()) if line["event"] == "failure"]
    assert [line["route"] for line in failures] == ["/api/v1/scan", "/intake/date"]
    assert any("catalogue.py" in line for line in failures[0]["error"])
    for personal in ("3017620422003", "Camille", "a-secret-cookie", secret, "product_codes"):
        assert personal not in said
    for inside in ("Traceback", ".py", "product_codes", "sqlalchemy"):
        assert inside not in told.text + page.text
