"""One alert, and how the two RappelConso data sets write it.

The sets are `rappelconso-v2-gtin-trie` (a row for each article number) and `rappelconso-v2-gtin-espaces` (a row for
each notice, also where it names no number): only both together are the whole. Their rows carry the same names.

`identification_produits` holds items parted by `|`, each `GTIN$LOT$kind of date$first date$last date`, and comes as
a text or as a list. Everything but the codes is written by hand by whoever recalls: what cannot be understood is
taken for unknown, never for absent.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from common.errors import Refusal
from common.words import N_
from stock.elements import has_right_check_digit
from stock.instore import in_store_parts

FOOD = "alimentation"
LASTS = dt.timedelta(days=365)
"""How long an alert counts that does not say when its procedure ends."""
_BLANKS = dict.fromkeys([*range(9), *range(11, 32), 127], " ")
"""All but tab and line feed: PostgreSQL keeps no text with a NUL in it, and the others only break pages and papers."""


class UnreadableAlert(Refusal):
    """A row that does not say what it is about, or since when."""

    message = N_("A row of the recalls cannot be used: %(what)s is “%(got)s”.")


@dataclass(frozen=True)
class Mark:
    """Goods an alert names; `gtin` is empty where it names no number that is valid in every shop."""

    gtin: str = ""
    lots: str = ""
    dated_from: dt.date | None = None
    dated_until: dt.date | None = None


@dataclass(frozen=True)
class Alert:
    """One version of a notice, or as much of it as one row says."""

    key: str
    number: str
    version: int
    published_on: dt.date
    until: dt.date
    marks: tuple[Mark, ...]
    sold_from: dt.date | None = None
    brand: str = ""
    label: str = ""
    category: str = ""
    reason: str = ""
    risk: str = ""
    advice: str = ""
    distributors: str = ""
    link: str = ""

    def __post_init__(self) -> None:
        if self.version < 1 or not self.key or self.until < self.published_on:
            raise ValueError(f"an alert has a key, a version and ends after it begins, got {self}")


def read_alert(row: Mapping[str, Any]) -> Alert | None:
    """The alert of one row, None where it is not about food; raises UnreadableAlert."""
    if _said(row, "categorie_produit").lower() != FOOD:
        return None
    key = _said(row, "rappel_guid") or _said(row, "numero_fiche")
    if not key:
        raise UnreadableAlert(what="numero_fiche", got="")
    published = _needed_day(row, "date_publication")
    ends = _day(_said(row, "date_de_fin_de_la_procedure_de_rappel"))
    return Alert(
        key=key.casefold()[:64],
        number=(_said(row, "numero_fiche") or key)[:40],
        version=_version(row),
        published_on=published,
        until=max(published, ends or published + min(LASTS, dt.date.max - published)),
        marks=tuple(_marks(row)),
        sold_from=_day(_said(row, "date_debut_commercialisation")),
        brand=_said(row, "marque_produit"),
        label=_label(row),
        category=_said(row, "sous_categorie_produit"),
        reason=_said(row, "motif_rappel"),
        risk=_said(row, "risques_encourus"),
        advice=_said(row, "conduites_a_tenir_par_le_consommateur"),
        distributors=_said(row, "distributeurs"),
        link=_said(row, "lien_vers_la_fiche_rappel"),
    )


def merged(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """The newest version of each notice, with the marks of all its rows."""
    newest: dict[str, Alert] = {}
    for alert in alerts:
        known = newest.get(alert.key)
        if known is None or known.version < alert.version:
            newest[alert.key] = alert
        elif known.version == alert.version:
            newest[alert.key] = replace(known, marks=tuple(dict.fromkeys(known.marks + alert.marks)))
    return newest


def _label(row: Mapping[str, Any]) -> str:
    models = _said(row, "modeles_ou_references").replace("¤", ", ")
    label = _said(row, "libelle")
    return " – ".join(dict.fromkeys(filter(None, (label, models)))) or _said(row, "sous_categorie_produit")


def _marks(row: Mapping[str, Any]) -> Iterator[Mark]:
    """What the items name, then the numbers of the row that no item speaks of."""
    numbers = [number for part in re.split(r"[\s,;|$]+", _said(row, "gtin")) if (number := _gtin(part))]
    named: set[str] = set()
    for item in filter(None, _said(row, "identification_produits").split("|")):
        number, lots, _, first, last = (part.strip() for part in (item + "$$$$").split("$")[:5])
        gtin = _gtin(number)
        named.add(gtin)
        days = _day(first), _day(last)
        # An item without a number speaks of every number of its row.
        for about in [gtin] if gtin or not numbers else numbers:
            named.add(about)
            yield Mark(about, lots, days[0], days[1] or days[0])
    for number in dict.fromkeys(numbers):
        if number not in named:
            yield Mark(number)
    if not numbers and not named:
        yield Mark()


def _gtin(text: str) -> str:
    """The number in 14 figures; nothing for one that cannot be right or means something in one shop only."""
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14):
        return ""
    code = digits.zfill(14)
    return code if has_right_check_digit(code) and not in_store_parts(code) else ""


def _version(row: Mapping[str, Any]) -> int:
    said = _said(row, "numero_version").removesuffix(".0")
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def _needed_day(row: Mapping[str, Any], name: str) -> dt.date:
    day = _day(_said(row, name))
    if day is None:
        raise UnreadableAlert(what=name, got=_said(row, name)[:40])
    return day


def _day(text: str) -> dt.date | None:
    """`2026-11-20`, with or without an hour, or `20/11/2026`."""
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})", text)
    parts = found.groups() if found else tuple(reversed(text[:10].split("/")))
    try:
        year, month, day = (int(part) for part in parts)
        return dt.date(year, month, day)
    except ValueError:
        return None


def _said(row: Mapping[str, Any], name: str) -> str:
    """A cell as text: lists are written as the texts are, nothing is empty, control characters are blanks."""
    value = row.get(name)
    if isinstance(value, list):
        value = "|".join(str(part) for part in value if part is not None)
    return "" if value is None else str(value).translate(_BLANKS).strip()
