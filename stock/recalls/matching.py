"""Whether an alert speaks of a lot: for certain, probably, or perhaps.

    CERTAIN    the number is the same, and the lot number too, or the date lies in the days the alert names
    PROBABLE   the number is the same, and nothing we know shows that it is another lot
    TO_CHECK   the alert names no number: brand or shop, and the words of the product, are alike

A lot whose date lies outside the days of the alert, or whose known lot number is not among those it lists, is not
concerned, unless the other of the two says it is. Where a list of lots cannot be taken apart ("from L12 to L40"),
another lot number proves nothing.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from common.words import N_, plain
from stock.recalls.alerts import Mark


class Level(StrEnum):
    """How sure it is that an alert speaks of a lot."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    TO_CHECK = "to_check"


LEVEL_NAMES = {
    Level.CERTAIN: N_("Certain"),
    Level.PROBABLE: N_("Probable"),
    Level.TO_CHECK: N_("To check"),
}

BLOCKING = frozenset({Level.CERTAIN, Level.PROBABLE})

_SPANS = re.compile(r"\b(a|au|et suivants?|entre|de|du|jusqu\w*|depuis|partir|tous?|toutes?|all|to)\b|\.\.\.|…|->")
_NO_LOT = frozenset({"", "nonconcerne", "nc", "na", "neant", "aucun", "sansobjet", "tous", "touslots", "tousleslots"})
_LITTLE_WORDS = {"de", "du", "des", "la", "le", "les", "un", "une", "et", "au", "aux", "en", "avec", "sans", "pour"}
_SAYS_NOTHING = {"par", "sur", "dans", "ou", "kg", "cl", "ml", "lot", "pack", "bio", "produit", "produits", "rayon"}
_EMPTY_WORDS = frozenset(_LITTLE_WORDS | _SAYS_NOTHING)


def level_of(marks: Iterable[Mark], lot_number: str, date: dt.date | None) -> Level | None:
    """How sure it is that one of these marks, which name the lot's product, speaks of it; None where none does.

    >>> mark = Mark("03760289220694", "ken134f", dt.date(2026, 11, 20), dt.date(2026, 11, 25))
    >>> level_of([mark], "KEN-134F", None), level_of([mark], "", dt.date(2026, 12, 1))
    (<Level.CERTAIN: 'certain'>, None)
    """
    levels = {_level(mark, lot_number, date) for mark in marks}
    return next((level for level in Level if level in levels), None)


def lots_named(text: str) -> frozenset[str] | None:
    """The lot numbers of a list as people write it, ready to compare; None where it does not list them one by one.

    >>> sorted(lots_named("Lot L-123, 456/7")), lots_named("tous les lots"), lots_named("de L12 à L40")
    (['123', '4567'], frozenset(), None)
    """
    said = plain(text)
    if as_compared(said) in _NO_LOT:
        return frozenset()
    if _SPANS.search(said):
        return None
    parts = (as_compared(part) for part in re.split(r"[,;&+¤\s]+|\bet\b", said))
    return frozenset(part for part in parts if part and part not in ("lot", "lots", "l", "n", "no"))


def as_compared(lot_number: str) -> str:
    """A lot number without what people leave out or add: signs, capitals, the letter L or the word before it."""
    letters = re.sub(r"[^a-z0-9]", "", plain(lot_number))
    return re.sub(r"^(lots?|l)(?=\d)", "", letters)


def _level(mark: Mark, lot_number: str, date: dt.date | None) -> Level | None:
    said = [_same_lot(mark, lot_number), _same_date(mark, date)]
    if True in said:
        return Level.CERTAIN
    return None if False in said else Level.PROBABLE


def _same_lot(mark: Mark, lot_number: str) -> bool | None:
    """Whether the lot numbers agree; None where one of the two is not known."""
    named, ours = lots_named(mark.lots), as_compared(lot_number)
    if not ours or named == frozenset():
        return None
    if named is None:
        return True if ours in {as_compared(part) for part in re.split(r"[\s,;]+", plain(mark.lots))} else None
    return ours in named


def _same_date(mark: Mark, date: dt.date | None) -> bool | None:
    if date is None or (mark.dated_from is None and mark.dated_until is None):
        return None
    return (mark.dated_from or dt.date.min) <= date <= (mark.dated_until or dt.date.max)


@dataclass(frozen=True)
class Described:
    """Goods by their words, cut once and compared often."""

    brand: frozenset[str]
    label: frozenset[str]
    shop: frozenset[str]
    """The shops that sold it, or the donor that gave it."""

    @classmethod
    def of(cls, brand: str, label: str, shop: str) -> "Described":
        return cls(words_of(brand), words_of(label), words_of(shop))


def may_be(alert: Described, goods: Described) -> bool:
    """Whether an alert without a number may speak of these goods: same brand or shop, and most words alike.

    Half of the words of our product's name must be in the alert's, and two of them where the brand is not the same.
    """
    alike = len(goods.label & alert.label)
    if not alike or 2 * alike < len(goods.label):
        return False
    if goods.brand and goods.brand <= alert.brand | alert.label:
        return True
    return bool(goods.shop & alert.shop) and alike >= min(2, len(goods.label))


def words_of(text: str) -> frozenset[str]:
    """The telling words of a label, without accents and plurals.

    >>> sorted(words_of("Yaourts nature de brebis, 4 x 125 g"))
    ['brebi', 'nature', 'yaourt']
    """
    found = re.findall(r"[a-z]{2,}", plain(text))
    return frozenset(re.sub(r"[sx]$", "", word) for word in found if word not in _EMPTY_WORDS)
