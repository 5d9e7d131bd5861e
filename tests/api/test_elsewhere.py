"""Where a session is at another site, people read its pages: nothing there is theirs to send."""

import re

from sqlalchemy import select

from allocation import proposals
from allocation.tables import DistributionSession
from common.clock import Clock
from common.database import Database
from common.jobs import run_next
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from tests import a_day, small_town
from tests.api.conftest import Browser
from tests.small_town import Town

WHOSE = "C’est sur le site Centre social"
TODO = re.compile(r'<p id="todo-\d">.*?</p><a class="button[^"]*" href="([^"]*)"')
SENT = re.compile(r'(?:method="post" action|formaction)="(/sessions/[^"]+)"')


def works_elsewhere(browser: Browser, database: Database) -> Browser:
    """From now on the manager works at another site of the same partner."""
    with database.writing() as session:
        account = session.scalars(select(Account).where(Account.login == Role.MANAGER.value)).one()
        account.site_id = add_site(session, account.organisation_id, "AILLEURS", "Ailleurs").id
    return browser


def test_the_counter_the_picking_and_the_closing_are_read(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    elsewhere = works_elsewhere(manager, database)

    for page in ("", "/picking", "/closing", "/deliveries", "/attendance", "/plan"):
        elsewhere.get(f"/sessions/{town.session_id}{page}", visit=sheet.visit_id)
        assert elsewhere.page.status_code == 200
        assert WHOSE in elsewhere.words, page
        assert SENT.findall(elsewhere.page.text) == [], page

    elsewhere.get(f"/sessions/{town.session_id}", visit=sheet.visit_id)
    assert " ".join(sheet.lines[0].product.split()) in elsewhere.words
    elsewhere.get(f"/sessions/{town.session_id}/closing")
    assert sheet.card in elsewhere.words


def test_what_a_basket_of_the_shop_costs_is_told_as_it_is_and_not_counted_anew_on_the_page(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Where nothing can be ticked, the script would add up nothing and tell €0.00."""
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    with database.writing() as session:
        session.get_one(DistributionSession, town.session_id).channel = "shop"
    page = f"/sessions/{town.session_id}"

    assert "js/due.js" in manager.get(page, visit=sheet.visit_id).text
    elsewhere = works_elsewhere(manager, database)
    elsewhere.get(page, visit=sheet.visit_id)

    assert "à payer" in elsewhere.words
    assert "js/due.js" not in elsewhere.page.text


def test_the_board_is_read(manager: Browser, database: Database, clock: Clock, town: Town) -> None:
    small_town.stock_up(database, town, clock)
    manager.post(f"/sessions/{town.session_id}/plan")
    run_next(database, {"propose": proposals.make_proposal}, clock)
    with database.reading() as session:
        kept = proposals.latest(session, town.session_id)
        assert kept is not None
        visit = proposals.get_proposal(session, kept.id).plan["give"][0]["visit"]
    elsewhere = works_elsewhere(manager, database)

    for page in ("", "/history", "/standard"):
        elsewhere.get(f"/sessions/{town.session_id}/plan{page}", visit=visit)
        assert elsewhere.page.status_code == 200
        assert WHOSE in elsewhere.words
        assert SENT.findall(elsewhere.page.text) == [], page
        assert "/swap" not in elsewhere.page.text


def test_people_of_the_site_find_their_buttons(manager: Browser, town: Town) -> None:
    manager.get(f"/sessions/{town.session_id}/plan")

    assert WHOSE not in manager.words
    assert SENT.findall(manager.page.text) == [f"/sessions/{town.session_id}/plan"]


def test_what_waits_at_another_site_is_no_work_of_theirs(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    at_home = TODO.findall(manager.get("/").text)
    elsewhere = works_elsewhere(manager, database)

    assert f"/sessions/{town.session_id}/plan" in at_home
    assert [href for href in TODO.findall(elsewhere.get("/").text) if href != "/recalls"] == []
