"""Whatever a scanner, a keyboard or a bored hand sends into a field for a code is read or refused: nothing breaks.

What the parser makes of any text is shown in `tests/stock/test_codes.py`; here each route that takes a code gets bytes
of no alphabet, symbols cut in two, a French keyboard's letters, figures without end.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from httpx import Response
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import select

from api.app import create_app, handlers
from api.house import House
from common.clock import Clock
from common.database import Database
from common.settings import Settings
from network.roles import Role
from network.tables import Account
from stock.counts.register import open_count
from stock.proof import faults
from stock.tables import Product, Reception
from tests import a_day
from tests.api.conftest import Browser
from tests.small_town import MILK, Town

LONGEST = 4096


def noise(seed: int, length: int, among: bytes = bytes(range(256))) -> bytes:
    """Bytes that are the same in every run."""
    return bytes(random.Random(seed).choices(among, k=length))


WORST = [
    b"\x00",
    b"30176\x0020422003",
    b"\xed\xa0\x80" + MILK.encode(),
    b"9" * 400,
    "³０١²".encode(),
    noise(1, 300),
]
"""NUL, a lone surrogate, no end, figures that are no digits, bytes of no alphabet."""
HOSTILE = [
    *WORST,
    b"",
    b" \t\r\n",
    b"\xff\xfe\x80",
    "\u202e3017620422003\u200b\ufeff".encode(),
    b"9" * LONGEST,
    b"-" + b"9" * 40,
    b"1e999",
    noise(2, LONGEST),
    noise(3, 60),
    noise(4, 900, b"()01171015310 \x1d|~^/?=&%"),
    b"(01)" * 300,
    b"(01)03017620422003(17)999999(10)" + b"L" * 200,
    b"]d201030176204220031799999910" + b"\x1d" * 40,
    b"]C1" + b"3103" * 200,
    b"]Y",
    'à&à"à&è§éà\'éé"&è!((!'.encode(),
    "LOT)&é\"'(-è_ç".encode(),
    b"https://[::1/01/3017620422003?17=",
    b"https://id.example/01/" + b"%00" * 60,
    b"LOT-" + b"Z" * 300,
    b"ART-'; DROP TABLE lots; --",
    b"../../etc/passwd%00<script>alert(1)</script>",
    b"2123450012343",
    MILK.encode(),
]
NAMES = {"scan", "code", "q", "card"}
READ = [
    "/intake?scan={code}",
    "/intake/date?typed=28/11&scan={code}",
    "/intake/date?typed={code}&scan=3017620422003",
    "/api/v1/scan?code={code}",
    "/api/v1/scan?code={code}&donor_id={donor}",
    "/api/v1/cards/{code}",
    "/api/v1/stock/lots/{code}",
    "/api/v1/stock?q={code}",
    "/api/v1/sessions/{session}/picking?basket={code}",
    "/stock?q={code}",
    "/stock/lots/{code}",
    "/catalogue?q={code}",
    "/transfers/new?q={code}",
    "/households?q={code}",
    "/households/cards.pdf?card={code}",
    "/sessions/{session}?card={code}",
    "/sessions/{session}/spares?card={code}",
    "/sessions/{session}/picking?basket={code}",
]
SENT = [
    ("/search", "q", {}),
    ("/intake/lines", "scan", {"units": "1", "typed": "+30", "reception": "{reception}"}),
    ("/intake/lines", "lot", {"scan": MILK, "units": "1", "typed": "+30", "reception": "{reception}"}),
    ("/intake/refusals", "scan", {"reason": "pack_open", "amount": "1", "reception": "{reception}"}),
    ("/intake/products", "code", {"name": "Riz", "family": "pasta_rice", "grams": "500"}),
    ("/donors", "code", {"name": "Ferme", "kind": "farm", "source": "donation", "payload": "price"}),
    ("/donors", "payload", {"name": "Ferme", "code": "FERME", "kind": "farm", "source": "donation"}),
    ("/labels/stocks", "code", {"written": "100 x 50"}),
    ("/catalogue/articles", "code", {"name": "Poires", "family": "fruit", "weighed": "1"}),
    ("/catalogue/{product}/codes", "code", {"units": "12"}),
    ("/catalogue/{product}/codes/{code}/forget", "", {}),
    ("/recalls", "code", {"label": "Lait", "reason": "listeria"}),
    ("/counts/{count}/scans", "scan", {"place": "{place}"}),
    ("/sessions/{session}/picking/scan", "code", {}),
    ("/sessions/{session}/visits/{visit}/items", "code", {}),
    ("/sessions/{session}/visits/{visit}/choice", "lot", {}),
    ("/sessions/{session}/visits/{visit}/choice", "lot", {"line": "{line}"}),
    ("/sessions/{session}/plan/lots/{code}/first", "", {}),
    ("/stock/lots/{code}/move", "", {"quantity": "1", "from": "{place}", "to": "{place}"}),
]
LINE = {"scan": "{code}", "units": 1, "date": "+30"}
SERVED = {"chosen": [{"lot": "{code}", "quantity": 1, "any_lot": True}], "lots": ["{code}"], "needs": ["{code}"]}
ENTRY = {"key": "{code}", "at": "2026-11-23T08:00:00Z"}
FROM_PROGRAMS: list[tuple[str, Any]] = [
    ("/receptions/{reception}/lines", LINE),
    ("/receptions/{reception}/lines", LINE | {"scan": MILK, "lot_number": "{code}", "date": "{code}"}),
    ("/intake/entries", {"account_id": 0, "entries": [ENTRY | {"donor_id": 1, "line": LINE}]}),
    ("/intake/entries", {"account_id": 0, "entries": [ENTRY | {"donor_id": 1, "line": LINE, "undo": 10**30}]}),
    (
        "/intake/entries",
        {"account_id": 0, "entries": [ENTRY | {"donor_id": 1, "refusal": {"scan": "{code}", "reason": "{code}"}}]},
    ),
    ("/sessions/{session}/picking", {"code": "{code}", "baskets": []}),
    ("/sessions/{session}/picking", {"code": MILK, "baskets": ["{code}"]}),
    (
        "/sessions/entries",
        {"account_id": 0, "entries": [ENTRY | {"session_id": 1, "visit_id": 1, "served": SERVED}]},
    ),
    ("/visits/{visit}/lines", {"lot": "{code}"}),
    ("/stock/lots/{code}/losses", {"quantity": 1, "cause": "quality", "exit": "biowaste"}),
]


@dataclass(frozen=True)
class Busy:
    """A town at work, and the numbers its addresses are made of."""

    browser: Browser
    there: dict[str, Any]

    def path(self, pattern: str, code: bytes) -> str:
        return pattern.format(**self.there, code=quote(code, safe=""))

    def get(self, pattern: str, code: bytes) -> Response:
        return self.browser.client.get(self.path(pattern, code), follow_redirects=False)

    def send(self, pattern: str, field: str, rest: dict[str, str], code: bytes) -> Response:
        """A form, its bytes as they are."""
        token = self.browser.client.cookies["panier-forms"]
        said = {"_csrf_token": token, **{name: text.format(**self.there) for name, text in rest.items()}}
        body = "&".join(f"{name}={quote(text)}" for name, text in said.items())
        body += f"&{field}={quote(code)}" if field else ""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.browser.client.post(self.path(pattern, code), content=body, headers=kind, follow_redirects=False)

    def tell(self, pattern: str, said: Any, code: bytes) -> Response:
        """What a program sends; a lone surrogate as JSON may write one."""
        text = msgspec.json.encode(said).decode().replace('"account_id":0', f'"account_id":{self.there["account"]}')
        shown = msgspec.json.encode(code.decode(errors="replace")).decode()[1:-1]
        shown = shown.replace("\ufffd", "\\ud800") if code.startswith(b"\xed") else shown
        body = text.replace("{code}", shown).encode()
        path = self.path(f"/api/v1{pattern}", code)
        return self.browser.client.post(path, content=body, headers={"content-type": "application/json"})


@pytest.fixture
def busy(manager: Browser, database: Database, clock: Clock, town: Town) -> Busy:
    """Baskets are confirmed and wait, a count and a reception are open."""
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    line = sheet.lines[0]
    with database.writing() as session:
        there = {
            "session": town.session_id,
            "visit": sheet.visit_id,
            "line": line.id,
            "count": open_count(session, town.site_id, clock.stamp()),
            "place": 1,
            "reception": session.scalars(select(Reception.id)).one(),
            "product": session.scalars(select(Product.id).order_by(Product.id)).first(),
            "donor": town.donor_id,
            "account": session.scalars(select(Account.id).where(Account.login == Role.MANAGER.value)).one(),
        }
    return Busy(manager, there)


def codes_for(nth: int) -> list[bytes]:
    """What the nth route gets: every route some of the worst, and each code some routes."""
    worst = [WORST[(nth + k) % len(WORST)] for k in range(2)]
    return worst + [HOSTILE[(nth * 2 + k) % len(HOSTILE)] for k in range(2)]


def answers(busy: Busy) -> Iterator[tuple[str, bytes, Response]]:
    """Every route with its codes."""
    asked: list[tuple[str, Callable[[bytes], Response]]] = [
        *((pattern, partial(busy.get, pattern)) for pattern in READ),
        *((pattern, partial(busy.send, pattern, field, rest)) for pattern, field, rest in SENT),
        *((pattern, partial(busy.tell, pattern, said)) for pattern, said in FROM_PROGRAMS),
    ]
    for nth, (pattern, ask) in enumerate(asked):
        for code in codes_for(nth):
            yield pattern, code, ask(code)


def test_whatever_is_scanned_is_read_or_refused_on_every_route(busy: Busy, database: Database) -> None:
    """Nothing breaks, and what was booked meanwhile still adds up."""
    broken = [
        f"{route} {code[:40]!r}: {answer.status_code}"
        for route, code, answer in answers(busy)
        if answer.status_code >= 500
    ]

    assert not broken, "\n".join(broken)
    with database.reading() as session:
        assert faults(session) == []


def test_no_route_that_takes_a_code_is_forgotten(monday: Clock, key_file: Path) -> None:
    """By the names of what it takes; a form that is read field by field is known by its own test only."""
    app = create_app(
        House.of(Settings(database_url="sqlite://", secret="for tests only", identity_keys=key_file), monday)
    )
    tried = [pattern.partition("?")[0] for pattern in (*READ, *(sent[0] for sent in SENT))]
    tried += ["/api/v1" + pattern for pattern, _ in FROM_PROGRAMS]
    shapes = {re.sub(r"\{\w+\}", "{}", pattern) for pattern in tried}
    routes: dict[str, set[str]] = {}
    for route, handler in handlers(app):
        routes.setdefault(re.sub(r"\{\w+:\w+\}", "{}", route.path), set()).update(takes(handler) & NAMES)

    assert shapes <= set(routes)
    assert {path for path, names in routes.items() if names} - shapes == set()


def takes(handler: HTTPRouteHandler) -> set[str]:
    """The names of everything a route takes: of its address, its query, its form or its body."""
    fields = handler.parsed_fn_signature.parameters
    body = fields["data"].annotation if "data" in fields else None
    return {*fields, *getattr(body, "__annotations__", {})}
