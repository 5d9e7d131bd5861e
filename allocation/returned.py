"""A return as plain values: tables of figures, each line with its code, its two names, its value and its unit."""

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from common.words import words

DASH = " – "
"""Between what a line of goods speaks of and what became of it."""
OF_PEOPLE = {"households", "people", "visits", "needs", "referrals"}
"""Units in which a small figure may point at somebody."""


class Line(Struct, frozen=True):
    """One figure: its code for programs, its name, its value in the unit it is told in."""

    code: str
    name_fr: str
    name_en: str
    value: int | float | None
    """None where it is withheld."""
    unit: str
    """`households`, `people`, `visits`, `sessions`, `meals`, `needs`, `workshops`, `referrals`, `g` or `share`."""


class Section(Struct, frozen=True):
    """A table of the return."""

    code: str
    name_fr: str
    name_en: str
    lines: tuple[Line, ...]


class Return(Struct, frozen=True):
    """All the figures of a period, of one partner or of all."""

    since: dt.date
    until: dt.date
    partner: str
    """Empty for all partners together."""
    sections: tuple[Section, ...]
    withheld: tuple[str, ...] | None = None
    """Codes of what does not leave the network, as it was decided when these figures were made."""

    def value(self, code: str) -> int | float | None:
        """The figure of this code."""
        return next(x.value for part in self.sections for x in part.lines if x.code == code)

    def of_people(self) -> dict[str, int]:
        """The counts in which a small figure may point at somebody."""
        return {x.code: int(x.value or 0) for part in self.sections for x in part.lines if x.unit in OF_PEOPLE}


def section(code: str, name: str, lines: Iterable[Line]) -> Section:
    return Section(code, words("fr").text(name), name, tuple(lines))


def line(code: str, name: str, value: int | float, unit: str) -> Line:
    return Line(code, words("fr").text(name), name, value, unit)
