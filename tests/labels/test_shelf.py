from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import words
from labels.codes import WouldNotScan
from labels.media import all_media, media
from labels.shelf import ArticleLabel, WrongArticle, article_labels
from tests.labels.examples import GTIN, any_text
from tests.labels.reading import LINEAR, PRINTERS, SQUARE, codes, crop, inside, pages, text_of, worn

STOCKS = sorted(all_media())
BREAD = ArticleLabel("PAIN", "Pain", "Boulangerie")
CRATE = ArticleLabel("CAGETTE-POMMES", "Cagette de pommes", "Fruits et légumes")


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("code", STOCKS)
def test_every_article_label_is_read_on_every_stock(code: str, dpi: int) -> None:
    stock = replace(media(code), dpi=dpi)
    labels = [BREAD, CRATE, replace(BREAD, ean=GTIN)]

    pictures = pages(article_labels(labels, stock, words("fr")), dpi)

    read = []
    for n in range(3):
        page, place = divmod(n, stock.per_page)
        read += codes(crop(pictures[page], stock.places()[place], dpi), LINEAR + SQUARE)
    assert [code.content for code in read] == ["ART-PAIN", "ART-CAGETTE-POMMES", GTIN]


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("label", [BREAD, CRATE, replace(BREAD, ean=GTIN)], ids=lambda label: label.content)
def test_a_worn_article_label_is_still_read(label: ArticleLabel, dpi: int) -> None:
    (picture,) = pages(article_labels([label], replace(media("11354"), dpi=dpi), words("fr")), dpi)

    for how, seen in worn(picture).items():
        assert [read.content for read in codes(seen, LINEAR + SQUARE)] == [label.content], how


def test_goods_with_an_ean_keep_it() -> None:
    (picture,) = pages(article_labels([replace(BREAD, ean=GTIN)], media("11354"), words("fr")), 300)

    assert [read.symbology for read in codes(picture, LINEAR + SQUARE)] == ["]E0"]


def test_the_name_and_the_code_can_be_read_by_people() -> None:
    (text,) = text_of(article_labels([CRATE], media("L7163"), words("fr")))

    assert text == "Cagette de pommes ART-CAGETTE-POMMES Fruits et légumes"


@given(name=any_text, family=any_text, code=st.sampled_from(STOCKS))
def test_any_name_stays_on_the_label_and_the_code_is_read(name: str, family: str, code: str) -> None:
    stock = media(code)

    (picture,) = pages(article_labels([ArticleLabel("PAIN", name, family)], stock, words("fr")), 203)

    assert inside(picture, stock.printable(stock.places()[0]), 203)
    assert [read.content for read in codes(crop(picture, stock.places()[0], 203), LINEAR + SQUARE)] == ["ART-PAIN"]


@pytest.mark.parametrize("code", ["", "pain", "PAIN FRAIS", "É", "X" * 21])
def test_a_code_that_cannot_be_typed_or_scanned_is_refused(code: str) -> None:
    with pytest.raises(WrongArticle):
        ArticleLabel(code, "Pain")


def test_a_wrong_ean_is_refused_rather_than_printed() -> None:
    with pytest.raises(WouldNotScan):
        article_labels([replace(BREAD, ean="3017620422004")], media("L7163"), words("fr"))
