"""Dates as people type them in a hurry: `2811`, `28/11`, `+3`, `fin 03/27`, `202703`, `demain`, `28 novembre`.

Day comes before month, as it is printed on French packs, and a four-figure year may come first (ISO). What was
typed may have several readings; the first that exists is taken:

    4 figures            day month, else year, else month year        2811  2027  0327
    6 figures            day month year, else year month, else month year
    8 figures            day month year, else year month day
    two numbers          day/month, else month/year                   28/11  03/27
    three numbers        day/month/year                               28.11.26

so `03/12` is the third of December and `03/27` is March 2027. After `fin` or `end` no day is looked for. A month
alone means its last day, a year alone its 31 December, as the best-before mention of Regulation (EU) 1169/2011
does. A date that exists and yet is unlikely is returned with a doubt, for a person to confirm, and with the other
date the figures may mean: `261128` is 26 November 2028, and on a use-by date rather 28 November 2026.
"""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from common.errors import Refusal
from common.words import N_


class UnreadableDate(Refusal):
    """What was typed does not look like a date."""

    message = N_("“%(typed)s” is not a date: type for example 28/11, 281126, +3 or 03/2027.")
    field = "date"


class ImpossibleDate(Refusal):
    """It looks like a date, and the calendar has no such day."""

    message = N_("“%(typed)s” is not in the calendar: please look at the pack again.")
    field = "date"


class DateKind(StrEnum):
    """What a date on a pack means."""

    USE_BY = "use_by"
    """DLC: a health limit."""
    BEST_BEFORE = "best_before"
    """DDM: a quality mention."""
    NONE = "none"
    """No date is required, as for whole fresh fruit or salt."""


class Precision(StrEnum):
    """How much of the date was given; the rest is its last day."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Doubt(StrEnum):
    """Why a person should confirm a date before it is kept."""

    NO_DAY = "no_day"
    TWO_READINGS = "two_readings"
    FAR_AHEAD = "far_ahead"
    LONG_PAST = "long_past"


QUESTIONS = {
    Doubt.NO_DAY: N_("A use-by date has a day: is it really only a month or a year?"),
    Doubt.TWO_READINGS: N_("This can be read in two ways: which one is on the pack?"),
    Doubt.FAR_AHEAD: N_("This date is very far ahead: is it what the pack says?"),
    Doubt.LONG_PAST: N_("This date is long past: is it what the pack says?"),
}
"""The sentence to ask for each doubt."""


@dataclass(frozen=True)
class Plausibility:
    """How far from today a date may be before a person is asked, in days. Proposed figures, to be validated."""

    use_by_ahead: int = 90
    """Longest usual life of chilled goods, such as vacuum-packed ham."""
    use_by_behind: int = 30
    best_before_ahead: int = 5 * 366
    """Tins are often dated four or five years ahead."""
    best_before_behind: int = 400
    """A little more than the longest tolerance after a best-before date."""
    use_by_look_back: int = 182
    """How far back a use-by date typed without its year may lie: half a year, hence the nearest one is taken."""
    best_before_look_back: int = 120
    """The same for a best-before date, which lies ahead more often."""

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 0 or max(self.use_by_look_back, self.best_before_look_back) > 365:
            raise ValueError(f"days must be positive, and look back a year at most: {self}")

    def look_back(self, kind: DateKind) -> int:
        """How many days ago a date without a year may lie."""
        return self.use_by_look_back if kind is DateKind.USE_BY else self.best_before_look_back

    def doubt(self, date: dt.date, today: dt.date, kind: DateKind) -> Doubt | None:
        """FAR_AHEAD, LONG_PAST, or None for a date one expects on such goods."""
        use_by = kind is DateKind.USE_BY
        ahead = self.use_by_ahead if use_by else self.best_before_ahead
        behind = self.use_by_behind if use_by else self.best_before_behind
        days = (date - today).days
        if days > ahead:
            return Doubt.FAR_AHEAD
        return Doubt.LONG_PAST if days < -behind else None


@dataclass(frozen=True)
class ReadDate:
    """A date and how it was understood."""

    date: dt.date
    precision: Precision = Precision.DAY
    year_guessed: bool = False
    """The year was not typed: the sensible one was taken."""
    doubt: Doubt | None = None
    other: dt.date | None = None
    """Another date the same figures can mean, where there is a doubt."""


LONGEST = 40
"""No written date is longer; `mercredi 28 septembre 2026` has 26 characters."""

IN_WORDS = {
    "aujourd'hui": 0, "aujourdhui": 0, "auj": 0, "ajd": 0, "today": 0,
    "demain": 1, "tomorrow": 1,
    "apres-demain": 2, "apres demain": 2, "day after tomorrow": 2,
    "hier": -1, "yesterday": -1,
}  # fmt: skip

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan",
            "fevrier february fevr fev feb",
            "mars march mar",
            "avril april avr apr",
            "mai may",
            "juin june jun",
            "juillet july juil jul",
            "aout august aou aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}

WEEKDAYS = frozenset(
    day
    for days in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim",
        "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun",
    )
    for day in days.split()
)
FILLERS = WEEKDAYS | {"le", "the", "of", "de", "d", "er", "st", "nd", "rd", "th"}
"""Words that add nothing to a date; `mar` is left out of the days as packs write it for March."""

LAYOUTS = {
    "4": ("dm", "Y", "my"),
    "6": ("dmy", "Ym", "mY", "ymd"),
    "8": ("dmY", "Ymd"),
    "2": ("m",),
    "22": ("dm", "my"),
    "24": ("mY",),
    "42": ("Ym",),
    "222": ("dmy", "ymd"),
    "224": ("dmY",),
    "422": ("Ymd",),
    "M": ("m",),
    "2M": ("dm",),
    "M2": ("my", "md"),
    "M4": ("mY",),
    "4M": ("Ym",),
    "2M2": ("dmy",),
    "2M4": ("dmY",),
    "M22": ("mdy",),
    "M24": ("mdY",),
    "4M2": ("Ymd",),
}
"""For each shape of what was typed, its readings in order: `2` is one or two figures, `M` a month's name."""

ONLY_SECOND = "ymd"
"""A year of two figures that comes first is only offered beside another reading: `29/02/27` must not be 2029."""

_OFFSET = re.compile(r"[jd]? ?\+ ?(\d{1,4}) ?(?:j|jours?|d|days?)?")
_END_OF = re.compile(r"(?:avant |before )?(?:fin|end)\b ?")
_WRITTEN = re.compile(r"[a-z0-9' /.,-]+")
_TOKEN = re.compile(r"\d+|[a-z]+")


def read_date(typed: str, *, today: dt.date, kind: DateKind, plausible: Plausibility | None = None) -> ReadDate:
    """The date that was meant; raises UnreadableDate or ImpossibleDate.

    >>> read_date("2811", today=dt.date(2026, 11, 23), kind=DateKind.USE_BY).date
    datetime.date(2026, 11, 28)
    >>> read_date("fin 03/27", today=dt.date(2026, 11, 23), kind=DateKind.BEST_BEFORE).date
    datetime.date(2027, 3, 31)
    """
    text, plausible = _plain(typed), plausible or Plausibility()
    if (days := _days_from_today(text)) is not None:
        readings = [ReadDate(today + dt.timedelta(days=days))]
    else:
        readings = list(_readings(text, typed, today, kind, plausible))
    if not readings:
        raise ImpossibleDate(typed=typed.strip())
    return _doubted(readings, today, kind, plausible)


def full_year(two_figures: int, today: dt.date) -> int:
    """The year from 49 before to 50 after this one that ends in two figures (GS1 General Specifications 7.12).

    >>> full_year(27, dt.date(2026, 11, 23)), full_year(77, dt.date(2026, 11, 23))
    (2027, 1977)
    """
    century = today.year - today.year % 100
    ahead = two_figures - today.year % 100
    if ahead >= 51:
        return century - 100 + two_figures
    return century + two_figures + (100 if ahead <= -50 else 0)


def last_of_month(year: int, month: int) -> dt.date:
    """The last day of a month; raises ValueError for a month outside the calendar."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _plain(typed: str) -> str:
    """Small letters, no accents, single spaces; raises UnreadableDate for what cannot be a date."""
    if not typed.strip() or len(typed) > LONGEST:
        raise UnreadableDate(typed=typed.strip()[:LONGEST])
    spread = unicodedata.normalize("NFKD", typed.casefold().replace("’", "'"))
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())


def _days_from_today(text: str) -> int | None:
    if found := _OFFSET.fullmatch(text):
        return int(found[1]) if found[1].isascii() else None
    return IN_WORDS.get(text)


def _readings(text: str, typed: str, today: dt.date, kind: DateKind, plausible: Plausibility) -> Iterator[ReadDate]:
    """Every reading that exists, in the order of preference."""
    end = _END_OF.match(text)
    tokens = _tokens(text[end.end() :] if end else text)
    shape = "".join(_shape(token) for token in tokens)
    layouts = [x for x in LAYOUTS.get(shape, ()) if not (end and "d" in x)]
    if not layouts or (shape == "2" and not end):
        raise UnreadableDate(typed=typed.strip())
    if shape == "M2" and kind is DateKind.USE_BY:
        layouts.reverse()  # a use-by date has a day: `nov 28` is not November 2028
    found = False
    for layout in layouts:
        if layout == ONLY_SECOND and not found:
            return
        if reading := _read(_values(tokens, layout), layout, today, plausible.look_back(kind)):
            found = True
            yield reading


def _tokens(text: str) -> list[str]:
    if not text.isascii() or not _WRITTEN.fullmatch(text):
        return []
    return [token for token in _TOKEN.findall(text) if token not in FILLERS]


def _shape(token: str) -> str:
    if token in MONTHS:
        return "M"
    return {1: "2", 2: "2", 4: "4", 6: "6", 8: "8"}.get(len(token), "?") if token.isdigit() else "?"


def _values(tokens: list[str], layout: str) -> list[str]:
    """One string per letter of the layout; figures written together are cut apart."""
    if len(tokens) == len(layout):
        return tokens
    joined, values = tokens[0], []
    for letter in layout:
        width = 4 if letter == "Y" else 2
        values.append(joined[:width])
        joined = joined[width:]
    return values


def _read(values: list[str], layout: str, today: dt.date, look_back: int) -> ReadDate | None:
    """The reading of one layout, or None where the calendar has no such day."""
    given = dict(zip(layout, values, strict=True))
    if len(given.get("y", "yy")) != 2:
        return None
    year = _year(given, today)
    month = _month(given["m"]) if "m" in given else 12
    try:
        if year is None:
            return _with_sensible_year(given, month, today, look_back)
        return ReadDate(_day(year, month, given), _precision(given))
    except ValueError:
        return None


def _year(given: dict[str, str], today: dt.date) -> int | None:
    if "y" in given:
        return full_year(int(given["y"]), today)
    return int(given["Y"]) if "Y" in given else None


def _month(token: str) -> int:
    return MONTHS.get(token) or int(token)


def _day(year: int, month: int, given: dict[str, str]) -> dt.date:
    if not 1950 <= year <= 2200:
        raise ValueError(f"no food bears the year {year}")
    return dt.date(year, month, int(given["d"])) if "d" in given else last_of_month(year, month)


def _precision(given: dict[str, str]) -> Precision:
    if "d" in given:
        return Precision.DAY
    return Precision.MONTH if "m" in given else Precision.YEAR


def _with_sensible_year(given: dict[str, str], month: int, today: dt.date, look_back: int) -> ReadDate | None:
    """A day and month without a year: the first such day from `look_back` days ago on.

    For a use-by date this is the nearest one, half a year to either side: goods that just passed their date must
    be seen as past, so on 2 January `3012` is three days ago and on 28 December `0301` is in six days. Best-before
    dates lie ahead more often, and the typist leaves the year out more freely: they look back four months only.
    29 February exists where it falls within a year of today.
    """
    earliest = today - dt.timedelta(days=look_back)
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(_day(year, month, given))
        except ValueError:
            continue
    days = [day for day in days if abs((day - today).days) <= 365]
    if not days:
        return None
    day = next((day for day in days if day >= earliest), days[-1])
    return ReadDate(day, _precision(given), year_guessed=True)


def _doubted(readings: list[ReadDate], today: dt.date, kind: DateKind, plausible: Plausibility) -> ReadDate:
    """The first reading, with what should be asked about it."""
    first, rest = readings[0], readings[1:]

    def doubt(reading: ReadDate) -> Doubt | None:
        if kind is DateKind.USE_BY and reading.precision is not Precision.DAY:
            return Doubt.NO_DAY
        return plausible.doubt(reading.date, today, kind)

    sound = next((reading for reading in rest if doubt(reading) is None), None)
    reason = doubt(first)
    if reason is None and sound is not None and first.precision is not sound.precision:
        reason = Doubt.TWO_READINGS
    return replace(first, doubt=reason, other=sound.date if reason and sound else None)
