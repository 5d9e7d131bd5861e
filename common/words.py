"""Languages: sentences, dates, weights and amounts as people write them.

Message ids are English sentences with named holes (`%(name)s`). `N_` marks a message that is defined
away from the person who will read it; `Words.text` translates it and writes its values.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from common.clock import PARIS

LANGUAGES = ("fr", "en")
"""French first: it is the default."""

LOCALE_FOLDER = Path(__file__).parent / "locale"

THIN = "\u202f"
"""Narrow no-break space, which French puts before double punctuation and between digits."""
MOST_WRITTEN = 10**18

ONE_YEAR_IS_MEANT = 300
"""Days from today within which a day and a month can only mean one year."""


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a message for translation where it is defined; it is translated where it is said."""
    return message


def plain(text: str) -> str:
    """Small letters without accents: what people type into a search.

    >>> plain("Œufs à la crème")
    'oeufs a la creme'
    """
    spread = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(c for c in spread if not unicodedata.combining(c))


class Grams(int):
    """A weight in whole grams, written by `Words.weight` when it fills a hole of a sentence."""


class Cents(int):
    """An amount in whole cents of a euro, written by `Words.money` when it fills a hole."""


class Share(float):
    """A share of one, written in whole per cent when it fills a hole."""


class Term(str):
    """A marked word or short phrase that is itself translated when it fills a hole."""


class Bilingual(NamedTuple):
    """A name a table holds in both languages: the right one fills the hole."""

    fr: str
    en: str

    def __str__(self) -> str:
        return self.en


@cache
def _pattern(text: str) -> numbers.NumberPattern:
    """Read once: a page writes hundreds of numbers."""
    return numbers.parse_pattern(text)


class Words:
    """Everything said to one person, in their language. Immutable and shared between requests."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse("fr_FR" if language == "fr" else "en_GB")
        self._catalogue = _catalogue(language)

    def text(self, message: str, /, **values: Any) -> str:
        """The translated sentence with its holes filled, each value written as people write it."""
        sentence = self._catalogue.gettext(message)
        return sentence % {k: self.value(v) for k, v in values.items()} if values else sentence

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """`text` for a sentence that depends on a count; `%(n)s` is filled with the count."""
        sentence = self._catalogue.ngettext(one, many, n)
        return sentence % {k: self.value(v) for k, v in {"n": n, **values}.items()}

    def value(self, value: Any) -> str:
        """One value as text: weights, amounts, dates, numbers and lists get their own writing."""
        match value:
            case Grams() | Cents() | Share() | Term():
                return self._marked(value)
            case Bilingual():
                return value.fr if self.language == "fr" else value.en
            case bool() | str():
                return str(value)
            case dt.datetime():
                return self.moment(value)
            case dt.date():
                return self.date(value)
            case int() | float() | Decimal():
                return self.number(value)
            case list() | tuple() | set() | frozenset():
                parts = [self.value(v) for v in value]
                return self.listing(parts if isinstance(value, list | tuple) else sorted(parts))
        return str(value)

    def _marked(self, value: Grams | Cents | Share | Term) -> str:
        writing: dict[type, Callable[[Any], str]] = {
            Grams: self.weight,
            Cents: self.money,
            Share: self.percent,
            Term: self.text,
        }
        return writing[type(value)](value)

    def listing(self, parts: Iterable[str]) -> str:
        """`a, b et c`."""
        return format_list(list(parts), locale=self.locale)

    def number(self, value: float | Decimal, digits: int = 3) -> str:
        """A number with at most `digits` decimals.

        >>> Words("fr").number(7412.5) == "7\u202f412,5"
        True

        What has more figures than anybody weighs or counts is written as it came.

        >>> Words("fr").number(10**30) == "1" + "0" * 30
        True
        """
        pattern = "#,##0." + "#" * digits if digits else "#,##0"
        exact = Decimal(str(value))
        if abs(exact) >= MOST_WRITTEN:
            return str(value)
        # Adding zero makes a plain zero of the minus zero that small negative numbers round to.
        return str(_pattern(pattern).apply(round(exact, digits) + 0, self.locale))

    def weight(self, grams: float) -> str:
        """A weight: grams below a kilogram, kilograms above, with at most two decimals.

        >>> Words("fr").weight(12_500), Words("fr").weight(300)
        ('12,5\\u202fkg', '300\\u202fg')
        """
        if abs(round(grams)) < 1000:
            return f"{self.number(grams, 0)}{THIN}g"
        kilograms = Decimal(grams) / 1000
        return f"{self.number(kilograms, 0 if abs(kilograms) >= 1000 else 2)}{THIN}kg"

    def quantity(self, n: int, measure: str) -> str:
        """So many pieces, or their weight where goods are weighed.

        >>> Words("fr").quantity(2, "unit"), Words("fr").quantity(1500, "gram")
        ('2 pièces', '1,5\\u202fkg')
        """
        return self.weight(n) if measure == "gram" else self.plural("%(n)s piece", "%(n)s pieces", n)

    def about(self, grams: float) -> str:
        """A weight for reading rather than for counting: whole kilograms from ten on.

        >>> Words("fr").about(12_340), Words("fr").about(3_450)
        ('12\\u202fkg', '3,45\\u202fkg')
        """
        return self.weight(round(grams / 1000) * 1000 if grams >= 10_000 else grams)

    def typed_euros(self, cents: int) -> str:
        """An amount as people type it into a field.

        >>> Words("fr").typed_euros(145_000), Words("en").typed_euros(900)
        ('1450,00', '9.00')
        """
        return numbers.format_decimal(Decimal(cents) / 100, format="0.00", locale=self.locale)

    def money(self, cents: int) -> str:
        """An amount in euros.

        >>> Words("fr").money(1250)
        '12,50\\u202f€'
        """
        written = numbers.format_currency(Decimal(cents) / 100, "EUR", locale=self.locale)
        return written.replace("\u00a0", THIN)

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of one as a percentage.

        >>> Words("fr").percent(0.333), Words("en").percent(0.333, 1)
        ('33\\u202f%', '33.3%')
        """
        written = self.number(share * 100, digits)
        return f"{written}{THIN}%" if self.language == "fr" else f"{written}%"

    def date(self, day: dt.date) -> str:
        """The whole date: `vendredi 28 novembre 2026`."""
        return self._date(day, "EEEE d MMMM y")

    def day(self, day: dt.date, today: dt.date) -> str:
        """A day by its name: `vendredi 28 novembre`, with its year where that is not plain."""
        return self._date(day, "EEEE d MMMM" if abs((day - today).days) < ONE_YEAR_IS_MEANT else "EEEE d MMMM y")

    def weekday(self, day: int) -> str:
        """The name of a day of the week, Monday being 0.

        >>> Words("fr").weekday(4)
        'vendredi'
        """
        return str(dates.get_day_names("wide", locale=self.locale)[day])

    def short_date(self, day: dt.date) -> str:
        """Day and month, as on a label: `28/11`."""
        return day.strftime("%d/%m")

    def numeric_date(self, day: dt.date) -> str:
        """Day, month and year in figures: `28/11/2026`."""
        return day.strftime("%d/%m/%Y")

    def near_date(self, day: dt.date, today: dt.date) -> str:
        """A date near today in words (`demain`, `vendredi`), further ones with their month.

        >>> Words("fr").near_date(dt.date(2026, 11, 24), dt.date(2026, 11, 23))
        'demain'
        """
        days = (day - today).days
        near = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}
        if days in near:
            return self.text(near[days])
        if 1 < days < 7:
            return dates.format_date(day, "EEEE", locale=self.locale)
        return self._date(day, "d MMMM" if abs(days) < ONE_YEAR_IS_MEANT else "d MMMM y")

    def _date(self, day: dt.date, pattern: str) -> str:
        if self.language == "fr" and day.day == 1:
            pattern = pattern.replace("d ", "d'er' ")
        return dates.format_date(day, pattern, locale=self.locale)

    def month(self, day: dt.date) -> str:
        """Month and year: `novembre 2026`."""
        return dates.format_date(day, "MMMM y", locale=self.locale)

    def moment(self, at: dt.datetime) -> str:
        """Day and hour on the clock of the wall: `28/11 14:05`."""
        return at.astimezone(PARIS).strftime("%d/%m %H:%M")


def words(language: str) -> Words:
    """The shared `Words` of a language; an unknown language gets the default."""
    return _words(language if language in LANGUAGES else LANGUAGES[0])


@cache
def _words(language: str) -> Words:
    return Words(language)


@cache
def _catalogue(language: str) -> NullTranslations:
    """The catalogue read straight from its .po file, once: nothing to compile, nothing to forget."""
    path = LOCALE_FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
