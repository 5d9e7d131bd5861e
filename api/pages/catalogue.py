"""The catalogue: what each product is, what its codes mean, and setting it right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import euros_typed, kilograms_typed, pieces_typed
from api.filters import Filters
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, file_links, list_file
from api.paging import pages_of
from api.security import May
from api.sorting import order_of
from api.unchanged import mark_of, refuse_changed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_, plain
from network.roles import Right
from stock import articles, catalogue, corrections
from stock.articles import Article
from stock.corrections import ProductRow
from stock.nutrition import Known, nutrition_of
from stock.promise import product_stock
from stock.reference import contents
from stock.tables import Product

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)
PATH = "/catalogue"
PAGE = 60
FILTERS = Filters("catalogue", ("family",))


@dataclass
class FactsForm:
    name: str = ""
    brand: str = ""
    family: str = ""
    grams: str = ""
    value: str = ""
    contains: list[str] | str = ""
    """One ticked box comes as a text, several as a list."""
    all_known: str = ""
    key: str = ""
    seen: str = ""

    @property
    def ticked(self) -> list[str]:
        return [self.contains] if isinstance(self.contains, str) and self.contains else list(self.contains)


@dataclass
class CodeForm:
    code: str = ""
    units: str = ""
    key: str = ""


@dataclass
class ArticleForm:
    name: str = ""
    code: str = ""
    family: str = ""
    weighed: str = ""
    grams: str = ""
    portion: str = ""
    days: str = ""
    known: str = ""
    key: str = ""

    @property
    def said(self) -> Article:
        """As the catalogue takes it; raises UnreadableNumber."""
        portion = kilograms_typed(self.portion, "portion") if self.weighed else pieces_typed(self.portion, "portion")
        return Article(
            code=self.code,
            name=self.name,
            family_code=self.family,
            weighed=bool(self.weighed),
            grams_each=1 if self.weighed else pieces_typed(self.grams, "grams") or 0,
            portion=portion,
            shelf_life_days=pieces_typed(self.days, "days"),
            contents_known=bool(self.known),
        )


@get(PATH, guards=[SEE], sync_to_thread=True)
def catalogue_page(
    here: NamedDependency[Here],
    q: FromQuery[str] = "",
    family: FromQuery[str] = "",
    page: FromQuery[str] = "",
    shape: Shape = "",
) -> Response[Any]:
    if again := FILTERS.again(here):
        return again
    return _list_page(here, q, family, page, shape)


@post(PATH + "/articles", guards=[WRITE], sync_to_thread=True)
def add_article(here: NamedDependency[Here], data: URLEncodedBody[ArticleForm]) -> Response[Any]:
    """Goods without a barcode: one more picture at intake."""

    def work(session: Session) -> int:
        return articles.add_article(session, data.said, here.stamp())

    try:
        asked = [value for name, value in vars(data).items() if name != "key"]
        number = write_once(here, data.key, asked, work, int)
    except Refusal as refusal:
        return _list_page(here, article=data, refusal=refusal)
    return here.go(f"{PATH}/{number}", N_("It stands among the pictures of intake from now on."))


def _list_page(
    here: Here,
    q: str = "",
    family: str = "",
    page: str = "",
    shape: str = "",
    article: ArticleForm | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The products, and the form of a new article as it was typed."""
    with here.database.reading() as session:
        found = corrections.list_products(session, q)
        families = dict(here.choices(catalogue.families(session)))
    values = _values(families)
    order = order_of(here, "catalogue", values, "name")
    found = order.sorted([product for product in found if family in ("", product.family)], values)
    if shape in SHAPES:
        return list_file(here, shape, "catalogue", N_("Catalogue"), _columns(here, families), found)
    shown, pages = pages_of(found, page, PAGE, order.page_href)
    answer = here.page(
        "pages/catalogue.html",
        status=refusal.kind.value if refusal else 200,
        article=article or ArticleForm(),
        why=(refusal.field, refusal.say(here.words)) if refusal else None,
        may_write=Right.WRITE_STOCK in here.me.rights,
        products=shown,
        families=families,
        total=len(found),
        chosen={"q": q, "family": family},
        pages=pages,
        files=file_links(here, PATH),
        order=order,
    )
    return FILTERS.remember(here, order.remember(answer))


def _values(families: Mapping[str, str]) -> dict[str, Callable[[ProductRow], Any]]:
    """What products are sorted by."""
    return {
        "name": lambda product: plain(product.name),
        "family": lambda product: plain(families[product.family]),
        "grams": lambda product: None if product.measure == "gram" else product.grams_each,
        "codes": lambda product: product.codes,
    }


def _columns(here: Here, families: Mapping[str, str]) -> Columns[ProductRow]:
    to_complete = here.words.text(N_("contents to complete"))
    return {
        N_("Product"): lambda row: row.name,
        N_("Brand"): lambda row: row.brand,
        N_("Family"): lambda row: families[row.family],
        N_("Net weight of one, g"): lambda row: None if row.measure == "gram" else row.grams_each,
        N_("Barcodes"): lambda row: row.codes,
        N_("To know"): lambda row: to_complete if row.unknown_contents else "",
    }


@get(PATH + "/{product_id:int}", guards=[SEE], sync_to_thread=True)
def product_page(here: NamedDependency[Here], product_id: FromPath[int]) -> Response[Any]:
    return _product_page(here, product_id)


@post(PATH + "/{product_id:int}", guards=[WRITE], sync_to_thread=True)
def correct_product(
    here: NamedDependency[Here], product_id: FromPath[int], data: URLEncodedBody[FactsForm]
) -> Response[Any]:
    """Set its facts right; a refusal shows the page again with what was typed."""

    def work(session: Session) -> list[str]:
        refuse_changed(here, session, data.seen, lambda: _facts(catalogue.product(session, product_id)))
        product = catalogue.product(session, product_id)
        return corrections.correct(session, product_id, _said(product, data), here.stamp())

    try:
        asked = [data.name, data.brand, data.family, data.grams, data.value, *data.ticked, data.all_known]
        changed = write_once(here, data.key, asked, work, list[str])
    except Refusal as refusal:
        return _product_page(here, product_id, data, refusal)
    done = N_("Set right; no import changes it any more.") if changed else N_("Nothing was changed.")
    return here.go(f"{PATH}/{product_id}", done)


@post(PATH + "/{product_id:int}/codes", guards=[WRITE], sync_to_thread=True)
def add_code(here: NamedDependency[Here], product_id: FromPath[int], data: URLEncodedBody[CodeForm]) -> Response[Any]:
    def work(session: Session) -> int:
        units = pieces_typed(data.units) or 1
        catalogue.add_code(session, catalogue.product(session, product_id).id, data.code, units)
        return units

    try:
        write_once(here, data.key, [data.code, data.units], work, int)
    except Refusal as refusal:
        return _product_page(here, product_id, refusal=refusal, code=data)
    return here.go(f"{PATH}/{product_id}", N_("From now on this code means this product."))


@post(PATH + "/{product_id:int}/codes/{gtin:str}/forget", guards=[WRITE], sync_to_thread=True)
def forget_code(here: NamedDependency[Here], product_id: FromPath[int], gtin: FromPath[str]) -> Response[Any]:
    with here.database.writing() as session:
        corrections.forget_code(session, product_id, gtin, here.stamp())
    return here.go(f"{PATH}/{product_id}", N_("This code means nothing any more."))


def _facts(product: Product) -> list[Any]:
    """What the form of a product is made from."""
    kept = [product.name, product.brand, product.family_code, product.grams_each, product.value_cents]
    return [*kept, sorted(product.contains), product.unknown_contents]


def _said(product: Product, data: FactsForm) -> dict[str, Any]:
    """What the form says, in the catalogue's own measures; what it leaves out stays."""
    said: dict[str, Any] = {
        "name": data.name.strip()[:160],
        "brand": data.brand.strip()[:80],
        "family_code": data.family,
        "contains": sorted(set(data.ticked)),
        "unknown_contents": not data.all_known,
    }
    if product.measure == "unit":
        said["grams_each"] = pieces_typed(data.grams, "grams") or 0
    if data.value.strip():
        said["value_cents"] = euros_typed(data.value, "value")
    return said


def _product_page(
    here: Here,
    product_id: int,
    form: FactsForm | None = None,
    refusal: Refusal | None = None,
    code: CodeForm | None = None,
) -> Response[Any]:
    with here.database.reading() as session:
        product = catalogue.product(session, product_id)
        codes = corrections.codes_of(session, product_id)
        there = product_stock(session, product_id, here.clock.today())
        in_store = [code.article_key for code in corrections.in_store_codes_of(session, product_id)]
        families = here.choices(catalogue.families(session))
    return here.page(
        "pages/product.html",
        status=refusal.kind.value if refusal else 200,
        product=product,
        family=here.name_of(product.family),
        codes=codes,
        there=there,
        in_store=in_store,
        nutrition=_nutrition(here, nutrition_of(product)),
        contents=[(c.code, here.name_of(c)) for c in contents()],
        families=families,
        form=form or _form_of(here, product),
        mark=mark_of(_facts(product)),
        code=code or CodeForm(),
        may_write=Right.WRITE_STOCK in here.me.rights,
        refusal=refusal.say(here.words) if refusal else None,
    )


def _form_of(here: Here, product: Product) -> FactsForm:
    return FactsForm(
        name=product.name,
        brand=product.brand,
        family=product.family_code,
        grams=str(product.grams_each),
        value=here.words.number(product.value_cents / 100, 2),
        contains=list(product.contains),
        all_known="" if product.unknown_contents else "yes",
    )


NUTRIENTS = {
    "fat_mg": N_("Fat"),
    "saturated_mg": N_("of which saturated"),
    "carbohydrate_mg": N_("Carbohydrate"),
    "sugars_mg": N_("of which sugars"),
    "fibre_mg": N_("Fibre"),
    "protein_mg": N_("Protein"),
    "salt_mg": N_("Salt"),
}


def _nutrition(here: Here, known: Known | None) -> dict[str, Any] | None:
    """Energy and nutrients as people read them, with whose figures they are."""
    if known is None:
        return None
    values = known.nutrition
    rows = [
        (here.words.text(label), f"{here.words.number(milligrams / 1000, 1)}\u202fg")
        for name, label in NUTRIENTS.items()
        if (milligrams := getattr(values, name)) is not None
    ]
    energy = None if values.kcal is None else f"{here.words.number(values.kcal)}\u202fkcal"
    return {"energy": energy, "rows": rows, "own": known.own, "source": known.source, "food": known.food}


ROUTES = [catalogue_page, add_article, product_page, correct_product, add_code, forget_code]
