"""Crate and price labels: read on every stock they fit, whatever is written on them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.words import words
from labels.crates import WrongCrate, crate_labels, crates_of
from labels.media import all_media, media
from labels.prices import PriceLabel, WrongPrice, price_labels
from tests.labels.examples import CREAM, any_text
from tests.labels.reading import PRINTERS, SQUARE, codes, inside, pages, text_of, worn

PASTA = PriceLabel("Pâtes coquillettes 500 g", 32, 160, code="0B3C9QXZ4")
STOCKS = sorted(all_media())


@settings(max_examples=12)
@given(text=any_text, stock=st.sampled_from(STOCKS), dpi=st.sampled_from([203, 300]))
def test_whatever_is_written_on_it_a_label_stays_in_its_frame_and_is_read(text: str, stock: str, dpi: int) -> None:
    on = replace(media(stock), dpi=dpi)
    crates = crates_of(replace(CREAM, product=text, place=text), 1, text)

    (crate,) = pages(crate_labels(crates, on, words("fr")), dpi)
    (price,) = pages(price_labels([replace(PASTA, product=text)], on, words("fr")), dpi)

    assert inside(crate, on.printable(on.places()[0]), dpi)
    assert inside(price, on.printable(on.places()[0]), dpi)
    assert [read.content for read in codes(crate, SQUARE)] == ["917K3M9QXZ4"]
    assert [read.content for read in codes(price, SQUARE)] == ["0B3C9QXZ4"]


@pytest.mark.parametrize("dpi", PRINTERS)
def test_worn_crate_and_price_labels_are_still_read(dpi: int) -> None:
    on = replace(media("11354"), dpi=dpi)
    (crate,) = pages(crate_labels(crates_of(CREAM, 1), on, words("fr")), dpi)
    (price,) = pages(price_labels([PASTA], on, words("fr")), dpi)

    for label, content in ((crate, "917K3M9QXZ4"), (price, "0B3C9QXZ4")):
        for how, seen in worn(label).items():
            assert [read.content for read in codes(seen, SQUARE)] == [content], how


def test_a_price_stands_beside_the_usual_one() -> None:
    by_weight = PriceLabel("Pommes", 50, 250, "kilogram")

    (text,) = text_of(price_labels([PASTA, by_weight], media("L7165"), words("fr")))

    assert "0,32\u202f€ prix habituel : 1,60\u202f€".replace("\u202f", " ") in text.replace("\u202f", " ")
    assert "0,50 € le kg prix habituel : 2,50 € le kg" in text.replace("\u202f", " ")


def test_a_price_above_the_shops_and_a_fourth_crate_of_three_are_refused() -> None:
    with pytest.raises(WrongPrice, match="170 cents are asked where shops ask 160"):
        replace(PASTA, asked_cents=170)
    with pytest.raises(WrongCrate, match="crate 4 of 3"):
        replace(crates_of(CREAM, 3)[0], number=4)
