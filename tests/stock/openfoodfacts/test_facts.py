"""Rows of Open Food Facts, well and badly typed, become facts of ours or are left out with the reason."""

from typing import Any

import pytest

from stock.nutrition import Nutrition, reference_foods
from stock.openfoodfacts.facts import Facts, Left, read_facts
from stock.openfoodfacts.families import How, family_of
from stock.reference import families

YOGHURT: dict[str, Any] = {
    "code": "3228857000166",
    "product_name": "Yaourt nature &quot;fermier&quot;",
    "brands": "La Prairie,Prairie",
    "quantity": "4 x 125 g",
    "categories_tags": "en:dairies,en:fermented-foods,en:yogurts,en:plain-yogurts",
    "allergens": "en:milk",
    "traces_tags": "en:nuts,fr:plastique",
    "ingredients_text": "Lait entier, gélatine de porc",
    "nutriscore_grade": "a",
    "countries_tags": "en:france,en:belgium",
    "energy-kcal_100g": "61.4",
    "proteins_100g": "3.8",
    "salt_100g": "a lot",
    "fat_100g": "-1",
    "sugars_100g": "4,7",
}


def test_a_row_of_the_export_becomes_facts() -> None:
    assert read_facts(YOGHURT, "en:france") == Facts(
        gtin="03228857000166",
        name='Yaourt nature "fermier"',
        brand="La Prairie",
        net_grams=500,
        family="yoghurt",
        how=How.CATEGORY,
        contains=("gelatine", "meat", "milk", "nuts", "pork"),
        unknown_contents=False,
        nutriscore="a",
        nutrition=Nutrition(kcal=61, protein_mg=3800, sugars_mg=4700),
    )


def test_the_object_of_the_interface_says_the_same_as_the_row_of_the_export() -> None:
    lists = {name: YOGHURT[name].split(",") for name in ("categories_tags", "traces_tags", "countries_tags")}
    nutrients = {name: value for name, value in YOGHURT.items() if name.endswith("_100g")}
    rest = {name: value for name, value in YOGHURT.items() if name not in nutrients and name != "allergens"}

    said = {**rest, **lists, "allergens_tags": ["en:milk"], "nutriments": nutrients}

    assert read_facts(said) == read_facts(YOGHURT)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": ""}, Left.NO_CODE),
        ({"code": "3228857000167"}, Left.NO_CODE),
        ({"code": "2123450012343"}, Left.NO_CODE),
        ({"code": "12345"}, Left.NO_CODE),
        ({"product_name": " "}, Left.NO_NAME),
        ({"categories_tags": "en:pet-food,en:yogurts"}, Left.NO_FOOD),
        ({"countries_tags": "en:spain"}, Left.ELSEWHERE),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_reason(change: dict[str, str], why: Left) -> None:
    assert read_facts(YOGHURT | change, "en:france") is why


def test_contents_are_unknown_where_nobody_wrote_the_ingredients_down() -> None:
    facts = read_facts(YOGHURT | {"ingredients_text": ""})

    assert isinstance(facts, Facts)
    assert (facts.contains, facts.unknown_contents) == (("milk", "nuts"), True)


@pytest.mark.parametrize(
    ("tags", "pnns", "name", "family", "how"),
    [
        ("en:meats,en:poultries,en:frozen-foods", "", "", "frozen_meat", How.CATEGORY),
        ("en:canned-foods,en:vegetables", "", "", "tinned_produce", How.CATEGORY),
        ("en:sweet-snacks,en:something-new", "", "", "biscuit", How.CATEGORY),
        ("en:snacks", "", "Freeze-dried apple slices", "dried_fruit_nuts", How.WORD),
        ("en:snacks", "", "Mystère", None, How.UNKNOWN),
        ("en:condiments", "", "Balsamic vinegar", "salt_vinegar", How.WORD),
        ("en:condiments", "", "Mystère", "sauce", How.VAGUE),
        ("en:beverages", "Unsweetened beverages", "Coconut water", "soft_drink", How.WORD),
        ("", "", "Kosher baby dills made with sea salt", "tinned_produce", How.WORD),
        ("", "", "Whole wheat flour tortillas", "packaged_bread", How.WORD),
        ("", "", "Milk chocolate with mousse filling", "chocolate", How.WORD),
        ("", "", "Mousse au chocolat", "dairy_dessert", How.WORD),
        ("", "", "Petits pains aux olives", "packaged_bread", How.WORD),
        ("", "", "Cassolettes au thon", None, How.UNKNOWN),
        ("", "", "Carottes pour bébé", "infant_food", How.WORD),
        ("", "", "Pâte à tartiner", "chocolate", How.WORD),
        ("", "", "Nutella biscuits", "biscuit", How.WORD),
        ("", "", "Nutella", "chocolate", How.WORD),
        ("", "", "Filets de cabillaud surgelés", "frozen_fish", How.WORD),
        ("", "", "Hard filled candy", "sweets", How.WORD),
        ("en:something-new", "Cheese", "", "hard_cheese", How.PNNS),
        ("", "unknown", "Pois chiches au naturel", "tinned_produce", How.WORD),
        ("", "", "Œufs de poules élevées en plein air", "egg", How.WORD),
        ("", "", "Pâtes d’Alsace", "pasta_rice", How.WORD),
        ("", "", "Mystère", None, How.UNKNOWN),
    ],
)
def test_the_family_comes_from_the_category_else_it_is_guessed(
    tags: str, pnns: str, name: str, family: str | None, how: How
) -> None:
    assert family_of(tags.split(","), pnns, name) == (family, how)


def test_every_family_that_is_eaten_has_a_reference_food() -> None:
    without = {family.code for family in families()} - reference_foods().keys()

    assert without == {"hygiene"}


@pytest.mark.parametrize("quantity", ["9" * 400 + " kg", "3 x " + "9" * 400 + " g", "9" * 5_000 + " x 1 g"])
def test_a_weight_nobody_could_lift_is_not_known(quantity: str) -> None:
    facts = read_facts({**YOGHURT, "quantity": quantity})

    assert isinstance(facts, Facts)
    assert facts.net_grams is None
