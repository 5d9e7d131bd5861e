"""What a code names, and how a network teaches its catalogue."""

import datetime as dt

import pytest

from common.database import Database
from common.errors import NotFound, Refusal
from stock import catalogue, reference
from stock.catalogue import add_code, add_product, find, load_reference, product, teach
from stock.codes import WrongCheckDigit, read_scan
from stock.instore import Payload
from stock.tables import Family, FoodGroup, Lot
from tests.stock.stockroom import CASE_OF_PEAS, HAM, MONDAY, MORNING, PEAS, Stockroom, donor_of, lot_of

NEW = "3560071000011"
PRICED, WEIGHED = "2123450012343", "2901234008757"


def named(database: Database, scan: str, room: Stockroom | None = None) -> tuple[str, int, int | None, int | None]:
    with database.reading() as session:
        donor = donor_of(session, room) if room else None
        found = find(session, read_scan(scan, today=MONDAY), donor)
        return found.product.name, found.units, found.grams, found.price


# Reference data


def test_families_and_food_groups_are_brought_in_once(database: Database) -> None:
    with database.writing() as session:
        load_reference(session)
        load_reference(session)

        assert session.query(Family).count() == len(reference.families())
        assert session.query(FoodGroup).count() == len(reference.food_groups())
        ham = session.get_one(Family, "cooked_ham")
        assert (ham.storage, ham.date_kind, ham.max_tenths, ham.tolerance_tenths) == ("chilled", "use_by", 40, 20)
        assert (ham.contains, ham.needs) == (["meat"], ["fridge"])
        assert session.get_one(FoodGroup, "fruit_veg").facts["weight"] == pytest.approx(0.26)


def test_what_a_town_has_changed_stays_as_it_is(database: Database) -> None:
    with database.writing() as session:
        load_reference(session)
        session.get_one(Family, "tinned_produce").grace_days = 90

    with database.writing() as session:
        load_reference(session)

        assert session.get_one(Family, "tinned_produce").grace_days == 90


# Finding


@pytest.mark.parametrize(
    ("scan", "name", "units", "grams"),
    [
        (PEAS, "Petits pois", 1, None),
        (f"]C101{CASE_OF_PEAS}", "Petits pois", 6, None),
        (f"(02)0{PEAS}(37)12", "Petits pois", 12, None),
        (f"(01)0{HAM}(30)4", "Jambon", 4, None),
        (f"(01)0{HAM}(3103)000160", "Jambon", 1, 160),
        ("ART-PAIN", "Pain", 1, None),
    ],
)
def test_a_code_names_a_product_and_how_much_of_it(
    database: Database, room: Stockroom, scan: str, name: str, units: int, grams: int | None
) -> None:
    assert named(database, scan) == (name, units, grams, None)


def test_a_shop_code_is_read_as_its_shop_prints_it(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        donor = donor_of(session, room)
        donor.in_store_payload = Payload.PRICE
        catalogue.add_in_store_code(session, donor.id, "2123450", room.peas)

    assert named(database, PRICED, room) == ("Petits pois", 1, None, 1234)


def test_a_shop_code_without_its_shop_names_nothing(database: Database, room: Stockroom) -> None:
    with pytest.raises(catalogue.DonorNeeded):
        named(database, PRICED)


@pytest.mark.parametrize(
    ("scan", "refusal", "code"),
    [
        (NEW, catalogue.UnknownProduct, NEW),
        (PRICED, catalogue.UnknownInStoreCode, "2123450"),
        ("ART-NOSUCH", catalogue.UnknownArticle, "NOSUCH"),
    ],
)
def test_what_nobody_described_yet_is_asked_for(
    database: Database, room: Stockroom, scan: str, refusal: type[Refusal], code: str
) -> None:
    with pytest.raises(refusal) as refused:
        named(database, scan, room)

    assert refused.value.data["code"] == code


# Teaching


@pytest.mark.parametrize("scan", [NEW, f"(02)0{NEW}(37)12", PRICED])
def test_an_unknown_code_is_taught_once(database: Database, room: Stockroom, scan: str) -> None:
    with database.writing() as session:
        teach(session, read_scan(scan, today=MONDAY), donor_of(session, room), room.peas)
        teach(session, read_scan(scan, today=MONDAY), donor_of(session, room), room.peas)

    assert named(database, scan, room)[0] == "Petits pois"


def test_a_shop_code_may_come_to_mean_something_else(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        bread = catalogue.product_by_article(session, "PAIN")
        assert bread is not None
        for product_id in (room.peas, bread.id):
            teach(session, read_scan(WEIGHED, today=MONDAY), donor_of(session, room), product_id)

    assert named(database, WEIGHED, room)[0] == "Pain"


def test_a_barcode_names_one_product(database: Database, room: Stockroom) -> None:
    with pytest.raises(catalogue.CodeTaken) as refused, database.writing() as session:
        add_code(session, room.peas, HAM)

    assert refused.value.data == {"code": HAM, "product": "Jambon"}


def test_the_number_of_pieces_of_a_case_can_be_mended(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        add_code(session, room.peas, CASE_OF_PEAS, units=12)

    assert named(database, CASE_OF_PEAS)[1] == 12


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("3560071000012", WrongCheckDigit),
        ("356007", catalogue.BadProduct),
        ("ABCDEFGHIJKLM", catalogue.BadProduct),
        (PRICED, catalogue.BadProduct),
    ],
)
def test_a_number_that_is_no_barcode_of_every_shop_is_refused(
    database: Database, room: Stockroom, code: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal), database.writing() as session:
        add_code(session, room.peas, code)


def test_what_is_not_said_of_a_product_comes_from_its_family(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        added = add_product(
            session, name=" Crème ", family_code="cream_uht", grams_each=200, contains=["gluten"], source="test"
        )
        weighed = add_product(session, name="Poires", family_code="fruit", measure="gram", grams_each=1, source="test")

    assert (added.name, added.contains, added.pictogram) == (
        "Crème",
        sorted({"gluten", *added.family.contains}),
        added.family.pictogram,
    )
    assert added.value_cents == round(added.family.value_cents_per_kg * 0.2)
    assert (weighed.value_cents, weighed.portion) == (weighed.family.value_cents_per_kg, 500)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"name": "  "}, catalogue.BadProduct),
        ({"grams_each": 0}, catalogue.BadProduct),
        ({"portion": 0}, catalogue.BadProduct),
        ({"measure": "litre"}, catalogue.BadProduct),
        ({"family_code": "nosuch"}, NotFound),
        ({"article": "pain"}, catalogue.CodeTaken),
    ],
)
def test_facts_no_product_can_have_are_refused(
    database: Database, room: Stockroom, facts: dict[str, object], refusal: type[Refusal]
) -> None:
    sound: dict[str, object] = {"name": "Thé", "family_code": "coffee_tea", "grams_each": 100, "source": "test"}

    with pytest.raises(refusal), database.writing() as session:
        add_product(session, **{**sound, **facts})  # type: ignore[arg-type] # facts by name


def test_a_product_that_never_was_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.reading() as session:
        product(session, 404)


def test_the_picture_grid_holds_what_bears_no_barcode_as_a_dictionary_orders_it(
    database: Database, room: Stockroom
) -> None:
    with database.writing() as session:
        for article, name in (("VIANDE", "Viande"), ("OEUFS", "Œufs à l’unité"), ("PATISS", "Pâtisseries")):
            add_product(session, article=article, name=name, family_code="egg", grams_each=60, source="test")
        names = [article.name for article in catalogue.articles(session)]

    mine = [name for name in names if name[:2] in {"Pa", "Pâ", "Po", "Œu", "Vi"}]
    assert mine == ["Œufs à l’unité", "Pain", "Pâtisseries", "Pommes", "Viande"]


def test_what_a_donor_lately_brought_most_often_stands_first_among_the_pictures(
    database: Database, room: Stockroom
) -> None:
    with database.writing() as session:
        lots = [lot_of(session, room) for _ in range(6)]
        numbers = {article.article: article.id for article in catalogue.articles(session)}
        for lot_id, code in zip(lots, ("PAIN", "PAIN", "POMMES", "POMMES", "POMMES", "GLACE"), strict=True):
            session.get_one(Lot, lot_id).product_id = numbers[code]
        session.get_one(Lot, lots[-1]).came_in_at = MORNING - dt.timedelta(days=100)
        usual = catalogue.usual_articles(session, room.donor, MORNING - dt.timedelta(days=90))
        nobodys = catalogue.usual_articles(session, room.donor + 1, MORNING - dt.timedelta(days=90))

    assert [article.name for article in usual] == ["Pain", "Pommes"]
    assert list(nobodys) == []
