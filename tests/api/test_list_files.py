"""Lists taken away for spreadsheets hold what their pages show, and nobody's name."""

import csv
import re
import zipfile
from html import unescape
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from allocation.recalled import check_recalls
from common.clock import Clock
from common.database import Database
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from stock.counts.register import open_count
from stock.donors import add_donor
from stock.places import Storage, add_place
from stock.transfers.register import send
from tests.api.conftest import Browser
from tests.small_town import YOGHURT, Town, stock_up
from tests.stock.recalls.rows import row


@pytest.fixture
def busy(database: Database, town: Town, clock: Clock) -> str:
    """Goods came in, some left for a second site, a count began, yoghurt is recalled; the code of the lot that left."""
    milk = stock_up(database, town, clock)[0]
    with database.writing() as session:
        stamp = clock.stamp(session.scalar(select(Account.id).where(Account.role == Role.MANAGER)))
        annex = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        add_place(session, annex.id, "Étagère", Storage.DRY)
        add_donor(session, code="FERME", name="Ferme & fils", kind="farm", source="donation")
        send(session, town.site_id, annex.id, {milk.lot_id: 3}, stamp)
        open_count(session, town.site_id, stamp, family_code="milk")
    check_recalls(database, [row(gtin=YOGHURT)], "exemple.jsonl", clock.stamp())
    return milk.lot_code


@pytest.mark.parametrize(
    ("path", "asked", "on_the_page", "column", "rows"),
    [
        ("/stock", {"q": "lait", "page": "2"}, r'href="/stock/lots/([^"]+)"', "Lot", 1),
        ("/at-risk", {"show": "all"}, r'href="/stock/lots/([^"]+)"', "Lot", 1),
        ("/catalogue", {"q": "demi", "page": "2"}, r'(?s)href="/catalogue/\d+">.*?<span>([^<]+)', "Produit", 1),
        ("/donors", {}, r'href="/donors/\d+">([^<]+)', "Donateur", 2),
        ("/transfers", {}, r"<strong>De (.+?) vers Annexe", "Site de départ", 1),
        ("/counts", {}, r"<p><strong>([^<]+)</strong>", "Ce qui est compté", 1),
        ("/recalls", {}, r'href="/recalls/\d+">([^<]+)', "Ce qui est rappelé", 1),
        ("/labels/papers", {}, r'href="/labels/receptions/(\d+)/note.pdf"', "Numéro", 1),
        ("/stock/lots/{lot}", {}, r'<div class="grow"><p>([^<]+)</p>', "Ce qui s’est passé", 2),
    ],
)
def test_a_list_is_a_file_of_the_rows_on_its_page(
    manager: Browser, busy: str, path: str, asked: dict[str, str], on_the_page: str, column: str, rows: int
) -> None:
    page = manager.get(path.format(lot=busy), **asked).text
    links = dict(re.findall(r'href="([^"]+format=(csv|xlsx))"', page))
    addresses = {shape: unescape(address) for address, shape in links.items()}
    text = manager.client.get(addresses["csv"]).content.decode("utf-8-sig")
    with zipfile.ZipFile(BytesIO(manager.client.get(addresses["xlsx"]).content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    headings, *lines = csv.reader(StringIO(text), delimiter=";")

    shown = [unescape(name).strip() for name in re.findall(on_the_page, page)]
    assert [line[headings.index(column)] for line in lines] == shown
    assert len(lines) == rows
    assert sheet.count("<row>") == 1 + rows
    assert "Une personne" not in text + sheet


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Miel\x01\x0b doux", "Miel doux"),
        ("Miel doux\ufffe\uffff", "Miel doux"),
        ("\uff1d1+2", "\uff1d1+2"),
        ("-1+2", "-1+2"),
    ],
)
def test_a_list_opens_in_spreadsheets_and_computes_nothing_whatever_was_typed(
    manager: Browser, town: Town, typed: str, read: str
) -> None:
    assert town
    manager.post("/catalogue/articles", name=typed, code="MIEL", family="fruit", weighed="1", portion="1", days="10")

    text = manager.client.get("/catalogue?format=csv").content.decode("utf-8-sig")
    with zipfile.ZipFile(BytesIO(manager.client.get("/catalogue?format=xlsx").content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    cells = [cell for line in csv.reader(StringIO(text), delimiter=";") for cell in line]

    assert read in ["".join(cell.itertext()) for cell in sheet.iter()]
    assert [cell for cell in cells if cell.strip().startswith(("=", "\uff1d", "-"))] == []
