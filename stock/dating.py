"""Which date goods bear: what the code says, what a person typed, and what both must agree on."""

import datetime as dt
from dataclasses import dataclass, field

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_, Term
from stock.dates import (
    DateKind,
    DateReason,
    DateRules,
    Decision,
    Plausibility,
    Precision,
    ReadDate,
    fits_short_circuit,
    judge_date,
    read_date,
)
from stock.refusals import DateNeeded, LookFirst, PastTolerance, UseByPassed, UseByTooShort
from stock.shorthand import QUESTIONS
from stock.tables import Product
from stock.urgency import Steps


class DatesDisagree(Refusal):
    """The code and the person say different dates: one of the two was misread, and nobody may choose for them."""

    kind = Kind.CONFLICT
    message = N_("The code says %(coded)s, you typed “%(typed)s” (%(read)s): please look at the pack again.")
    field = "date"


class DoubtfulDate(Refusal):
    """A date that exists and is unlikely: a person confirms it, or types another."""

    kind = Kind.CONFLICT
    message = N_("“%(typed)s” was read as %(read)s. %(question)s")
    field = "date"


@dataclass(frozen=True)
class Dated:
    """The date on the pack and what it means."""

    date: dt.date | None
    kind: DateKind


def settle_date(
    typed: str,
    coded: dt.date | None,
    coded_kind: DateKind | None,
    family_kind: DateKind,
    *,
    today: dt.date,
    confirmed: bool = False,
    plausible: Plausibility | None = None,
) -> Dated:
    """The date of goods from their code, else as typed; raises DatesDisagree, DoubtfulDate or UnreadableDate.

    Where code and family mean different kinds of date, the stricter one counts: a use-by date printed on goods of
    a best-before family is a health limit all the same.

    >>> settle_date("28/11", None, None, DateKind.USE_BY, today=dt.date(2026, 11, 23)).date
    datetime.date(2026, 11, 28)
    """
    kind = _stricter(coded_kind, family_kind)
    if not typed.strip():
        return Dated(coded, kind if coded else family_kind)
    if kind is DateKind.NONE:
        kind = DateKind.BEST_BEFORE
    read = read_date(typed, today=today, kind=kind, plausible=plausible)
    if coded is None:
        if read.doubt and not confirmed:
            raise DoubtfulDate(typed=typed.strip(), read=read.date, question=Term(QUESTIONS[read.doubt]))
        return Dated(read.date, kind)
    if not _says(read, coded):
        raise DatesDisagree(coded=coded, typed=typed.strip(), read=read.date)
    return Dated(coded, kind)


def _stricter(coded: DateKind | None, family: DateKind) -> DateKind:
    if DateKind.USE_BY in (coded, family):
        return DateKind.USE_BY
    return coded or family


def _says(read: ReadDate, date: dt.date) -> bool:
    """Whether what was typed, which may lack its day or its year, means this date."""
    if read.precision is Precision.YEAR:
        return read.date.year == date.year
    if read.precision is Precision.MONTH:
        return (read.date.year, read.date.month) == (date.year, date.month)
    if read.year_guessed:
        return (read.date.month, read.date.day) == (date.month, date.day)
    return read.date == date


@dataclass(frozen=True)
class IntakeRules:
    """What is in force at a site today."""

    dates: DateRules = field(default_factory=DateRules)
    short_circuit_allowed: bool = False
    """This site has proven that it can give goods out within the 48 hours of the law."""
    sessions: tuple[dt.date, ...] = ()
    """The next days goods are given out there: one in time makes a short use-by date acceptable."""
    undated_days: int = 5
    """How long goods without a date keep where the catalogue does not say."""
    plausible: Plausibility = field(default_factory=Plausibility)
    """How far from today a typed date may lie before a person is asked."""
    steps: Steps = field(default_factory=Steps)
    """How soon goods must leave."""

    def sessions_until(self, last_day: dt.date) -> tuple[dt.date, ...]:
        """The sessions goods of a short use-by date may be taken in for."""
        return tuple(on for on in self.sessions if on <= last_day) if self.short_circuit_allowed else ()


@dataclass(frozen=True)
class Judged:
    """A date that was accepted, and what to tell about it."""

    last_day: dt.date
    decision: Decision


def judge(
    dated: Dated,
    product: Product,
    stamp: Stamp,
    rules: IntakeRules,
    *,
    checked: bool,
    session_on: dt.date | None = None,
) -> Judged:
    """The last day goods of this date may be given; raises a GoodsRefused, or LookFirst.

    `session_on` is the planned session a person takes them in for although their use-by date is near.
    """
    grace = product.family.grace_days
    verdict = judge_date(dated.date, dated.kind, stamp.on, stamp.at, rules.dates, grace)
    match verdict.reason:
        case DateReason.NO_DATE:
            raise DateNeeded(product=product.name)
        case DateReason.USE_BY_PASSED:
            raise UseByPassed(date=dated.date)
        case DateReason.PAST_TOLERANCE:
            raise PastTolerance(date=dated.date, last_day=verdict.last_day)
    if verdict.decision is Decision.SHORT:
        planned = session_on if session_on in rules.sessions else None
        if not fits_short_circuit(verdict, permitted=rules.short_circuit_allowed, today=stamp.on, session=planned):
            raise UseByTooShort(date=dated.date, hours=rules.dates.min_use_by_hours)
    if verdict.decision is Decision.PAST_BEST_BEFORE and not checked:
        raise LookFirst(date=dated.date)
    keeps = product.shelf_life_days if product.shelf_life_days is not None else rules.undated_days
    return Judged(verdict.last_day or stamp.on + dt.timedelta(days=keeps), verdict.decision)
