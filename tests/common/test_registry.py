"""One installation, several towns: each host name leads to its own database and to no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import Clock
from common.database import Database
from common.idempotency import once, was_done
from common.registry import BadRegistry, Registry, UnknownHost
from common.settings import Settings
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
        once(session, "valmont-1", "3 × PAIN", clock.stamp(), lambda: 1, int)

    with towns.database("valmont.example.org").reading() as session:
        assert was_done(session, "valmont-1")
    with towns.database("rives.example.org").reading() as session:
        assert not was_done(session, "valmont-1")


def test_a_host_is_known_whatever_its_case_and_port(towns: Registry) -> None:
    assert towns.database("RIVES.example.org:8462") is towns.database("rives.example.org")


def test_a_town_is_known_by_its_name_again(towns: Registry) -> None:
    rives = towns.database("rives.example.org:8462")

    assert towns.name_of(rives) == "rives.example.org"
    assert towns.opened() == {"rives.example.org": rives}


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "networks = 3",
        "[networks]",
        "[networks]\n'valmont.example.org' = 'a file somewhere'",
        "[networks]\n'valmont.example.org' = 3",
        "[towns]\n'valmont.example.org' = 'sqlite:///valmont.sqlite'",
        "[networks",
    ],
)
def test_a_registry_that_cannot_be_used_is_refused_with_its_name(tmp_path: Path, written: str | None) -> None:
    file = tmp_path / "towns.toml"
    if written is not None:
        file.write_text(written)

    with pytest.raises(BadRegistry, match=r"towns\.toml"):
        Registry.of(Settings(registry=file))


def test_a_registry_is_refused_without_its_passwords(tmp_path: Path) -> None:
    file = tmp_path / "towns.toml"
    file.write_text("[networks]\n'a' = 'postgresql+psycopg://panier:secret@/valmont'\n'b' = 'a file somewhere'")

    with pytest.raises(BadRegistry) as refused:
        Registry.of(Settings(registry=file))

    assert "secret" not in str(refused.value)


def test_a_town_for_any_other_name_may_be_registered(tmp_path: Path) -> None:
    registry = Registry({"valmont.example.org": "sqlite:///valmont.sqlite", "*": "sqlite:///any.sqlite"})

    assert registry.name("valmont.example.org") == "valmont.example.org"
    assert registry.name("rives.example.org") == "*"


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
