"""Migrated databases for the tests: each is a copy of a template that was migrated once.

Every test that touches a database runs on SQLite and on PostgreSQL.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from api.migrations import upgrade
from tests.postgresql import Server, name_of

BOTH = ("sqlite", "postgresql")


def prepare(url: str) -> None:
    """Bring an empty database to the shape the program expects."""
    upgrade(url)


class Maker(Protocol):
    """Makes databases of one kind."""

    def empty(self) -> str:
        """The address of a new database without a single table."""

    def migrated(self) -> str:
        """The address of a new database ready for use."""

    def drop(self, url: str) -> None:
        """Forget a database made here."""


class SqliteMaker:
    """SQLite databases in one folder; the template is a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template: Path | None = None

    def empty(self) -> str:
        return f"sqlite:///{self._folder}/{next(self._numbers)}.sqlite"

    def migrated(self) -> str:
        if self._template is None:
            template = self.empty()
            prepare(template)
            self._template = Path(name_of(template))
        url = self.empty()
        shutil.copy(self._template, name_of(url))
        return url

    def drop(self, url: str) -> None:
        for file in self._folder.glob(Path(name_of(url)).name + "*"):
            file.unlink()


class PostgresqlMaker:
    """PostgreSQL databases on one server; the template is a database nobody is connected to."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._template: str | None = None

    def empty(self) -> str:
        return self._server.create()

    def migrated(self) -> str:
        if self._template is None:
            template = self.empty()
            prepare(template)
            self._template = name_of(template)
        return self._server.create(self._template)

    def drop(self, url: str) -> None:
        self._server.drop(url)


@contextmanager
def lent(maker: Maker, url: str) -> Iterator[str]:
    """A database for the length of a block."""
    try:
        yield url
    finally:
        maker.drop(url)
