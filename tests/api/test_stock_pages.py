"""The stock list, a lot's story and its losses, and what is to be saved this week."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from allocation.proposals import propose
from api.house import House
from common.clock import PARIS, Clock
from common.database import Database
from network.roles import RIGHTS, Right, Role
from stock.intake import Booking
from tests.api.conftest import Browser
from tests.small_town import YOGHURT, Arrival, Town, receive, stock_up


@pytest.fixture
def booked(database: Database, town: Town, clock: Clock) -> list[Booking]:
    return stock_up(database, town, clock)


@pytest.mark.parametrize("role", [role for role in Role if Right.SEE_STOCK in RIGHTS[role]])
def test_who_works_with_food_sees_the_stock_by_date(
    open_browser: Callable[[], Browser], booked: list[Booking], role: Role
) -> None:
    browser = open_browser().sign_in(role)

    page = browser.get("/stock")

    assert page.status_code == 200
    assert (
        browser.words.index("Yaourt nature")
        < browser.words.index("Lait demi-écrémé")
        < browser.words.index("Coquillettes")
    )


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"q": "haricots"}, "Haricots verts", "Coquillettes"),
        ({"q": "Supermarché yaourt"}, "Yaourt nature", "Coquillettes"),
        ({"storage": "chilled"}, "Yaourt nature", "Coquillettes"),
        ({"risk": "watch"}, "Yaourt nature", "Coquillettes"),
        ({"group": "milk"}, "Lait demi-écrémé", "Coquillettes"),
        ({"family": "yoghurt", "source": "donation"}, "Yaourt nature", "Coquillettes"),
        ({"days": "10"}, "Yaourt nature", "Coquillettes"),
    ],
)
def test_a_filter_shows_what_was_asked_for(
    manager: Browser, booked: list[Booking], asked: dict[str, str], there: str, gone: str
) -> None:
    manager.get("/stock", **asked)

    assert there in manager.words
    assert gone not in manager.words


def test_the_stock_may_be_sorted_by_product(manager: Browser, booked: list[Booking]) -> None:
    manager.get("/stock", sort="product")

    assert manager.words.index("Coquillettes") < manager.words.index("Yaourt nature")


def test_a_search_for_nothing_there_says_so(manager: Browser, booked: list[Booking]) -> None:
    assert manager.get("/stock", q="caviar").status_code == 200

    assert "caviar" in manager.page.text
    assert "Coquillettes" not in manager.words


def test_a_lots_code_typed_into_the_search_leads_to_the_lot(manager: Browser, booked: list[Booking]) -> None:
    code = booked[0].lot_code

    page = manager.get("/stock", q=f" {code.lower()} ")

    assert page.url.path == f"/stock/lots/{code}"
    assert "Lait demi-écrémé UHT" in manager.words


def test_the_list_is_a_table_for_spreadsheets_as_it_is_seen(manager: Browser, booked: list[Booking]) -> None:
    page = manager.get("/stock", q="lait", format="csv")

    heading, line, *others = page.content.decode("utf-8-sig").splitlines()
    assert heading.count(";") == line.count(";")
    assert "Lait demi-écrémé UHT" in line
    assert line.split(";")[5:7] == ["12", "12000"]
    assert others == []


def test_the_list_is_a_workbook_with_the_same_rows(manager: Browser, booked: list[Booking]) -> None:
    page = manager.get("/stock", q="lait", format="xlsx")

    with zipfile.ZipFile(BytesIO(page.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row>") == 2
    assert "Lait demi-écrémé UHT" in sheet


@pytest.mark.parametrize("by", ["code", "number"])
def test_a_lot_tells_its_story(manager: Browser, booked: list[Booking], by: str) -> None:
    lot = booked[1].lot_code if by == "code" else booked[1].lot_id

    page = manager.get(f"/stock/lots/{lot}")

    assert page.status_code == 200
    assert "Supermarché du Bois" in manager.words
    assert "Frigo" in manager.words
    assert f"/labels/lots.pdf?lot={booked[1].lot_id}" in page.text


def test_an_unknown_lot_is_not_found(manager: Browser, booked: list[Booking]) -> None:
    assert manager.get("/stock/lots/999999").status_code == 404
    assert manager.get("/stock/lots/NOTHERE").status_code == 404


def test_why_goods_are_written_off_and_where_they_go_is_chosen_by_a_person(
    manager: Browser, booked: list[Booking]
) -> None:
    page = manager.get(f"/stock/lots/{booked[3].lot_code}").text

    for name in ("cause", "exit"):
        select = re.search(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)
        assert select
        assert select[1].split()[1].startswith('value=""')
        assert "selected" not in select[1]


def test_some_of_a_lot_is_written_off_and_taken_back(manager: Browser, booked: list[Booking]) -> None:
    path = f"/stock/lots/{booked[3].lot_code}"

    manager.post(f"{path}/loss", quantity="3", cause="breakage", exit="destroyed")
    undo = undo_path(manager)
    after_loss = manager.client.get(f"/api/v1{path}").json()
    manager.post(undo)

    assert (after_loss["lost"], after_loss["on_hand"]) == (3, 7)
    assert manager.client.get(f"/api/v1{path}").json()["on_hand"] == 10


def test_a_form_sent_twice_writes_off_once(manager: Browser, booked: list[Booking]) -> None:
    path = f"/stock/lots/{booked[3].lot_code}"

    for _ in range(2):
        manager.post(f"{path}/loss", quantity="3", cause="breakage", exit="destroyed", key="a key of its own")

    assert manager.client.get(f"/api/v1{path}").json()["lost"] == 3


@pytest.mark.parametrize(
    ("quantity", "cause", "exit_", "status"),
    [
        ("11", "breakage", "destroyed", 409),
        ("", "breakage", "destroyed", 400),
        ("trois", "breakage", "destroyed", 400),
        ("1", "moths", "destroyed", 400),
        ("1", "breakage", "shelf", 400),
        ("1", "breakage", "the moon", 400),
    ],
)
def test_a_loss_that_cannot_be_keeps_what_was_typed(
    manager: Browser, booked: list[Booking], quantity: str, cause: str, exit_: str, status: int
) -> None:
    path = f"/stock/lots/{booked[3].lot_code}"

    page = manager.post(f"{path}/loss", quantity=quantity, cause=cause, exit=exit_)

    assert page.status_code == status
    assert f'name="quantity" type="text" value="{quantity}"' in page.text
    assert 'role="alert"' in page.text
    assert manager.client.get(f"/api/v1{path}").json()["lost"] == 0


def test_a_booking_is_not_undone_as_a_loss(manager: Browser, booked: list[Booking]) -> None:
    path = f"/stock/lots/{booked[3].lot_code}"

    manager.post(f"{path}/loss/undo?movement={booked[3].movement_id}")

    assert manager.client.get(f"/api/v1{path}").json()["on_hand"] == 10


def test_who_may_not_write_stock_is_offered_no_loss(open_browser: Callable[[], Browser], booked: list[Booking]) -> None:
    browser = open_browser().sign_in(Role.DISTRIBUTION)
    path = f"/stock/lots/{booked[3].lot_code}"

    assert "/loss" not in browser.get(path).text
    assert browser.post(f"{path}/loss", quantity="1", cause="breakage", exit="destroyed").status_code == 403


# What is to be saved


def test_the_page_of_what_is_to_save_shows_what_may_be_lost_this_week(
    manager: Browser, town: Town, booked: list[Booking]
) -> None:
    page = manager.get("/at-risk")

    assert "Yaourt nature" in manager.words
    assert "Pommes" not in manager.words
    assert f"/sessions/{town.session_id}/plan" in page.text


def test_of_what_is_to_save_the_nearest_day_stands_open_and_the_others_on_demand(
    manager: Browser, database: Database, town: Town, clock: Clock, booked: list[Booking]
) -> None:
    receive(database, town, clock, Arrival(YOGHURT, units=8, date="29/11/2026"))

    first = manager.get("/at-risk").text
    whole = manager.get("/at-risk", show="all").text

    assert (first.count('<details class="fold day" open>'), first.count('<details class="fold day">')) == (1, 1)
    assert (whole.count('<details class="fold day" open>'), whole.count('<details class="fold day">')) == (2, 0)
    assert "/at-risk?show=all" in first
    assert "/at-risk?show=all" not in whole


def test_a_draft_says_what_it_would_save(
    manager: Browser, database: Database, town: Town, clock: Clock, booked: list[Booking]
) -> None:
    propose(database, town.session_id, clock.stamp(), effort=0.05)

    manager.get("/at-risk")

    assert "/sessions/" in manager.page.text
    assert saved_share(manager) > 0


def test_what_is_past_its_last_day_is_written_off_with_one_tap(
    open_browser: Callable[[], Browser], database: Database, town: Town, house: House, booked: list[Booking]
) -> None:
    house.clock = Clock(at=dt.datetime(2026, 11, 29, 9, tzinfo=PARIS))
    browser = open_browser().sign_in(Role.MANAGER)
    path = f"/stock/lots/{booked[1].lot_code}"

    form = browser.get("/at-risk").text.partition('action="/at-risk/write-off"')[2]
    key = form.partition('name="key" value="')[2].partition('"')[0]
    browser.post("/at-risk/write-off", key=key)
    undo = undo_path(browser)
    lost = browser.client.get(f"/api/v1{path}").json()["lost"]
    browser.post(undo)
    browser.post("/at-risk/write-off", key=key)

    assert key
    assert lost == 8
    assert browser.client.get(f"/api/v1{path}").json()["lost"] == 0


def test_on_its_last_day_food_is_not_passed_yet(
    open_browser: Callable[[], Browser], house: House, booked: list[Booking]
) -> None:
    house.clock = Clock(at=dt.datetime(2026, 11, 28, 9, tzinfo=PARIS))
    browser = open_browser().sign_in(Role.MANAGER)

    page = browser.get("/at-risk")

    assert "Yaourt nature" in browser.words
    assert "/at-risk/write-off" not in page.text


# For programs


def test_programs_get_the_same_figures(manager: Browser, booked: list[Booking]) -> None:
    stock = manager.client.get("/api/v1/stock", params={"q": "pommes"}).json()
    risk = manager.client.get("/api/v1/at-risk").json()

    manager.get("/at-risk")

    assert (stock["grams"], stock["rows"][0]["measure"]) == (6000, "gram")
    assert f"{risk['cents'] / 100:.2f}\u202f€".replace(".", ",") in manager.page.text
    assert [row["product"] for day in risk["days"] for row in day["rows"]] == ["Yaourt nature 4 × 125 g"]


def undo_path(browser: Browser) -> str:
    """Where the way back, offered on the page, is posted to."""
    found = re.search(r'action="([^"]+undo[^"]*)"', browser.page.text)
    assert found, browser.words
    return found[1].replace("&amp;", "&")


def saved_share(browser: Browser) -> float:
    """How full the bar of what is planned for is, in per cent."""
    found = re.search(r'class="part[^"]*" y="4" width="([\d.]+)"', browser.page.text)
    assert found, browser.words
    return float(found[1])


def test_what_may_still_be_promised_is_told_alike_on_pages_and_to_programs(
    manager: Browser, booked: list[Booking]
) -> None:
    listed = manager.get("/api/v1/stock", q="yaourt").json()
    row = listed["rows"][0]
    told = manager.get(f"/api/v1/stock/products/{row['product_id']}").json()

    assert (row["free"], told["free"], told["sites"][0]["free"]) == (8, 8, 8)
    assert listed["free_grams"] == 8 * row["grams_each"]
    for page in ("/stock", f"/stock/lots/{row['code']}", f"/catalogue/{row['product_id']}"):
        manager.get(page)
        assert "Disponible à promettre" in manager.words
    assert manager.get("/api/v1/stock/products/999999").status_code == 404
