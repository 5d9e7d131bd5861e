"""Databases for the tests: each is a copy of a template that was migrated, and furnished, once.

Every test that touches a database runs on SQLite and on PostgreSQL.
"""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from api.migrations import upgrade
from common.clock import Clock
from common.database import Database
from tests.postgresql import Server, name_of

BOTH = ("sqlite", "postgresql")


Furnish = Callable[[Database, Clock], Any]
"""Puts something into a migrated database, and answers what tests need to speak of it."""


class Maker(ABC):
    """Makes databases of one kind, and keeps those which others are copies of."""

    def __init__(self) -> None:
        self._template: str | None = None
        self._furnished: dict[tuple[Furnish, Clock], tuple[str, Any]] = {}

    @abstractmethod
    def empty(self) -> str:
        """The address of a new database without a single table."""

    @abstractmethod
    def copy(self, template: str) -> str:
        """The address of a new database that holds what `template` holds; nobody may be using that one."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Forget a database made here."""

    def migrated(self) -> str:
        """The address of a new database ready for use."""
        if self._template is None:
            self._template = self.empty()
            upgrade(self._template)
        return self.copy(self._template)

    def furnished(self, furnish: Furnish, clock: Clock) -> tuple[str, Any]:
        """The address of a new database that `furnish` has filled at this time, and what it answered."""
        if (furnish, clock) not in self._furnished:
            url = self.migrated()
            with closing(Database(url)) as database:
                self._furnished[furnish, clock] = url, furnish(database, clock)
        template, answer = self._furnished[furnish, clock]
        return self.copy(template), answer


class SqliteMaker(Maker):
    """SQLite databases in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._numbers = count(1)

    def empty(self) -> str:
        return f"sqlite:///{self._folder}/{next(self._numbers)}.sqlite"

    def copy(self, template: str) -> str:
        url = self.empty()
        shutil.copy(name_of(template), name_of(url))
        return url

    def drop(self, url: str) -> None:
        for file in self._folder.glob(Path(name_of(url)).name + "*"):
            file.unlink()


class PostgresqlMaker(Maker):
    """PostgreSQL databases on one server."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def empty(self) -> str:
        return self._server.create()

    def copy(self, template: str) -> str:
        return self._server.create(name_of(template))

    def drop(self, url: str) -> None:
        self._server.drop(url)


@contextmanager
def lent(maker: Maker, url: str) -> Iterator[str]:
    """A database for the length of a block."""
    try:
        yield url
    finally:
        maker.drop(url)
