"""Which of our families a product of Open Food Facts belongs to: by its categories, else guessed.

`reference/off_families.csv` is the whole mapping: `category` (their most telling tag that is in the table counts, tags
go from general to special), `kept` (frozen, tinned, dried and chilled goods change family), `said` (words of the name
that say so), `pnns` (their nutrition groups), `word` (or words of the name) and `vague` (tags that tell little: a word
of the name goes before them). The last three are guesses: a person confirms them. An empty family means no food for us.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Literal

from msgspec import Struct

from common.rows import read_rows
from common.words import plain
from stock import reference
from stock.reference import Text


class How(StrEnum):
    """How the family of a product was found."""

    CATEGORY = "category"
    PNNS = "pnns"
    WORD = "word"
    VAGUE = "vague"
    UNKNOWN = "unknown"
    NO_FOOD = "no_food"


GUESSED = (How.PNNS, How.WORD, How.VAGUE)
"""A person looks at the pack."""


class Rule(Struct, frozen=True, kw_only=True):
    """One line of the mapping."""

    by: Literal["category", "kept", "said", "pnns", "word", "vague"]
    key: Text
    """A tag without its language, a group in small letters, words; for `kept`, the family that changes."""
    family: str = ""
    when: str = ""
    """For `kept`, the tag that changes it; for `said`, the tag the word stands for; for `word`, a `Mark`."""


class Mark(StrEnum):
    """What a word is good for; one without a mark is French and stands at the head of a French name."""

    ENGLISH = "en"
    BOTH = "both"
    """It says the same in French and in English."""
    ALWAYS = "always"
    """It decides wherever it stands."""
    LAST = "last"
    """A brand, or what is in many things: it counts where no other word does."""


INSIDE = frozenset({"a", "au", "avec", "san", "pour", "facon", "saveur", "gout", "parfum"})
"""After these words (without their plural) a French name says what is in a thing, not what it is."""
INSIDE_ENGLISH = frozenset({"with", "in"})
FRENCH = frozenset({"d", "de", "du", "la", "le", "l", "au", "et", "en", "avec", "san", "pour"})
ENGLISH = frozenset({"with", "and", "of", "the", "made", "style"})
"""Small words that give a language away."""
LONGEST_PHRASE = 3


def family_of(tags: Sequence[str], pnns: str, name: str) -> tuple[str | None, How]:
    """The family, and how it was found.

    >>> family_of(["en:plant-based-foods", "en:vegetables", "en:frozen-foods"], "", "")
    ('frozen_vegetable', <How.CATEGORY: 'category'>)
    >>> family_of([], "", "Yaourts à la fraise")
    ('yoghurt', <How.WORD: 'word'>)
    >>> family_of([], "", "Whole Wheat Flour Tortillas, 8 ct")
    ('packaged_bread', <How.WORD: 'word'>)
    """
    plain = [tag.strip().lower().partition(":")[2] or tag.strip().lower() for tag in tags]
    known = _table("category")
    if any(known.get(tag) == "" for tag in plain):
        return None, How.NO_FOOD
    guesses = (
        (How.CATEGORY, _last_known(plain, known)),
        (How.PNNS, _table("pnns").get(pnns.strip().lower())),
        (How.WORD, _by_name(name)),
        (How.VAGUE, _last_known(plain, _table("vague"))),
    )
    for how, family in guesses:
        if family:
            return _as_kept(family, plain + _said(name)), how
    return None, How.UNKNOWN


def _last_known(tags: Sequence[str], table: Mapping[str, str]) -> str | None:
    return next((table[tag] for tag in reversed(tags) if tag in table), None)


def _said(name: str) -> list[str]:
    """The tags that words of the name stand for."""
    return [_marks()[word] for word in _singular(name).split() if word in _table("said")]


def _as_kept(family: str, tags: Sequence[str]) -> str:
    for tag in tags:
        family = _kept().get((tag, family), family)
    return family


def _by_name(name: str) -> str | None:
    """What the name says it is: words that decide anywhere, then a phrase, then the word at its head.

    French begins with what a thing is and English ends with it; a brand counts where nothing else does.
    """
    words, table = _singular(name).split(), _table("word")
    always = next((table[word] for word in words if _marks().get(word) == Mark.ALWAYS), None)
    parts = [_singular(part).split() for part in re.split(r"[,;(]", name)]
    head = _english_head if _is_english(words) else _french_head
    return (
        always
        or next((family for part in parts if (family := _by_phrase(part))), None)
        or next((family for part in parts if (family := head(part))), None)
        or next((table[word] for word in words if _marks().get(word) == Mark.LAST), None)
    )


def _by_phrase(words: Sequence[str]) -> str | None:
    """The longest phrase of two words or more that the table knows."""
    table = _table("word")
    phrases = (
        " ".join(words[start : start + length])
        for length in range(LONGEST_PHRASE, 1, -1)
        for start in range(len(words) - length + 1)
    )
    return next((table[phrase] for phrase in phrases if phrase in table), None)


def _french_head(words: Sequence[str]) -> str | None:
    """The first word it knows, before what is in the thing."""
    head = takewhile(lambda word: word not in INSIDE, words)
    table = _table("word")
    return next((table[word] for word in head if word in table and _marks()[word] in ("", Mark.BOTH)), None)


def _english_head(words: Sequence[str]) -> str | None:
    """The last word it knows, before what is in the thing."""
    head = list(takewhile(lambda word: word not in INSIDE_ENGLISH, words))
    table = _table("word")
    return next((table[w] for w in reversed(head) if w in table and _marks()[w] in (Mark.ENGLISH, Mark.BOTH)), None)


def _is_english(words: Sequence[str]) -> bool:
    small = ENGLISH.intersection(words) or [word for word in words if _marks().get(word) == Mark.ENGLISH]
    return bool(small) and not FRENCH.intersection(words)


@cache
def _rules() -> tuple[Rule, ...]:
    rules = read_rows(Path(reference.__file__).parent / "off_families.csv", Rule)
    known = {family.code for family in reference.families()}
    for rule in rules:
        kept = rule.by != "kept" or rule.key in known
        if rule.family not in known | {""} or not kept or (rule.by in ("kept", "said") and not rule.when):
            raise ValueError(f"off_families.csv: {rule} speaks of a family that is not in its table")
    return rules


@cache
def _table(by: str) -> dict[str, str]:
    return {_singular(r.key) if by in ("word", "said") else r.key: r.family for r in _rules() if r.by == by}


@cache
def _marks() -> dict[str, str]:
    """Of each word its mark, or the tag it stands for."""
    return {_singular(r.key): r.when for r in _rules() if r.by in ("word", "said")}


@cache
def _kept() -> dict[tuple[str, str], str]:
    return {(r.when, r.key): r.family for r in _rules() if r.by == "kept"}


def _singular(text: str) -> str:
    """Words without accents and plurals."""
    return " ".join(re.sub(r"[sx]$", "", word) for word in re.findall(r"[a-z]+", plain(text)))
