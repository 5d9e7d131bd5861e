"""Amounts of money in words, as receipts want them: nobody adds a figure to a word."""

from collections.abc import Callable

from labels.words import N_, Refused

MOST_CENTS = 99_999_999_999

FRENCH = [
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    *("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
]
FRENCH_TENS = [
    *("", "", "vingt", "trente", "quarante", "cinquante"),
    *("soixante", "soixante", "quatre-vingt", "quatre-vingt"),
]
ENGLISH = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
ENGLISH_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


class NotSpelled(Refused):
    """An amount no receipt is made out for."""


def amount_in_words(cents: int, language: str) -> str:
    """
    >>> amount_in_words(123_480, "fr")
    'mille deux cent trente-quatre euros et quatre-vingts centimes'
    >>> amount_in_words(100, "en")
    'one euro'
    """
    if not 0 <= cents <= MOST_CENTS:
        raise NotSpelled(N_("%(cents)s cents cannot be written in words."), cents=cents)
    euros, rest = divmod(cents, 100)
    spell, one, many, joined = LANGUAGES.get(language, LANGUAGES["fr"])
    said = []
    if euros or not rest:
        said.append(f"{spell(euros)}{_of(euros, language)}{_form(euros, language, 'euro', 'euros')}")
    if rest:
        said.append(f"{spell(rest)} {_form(rest, language, one, many)}")
    return joined.join(said)


def _form(number: int, language: str, one: str, many: str) -> str:
    """French counts nought as one, English as many."""
    single = number < 2 if language == "fr" else number == 1
    return one if single else many


def _of(euros: int, language: str) -> str:
    """What stands before the euros: French says `un million d’euros`, as million is a noun."""
    return " d’" if language == "fr" and euros and euros % 1_000_000 == 0 else " "


def french(number: int) -> str:
    """
    >>> [french(n) for n in (21, 71, 80, 81, 91, 200, 201, 1000, 80_000)]
    ['vingt et un', 'soixante et onze', 'quatre-vingts', 'quatre-vingt-un', 'quatre-vingt-onze', \
'deux cents', 'deux cent un', 'mille', 'quatre-vingt mille']
    """
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    said = []
    if millions:
        said.append(f"{_french_hundreds(millions, last=True)} million{'s' if millions > 1 else ''}")
    if thousands:
        # Mille never takes an s, and what counts it loses its own.
        said.append("mille" if thousands == 1 else f"{_french_hundreds(thousands, last=False)} mille")
    if units or not said:
        said.append(_french_hundreds(units, last=True))
    return " ".join(said)


def _french_hundreds(number: int, *, last: bool) -> str:
    """Below a thousand; `cents` and `quatre-vingts` have their s only where nothing follows."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _french_tens(rest, last=last)
    said = "cent" if hundreds == 1 else f"{FRENCH[hundreds]} cent"
    if not rest:
        return said + ("s" if hundreds > 1 and last else "")
    return f"{said} {_french_tens(rest, last=last)}"


def _french_tens(number: int, *, last: bool) -> str:
    if number < 20:
        return FRENCH[number]
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        unit += 10
    name = FRENCH_TENS[tens]
    if not unit:
        return name + ("s" if tens == 8 and last else "")
    joined = " et " if unit in (1, 11) and tens < 8 else "-"
    return f"{name}{joined}{FRENCH[unit]}"


def english(number: int) -> str:
    """
    >>> [english(n) for n in (21, 100, 101, 1000, 1_000_001, 342_000)]
    ['twenty-one', 'one hundred', 'one hundred and one', 'one thousand', 'one million and one', \
'three hundred and forty-two thousand']
    """
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    said = [
        f"{_english_hundreds(count)} {name}"
        for count, name in ((millions, "million"), (thousands, "thousand"))
        if count
    ]
    if units or not said:
        said.append(f"{'and ' if said and units < 100 else ''}{_english_hundreds(units)}")
    return " ".join(said)


def _english_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _english_tens(rest)
    return f"{ENGLISH[hundreds]} hundred" + (f" and {_english_tens(rest)}" if rest else "")


def _english_tens(number: int) -> str:
    if number < 20:
        return ENGLISH[number]
    tens, unit = divmod(number, 10)
    return ENGLISH_TENS[tens] + (f"-{ENGLISH[unit]}" if unit else "")


LANGUAGES: dict[str, tuple[Callable[[int], str], str, str, str]] = {
    "fr": (french, "centime", "centimes", " et "),
    "en": (english, "cent", "cents", " and "),
}
"""Who spells, a cent, cents, and what joins euros and cents."""
