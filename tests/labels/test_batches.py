from dataclasses import replace

import pytest

from common.words import words
from labels.batches import SLOTS, batched, pick_list_in_batches
from tests.labels.examples import SMALL
from tests.labels.reading import inside, pages, text_of
from tests.labels.test_picking import PAPER, session


@pytest.mark.parametrize("n", [0, 1, 6, 7, 13, 90])
def test_trolleys_hold_every_basket_once_and_nearly_the_same_load(n: int) -> None:
    trolleys = batched(range(n))

    assert [basket for trolley in trolleys for basket in trolley] == list(range(n))
    loads = [len(trolley) for trolley in trolleys]
    assert max(loads, default=0) <= len(SLOTS)
    assert max(loads, default=0) - min(loads, default=0) <= 1


def test_a_trolley_is_filled_in_the_order_of_the_shelves_and_says_whose_basket_stands_where() -> None:
    (text,) = text_of(pick_list_in_batches(SMALL, words("en")))

    places = ["Trolley 1", "A = 1 (C1C1C1C10)", "Étagère A1", "Étagère B3", "Frigo 2", "Congélateur"]
    assert sorted(places, key=text.index) == places
    assert "C = 3 (C3C3C3C30)" in text
    assert text.count("0B3C9QXZ4") == 1


def test_large_sessions_stay_on_the_paper_and_empty_ones_say_so() -> None:
    made = pages(pick_list_in_batches(session(20, 14), words("fr")), 72)

    assert len(made) > 1
    assert all(inside(page, PAPER, 72) for page in made)
    assert "propose the baskets first" in text_of(pick_list_in_batches(replace(SMALL, baskets=()), words("en")))[0]
