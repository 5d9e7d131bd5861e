"""Every route, as nobody and as every role: who may not is refused, who may is let in, and nothing breaks.

Who may does not hang on the database: on PostgreSQL each route is asked by one who may, so that none breaks there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from litestar import get
from litestar.testing import TestClient
from markupsafe import escape

from api.app import create_app
from api.door import HEADERS
from api.house import House
from api.pages import PAGES
from api.refusals import OLD_FORM
from api.security import API
from common.clock import Clock
from common.settings import Settings
from common.words import words
from network.roles import Role
from tests.api.walking import HOLE, MEANS_WRITTEN, WRITING, Step, Walker
from tests.databases import Maker, lent

V, D, M, S, C, A, P = Role
"""Volunteer, distribution, manager, social worker, coordinator, administrator, referral partner."""

ONLY_FOR = {
    r"/intake.*": {V, M, C, A},
    r"/stock(/lots/{lot:str})?|/at-risk": {V, D, M, S, C, A},
    r"/receptions/{reception_id:int}|/photos/{photo_id:int}": {V, D, M, S, C, A},
    r"/receptions/.*/(photos|finish|reopen)|/stock/lots/{lot:str}/photos|/photos/{photo_id:int}/removed": {V, M, C, A},
    r"/transfers": {V, D, M, S, C, A},
    r"/transfers/new|/transfers/{transfer_id:int}/call-back": {V, M, C, A},
    r"/stock/lots/{lot:str}/(shelf.*|move|split|block|date)": {V, M, C, A},
    r"/stock/lots/{lot:str}/(release|freeze)": {M, C},
    r"/temperatures/(log.*|{place_id:int})": {V, D, M, S, C, A},
    r"/temperatures/{place_id:int}/.*": {V, M, C, A},
    r"/api/v1/temperatures": {V, D, M, S, C, A},
    r"/api/v1/temperatures/{place_id:int}": {V, M, C, A},
    r"/counts(/{count_id:int}/(scans|tallies.*|anew|nothing))?": {V, M, C, A},
    r"/counts/{count_id:int}/(differences.*|drop|take-up)": {M, C},
    r"/stock/lots/.*/loss.*|/at-risk/write-off.*": {V, M, C, A},
    r"/sessions": {D, M, S, C},
    r"/sessions/{session_id:int}": {D, M, S, C},
    r"/sessions/(calendar|announced).*": {M, C},
    r"/sessions/offline|/api/v1/sessions/entries|/api/v1/sessions/{session_id:int}/counter-(kit|offers|till)": {D, M},
    r"/sessions/{session_id:int}/picking(/.*)?": {D, M},
    r"(/api/v1)?/sessions/{session_id:int}/lines/{line_id:int}/lost": {D, M},
    r"/sessions/{session_id:int}/(attendance|deliveries)": {D, M, S, C},
    r"/households/{household_id:int}/(proxies|delivery).*": {S},
    r"/sessions/{session_id:int}/plan.*": {M, C},
    r"/sessions/{session_id:int}/visits/.*": {D, M},
    r"/households(/{household_id:int})?": {D, M, S, C},
    r"/households/{household_id:int}/(card|decision|decision.pdf|needs|needs/.*|remainder)": {S},
    r"/recalls/{notice_id:int}(/notice.pdf)?|/api/v1/recalls": {V, D, M, S, C, A},
    r"/recalls/check|/recalls/{notice_id:int}/lots/.*": {M, C},
    r"/households/(search|new.*|import.*)|/households/{household_id:int}/(file|identity|entitlement|appeal.*|end)": {S},
    r"/households/{household_id:int}/(objection|forget|committee|export.*|rights|moves.*)": {S},
    r"/jobs.*|/orders": {M, C},
    r"/orders/vote": {C},
    r"/donors/{donor_id:int}": {V, D, M, S, C, A},
    r"/donors/{donor_id:int}/agreement": {M, C},
    r"/catalogue": {V, D, M, S, C, A},
    r"/catalogue/{product_id:int}/.*": {V, M, C, A},
    r"/households/{household_id:int}/referrals.*|/first-contacts.*": {S},
    r"/referrals.*": {S, P},
    r"/moves.*": {S},
    r"/workshops.*": {D, M, S, C},
    r"/partners": {S, C},
    r"/partners/.*": {C},
    r"/indicators(.csv)?": {V, D, M, S, C, A, P},
    r"/emergency": {D, M, S},
    r"/emergency/{parcel_id:int}/settled": {S},
    r"/scales|/multiple-aid": {C},
    r"/labels.*": {V, D, M, C},
    r"/gifts.*": {M, C},
    r"/households/cards.pdf": {D, M, S, C},
    r"/waste.*": {V, D, M, S, C, A, P},
    r"/accounts.*|/rules.*|/metrics": {A},
    r"/api/v1/(donors|scan|intake/(kit|entries)|receptions.*|movements.*)": {V, M, C, A},
    r"/api/v1/(stock(/products/.*|/lots/{lot:str})?|at-risk.*|transfers/{transfer_id:int})": {V, D, M, S, C, A},
    r"/api/v1/stock/lots/{lot:str}/(move|block|split|date|losses|photos)": {V, M, C, A},
    r"/api/v1/stock/lots/{lot:str}/(release|freeze)": {M, C},
    r"/api/v1/transfers/{transfer_id:int}/(arrival|call-back)": {V, M, C, A},
    r"/api/v1/cards.*|/api/v1/households/{household_id:int}": {D, M, S, C},
    r"/api/v1/(households/{household_id:int}/)?moves.*": {S},
    r"/api/v1/sessions|/api/v1/sessions/.*/visits": {D, M, S, C},
    r"/api/v1/sessions/calendar|/api/v1/announced.*": {M, C},
    r"/api/v1/sessions/{session_id:int}/picking": {D, M},
    r"/api/v1/sessions/{session_id:int}/deliveries": {D, M, S, C},
    r"/api/v1/sessions/.*/proposals|/api/v1/(jobs|proposals).*": {M, C},
    r"/api/v1/visits.*": {D, M},
    r"/api/v1/reports.*": {V, D, M, S, C, A, P},
    r"/|/search|/sign-out|/api/v1/me|/api/v1/sign-ins/current": {V, D, M, S, C, A, P},
}
"""The access matrix, said a second time: what no line speaks of is either open to anyone, or in `BY_METHOD`."""

BY_METHOD = {
    ("GET", "/temperatures"): {V, D, M, S, C, A},
    ("POST", "/temperatures"): {V, M, C, A},
    ("GET", "/counts"): {V, D, M, S, C, A},
    ("GET", "/counts/{count_id:int}"): {V, D, M, S, C, A},
    ("GET", "/api/v1/transfers"): {V, D, M, S, C, A},
    ("POST", "/api/v1/transfers"): {V, M, C, A},
    ("GET", "/api/v1/counts"): {V, D, M, S, C, A},
    ("POST", "/api/v1/counts"): {V, M, C, A},
    ("GET", "/api/v1/counts/{count_id:int}"): {V, D, M, S, C, A},
    ("POST", "/api/v1/counts/{count_id:int}/tallies"): {V, M, C, A},
    ("GET", "/donors"): {V, D, M, S, C, A},
    ("POST", "/donors"): {M, C},
    ("GET", "/catalogue/{product_id:int}"): {V, D, M, S, C, A},
    ("POST", "/catalogue/{product_id:int}"): {V, M, C, A},
    ("POST", "/catalogue/articles"): {V, M, C, A},
    ("POST", "/waste/returns/published"): {M, C, A},
    ("POST", "/waste/habit"): {M, C},
    ("GET", "/transfers/{transfer_id:int}"): {V, D, M, S, C, A},
    ("POST", "/transfers/{transfer_id:int}"): {V, M, C, A},
    ("GET", "/recalls"): {V, D, M, S, C, A},
    ("POST", "/recalls"): {M, C},
    ("GET", "/sessions/{session_id:int}/closing"): {D, M, S, C},
    ("GET", "/places"): {V, D, M, S, C, A},
    ("POST", "/places"): {M, C},
    ("POST", "/places/{place_id:int}"): {M, C},
    ("POST", "/places/{place_id:int}/retired"): {M, C},
    ("POST", "/places/{place_id:int}/used-again"): {M, C},
    ("POST", "/labels/printers"): {M, C},
    ("POST", "/labels/printers/{printer_id:int}"): {M, C},
    ("POST", "/labels/printers/{printer_id:int}/removed"): {M, C},
    ("POST", "/labels/stocks"): {M, C},
    ("GET", "/labels/privacy.pdf"): {V, D, M, S, C},
    ("POST", "/workshops"): {S, C},
    ("POST", "/workshops/{workshop_id:int}/attendance"): {S, C},
    ("POST", "/sessions/{session_id:int}/closing"): {D, M},
    ("POST", "/sessions/{session_id:int}/closing/absent"): {D, M},
    ("POST", "/sessions/{session_id:int}/closing/settled"): {D, M},
    ("GET", "/sessions/{session_id:int}/spares"): {D, M},
    ("POST", "/api/v1/sessions/{session_id:int}/settlement"): {D, M},
    ("POST", "/sessions/{session_id:int}/closing/dates"): {D, M},
    ("POST", "/sessions/{session_id:int}/closing/cash"): {D, M},
    ("POST", "/sessions/{session_id:int}/closing/reopening"): {M, C},
    ("GET", "/sessions/{session_id:int}/baskets.pdf"): {V, D, M, C},
    ("GET", "/sessions/{session_id:int}/attendance.pdf"): {D, M, S, C},
    ("GET", "/sessions/{session_id:int}/deliveries.pdf"): {D, M, S, C},
    ("GET", "/sessions/{session_id:int}/picking.pdf"): {V, D, M, C},
    ("GET", "/api/v1/sessions/{session_id:int}/closing"): {D, M, S, C},
    ("POST", "/api/v1/sessions/{session_id:int}/closing"): {D, M},
    ("POST", "/api/v1/sessions/{session_id:int}/date-check"): {D, M},
}

OPEN = {
    "/sign-in",
    "/manifest.webmanifest",
    "/sw.js",
    "/trust",
    "/trust/authority",
    "/open-door",
    "/open-door/check",
    "/open-door/contact",
    "/language/{language:str}",
    "/healthz",
    "/readyz",
    "/api/v1/sign-ins",
    "/api/v1/openapi",
    "/api/v1/openapi/openapi.json",
    "/api/v1/openapi/{path:str}",
    "/static/{file_path:path}",
    "/favicon.ico",
}


@contextmanager
def walking(maker: Maker, key_file: Path, clock: Clock) -> Iterator[Walker]:
    with lent(maker, maker.migrated()) as url:
        settings = Settings(database_url=url, secret="for tests only", secure_cookies=True, identity_keys=key_file)
        walker = Walker(House.of(settings, clock))
        with walker.client:
            yield walker


@pytest.fixture(scope="module")
def walker(sqlite_maker: Maker, key_file: Path, monday: Clock) -> Iterator[Walker]:
    with walking(sqlite_maker, key_file, monday) as walker:
        yield walker


@pytest.fixture(scope="module")
def steps(walker: Walker) -> list[Step]:
    return walker.walk()


def told(wrong: list[Step]) -> str:
    return "\n".join(map(str, wrong))


def test_the_walk_is_long(steps: list[Step]) -> None:
    assert len({(step.method, step.route) for step in steps}) > 60
    assert {step.role for step in steps} == {None, *Role}


def test_who_may_not_is_refused(steps: list[Step]) -> None:
    wrong = [step for step in steps if not step.may and not step.refused]

    assert not wrong, told(wrong)


def test_who_may_is_let_in(steps: list[Step]) -> None:
    wrong = [step for step in steps if step.may and step.refused]

    assert not wrong, told(wrong)


def test_nobody_is_sent_to_sign_in_by_pages_and_told_so_by_the_interface(steps: list[Step]) -> None:
    closed = [step for step in steps if step.role is None and not step.may]

    for step in closed:
        if step.api:
            assert (step.answer.status_code, step.answer.json()["code"]) == (401, "Unauthorized"), str(step)
        else:
            assert step.answer.status_code == 303, str(step)
            assert step.answer.headers["location"].startswith("/sign-in?next=/"), str(step)


def test_somebody_without_the_right_is_told_so(steps: list[Step]) -> None:
    closed = [step for step in steps if step.role is not None and not step.may]

    assert {step.answer.status_code for step in closed} == {403}
    assert {step.answer.headers["content-type"] for step in closed if step.api} == {"application/json"}
    assert {step.answer.headers["content-type"] for step in closed if not step.api} == {"text/html; charset=utf-8"}


def test_nothing_breaks_whoever_asks(steps: list[Step]) -> None:
    wrong = [step for step in steps if step.answer.status_code >= 500]

    assert not wrong, told(wrong)


def test_nothing_breaks_on_postgresql(postgresql_maker: Maker, key_file: Path, monday: Clock) -> None:
    with walking(postgresql_maker, key_file, monday) as walker:
        wrong = [step for step in walker.walk_once() if step.refused or step.answer.status_code >= 500]

    assert not wrong, told(wrong)


def test_the_routes_ask_for_what_the_access_matrix_says(walker: Walker) -> None:
    for method, route, guard in walker.routes():
        allowed = {role for role, person in walker.people.items() if role and guard.allows(person)}
        assert allowed == expected(method, route), f"{method} {route}"
        assert guard.allows(None) == (route in OPEN), f"{method} {route}"


def expected(method: str, route: str) -> set[Role]:
    """Who may use a route, by the matrix; a route nobody thought of is nobody's."""
    if route in OPEN:
        return set(Role)
    lines = [roles for pattern, roles in ONLY_FOR.items() if re.fullmatch(pattern, route)]
    return BY_METHOD.get((method, route)) or (lines[0] if len(lines) == 1 else set())


def test_only_who_opens_files_sees_what_a_household_lives_on(steps: list[Step]) -> None:
    saw = {step.role for step in steps if MEANS_WRITTEN.search(step.answer.text)}

    assert saw == {Role.SOCIAL_WORKER}


def test_every_answer_carries_the_careful_headers(walker: Walker, steps: list[Step]) -> None:
    answers = [step.answer for step in steps]
    answers += [walker.client.get("/nowhere"), walker.client.put("/sign-in"), walker.client.get("/static/nothing.css")]

    assert {answer.status_code for answer in answers[-3:]} == {404, 405}
    for answer in answers:
        assert HEADERS.items() <= dict(answer.headers).items(), answer.request.url
        assert "max-age" in answer.headers["strict-transport-security"]


def test_only_files_whose_address_follows_their_content_are_kept_by_browsers(walker: Walker, steps: list[Step]) -> None:
    kept = {step.answer.headers["cache-control"] for step in steps if not step.route.startswith("/static")}
    page = walker.client.get("/sign-in").text
    versioned = re.findall(r'"(/static/[^"]+\?v=\w+)"', page)

    assert kept == {"no-store"}
    assert versioned
    for path in versioned:
        assert "immutable" in walker.client.get(path).headers["cache-control"]
    assert walker.client.get("/static/js/hands.js").headers["cache-control"] == "no-cache"


def test_every_cookie_is_kept_from_scripts_and_other_sites_and_open_lines(walker: Walker, steps: list[Step]) -> None:
    first = TestClient(walker.app, base_url="https://valmont.example.org").get("/sign-in")
    cookies = [
        cookie
        for answer in (first, *(step.answer for step in steps))
        for cookie in answer.headers.get_list("set-cookie")
    ]

    assert {cookie.partition("=")[0] for cookie in cookies} >= {"panier", "panier-forms", "language"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "secure"} <= attributes, cookie.partition("=")[0]


def test_writes_of_the_interface_take_nothing_but_json(walker: Walker) -> None:
    writes = [
        (method, route) for method, route, _ in walker.routes() if route.startswith("/api/") and method in WRITING
    ]

    assert len(writes) > 10
    for method, route in writes:
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""):
            answer = walker.ask(Role.MANAGER, method, route, json=None, content=b"a=1", headers={"content-type": kind})
            assert answer.status_code in (415, 403), f"{method} {route} {kind}"


def test_a_form_without_its_token_is_refused_even_of_somebody_who_may_send_it(walker: Walker) -> None:
    forms = [
        (method, route, guard) for method, route, guard in walker.routes() if method in WRITING and API not in route
    ]

    assert len(forms) > 20
    for method, route, guard in forms:
        role = walker.one_who_may(guard)
        none = walker.ask(role, method, route, token=False)
        forged = walker.ask(role, method, route, token=False, headers={"x-csrftoken": "0" * 128})
        assert (none.status_code, forged.status_code) == (403, 403), f"{method} {route}"


def test_a_form_with_the_token_of_another_browser_is_refused(walker: Walker) -> None:
    other = TestClient(walker.app, base_url="https://valmont.example.org")
    other.get("/sign-in")

    answer = walker.ask(None, "POST", "/sign-in", token=False, headers={"x-csrftoken": other.cookies["panier-forms"]})

    assert answer.status_code == 403
    assert escape(words("fr").text(OLD_FORM)) in answer.text


def test_an_application_with_a_route_for_nobody_knows_whom_does_not_start(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "what nobody was meant to see"

    monkeypatch.setattr("api.app.PAGES", [*PAGES, forgotten])

    with pytest.raises(RuntimeError, match="/forgotten"):
        create_app(walker.house)


def test_every_hole_of_an_address_is_filled_by_the_walk(steps: list[Step]) -> None:
    assert not [step.route for step in steps if "{" in HOLE.sub("", step.route)]
