import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import Words
from households.composition import (
    AGE_BANDS,
    AgeBand,
    AgeBands,
    BadAdultEquivalents,
    BadAgeBands,
    BadBirthDate,
    NobodyInHousehold,
    OnlyInfants,
    Person,
    compose,
)
from households.sentences import Label
from tests.households.cases import TODAY, household, people

NEW_YEAR, NEW_YEARS_EVE = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def test_a_lone_parent_with_two_children_is_counted_in_every_way() -> None:
    composition = household(38, 8, 15)

    assert composition.ages == (38, 15, 8)
    assert composition.persons == 3
    assert composition.adult_equivalents == Decimal("2.95")
    assert composition.consumption_units == Decimal("1.8")
    assert composition.by_band == {
        "infant": 0,
        "toddler": 0,
        "child": 1,
        "teenager": 1,
        "adult": 1,
        "senior": 0,
    }
    assert not composition.infant
    assert composition.doubts == ()


@pytest.mark.parametrize(
    ("birth_year", "band"),
    [
        (2026, "infant"),
        (2025, "toddler"),
        (2023, "toddler"),
        (2022, "child"),
        (2016, "child"),
        (2015, "teenager"),
        (2009, "teenager"),
        (2008, "adult"),
        (1962, "adult"),
        (1961, "senior"),
    ],
)
@pytest.mark.parametrize("day", [NEW_YEAR, NEW_YEARS_EVE])
def test_a_birth_year_gives_one_band_from_new_year_to_new_years_eve(birth_year: int, band: str, day: dt.date) -> None:
    composition = compose([Person(birth_year), Person(1980)], day)

    assert band == AGE_BANDS.of(Person(birth_year).age(day)).code
    assert composition.by_band[band] >= 1


def test_the_next_year_begins_the_next_band() -> None:
    born_2008 = Person(2008)

    assert born_2008.age(dt.date(2025, 12, 31)) == 17
    assert born_2008.age(dt.date(2026, 1, 1)) == 18


def test_a_known_month_makes_the_age_exact_from_the_first_of_that_month() -> None:
    born_in_may = Person(2025, 5)

    assert born_in_may.age(dt.date(2026, 4, 30)) == 0
    assert born_in_may.may_be_infant(dt.date(2026, 4, 30))
    assert born_in_may.age(dt.date(2026, 5, 1)) == 1
    assert not born_in_may.may_be_infant(dt.date(2026, 5, 1))


def test_a_child_born_last_year_may_be_an_infant_until_its_month_is_told() -> None:
    composition = compose([Person(1990), Person(2025)], TODAY)

    assert composition.infant
    assert composition.adult_equivalents == Decimal("1.6")
    assert [d.code for d in composition.doubts] == ["birth_month"]
    assert composition.doubts[0].field == "birth_month"
    assert "2025" in composition.doubts[0].say(Words("en"))


def test_a_child_born_the_year_before_last_is_no_infant() -> None:
    composition = compose([Person(1990), Person(2024)], TODAY)

    assert not composition.infant
    assert composition.doubts == ()


def test_a_baby_takes_nothing_from_the_basket() -> None:
    assert household(30, 0).adult_equivalents == Decimal("1.1")
    assert household(30, 0).infant


def test_appetites_are_the_means_of_women_and_men_of_each_age() -> None:
    assert {band.from_age: str(band.adult_equivalents) for band in AGE_BANDS.bands} == {
        0: "0",
        1: "0.5",
        4: "0.75",
        11: "1.1",
        18: "1.1",
        65: "0.9",
    }


@pytest.mark.parametrize(
    ("ages", "units"),
    [
        ((40,), "1"),
        ((70, 68), "1.5"),
        ((40, 13), "1.3"),
        ((40, 14), "1.5"),
        ((40, 38, 10, 5), "2.1"),
        ((16,), "1"),
        ((13, 10), "1.3"),
    ],
)
def test_consumption_units_change_at_fourteen(ages: tuple[int, ...], units: str) -> None:
    assert household(*ages).consumption_units == Decimal(units)


@pytest.mark.parametrize(
    "person",
    [
        Person(2199),
        Person(2027),
        Person(2026, 12),
        Person(1899),
        Person(26),
        Person(1990, 0),
        Person(1990, 13),
    ],
)
def test_a_birth_date_nobody_can_have_is_refused(person: Person) -> None:
    with pytest.raises(BadBirthDate) as refused:
        compose([Person(1980), person], TODAY)

    assert "1900" in refused.value.say(Words("en"))
    assert str(person.birth_year) in refused.value.say(Words("en"))


@pytest.mark.parametrize("person", [Person(2026, 11), Person(1900), Person(2026)])
def test_the_first_and_the_last_possible_birth_dates_are_taken(person: Person) -> None:
    assert compose([Person(1980), person], TODAY).persons == 2


def test_a_household_of_nobody_is_refused() -> None:
    with pytest.raises(NobodyInHousehold):
        compose([], TODAY)


def test_babies_alone_are_refused() -> None:
    with pytest.raises(OnlyInfants):
        compose(people(0, 0), TODAY)


def test_twelve_children_without_an_adult_raise_a_question() -> None:
    composition = household(*[9] * 12)

    assert composition.adult_equivalents == 9
    assert [d.code for d in composition.doubts] == ["no_adult"]


@pytest.mark.parametrize(("age", "codes"), [(17, ["no_adult"]), (18, []), (105, []), (106, ["very_old"])])
def test_ages_raise_a_question_beyond_their_limits(age: int, codes: list[str]) -> None:
    assert [d.code for d in household(age).doubts] == codes


@pytest.mark.parametrize(("persons", "codes"), [(12, []), (13, ["very_many"])])
def test_a_very_large_household_raises_a_question(persons: int, codes: list[str]) -> None:
    assert [d.code for d in household(*[30] * persons).doubts] == codes


@pytest.mark.parametrize("starts", [(), (1, 18), (0, 18, 18), (0, 65, 18)])
def test_age_bands_with_a_hole_or_an_overlap_are_refused(starts: tuple[int, ...]) -> None:
    with pytest.raises(BadAgeBands):
        AgeBands("broken", tuple(AgeBand(f"b{i}", s, Decimal(1), Label("", "")) for i, s in enumerate(starts)))


def test_age_bands_with_a_code_twice_are_refused() -> None:
    with pytest.raises(BadAgeBands):
        AgeBands("broken", (AgeBand("a", 0, Decimal(1), Label("", "")), AgeBand("a", 18, Decimal(1), Label("", ""))))


@pytest.mark.parametrize("equivalents", ["-0.1", "0.755"])
def test_an_appetite_that_does_not_add_up_is_refused(equivalents: str) -> None:
    with pytest.raises(BadAdultEquivalents):
        AgeBand("adult", 18, Decimal(equivalents), Label("", ""))


ages = st.integers(0, 105)


@given(st.lists(ages, min_size=1, max_size=9).filter(lambda a: max(a) > 0), ages)
def test_one_more_person_never_makes_a_household_smaller(some: list[int], one_more: int) -> None:
    before, after = household(*some), household(*some, one_more)

    assert after.persons == before.persons + 1
    assert after.adult_equivalents >= before.adult_equivalents
    assert after.consumption_units > before.consumption_units
    assert sum(after.by_band.values()) == after.persons


@given(st.permutations([41, 38, 15, 13, 3]))
def test_the_order_in_which_people_are_typed_changes_nothing(ages: list[int]) -> None:
    assert household(*ages) == household(41, 38, 15, 13, 3)
