"""Which of our families a product of Open Food Facts belongs to: by its categories, else guessed.

`reference/off_families.csv` is the whole mapping: `category` (their most telling tag that is in the table counts, tags
go from general to special), `kept` (frozen, tinned and chilled goods change family), `pnns` (their nutrition groups)
and `word` (of the name). The last two are guesses: a person confirms them. An empty family means no food for us.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from itertools import pairwise
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
    UNKNOWN = "unknown"
    NO_FOOD = "no_food"


class Rule(Struct, frozen=True, kw_only=True):
    """One line of the mapping."""

    by: Literal["category", "kept", "pnns", "word"]
    key: Text
    """A tag without its language, a group in small letters, a word; for `kept`, the family that changes."""
    family: str = ""
    when: str = ""
    """For `kept`, the tag that changes it."""


def family_of(tags: Sequence[str], pnns: str, name: str) -> tuple[str | None, How]:
    """The family, and how it was found.

    >>> family_of(["en:plant-based-foods", "en:vegetables", "en:frozen-foods"], "", "")
    ('frozen_vegetable', <How.CATEGORY: 'category'>)
    >>> family_of([], "", "Yaourts à la fraise")
    ('yoghurt', <How.WORD: 'word'>)
    """
    plain = [tag.strip().lower().partition(":")[2] or tag.strip().lower() for tag in tags]
    known = _table("category")
    if any(known.get(tag) == "" for tag in plain):
        return None, How.NO_FOOD
    guesses = (
        (How.CATEGORY, next((known[tag] for tag in reversed(plain) if tag in known), None)),
        (How.PNNS, _table("pnns").get(pnns.strip().lower())),
        (How.WORD, _by_name(name)),
    )
    for how, family in guesses:
        if family:
            return _as_kept(family, plain), how
    return None, How.UNKNOWN


def _as_kept(family: str, tags: Sequence[str]) -> str:
    for tag in tags:
        family = _kept().get((tag, family), family)
    return family


def _by_name(name: str) -> str | None:
    """The first word of the name that the table knows: French names begin with what the thing is."""
    words = _singular(name).split()
    table = _table("word")
    found = (table.get(" ".join(pair)) for pair in pairwise(words))
    return next((family for family in found if family), None) or next((table[w] for w in words if w in table), None)


@cache
def _rules() -> tuple[Rule, ...]:
    rules = read_rows(Path(reference.__file__).parent / "off_families.csv", Rule)
    known = {family.code for family in reference.families()}
    for rule in rules:
        if rule.family not in known | {""} or (rule.by == "kept" and (rule.key not in known or not rule.when)):
            raise ValueError(f"off_families.csv: {rule} speaks of a family that is not in its table")
    return rules


@cache
def _table(by: str) -> dict[str, str]:
    return {_singular(r.key) if by == "word" else r.key: r.family for r in _rules() if r.by == by}


@cache
def _kept() -> dict[tuple[str, str], str]:
    return {(r.when, r.key): r.family for r in _rules() if r.by == "kept"}


def _singular(text: str) -> str:
    """Words without accents and plurals."""
    return " ".join(re.sub(r"[sx]$", "", word) for word in re.findall(r"[a-z]+", plain(text)))
