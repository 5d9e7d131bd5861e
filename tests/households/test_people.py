"""People as they are typed."""

import datetime as dt

import pytest

from common.errors import Refusal
from households.composition import Person
from households.people import person_of, read_people
from households.sealing import Named

TODAY = dt.date(2026, 11, 23)


def test_rows_become_people_and_share_the_first_family_name() -> None:
    rows = [
        ("Amina", "Ben Saïd", "12/03/1985", "self", "woman"),
        ("", "", "", "partner", "man"),
        ("Noé", "", "6/2025", "child", "unsaid"),
    ]

    assert read_people(rows, TODAY) == (
        Named("Amina", "Ben Saïd", "1985-03-12", "self", "woman"),
        Named("Noé", "Ben Saïd", "2025-06", "child"),
    )


@pytest.mark.parametrize(
    ("row", "field", "refusal"),
    [
        (("Léa", "Caron", "2199", "self", "unsaid"), "birth-0", "BadBirthDate"),
        (("Léa", "Caron", "24/11/2026", "self", "unsaid"), "birth-0", "BadBirthDate"),
        (("Léa", "Caron", "85", "self", "unsaid"), "birth-0", "UnreadableBirth"),
        (("Léa", "Caron", "31/02/1985", "self", "unsaid"), "birth-0", "UnreadableBirth"),
        (("Léa", "Caron", "", "self", "unsaid"), "birth-0", "UnreadableBirth"),
        (("Léa\tCaron\t1985", "", "1985", "self", "unsaid"), "given-0", "NotOneName"),
        (("Léa", "Caron 1985", "1985", "self", "unsaid"), "family-0", "NotOneName"),
        (("Léa", "Caron", "1985", "cousin of the king", "unsaid"), "bond-0", "NotOnTheList"),
        (("Léa", "Caron", "1985", "self", "F"), "sex-0", "NotOnTheList"),
        (("", "", "1985", "self", "unsaid"), "family-0", "NobodyNamed"),
    ],
)
def test_a_row_that_cannot_be_names_its_field(row: tuple[str, str, str, str, str], field: str, refusal: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_people([row], TODAY)

    assert (refused.value.code, refused.value.field) == (refusal, field)


def test_only_of_the_very_young_is_the_month_kept_in_the_open() -> None:
    assert person_of(Named(birth="2025-06-02"), TODAY) == Person(2025, 6)
    assert person_of(Named(birth="1985-03-12"), TODAY) == Person(1985)
