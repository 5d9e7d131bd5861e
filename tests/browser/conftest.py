"""The real server and its worker over a small town of today, and people with a real browser."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from allocation import baskets, handover, proposals, sessions
from allocation.handover import Sheet, SheetLine
from allocation.sessions import expect_usual, plan_session
from common.clock import Clock
from common.database import Database
from households.tables import Household
from network.roles import Role
from tests import small_town
from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.serving import ANSWERING, STARTING, Server, serving
from tests.databases import SqliteMaker, lent
from tests.small_town import BEANS, MILK, PASTA, YOGHURT, Arrival, Town

expect.set_options(timeout=ANSWERING * 1000)

HASTE = 0.02
"""How hard the baskets a journey begins with are worked on: they need not be good, only there."""

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Served:
    """A town behind an address. Each journey has a session of its own, so that none waits for another."""

    address: str
    town: Town
    drafted_id: int
    drafted_basket: str
    drafted_lot: str
    """A session whose baskets are proposed, one of them, and something in it."""
    ready_id: int
    """A session whose baskets are confirmed, to look at."""
    today_id: int
    """Today's session, its baskets confirmed, to hand over."""
    lot: str
    visit_id: int
    """Somebody expected at the session to look at."""
    card: str
    """Somebody expected today."""
    line: str
    grams: int
    """Something dry in their basket and its weight."""
    cold: str
    """Something chilled in it."""
    shop_id: int
    buyer_id: int
    """A session of the shop, and somebody expected there with money left this month."""


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Served]:
    """The small town of today, served."""
    with lent(sqlite_maker, sqlite_maker.migrated()) as url:
        server = Server(url, tmp_path_factory.mktemp("server") / "log")
        served = _settle(url, server.address)
        with serving(server):
            yield served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, stopped with the last test of this folder: its event loop would be in the way of other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS, timeout=STARTING * 1000)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser of their own, and what that browser complained about."""

    context: BrowserContext
    page: Page
    complaints: list[str]

    def sign_in(self, role: Role) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("Votre identifiant").fill(role.value)
        self.page.get_by_label("Mot de passe").fill(small_town.PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url(lambda url: not url.endswith("/sign-in"))


Opening = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Opening]:
    """Opens a browser for a person of this role, signed in; at the end, none may have complained or gone elsewhere."""
    people: list[Person] = []

    def open_one(role: Role | None = None, **options: Any) -> Page:
        person = at_a_browser(browser, served.address, options)
        people.append(person)
        if role:
            person.sign_in(role)
        return person.page

    yield open_one
    for person in people:
        person.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


def at_a_browser(browser: Browser, address: str, options: dict[str, Any]) -> Person:
    # Nothing moves: a colour on its way from light to dark is not the colour one reads.
    usual = {"base_url": address, "locale": "fr-FR", "viewport": LAPTOP, "reduced_motion": "reduce"}
    context = browser.new_context(**usual | options)
    context.set_default_timeout(ANSWERING * 1000)
    page, complaints = context.new_page(), list[str]()

    def watch(request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(f"{address}/"):
            complaints.append(f"went to {request.url}")

    context.on("request", watch)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: complaints.append(f"{page.url}: {said.text}") if said.type in ("error", "warning") else None,
    )
    return Person(context, page, complaints)


def _settle(url: str, address: str) -> Served:
    """The town of today: food on the shelves, a session for each journey."""
    clock, database = Clock(), Database(url)
    try:
        today = clock.today()
        town = small_town.build(database, clock, session_on=today + dt.timedelta(days=4))
        today_id, ready_id, drafted_id = (_session(database, town, today + dt.timedelta(days=n)) for n in range(3))
        for session_id in (today_id, ready_id):
            lot = stock_up(database, town, clock)
            plan_id = proposals.propose(database, session_id, clock.stamp(), effort=HASTE)
            with database.writing() as session:
                baskets.confirm(session, plan_id, clock.stamp())
        stock_up(database, town, clock)
        # Of more dates than a basket has lines, so that there is something to swap for.
        plenty = [Arrival(each, units=30, date=f"+{80 + 20 * n}") for each in (PASTA, BEANS, MILK) for n in range(6)]
        small_town.receive(database, town, clock, *plenty)
        proposals.propose(database, drafted_id, clock.stamp(), effort=HASTE)
        with database.writing() as session:
            shop = plan_session(session, town.site_id, today + dt.timedelta(days=3), "shop")
            session.get_one(Household, town.household_ids[1]).monthly_cents = 4500
            (buyer,) = sessions.expect(session, shop.id, [town.household_ids[1]])
            shop_id, buyer_id = shop.id, buyer.id
        with database.reading() as session:
            first = next(s for s in handover.sheets(session, today_id) if _of(s, "dry") and _of(s, "chilled"))
            looked_at = handover.sheets(session, ready_id)[0]
            drafted = proposals.latest(session, drafted_id)
            assert drafted is not None
            # A plan looks ahead: only some of its lines are for this session.
            here = {sheet.basket for sheet in handover.sheets(session, drafted_id)}
            proposed = next(give for give in drafted.plan["give"] if give["visit"] in here)
        line, cold = _of(first, "dry")[0], _of(first, "chilled")[0]
        return Served(
            address,
            town,
            drafted_id,
            proposed["visit"],
            proposed["lot"],
            ready_id,
            today_id,
            lot,
            looked_at.visit_id,
            first.card,
            line.product,
            line.grams,
            cold.product,
            shop_id,
            buyer_id,
        )
    finally:
        database.close()


def _of(sheet: Sheet, storage: str) -> list[SheetLine]:
    return [line for line in sheet.lines if line.storage == storage]


def _session(database: Database, town: Town, on: dt.date) -> int:
    with database.writing() as session:
        planned = plan_session(session, town.site_id, on, "free")
        expect_usual(session, planned)
        return planned.id


def stock_up(database: Database, town: Town, clock: Clock) -> str:
    """A little of everything, dated from today on; the code of one of the lots."""
    booked = small_town.receive(
        database,
        town,
        clock,
        Arrival(MILK, units=12, date="+90"),
        Arrival(YOGHURT, units=8, date="+6"),
        Arrival(PASTA, units=20, date="+200"),
        Arrival(BEANS, units=10, date="+300"),
        Arrival("ART-POMME", grams=6000),
    )
    return booked[0].lot_code
