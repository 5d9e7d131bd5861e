"""Dates on food: read as people type them, and judged by the rules of intake.

A use-by date (DLC) is a health limit and ends with its day. A best-before date (DDM) is about quality: goods may
be given for some days after it, as many as their family allows. Dates have no hours; where a rule counts hours it
takes the instant as an argument, and nothing here looks at the clock.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from common.clock import PARIS
from stock.shorthand import (
    DateKind,
    Doubt,
    ImpossibleDate,
    Plausibility,
    Precision,
    ReadDate,
    UnreadableDate,
    full_year,
    read_date,
)

__all__ = [
    "DateKind",
    "DateReason",
    "DateRules",
    "Decision",
    "Doubt",
    "ImpossibleDate",
    "Plausibility",
    "Precision",
    "ReadDate",
    "UnreadableDate",
    "Verdict",
    "fits_short_circuit",
    "full_year",
    "judge_date",
    "last_day_to_give",
    "read_date",
]


class Decision(StrEnum):
    """What intake does with goods of a date."""

    ACCEPTED = "accepted"
    SHORT = "short"
    """A use-by date too near for the law, unless the site may and can give the goods in time."""
    PAST_BEST_BEFORE = "past_best_before"
    """Within the family's tolerance: a person must look at the packs."""
    REFUSED = "refused"


class DateReason(StrEnum):
    """Why goods are refused for their date, in the codes of the refusal register."""

    USE_BY_PASSED = "DLC_DEPASSEE"
    USE_BY_TOO_SHORT = "DLC_TROP_COURTE"
    NO_DATE = "DATE_ILLISIBLE"
    PAST_TOLERANCE = "DDM_HORS_TOLERANCE"


@dataclass(frozen=True)
class DateRules:
    """The thresholds in force; an administrator may change them, a structure only make them stricter."""

    min_use_by_hours: int = 48
    """Hours a use-by date must still run at takeover (Code de l'environnement, art. D541-310)."""
    zone: ZoneInfo = PARIS
    """Whose midnight ends a day."""

    def __post_init__(self) -> None:
        if self.min_use_by_hours < 0:
            raise ValueError(f"hours left at takeover cannot be negative, got {self.min_use_by_hours}")


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one date at intake."""

    decision: Decision
    reason: DateReason | None = None
    """Why it is refused; for a short date, why it will be if it cannot be given in time."""
    last_day: dt.date | None = None
    """The last day the goods may be given; None for goods without a date."""
    days_left: int | None = None
    """From today to the date itself: negative once it is past."""


def judge_date(
    date: dt.date | None,
    kind: DateKind,
    today: dt.date,
    at: dt.datetime,
    rules: DateRules,
    grace_days: int = 0,
) -> Verdict:
    """What becomes of goods dated `date` that are taken over at instant `at`.

    A use-by date is compared at the end of its day: 23:59:59 of the date less `at` must be at least
    `rules.min_use_by_hours`. `today` may be later than `at`, when a pick-up is booked on return or after the
    network came back: a use-by date that passed in between is refused. `grace_days` is the tolerance of the
    family after a best-before date.
    """
    if kind is DateKind.NONE:
        return Verdict(Decision.ACCEPTED)
    if date is None:
        return Verdict(Decision.REFUSED, DateReason.NO_DATE)
    last_day = last_day_to_give(date, kind, grace_days)
    decision, reason = (
        _judge_use_by(date, today, at, rules) if kind is DateKind.USE_BY else _judge_best_before(date, last_day, today)
    )
    return Verdict(decision, reason, last_day, (date - today).days)


def last_day_to_give(date: dt.date, kind: DateKind, grace_days: int = 0) -> dt.date:
    """The last day goods of this date may be handed over: the use-by day itself, never after.

    >>> last_day_to_give(dt.date(2026, 11, 28), DateKind.BEST_BEFORE, grace_days=60)
    datetime.date(2027, 1, 27)
    """
    if grace_days < 0:
        raise ValueError(f"a tolerance cannot be negative, got {grace_days} days")
    if kind is DateKind.USE_BY:
        return date
    return dt.date.fromordinal(min(date.toordinal() + grace_days, dt.date.max.toordinal()))


def fits_short_circuit(verdict: Verdict, *, permitted: bool, today: dt.date, session: dt.date | None) -> bool:
    """Whether goods of a short use-by date may come in after all: the site may, and a session is in time."""
    if verdict.decision is not Decision.SHORT or verdict.last_day is None or session is None:
        return False
    return permitted and today <= session <= verdict.last_day


def _judge_use_by(
    date: dt.date, today: dt.date, at: dt.datetime, rules: DateRules
) -> tuple[Decision, DateReason | None]:
    if at.tzinfo is None:
        raise ValueError("the instant of takeover has no time zone")
    if date < today:
        return Decision.REFUSED, DateReason.USE_BY_PASSED
    end = dt.datetime.combine(date, dt.time(23, 59, 59), rules.zone).astimezone(dt.UTC)
    if end - at.astimezone(dt.UTC) < dt.timedelta(hours=rules.min_use_by_hours):
        return Decision.SHORT, DateReason.USE_BY_TOO_SHORT
    return Decision.ACCEPTED, None


def _judge_best_before(date: dt.date, last_day: dt.date, today: dt.date) -> tuple[Decision, DateReason | None]:
    if date >= today:
        return Decision.ACCEPTED, None
    if last_day >= today:
        return Decision.PAST_BEST_BEFORE, None
    return Decision.REFUSED, DateReason.PAST_TOLERANCE
