"""The facts of the demo network: real products, the town's partners, sites and donors. All people are invented."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from common.rows import read_rows
from network.roles import Role
from stock.elements import has_right_check_digit
from stock.instore import Payload, in_store_parts
from stock.places import Storage
from stock.reference import families

HERE = Path(__file__).parent

Positive = Annotated[int, Meta(gt=0)]
Text = Annotated[str, Meta(min_length=1)]


class ProductFacts(Struct, frozen=True, kw_only=True):
    """A product of the shops."""

    gtin: Annotated[str, Meta(pattern="^[0-9]{13}$")]
    name: Text
    brand: str = ""
    net_grams: Positive
    family: str
    contains: tuple[str, ...] = ()
    unknown_contents: bool
    """Not all of its contents are known."""
    value_cents: Positive
    """Usual shop price of a piece."""
    nutriscore: Literal["a", "b", "c", "d", "e"] | None = None
    shelf_life_days: Positive | None = None
    source: Text

    def __post_init__(self) -> None:
        code = self.gtin.zfill(14)
        if not has_right_check_digit(code) or in_store_parts(code):
            raise ValueError(f"{self.gtin} is not a GTIN that is valid everywhere")
        _known_family(self.family)


class ArticleFacts(Struct, frozen=True, kw_only=True):
    """Goods without a barcode, chosen from pictures."""

    code: Annotated[str, Meta(pattern="^[A-Z0-9]{2,20}$")]
    name_fr: Text
    name_en: Text
    family: str
    measure: Literal["unit", "gram"]
    unit_grams: Positive
    """Net grams of a piece; 1 where goods are weighed."""
    portion_grams: Positive | None = None
    """How much is handed over at once where goods are weighed."""
    pictogram: Text
    shelf_life_days: Positive | None = None
    """How long they keep after they come in; None for goods that bear a date."""

    def __post_init__(self) -> None:
        _known_family(self.family)
        weighed = self.measure == "gram"
        if weighed is not (self.unit_grams == 1) or weighed is not (self.portion_grams is not None):
            raise ValueError(f"{self.code}: weighed goods, and only they, have a unit of 1 g and a portion")

    @property
    def portion(self) -> int:
        """One piece, or so many grams."""
        return self.portion_grams or 1


class InStoreFacts(Struct, frozen=True):
    """What a shop's own code means at that shop."""

    donor: str
    article_key: Annotated[str, Meta(pattern="^[0-9]{7}$")]
    article: str


class OrganisationFacts(Struct, frozen=True):
    code: str
    name: str
    kind: str
    charter_days_ago: int


class SiteFacts(Struct, frozen=True):
    code: str
    name: str
    organisation: str
    channel: Literal["free", "shop"]
    weekday: Annotated[int, Meta(ge=0, le=6)]
    """The day it opens, Monday being 0."""


class PlaceFacts(Struct, frozen=True):
    site: str
    name: str
    storage: Storage


class DonorFacts(Struct, frozen=True):
    """A donor; an agreement is given in days before and after the day the demo is loaded."""

    code: str
    name: str
    kind: str
    source: str
    in_store_payload: Payload = Payload.NONE
    agreement_days_ago: int | None = None
    agreement_days_left: int | None = None
    slots: str = ""
    times: tuple[tuple[int, int], ...] = ()
    """Weekdays and minutes since midnight."""
    families: tuple[str, ...] = ()
    quality_plan_days_ago: int | None = None


class AccountFacts(Struct, frozen=True):
    login: str
    name: str
    role: Role
    organisation: str
    site: str | None = None


class Network(Struct, frozen=True):
    """The invented town of Valmont-en-Gohelle; sites and donors are known by their codes."""

    name: str
    organisations: tuple[OrganisationFacts, ...]
    sites: tuple[SiteFacts, ...]
    places: tuple[PlaceFacts, ...]
    donors: tuple[DonorFacts, ...]
    accounts: tuple[AccountFacts, ...]


@cache
def products() -> tuple[ProductFacts, ...]:
    return read_rows(HERE / "products.csv", ProductFacts)


@cache
def articles() -> tuple[ArticleFacts, ...]:
    return read_rows(HERE / "articles.csv", ArticleFacts)


@cache
def in_store_codes() -> tuple[InStoreFacts, ...]:
    return read_rows(HERE / "in_store_codes.csv", InStoreFacts)


@cache
def network() -> Network:
    return msgspec.json.decode((HERE / "network.json").read_bytes(), type=Network)


def _known_family(code: str) -> None:
    if code not in {family.code for family in families()}:
        raise ValueError(f"there is no family {code}")
