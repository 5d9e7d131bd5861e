"""The catalogue: what a code names, and the facts known of it.

A GTIN is the same product everywhere. A shop's own code (02, 04, 20–29) is a product only together with the shop
(R-GS1-01), and an internal article is chosen from pictures because its goods bear no code at all.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from biip.checksums import gs1_standard_check_digit
from msgspec import to_builtins
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from common.errors import Kind, NotFound, Refusal
from common.words import N_, Cents, Grams, Term, plain
from stock import reference
from stock.codes import Scan, ScanKind, WrongCheckDigit, read_in_store
from stock.donors import layout_of
from stock.elements import has_right_check_digit
from stock.instore import in_store_parts
from stock.nutrition import Nutrition
from stock.tables import Donor, Family, FoodGroup, InStoreCode, Lot, Product, ProductCode

USUAL = 6
"""Pictures that stand first: what is seen at once on a phone, with the last lines booked under them."""


class UnknownProduct(Refusal):
    """Nobody has said yet what this code is; `asks` lists the facts to say once."""

    kind = Kind.NOT_FOUND
    message = N_("The code %(code)s is not in the catalogue yet: say what it is once, and it is known for good.")
    field = "scan"
    asks = ("name", "family", "measure", "grams_each")


class UnknownInStoreCode(UnknownProduct):
    """A shop's own code that was never met at this shop."""

    message = N_("The code %(code)s means something at %(donor)s only, and is not known yet: say what it is once.")


class UnknownArticle(UnknownProduct):
    """A code of ours that names no article."""

    message = N_("There is no article “%(code)s”: choose it from the pictures.")


class UnknownLot(UnknownProduct):
    """A label of ours whose lot is not in this database."""

    message = N_("The label %(code)s is not from this network's stock.")


class DonorNeeded(Refusal):
    """A shop's own code without the shop."""

    message = N_("The code %(code)s means something in its own shop only: say who gives.")
    field = "donor"


class CodeTaken(Refusal):
    """A code names one product."""

    kind = Kind.CONFLICT
    message = N_("The code %(code)s already names “%(product)s”.")
    field = "code"


class BadProduct(Refusal):
    """Facts that no product can have."""

    message = N_("A product's %(fact)s must be %(expected)s, got “%(got)s”.")


@dataclass(frozen=True)
class Found:
    """What a code names, and what it says beside it."""

    product: Product
    units: int
    """Pieces in what was scanned: a case of 12 is 12."""
    grams: Grams | None = None
    """Net weight the code carries."""
    price: Cents | None = None
    lot: Lot | None = None
    """The lot of our own label: its date and lot number come with it."""


def load_reference(session: Session) -> None:
    """Bring families and food groups into a database; what is there already stays as the town has it."""
    groups = [
        FoodGroup(id=g.id, name_fr=g.name_fr, name_en=g.name_en, rank=rank, facts=to_builtins(g))
        for rank, g in enumerate(reference.food_groups())
    ]
    _add_missing(session, FoodGroup.id, {group.id: group for group in groups})
    columns = [c.key for c in Family.__table__.columns]
    facts = [{name: getattr(f, name) for name in columns} for f in reference.families()]
    lists = ("contains", "needs")
    families = [Family(**{k: list(v) if k in lists else v for k, v in row.items()}) for row in facts]
    _add_missing(session, Family.code, {family.code: family for family in families})


def find(session: Session, scan: Scan, donor: Donor | None = None) -> Found:
    """The product a scan names; raises UnknownProduct with the facts to ask, or DonorNeeded."""
    match scan.kind:
        case ScanKind.LOT_LABEL:
            return _by_label(session, scan)
        case ScanKind.INTERNAL:
            return _by_article(session, scan)
        case ScanKind.IN_STORE:
            return _in_store(session, scan, donor)
        case ScanKind.GTIN:
            return _by_gtin(session, scan)


def is_known(session: Session, gtin14: str) -> bool:
    """Whether somebody has said what this number is."""
    return session.get(ProductCode, gtin14) is not None


def product_by_article(session: Session, code: str) -> Product | None:
    """The internal article of this short code."""
    return session.scalar(_BY_ARTICLE, {"article": code.strip().upper()})


def product(session: Session, product_id: int) -> Product:
    """The product with its family; raises NotFound."""
    found = session.get(Product, product_id, options=[_WITH_FAMILY])
    if found is None:
        raise NotFound(what=Term(N_("product")), id=product_id)
    return found


def articles(session: Session) -> Sequence[Product]:
    """The internal articles, for the grid of pictures, as a dictionary orders them: Œufs before Pommes."""
    query = select(Product).options(_WITH_FAMILY).where(Product.article.is_not(None)).order_by(Product.id)
    return sorted(session.scalars(query), key=lambda product: plain(product.name))


def usual_articles(session: Session, donor_id: int, since: dt.datetime) -> Sequence[Product]:
    """The few internal articles this donor brought most often since then, as a dictionary orders them."""
    brought = (
        select(Lot.product_id)
        .where(Lot.donor_id == donor_id, Lot.came_in_at >= since, Lot.parent_id.is_(None))
        .group_by(Lot.product_id)
        .order_by(func.count().desc(), Lot.product_id)
    )
    known = {product.id: product for product in articles(session)}
    most = [known[product_id] for product_id in session.scalars(brought) if product_id in known]
    return sorted(most[:USUAL], key=lambda product: plain(product.name))


def code_of(session: Session, product_id: int) -> str | None:
    """A code that names one piece of a product everywhere: its article's, else a number of its own."""
    if article := session.scalar(select(Product.article).where(Product.id == product_id)):
        return f"ART-{article}"
    own = select(ProductCode.gtin).where(ProductCode.product_id == product_id, ProductCode.units == 1)
    return session.scalar(own.order_by(ProductCode.gtin).limit(1))


def pictograms(session: Session, products: Iterable[int]) -> dict[int, str]:
    """The picture of each product."""
    query = select(Product.id, Product.pictogram).where(Product.id.in_(set(products)))
    return dict(session.execute(query).all())


def families(session: Session) -> Sequence[Family]:
    """The sorting families, by name."""
    return session.scalars(select(Family).order_by(Family.name_fr)).all()


def add_product(
    session: Session,
    *,
    name: str,
    family_code: str,
    grams_each: int,
    source: str,
    measure: str = "unit",
    gtins: Sequence[str] = (),
    article: str | None = None,
    brand: str = "",
    portion: int | None = None,
    shelf_life_days: int | None = None,
    contains: Sequence[str] = (),
    unknown_contents: bool = False,
    value_cents: int | None = None,
    max_per_visit: int | None = None,
    pictogram: str = "",
    nutriscore: str | None = None,
    nutrition: Nutrition | None = None,
) -> Product:
    """A new product; raises BadProduct, NotFound (family) or CodeTaken.

    What is not said is taken from the family: its contents are added, its usual price per kilogram gives the
    value of a piece. Weighed goods are portioned by half kilograms unless told otherwise.
    """
    family = session.get(Family, family_code)
    if family is None:
        raise NotFound(what=Term(N_("family")), id=family_code)
    weighed = _is_weighed(measure)
    added = Product(
        article=_free_article(session, article) if article else None,
        name=_required(name, N_("name")),
        brand=brand.strip(),
        family_code=family.code,
        measure=measure,
        grams_each=1 if weighed else _positive(grams_each, N_("net weight")),
        portion=_positive(portion if portion is not None else (500 if weighed else 1), N_("portion")),
        shelf_life_days=shelf_life_days,
        contains=sorted({*family.contains, *contains}),
        unknown_contents=unknown_contents,
        value_cents=_usual_value(family, weighed, grams_each) if value_cents is None else value_cents,
        max_per_visit=max_per_visit,
        pictogram=pictogram or family.pictogram,
        nutriscore=nutriscore,
        nutrition=to_builtins(nutrition),
        source=source,
        family=family,
    )
    session.add(added)
    session.flush()
    for gtin in gtins:
        add_code(session, added.id, gtin)
    return added


def add_code(session: Session, product_id: int, gtin: str, units: int = 1) -> None:
    """From now on this GTIN means so many pieces of the product; raises WrongCheckDigit or CodeTaken."""
    code = _gtin14(gtin)
    known = session.get(ProductCode, code, options=[joinedload(ProductCode.product)])
    if known is not None and known.product_id != product_id:
        raise CodeTaken(code=gtin, product=known.product.name)
    if known is None:
        known = ProductCode(gtin=code, product_id=product_id)
        session.add(known)
    known.units = _positive(units, N_("number of pieces"))
    session.flush()


def add_in_store_code(session: Session, donor_id: int, article_key: str, product_id: int) -> None:
    """From now on this shop's own code means this product; said again, the last word counts."""
    known = session.get(InStoreCode, (donor_id, article_key))
    if known is None:
        known = InStoreCode(donor_id=donor_id, article_key=article_key)
        session.add(known)
    known.product_id = product_id
    session.flush()


def teach(session: Session, scan: Scan, donor: Donor | None, product_id: int) -> None:
    """Remember that this scan names this product: what an unknown code's answer ends with."""
    if scan.in_store is not None and donor is not None:
        add_in_store_code(session, donor.id, scan.in_store.article, product_id)
    elif scan.gtin14:
        add_code(session, product_id, scan.gtin14)
    elif scan.content_gtin14:
        add_code(session, product_id, scan.content_gtin14)


# Statements are built once: building one takes several times longer than running it.

_WITH_FAMILY = joinedload(Product.family)
_PRODUCT = select(Product).options(_WITH_FAMILY)
_BY_ARTICLE = _PRODUCT.where(Product.article == bindparam("article"))
_BY_GTIN = (
    select(ProductCode.units, Product)
    .join(ProductCode.product)
    .options(_WITH_FAMILY)
    .where(ProductCode.gtin == bindparam("gtin"))
)
_BY_IN_STORE_CODE = _PRODUCT.join(InStoreCode).where(
    InStoreCode.donor_id == bindparam("donor_id"), InStoreCode.article_key == bindparam("article_key")
)
_BY_LABEL = select(Lot).options(joinedload(Lot.product).joinedload(Product.family)).where(Lot.code == bindparam("code"))


def _add_missing(session: Session, key: InstrumentedAttribute[str], rows: dict[str, Any]) -> None:
    known = set(session.scalars(select(key)))
    session.add_all(row for code, row in rows.items() if code not in known)
    session.flush()


def _by_gtin(session: Session, scan: Scan) -> Found:
    row = session.execute(_BY_GTIN, {"gtin": scan.product_gtin14}).one_or_none()
    if row is None:
        raise UnknownProduct(code=shown(scan))
    return Found(row.Product, row.units * scan.units, scan.net_grams)


def _in_store(session: Session, scan: Scan, donor: Donor | None) -> Found:
    if donor is None or scan.in_store is None:
        raise DonorNeeded(code=shown(scan))
    product = session.scalar(_BY_IN_STORE_CODE, {"donor_id": donor.id, "article_key": scan.in_store.article})
    if product is None:
        raise UnknownInStoreCode(code=shown(scan), donor=donor.name)
    carried = read_in_store(scan, layout_of(donor))
    grams = carried if isinstance(carried, Grams) and carried else scan.net_grams
    return Found(product, 1, grams, carried if isinstance(carried, Cents) else None)


def _by_article(session: Session, scan: Scan) -> Found:
    product = product_by_article(session, scan.article or "")
    if product is None:
        raise UnknownArticle(code=scan.article or scan.raw)
    return Found(product, 1)


def _by_label(session: Session, scan: Scan) -> Found:
    lot = session.scalar(_BY_LABEL, {"code": scan.lot_code})
    if lot is None:
        raise UnknownLot(code=scan.lot_code or scan.raw)
    return Found(lot.product, 1, lot=lot)


def shown(scan: Scan) -> str:
    """The number a person can compare with what is printed: without the zeros that fill it up."""
    number = scan.product_gtin14 or (scan.in_store.article if scan.in_store else "") or scan.raw
    return number[1:] if len(number) == 14 and number[0] == "0" else number


def _gtin14(typed: str) -> str:
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14)):
        raise BadProduct(fact=Term(N_("barcode")), expected="8, 12, 13, 14", got=typed, field="code")
    code = digits.zfill(14)
    if not has_right_check_digit(code):
        raise WrongCheckDigit(code=digits, expected=str(gs1_standard_check_digit(code[:-1])))
    if in_store_parts(code):
        raise BadProduct(fact=Term(N_("barcode")), expected=Term(N_("valid in every shop")), got=typed, field="code")
    return code


def _free_article(session: Session, typed: str) -> str:
    article = typed.strip().upper()
    if taken := session.scalar(select(Product.name).where(Product.article == article)):
        raise CodeTaken(code=article, product=taken)
    return article


def _is_weighed(measure: str) -> bool:
    if measure not in ("unit", "gram"):
        raise BadProduct(fact=Term(N_("measure")), expected="unit, gram", got=measure, field="measure")
    return measure == "gram"


def _usual_value(family: Family, weighed: bool, grams_each: int) -> int:
    return family.value_cents_per_kg if weighed else round(family.value_cents_per_kg * grams_each / 1000)


def _required(text: str, fact: str) -> str:
    if not text.strip():
        raise BadProduct(fact=Term(fact), expected=Term(N_("filled in")), got=text, field="name")
    return text.strip()


def _positive(number: int, fact: str) -> int:
    if number <= 0:
        raise BadProduct(fact=Term(fact), expected=Term(N_("at least 1")), got=number)
    return number
