"""Dates, weights and amounts as people write them, in French and in English."""

import datetime as dt
from decimal import Decimal

import pytest

from common.errors import Refusal
from common.words import N_, THIN, Cents, Grams, Term, Words, words

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture
def fr() -> Words:
    return words("fr")


@pytest.fixture
def en() -> Words:
    return words("en")


def spaced(text: str) -> str:
    """The text as seen: narrow spaces written as plain ones."""
    return text.replace(THIN, " ")


@pytest.mark.parametrize(
    ("grams", "french", "english"),
    [
        (0, "0 g", "0 g"),
        (999, "999 g", "999 g"),
        (999.6, "1 kg", "1 kg"),
        (1000, "1 kg", "1 kg"),
        (1004, "1 kg", "1 kg"),
        (12_345, "12,34 kg", "12.34 kg"),
        (1_234_567, "1 235 kg", "1,235 kg"),
        (-1_500, "-1,5 kg", "-1.5 kg"),
    ],
)
def test_a_weight(fr: Words, en: Words, grams: float, french: str, english: str) -> None:
    assert spaced(fr.weight(grams)) == french
    assert spaced(en.weight(grams)) == english


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [(0, "0,00 €", "€0.00"), (5, "0,05 €", "€0.05"), (123_450, "1 234,50 €", "€1,234.50"), (-5, "-0,05 €", "-€0.05")],
)
def test_an_amount(fr: Words, en: Words, cents: int, french: str, english: str) -> None:
    assert spaced(fr.money(cents)) == french
    assert spaced(en.money(cents)) == english


@pytest.mark.parametrize(
    ("number", "digits", "french"),
    [
        (7412.5, 3, "7 412,5"),
        (0.12345, 3, "0,123"),
        (-0.1, 0, "0"),
        (Decimal("-0.04"), 1, "0"),
        (3_000_000, 0, "3 000 000"),
    ],
)
def test_a_number(fr: Words, number: float | Decimal, digits: int, french: str) -> None:
    assert spaced(fr.number(number, digits)) == french


@pytest.mark.parametrize(
    ("share", "digits", "french", "english"),
    [(0.333, 0, "33 %", "33%"), (0.125, 1, "12,5 %", "12.5%"), (-0.001, 0, "0 %", "0%"), (1.2, 0, "120 %", "120%")],
)
def test_a_share(fr: Words, en: Words, share: float, digits: int, french: str, english: str) -> None:
    assert spaced(fr.percent(share, digits)) == french
    assert spaced(en.percent(share, digits)) == english


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (dt.date(2026, 11, 28), "samedi 28 novembre 2026", "Saturday 28 November 2026"),
        (dt.date(2026, 8, 1), "samedi 1er août 2026", "Saturday 1 August 2026"),
        (dt.date(2026, 8, 11), "mardi 11 août 2026", "Tuesday 11 August 2026"),
    ],
)
def test_a_whole_date(fr: Words, en: Words, day: dt.date, french: str, english: str) -> None:
    assert fr.date(day) == french
    assert en.date(day) == english


@pytest.mark.parametrize(
    ("days", "english"),
    [
        (-2, "21 November"),
        (-1, "yesterday"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "Wednesday"),
        (6, "Sunday"),
        (7, "30 November"),
        (299, "18 September"),
        (300, "19 September 2027"),
        (-300, "27 January 2026"),
    ],
)
def test_a_date_near_today(en: Words, days: int, english: str) -> None:
    assert en.near_date(MONDAY + dt.timedelta(days), MONDAY) == english


def test_the_first_of_a_month_near_today_in_french(fr: Words) -> None:
    assert fr.near_date(dt.date(2026, 12, 1), MONDAY) == "1er décembre"


@pytest.mark.parametrize(
    ("days", "french", "english"),
    [
        (4, "vendredi 27 novembre", "Friday 27 November"),
        (8, "mardi 1er décembre", "Tuesday 1 December"),
        (-299, "mercredi 28 janvier", "Wednesday 28 January"),
        (300, "dimanche 19 septembre 2027", "Sunday 19 September 2027"),
    ],
)
def test_a_day_by_its_name(fr: Words, en: Words, days: int, french: str, english: str) -> None:
    day = MONDAY + dt.timedelta(days)

    assert (fr.day(day, MONDAY), en.day(day, MONDAY)) == (french, english)


def test_dates_on_labels_are_figures(fr: Words) -> None:
    assert fr.short_date(dt.date(2026, 3, 1)) == "01/03"
    assert fr.numeric_date(dt.date(2026, 3, 1)) == "01/03/2026"
    assert fr.month(dt.date(2026, 8, 1)) == "août 2026"


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (dt.datetime(2026, 11, 28, 13, 5, tzinfo=dt.UTC), "28/11 14:05"),
        (dt.datetime(2026, 7, 13, 22, 30, tzinfo=dt.UTC), "14/07 00:30"),
    ],
)
def test_a_moment_is_told_by_the_clock_on_the_wall(fr: Words, instant: dt.datetime, written: str) -> None:
    assert fr.moment(instant) == written


def test_a_hole_is_filled_with_a_value_as_people_write_it(fr: Words) -> None:
    filled = fr.text(
        "%(a)s|%(b)s|%(c)s|%(d)s|%(e)s|%(f)s|%(g)s",
        a=Grams(12_500),
        b=Cents(1250),
        c=dt.date(2026, 11, 28),
        d=12_345,
        e=["pain", "lait", "riz"],
        f={"œuf", "ail"},
        g="100 %",
    )

    assert spaced(filled) == "12,5 kg|12,50 €|samedi 28 novembre 2026|12 345|pain, lait et riz|ail et œuf|100 %"


def test_a_sentence_without_values_keeps_its_percent_signs(fr: Words) -> None:
    assert fr.text("100 % bio") == "100 % bio"


@pytest.mark.parametrize(("n", "english"), [(0, "0 lots"), (1, "1 lot"), (2_000, "2,000 lots")])
def test_a_plural_in_english(en: Words, n: int, english: str) -> None:
    assert en.plural("%(n)s lot", "%(n)s lots", n) == english


def test_an_unknown_language_gets_french(fr: Words) -> None:
    assert words("xx") is fr


class NotEnough(Refusal):
    message = N_("Lot %(lot)s has %(left)s left.")


def test_a_refusal_says_what_on_what_and_how_much(en: Words) -> None:
    refusal = NotEnough(lot="K7Q2", left=Grams(300))

    assert spaced(refusal.say(en)) == "Lot K7Q2 has 300 g left."
    assert refusal.code == "NotEnough"


def test_a_term_in_a_hole_is_translated_too(en: Words) -> None:
    assert en.text("This %(what)s does not exist.", what=Term("lot")) == "This lot does not exist."
