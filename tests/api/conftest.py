"""A small town served: the application over a database of each kind, and people signed in to it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.app import create_app
from api.house import House
from common.clock import Clock
from common.settings import Settings
from network.roles import Role
from network.tables import AuditEntry
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


def has_been_done(session: Session, action: str, subject: str) -> bool:
    """Whether it is kept that somebody did this."""
    kept = select(AuditEntry.account_id).where(AuditEntry.action == action, AuditEntry.subject == subject)
    return session.scalars(kept).first() is not None


class Applications:
    """Applications between two houses: making one takes longer than most tests, so each serves many in turn."""

    def __init__(self) -> None:
        self._free: list[Litestar] = []

    @contextmanager
    def serving(self, house: House, **client: Any) -> Iterator[TestClient[Litestar]]:
        """An application nobody else uses at this time: two clients of one wait for each other for ever."""
        app = self._free.pop() if self._free else create_app(house)
        app.state.house = house
        with TestClient(app, **client) as opened:
            yield opened
        self._free.append(app)


@pytest.fixture(scope="session")
def applications() -> Applications:
    return Applications()


@pytest.fixture
def house(database_url: str, clock: Clock, key_file: Path) -> Iterator[House]:
    house = House.of(Settings(database_url=database_url, secret="for tests only", identity_keys=key_file), clock)
    yield house
    # A client that was never entered ends without the shutdown that gives connections back.
    house.registry.close()


@pytest.fixture
def open_browser(house: House, town: Town, applications: Applications) -> Iterator[Callable[[], Browser]]:
    """Opens as many browsers as a test has people, all over the one house."""
    with ExitStack() as open_ones:
        yield lambda: Browser(open_ones.enter_context(applications.serving(house)))


@pytest.fixture
def manager(open_browser: Callable[[], Browser]) -> Browser:
    """The manager, signed in: intake, plans, sessions, labels."""
    return open_browser().sign_in(Role.MANAGER)
