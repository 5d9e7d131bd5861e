"""What was chosen to be shown of a list is shown again at the next visit, until everything is asked for."""

import re

import pytest
from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from households.tables import Household
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from stock.donors import add_donor
from stock.places import Storage, add_place
from stock.transfers.register import send
from tests.api.conftest import Browser
from tests.small_town import Town, stock_up

STOCK = {"q": "", "site": "", "storage": "chilled", "group": "", "family": "", "source": "", "days": "", "sort": ""}


@pytest.fixture
def varied(database: Database, town: Town, clock: Clock) -> int:
    """Each list has something to leave out; the number of a third site, which nothing went to."""
    milk = stock_up(database, town, clock)[0]
    with database.writing() as session:
        session.get_one(Household, town.household_ids[0]).channel = "shop"
        add_donor(session, code="ferme", name="Ferme des Prés", kind="farm", source="donation")
        annex = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        add_place(session, annex.id, "Rayon", Storage.DRY)
        third = add_site(session, town.organisation_id, "TROIS", "Troisième")
        send(session, town.site_id, annex.id, {milk.lot_id: 3}, clock.stamp())
        session.scalars(select(Account).where(Account.login == Role.MANAGER.value)).one().site_id = None
        return third.id


def shown(browser: Browser, path: str, **asked: str) -> int:
    page = browser.get(path, **asked).text
    return len(re.findall(r'class="row-link|<strong>De ', page))


def test_what_was_chosen_last_is_shown_again_until_everything_is(manager: Browser, varied: int) -> None:
    for path, chosen, some, every in (
        ("/stock", STOCK, 1, 5),
        ("/catalogue", {"q": "", "family": "milk"}, 1, 5),
        ("/donors", {"kind": "farm"}, 1, 2),
        ("/households", {"site": "", "channel": "shop"}, 1, 4),
        ("/transfers", {"site": str(varied)}, 0, 1),
    ):
        before, then, again = shown(manager, path), shown(manager, path, **chosen), shown(manager, path)
        sorted_too = shown(manager, path, sort="-grams")
        offered = f'href="{path}?show=all"' in manager.page.text
        all_of_it, after = shown(manager, path, show="all"), shown(manager, path)

        assert offered, path
        assert (before, then, again, sorted_too, all_of_it, after) == (every, some, some, some, every, every), path


def test_a_look_through_a_link_and_a_typed_word_are_not_remembered(manager: Browser, varied: int) -> None:
    manager.get("/stock", storage="frozen")
    manager.get("/stock", **{**STOCK, "storage": "", "q": "lait"})
    manager.get("/households", q="K")
    nothing = [name for name in manager.client.cookies if name.startswith("filters-")]
    manager.get("/stock", **{**STOCK, "q": "yaourt"})

    assert nothing == []
    assert manager.client.cookies["filters-stock"] == "storage%3Dchilled"
    assert shown(manager, "/stock", q="lait") > 0


def test_what_a_browser_made_up_asks_for_nothing(manager: Browser, varied: int) -> None:
    manager.client.cookies["filters-stock"] = "q%3Dlait%26storage%3D" + "x" * 90

    assert shown(manager, "/stock") == 5
