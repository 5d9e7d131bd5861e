"""Amounts in words: what a cheque and a tax receipt need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.spelled import MOST_CENTS, NotSpelled, amount_in_words


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (0, "zéro euro", "zero euros"),
        (1, "un centime", "one cent"),
        (100, "un euro", "one euro"),
        (201, "deux euros et un centime", "two euros and one cent"),
        (1671, "seize euros et soixante et onze centimes", "sixteen euros and seventy-one cents"),
        (2100, "vingt et un euros", "twenty-one euros"),
        (
            7799,
            "soixante-dix-sept euros et quatre-vingt-dix-neuf centimes",
            "seventy-seven euros and ninety-nine cents",
        ),
        (8080, "quatre-vingts euros et quatre-vingts centimes", "eighty euros and eighty cents"),
        (20_000, "deux cents euros", "two hundred euros"),
        (28_100, "deux cent quatre-vingt-un euros", "two hundred and eighty-one euros"),
        (100_000, "mille euros", "one thousand euros"),
        (8_000_000, "quatre-vingt mille euros", "eighty thousand euros"),
        (30_000_000, "trois cent mille euros", "three hundred thousand euros"),
        (100_000_000, "un million d’euros", "one million euros"),
        (200_000_100, "deux millions un euros", "two million and one euros"),
    ],
)
def test_an_amount_is_written_as_people_write_it(cents: int, french: str, english: str) -> None:
    assert amount_in_words(cents, "fr") == french
    assert amount_in_words(cents, "en") == english


@pytest.mark.parametrize("language", ["fr", "en"])
@given(a=st.integers(0, MOST_CENTS), b=st.integers(0, MOST_CENTS))
def test_two_amounts_are_never_the_same_words(language: str, a: int, b: int) -> None:
    assert (amount_in_words(a, language) == amount_in_words(b, language)) == (a == b)


@pytest.mark.parametrize("cents", [-1, MOST_CENTS + 1])
def test_an_amount_nobody_gives_is_refused(cents: int) -> None:
    with pytest.raises(NotSpelled, match=str(cents)):
        amount_in_words(cents, "fr")
