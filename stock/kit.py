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
from stock.cold import label_may_prevail
from stock.dates import DateKind
from stock.dating import IntakeRules
from stock.donors import donors, layout_of
from stock.ledger import Account
from stock.places import places_in_use
from stock.recalls.alerts import Mark
from stock.recalls.matching import lots_named
from stock.recalls.register import marks_in_force
from stock.recalls.tables import RecallNotice
from stock.rules import Tare, tares
from stock.tables import Donor, Family, InStoreCode, Lot, Movement, Product, ProductCode, Reception
from stock.urgency import Steps

Identifier = tuple[str, str, bool]
"""An application identifier, the pattern of its value, and whether a separator must follow it."""


class KitFamily(Struct, frozen=True):
    name_fr: str
    name_en: str
    storage: str
    date_kind: str
    grace: int
    most: int | None
    """Tenths of a degree, its tolerance included; None where it may come as warm as it likes."""
    label_counts: bool
    """The limit printed on the pack may count instead."""


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
    source: str


class KitPlace(Struct, frozen=True):
    id: int
    name: str
    storage: str


class LastTime(Struct, frozen=True):
    """The last lot of a product at this site: its date and place are offered first."""

    product: int
    date: dt.date | None
    place: int | None


class KitRecall(Struct, frozen=True):
    """Goods a current alert names: enough to turn them away where nothing can be looked up."""

    notice: int
    product: int
    named: str
    """The lot numbers as the alert writes them, to show."""
    lots: list[str] | None
    """Lot numbers ready to compare, none where it names no lots; None where they cannot be told apart by a machine."""
    since: dt.date | None
    until: dt.date | None
    """The first and last date on the packs it speaks of, where it names them."""
    reason: str
    published: dt.date


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
    ahead: dict[DateKind, int]
    """How many days ahead a date of each kind may lie before a person is asked."""
    steps: Steps
    """How soon goods must leave."""
    sessions: list[dt.date]
    """The planned sessions short use-by dates may come in for; none where this site may not take them."""
    tares: list[Tare]
    recalled: list[KitRecall]
    identifiers: list[Identifier]


def kit(session: Session, site_id: int, rules: IntakeRules, today: dt.date) -> Kit:
    """What to take along from this site; raises NotFound."""
    return Kit(
        site_id=site_id,
        site=site(session, site_id).name,
        families={f.code: _family(f) for f in session.scalars(select(Family).order_by(Family.code))},
        products=[KitProduct(*row) for row in session.execute(_PRODUCTS)],
        codes=[(gtin, product, units) for gtin, product, units in session.execute(_CODES)],
        in_store=[(giver, key, product) for giver, key, product in session.execute(_IN_STORE)],
        donors=[_donor(giver) for giver in donors(session)],
        places=[KitPlace(p.id, p.name, p.storage) for p in places_in_use(session, site_id)],
        last=[LastTime(*row) for row in session.execute(_last_times(site_id))],
        hours=rules.dates.min_use_by_hours,
        undated_days=rules.undated_days,
        ahead={
            DateKind.USE_BY: rules.plausible.use_by_ahead,
            DateKind.BEST_BEFORE: rules.plausible.best_before_ahead,
        },
        steps=rules.steps,
        sessions=list(rules.sessions),
        tares=tares(session, site_id, today),
        recalled=[_recalled(*known) for known in marks_in_force(session, today)],
        identifiers=[identifier(known) for known in IDENTIFIERS.values()],
    )


def _family(family: Family) -> KitFamily:
    most = None if family.max_tenths is None else family.max_tenths + family.tolerance_tenths
    return KitFamily(
        name_fr=family.name_fr,
        name_en=family.name_en,
        storage=family.storage,
        date_kind=family.date_kind,
        grace=family.grace_days,
        most=most,
        label_counts=label_may_prevail(family),
    )


def _donor(giver: Donor) -> KitDonor:
    layout = layout_of(giver)
    return KitDonor(giver.id, giver.name, layout.payload.value, layout.digits, giver.source)


def _recalled(mark: Mark, product: int, notice: RecallNotice) -> KitRecall:
    lots = lots_named(mark.lots)
    return KitRecall(
        notice=notice.id,
        product=product,
        named=mark.lots[:200],
        lots=None if lots is None else sorted(lots),
        since=mark.dated_from,
        until=mark.dated_until,
        reason=notice.reason[:200],
        published=notice.published_on,
    )


def identifier(known: GS1ApplicationIdentifier) -> Identifier:
    """As the scripts that read codes take it along."""
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
