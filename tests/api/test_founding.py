"""A network that begins without the demo: its first site, and who opens the accounts of the others."""

import datetime as dt
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from common.clock import Clock
from common.database import Database
from network.accounts import sign_in
from network.partners import network_name, organisations, sites
from network.roles import Role
from stock.catalogue import families
from stock.places import places

PASSWORD = "une longue phrase à soi"


@pytest.fixture
def site(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("PANIER_DATABASE_URL", empty_url)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    return lambda *said, typed="": CliRunner().invoke(main, ["site", *said], input=typed)


def test_the_first_site_lets_somebody_in_and_goods_of_every_kind(
    site: Callable[..., Result], empty_url: str, clock: Clock
) -> None:
    said = ["berline", "La Berline", "--partner", "La Berline", "--kind", "solidarity_grocery"]

    first = site(*said, "--network", "Valmont", "--admin", "Claire", typed=f"{PASSWORD}\n{PASSWORD}\n")
    second = site("TERRIL", "Salle du Terril", "--partner", "La Berline")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    database = Database(empty_url)
    try:
        _, person = sign_in(database, "claire", PASSWORD, "test", clock.stamp(), dt.timedelta(days=1))
        assert (person.role, person.site_id) == (Role.ADMINISTRATOR, None)
        with database.reading() as session:
            assert [one.name for one in organisations(session)] == ["La Berline"]
            assert [one.code for one in sites(session)] == ["BERLINE", "TERRIL"]
            there = [(place.name, place.storage) for place in places(session, sites(session)[0].id)]
            assert there[:2] == [("Étagère A", "dry"), ("Frigo 1", "chilled")]
            assert {storage for _, storage in there} == {"dry", "chilled", "frozen", "quarantine"}
            assert len(families(session)) > 20
            assert network_name(session, Clock().today()) == "Valmont"
    finally:
        database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        ["BERLINE", "Une autre", "--partner", "La Berline"],
        ["B" * 21, "La Berline", "--partner", "La Berline"],
        ["AUTRE", " ", "--partner", "La Berline"],
        ["AUTRE", "Une autre", "--partner", "Autre", "--admin", "x", "--password", "court"],
    ],
)
def test_what_cannot_be_added_leaves_nothing_behind(
    site: Callable[..., Result], empty_url: str, wrong: list[str]
) -> None:
    site("BERLINE", "La Berline", "--partner", "La Berline")

    refused = site(*wrong)

    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    database = Database(empty_url)
    try:
        with database.reading() as session:
            assert len(sites(session)) == len(organisations(session)) == 1
    finally:
        database.close()


def test_a_rule_of_freezing_for_a_site_that_is_none_is_refused(site: Callable[..., Result]) -> None:
    site("BERLINE", "La Berline", "--partner", "La Berline")
    rule = '{{"sites": ["{}"], "families": {{"charcuterie": {{"family": "frozen_meat", "days": 60}}}}}}'.format

    slip, right = (
        CliRunner().invoke(main, ["rule", "freezing", rule(code), "--source", "PMS"]) for code in ("BERLIN", "BERLINE")
    )

    assert (slip.exit_code, right.exit_code) == (1, 0), slip.output + right.output
    assert "« BERLIN »".replace(" ", "\u202f") in slip.output
    assert "BERLINE" in slip.output
