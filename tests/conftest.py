"""What tests ask for by name: a fixed clock, and databases of both kinds."""

import datetime as dt
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import hypothesis
import pytest
from argon2 import profiles

from api import log
from common.clock import PARIS, Clock
from common.database import Database
from households.sealing import Seal, new_key
from network import accounts
from tests import in_memory, small_town, statements
from tests.databases import BOTH, Furnish, Maker, PostgresqlMaker, SqliteMaker, lent
from tests.postgresql import Server, running_server
from tests.small_town import Town

RUBBISH = (100_000, 20, 20)
"""New objects after which the youngest are looked through, and how often the older ones are with them."""

# The same examples every time in CI; no deadline, as a slow machine is not a wrong program.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

# As the program itself logs: never the values of a trace, which would also take seconds to draw.
log.configure("warning")

statements.share()

# Hashing a password is slow on purpose, and tests make accounts by the hundred.
accounts.COST = profiles.CHEAPEST


def pytest_collection_finish() -> None:
    """What was imported and found stays to the end: looking through it for rubbish again and again took a sixth of the
    time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RUBBISH)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: what is left at the end is short, and shared out among who has nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def monday() -> Clock:
    """Monday 23 November 2026, nine in the morning in Paris."""
    return Clock(at=dt.datetime(2026, 11, 23, 9, tzinfo=PARIS))


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key file of every test town: keys are made once, as hashes of passwords are."""
    path = tmp_path_factory.mktemp("keys") / "identity.keys"
    path.write_text(new_key())
    return path


@pytest.fixture
def seal(key_file: Path) -> Seal:
    return Seal.read(key_file)


@pytest.fixture
def clock(monday: Clock) -> Clock:
    """That Monday, where nothing else is said."""
    return monday


@pytest.fixture
def today(clock: Clock) -> dt.date:
    """The day of `clock`."""
    return clock.today()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server for this process of the test run."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_maker() -> Iterator[SqliteMaker]:
    with in_memory.folder("panier-sqlite-") as folder:
        yield SqliteMaker(folder)


@pytest.fixture(scope="session")
def postgresql_maker(postgresql_server: Server) -> PostgresqlMaker:
    return PostgresqlMaker(postgresql_server)


@pytest.fixture(params=BOTH)
def database_maker(request: pytest.FixtureRequest) -> Maker:
    """Makes databases of each kind in turn: a test that needs several of them asks for this."""
    return cast(Maker, request.getfixturevalue(f"{request.param}_maker"))


@pytest.fixture
def empty_url(database_maker: Maker) -> Iterator[str]:
    """The address of a database without tables, on SQLite and on PostgreSQL."""
    with lent(database_maker, database_maker.empty()) as url:
        yield url


@pytest.fixture
def standing(request: pytest.FixtureRequest) -> Furnish | None:
    """What a test finds in its database: the small town where it asks for `town`, which a file may furnish further."""
    return small_town.build if "town" in request.fixturenames else None


@pytest.fixture
def _furnished(database_maker: Maker, standing: Furnish | None, clock: Clock) -> Iterator[tuple[str, Any]]:
    url, answer = database_maker.furnished(standing, clock) if standing else (database_maker.migrated(), None)
    with lent(database_maker, url):
        yield url, answer


@pytest.fixture
def database_url(_furnished: tuple[str, Any]) -> str:
    """The address of a migrated database of its own, on SQLite and on PostgreSQL."""
    return _furnished[0]


@pytest.fixture
def town(_furnished: tuple[str, Any]) -> Town:
    """The numbers of the small town that stands in the database."""
    return cast(Town, _furnished[1])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The doors to a migrated database of its own, on SQLite and on PostgreSQL."""
    doors = Database(database_url)
    yield doors
    doors.close()
