"""The scale (barème): which money counts, shared between whom, and what is proposed below which amount.

One scale holds for the whole network, so that the same means give the same right with every partner. It is
data with a version and a first day; a decision names the version it was made with.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal

from msgspec import Struct

from common.errors import Kind, Refusal
from common.words import N_, Cents
from households.composition import CONSUMPTION_UNITS, Shares
from households.sentences import Label


class ThresholdsOutOfOrder(Refusal):
    """Amounts below which things are proposed, that do not rise."""

    message = N_("Scale thresholds: expected urgent ≤ admission ≤ committee, got %(urgent)s, %(admit)s, %(committee)s.")


class LineTwiceInScale(Refusal):
    """A kind of income or charge with two rules: nobody could tell which one holds."""

    message = N_("Scale “%(version)s”: expected each line once, “%(kind)s” is there twice.")


class BadDays(Refusal):
    """A month that no calendar has."""

    field = "days"
    message = N_("Scale “%(version)s”: expected 28 to 31 days in a month, got %(got)s.")


class BadCap(Refusal):
    """A limit below nothing."""

    message = N_("Scale “%(version)s”, line “%(kind)s”: expected a limit of €0 or more, got %(got)s.")


class PartsMissing(Refusal):
    """A scale that shares by its own parts and does not say what a part is."""

    field = "part"
    message = N_("Scale “%(version)s” divides by parts: it must say what each person counts for.")


class NoScale(Refusal):
    """No scale has begun yet on that day."""

    kind = Kind.NOT_FOUND
    message = N_("No scale was in force on %(on)s: the first one begins later.")


class Denominator(StrEnum):
    """Between whom the money that is left is shared."""

    PERSONS = "persons"
    PARTS = "parts"
    """The scale's own weights."""
    CONSUMPTION_UNITS = "consumption_units"
    """The OECD's weights."""


class Rounding(StrEnum):
    """How what is left becomes whole cents."""

    NEAREST = "nearest"
    """Halves go away from zero, as people round."""
    DOWN = "down"
    """Towards less left to live on: in the household's favour at every threshold."""


PERSONS = Shares(first=Decimal(1), next=Decimal(1), child=Decimal(1), child_until=0)


class LineRule(Struct, frozen=True):
    """How one kind of income or charge counts."""

    kind: str
    side: Literal["income", "charge"]
    label: Label
    counted: bool = True
    """False for what is asked or shown but left out of the sum: a child's disability allowance, tobacco."""
    cap_cents: int | None = None
    """The most that counts a month, all lines of this kind together; None where everything counts."""


class Thresholds(Struct, frozen=True):
    """Cents per share and day. A proposal only: a person decides."""

    urgent_cents: int
    """Below it, help at once."""
    admit_cents: int
    """Up to it, the cent included, admission."""
    committee_cents: int
    """Up to it, the cent included, the committee; above, refusal."""

    def __post_init__(self) -> None:
        if not self.urgent_cents <= self.admit_cents <= self.committee_cents:
            raise ThresholdsOutOfOrder(
                urgent=Cents(self.urgent_cents),
                admit=Cents(self.admit_cents),
                committee=Cents(self.committee_cents),
            )


class Scale(Struct, frozen=True, dict=True):
    """A version of the rules."""

    version: str
    valid_from: dt.date
    lines: tuple[LineRule, ...]
    thresholds: Thresholds
    denominator: Denominator = Denominator.PERSONS
    parts: Shares | None = None
    """The scale's own weights, where they are the denominator."""
    days: Decimal = Decimal(30)
    """Days that a month is taken to have: 30 usually, 30.4 with some."""
    rounding: Rounding = Rounding.NEAREST

    def __post_init__(self) -> None:
        if not 28 <= self.days <= 31:
            raise BadDays(version=self.version, got=self.days)
        if self.denominator is Denominator.PARTS and self.parts is None:
            raise PartsMissing(version=self.version)
        for rule in self.lines:
            if self.rules[rule.kind] is not rule:
                raise LineTwiceInScale(version=self.version, kind=rule.kind)
            if rule.cap_cents is not None and rule.cap_cents < 0:
                raise BadCap(version=self.version, kind=rule.kind, got=Cents(rule.cap_cents))

    @cached_property
    def rules(self) -> dict[str, LineRule]:
        """The rule of each kind of income or charge."""
        return {rule.kind: rule for rule in self.lines}

    @property
    def weights(self) -> Shares:
        """What each person counts for when the money left is shared."""
        if self.denominator is Denominator.PARTS and self.parts is not None:
            return self.parts
        return CONSUMPTION_UNITS if self.denominator is Denominator.CONSUMPTION_UNITS else PERSONS


def in_force(scales: Iterable[Scale], on: dt.date) -> Scale:
    """The latest scale that has begun; raises NoScale before the first."""
    begun = [scale for scale in scales if scale.valid_from <= on]
    if not begun:
        raise NoScale(on=on)
    return max(begun, key=lambda scale: scale.valid_from)
