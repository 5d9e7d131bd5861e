"""What the stockroom knows before any goods come in: families, food groups, reasons, programmes.

The tables are the CSV files beside this one; `README.md` names their columns and their sources. Every figure is a
proposal that the partners may change in their database, never a constant of the code.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.rows import read_rows
from stock.shorthand import DateKind

HERE = Path(__file__).parent

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Code = Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9_]*$", max_length=30)]
Text = Annotated[str, Meta(min_length=1)]
Mark = Literal["V", "MEM", "ASM"]
"""Read in the source it names, from memory, or assumed: the last two await the partners' word."""


class Named(Struct, frozen=True, kw_only=True):
    """A code with its name in both languages and where it comes from."""

    code: Code
    name_fr: Text
    name_en: Text
    source: Text
    mark: Mark


class Family(Named, frozen=True, kw_only=True):
    """A sorting category of the stockroom, with the rules that goods of it follow."""

    storage: Literal["dry", "chilled", "frozen"]
    date_kind: DateKind
    grace_days: Count
    """Days it may still be given after its best-before date."""
    max_celsius: int | None = None
    """Warmest it may be kept or carried; the label prevails where it says less or more."""
    tolerance_celsius: Count = 0
    """Degrees above it that are accepted for a short while at reception."""
    food_group: Code
    contains: tuple[Code, ...] = ()
    """What every product of the family contains; a product adds its own."""
    needs: tuple[Code, ...] = ()
    """What a household needs at home to keep and eat it."""
    co2e_g_per_kg: Count
    value_cents_per_kg: Count
    """Usual shop price."""
    pictogram: Text

    def __post_init__(self) -> None:
        cold = self.storage != "dry"
        if cold is (self.max_celsius is None):
            raise ValueError(f"{self.code}: cold goods, and only they, have a temperature limit")
        if cold and not {"fridge", "freezer"} & set(self.needs):
            raise ValueError(f"{self.code}: cold goods need a fridge or a freezer at home")
        if self.grace_days and self.date_kind is not DateKind.BEST_BEFORE:
            raise ValueError(f"{self.code}: only a best-before date may be passed, got {self.grace_days} days")

    @property
    def max_tenths(self) -> int | None:
        """The limit in tenths of a degree."""
        return None if self.max_celsius is None else self.max_celsius * 10

    @property
    def tolerance_tenths(self) -> int:
        return self.tolerance_celsius * 10


class FoodGroup(Struct, frozen=True, kw_only=True):
    """A nutrition group; grams are per adult equivalent."""

    id: Code
    name_fr: Text
    name_en: Text
    weight: Share
    """Share of the balance of a basket; 0 where the group does not count."""
    share_target: Share
    """Reference share of the weight that is handed out."""
    need_grams_per_day: Count
    """What food aid should bring a day, on average."""
    eat_grams_per_day: Count
    """What can be eaten a day when it has to be."""
    keep_days: Positive
    """How long a home can keep it."""
    cap_factor: Annotated[float, Meta(ge=1)]
    """How many times the need may be given when there is plenty."""
    source: Text
    mark: Mark

    def __post_init__(self) -> None:
        if self.need_grams_per_day > self.eat_grams_per_day:
            raise ValueError(f"{self.id}: more is needed a day than can be eaten")
        if bool(self.weight) is not bool(self.share_target):
            raise ValueError(f"{self.id}: a group counts in the balance and in the shares, or in neither")


class Content(Named, frozen=True, kw_only=True):
    """Something goods may contain and a household may leave out."""

    is_allergen: bool


class Source(Named, frozen=True, kw_only=True):
    """A programme goods come under: where they may go, and what a shop may ask for them at most."""

    channels: tuple[Literal["free", "shop"], ...]
    max_price_rate: Decimal = Decimal(0)
    """Of the usual shop price."""

    def __post_init__(self) -> None:
        if not 0 <= self.max_price_rate <= 1:
            raise ValueError(f"{self.code}: a price rate is between 0 and 1, got {self.max_price_rate}")
        if ("shop" in self.channels) is not (self.max_price_rate > 0):
            raise ValueError(f"{self.code}: goods have a price in a shop, and only there")


@cache
def families() -> tuple[Family, ...]:
    """The sorting families, in the order they are shown."""
    read = read_rows(HERE / "families.csv", Family)
    groups, known = {group.id for group in food_groups()}, {content.code for content in contents()}
    tools = {tool.code for tool in equipment()}
    for family in read:
        if strange := ({family.food_group} - groups) | (set(family.contains) - known) | (set(family.needs) - tools):
            raise ValueError(f"families.csv: {family.code} speaks of {', '.join(sorted(strange))}: not in its table")
    return read


@cache
def food_groups() -> tuple[FoodGroup, ...]:
    """The nutrition groups; the weights of those that count, and their target shares, sum to 1."""
    read = read_rows(HERE / "food_groups.csv", FoodGroup)
    for name, total in (("weight", sum(g.weight for g in read)), ("share_target", sum(g.share_target for g in read))):
        if round(total, 9) != 1:
            raise ValueError(f"food_groups.csv: the column {name} must sum to 1, got {total}")
    return read


@cache
def contents() -> tuple[Content, ...]:
    """The fourteen allergens that must be declared, and what people leave out by choice."""
    return read_rows(HERE / "contents.csv", Content)


@cache
def equipment() -> tuple[Named, ...]:
    """What goods may need at home."""
    return read_rows(HERE / "equipment.csv", Named)


@cache
def sources() -> tuple[Source, ...]:
    """The programmes goods come under (R-PRICE-01)."""
    return read_rows(HERE / "sources.csv", Source)


@cache
def refusal_reasons() -> tuple[Named, ...]:
    """Why goods are turned away at the door."""
    return read_rows(HERE / "refusal_reasons.csv", Named)


class PlaceLimit(Struct, frozen=True, kw_only=True):
    """How warm and how cold a place of one kind may be, unless the partners say otherwise."""

    storage: Literal["dry", "chilled", "frozen"]
    min_celsius: int | None = None
    max_celsius: int | None = None
    source: Text
    mark: Mark


@cache
def place_limits() -> tuple[PlaceLimit, ...]:
    """What readings of places are held against."""
    return read_rows(HERE / "place_limits.csv", PlaceLimit)


@cache
def loss_causes() -> tuple[Named, ...]:
    """Why goods on the shelves are lost."""
    return read_rows(HERE / "loss_causes.csv", Named)
