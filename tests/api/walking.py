"""Walks every route of the application as nobody and as every role, and writes down what each answer was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from api.app import create_app, guard_of, handlers
from api.house import House
from api.security import API, May
from households.living_remainder import Line
from households.reference import scales
from households.register import decide
from network.accounts import Person, sign_in
from network.roles import Role
from tests import small_town
from tests.small_town import PASSWORD

MEANS = 123_456
"""Monthly wages of the first household, in cents: a figure that only who opens files may see."""
MEANS_WRITTEN = re.compile(r"(?<!\w)(1.?234[,.]56|123456)(?!\w)")
"""It stands by itself: the same figures come by chance in the anti-forgery token of one page in many thousands."""
VALUES = {"account_id": "999", "job_id": "999", "language": "en", "file_path": "css/base.css", "path": "nothing"}
"""What stands in an address; `1` in the other places: a lot, a session, a household that exist."""
CREDENTIALS = {"login": Role.MANAGER.value, "password": PASSWORD}
BODIES = {"/sign-in": CREDENTIALS, "/api/v1/sign-ins": CREDENTIALS}
LAST = {"/sign-out", "/api/v1/sign-ins/current"}
"""After these the secret of the walk is worth nothing."""
HOLE = re.compile(r"\{(\w+):\w+\}")
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Step:
    """One request of the walk and its answer."""

    role: Role | None
    method: str
    route: str
    may: bool
    answer: Response

    @property
    def api(self) -> bool:
        return self.route.startswith(API)

    @property
    def refused(self) -> bool:
        """Sent to sign in, or told that this is not for them."""
        to_the_door = self.answer.headers.get("location", "").startswith("/sign-in?next=")
        return self.answer.status_code in (401, 403) or to_the_door

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} {self.method} {self.route}: {self.answer.status_code}"


class Walker:
    """A served town of a known population, and a way to ask it anything as anybody."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app = create_app(house)
        self.client: TestClient[Litestar] = TestClient(
            self.app, base_url="https://valmont.example.org", raise_server_exceptions=False
        )
        self.database = house.registry.database("valmont.example.org")
        self.values = dict(VALUES)
        self._settle()
        entered = {role: self.enter(role) for role in Role}
        self.tokens = {role: token for role, (token, _) in entered.items()}
        self.people: dict[Role | None, Person | None] = {None: None} | {r: person for r, (_, person) in entered.items()}

    def _settle(self) -> None:
        town = small_town.build(self.database, self.house.clock)
        small_town.stock_up(self.database, town, self.house.clock)
        worker = self.enter_as(Role.SOCIAL_WORKER.value)[1]
        with self.database.writing() as session:
            decide(
                session,
                town.household_ids[0],
                scale=scales()[0],
                lines=[Line("wages", MEANS)],
                outcome="admitted",
                reason="committee",
                stamp=self.house.clock.stamp(worker.id),
                valid_until=small_town.FRIDAY,
            )

    def enter(self, role: Role) -> tuple[str, Person]:
        """A fresh secret for this role, and who it is for."""
        return self.enter_as(role.value)

    def enter_as(self, login: str) -> tuple[str, Person]:
        now, lasting = self.house.clock.stamp(), self.house.lasting
        return sign_in(self.database, login, PASSWORD, "walk", now, lasting)

    def routes(self) -> Iterator[tuple[str, str, May]]:
        for route, handler in handlers(self.app):
            guard = guard_of(handler)
            assert guard is not None
            for method in sorted(handler.http_methods):
                yield method, route.path, guard

    def ask(self, role: Role | None, method: str, route: str, *, token: bool = True, **request: Any) -> Response:
        """One request, as a program of our own would send it; without cookies but the anti-forgery one."""
        path = HOLE.sub(lambda hole: self.values.get(hole[1], "1"), route)
        headers = {"authorization": f"Bearer {self._secret(role, route)}"} if role else {}
        if method in WRITING and route.startswith(API):
            request = {"json": BODIES.get(route, {})} | request
        elif method in WRITING:
            request = {"data": BODIES.get(route, {"typed": ""})} | request
            headers |= {"x-csrftoken": self.forms_token()} if token else {}
        headers |= request.pop("headers", {})
        answer = self.client.request(method, path, headers=headers, follow_redirects=False, **request)
        for cookie in [c for c in self.client.cookies if c != "panier-forms"]:
            self.client.cookies.delete(cookie)
        return answer

    def _secret(self, role: Role, route: str) -> str:
        return self.enter(role)[0] if route in LAST else self.tokens[role]

    def forms_token(self) -> str:
        if "panier-forms" not in self.client.cookies:
            self.client.get("/sign-in")
        return self.client.cookies["panier-forms"]

    def walk(self) -> list[Step]:
        """Every route, as nobody and as every role."""
        return [
            Step(role, method, route, guard.allows(person), self.ask(role, method, route))
            for role, person in self.people.items()
            for method, route, guard in self.routes()
        ]

    def walk_once(self) -> list[Step]:
        """Every route, as one who may."""
        asked = [(self.one_who_may(guard), method, route) for method, route, guard in self.routes()]
        return [Step(role, method, route, True, self.ask(role, method, route)) for role, method, route in asked]

    def one_who_may(self, guard: May) -> Role | None:
        return next(role for role, person in self.people.items() if guard.allows(person))
