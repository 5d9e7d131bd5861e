"""Small named cases shared by the tests of this room."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from households.composition import Composition, Person, compose
from households.living_remainder import Line
from households.scale import LineRule, Scale, Thresholds
from households.sentences import Label

TODAY = dt.date(2026, 11, 23)


def people(*ages: int) -> list[Person]:
    """Persons who reach these ages in the year of TODAY."""
    return [Person(TODAY.year - age) for age in ages]


def household(*ages: int) -> Composition:
    """The household that persons of these ages make on TODAY."""
    return compose(people(*ages), TODAY)


def rule(kind: str, side: Literal["income", "charge"], **how: Any) -> LineRule:
    return LineRule(kind, side, Label(f"{kind} (fr)", kind.capitalize()), **how)


SCALE = Scale(
    version="test-2026",
    valid_from=dt.date(2026, 1, 1),
    lines=(
        rule("wage", "income"),
        rule("pension", "income"),
        rule("benefit", "income"),
        rule("disability allowance of a child", "income", counted=False),
        rule("rent", "charge"),
        rule("phone", "charge", cap_cents=4_000),
        rule("tobacco", "charge", counted=False),
    ),
    thresholds=Thresholds(urgent_cents=300, admit_cents=900, committee_cents=1100),
)


def lines(**euros: str) -> list[Line]:
    """One line of each kind, amounts in euros as they are typed."""
    return [Line(kind, int(Decimal(amount) * 100)) for kind, amount in euros.items()]
