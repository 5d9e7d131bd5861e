"""One product as Open Food Facts writes it, in any of its shapes, become facts of ours.

Their export is a table (tab-separated, no quoting), JSON lines, or one JSON object from the interface; the names are
the same but for lists (`allergens_tags`) and nutrients (`nutriments`). Everything is typed by volunteers: what
cannot be is left out, never taken.
"""

import html
import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from stock.elements import has_right_check_digit
from stock.instore import in_store_parts
from stock.nutrition import Nutrition
from stock.openfoodfacts.families import How, family_of

LICENCE = "Open Food Facts, ODbL 1.0"

_NAMES = {
    "product_name": ("product_name_fr", "product_name", "name"),
    "brands": ("brands", "brand"),
    "quantity": ("quantity", "qty"),
    "categories": ("categories_tags", "cat"),
    "allergens": ("allergens_tags", "allergens", "allerg"),
    "grade": ("nutriscore_grade", "nutrition_grades", "nutriscore"),
    "pnns": ("pnns_groups_2", "pnns"),
    "ingredients": ("ingredients_text_fr", "ingredients_text"),
    "analysis": ("ingredients_analysis_tags",),
}
"""Where each fact may stand, in the exports, the interface and the small tables people pass on."""

_NUTRIENTS = {
    "kcal": ("energy-kcal_100g", "kcal"),
    "fat_mg": ("fat_100g", "fat"),
    "saturated_mg": ("saturated-fat_100g", "sat"),
    "carbohydrate_mg": ("carbohydrates_100g", "carb"),
    "sugars_mg": ("sugars_100g", "sugar"),
    "fibre_mg": ("fiber_100g", "fib"),
    "protein_mg": ("proteins_100g", "prot"),
    "salt_mg": ("salt_100g", "salt"),
}

_CONTENTS = {
    "gluten": "gluten",
    "crustaceans": "crustaceans",
    "eggs": "eggs",
    "fish": "fish",
    "peanuts": "peanuts",
    "soybeans": "soybeans",
    "milk": "milk",
    "nuts": "nuts",
    "celery": "celery",
    "mustard": "mustard",
    "sesame-seeds": "sesame",
    "sulphur-dioxide-and-sulphites": "sulphites",
    "lupin": "lupin",
    "molluscs": "molluscs",
}
_SAID = {
    "pork": r"\b(porcs?|pork|lardons?|bacon|jambon|ham|saindoux|lard)\b",
    "meat": r"\b(viandes?|meat|porcs?|pork|lardons?|jambon|b(?:œ|oe)uf|beef|veau|poulet|chicken|dinde|canard|agneau)\b",
    "gelatine": r"\bg[ée]latine?\b",
    "alcohol": r"\b(alcool|alcohol|vin (?:blanc|rouge)|rhum|kirsch|cognac|bi[èe]re)\b",
}
"""What people leave out by choice is no allergen: it is looked for in the ingredients."""

_UNITS = {"kg": 1000.0, "g": 1.0, "mg": 0.001, "l": 1000.0, "dl": 100.0, "cl": 10.0, "ml": 1.0}
MOST_GRAMS = 30_000


class Left(StrEnum):
    """Why a row is left out."""

    NO_CODE = "no_code"
    NO_NAME = "no_name"
    NO_FOOD = "no_food"
    ELSEWHERE = "elsewhere"


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one number."""

    gtin: str
    name: str
    brand: str = ""
    net_grams: int | None = None
    family: str | None = None
    how: How = How.UNKNOWN
    contains: tuple[str, ...] = ()
    unknown_contents: bool = True
    nutriscore: str | None = None
    nutrition: Nutrition | None = None


def read_facts(row: Mapping[str, Any], country: str = "") -> Facts | Left:
    """The facts of one row, or why it is left out; `country` (`en:france`) leaves out what is sold elsewhere only."""
    gtin = _gtin(_text(row.get("code")))
    name = _cell(row, "product_name")
    countries = _text(row.get("countries_tags"))
    if gtin is None:
        return Left.NO_CODE
    if country and countries and country not in countries.split(","):
        return Left.ELSEWHERE
    if not name:
        return Left.NO_NAME
    family, how = family_of(_list(_cell(row, "categories")), _cell(row, "pnns"), name)
    if how is How.NO_FOOD:
        return Left.NO_FOOD
    contains, unknown = _contents(row)
    return Facts(
        gtin=gtin,
        name=name[:160],
        brand=_cell(row, "brands").split(",")[0].strip()[:80],
        net_grams=_net_grams(_text(row.get("product_quantity")), _cell(row, "quantity")),
        family=family,
        how=how,
        contains=contains,
        unknown_contents=unknown,
        nutriscore=_grade(_cell(row, "grade")),
        nutrition=_nutrition(row),
    )


def _gtin(code: str) -> str | None:
    if not (code.isascii() and code.isdigit() and 8 <= len(code.lstrip("0")) <= 14):
        return None
    gtin = code.lstrip("0").zfill(14)
    return gtin if has_right_check_digit(gtin) and not in_store_parts(gtin) else None


def _net_grams(normal: str, written: str) -> int | None:
    """Grams of the whole pack, a millilitre counting as one: their own figure, else read from what is written.

    >>> _net_grams("", "4 x 125 g"), _net_grams("", "1,5 L"), _net_grams("350", "")
    (500, 1500, 350)
    """
    grams = _number(normal)
    if grams is None:
        found = re.search(r"(?:(\d+)\s*[x×*]\s*)?(\d+(?:[.,]\d+)?)\s*(kg|mg|g|dl|cl|ml|l)\b", written.lower())
        if not found:
            return None
        grams = float(found[1] or 1) * float(found[2].replace(",", ".")) * _UNITS[found[3]]
    return round(grams) if 0.5 < grams <= MOST_GRAMS else None


def _contents(row: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """What it contains or may hold traces of, and whether more may be in it than anybody wrote down."""
    tags = _list(f"{_cell(row, 'allergens')},{_text(row.get('traces_tags'))}")
    found = {_CONTENTS[key] for tag in tags if (key := tag.partition(":")[2]) in _CONTENTS}
    ingredients = _cell(row, "ingredients").lower()
    found |= {content for content, words in _SAID.items() if ingredients and re.search(words, ingredients)}
    return tuple(sorted(found)), not ingredients


def _nutrition(row: Mapping[str, Any]) -> Nutrition | None:
    nutriments = row.get("nutriments")
    cells = nutriments if isinstance(nutriments, Mapping) else row
    found: dict[str, int] = {}
    for name, keys in _NUTRIENTS.items():
        number = next((n for key in keys if (n := _number(_text(cells.get(key)))) is not None), None)
        most = 950 if name == "kcal" else 100
        if number is not None and 0 <= number <= most:
            found[name] = round(number if name == "kcal" else number * 1000)
    return Nutrition(**found) if found else None


def _grade(text: str) -> str | None:
    return text.lower() if text.lower() in {"a", "b", "c", "d", "e"} else None


def _cell(row: Mapping[str, Any], fact: str) -> str:
    return next((text for name in _NAMES[fact] if (text := _text(row.get(name)))), "")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None else re.sub(r"\s+", " ", html.unescape(str(value))).strip()


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
