"""Intake where there is no network: the same answers as the server's, and everything booked once when it is back."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select

from allocation import handover, till
from allocation.handover import Sheet
from common.clock import Clock
from common.database import Database
from households.register import set_equipment
from network.roles import Role
from stock import ledger
from stock.kit import IDENTIFIERS
from stock.recalls.matching import lots_named
from stock.tables import DamagePhoto, Lot, Movement, Product
from tests import a_day, a_shop, small_town
from tests.browser.conftest import ANSWERING, PHONE, Opening, Person, stock_up
from tests.browser.serving import ROOT, Server
from tests.databases import SqliteMaker, lent
from tests.small_town import BEANS, MILK, PASTA, YOGHURT, Arrival, Town

pytestmark = pytest.mark.browser

VECTORS = ROOT / "tests" / "stock" / "vectors"
KEPT = """new Promise((resolve) => {
  const asked = indexedDB.open("panier");
  asked.onsuccess = () => {
    const found = asked.result.transaction("things").objectStore("things").get("counter");
    found.onsuccess = () => resolve(found.result ?? null);
  };
})"""
"""The baskets a tablet keeps."""
READ_ALL = (Path(__file__).parent / "read_vectors.js").read_text()


def _cases(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def test_codes_and_dates_are_read_in_the_browser_as_on_the_server(open_page: Opening) -> None:
    page = open_page()
    page.goto("/sign-in")
    grammar = [[known.ai, known.pattern, known.separator_required] for known in IDENTIFIERS.values()]

    recalls = _cases("recalls")
    for one in recalls["levels"]:
        # The device is given the lots taken apart, as the server takes them apart.
        lots = lots_named(one["lots"])
        one["named"] = None if lots is None else sorted(lots)

    vectors = {"codes": _cases("scans"), "dates": _cases("dates"), "recalls": recalls}
    answers = page.evaluate(READ_ALL, {"grammar": grammar, **vectors})

    assert len(answers) > 300
    assert [answer for answer in answers if answer["got"] != answer["expected"]] == []


class Centre(Server):
    """A town of its own behind a server that can be stopped."""

    def __init__(self, url: str, town: Town, log: Path) -> None:
        super().__init__(url, log, host="localhost")
        self.url, self.town = url, town


@pytest.fixture
def centre(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[Centre]:
    with lent(sqlite_maker, sqlite_maker.migrated()) as url:
        database = Database(url)
        town = small_town.build(database, Clock(), session_on=Clock().today())
        small_town.receive(database, town, Clock())
        database.close()
        centre = Centre(url, town, tmp_path / "log")
        centre.start()
        try:
            yield centre
        finally:
            centre.stop()


@pytest.fixture
def phone(browser: Browser, centre: Centre) -> Iterator[Callable[..., Page]]:
    """A volunteer's phone at intake, or a tablet at the counter, ready to go without network."""
    contexts = []

    def take(role: Role, path: str = "/intake") -> Page:
        context = browser.new_context(base_url=centre.address, locale="fr-FR", viewport=PHONE)
        context.set_default_timeout(ANSWERING * 1000)
        contexts.append(context)
        page = context.new_page()
        Person(context, page, []).sign_in(role)
        page.goto(path)
        expect(page.locator("html[data-ready]")).to_be_attached()
        return page

    yield take
    for context in contexts:
        context.close()


def _type_code(page: Page, code: str) -> None:
    field = page.locator("[data-scan-field]")
    field.fill(code)
    field.press("Enter")


def _book(page: Page, code: str, date: str, pieces: int) -> None:
    _type_code(page, code)
    page.get_by_label("À consommer").fill(date)
    page.get_by_label("Combien").fill(str(pieces))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#flash")).to_contain_text(f"quantité {pieces} pièce")


def _away(page: Page) -> None:
    page.goto("/intake")
    expect(page.locator("html[data-ready]")).to_be_attached()


def _bookings(url: str) -> list[tuple[str, int]]:
    """What stands in the ledger, those taken back left out."""
    database = Database(url)
    with database.reading() as session:
        undone = select(Movement.undoes_id).where(Movement.undoes_id.is_not(None))
        kept = (
            select(Product.name, Movement.quantity)
            .join(Lot, Lot.product_id == Product.id)
            .join(Movement, Movement.lot_id == Lot.id)
            .where(Movement.undoes_id.is_(None), Movement.id.not_in(undone))
        )
        found = sorted((name, quantity) for name, quantity in session.execute(kept))
    database.close()
    return found


def test_two_phones_receive_while_the_server_is_stopped_and_everything_is_booked_once(
    centre: Centre, phone: Callable[[Role], Page]
) -> None:
    """One of them never opened intake: where a volunteer lands is enough. A line is put right before it is sent."""
    one, other = phone(Role.VOLUNTEER, "/"), phone(Role.MANAGER)
    status = one.locator("[data-online]")

    centre.stop()
    _away(one)
    _away(other)
    begin = one.get_by_role("button", name="Commencer avec ce donateur")
    begin.click()
    expect(begin).to_be_hidden()
    _book(one, MILK, "+90", 3)
    _book(one, PASTA, "2028", 2)
    one.locator("#flash").get_by_role("button", name="Annuler").click()
    expect(one.locator("#flash")).to_contain_text("Annulé")
    _book(one, YOGHURT, "+6", 4)
    one.locator("#flash").get_by_role("button", name="Annuler").focus()
    one.keyboard.press("e")
    expect(one.locator("[data-recent] li").filter(has_text="Yaourt")).to_have_count(2)
    one.get_by_role("button", name="Corriger : Yaourt").first.click()
    expect(one.get_by_label("À consommer")).to_have_value(re.compile(r"\d\d/\d\d/\d{4}"))
    one.get_by_label("Combien").fill("7")
    one.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(one.locator("#flash")).to_contain_text("quantité 7 pièces")
    _book(other, MILK, "+90", 5)
    expect(status).to_have_text("Hors ligne : 3 saisies gardées ici, envoyées dès le retour du réseau")
    elsewhere = one.context.new_page()
    one.close()
    centre.start()
    elsewhere.goto("/intake")
    other.evaluate("dispatchEvent(new Event('online'))")
    for page in (elsewhere, other):
        expect(page.locator("[data-online]")).to_have_attribute("data-waiting", "0")

    assert _bookings(centre.url) == [
        ("Lait demi-écrémé UHT", 3),
        ("Lait demi-écrémé UHT", 5),
        ("Yaourt nature 4 × 125 g", 4),
        ("Yaourt nature 4 × 125 g", 7),
    ]


def _crate() -> FilePayload:
    """What a camera gives: larger than what is kept of it."""
    taken = BytesIO()
    Image.new("RGB", (1600, 1200), "brown").save(taken, "PNG")
    return {"name": "crate.png", "mimeType": "image/png", "buffer": taken.getvalue()}


def _photos(url: str) -> list[tuple[str, str, int]]:
    """The product each photo of a lot shows, what it is kept as, and its longer side."""
    database = Database(url)
    with database.reading() as session:
        rows = session.execute(
            select(Product.name, DamagePhoto.jpeg)
            .join(Lot, Lot.product_id == Product.id)
            .join(DamagePhoto, DamagePhoto.lot_id == Lot.id)
        ).all()
    database.close()
    pictures = [(name, Image.open(BytesIO(jpeg))) for name, jpeg in rows]
    return [(name, str(picture.format), max(picture.size)) for name, picture in pictures]


def test_a_photo_waits_with_its_line_while_the_server_is_stopped_and_is_sent_once(
    centre: Centre, phone: Callable[..., Page]
) -> None:
    page = phone(Role.VOLUNTEER)

    centre.stop()
    _away(page)
    _type_code(page, MILK)
    page.get_by_label("À consommer").fill("+90")
    page.get_by_label("Combien").fill("3")
    page.locator("summary", has_text="Photo du dégât").click()
    page.locator("#damage").set_input_files(_crate())
    expect(page.get_by_alt_text("La photo qui accompagne la saisie")).to_be_visible()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("[data-online]")).to_contain_text("1 saisie gardée ici")
    centre.start()
    for _ in range(2):
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-online]")).to_have_attribute("data-waiting", "0")
    page.goto("/intake")
    expect(page.locator("[data-online]")).to_have_attribute("data-waiting", "0")

    assert _bookings(centre.url) == [("Lait demi-écrémé UHT", 3)]
    assert _photos(centre.url) == [("Lait demi-écrémé UHT", "JPEG", 1280)]


def test_a_line_typed_as_a_colleague_finishes_the_reception_goes_on_by_one_tap(
    centre: Centre, phone: Callable[..., Page]
) -> None:
    one, colleague = phone(Role.VOLUNTEER), phone(Role.MANAGER)

    _type_code(one, MILK)
    one.get_by_label("À consommer").fill("+90")
    one.get_by_label("Combien").fill("3")
    colleague.goto("/receptions/1")
    colleague.get_by_role("button", name="Terminer quand même").click()
    expect(colleague.get_by_role("heading", name="Réception terminée")).to_be_visible()
    one.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(one.get_by_role("alert").filter(has_text="a terminé la réception 1")).to_be_visible()
    expect(one.get_by_label("Combien")).to_have_value("3")
    one.get_by_role("button", name="La rouvrir et enregistrer").click()
    expect(one.locator("#flash")).to_contain_text("Lait demi-écrémé UHT, quantité 3")

    assert _bookings(centre.url) == [("Lait demi-écrémé UHT", 3)]


def _baskets(centre: Centre) -> list[Sheet]:
    """Baskets for today, each of them with something in it, first those with apples; and pears that nobody has."""
    database, clock = Database(centre.url), Clock()
    stock_up(database, centre.town, clock)
    sheets = a_day.share_out(database, centre.town, clock)
    small_town.receive_pears(database, centre.town, clock)
    database.close()
    return sorted(sheets, key=lambda sheet: all(line.product != "Pommes" for line in sheet.lines))


def _scan(page: Page, code: str) -> None:
    page.get_by_label("Scanner ce qui est choisi").fill(code)
    page.keyboard.press("Enter")


def test_the_shop_sells_while_the_server_is_stopped_and_each_sale_is_booked_once(
    centre: Centre, phone: Callable[..., Page]
) -> None:
    """The scan on its way when the network went is not lost; the last milk goes elsewhere meanwhile."""
    database, clock = Database(centre.url), Clock()
    milk, pasta, _ = small_town.receive(
        database,
        centre.town,
        clock,
        Arrival(MILK, units=12, date="+90"),
        Arrival(PASTA, units=20, date="+200"),
        Arrival(BEANS, units=9, date="+200"),
    )
    first, second, third, fourth = a_shop.open_shop(database, centre.town, on=clock.today())
    with database.writing() as session:
        session.get_one(Lot, pasta.lot_id).source = "esf_plus"
    session_page = f"/sessions/{centre.town.session_id}"
    tablet = phone(Role.DISTRIBUTION, f"{session_page}?visit={fourth.visit_id}")
    said, hand_over = tablet.locator("[data-scan-said]"), tablet.get_by_role("button", name="Remis, personne suivante")
    due, beans = tablet.locator("[data-due]"), tablet.locator("[data-line]", has_text="Haricots verts")

    for pieces in ("1 pièce", "2 pièces", "3 pièces"):
        _scan(tablet, BEANS)
        expect(beans).to_contain_text(pieces)
    expect(due).to_have_text("à payer 0,90 €")
    beans.locator("summary").click()
    beans.get_by_label("Combien restent").fill("2")
    beans.get_by_role("radio", name="Pas à leur goût").click()
    expect(due).to_have_text("à payer 0,30 €")

    tablet.goto(f"{session_page}?visit={first.visit_id}")
    expect(tablet.locator("html[data-ready]")).to_be_attached()
    centre.stop()
    _scan(tablet, MILK)
    expect(tablet.locator("[data-pick]")).to_contain_text("1 pièce")
    _scan(tablet, MILK)
    expect(tablet.locator("[data-pick]")).to_contain_text("2 pièces · 0,60")
    _scan(tablet, PASTA)
    expect(said).to_contain_text("FSE+")
    expect(tablet.locator("[data-due]")).to_have_text("à payer 0,60 €")
    hand_over.click()
    expect(tablet.locator("[data-kept]")).to_contain_text(f"Panier {first.basket} : remis, 0,60 € payés")
    receipt = tablet.get_by_role("region", name="Reçu")
    expect(receipt).to_contain_text("Vendu sans réseau")
    expect(receipt.get_by_role("row").filter(has_text="Lait demi-écrémé UHT")).to_contain_text("2 pièces")
    expect(receipt.get_by_role("row").filter(has_text="Total")).to_contain_text("0,60")
    tablet.get_by_role("link", name=second.card).click()
    _scan(tablet, f"LOT-{milk.lot_code}")
    expect(tablet.locator("[data-pick]")).to_contain_text("1 pièce")
    _scan(tablet, third.card)
    expect(tablet.locator("[data-card]")).to_have_text(third.card)
    expect(tablet.locator("[data-pick]")).to_have_count(0)
    _scan(tablet, second.basket)
    expect(tablet.locator("[data-pick]")).to_contain_text("Lait demi-écrémé UHT")
    hand_over.click()
    expect(tablet.locator("[data-online]")).to_contain_text("2 saisies gardées ici")
    tablet.locator("[data-kept] li").filter(has_text=first.basket).get_by_role("button", name="Reçu").click()
    expect(receipt).to_contain_text(first.card)
    with database.writing() as session:
        ledger.move(
            session, milk.lot_id, 10, ledger.shelf(milk.place_id), ledger.Where(ledger.Account.PARTNER), clock.stamp()
        )
    centre.start()
    tablet.evaluate("dispatchEvent(new Event('online'))")

    expect(tablet.locator("[data-online]")).to_have_attribute("data-waiting", "0")
    expect(tablet.locator("[data-refusals]")).to_contain_text(f"{second.basket} + Lait demi-écrémé UHT (1 pièce)")
    expect(tablet.locator("[data-refusals]")).to_contain_text("D’après les comptes")
    with database.reading() as session:
        assert [x.quantity for x in till.receipt(session, first.visit_id).lines] == [2]
        states = [handover.sheet(session, sheet.visit_id).state for sheet in (first, second, third)]
    database.close()
    assert states == ["served", "expected", "expected"]


def _states(centre: Centre, sheets: list[Sheet]) -> list[tuple[str, int, list[str]]]:
    """What became of these baskets, how much of each was left behind, and what became of pears in it."""
    database = Database(centre.url)
    with database.reading() as session:
        now = [handover.sheet(session, sheet.visit_id) for sheet in sheets]
    database.close()
    return [
        (
            sheet.state,
            sum(x.left for x in sheet.lines if x.product != "Poires"),
            [("left" if x.left else "taken") for x in sheet.lines if x.product == "Poires"],
        )
        for sheet in now
    ]


def test_baskets_are_handed_over_while_the_server_is_stopped_and_settled_once(
    centre: Centre, phone: Callable[..., Page]
) -> None:
    """In one of them apples are swapped for pears, left behind after all; one was settled elsewhere meanwhile."""
    second, first, third, fourth = _baskets(centre)
    other = next(line for line in second.lines if line.product != "Pommes" and line.storage == "dry")
    with closing(Database(centre.url)) as database, database.writing() as session:
        set_equipment(session, fourth.household_id, ["hob"], Clock().stamp())
    tablet = phone(Role.DISTRIBUTION, f"/sessions/{centre.town.session_id}")
    tablet.goto(f"/sessions/{centre.town.session_id}?visit={first.visit_id}")
    expect(tablet.locator("html[data-ready]")).to_be_attached()
    hand_over = tablet.get_by_role("button", name="Remis, personne suivante")

    centre.stop()
    hand_over.click()
    expect(tablet.locator("[data-kept]")).to_contain_text(f"Panier {first.basket} : remis")
    tablet.get_by_label("Carte ou panier").fill(second.card)
    tablet.keyboard.press("Enter")
    tablet.locator(".counter-line summary", has_text=other.product).click()
    tablet.get_by_role("radio", name="Pas à leur goût").first.check()
    tablet.locator(".counter-line summary", has_text="Pommes").click()
    tablet.get_by_role("button", name="Échanger contre un article semblable").click()
    tablet.get_by_role("button", name="Poires").click()
    pears = tablet.locator("[data-pick]")
    expect(pears).to_contain_text("À la place de Pommes")
    pears.locator("summary").click()
    pears.get_by_role("radio", name="Pas à leur goût").check()
    expect(tablet.locator("[data-left]")).to_contain_text("Poires")
    hand_over.click()
    tablet.get_by_role("link", name=third.card).click()
    tablet.get_by_role("button", name="pas venu").click()
    expect(tablet.locator("[data-online]")).to_contain_text("3 saisies gardées ici")
    tablet.get_by_role("link", name=fourth.card).click()
    expect(tablet.locator("[data-out]")).to_contain_text("pas de plaque")
    database = Database(centre.url)
    with database.writing() as session:
        handover.hand_over(session, third.visit_id, [], Clock().stamp())
    database.close()
    centre.start()
    tablet.evaluate("dispatchEvent(new Event('online'))")

    expect(tablet.locator("[data-online]")).to_have_attribute("data-waiting", "0")
    expect(tablet.locator("[data-refusals]")).to_contain_text("a déjà été réglé : remis")
    states = _states(centre, [first, second, third, fourth])
    left = other.quantity
    assert states == [
        ("served", 0, []),
        ("served", left, ["left"]),
        ("served", 0, []),
        ("expected", 0, []),
    ]
    tablet.goto("/sessions")
    tablet.locator("details.menu summary").click()
    tablet.get_by_role("button", name="Se déconnecter").click()
    tablet.wait_for_url("**/sign-in*")
    assert tablet.evaluate("caches.open('page').then((cache) => cache.keys()).then((keys) => keys.length)") == 0
    assert tablet.evaluate(KEPT) is None
