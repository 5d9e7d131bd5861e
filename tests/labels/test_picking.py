import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.words import words
from labels.baskets import Basket, Picking, PickLine
from labels.boxes import MM
from labels.paper import A4_PAGE
from labels.picking import pick_list, pick_list_by_basket, said_baskets
from labels.words import Words
from tests.labels.examples import PASTA_LINE, SMALL, any_text
from tests.labels.reading import inside, pages, text_of

Make = Callable[[Picking, Words], bytes]
PAPER = A4_PAGE.inset(12 * MM)


def session(baskets: int, each: int) -> Picking:
    """A session of so many baskets of so many lines, from sixty lots on six shelves."""
    draw = random.Random(7)
    lots = [
        PickLine(
            f"Étagère {'ABCDEF'[n % 6]}",
            n % 6,
            "dry",
            f"Produit n° {n}",
            f"LOT{n:06}",
            "best_before",
            dt.date(2027, 1, 1) + dt.timedelta(n),
            1 + n % 3,
            "unit",
            500,
        )
        for n in range(60)
    ]
    return Picking(
        "Épicerie du Centre",
        dt.date(2026, 11, 27),
        tuple(Basket(f"B{n:08}", f"C{n:08}", tuple(draw.sample(lots, min(each, len(lots))))) for n in range(baskets)),
    )


def test_each_lot_is_picked_once_in_the_order_of_the_shelves() -> None:
    (text,) = text_of(pick_list(SMALL, words("en")))

    places = ["Étagère A1", "Étagère B3", "Frigo 2", "Congélateur"]
    assert sorted(places, key=text.index) == places
    assert text.count("0B3C9QXZ4") == 1
    assert "best before 31/03/2027" in text
    assert "450\u202fg: 1" in text


def test_the_list_by_basket_has_every_basket_with_its_lines() -> None:
    (text,) = text_of(pick_list_by_basket(SMALL, words("en")))

    order = ["Card C1C1C1C10", "Pommes", "Pâtes", "Crème", "Card C2C2C2C20", "Petits pois", "Card C3C3C3C30"]
    assert sorted(order, key=text.index) == order


@pytest.mark.parametrize("make", [pick_list, pick_list_by_basket])
def test_every_page_is_numbered_and_has_its_head(make: Make) -> None:
    texts = text_of(make(session(90, 14), words("en")))

    assert len(texts) > 1
    for n, text in enumerate(texts, start=1):
        assert f"page {n}/{len(texts)}" in text
        assert "Épicerie du Centre · Friday 27 November 2026 · baskets: 90" in text


def test_the_heads_of_columns_come_back_on_every_page() -> None:
    texts = text_of(pick_list(session(90, 14), words("en")))

    assert all("For baskets" in text for text in texts)


def test_no_line_is_lost_between_pages() -> None:
    picking = session(90, 14)

    shelf = "".join(text_of(pick_list(picking, words("en"))))
    basket = "".join(text_of(pick_list_by_basket(picking, words("en"))))

    lots = {line.lot for each in picking.baskets for line in each.lines}
    assert all(shelf.count(lot) == 1 for lot in lots)
    assert sum(basket.count(lot) for lot in lots) == 90 * 14


@pytest.mark.parametrize("make", [pick_list, pick_list_by_basket])
def test_a_session_without_baskets_says_what_to_do(make: Make) -> None:
    (text,) = text_of(make(replace(SMALL, baskets=()), words("en")))

    assert "propose the baskets first" in text


@given(names=st.lists(any_text, min_size=1, max_size=6), place=any_text, site=any_text)
@settings(max_examples=40)
def test_any_names_stay_on_the_paper(names: list[str], place: str, site: str) -> None:
    lines = tuple(replace(PASTA_LINE, product=name, place=place, lot=f"L{n}") for n, name in enumerate(names))
    picking = Picking(site, dt.date(2026, 11, 27), (Basket("B", "C", lines), Basket("D", "E", lines)))

    printed = pages(pick_list(picking, words("fr")), 72) + pages(pick_list_by_basket(picking, words("fr")), 72)

    assert all(inside(picture, PAPER, 72) for picture in printed)


@pytest.mark.parametrize(
    ("wanted", "weigh", "said"),
    [
        ([(1, 1), (2, 1), (3, 1), (7, 1)], False, "1–3, 7"),
        ([(9, 2), (1, 1), (12, 2)], False, "1 · ×2:\u00a09, 12"),
        ([(1, 450), (2, 450), (4, 300)], True, "300\u202fg:\u00a04 · 450\u202fg:\u00a01, 2"),
        ([], False, ""),
    ],
)
def test_baskets_are_listed_by_how_much_they_get(wanted: list[tuple[int, int]], weigh: bool, said: str) -> None:
    assert said_baskets(wanted, weigh, words("en")).replace("  ", " ") == said


@given(st.dictionaries(st.integers(1, 120), st.integers(1, 4), max_size=120))
def test_no_basket_is_lost_from_a_row(wanted: dict[int, int]) -> None:
    said = said_baskets(list(wanted.items()), False, words("en"))

    read: dict[int, int] = {}
    for group in said.split("  ·  ") if said else []:
        quantity, listed = group[1:].split(":\u00a0") if group.startswith("×") else ("1", group)
        for run in listed.split(", "):
            first, _, last = run.partition("–")
            read |= dict.fromkeys(range(int(first), int(last or first) + 1), int(quantity))
    assert read == wanted


def test_a_row_with_more_baskets_than_fit_is_still_whole() -> None:
    lots = [replace(PASTA_LINE, quantity=1 + n % 7) for n in range(120)]
    picking = replace(SMALL, baskets=tuple(Basket(f"B{n}", f"C{n}", (line,)) for n, line in enumerate(lots)))

    (text,) = text_of(pick_list(picking, words("en")))

    said = said_baskets([(n, 1 + (n - 1) % 7) for n in range(1, 121)], False, words("en"))
    assert said.replace("\u00a0", " ").replace("  ", " ") in text.replace("\u00a0", " ")


@pytest.mark.parametrize("make", [pick_list, pick_list_by_basket])
def test_the_same_session_is_the_same_bytes(make: Make) -> None:
    assert make(SMALL, words("fr")) == make(SMALL, words("fr"))
