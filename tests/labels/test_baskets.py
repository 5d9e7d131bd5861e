from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import words
from labels.baskets import Basket, PickLine, WrongBasket, basket_labels, by_place, pieces
from labels.media import all_media, media
from labels.series import pick_list_in_series
from tests.labels.examples import APPLES, CREAM_LINE, PASTA_LINE, PEAS, SMALL, any_text
from tests.labels.reading import LINEAR, PRINTERS, SQUARE, codes, crop, inside, pages, text_of, worn

STOCKS = sorted(all_media())
BAGS = ["B1B1B1B10", "B1B1B1B10", "B2B2B2B20", "B2B2B2B20", "B3B3B3B30"]
"""The baskets of SMALL in the order of their labels: the second has a frozen part, the first a chilled one."""


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("code", STOCKS)
def test_every_basket_label_is_read_on_every_stock(code: str, dpi: int) -> None:
    stock = replace(media(code), dpi=dpi)

    pictures = pages(basket_labels(SMALL, stock, words("fr")), dpi)

    read = []
    for n in range(len(BAGS)):
        page, place = divmod(n, stock.per_page)
        read += codes(crop(pictures[page], stock.places()[place], dpi), LINEAR + SQUARE)
    assert [code.content for code in read] == BAGS
    assert {code.symbology for code in read} <= {"]C0", "]d1"}


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("code", ["L7165", "DK-11201"])
def test_a_worn_basket_label_is_still_read(code: str, dpi: int) -> None:
    stock = replace(media(code), dpi=dpi)
    pdf = basket_labels(replace(SMALL, baskets=SMALL.baskets[2:]), stock, words("fr"))

    picture = crop(pages(pdf, dpi)[0], stock.places()[0], dpi)

    for how, seen in worn(picture).items():
        assert [read.content for read in codes(seen, LINEAR + SQUARE)] == ["B3B3B3B30"], how


def test_the_label_says_card_session_and_content() -> None:
    first, second, *_ = text_of(basket_labels(SMALL, media("DK-11202"), words("en")))

    for said in ("Épicerie du Centre", "Friday 27 November 2026", "Card C1C1C1C10", "Items: 2 950\u202fg", "1/2"):
        assert said in first
    for said in ("IN THE FRIDGE", "Items: 2 1\u202fkg", "2/2"):
        assert said in second


def test_an_empty_basket_has_a_label_of_its_own() -> None:
    texts = text_of(basket_labels(SMALL, media("DK-11202"), words("en")))

    assert len(texts) == 5
    assert "nothing planned" in texts[-1]


@given(
    site=any_text,
    card=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=12),
    code=st.sampled_from(STOCKS),
    grams=st.integers(0, 10**7),
    quantity=st.integers(1, 10**6),
    number=st.integers(1, 3),
)
def test_whatever_is_written_on_it_a_basket_label_stays_in_its_frame_and_is_read(
    site: str, card: str, code: str, grams: int, quantity: int, number: int
) -> None:
    stock = media(code)
    lines = tuple(replace(line, grams=grams, quantity=quantity) for line in (PASTA_LINE, CREAM_LINE, PEAS)[:number])
    picking = replace(SMALL, site=site, baskets=(Basket("B1B1B1B10", card, lines),))

    pictures = pages(basket_labels(picking, stock, words("fr")), 203)

    for n in range(number):
        page, place = divmod(n, stock.per_page)
        label = crop(pictures[page], stock.places()[place], 203)
        assert [read.content for read in codes(label, LINEAR + SQUARE)] == ["B1B1B1B10"]
    if stock.per_page == 1:
        assert all(inside(picture, stock.printable(stock.places()[0]), 203) for picture in pictures)


def test_the_label_and_the_list_name_a_series_by_the_same_word() -> None:
    alike = replace(SMALL, baskets=tuple(Basket(f"B{n}", f"C{n}", (PASTA_LINE,), "A") for n in range(2)))

    label = text_of(basket_labels(alike, media("DK-11202"), words("fr")))[0]
    listed = " ".join(text_of(pick_list_in_series(alike, words("fr"))))

    assert "série A" in label
    assert "Série A\u202f: 2 paniers" in listed


def test_weighed_goods_count_as_one_thing() -> None:
    assert pieces([APPLES, CREAM_LINE]) == 3


def test_lines_are_walked_by_place_then_product_then_date() -> None:
    later = replace(PASTA_LINE, lot="LATER0000", date=None)

    walked = by_place([PEAS, later, CREAM_LINE, PASTA_LINE, APPLES])

    assert walked == [
        ("Étagère A1", [APPLES]),
        ("Étagère B3", [PASTA_LINE, later]),
        ("Frigo 2", [CREAM_LINE]),
        ("Congélateur", [PEAS]),
    ]


@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"grams": -1}])
def test_a_line_of_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(WrongBasket):
        replace(PASTA_LINE, **wrong)


def test_the_same_baskets_are_the_same_bytes() -> None:
    assert isinstance(PASTA_LINE, PickLine)
    assert basket_labels(SMALL, media("L7165"), words("fr")) == basket_labels(SMALL, media("L7165"), words("fr"))
