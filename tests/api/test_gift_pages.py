"""What donors are given back, from the page: certificates, receipts numbered and cancelled, the year’s statement."""

import re
from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from network.roles import Role
from tests.api.conftest import Browser
from tests.labels.reading import text_of
from tests.small_town import Town, stock_up

RECEIPT = {
    "first": "2026-11-01",
    "last": "2026-11-23",
    "value": "1 234,80",
    "name": "Supermarché du Bois SAS",
    "form": "SAS",
    "siren": "732829320",
    "address": "Zone du Bois",
}


def test_a_receipt_is_made_out_printed_and_cancelled(
    open_browser: Callable[[], Browser], manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)
    path = f"/gifts/{town.donor_id}"
    before = manager.post(f"{path}/receipts", **RECEIPT).status_code
    assert before == 403, "nobody recorded yet that this partner may make out receipts"
    entitle(open_browser().sign_in(Role.ADMINISTRATOR), town)

    wrong = manager.post(f"{path}/receipts", **{**RECEIPT, "value": "beaucoup"})
    assert (wrong.status_code, 'value="beaucoup"' in wrong.text, 'value="732829320"' in wrong.text) == (400, True, True)
    for _ in range(2):
        manager.post(f"{path}/receipts", **RECEIPT, key="the key of this form")

    (printed,) = set(re.findall(r"/gifts/receipts/\d+/receipt.pdf", manager.page.text))
    text = " ".join(text_of(manager.client.get(printed).content))
    assert "N° 2026-0001" in text
    assert "mille deux cent trente-quatre euros et quatre-vingts centimes" in text
    assert "Ensemble 36\u202fkg" in text

    manager.post(printed.replace("receipt.pdf", "cancelled"), because="mauvais montant")
    assert "annulé" in manager.words
    text = " ".join(text_of(manager.client.get(printed).content))
    assert "ANNULÉ le 23/11/2026" in text
    statement = " ".join(text_of(manager.client.get(f"{path}/statement.pdf?year=2026").content))
    assert "2026-0001 23/11/2026 annulé" in statement
    assert "Supermarché du Bois SAS" in statement


def test_a_certificate_is_printed_by_a_partner_that_may_not_make_out_receipts(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)
    manager.get(f"/gifts/{town.donor_id}")
    (certificate,) = re.findall(r"/gifts/\d+/certificate\.pdf\?[^\"]+", manager.page.text)

    (text,) = text_of(manager.client.get(certificate.replace("&amp;", "&")).content)

    assert "Centre social" in text
    assert "23/11/2026 Yaourt nature 4 × 125\u202fg 8 4\u202fkg" in text
    assert manager.get(f"/gifts/{town.donor_id}", first="hier").status_code == 400


def entitle(administrator: Browser, town: Town) -> None:
    """Record that the town’s partner may make out receipts; a first try without an address is refused and kept."""
    known = {
        "organisation": str(town.organisation_id),
        "since": "2026-01-01",
        "name": "Centre social",
        "number": "W622001234",
        "address": "",
        "purpose": "Aide alimentaire",
        "quality": "free_help",
    }
    refused = administrator.post("/accounts/receipts", **known)
    assert (refused.status_code, 'value="W622001234"' in refused.text) == (400, True)
    administrator.post("/accounts/receipts", **{**known, "address": "3 rue de la Gare"})
    assert "Centre social peut établir des reçus fiscaux." in administrator.words
