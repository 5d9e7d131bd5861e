"""Follows the links of the pages as somebody signed in would, and writes down where they lead."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx

MOST = 2
"""Addresses of one route, and as many with a query, followed for who comes there first: a list leads to a hundred, all
alike. For others it is one of each: whether they may go there, not what else there is."""

LINK = re.compile(r'<a [^>]*?href="([^"#]+)')
TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')
ELEMENT = re.compile(r"<(\w+)([^>]*)>")
ATTRIBUTE = re.compile(r'\b(class|role|type|scope)="([^"]*)"')
NAME = re.compile(r"(?:^|&)(\w+)=")
HOLES = {"int": r"\d+", "str": r"[^/]+", "path": r".+"}


@dataclass(frozen=True)
class Followed:
    """Where one link led."""

    route: str
    address: str
    linked_from: str
    status: int
    html: str
    """Empty where it is a file."""

    @property
    def dead_end(self) -> bool:
        """A link that leads to a refusal, away, or nowhere."""
        return bool(self.linked_from) and self.status != httpx.codes.OK

    def __str__(self) -> str:
        return f"{self.linked_from} leads to {self.address}: {self.status}"

    def elements(self) -> frozenset[str]:
        """What the page is made of, whatever its words: names of elements with their classes and kinds."""
        return frozenset(f"{name} {sorted(ATTRIBUTE.findall(rest))}" for name, rest in ELEMENT.findall(self.html))


class Routes:
    """The pages of the application, by the shape of their address."""

    def __init__(self, paths: Iterator[str]) -> None:
        fewest_holes_first = sorted(set(paths), key=lambda path: path.count("{"))
        self._patterns = {path: re.compile(_pattern(path)) for path in fewest_holes_first}

    def __iter__(self) -> Iterator[str]:
        return iter(self._patterns)

    def of(self, address: str) -> str | None:
        path = urlsplit(address).path
        return next((route for route, pattern in self._patterns.items() if pattern.fullmatch(path)), None)


def _pattern(path: str) -> str:
    parts = re.split(r"\{\w+:(\w+)\}", path)
    return "".join(HOLES[part] if n % 2 else re.escape(part) for n, part in enumerate(parts))


@contextmanager
def enter(address: str, login: str | None, password: str) -> Iterator[httpx.Client]:
    """Somebody without a browser: signed in, or nobody."""
    with httpx.Client(base_url=address, timeout=60) as client:
        found = TOKEN.search(client.get("/sign-in").text)
        assert found
        if login:
            form = {"login": login, "password": password, "_csrf_token": found[1]}
            assert client.post("/sign-in", data=form).status_code == httpx.codes.SEE_OTHER
        yield client


def follow(client: httpx.Client, routes: Routes, starts: list[str], known: frozenset[str]) -> Iterator[Followed]:
    """Every route that can be reached from these addresses by links alone, by a few of its addresses.

    `known` are the routes that others have reached before.
    """
    waiting = [(start, "") for start in starts]
    seen: defaultdict[str, set[str]] = defaultdict(set)
    while waiting:
        address, linked_from = waiting.pop(0)
        route = routes.of(address) or address
        kind, alike = f"{route} {'?' in address}", _alike(address)
        if alike in seen[kind] or len(seen[kind]) >= (1 if route in known else MOST):
            continue
        seen[kind].add(alike)
        answer = client.get(address)
        html = answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""
        yield Followed(route, address, linked_from, answer.status_code, html)
        waiting += [(urljoin(address, unescape(link)), address) for link in LINK.findall(html) if ":" not in link[:8]]


def _alike(address: str) -> str:
    """An address without the values it asks for: the same list, sorted or filtered otherwise."""
    parts = urlsplit(address)
    return f"{parts.path}?{sorted(NAME.findall(parts.query))}"
