"""What food brings, per 100 g: a product's own figures where they are known, else its family's reference food's."""

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from common.rows import read_rows
from stock import reference
from stock.tables import Product


class Nutrition(Struct, frozen=True):
    """Per 100 g; None where it is not known."""

    kcal: int | None = None
    fat_mg: int | None = None
    saturated_mg: int | None = None
    carbohydrate_mg: int | None = None
    sugars_mg: int | None = None
    fibre_mg: int | None = None
    protein_mg: int | None = None
    salt_mg: int | None = None


class ReferenceFood(Struct, frozen=True, kw_only=True):
    """The food of ANSES's CIQUAL table that stands for a family."""

    family: reference.Code
    ciqual: str
    """Its number in the table."""
    name: reference.Text
    kcal: reference.Count
    fat_mg: int | None = None
    saturated_mg: int | None = None
    carbohydrate_mg: int | None = None
    sugars_mg: int | None = None
    fibre_mg: int | None = None
    protein_mg: int | None = None
    salt_mg: int | None = None
    source: reference.Text
    """The table, and after `;` what was done where it leaves the energy out."""

    @property
    def table(self) -> str:
        return self.source.partition(";")[0]

    @property
    def nutrition(self) -> Nutrition:
        return Nutrition(**{name: getattr(self, name) for name in Nutrition.__struct_fields__})


class Known(Struct, frozen=True):
    """The figures to use for a product, and whose they are."""

    nutrition: Nutrition
    own: bool
    source: str
    food: str = ""
    """The reference food, where they are not its own."""


@cache
def reference_foods() -> dict[str, ReferenceFood]:
    """The reference food of each family that has one: all but what is not eaten."""
    foods = {
        food.family: food for food in read_rows(Path(reference.__file__).parent / "reference_foods.csv", ReferenceFood)
    }
    if strange := foods.keys() - {family.code for family in reference.families()}:
        raise ValueError(f"reference_foods.csv speaks of families that are not in their table: {sorted(strange)}")
    return foods


def nutrition_of(product: Product) -> Known | None:
    """What a product brings; None where neither it nor its family has figures."""
    if product.nutrition is not None:
        return Known(msgspec.convert(product.nutrition, Nutrition), own=True, source=product.source)
    food = reference_foods().get(product.family_code)
    return (
        None
        if food is None
        else Known(food.nutrition, own=False, source=f"{food.table}, {food.ciqual}", food=food.name)
    )
