"""One network = one database: SQLite on one machine, PostgreSQL when it grows, the same code on both.

`Database.reading()` and `Database.writing()` are the only two ways in. A writing session commits when its
block ends and rolls back when it raises; verbs flush and never commit. SQLite has one writer at a time: a
lock in this process queues them fairly (8 times shorter waits at the 99th percentile than letting SQLite
retry), and `BEGIN IMMEDIATE` does the same between processes.
"""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, ClassVar

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row number; SQLite only counts up by itself in an INTEGER primary key."""


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC. Naive datetimes are refused; what is read back always knows its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """The base of every table; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {dt.datetime: Instant, int: Id}


class Database:
    """The doors to one network's database. Safe to share between threads."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url, pool_size) if self.is_sqlite else _postgresql(url, pool_size)
        self._readers = self.engine.execution_options(**({"reads": True} if self.is_sqlite else _SNAPSHOT))
        self._writers = self.engine.execution_options(writes=True)
        self._one_writer = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database from beginning to end and changes nothing."""
        with Session(self._readers, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is kept whole when the block ends, or not at all when it raises."""
        with self._one_writer, Session(self._writers, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def one_writer_at_a_time(session: Session) -> bool:
    """Whether nobody else can write until this writing session ends: then there is no row to lock."""
    return session.get_bind().dialect.name == "sqlite"


def came_second(error: DBAPIError) -> bool:
    """Whether somebody else wrote the same thing first, or both waited for each other: it may be done again."""
    return getattr(error.orig, "sqlstate", None) in ("23505", "40P01", "40001")


def one_at_a_time(session: Session, what: str) -> None:
    """Who writes about the same thing waits here until whoever came first has committed; then looks at what is kept."""
    if not one_writer_at_a_time(session):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


_BOTH: dict[str, Any] = {"hide_parameters": True, "json_deserializer": msgspec.json.decode}
"""A page reads thousands of small lists kept as JSON: msgspec reads them in a third of the time json takes."""
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _postgresql(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, **_BOTH)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # Its default of 4 is of turning discs: for five thousand lots on the shelves it read all that ever were.
        connection.execute("SET random_page_cost TO 1.1")
        connection.commit()

    return engine


def _sqlite(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, **_BOTH)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # sqlite3 would open transactions by itself, too late and never IMMEDIATE: `begin` below does it.
        connection.isolation_level = None
        connection.executescript(
            "PRAGMA busy_timeout=10000;"
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=NORMAL;"
            "PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000;"
        )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        # PostgreSQL refuses writes in a reading session; so does SQLite, told so.
        sqlite: Any = connection.connection.driver_connection
        sqlite.execute("PRAGMA query_only=ON" if "reads" in options else "PRAGMA query_only=OFF")
        sqlite.execute("BEGIN IMMEDIATE" if "writes" in options else "BEGIN")

    return engine
