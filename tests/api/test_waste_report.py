"""The same figures on the page, in JSON, on paper and in spreadsheets."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import urlencode
from xml.etree import ElementTree

import msgspec

from allocation import closing
from allocation.habit import REPLAY, Replayed
from allocation.replayed import compare_with_habit
from api.spreadsheets import Table, csv_of, plain_csv_of, xlsx_of
from api.waste_tables import replayed_said
from common.clock import Clock
from common.database import Database
from common.jobs import run_next
from common.words import words
from network.partners import add_organisation
from network.roles import Role
from stock import ledger, losses
from tests import a_day
from tests.api.conftest import Browser
from tests.labels.reading import text_of
from tests.small_town import Town

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_the_alerts_name_the_donor_on_a_line_of_its_own(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Beside the sentence about its dates a narrow column left its name no width at all."""
    a_day.give_in_each_window(database, town, clock, (9, 7, 5))

    page = manager.get("/waste/alerts").text

    name = re.search(rf'<span class="grow"><a href="/waste\?donor={town.donor_id}">[^<]+</a><br>([^<]+)</span>', page)
    assert name
    assert name[1].startswith("Jours restants à la réception\u202f: 9 il y a trois mois, 5 maintenant")


def test_every_face_of_the_report_says_the_same_figures(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    a_day.live(database, town, clock)
    with database.writing() as session:
        free = ledger.standings(session, accounts=[ledger.Account.SHELF])[0]
        losses.lose(session, free.lot_id, 1, "quality", ledger.Account.WORKSHOP, clock.stamp())
    asked = {"since": "2026-11-16", "until": "2026-11-27"}

    told = manager.get("/api/v1/reports/waste", **asked).json()
    page = manager.get("/waste", **asked).text
    paper = " ".join(text_of(manager.get("/waste.pdf", **asked).content))
    rows = list(csv.reader(io.StringIO(manager.get("/waste.csv", **asked).content.decode("utf-8-sig")), delimiter=";"))
    sheets = _sheets(manager.get("/waste.xlsx", **asked).content)

    assert told["lost"] > 0 < told["left_behind"]
    for measure, line in zip(told["measures"], rows[2:7], strict=True):
        assert line[1:5] == [str(measure[k]) for k in ("grams", "cents", "meals", "co2e_kg")]
    assert [[str(cell) for cell in row] for row in sheets[0][1:]] == rows[2:7]
    assert len(sheets) == 10
    for key in ("received", "eaten", "left_behind", "lost"):
        assert words("fr").weight(told[key]) in page, key
        assert words("fr").weight(told[key]) in paper, key
    for cause in told["causes"]:
        assert cause["name_fr"] in page
        assert [cause["name_fr"], str(cause["grams"])] in rows


BOTH_WAYS = (
    "Grammes perdus des denrées qui pouvaient être données",
    "Grammes qu’en aurait perdus le simple ordre des dates",
)


def test_what_habit_would_have_lost_is_replayed_on_demand_and_said_alike_everywhere(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Until a session of the period is opened again: then it is no longer said."""
    a_day.live(database, town, clock, sparing=True)
    asked = {"since": "2026-11-16", "until": "2026-12-31"}
    without_sessions = asked | {"until": "2026-11-26"}
    for period in (without_sessions, asked):
        manager.post("/waste/habit?" + urlencode(period))
        assert "Comparaison avec l’habitude" in manager.get("/waste", **period).text
        run_next(database, {REPLAY: compare_with_habit}, clock)

    told = manager.get("/api/v1/reports/waste", **asked).json()["habit"]["replayed"]
    page = manager.get("/waste", **asked).text
    paper = " ".join(text_of(manager.get("/waste.pdf", **asked).content))
    rows = list(csv.reader(io.StringIO(manager.get("/waste.csv", **asked).content.decode("utf-8-sig")), delimiter=";"))
    assert (told["sites"], told["visits"]) == (1, 3)
    assert told["ours"] > told["usual"] > 0
    sentence, *holds = replayed_said(msgspec.convert(told, Replayed), words("fr"))
    assert sentence in page
    assert " ".join(holds) in page
    for line in (sentence, *holds):
        assert line in paper
    sheets = _sheets(manager.get("/waste.xlsx", **asked).content)
    for table in (rows, [row for sheet in sheets for row in sheet]):
        both = [row[1] for row in table if row and row[0] in BOTH_WAYS]
        assert both == [str(told["ours"]), str(told["usual"])]

    assert "il n’y a encore rien à comparer" in manager.get("/waste", **without_sessions).text
    with database.writing() as session:
        closing.reopen(session, town.session_id, closing.Reopening.MISTAKE, clock.stamp())
    assert sentence not in manager.get("/waste", **asked).text


def test_a_partner_publishes_its_own_return_and_the_coordinator_that_of_all(
    open_browser: Callable[[], Browser], database: Database, town: Town
) -> None:
    with database.writing() as session:
        other = add_organisation(session, "Comité", "committee").id
    own, foreign, whole = f"&partner={town.organisation_id}", f"&partner={other}", ""
    asked = "/waste/returns{}?since=2026-11-16&until=2026-11-27{}"
    may = {Role.MANAGER: {own}, Role.COORDINATOR: {own, whole}, Role.ADMINISTRATOR: {own, whole}}

    for role, allowed in may.items():
        browser = open_browser().sign_in(role)
        for whose in (own, foreign, whole):
            browser.page = browser.client.get(asked.format("", whose))
            assert ("/published?" in browser.page.text) == (whose in allowed)
            browser.post(asked.format("/published", whose))
            assert ("ces chiffres ne changent plus" in browser.words) == (whose in allowed), (role, whose)
            assert ("Un partenaire publie son propre état" in browser.words) == (whose not in allowed)


def test_a_return_keeps_small_counts_of_people_back_in_its_file_and_on_paper(manager: Browser, town: Town) -> None:
    asked = {"since": "2026-11-16", "until": "2026-11-27", "partner": town.organisation_id}

    page = manager.get("/waste/returns", **asked).text
    file = manager.get("/waste/returns.csv", **asked).content.decode("utf-8-sig")
    rows = {row[0]: row[2:] for row in csv.reader(io.StringIO(file), delimiter=";") if len(row) == 4}

    assert rows["households_enrolled"] == ["masqué", "households"]
    assert rows["people_total"] == ["8", "people"]
    assert "personne ne doit être reconnu" in file
    assert "personne ne doit être reconnu" in page
    assert '<span class="only-print">masqué</span>' in page
    folds = re.findall(r'<details class="fold card rest[^>]*?( open)? data-opens', page)
    assert folds == [" open"] + [""] * (len(folds) - 1), "a phone shows the first part, and the names of the others"
    assert page.count("<h2>") == len(folds) > 5
    assert rows["people_30_to_64_sex_not_asked"] == ["masqué", "people"]
    crossed = page[page.index("par âge et sexe croisés") :]
    assert crossed.index("Femmes et filles") < crossed.index("Sexe non communiqué") < crossed.index("Moins de 3 ans")
    assert len(re.findall("<td", crossed[: crossed.index("</table>")])) == 15

    keep = f"/waste/returns/published?since=2026-11-{{}}&until=2026-11-{{}}&partner={town.organisation_id}"
    manager.post(keep.format(16, 27), key="keep-the-fortnight")
    assert "ces chiffres ne changent plus" in manager.words
    assert "L’état du" in manager.get("/waste/returns", **asked | {"since": "2026-11-20", "until": "2026-11-29"}).text
    manager.post(keep.format(20, 29), key="keep-what-crosses")
    assert "seraient comptées deux fois" in manager.words


def test_a_figure_leads_to_its_lots_and_volunteers_of_the_stockroom_see_no_card(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.live(database, town, clock)
    lots = manager.get("/api/v1/reports/waste/chain", figure="lost", reason="taste").json()["lots"]

    page = manager.get("/waste/chain", figure="lost", lot=lots[0]["key"]).text
    strange = manager.get("/waste/chain", figure="invented")

    assert sheets[0].card in page
    assert words("fr").weight(lots[0]["grams"]) in page
    assert strange.status_code == 404


def test_what_looks_like_a_formula_stays_a_text() -> None:
    table = Table("Donateurs", ("Nom",), (("=1+1",), ("Ferme & fils",)))

    assert "'=1+1" in csv_of([table]).decode("utf-8-sig")
    assert plain_csv_of(table).decode("utf-8-sig").startswith("Nom\r\n'=1+1\r\n")
    assert _sheets(xlsx_of([table])) == [[["Nom"], ["=1+1"], ["Ferme & fils"]]]


def _sheets(book: bytes) -> list[list[list[str]]]:
    """The cells of every sheet, as a spreadsheet reads them."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        names = sorted(n for n in parts.namelist() if n.startswith("xl/worksheets/"))
        names.sort(key=lambda n: int("".join(filter(str.isdigit, n))))
        trees = [ElementTree.fromstring(parts.read(name)) for name in names]
    return [
        [["".join(cell.itertext()) for cell in row.iter(f"{SHEET}c")] for row in tree.iter(f"{SHEET}row")]
        for tree in trees
    ]
