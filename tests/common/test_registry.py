"""One installation, several towns: each host name leads to its own database and to no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import Clock
from common.database import Database
from common.idempotency import was_done
from common.registry import Registry, UnknownHost
from common.settings import Settings
from common.tables import Done
from tests.databases import Maker, lent


@pytest.fixture
def towns(database_maker: Maker, tmp_path: Path) -> Iterator[Registry]:
    """A registry file with two towns."""
    with lent(database_maker, database_maker.migrated()) as one, lent(database_maker, database_maker.migrated()) as two:
        file = tmp_path / "towns.toml"
        file.write_text(f'[networks]\n"valmont.example.org" = "{one}"\n"Rives.example.org" = "{two}"\n')
        registry = Registry.of(Settings(registry=file))
        yield registry
        registry.close()


def test_what_one_town_writes_the_other_never_sees(towns: Registry, clock: Clock) -> None:
    with towns.database("valmont.example.org").writing() as session:
        session.add(Done(key="valmont-1", fingerprint="", answer=None, at=clock.now()))

    with towns.database("valmont.example.org").reading() as session:
        assert was_done(session, "valmont-1")
    with towns.database("rives.example.org").reading() as session:
        assert not was_done(session, "valmont-1")


def test_a_host_is_known_whatever_its_case_and_port(towns: Registry) -> None:
    assert towns.database("RIVES.example.org:8462") is towns.database("rives.example.org")


def test_an_unknown_host_is_refused_with_its_name(towns: Registry) -> None:
    with pytest.raises(UnknownHost, match=r"elsewhere\.example\.org"):
        towns.database("elsewhere.example.org")


@pytest.mark.parametrize("host", ["localhost", "localhost:8462", "192.168.1.20", "[::1]:8462", "[::1]", ""])
def test_without_a_registry_every_name_leads_to_the_one_network(database: Database, host: str) -> None:
    url = database.url.render_as_string(hide_password=False)
    registry = Registry.of(Settings(database_url=url))

    assert registry.database(host).url == database.url
    assert registry.database(host) is registry.database("elsewhere")
    registry.close()


def test_after_closing_a_town_opens_again(towns: Registry) -> None:
    towns.database("valmont.example.org")
    towns.close()

    with towns.database("valmont.example.org").reading() as session:
        assert not was_done(session, "valmont-1")
