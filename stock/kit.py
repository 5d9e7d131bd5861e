"""What a phone takes along to receive goods where there is no network: the catalogue, donors, places, last dates.

Nothing in it speaks of a person. The phone reads codes and dates by the same rules as the server does, from the same
table of application identifiers, so that a line it lets through is a line the server will book.
"""

import datetime as dt

from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as IDENTIFIERS
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from network.partners import site
from stock.dating import IntakeRules
from stock.donors import donors, layout_of
from stock.ledger import Account
from stock.places import places
from stock.tables import Donor, Family, InStoreCode, Lot, Movement, Product, ProductCode, Reception

Identifier = tuple[str, str, bool]
"""An application identifier, the pattern of its value, and whether a separator must follow it."""


class KitFamily(Struct, frozen=True):
    name_fr: str
    name_en: str
    storage: str
    date_kind: str
    grace: int


class KitProduct(Struct, frozen=True):
    id: int
    name: str
    brand: str
    family: str
    measure: str
    grams: int
    """Of one piece."""
    picture: str
    article: str | None
    keeps: int | None
    """Days, for goods without a date."""


class KitDonor(Struct, frozen=True):
    id: int
    name: str
    payload: str
    digits: int


class KitPlace(Struct, frozen=True):
    id: int
    name: str
    storage: str


class LastTime(Struct, frozen=True):
    """The last lot of a product at this site: its date and place are offered first."""

    product: int
    date: dt.date | None
    place: int | None


class Kit(Struct, frozen=True):
    """Everything a reception at one site needs."""

    site_id: int
    site: str
    families: dict[str, KitFamily]
    products: list[KitProduct]
    codes: list[tuple[str, int, int]]
    """GTIN, product, and how many pieces of it the code stands for."""
    in_store: list[tuple[int, str, int]]
    """Donor, key of the article in that shop, product."""
    donors: list[KitDonor]
    places: list[KitPlace]
    last: list[LastTime]
    hours: int
    """A use-by date must still run at takeover."""
    undated_days: int
    identifiers: list[Identifier]


def kit(session: Session, site_id: int, rules: IntakeRules) -> Kit:
    """What to take along from this site; raises NotFound."""
    return Kit(
        site_id=site_id,
        site=site(session, site_id).name,
        families={
            f.code: KitFamily(f.name_fr, f.name_en, f.storage, f.date_kind, f.grace_days)
            for f in session.scalars(select(Family).order_by(Family.code))
        },
        products=[KitProduct(*row) for row in session.execute(_PRODUCTS)],
        codes=[(gtin, product, units) for gtin, product, units in session.execute(_CODES)],
        in_store=[(giver, key, product) for giver, key, product in session.execute(_IN_STORE)],
        donors=[_donor(giver) for giver in donors(session)],
        places=[KitPlace(p.id, p.name, p.storage) for p in places(session, site_id)],
        last=[LastTime(*row) for row in session.execute(_last_times(site_id))],
        hours=rules.dates.min_use_by_hours,
        undated_days=rules.undated_days,
        identifiers=[_identifier(known) for known in IDENTIFIERS.values()],
    )


def _donor(giver: Donor) -> KitDonor:
    layout = layout_of(giver)
    return KitDonor(giver.id, giver.name, layout.payload.value, layout.digits)


def _identifier(known: GS1ApplicationIdentifier) -> Identifier:
    return known.ai, known.pattern, known.separator_required


def _last_times(site_id: int) -> Select[int, dt.date | None, int | None]:
    newest = (
        select(func.max(Lot.id).label("lot_id"))
        .join(Lot.reception)
        .where(Reception.site_id == site_id)
        .group_by(Lot.product_id)
        .subquery()
    )
    earlier = aliased(Movement)
    shelved = (
        select(func.max(earlier.id))
        .where(earlier.lot_id == Lot.id, earlier.to_account == Account.SHELF)
        .correlate(Lot)
        .scalar_subquery()
    )
    return (
        select(Lot.product_id, Lot.date, Movement.to_place_id)
        .join(newest, newest.c.lot_id == Lot.id)
        .outerjoin(Movement, Movement.id == shelved)
        .order_by(Lot.product_id)
    )


_PRODUCTS = select(
    Product.id,
    Product.name,
    Product.brand,
    Product.family_code,
    Product.measure,
    Product.grams_each,
    Product.pictogram,
    Product.article,
    Product.shelf_life_days,
).order_by(Product.id)
_CODES = select(ProductCode.gtin, ProductCode.product_id, ProductCode.units).order_by(ProductCode.gtin)
_IN_STORE = select(InStoreCode.donor_id, InStoreCode.article_key, InStoreCode.product_id).order_by(
    InStoreCode.donor_id, InStoreCode.article_key
)
