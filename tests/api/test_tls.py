"""HTTPS under an authority of the house's own: what phones are given, and what stays with the server."""

import datetime as dt
import stat
from pathlib import Path

import pytest
from cryptography import x509
from litestar.testing import TestClient

from api.app import create_app
from api.house import House
from api.tls import best_name, kept_beside, own_names, papers
from common.settings import Settings

TODAY = dt.date(2026, 11, 23)
NAMES = ["localhost", "127.0.0.1", "reserve.local", "192.168.1.20"]


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates(path.read_bytes())[0]


def test_the_certificate_speaks_for_every_name_and_phones_accept_its_length(tmp_path: Path) -> None:
    made = papers(tmp_path / "tls", NAMES, TODAY)

    issued, authority = certificate(made.certificate), certificate(made.authority)
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    issued.verify_directly_issued_by(authority)
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "reserve.local"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.168.1.20"]
    assert (issued.not_valid_after_utc.date() - TODAY).days < 398


def test_the_authority_stays_the_same_so_that_phones_trust_it_once(tmp_path: Path) -> None:
    before = papers(tmp_path, NAMES, TODAY).authority.read_bytes()

    after = papers(tmp_path, [*NAMES, "10.0.0.7"], TODAY + dt.timedelta(days=300)).authority.read_bytes()

    assert after == before


def test_no_one_but_the_owner_reads_the_keys(tmp_path: Path) -> None:
    papers(tmp_path / "tls", NAMES, TODAY)

    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "tls").iterdir()} == {0o600}


def test_people_are_told_the_address_on_the_local_network() -> None:
    assert best_name(NAMES) == "192.168.1.20"
    assert best_name(["localhost", "127.0.0.1", "reserve.local"]) == "reserve.local"
    assert {"localhost", "127.0.0.1"} <= set(own_names())


@pytest.mark.parametrize(
    ("url", "folder"),
    [("sqlite:////srv/panier/town.sqlite", "/srv/panier/tls"), ("postgresql+psycopg://panier@db/town", "var/tls")],
)
def test_the_papers_are_kept_beside_the_database(url: str, folder: str) -> None:
    assert kept_beside(url) == Path(folder)


def test_phones_are_given_the_authority_and_never_its_key(tmp_path: Path) -> None:
    made = papers(tmp_path / "tls", NAMES, TODAY)
    settings = Settings(database_url=f"sqlite:///{tmp_path}/town.sqlite", authority=made.authority, secret="tests")
    client = TestClient(create_app(House.of(settings)))

    page, file = client.get("/trust"), client.get("/trust/authority")

    assert "data:image/svg+xml;base64," in page.text
    assert file.content == made.authority.read_bytes()
    assert file.headers["content-type"] == "application/x-x509-ca-cert"
    assert b"PRIVATE" not in file.content


def test_a_server_without_an_authority_says_so(tmp_path: Path) -> None:
    client = TestClient(
        create_app(House.of(Settings(database_url=f"sqlite:///{tmp_path}/town.sqlite", secret="tests")))
    )

    assert "/trust/authority" not in client.get("/trust").text
    assert client.get("/trust/authority").status_code == 404
