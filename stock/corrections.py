"""The catalogue in people's hands: finding a product, setting its facts right, and saying what its codes mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import NotFound
from common.words import N_, Term, plain
from network.audit import record
from stock import catalogue, reference
from stock.catalogue import BadProduct
from stock.tables import Family, InStoreCode, Product, ProductCode


class ProductRow(Struct, frozen=True):
    """One line of the catalogue."""

    id: int
    name: str
    brand: str
    family: str
    pictogram: str
    measure: str
    grams_each: int
    codes: int
    unknown_contents: bool


class Code(Struct, frozen=True):
    """A number that names a product, and how many pieces of it."""

    gtin: str
    units: int

    @property
    def shown(self) -> str:
        """As it is printed, without the zeros that fill it up."""
        return self.gtin.lstrip("0").zfill(8)


def list_products(session: Session, text: str = "") -> list[ProductRow]:
    """The products whose name, brand or one of whose codes has every word of the text, by name.

    Of a large catalogue only what a line shows is read, and codes only where a word could be one.
    """
    words = plain(text).split()
    by_code = {word: _with_code(session, word) for word in words if word.isdigit()}
    return [
        ProductRow(number, name, brand, *rest)
        for number, article, name, brand, *rest in session.connection().execute(_ROWS).all()
        if _found(words, f"{name} {brand} {article or ''}", number, by_code)
    ]


def _found(words: Sequence[str], said: str, number: int, by_code: Mapping[str, set[int]]) -> bool:
    return all(word in plain(said) or number in by_code.get(word, ()) for word in words)


def _with_code(session: Session, digits: str) -> set[int]:
    """The products one of whose codes has these digits in it."""
    return set(session.scalars(select(ProductCode.product_id).where(ProductCode.gtin.contains(digits))))


def codes_of(session: Session, product_id: int) -> list[Code]:
    """The numbers of a product, packs before cases."""
    query = (
        select(ProductCode).where(ProductCode.product_id == product_id).order_by(ProductCode.units, ProductCode.gtin)
    )
    return [Code(code.gtin, code.units) for code in session.scalars(query)]


def in_store_codes_of(session: Session, product_id: int) -> Sequence[InStoreCode]:
    """What shops' own codes mean it."""
    return session.scalars(select(InStoreCode).where(InStoreCode.product_id == product_id)).all()


def correct(session: Session, product_id: int, said: Mapping[str, Any], stamp: Stamp) -> list[str]:
    """Set facts of a product right; returns the names of those that changed. No import touches them again.

    Lots that are here already keep what they came in with; raises BadProduct or NotFound.
    """
    product = catalogue.product(session, product_id)
    changed = [name for name, value in said.items() if getattr(product, name) != value]
    _check(session, product, said)
    for name in changed:
        setattr(product, name, said[name])
    product.corrected = sorted({*product.corrected, *changed})
    if "family_code" in changed:
        session.flush()
        session.refresh(product, ["family"])
        product.pictogram = product.family.pictogram
    product.contains = sorted({*product.contains, *product.family.contains})
    if changed:
        record(session, "product corrected", f"product:{product_id}", stamp, facts=len(changed))
    session.flush()
    return changed


def forget_code(session: Session, product_id: int, gtin: str, stamp: Stamp) -> None:
    """From now on this number means nothing; raises NotFound where it did not mean this product."""
    wrong = delete(ProductCode).where(ProductCode.product_id == product_id, ProductCode.gtin == gtin)
    if session.scalar(wrong.returning(ProductCode.gtin)) is None:
        raise NotFound(what=Term(N_("barcode")), id=gtin)
    record(session, "code forgotten", f"product:{product_id}", stamp, gtin=gtin)


def _check(session: Session, product: Product, said: Mapping[str, Any]) -> None:
    if not said.get("name", product.name).strip():
        raise BadProduct(fact=Term(N_("name")), expected=Term(N_("filled in")), got="", field="name")
    if said.get("grams_each", product.grams_each) <= 0:
        raise BadProduct(
            fact=Term(N_("net weight")), expected=Term(N_("at least 1")), got=said["grams_each"], field="grams"
        )
    if session.get(Family, said.get("family_code", product.family_code)) is None:
        raise NotFound(what=Term(N_("family")), id=said["family_code"])
    strange = {*said.get("contains", [])} - {content.code for content in reference.contents()}
    if strange:
        raise NotFound(what=Term(N_("content")), id=min(strange))


_CODES = select(ProductCode.product_id, func.count().label("codes")).group_by(ProductCode.product_id).subquery()
_ROWS = (
    select(
        Product.id,
        Product.article,
        Product.name,
        Product.brand,
        Product.family_code,
        Product.pictogram,
        Product.measure,
        Product.grams_each,
        func.coalesce(_CODES.c.codes, 0),
        Product.unknown_contents,
    )
    .outerjoin(_CODES, _CODES.c.product_id == Product.id)
    .order_by(Product.name, Product.id)
)
