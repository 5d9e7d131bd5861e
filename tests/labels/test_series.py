from dataclasses import replace

from common.words import words
from labels.baskets import Basket
from labels.batches import pick_list_in_batches
from labels.series import pick_list_in_series
from tests.labels.examples import CREAM_LINE, PASTA_LINE, PEAS, SMALL
from tests.labels.reading import heights_of, text_of


def test_equal_baskets_are_listed_once_with_what_goes_into_each_and_altogether() -> None:
    alike = tuple(Basket(f"B{n}", f"C{n}", (PASTA_LINE, CREAM_LINE), "A") for n in range(12))
    picking = replace(SMALL, baskets=(Basket("BX", "CX", (PEAS,)), *alike))

    text = " ".join(text_of(pick_list_in_series(picking, words("en"))))

    assert text.index("Series A: 12 baskets") < text.index("Basket 1")
    assert text.count("Crème") == 1
    assert "C0, C1, C2" in text
    assert "24" in text[text.index("Crème") : text.index("Basket 1")]


def test_a_heading_touches_neither_what_it_stands_over_nor_the_row_before_it() -> None:
    picking = replace(SMALL, baskets=(Basket("BX", "CX", (PEAS,)), Basket("BY", "CY", (CREAM_LINE,))))

    for made, before, heading, whose in (
        (pick_list_in_series(picking, words("en")), PEAS.product, "Basket 2", "Cards: CY"),
        (pick_list_in_batches(picking, words("en")), "Product", "Trolley 1", "A = 1"),
    ):
        above, title, below = heights_of(made, before, heading, whose)
        assert title[1] + 8 < above[0]
        assert below[1] + 2 < title[0]


def test_a_session_without_baskets_says_so() -> None:
    assert "basket" in " ".join(text_of(pick_list_in_series(replace(SMALL, baskets=()), words("en")))).lower()
