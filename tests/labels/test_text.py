from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from common.words import words
from labels.boxes import Box
from labels.fonts import BOLD, FACES, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.paper import A4_PAGE, document
from labels.text import clean, first_that_fits, fit, write
from tests.labels.examples import any_text
from tests.labels.reading import inside, pages, text_of


def page_of(text: str, box: Box, page: Box, **how: Any) -> bytes:
    def draw(canvas: Canvas) -> None:
        write(canvas, text, box, **how)

    return document([draw], words("fr"), title="box", page=page)


@given(
    text=any_text,
    width=st.floats(0, 120),
    height=st.floats(0, 60),
    largest=st.floats(5, 60),
    lines=st.integers(1, 4),
    faces=st.sampled_from([(REGULAR, NARROW), (BOLD, NARROW_BOLD), (MONO,)]),
    align=st.sampled_from(["left", "centre", "right"]),
    stand=st.sampled_from(["top", "middle", "bottom"]),
)
def test_the_ink_of_any_text_stays_in_its_box(
    text: str, width: float, height: float, largest: float, lines: int, faces: object, align: str, stand: str
) -> None:
    box = Box(30, 30, width, height)

    pdf = page_of(text, box, Box(0, 0, 180, 120), faces=faces, largest=largest, lines=lines, align=align, stand=stand)

    (picture,) = pages(pdf, 216)
    assert inside(picture, box, 216)


@given(text=any_text, width=st.floats(0, 200), height=st.floats(0, 60), lines=st.integers(1, 4))
@example(text="000", width=4, height=10, lines=2)
def test_what_is_shown_is_the_text_or_its_beginning(text: str, width: float, height: float, lines: int) -> None:
    block = fit(text, width, height, largest=20, lines=lines)

    whole = clean(text)
    shown = "".join(block.lines)
    kept = shown.removesuffix("…").replace(" ", "").rstrip(",;:-")
    assert len(block.lines) <= lines
    assert whole.replace(" ", "").startswith(kept)
    assert shown.endswith("…") or kept in ("", whole.replace(" ", "").rstrip(",;:-"))


def test_a_text_that_fits_is_set_at_the_largest_size() -> None:
    block = fit("Pain", 200, 50, largest=12)

    assert (block.lines, block.size, block.face) == (("Pain",), 12, REGULAR)


def test_a_text_shrinks_then_narrows_then_is_cut() -> None:
    faces = (REGULAR, NARROW)
    text = "Fromage blanc de campagne"

    shrunk = fit(text, 110, 50, faces=faces, largest=12, smallest=6)
    narrowed = fit(text, 80, 50, faces=faces, largest=12, smallest=6)
    cut = fit(text, 40, 50, faces=faces, largest=12, smallest=6)

    assert shrunk.face is REGULAR
    assert 6 <= shrunk.size < 12
    assert narrowed.face is NARROW
    assert narrowed.lines == (text,)
    assert cut.lines[0].endswith("…")


def test_words_wrap_before_they_shrink_to_nothing() -> None:
    assert fit("Pommes de terre nouvelles", 70, 40, largest=10, lines=3).lines == ("Pommes de", "terre", "nouvelles")


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert clean("Lait 1 l, 30 % de 500 g") == "Lait 1\u202fl, 30\u202f% de 500\u202fg"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("", ""),
        ("  a \n b\t", "a b"),
        ("e\u0301te\u0301", "été"),
        ("日本 miso", "\ufffd miso"),
        ("🧀🧀 ok", "\ufffd ok"),
        ("x\u0489\u200dy\x00z", "xy z"),
        ("2\u202f% « a »", "2\u202f% « a »"),
    ],
)
def test_odd_characters_are_shown_as_well_as_can_be(text: str, drawn: str) -> None:
    assert clean(text) == drawn


def test_every_face_draws_french_with_its_narrow_space() -> None:
    sentence = "L’œuf d’Aÿ coûte 7\u202f412,50\u202f€ ; « ÇA ! » – n° 3 ✓"

    assert [clean(sentence, face) for face in FACES] == [sentence] * len(FACES)


def test_text_can_be_read_back_from_the_page() -> None:
    pdf = page_of("Crème brûlée à 3\u202f€", A4_PAGE.inset(50), A4_PAGE, largest=20)

    assert text_of(pdf) == ["Crème brûlée à 3\u202f€"]


def test_the_first_wording_that_needs_no_cutting_is_taken() -> None:
    sayings = ("vendredi 27 novembre 2026", "27/11/2026", "27/11")

    chosen = [
        first_that_fits(sayings, Box(0, 0, width, 20), faces=(REGULAR,), largest=10, smallest=6)
        for width in (200, 40, 1)
    ]

    assert chosen == list(sayings)


def test_a_document_is_the_same_bytes_each_time_and_says_what_it_is() -> None:
    made = {page_of("Été", A4_PAGE.inset(50), A4_PAGE, largest=20) for _ in range(2)}

    (pdf,) = made
    assert b"/Lang (fr)" in pdf
    assert pdf.startswith(b"%PDF-")
