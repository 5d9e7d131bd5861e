"""Every page of the application over the demo: reached by links, readable by all in light and dark, as wide as a phone,
large enough for fingers.

The pages are those of the application's own routes: a page added tomorrow is looked at tomorrow.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, proposals, published, returns
from allocation.scope import Scope
from allocation.sessions import expect_usual, plan_session
from allocation.tables import DistributionSession, Visit
from api.app import create_app, handlers
from api.demo import PASSWORD, load_demo, network
from api.house import House
from common.clock import Clock, Stamp
from common.database import Database
from common.settings import Settings
from households.pickup import bring
from households.sealing import Seal
from network.partners import site_by_code
from network.roles import RIGHTS, Role
from tests.browser.conftest import HASTE, LAPTOP, PHONE, at_a_browser
from tests.browser.links import Routes, enter, follow
from tests.browser.serving import Server, serving
from tests.databases import SqliteMaker, lent

pytestmark = pytest.mark.browser

NO_LINK = {
    "/intake?scan=3257984635675": "what a scanner types",
    "/intake?scan=3250390000020": "what a scanner types, and nobody knows",
    "/search": "where the field on top leads",
    "/intake/offline": "what the service worker shows without network",
    "/sessions/offline": "what the service worker shows without network",
    "/trust": "its address stands on the paper and the terminal, for phones that trust nothing yet",
}
"""Pages one comes to otherwise than by a link, and how."""

NOT_LOOKED_AT = {
    "/intake/date": "what a typed date means, put into the page by its script",
    "/jobs/{job_id:int}": "how far long work is, put into the page by its script",
    "/sessions/{session_id:int}/visits/{visit_id:int}/receipt": "offered once somebody has paid",
    "/sessions/{session_id:int}/spares": "asked for card by card, by a form of the closing page",
    "/photos/{photo_id:int}": "a picture, where somebody took one of a damaged crate",
    "/labels/queue/newer": "asked for by the script of the page of the queue",
}
"""Routes that answer a part of a page, or a page there is no link to before something was done; and why."""

FILES = (".pdf", ".csv", ".xlsx", ".json", ".js", ".ico", ".webmanifest", "/template", "/authority", "z", "/metrics")
"""How the addresses end that answer no page."""

AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"], "preload": False}
COLOURS_AND_WORDS = EVERYTHING | {
    "runOnly": ["color-contrast", "link-in-text-block", "html-has-lang", "html-lang-valid", "button-name", "link-name"]
}
OK = 200
BY_ROLE = {account.role: account.login for account in reversed(network().accounts)}
WHO = [BY_ROLE[role] for role in sorted(BY_ROLE, key=lambda role: -len(RIGHTS[role]))]
"""Somebody of each role, who may do most first: others see the same pages with less on them."""
ZOOMED = {"width": 640, "height": 400}
"""What a laptop shows at 200 %."""

FEWER_ROWS = """() => {
  for (const row of document.querySelectorAll("main tr:nth-child(n+7), main li:nth-child(n+9)")) row.remove();
}"""
"""Rows after the sixth are like those above: looking at each of them would take most of the time."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker, key_file: Path) -> Iterator[str]:
    """The address of the demo, with what people do in their first hour there."""
    with lent(sqlite_maker, sqlite_maker.migrated()) as url:
        with closing(Database(url)) as database:
            load_demo(database, Clock(), Seal.read(key_file))
            _an_hour_later(database, Clock().stamp())
        log = tmp_path_factory.mktemp("demo") / "log"
        with serving(Server(url, log, PANIER_IDENTITY_KEYS=str(key_file))) as address:
            yield address


def _an_hour_later(database: Database, stamp: Stamp) -> None:
    """The manager's baskets of today are confirmed, one is brought home; the next session is at its second proposal."""
    later = select(DistributionSession.id).where(DistributionSession.on > stamp.on).order_by(DistributionSession.on)
    with database.writing() as session:
        first, second = _opened_today(session, stamp.on), session.scalars(later.limit(1)).one()
        comes = select(Visit.household_id).where(Visit.session_id == first)
        bring(session, session.scalars(comes.limit(1)).one(), 1, stamp.on + dt.timedelta(days=90), stamp)
        month = Scope(stamp.on - dt.timedelta(days=30), stamp.on)
        published.publish(session, returns.make_return(session, month, None), None, stamp)
    plan_id = proposals.propose(database, first, stamp, effort=HASTE)
    with database.writing() as session:
        baskets.confirm(session, plan_id, stamp)
    for _ in range(2):
        proposals.propose(database, second, stamp, effort=HASTE)


def _opened_today(session: Session, today: dt.date) -> int:
    """The manager's session of today: where the demo opens that site on another weekday, it opens today as well."""
    here = next(account.site for account in network().accounts if account.role == Role.MANAGER)
    site = site_by_code(session, here or "").id
    theirs = select(DistributionSession).where(DistributionSession.site_id == site, DistributionSession.on >= today)
    coming = session.scalars(theirs.order_by(DistributionSession.on).limit(1)).one()
    if coming.on > today:
        coming = plan_session(session, site, today, coming.channel)
        expect_usual(session, coming)
    return coming.id


def _routes() -> Routes:
    app = create_app(House.of(Settings(database_url="sqlite://", secret="for tests only"), Clock()))
    return Routes(
        route.path
        for route, handler in handlers(app)
        if "GET" in handler.http_methods and not route.path.startswith(("/api/", "/static/"))
    )


def test_every_page_is_reached_by_links_and_open_to_all(demo: str, browser: Browser) -> None:
    """One test, as the demo is loaded once: where links lead each role, and every page made otherwise for it."""
    routes, reached, faults = _routes(), set(NOT_LOOKED_AT), list[str]()
    known, looked_at = set[str](), set[str]()

    with _looking(browser, demo) as page:
        for login in (*WHO, None):
            starts = ["/", *NO_LINK] if login else ["/sign-in", "/open-door", "/trust"]
            with enter(demo, login, PASSWORD) as visitor:
                found = list(follow(visitor, routes, starts, frozenset(reached)))
                _become(page, visitor, demo)
            reached |= {one.route for one in found if one.status == OK}
            faults += [f"{login}: {one}" for one in found if one.dead_end]
            for one in found:
                first = one.route not in looked_at
                if one.html and one.status == OK and (first or not one.elements() <= known):
                    faults += [f"{login}: {fault}" for fault in _faults(page, one.address, first)]
                    looked_at.add(one.route)
                    known |= one.elements()

    faults += [f"no link leads to {route}" for route in routes if route not in reached and not route.endswith(FILES)]
    assert not faults, "\n".join(faults)


@contextmanager
def _looking(browser: Browser, address: str) -> Iterator[Page]:
    """The one browser of the place, which keeps its files; at the end, it may not have complained or gone elsewhere."""
    person = at_a_browser(browser, address, {})
    yield person.page
    person.context.close()
    assert person.complaints == []


def _become(page: Page, visitor: httpx.Client, address: str) -> None:
    """From here on the browser is this visitor's."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": c.name, "value": c.value or "", "url": address} for c in visitor.cookies.jar])


def _faults(page: Page, path: str, first: bool) -> list[str]:
    """What is wrong with a page: everything in light and French; the first time also dark and English."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(LAPTOP)
    page.goto(path)
    page.evaluate(FEWER_ROWS)
    faults = _violations(page, EVERYTHING) + _cut(page) + _too_wide(page) + _too_small(page)
    if not first:
        return [f"{path}: {fault}" for fault in faults]
    page.emulate_media(color_scheme="dark")
    page.context.add_cookies([{"name": "language", "value": "en", "url": page.url}])
    page.goto(path)
    page.evaluate(FEWER_ROWS)
    faults += [f"dark, in English: {fault}" for fault in _violations(page, COLOURS_AND_WORDS) + _too_wide(page)]
    page.context.clear_cookies(name="language")
    return [f"{path}: {fault}" for fault in faults]


WIDTH = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  const over = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth)
  done([document.documentElement.scrollWidth, over.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(" ")])
})))"""
"""How wide the page is once it has been drawn, and what goes over the edge."""

SMALL = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true
  const touched = e => e.matches("[type=checkbox], [type=radio]") ? e.closest("label") ?? e : e
  const inSentence = e =>
    getComputedStyle(e).display === "inline" && e.parentElement.innerText.trim() !== e.innerText.trim()
  const small = ({width, height}) => Math.min(width, height) < 43.5
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(e => e.checkVisibility() && !e.closest(".unseen, .skip, svg") && !inSentence(e)).map(touched)
    .filter(e => small(e.getBoundingClientRect())).map(e => e.outerHTML.slice(0, 160))
}"""
"""What a finger has less than 44 pixels for, folds open. A link in a sentence is as high as its line (WCAG 2.5.5);
the links of a drawing stand in the table below it, too."""

SPILT = """() => [...document.querySelectorAll("main :is(.button, .tile, .chip, .check, .tag)")]
  .filter(e => e.checkVisibility() && !e.closest(".unseen"))
  .filter(e => getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.innerText.trim()}: ${e.scrollWidth} pixels in ${e.clientWidth}`)
"""
"""Words that are wider than what they stand in."""

CUT = """() => {
  const wanted = list => {
    const alone = list.cloneNode(true)
    alone.replaceChildren(new Option(list.selectedOptions[0]?.text ?? ""))
    alone.style.cssText = "width: auto; max-width: none; position: absolute"
    list.parentElement.append(alone)
    const {width} = alone.getBoundingClientRect()
    alone.remove()
    return width
  }
  for (const fold of document.querySelectorAll("details")) fold.open = true
  return [...document.querySelectorAll("select")].filter(e => e.checkVisibility())
    .filter(e => wanted(e) > e.getBoundingClientRect().width + 1).map(e => `${e.name}: ${e.selectedOptions[0].text}`)
}"""
"""What was chosen and cannot be read to its end."""


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def _too_wide(page: Page) -> list[str]:
    """Nothing goes over the edge at 200 %, nor on a phone, where the page stays."""
    faults = []
    for size in (ZOOMED, PHONE):
        page.set_viewport_size(size)
        width, widest = page.evaluate(WIDTH)
        if width > size["width"]:
            faults.append(f"{width} pixels wide where there are {size['width']}, for want of room for {widest}")
    return faults


def _cut(page: Page) -> list[str]:
    """What is chosen in a list can be read on a laptop."""
    return [f"cut: {chosen}" for chosen in page.evaluate(CUT)]


def _too_small(page: Page) -> list[str]:
    """Everything that can be touched is as large as a finger and as its words, on the page as a phone shows it."""
    small = [f"too small for a finger: {html}" for html in page.evaluate(SMALL)]
    return small + [f"too small for its words: {words}" for words in page.evaluate(SPILT)]
