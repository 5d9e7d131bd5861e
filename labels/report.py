"""The waste report: two A4 pages a council reads in a minute and can keep.

A sentence of truth first; then where the food went, week by week, by family and cause; how balanced and how
even the baskets were; what was saved, with the version of the factors; and the words it uses.
"""

import datetime as dt
from dataclasses import dataclass

from labels.words import N_, Refused


class DoesNotAddUp(Refused):
    """Figures that cannot all be true: a report of them would not be one of truth."""


@dataclass(frozen=True)
class FamilyRow:
    """One family of products over the period, in grams."""

    name: str
    received: int
    eaten: int
    left_behind: int
    lost: int


@dataclass(frozen=True)
class CauseRow:
    """Why food was lost, in grams."""

    name: str
    grams: int


@dataclass(frozen=True)
class WeekRow:
    """One week, from its Monday, in grams."""

    monday: dt.date
    received: int
    eaten: int
    left_behind: int
    lost: int


@dataclass(frozen=True)
class GroupRow:
    """One nutrition group: grams given, and its reference share of one."""

    name: str
    grams: int
    reference: float


@dataclass(frozen=True)
class Coverage:
    """How evenly need was met; 1 is a household's whole need."""

    households: int
    visits: int
    worst: float
    average: float


@dataclass(frozen=True)
class Impact:
    """What the food eaten stands for, by published factors."""

    meals: int
    value_cents: int
    co2e_grams: int
    factors: str
    """The factors' source and version, which the report shows."""
    co2e_by_family_grams: int | None = None
    """By factors of each family: a second figure, never mixed with the first."""


@dataclass(frozen=True)
class WasteReport:
    """One network, or one of its sites, over a period; weights in grams."""

    network: str
    first: dt.date
    last: dt.date
    made_on: dt.date
    at_start: int
    """On hand when the period begins."""
    received: int
    eaten: int
    """Taken home by households."""
    passed_on: int
    """Given to partners or workshops."""
    lost: int
    """Everything lost, whatever the cause, food left behind and not saved included."""
    on_hand: int
    """On hand when the period ends."""
    left_behind: int
    """Offered and not taken."""
    left_saved: int
    """Of what was left behind: back on the shelf, or given another use."""
    site: str = ""
    families: tuple[FamilyRow, ...] = ()
    causes: tuple[CauseRow, ...] = ()
    weeks: tuple[WeekRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    coverage: Coverage | None = None
    impact: Impact | None = None
    notes: tuple[str, ...] = ()
    """Sentences for its foot: what the period is compared with."""

    def __post_init__(self) -> None:
        came, went = self.at_start + self.received, self.eaten + self.passed_on + self.lost + self.on_hand
        if came != went:
            raise DoesNotAddUp(
                N_("The report does not add up: %(came)s g came in or were there, %(went)s g are accounted for."),
                came=came,
                went=went,
            )
        if self.left_saved > self.left_behind:
            raise DoesNotAddUp(
                N_("The report does not add up: %(saved)s g were saved of %(left)s g left behind."),
                saved=self.left_saved,
                left=self.left_behind,
            )
        if self.last < self.first:
            raise DoesNotAddUp(
                N_("A period cannot end on %(last)s and begin on %(first)s."), last=self.last, first=self.first
            )

    @property
    def rescue_rate(self) -> float | None:
        """Share of what left the shelves that was eaten or given another use; None when nothing left them."""
        out = self.eaten + self.passed_on + self.lost
        return (self.eaten + self.passed_on) / out if out else None
