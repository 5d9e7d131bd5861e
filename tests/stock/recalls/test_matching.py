"""For certain, probably, perhaps: what an alert's lots, dates and words say of goods."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from stock.recalls.alerts import Mark
from stock.recalls.matching import Described, Level, level_of, lots_named, may_be

GTIN = "03760289220694"
FIRST, LAST = dt.date(2026, 11, 20), dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)
LOT, DATES, BOTH, WHOLE = Mark(GTIN, "L123"), Mark(GTIN, "", FIRST, LAST), Mark(GTIN, "L123", FIRST, LAST), Mark(GTIN)


@pytest.mark.parametrize(
    ("mark", "lot_number", "date", "level"),
    [
        (LOT, "l-123", None, Level.CERTAIN),
        (LOT, "LOT 123", FIRST, Level.CERTAIN),
        (LOT, "L124", None, None),
        (LOT, "", FIRST, Level.PROBABLE),
        (DATES, "", FIRST, Level.CERTAIN),
        (DATES, "", LAST, Level.CERTAIN),
        (DATES, "", FIRST - DAY, None),
        (DATES, "", LAST + DAY, None),
        (DATES, "L9", None, Level.PROBABLE),
        (BOTH, "L124", LAST, Level.CERTAIN),
        (BOTH, "L123", LAST + DAY, Level.CERTAIN),
        (BOTH, "", LAST + DAY, None),
        (BOTH, "L124", None, None),
        (WHOLE, "L1", FIRST, Level.PROBABLE),
        (Mark(GTIN, "tous les lots"), "L1", None, Level.PROBABLE),
        (Mark(GTIN, "du L100 au L140"), "L123", None, Level.PROBABLE),
        (Mark(GTIN, "du L100 au L140"), "L100", None, Level.CERTAIN),
    ],
)
def test_how_sure_it_is(mark: Mark, lot_number: str, date: dt.date | None, level: Level | None) -> None:
    assert level_of([mark], lot_number, date) is level


def test_the_surest_of_several_marks_counts() -> None:
    assert level_of([Mark(GTIN, "L9"), WHOLE, LOT], "L123", None) is Level.CERTAIN


def test_lots_are_told_apart_however_they_are_listed() -> None:
    assert lots_named("Lots : L12/4 ; ken134f, 0077") == {"124", "ken134f", "0077"}


ALERT = Described.of("la prairie", "Yaourts nature de brebis, pots de 125 g", "supermarché du bois, autres")


@pytest.mark.parametrize(
    ("brand", "name", "donor", "alike"),
    [
        ("La Prairie", "Yaourt nature 4 × 125 g", "Boulangerie", True),
        ("", "Yaourt nature", "Supermarché du Bois", True),
        ("", "Yaourt vanille", "Supermarché du Bois", False),
        ("Autre", "Yaourt nature", "Boulangerie", False),
        ("La Prairie", "Emmental râpé", "Supermarché du Bois", False),
    ],
)
def test_without_a_number_brand_or_shop_and_words_must_be_alike(
    brand: str, name: str, donor: str, *, alike: bool
) -> None:
    assert may_be(ALERT, Described.of(brand, name, donor)) is alike


VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "recalls.json").read_text())["levels"]


@pytest.mark.parametrize("one", VECTORS, ids=lambda one: one["name"])
def test_the_vectors_that_phones_are_held_to(one: dict[str, Any]) -> None:
    since, until, date = (dt.date.fromisoformat(one[day]) if one[day] else None for day in ("since", "until", "date"))

    assert level_of([Mark("03760289220694", one["lots"], since, until)], one["lot"], date) == one["expect"]
