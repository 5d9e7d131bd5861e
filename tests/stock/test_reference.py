"""The reference data of the stockroom hold together and say what the regulations say."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from allocation.waste import CAUSE_NAMES
from stock import reference
from stock.dates import DateKind
from stock.reference import Family, FoodGroup, Source
from stock.refusals import RefusalReason

FAMILIES = {family.code: family for family in reference.families()}
GROUPS = {group.id: group for group in reference.food_groups()}
SOURCES = {source.code: source for source in reference.sources()}
TABLES: list[Callable[[], tuple[Any, ...]]] = [
    reference.families,
    reference.contents,
    reference.equipment,
    reference.sources,
    reference.refusal_reasons,
    reference.loss_causes,
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_code_and_a_name_are_there_once(table: Callable[[], tuple[Any, ...]]) -> None:
    rows = table()

    for column in ("code", "name_fr", "name_en"):
        assert len({getattr(row, column) for row in rows}) == len(rows)


def test_goods_with_a_use_by_date_are_never_given_after_it() -> None:
    assert {f.grace_days for f in FAMILIES.values() if f.date_kind is DateKind.USE_BY} == {0}


@pytest.mark.parametrize(
    ("code", "days"),
    [("pasta_rice", 365), ("tinned_fish", 365), ("oil", 60), ("milk", 60), ("cream_uht", 14), ("egg", 0)],
)
def test_the_days_after_a_best_before_date_are_those_of_the_table(code: str, days: int) -> None:
    assert FAMILIES[code].grace_days == days


def test_infant_food_is_never_given_after_its_date() -> None:
    assert [f.grace_days for f in FAMILIES.values() if f.food_group == "infant"] == [0]


@pytest.mark.parametrize(
    ("code", "limit", "tolerance"),
    [("minced_meat", 20, 0), ("fish", 20, 0), ("poultry", 40, 20), ("yoghurt", 80, 20), ("frozen_meal", -180, 30)],
)
def test_cold_goods_have_the_limits_of_the_decrees_in_tenths(code: str, limit: int, tolerance: int) -> None:
    assert (FAMILIES[code].max_tenths, FAMILIES[code].tolerance_tenths) == (limit, tolerance)


def test_dry_goods_have_no_temperature_limit() -> None:
    assert FAMILIES["pasta_rice"].max_tenths is None


def test_a_counted_group_has_goods_that_belong_to_it() -> None:
    assert set(GROUPS) == {family.food_group for family in FAMILIES.values()}


def test_the_weights_are_those_the_example_problems_use() -> None:
    assert {g.id: g.weight for g in GROUPS.values() if g.weight} == {
        "fruit_veg": 0.26,
        "fruit_veg_kept": 0.08,
        "starch_refined": 0.08,
        "starch_whole": 0.10,
        "bread": 0.04,
        "dairy_fresh": 0.09,
        "milk": 0.05,
        "cheese": 0.04,
        "meat": 0.09,
        "fish_egg": 0.10,
        "fat": 0.04,
        "sweet_salty": 0.03,
    }


@pytest.mark.parametrize(
    ("groups", "share"),
    [
        (("fruit_veg", "fruit_veg_kept"), 0.33),
        (("dairy_fresh", "milk", "cheese"), 0.33),
        (("starch_refined", "starch_whole", "bread"), 0.15),
        (("meat", "fish_egg"), 0.15),
        (("fat",), 0.02),
        (("sweet_salty",), 0.02),
    ],
)
def test_the_target_shares_add_up_to_the_reference_of_2005(groups: tuple[str, ...], share: float) -> None:
    assert sum(GROUPS[group].share_target for group in groups) == pytest.approx(share)


def test_european_goods_are_only_given_free() -> None:
    assert (SOURCES["esf_plus"].channels, SOURCES["esf_plus"].max_price_rate) == (("free",), Decimal(0))


def test_a_food_bank_lets_a_shop_ask_for_a_tenth_of_the_price() -> None:
    assert SOURCES["food_bank"].max_price_rate == Decimal("0.10")


def test_fourteen_allergens_must_be_declared() -> None:
    assert sum(content.is_allergen for content in reference.contents()) == 14


def test_what_the_rules_of_intake_refuse_for_is_in_the_register() -> None:
    assert set(RefusalReason) <= {reason.code for reason in reference.refusal_reasons()}


def test_the_waste_report_names_every_cause_of_loss() -> None:
    assert {cause.code for cause in reference.loss_causes()} <= set(CAUSE_NAMES)


def test_every_pictogram_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', Path("api/static/icons/food.svg").read_text(encoding="utf-8")))

    assert {family.pictogram for family in FAMILIES.values()} <= drawn


def family(**changes: Any) -> Family:
    usual: dict[str, Any] = {
        "code": "yoghurt",
        "name_fr": "Yaourt",
        "name_en": "Yoghurt",
        "source": "here",
        "mark": "ASM",
        "storage": "chilled",
        "date_kind": DateKind.USE_BY,
        "grace_days": 0,
        "max_celsius": 8,
        "food_group": "dairy_fresh",
        "needs": ("fridge",),
        "co2e_g_per_kg": 1850,
        "value_cents_per_kg": 300,
        "pictogram": "yoghurt",
    }
    return Family(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"max_celsius": None}, "temperature limit"),
        ({"storage": "dry"}, "temperature limit"),
        ({"needs": ()}, "a fridge or a freezer"),
        ({"grace_days": 1}, "only a best-before date"),
    ],
)
def test_a_family_that_contradicts_itself_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert family().max_tenths == 80

    with pytest.raises(ValueError, match=reason):
        family(**changes)


def test_a_group_of_which_more_is_needed_than_eaten_is_refused() -> None:
    usual = GROUPS["bread"]
    with pytest.raises(ValueError, match="more is needed"):
        FoodGroup(**{name: getattr(usual, name) for name in usual.__struct_fields__} | {"eat_grams_per_day": 59})


def test_goods_without_a_price_are_not_for_the_shop() -> None:
    names = {"code": "gift", "name_fr": "Don", "name_en": "Gift", "source": "here", "mark": "ASM"}

    with pytest.raises(ValueError, match="goods have a price in a shop"):
        Source(**names, channels=("free", "shop"))  # type: ignore[arg-type]
