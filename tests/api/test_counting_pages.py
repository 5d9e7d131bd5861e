"""A count on the pages: begun, scanned and typed, explained, booked and taken back; seen from another phone."""

import re
from collections.abc import Callable

import pytest

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.intake import Arrival, Booking
from tests.api.conftest import Browser
from tests.small_town import MILK, PASTA, Town, receive, stock_up


@pytest.fixture
def booked(database: Database, town: Town, clock: Clock) -> list[Booking]:
    return stock_up(database, town, clock)


@pytest.fixture
def count(manager: Browser, booked: list[Booking]) -> str:
    """The path of a count of the dry shelf."""
    manager.get("/counts")
    manager.post("/counts", place=f"place-{booked[0].place_id}", family="", key="begin-a-count")
    return manager.page.url.path


def test_a_count_is_blind_shared_explained_booked_and_taken_back(
    manager: Browser, open_browser: Callable[[], Browser], count: str, booked: list[Booking]
) -> None:
    milk, place = booked[0], booked[0].place_id
    other = open_browser().sign_in(Role.VOLUNTEER)
    other.get(count)
    blind = "12 pièces" not in other.words
    other.post(f"{count}/scans", scan=MILK, place=place, key="a-scan-of-milk")
    other.post(f"{count}/scans", scan=MILK, place=place, key="a-scan-of-milk")
    manager.get(count)
    seen = "1 pièce" in manager.words
    manager.post(f"{count}/tallies", place=place, **{f"found-{milk.lot_id}-{place}": "10"}, key="ten-more")
    manager.get(f"{count}/differences")
    compared = "11 pièces" in manager.words and "12 pièces" in manager.words
    unexplained = manager.post(f"{count}/differences", key="book-it-1")
    manager.post(f"{count}/differences", **{f"cause-{milk.lot_id}-{place}": "taken"}, key="book-it-2")
    story = manager.client.get(f"/api/v1/stock/lots/{milk.lot_code}").json()
    manager.post(f"{count}/differences/undo")
    again = manager.client.get(f"/api/v1/stock/lots/{milk.lot_code}").json()

    assert blind
    assert seen
    assert compared
    assert unexplained.status_code == 400
    assert (story["differences"], story["on_hand"]) == (1, 11)
    assert (again["differences"], again["on_hand"]) == (0, 12)
    assert other.get(f"{count}/differences").status_code == 403


def test_what_was_typed_wrong_is_kept_and_what_was_counted_is_undone(
    manager: Browser, count: str, booked: list[Booking]
) -> None:
    milk, place = booked[0], booked[0].place_id
    field = f"found-{milk.lot_id}-{place}"

    manager.post(f"{count}/tallies", place=place, **{field: "douze"}, key="not-a-number")
    kept = 'value="douze"' in manager.page.text
    manager.post(f"{count}/tallies", place=place, **{field: "12"}, key="a-number")
    way_back = re.search(rf'action="({count}/tallies/undo\?[^"]+)"', manager.page.text)
    assert way_back
    manager.post(way_back[1].replace("&amp;", "&"))

    assert kept
    assert {line["found"] for line in manager.client.get(f"/api/v1{count}").json()["lines"]} == {None}


def test_the_page_asks_which_lot_where_a_code_names_several(
    manager: Browser, count: str, database: Database, town: Town, clock: Clock, booked: list[Booking]
) -> None:
    place = booked[0].place_id
    receive(database, town, clock, Arrival(PASTA, units=3, date="07/2027"))

    manager.post(f"{count}/scans", scan=PASTA, place=place, key="which-pasta")
    asked = "Quelle date" in manager.words
    lot = re.findall(r'name="lot" value="(\d+)"', manager.page.text)
    manager.post(f"{count}/scans", scan=PASTA, place=place, lot=lot[1], key="that-pasta")
    manager.post(f"{count}/nothing", place=place, key="nothing-else")

    assert asked
    found = {line["lot_id"]: line["found"] for line in manager.client.get(f"/api/v1{count}").json()["lines"]}
    assert found.pop(int(lot[1])) == 1
    assert set(found.values()) == {0}


def test_what_nobody_counted_is_said_gone_behind_a_question_of_its_own(
    manager: Browser, count: str, booked: list[Booking]
) -> None:
    page = manager.get(f"{count}?place={booked[0].place_id}").text

    asked = page.index("pas encore compté")
    assert page.rindex("Garder ce que j’ai saisi") < asked < page.index("<p>", asked) < page.rindex("été trouvé")
    assert "<details" in page[page.rindex("Garder ce que j’ai saisi") : asked]


def test_what_is_to_be_counted_comes_first_and_the_rest_of_a_full_shelf_is_folded_away(
    manager: Browser, count: str, database: Database, town: Town, clock: Clock, booked: list[Booking]
) -> None:
    milk, place = booked[0], booked[0].place_id
    months = [f"{month:02}/2028" for month in range(1, 13)]
    pasta = receive(database, town, clock, *(Arrival(PASTA, units=1, date=month) for month in months))
    folded = f"found-{pasta[-1].lot_id}-{place}"

    manager.post(f"{count}/tallies", place=place, **{f"found-{milk.lot_id}-{place}": "12"}, key="all-of-the-milk")
    form = manager.get(count).text.split(f'action="{count}/tallies"')[1].split("</form>")[0]
    at_once, rest, done = re.split(r"<details[^>]*>", form)
    manager.post(f"{count}/tallies", place=place, **{folded: "trois"}, key="three-in-letters")
    kept = manager.page.text

    assert at_once.count('name="found-') == 10
    assert f'name="{folded}"' in rest
    assert f'name="found-{milk.lot_id}-{place}"' in done
    assert re.search(
        rf'<details class="fold rest" open>(?:(?!</details>).)*name="{folded}"[^>]*value="trois"', kept, re.S
    )


def test_programs_count_along_once_for_each_key(manager: Browser, count: str, booked: list[Booking]) -> None:
    tally = [{"lot_id": booked[0].lot_id, "place_id": booked[0].place_id, "quantity": 7}]

    for _ in range(2):
        manager.client.post(f"/api/v1{count}/tallies", json=tally, headers={"idempotency-key": "seven-of-milk"})
    overlapping = manager.client.post("/api/v1/counts", json={"site_id": 1})

    assert [line["found"] for line in manager.client.get(f"/api/v1{count}").json()["lines"]].count(7) == 1
    assert overlapping.status_code == 409
    assert manager.client.get("/api/v1/counts").json()[0]["site"] == "Centre social"
