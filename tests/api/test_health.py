"""Whoever watches the machine: alive, ready, figures and logs — and none of them about a person."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from api import log
from api.app import create_app
from api.house import House
from api.meters import FORWARDED
from common.clock import Clock
from common.database import Database
from common.jobs import ask
from common.settings import Settings
from network.roles import Role
from tests.api.conftest import Browser


class FromHere:
    """Makes every request of a test come from the server's own machine."""

    def __init__(self, app: Litestar) -> None:
        self.inside = app.asgi_handler

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["client"] = ("127.0.0.1", 50_000)
        await self.inside(scope, receive, send)


@pytest.fixture
def local(house: House) -> Iterator[TestClient[Litestar]]:
    """A program on the server's own machine."""
    app = create_app(house)
    app.asgi_handler = FromHere(app)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, object]]]]:
    log.configure("info")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    log.configure("warning")


def test_the_server_says_it_is_alive_and_ready(open_browser: Callable[[], Browser]) -> None:
    client = open_browser().client

    assert (client.get("/healthz").text, client.get("/readyz").text) == ("ok", "ok")


def test_without_its_database_a_server_is_alive_but_not_ready() -> None:
    house = House.of(Settings(database_url="sqlite:////nowhere/at/all.sqlite", secret="for tests only"))
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 500


def test_figures_are_for_this_machine_and_for_administrators(open_browser: Callable[[], Browser], house: House) -> None:
    browser = open_browser()
    stranger = browser.client.get("/metrics", follow_redirects=False)
    manager = browser.sign_in(Role.MANAGER).client.get("/metrics")
    administrator = open_browser().sign_in(Role.ADMINISTRATOR).client.get("/metrics")

    assert (stranger.status_code, manager.status_code, administrator.status_code) == (303, 403, 200)


def test_figures_are_not_for_who_only_looks_like_this_machine(local: TestClient[Litestar]) -> None:
    forwarded = [
        local.get("/metrics", headers={name: "203.0.113.9"}, follow_redirects=False).status_code for name in FORWARDED
    ]

    assert local.get("/metrics").status_code == 200
    assert forwarded == [303] * len(FORWARDED)


def test_requests_are_counted_by_route_and_status(local: TestClient[Litestar]) -> None:
    for path in ("/sessions/12345", "/sessions/67890", "/nowhere/at/all"):
        local.get(path, follow_redirects=False)
    local.request("SPELL", "/sign-in")

    figures = local.get("/metrics").text

    assert 'count{method="GET",route="/sessions/{session_id}",status="303"} 2.0' in figures
    assert 'count{method="GET",route="unknown",status="404"} 1.0' in figures
    assert 'method="other"' in figures
    for address in ("12345", "nowhere", "SPELL"):
        assert address not in figures


def test_waiting_jobs_are_counted(local: TestClient[Litestar], database: Database, clock: Clock) -> None:
    local.get("/readyz")
    with database.writing() as session:
        for _ in range(3):
            ask(session, "propose", {}, clock.stamp())

    assert "panier_jobs_waiting 3.0" in local.get("/metrics").text


def test_a_request_is_logged_by_its_route_and_by_nothing_that_was_sent(
    open_browser: Callable[[], Browser], log_lines: Callable[[], list[dict[str, object]]]
) -> None:
    browser = open_browser().sign_in(Role.MANAGER)
    log_lines()

    browser.client.get("/sessions/1", params={"card": "Camille"}, headers={"user-agent": "Camille's tablet"})
    browser.client.get("/Camille")
    lines = log_lines()

    assert [(line["event"], line["method"], line["route"], line["status"]) for line in lines] == [
        ("request", "GET", "/sessions/{session_id}", 200),
        ("request", "GET", "unknown", 404),
    ]
    assert all(set(line) == {"event", "level", "timestamp", "method", "route", "status", "ms"} for line in lines)
    assert "Camille" not in str(lines)


def test_an_error_is_logged_with_its_places_and_without_its_words(
    log_lines: Callable[[], list[dict[str, object]]],
) -> None:
    try:
        try:
            int("Camille Martin")
        except ValueError as error:
            raise KeyError("Camille Martin") from error
    except KeyError as error:
        structlog.get_logger().error("failure", exc_info=error)

    (line,) = log_lines()
    told = line["error"]
    assert isinstance(told, list)
    assert [part for part in told if not part.startswith(" ")] == ["builtins.KeyError", "builtins.ValueError"]
    assert "  tests/api/test_health.py" in told[1]
    assert "Camille" not in str(line)
