"""Lists sorted by the heads of their columns: one way, the other way, and again at the next visit."""

import re

import pytest

from api.sorting import Order, chosen
from common.clock import Clock
from common.database import Database
from stock.donors import add_donor
from tests.api.conftest import Browser
from tests.small_town import Town, stock_up

FAMILIES = [
    "Conserves de légumes et de fruits, compotes",
    "Fruits frais",
    "Lait longue conservation",
    "Pâtes, riz, semoule",
    "Yaourts et laitages frais",
]


def test_a_new_order_keeps_what_was_searched_for() -> None:
    order = Order("stock", "product", "/stock", (("q", "lait & œufs"), ("risk", "soon")))

    assert order.href("place") == "/stock?q=lait+%26+%C5%93ufs&risk=soon&sort=place"


def test_a_second_press_turns_the_order_and_a_third_turns_it_back() -> None:
    values = ["-grams"]
    for _ in range(3):
        values.append(Order("stock", values[-1]).href("-grams").removeprefix("?sort="))

    assert values == ["-grams", "grams", "-grams", "grams"]


@pytest.mark.parametrize(
    ("asked", "remembered", "found"),
    [
        ("grams", "name", "grams"),
        ("-grams", "name", "-grams"),
        ("", "-name", "-name"),
        ("colour", "-name", "-name"),
        ("--grams", "-", "name"),
        ("", "", "name"),
    ],
)
def test_an_order_is_the_one_asked_for_or_the_last_one_or_the_usual(asked: str, remembered: str, found: str) -> None:
    assert chosen({"name": "", "-grams": ""}, asked, remembered, "name") == found


@pytest.mark.parametrize(("value", "found"), [("until", [1, 2, None, None]), ("-until", [2, 1, None, None])])
def test_what_has_no_value_comes_last_both_ways(value: str, found: list[int | None]) -> None:
    rows = [None, 2, None, 1]

    assert Order("donors", value).sorted(rows, {"until": lambda row: row}) == found


def cells(browser: Browser, label: str) -> list[str]:
    """What stands in a column, from the first row to the last."""
    found = re.findall(f'data-label="{label}"[^>]*>(.*?)</td>', browser.page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in found]


@pytest.mark.parametrize(
    ("path", "key", "label", "up"),
    [
        ("/stock", "grams", "Poids", ["4 kg", "4 kg", "6 kg", "10 kg", "12 kg"]),
        ("/donors", "received", "Reçu", ["0 g", "36 kg"]),
        ("/catalogue", "family", "Famille", FAMILIES),
        ("/households", "persons", "Personnes", ["1", "1", "2", "4"]),
    ],
)
def test_the_head_of_a_column_sorts_turns_and_is_remembered(
    manager: Browser, database: Database, town: Town, clock: Clock, path: str, key: str, label: str, up: list[str]
) -> None:
    stock_up(database, town, clock)
    with database.writing() as session:
        add_donor(session, code="ferme", name="Ferme des Prés", kind="farm", source="donation")

    manager.get(path, sort=key)
    first, turn = cells(manager, label), f'aria-sort="ascending"><a class="sort" href="{path}?sort=-{key}">'
    offered = turn in manager.page.text
    manager.get(path, sort=f"-{key}")
    turned = cells(manager, label)
    manager.get(path)

    assert offered
    assert first == up
    assert turned == up[::-1]
    assert cells(manager, label) == turned
    assert 'aria-sort="descending"' in manager.page.text


def test_words_that_name_no_column_leave_the_list_as_it_was(manager: Browser, town: Town) -> None:
    page = manager.get("/catalogue", sort="colour")

    assert page.status_code == 200
    assert 'aria-sort="ascending"><a class="sort" href="/catalogue?sort=-name">' in page.text
    assert "sort-catalogue" not in manager.client.cookies
