"""A small town served: the application over a database of each kind, and people signed in to it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from api.app import create_app
from api.house import House
from common.clock import Clock
from common.database import Database
from common.settings import Settings
from network.roles import Role
from tests import small_town
from tests.small_town import Town


class Browser:
    """A person's browser: keeps cookies, sends the anti-forgery token with every form, follows the answer."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client
        self.page: Response = client.get("/sign-in")

    def get(self, path: str, **values: Any) -> Response:
        self.page = self.client.get(path, params=values)
        return self.page

    def post(self, path: str, **values: Any) -> Response:
        """Send a form and look at the page it leads to."""
        data = {"_csrf_token": self.client.cookies["panier-forms"], **values}
        self.page = self.client.post(path, data=data)
        return self.page

    def sign_in(self, role: Role) -> "Browser":
        form = {
            "login": role.value,
            "password": small_town.PASSWORD,
            "_csrf_token": self.client.cookies["panier-forms"],
        }
        answer = self.client.post("/sign-in", data=form, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return self

    @property
    def words(self) -> str:
        """What the page says, without its markup."""
        text = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", self.page.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", text)


@pytest.fixture
def town(database: Database, clock: Clock) -> Town:
    return small_town.build(database, clock)


@pytest.fixture
def house(database_url: str, clock: Clock, key_file: Path) -> Iterator[House]:
    house = House.of(Settings(database_url=database_url, secret="for tests only", identity_keys=key_file), clock)
    yield house
    # A client that was never entered ends without the shutdown that gives connections back.
    house.registry.close()


@pytest.fixture
def open_browser(house: House, town: Town) -> Iterator[Callable[[], Browser]]:
    """Opens as many browsers as a test has people; each has an application of its own, over the one house.

    Two test clients of one application wait for each other for ever when they are closed.
    """
    clients: list[TestClient[Litestar]] = []

    def open_one() -> Browser:
        client = TestClient(create_app(house))
        client.__enter__()
        clients.append(client)
        return Browser(client)

    yield open_one
    for client in reversed(clients):
        client.__exit__(None, None, None)


@pytest.fixture
def manager(open_browser: Callable[[], Browser]) -> Browser:
    """The manager, signed in: intake, plans, sessions, labels."""
    return open_browser().sign_in(Role.MANAGER)
