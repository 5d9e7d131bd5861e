"""Codes on labels and cards: every slip of a hand is noticed."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.codes import ALPHABET, WrongCode, new_code, read_code

codes = st.builds(lambda _: new_code(), st.integers())


@given(codes)
def test_a_new_code_is_read_as_itself(code: str) -> None:
    assert read_code(code) == code
    assert len(code) == 9


@given(codes)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("1", "l").replace("0", "o")

    assert read_code(typed) == code


@given(codes, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, character: str) -> None:
    assume(code[place] != character)

    with pytest.raises(WrongCode):
        read_code(code[:place] + character + code[place + 1 :])


@given(codes, st.integers(0, 7))
def test_two_swapped_neighbours_are_noticed(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])

    with pytest.raises(WrongCode):
        read_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize("typed", ["", "K", "  ", "K7Q2*", "K7U2J", "3017620422003", "é7Q2J", "K7Q2J" * 50])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(WrongCode) as refusal:
        read_code(typed)

    assert len(refusal.value.data["code"]) <= 40


def test_new_codes_differ() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000
