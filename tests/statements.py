"""Statements are turned into SQL once for all databases of a test run, not once for each.

A database of its own for every test has an engine of its own, which would compile each statement anew: a sixth of the
time of all tests. SQLAlchemy keeps what it compiled by dialect and statement; here dialects of one kind are equal.
"""

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

ROOM = 5_000
_compiled: LRUCache[object, object] = LRUCache(ROOM)


class _OfOneKind:
    """Equal to every other dialect of its class: all are made with the same settings."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class Sqlite(_OfOneKind, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class Postgresql(_OfOneKind, PGDialect_psycopg):
    supports_statement_cache = True


def share() -> None:
    """From here on, for every engine of this process."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgresql.__name__)

    @event.listens_for(Engine, "engine_connect")
    def _kept(connection: Connection) -> None:
        connection.execution_options(compiled_cache=_compiled)
