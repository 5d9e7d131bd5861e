import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.words import words
from labels.boxes import MM
from labels.paper import A4_PAGE
from labels.report import CauseRow, Coverage, DoesNotAddUp, FamilyRow, GroupRow, WasteReport, WeekRow
from labels.waste import truth, waste_report
from tests.labels.examples import NOTHING, OCTOBER, any_text
from tests.labels.reading import inside, pages, text_of

PAPER = A4_PAGE.inset(7 * MM)


def test_the_report_starts_with_a_sentence_of_truth() -> None:
    assert truth(OCTOBER, words("en")) == (
        "October 2026: 7,412\u202fkg came in; 7,133\u202fkg were eaten; 301\u202fkg were left behind,"
        " of which 240\u202fkg were saved; 279\u202fkg were lost in all."
    )


def test_a_period_that_is_no_month_has_its_first_and_last_days() -> None:
    assert truth(replace(OCTOBER, last=dt.date(2026, 10, 30)), words("en")).startswith("01/10/2026 to 30/10/2026: ")


def test_the_report_has_two_pages_with_every_figure_in_words() -> None:
    first, second = text_of(waste_report(OCTOBER, words("en")))

    for said in ("96.2%", "13,786", "€11,029", "10,546\u202fkg", "Eaten by households", "Left behind: 301\u202fkg"):
        assert said in first
    for said in ("220\u202fkg", "8.3%", "Nothing lost: Conserves", "191\u202fkg", "33%", "81%", "93%", "ADEME 2016"):
        assert said in second
    assert "visits: 412" in second


def test_a_period_without_any_movement_has_a_report_that_says_so() -> None:
    first, second = text_of(waste_report(NOTHING, words("en")))

    assert "nothing came in, nothing was given and nothing was lost" in first
    assert "Nothing was lost over this period." in second
    assert "No basket was given over this period." in second


@pytest.mark.parametrize(
    "wrong",
    [{"lost": 278_999}, {"received": 0}, {"left_saved": 301_001}, {"last": dt.date(2026, 9, 30)}],
)
def test_figures_that_cannot_all_be_true_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DoesNotAddUp):
        replace(OCTOBER, **wrong)


def test_nothing_left_the_shelves_so_there_is_no_rate() -> None:
    assert NOTHING.rescue_rate is None
    assert OCTOBER.rescue_rate == pytest.approx(0.9624, abs=1e-4)


def test_the_families_that_lost_least_are_added_up() -> None:
    families = tuple(FamilyRow(f"Famille {n}", 100_000, 0, 0, 1_000 * n) for n in range(1, 15))

    text = text_of(waste_report(replace(OCTOBER, families=families), words("en")))[1]

    assert "Famille 14" in text
    assert "Other families: 8" in text
    assert "36\u202fkg · 4.5%" in text


grams = st.integers(0, 10**9)


@st.composite
def reports(draw: st.DrawFn) -> WasteReport:
    """Any report whose figures add up."""
    received, at_start, eaten, lost, passed_on, left = (draw(grams) for _ in range(6))
    went = eaten + lost + passed_on
    on_hand = max(0, received + at_start - went)
    start = at_start + max(0, went - received - at_start)
    monday = dt.date(2026, 1, 5)
    weeks = draw(st.lists(st.tuples(grams, grams, grams, grams), max_size=60))
    return WasteReport(
        network=draw(any_text),
        site=draw(any_text),
        first=dt.date(2026, 1, 1),
        last=dt.date(2026, 12, 31),
        made_on=dt.date(2027, 1, 2),
        at_start=start,
        received=received,
        eaten=eaten,
        passed_on=passed_on,
        lost=lost,
        on_hand=on_hand,
        left_behind=left,
        left_saved=draw(st.integers(0, left)),
        families=tuple(draw(st.lists(st.builds(FamilyRow, any_text, grams, grams, grams, grams), max_size=15))),
        causes=tuple(draw(st.lists(st.builds(CauseRow, any_text, grams), max_size=12))),
        weeks=tuple(WeekRow(monday + dt.timedelta(7 * n), *week) for n, week in enumerate(weeks)),
        groups=tuple(draw(st.lists(st.builds(GroupRow, any_text, grams, st.floats(0, 1)), max_size=8))),
        coverage=draw(st.none() | st.builds(Coverage, grams, grams, st.floats(0, 2), st.floats(0, 2))),
    )


@given(report=reports(), language=st.sampled_from(["fr", "en"]))
@settings(max_examples=40)
def test_any_report_is_two_pages_and_stays_on_them(report: WasteReport, language: str) -> None:
    pictures = pages(waste_report(report, words(language)), 72)

    assert len(pictures) == 2
    assert all(inside(picture, PAPER, 72) for picture in pictures)


def test_the_same_report_is_the_same_bytes() -> None:
    assert waste_report(OCTOBER, words("fr")) == waste_report(OCTOBER, words("fr"))
