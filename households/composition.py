"""What a household's birth years say: persons, age bands, adult equivalents and consumption units.

Usually only a birth year is known. The age taken is then the one reached during the year (`today.year` −
birth year), all year long: it is the age French statistics use, baskets and rights do not change on a
birthday that nobody knows, and a young person is never counted as younger than they are. Where the birth
month is known (it is asked for the very young only) the age is exact to the month.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from common.errors import Refusal
from common.words import N_
from households.sentences import Doubt, Label, Sentence

OLDEST_BIRTH_YEAR = 1900
ADULT_AGE = 18
VERY_OLD = 105
VERY_MANY = 12
MOST_PARTS, OLDEST_CHILD = 10, 25


class BadBirthDate(Refusal):
    """A birth year or month that no living person can have."""

    message = N_("Birth date: expected a year from %(earliest)s to %(latest)s, got “%(got)s”.")
    field = "birth_year"


class NobodyInHousehold(Refusal):
    """A household without people."""

    message = N_("A household needs at least one person: no birth year was given.")


class OnlyInfants(Refusal):
    """Babies alone: nobody who could eat from a basket."""

    message = N_("This household has only children under one: who takes care of them?")


class BadAgeBands(Refusal):
    """Age bands with a hole or an overlap."""

    message = N_("The age bands “%(version)s” must begin at 0 and go up, each code once: they begin at %(starts)s.")


class BadAdultEquivalents(Refusal):
    """A weight of an age band that cannot be added up exactly."""

    message = N_("Age band “%(band)s”: expected adult equivalents from 0, in hundredths, got %(got)s.")


class BadShares(Refusal):
    """Weights of persons that an amount cannot be divided by."""

    field = "part"
    message = N_(
        "What each person counts for: expected more than 0 for the first and 0 or more for others,"
        " at most %(most)s and in hundredths, got %(first)s, %(next)s and %(child)s."
    )


class BadChildAge(Refusal):
    """An age at which nobody is a child any more, or was ever one."""

    field = "part"
    message = N_("What each person counts for: expected an age from 0 to %(most)s for children, got %(got)s.")


class Person(Struct, frozen=True):
    """One member of a household, as far as food and money need to know them."""

    birth_year: int
    birth_month: int | None = None

    def age(self, today: dt.date) -> int:
        """Years reached during this year; exact to the month where the birth month is known."""
        self.check(today)
        years = today.year - self.birth_year
        return years - 1 if self.birth_month is not None and self.birth_month > today.month else years

    def may_be_infant(self, today: dt.date) -> bool:
        """Whether they may still be under one year old: infants' goods are offered in doubt, too."""
        return self.age(today) == 0 or self.month_matters(today)

    def month_matters(self, today: dt.date) -> bool:
        """Born last year, month unknown: under one or not, nobody can say."""
        return self.birth_month is None and self.birth_year == today.year - 1

    def check(self, today: dt.date) -> None:
        """Raise BadBirthDate for the unborn, for those older than anybody, and for a 13th month."""
        month = 1 if self.birth_month is None else self.birth_month
        earliest, latest = (OLDEST_BIRTH_YEAR, 1), (today.year, today.month)
        if not 1 <= month <= 12 or not earliest <= (self.birth_year, month) <= latest:
            got = f"{self.birth_year}" if self.birth_month is None else f"{month}/{self.birth_year}"
            raise BadBirthDate(earliest=str(OLDEST_BIRTH_YEAR), latest=str(today.year), got=got)


class AgeBand(Struct, frozen=True):
    """People of about the same appetite, from one age to the last year before the next band."""

    code: str
    from_age: int
    adult_equivalents: Decimal
    """Energy need of its mean person ÷ 2,100 kcal a day."""
    label: Label

    def __post_init__(self) -> None:
        if self.adult_equivalents < 0 or self.adult_equivalents * 100 % 1:
            raise BadAdultEquivalents(band=self.code, got=self.adult_equivalents)


class AgeBands(Struct, frozen=True):
    """A version of the table of appetites by age. Sex is for statistics alone, so each band has its mean."""

    version: str
    bands: tuple[AgeBand, ...]

    def __post_init__(self) -> None:
        starts = [band.from_age for band in self.bands]
        codes = {band.code for band in self.bands}
        if starts[:1] != [0] or starts != sorted(set(starts)) or len(codes) < len(starts):
            raise BadAgeBands(version=self.version, starts=starts)

    def of(self, age: int) -> AgeBand:
        """The band of this age."""
        return next(band for band in reversed(self.bands) if band.from_age <= age)


AGE_BANDS = AgeBands(
    "2026",
    tuple(
        AgeBand(code, from_age, Decimal(equivalents), Label(fr, en))
        for code, from_age, equivalents, fr, en in (
            ("infant", 0, "0", "Moins de 1 an", "Under 1"),
            ("toddler", 1, "0.5", "1 à 3 ans", "1 to 3"),
            ("child", 4, "0.75", "4 à 10 ans", "4 to 10"),
            ("teenager", 11, "1.1", "11 à 17 ans", "11 to 17"),
            ("adult", 18, "1.1", "18 à 64 ans", "18 to 64"),
            ("senior", 65, "0.9", "65 ans et plus", "65 and over"),
        )
    ),
)
"""Means of women and men, after ANSES's energy references (adults 2,600 and 2,100 kcal a day) and the earlier
French recommended intakes for the young and the old. Infants under one drink formula and eat nothing else here.
"""


class Shares(Struct, frozen=True):
    """What each person counts for when an amount is shared within a household."""

    first: Decimal
    next: Decimal
    """Every other person of `child_until` years or more."""
    child: Decimal
    """Every other person younger than that."""
    child_until: int

    def __post_init__(self) -> None:
        weights = (self.first, self.next, self.child)
        if self.first <= 0 or not all(0 <= weight <= MOST_PARTS and not weight * 100 % 1 for weight in weights):
            raise BadShares(most=MOST_PARTS, first=self.first, next=self.next, child=self.child)
        if not 0 <= self.child_until <= OLDEST_CHILD:
            raise BadChildAge(most=OLDEST_CHILD, got=self.child_until)

    def of(self, ages: Sequence[int]) -> Decimal:
        """The sum over a household; the eldest is its first person, even a very young one."""
        _, *others = sorted(ages, reverse=True)
        return self.first + sum(self.child if age < self.child_until else self.next for age in others)


CONSUMPTION_UNITS = Shares(first=Decimal(1), next=Decimal("0.5"), child=Decimal("0.3"), child_until=14)
"""The OECD scale as INSEE uses it."""


class Composition(Struct, frozen=True, dict=True):
    """A household on one day. Nothing here names anybody."""

    ages: tuple[int, ...]
    """Eldest first."""
    by_band: dict[str, int]
    """How many people in each age band, bands without anybody included."""
    adult_equivalents: Decimal
    """Size in food needs, in whole hundredths; infants eat formula only and count for nothing."""
    infant: bool
    """Whether somebody is, or may be, under one year old."""
    doubts: tuple[Doubt, ...] = ()

    @property
    def persons(self) -> int:
        return len(self.ages)

    @cached_property
    def consumption_units(self) -> Decimal:
        """OECD scale: 1 for the first person, 0.5 for others of 14 or more, 0.3 for younger ones."""
        return CONSUMPTION_UNITS.of(self.ages)


def compose(people: Sequence[Person], today: dt.date, bands: AgeBands = AGE_BANDS) -> Composition:
    """The household these people make today; what looks odd comes with it as doubts."""
    if not people:
        raise NobodyInHousehold()
    ages = tuple(sorted((person.age(today) for person in people), reverse=True))
    counts = Counter(bands.of(age).code for age in ages)
    equivalents = sum((bands.of(age).adult_equivalents for age in ages), Decimal(0))
    if not equivalents:
        raise OnlyInfants()
    return Composition(
        ages=ages,
        by_band={band.code: counts[band.code] for band in bands.bands},
        adult_equivalents=equivalents,
        infant=any(person.may_be_infant(today) for person in people),
        doubts=tuple(_doubts(people, ages, today)),
    )


def _doubts(people: Sequence[Person], ages: Sequence[int], today: dt.date) -> list[Doubt]:
    doubts = []
    if max(ages) < ADULT_AGE:
        doubts.append(_doubt("no_adult", NO_ADULT, age=ADULT_AGE))
    if max(ages) > VERY_OLD:
        doubts.append(_doubt("very_old", VERY_OLD_PERSON, age=max(ages)))
    if len(ages) > VERY_MANY:
        doubts.append(_doubt("very_many", VERY_MANY_PERSONS, persons=len(ages)))
    years = sorted({p.birth_year for p in people if p.month_matters(today)})
    doubts.extend(_doubt("birth_month", BIRTH_MONTH, "birth_month", year=str(year)) for year in years)
    return doubts


NO_ADULT = N_("Nobody here is %(age)s or older. Is an adult missing, or do they live on their own?")
VERY_OLD_PERSON = N_("Somebody would be %(age)s years old. Is the birth year right?")
VERY_MANY_PERSONS = N_("%(persons)s people live and eat together. Is that right?")
BIRTH_MONTH = N_("A child was born in %(year)s: in which month? Infants under one do not eat from the basket.")


def _doubt(code: str, message: str, field: str = "birth_year", **values: object) -> Doubt:
    return Doubt(code, Sentence(message, dict(values)), field)
