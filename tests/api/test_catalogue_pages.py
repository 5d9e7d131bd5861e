"""The catalogue as people see it and set it right, and what intake proposes for a number nobody has met."""

from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.catalogue import product_by_article
from stock.openfoodfacts.facts import Facts, read_facts
from stock.openfoodfacts.importing import keep_facts
from tests.api.conftest import Browser
from tests.small_town import BEANS, MILK, Town
from tests.stock.openfoodfacts.test_facts import YOGHURT as FACTS
from tests.stock.stockroom import CASE_OF_PEAS

NEW = "3560070000012"


def product_path(browser: Browser, text: str) -> str:
    """Where the first product of a search is."""
    page = browser.get("/catalogue", q=text)
    return "/catalogue/" + page.text.split('class="row-link" href="/catalogue/')[1].split('"')[0]


def test_goods_without_a_barcode_are_described_once_and_stand_among_the_pictures(
    manager: Browser, town: Town, database: Database
) -> None:
    """What was typed stays where it is refused; their contents are unknown until somebody says that they are not."""
    pears = {"name": "Poires", "code": "poire", "family": "fruit", "weighed": "1", "portion": "1,5", "days": "10"}
    for wrong, field in (
        ({"code": "p"}, "code"),
        ({"code": "POMME"}, "code"),
        ({"days": "ten"}, "days"),
        ({"portion": "a lot"}, "portion"),
        ({"weighed": "", "portion": "", "grams": ""}, "grams"),
        ({"family": "nothing"}, "family"),
        ({"name": " "}, "name"),
    ):
        manager.post("/catalogue/articles", **{**pears, **wrong})
        assert manager.page.status_code >= 400, wrong
        assert 'value="10"' in manager.page.text or field == "days", wrong

    for _ in range(2):
        manager.post("/catalogue/articles", **pears, key="pears-once")

    with database.reading() as session:
        found = product_by_article(session, "POIRE")
        assert found is not None
        assert (found.measure, found.portion, found.shelf_life_days) == ("gram", 1500, 10)
        assert found.unknown_contents
    manager.post("/intake/reception", donor=town.donor_id)
    assert "Poires" in manager.get("/intake").text
    assert "Poires" in manager.get("/intake", scan="ART-POIRE").text


def test_a_product_is_found_by_its_name_without_accents_and_by_its_number(manager: Browser, town: Town) -> None:
    manager.get("/catalogue", q="demi-ecreme")
    by_name = manager.words
    manager.get("/catalogue", q=BEANS)

    assert "Lait demi-écrémé UHT" in by_name
    assert "Coquillettes" not in by_name
    assert "Haricots verts" in manager.words


def test_a_product_shows_its_codes_and_what_it_brings_with_the_source(manager: Browser, town: Town) -> None:
    manager.get(product_path(manager, "lait"))

    assert MILK in manager.words
    assert "CIQUAL 2020, 19041" in manager.words
    assert "47 kcal" in manager.words


def test_facts_are_set_right_and_bad_ones_keep_what_was_typed(manager: Browser, town: Town) -> None:
    path = product_path(manager, "haricots")
    typed = {"name": "Haricots verts fins", "brand": "Le Jardin", "family": "tinned_produce", "value": "1,80"}

    refused = manager.post(path, **typed, grams="0")
    manager.post(path, **typed, grams="410", contains=["celery"], all_known="yes")
    after = manager.get(path).text

    assert refused.status_code == 400
    assert 'value="Haricots verts fins"' in refused.text
    for said in ("Haricots verts fins", "Le Jardin", "410\u202fg", "Céleri", "1,80\u202f€", "aucun import n’y touche"):
        assert said in after


def test_a_case_of_six_counts_six_until_it_is_forgotten(manager: Browser, database: Database, town: Town) -> None:
    path = product_path(manager, "coquillettes")

    wrong = manager.post(f"{path}/codes", code="3017620422004", units="6")
    taken = manager.post(f"{path}/codes", code=MILK, units="6")
    manager.post(f"{path}/codes", code=CASE_OF_PEAS, units="6")
    case = manager.client.get("/api/v1/scan", params={"code": CASE_OF_PEAS, "donor_id": town.donor_id}).json()
    manager.post(f"{path}/codes/{CASE_OF_PEAS}/forget")

    assert (wrong.status_code, taken.status_code) == (400, 409)
    assert case["units"] == 6
    assert CASE_OF_PEAS not in manager.page.text


def test_who_may_not_write_is_shown_no_form(open_browser: Callable[[], Browser], town: Town) -> None:
    browser = open_browser().sign_in(Role.SOCIAL_WORKER)

    page = browser.get("/catalogue/1")

    assert page.status_code == 200
    assert 'action="/catalogue/1"' not in page.text


def test_intake_proposes_what_is_known_of_a_new_number(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    facts = read_facts(FACTS | {"code": NEW})
    assert isinstance(facts, Facts)
    with database.writing() as session:
        keep_facts(session, [facts], "Open Food Facts, ODbL 1.0, 2026-11-23", clock.stamp())
    manager.post("/intake/reception", donor=str(town.donor_id))

    page = manager.get("/intake", scan=NEW)
    manager.post("/intake/products", code=NEW, name=facts.name, family="yoghurt", grams="500")

    assert 'value="Yaourt nature &#34;fermier&#34;"' in page.text
    assert 'value="500"' in page.text
    assert "proposé par Open Food Facts" in page.text
    assert "La Prairie" in manager.words
