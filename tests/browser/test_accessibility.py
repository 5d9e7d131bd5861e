"""Every page, for every role that opens it: readable by all, in light and dark, as wide as a phone, in silence."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from network.roles import RIGHTS, Right, Role
from tests.browser.conftest import LAPTOP, PHONE, Opening, Served
from tests.small_town import MILK

pytestmark = pytest.mark.browser

AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def _pages(served: Served) -> dict[str, Right]:
    """Each page, in each of its states that looks different, and the right it takes."""
    ready, drafted = f"/sessions/{served.ready_id}", f"/sessions/{served.drafted_id}"
    return {
        "/": Right.SEE_REPORTS,
        "/search": Right.SEE_REPORTS,
        "/transfers": Right.SEE_STOCK,
        "/accounts": Right.MANAGE_ACCOUNTS,
        "/at-risk": Right.SEE_STOCK,
        "/catalogue": Right.SEE_STOCK,
        "/catalogue/1": Right.SEE_STOCK,
        "/donors/1": Right.SEE_STOCK,
        "/households": Right.SEE_CARDS,
        f"/households/{served.town.household_ids[0]}": Right.SEE_CARDS,
        "/households/new": Right.OPEN_FILES,
        "/emergency": Right.OPEN_FILES,
        "/partners": Right.COORDINATE,
        "/scales": Right.COORDINATE,
        "/workshops": Right.SEE_CARDS,
        "/referrals": Right.ANSWER_REFERRALS,
        "/indicators": Right.SEE_REPORTS,
        f"/households/{served.town.household_ids[0]}/file": Right.OPEN_FILES,
        "/intake": Right.WRITE_STOCK,
        f"/intake?scan={MILK}": Right.WRITE_STOCK,
        "/intake?scan=3250390000020": Right.WRITE_STOCK,
        "/labels": Right.PRINT_LABELS,
        "/recalls": Right.SEE_STOCK,
        "/sessions": Right.SEE_CARDS,
        ready: Right.SEE_CARDS,
        f"{ready}?visit={served.visit_id}": Right.SEE_CARDS,
        f"{ready}/closing": Right.SEE_CARDS,
        f"{drafted}/plan": Right.MAKE_PLANS,
        f"{drafted}/plan?visit={served.drafted_basket}": Right.MAKE_PLANS,
        f"{ready}/plan": Right.MAKE_PLANS,
        f"{drafted}/plan/history": Right.MAKE_PLANS,
        f"{drafted}/plan/baskets/{served.drafted_basket}/{served.drafted_lot}/swap": Right.MAKE_PLANS,
        "/orders": Right.MAKE_PLANS,
        "/stock": Right.SEE_STOCK,
        f"/stock/lots/{served.lot}": Right.SEE_STOCK,
        "/sessions/calendar": Right.MAKE_PLANS,
        f"{ready}/attendance": Right.SEE_CARDS,
        f"{ready}/picking": Right.RUN_SESSIONS,
        f"{ready}/visits/{served.visit_id}/choice": Right.RUN_SESSIONS,
        "/waste": Right.SEE_REPORTS,
        "/waste/alerts": Right.SEE_REPORTS,
        "/waste/chain?figure=received": Right.SEE_REPORTS,
        "/waste/lessons": Right.SEE_REPORTS,
        "/waste/returns": Right.SEE_REPORTS,
    }


def _violations(page: Page, options: dict[str, list[str]]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def _faults(page: Page, path: str) -> list[str]:
    """What is wrong with a page: everything on a laptop in light, then colours and width on a phone in the dark."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(LAPTOP)
    answer = page.goto(path)
    assert answer is not None
    faults = [f"light, {fault}" for fault in _violations(page, EVERYTHING)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    faults += [f"dark, {fault}" for fault in _violations(page, COLOURS)]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        faults.append(f"{width} pixels wide on a phone of {PHONE['width']}")
    return [f"{path}, {answer.status}: {fault}" for fault in faults]


@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role_is_open_to_all(open_page: Opening, served: Served, role: Role) -> None:
    page = open_page(role)

    faults = [f for path, right in _pages(served).items() if right in RIGHTS[role] for f in _faults(page, path)]

    assert faults == []


def test_the_door_is_open_to_all(open_page: Opening) -> None:
    page = open_page()

    assert _faults(page, "/sign-in") == []
    assert _faults(page, "/open-door") == []


@pytest.mark.parametrize("path", ["/intake", "/waste"])
def test_pages_in_english_are_open_to_all(open_page: Opening, served: Served, path: str) -> None:
    page = open_page(Role.VOLUNTEER)
    page.context.add_cookies([{"name": "language", "value": "en", "url": served.address}])

    assert _faults(page, path) == []
    assert page.locator("html").get_attribute("lang") == "en"
