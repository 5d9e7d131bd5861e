"""A family from first contact to a signed decision, as its social worker sees it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from allocation.held import Given
from api.house import House
from common.database import Database
from households.held import Held
from households.tables import Decision, Fingerprint, Household, Identity
from network.partners import add_organisation
from network.roles import Role
from network.tables import Account, AuditEntry
from tests.api.conftest import Browser
from tests.labels.reading import text_of
from tests.small_town import Town

FAMILY = {
    "given-0": "Amina", "family-0": "Ben Saïd", "birth-0": "12/03/1985", "bond-0": "self",
    "sex-0": "woman",
    "given-1": "Karim", "family-1": "", "birth-1": "1983", "bond-1": "partner",
    "given-2": "Lina", "family-2": "", "birth-2": "2012", "bond-2": "child",
    "phone": "06 39 98 12 34", "address": "3 rue des Lilas",
    "kind-0": "wages", "amount-0": "1 450", "proof-0": "1",
    "kind-1": "rent", "amount-1": "620,00",
    "channel": "free", "status": "wages", "heard": "school", "housing": "social_tenant",
    "outcome": "admitted", "reason": "committee", "until": "2027-05-22", "do": "sign",
}  # fmt: skip


PARTS = ("identity", "rights", "decision", "needs", "referrals", "proxies", "delivery", "delivery/stopped")
"""Where a file is written."""


@pytest.fixture
def worker(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser().sign_in(Role.SOCIAL_WORKER)


@pytest.fixture
def family(town: Town) -> dict[str, str]:
    return {**FAMILY, "site": str(town.site_id)}


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ticked(browser: Browser, need: str) -> bool:
    return f'name="need" value="{need}" checked' in browser.page.text


def looks(database: Database) -> int:
    """How often everything held on somebody was asked for."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(AuditEntry.action == "household.export")) or 0


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_decision_the_scale_does_not_propose_is_not_signed_in_its_name_and_nothing_typed_is_lost(
    worker: Browser, database: Database, family: dict[str, str]
) -> None:
    """9.22 € a day and person: the committee is asked."""
    before = count(database, Household)

    worker.post("/households/new", **{**family, "reason": "scale"}, key="in its name")

    assert "Le barème ne propose pas cela ici : choisissez le motif de votre décision." in worker.words
    assert 'value="Ben Saïd"' in worker.page.text
    assert count(database, Household) == before


def test_a_family_is_registered_found_corrected_read_and_forgotten(
    worker: Browser, database: Database, family: dict[str, str]
) -> None:
    before = count(database, Household)
    for _ in range(2):
        worker.post("/households/new", **family, key="the key of this form")
    file = worker.page.url.path
    with database.reading() as session:
        kept = [bytes(row) for row in session.scalars(select(Identity.sealed))]
        decision = session.scalars(select(Decision)).one()

    assert re.fullmatch(r"/households/\d+/file", file)
    assert count(database, Household) == before + 1
    assert decision.remainder_cents == 922
    assert not any(b"Amina" in sealed for sealed in kept)
    assert 'value="Ben Saïd"' in worker.page.text

    worker.post("/households/search", q="saïd amina")
    assert "Amina Ben Saïd" in worker.page.text
    assert "q=" not in str(worker.page.url)

    worker.post(file.replace("/file", "/identity"), **{**family, "given-0": "Aminata", "key": "another key of it"})
    assert 'value="Aminata"' in worker.page.text
    assert "Aminata" in worker.get(file.replace("/file", "/export")).text
    assert "Aminata" in worker.get(file.replace("/file", "/export.json")).text
    wrong = {"state-health_cover": "opened", "on-health_cover": "2199-01-01", "state-canteen_rate": "to_look"}
    page = worker.post(file.replace("/file", "/rights"), **wrong)
    assert (page.status_code, 'value="2199-01-01"' in page.text) == (400, True)
    worker.post(file.replace("/file", "/rights"), **{**wrong, "on-health_cover": "2026-11-20"})
    assert "Complémentaire santé solidaire (C2S) Ouvert · 20/11/2026" in worker.words
    read = looks(database)
    exported = worker.get(file.replace("/file", "/export.json")).json()
    assert [exported[part].keys() for part in ("held", "given")] == [
        {*Held.__struct_fields__},
        {*Given.__struct_fields__},
    ]
    known = {(one["partner"], one["role"], one["where"]) for one in exported["held"]["looks"]}
    assert known == {("Centre social", "social_worker", where) for where in ("file", "search", "export")}
    paper = " ".join(text_of(worker.get(file.replace("/file", "/export.pdf")).content))
    for said in (
        "Aminata Ben Saïd · 12/03/1985 · Femme", "Enfant Lina Ben Saïd · 2012", "06 39 98 12 34", "3 rue des Lilas",
        "École ou crèche", "Locataire du parc social", "Panier gratuit", "Admission accordée",
        "Avis de la commission", "9,22 €", "1 450,00 €", "620,00 €", "justificatif vu", "22/05/2027",
        "Complémentaire santé solidaire (C2S) Ouvert · 20/11/2026", "est noté et gardé 12 mois",
        "23/11/2026 Centre social · Travailleur social · dans une recherche · une fois",
    ):  # fmt: skip
        assert said in plain(paper), said
    assert looks(database) == read + 2

    sheet = worker.get(file.replace("/file", "/committee")).text
    assert "9,22 €" in plain(sheet)
    assert not any(word in sheet for word in ("Aminata", "Saïd", "Lilas", "Karim"))

    worker.post(file.replace("/file", "/forget"), key="not sure about it")
    assert 'value="Aminata"' in worker.page.text
    worker.post(file.replace("/file", "/forget"), key="sure about it now", sure="1")
    assert "Aminata" not in worker.page.text
    assert count(database, Fingerprint) == 0
    with database.reading() as session:
        trail = [f"{e.subject} {e.detail}" for e in session.scalars(select(AuditEntry))]
    assert not any("Amina" in line for line in trail)


WRONG = [
    ({"amount-1": "-620"}, 400, "sans signe"),
    ({"birth-2": "2199"}, 400, "2199"),
    ({"amount-0": "1450\t62"}, 400, "plusieurs cases d’un tableau"),
    ({"given-1": "Karim\tBen Saïd\t1983"}, 400, "plusieurs noms"),
    ({"kind-1": ""}, 400, "Choisissez la ressource ou la charge"),
    ({"amount-1": ""}, 400, "Combien par mois"),
    ({"phone": "nobody"}, 400, "numéro de téléphone"),
    ({"site": "999"}, 404, "site"),
    ({"until": "2028-01-01"}, 400, "2028"),
    ({"kind-2": "rent", "amount-2": "620"}, 409, "différentes"),
    ({f"birth-{i}": "2015" for i in range(12)} | {f"given-{i}": "Enfant" for i in range(12)}, 409, "adulte"),
]


def test_what_cannot_be_or_looks_odd_is_asked_and_everything_typed_is_kept(
    worker: Browser, database: Database, family: dict[str, str]
) -> None:
    before = count(database, Household)
    rows = re.findall(r'role="group" aria-label="(Personne \d+)"', worker.get("/households/new").text)
    assert rows[:2] == ["Personne 1", "Personne 2"], "each row of the same fields has a name"

    for typed, status, said in WRONG:
        page = worker.post("/households/new", **{**family, **typed})

        assert (page.status_code, said in worker.words) == (status, True), said
        for value in ("3 rue des Lilas", "Ben Saïd", "06 39 98 12 34" if "phone" not in typed else "nobody"):
            assert f'value="{value}"' in page.text, said

    assert count(database, Household) == before


def test_a_question_that_was_answered_stops_nobody(worker: Browser, database: Database, family: dict[str, str]) -> None:
    before = count(database, Household)

    worker.post("/households/new", **{**family, "kind-2": "rent", "amount-2": "62", "sure": "1"})

    assert count(database, Household) == before + 1


def test_the_draft_survives_a_closed_browser_and_goes_when_it_is_signed(
    open_browser: Callable[[], Browser], worker: Browser, family: dict[str, str]
) -> None:
    form: dict[str, Any] = {**family, "need": ["energy", "budget"]}
    page = worker.post("/households/new/draft", **form)
    again = open_browser().sign_in(Role.SOCIAL_WORKER)

    assert "9,22 €" in plain(page.text)
    assert 'value="3 rue des Lilas"' in again.get("/households/new").text
    assert [code for code in ("budget", "energy", "housing") if ticked(again, code)] == ["budget", "energy"]
    again.post("/households/new", **{**form, "need": ["energy", "a flat"]})
    assert "« a flat » n’est pas" in plain(again.words)
    assert ticked(again, "energy")
    again.post("/households/new", **form)
    shown = again.get(again.page.url.path.removesuffix("/file")).text
    assert ("Réglé : Énergie" in plain(shown), "Réglé : Logement" in plain(shown)) == (True, False)
    empty = again.get("/households/new").text
    assert ('value="3 rue des Lilas"' in empty, ticked(again, "energy")) == (False, False)


def test_somebody_known_already_is_a_question_and_not_a_refusal(
    worker: Browser, database: Database, family: dict[str, str]
) -> None:
    worker.post("/households/new", **family)

    page = worker.post("/households/new", **{**family, "given-0": "AMINA", "family-0": "Bensaid"})

    assert page.status_code == 409
    assert "déjà aidée par : Centre social" in plain(worker.words)


def test_a_program_gets_the_fields_of_its_role(
    open_browser: Callable[[], Browser], worker: Browser, house: House, family: dict[str, str]
) -> None:
    worker.post("/households/new", **family)
    number = worker.page.url.path.split("/")[2]
    manager = open_browser().sign_in(Role.MANAGER)

    assert worker.client.get(f"/api/v1/households/{number}").json()["people"][0]["given"] == "Amina"
    assert "people" not in manager.client.get(f"/api/v1/households/{number}").json()


def test_a_social_worker_of_another_partner_opens_nothing_of_a_file(
    worker: Browser, database: Database, family: dict[str, str]
) -> None:
    worker.post("/households/new", **family)
    path = worker.page.url.path.removesuffix("/file")
    own = worker.get(path).text
    with database.writing() as session:
        account = session.scalars(select(Account).where(Account.role == Role.SOCIAL_WORKER)).one()
        account.organisation_id = add_organisation(session, "Ailleurs", "association").id

    for part in ("file", "rights", "export", "export.json", "export.pdf", "committee", "decision.pdf"):
        assert worker.get(f"{path}/{part}").status_code == 403, part
    for part in PARTS:
        worker.post(f"{path}/{part}", **family)
        assert "Ce dossier est tenu par" in plain(worker.words), part
    assert "Amina" not in worker.post("/households/search", q="amina").text.replace('value="amina"', "")
    card = worker.get(path)
    assert "Ce dossier est tenu par : Centre social" in plain(worker.words)
    for form in ("amount-", f'action="{path}/card"'):
        assert form in own
        assert form not in card.text
    assert "people" not in worker.client.get(f"/api/v1{path}").json()
