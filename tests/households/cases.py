"""Small named cases shared by the tests of this room."""

import datetime as dt
from decimal import Decimal

from households.composition import AgeBand, AgeBands, Composition, Person, compose
from households.sentences import Label

TODAY = dt.date(2026, 11, 23)

BANDS = AgeBands(
    "test",
    tuple(
        AgeBand(code, from_age, Decimal(equivalents), Label(code, code))
        for code, from_age, equivalents in [
            ("infant", 0, "0"),
            ("toddler", 1, "0.5"),
            ("child", 4, "0.75"),
            ("teenager", 11, "1.1"),
            ("adult", 18, "1.1"),
            ("senior", 65, "0.9"),
        ]
    ),
)
"""The means of the food-aid figures: boys and girls, women and men together."""


def people(*ages: int) -> list[Person]:
    """Persons who reach these ages in the year of TODAY."""
    return [Person(TODAY.year - age) for age in ages]


def household(*ages: int) -> Composition:
    """The household that persons of these ages make on TODAY."""
    return compose(people(*ages), TODAY, BANDS)
