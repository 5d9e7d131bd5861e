"""A social worker brings the households of a table in: sent, looked at, enrolled once."""

import re
from collections.abc import Callable

from sqlalchemy import func, select

from allocation.tables import Visit
from common.database import Database
from households.tables import Household, SheetDraft
from network.roles import Role
from tests.api.conftest import Browser
from tests.small_town import Town

PATH = "/households/import"
SHEET = "Nom;Prénom;Année\nDurand;Zoé;1990\nPetit;Luc;{birth}\n"


def send(worker: Browser, text: str | bytes, town: Town) -> str:
    data = text if isinstance(text, bytes) else text.encode("cp1252")
    form = {"_csrf_token": worker.client.cookies["panier-forms"], "site": str(town.site_id), "channel": "free"}
    worker.page = worker.client.post(PATH, data=form, files={"file": ("foyers.csv", data, "text/csv")})
    return worker.words


def hidden(worker: Browser, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', worker.page.text)
    assert found, name
    return found[1]


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Household)) or 0


def test_a_sheet_is_looked_at_mended_and_enrolled_once(
    open_browser: Callable[[], Browser], database: Database, town: Town
) -> None:
    worker = open_browser().sign_in(Role.SOCIAL_WORKER)
    before = count(database)

    assert f'href="{PATH}"' in worker.get("/households").text
    assert 'type="file"' in worker.get(PATH).text
    assert "Windows-1252" in send(worker, b"Nom;N\x8d", town)
    assert worker.page.status_code == 400
    assert "Choisissez la colonne" in send(worker, SHEET.format(birth="jadis"), town)
    worker.post(f"{PATH}/columns", **{"column-family": "0", "column-given": "1", "column-birth": "2"})
    assert "Ligne 3, « Année »" in worker.words.replace("\u202f", " ").replace("\u00a0", " ")
    worker.post(f"{PATH}/enrol", key="too early for it", shown=hidden(worker, "shown"))
    assert count(database) == before

    send(worker, SHEET.replace("Année", "Né(e) le").format(birth="1951"), town)
    with database.reading() as session:
        sealed = session.scalars(select(SheetDraft.sealed)).one()
    page, form = worker.page.text, {"key": hidden(worker, "key"), "shown": hidden(worker, "shown")}
    worker.post(f"{PATH}/enrol", key="another key of it", shown="something else")
    assert count(database) == before
    for _ in range(2):
        worker.post(f"{PATH}/enrol", **form)
        assert "chacun avec sa carte : 2." in worker.words
    worker.post("/households/search", q="durand zoé")

    with database.reading() as session:
        invited = session.scalars(select(Visit.household_id).where(Visit.session_id == town.session_id)).all()
    assert count(database) == before + 2
    assert sum(household_id not in town.household_ids for household_id in invited) == 2
    assert "Zoé Durand" in worker.page.text
    assert not any(b"Durand" in kept for kept in (bytes(sealed), page.encode()))
    assert worker.get(f"{PATH}/template").content.startswith(b"PK")
