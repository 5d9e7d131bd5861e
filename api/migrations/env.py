"""What Alembic runs: one transaction, batch mode for SQLite, whose ALTER TABLE can do little."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, func, select

from api.migrations import METADATA
from common.database import Database, Instant


def plain_type(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Migrations name the database's own types: the house's classes may move, history may not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def one_at_a_time(connection: Connection) -> None:
    """Several machines that start at once: the second waits until the first is done, and finds nothing left to do."""
    if connection.dialect.name == "postgresql":
        # Of this connection, not of a transaction: each migration has its own.
        connection.execute(select(func.pg_advisory_lock(func.hashtextextended("migrations", 0))))
        connection.commit()


def watch_references(connection: Connection, watched: bool) -> None:
    """SQLite changes a table by making it anew: meanwhile rows of other tables point to nothing, and may."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON" if watched else "PRAGMA foreign_keys=OFF")


def refuse_dangling(connection: Connection) -> None:
    """Raise where a migration has left a row that points to nothing."""
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration left rows of {sorted({row[0] for row in lost})} that point to nothing")


database = Database(context.config.attributes["url"])
try:
    with database.engine.connect() as connection:
        one_at_a_time(connection)
        watch_references(connection, False)
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
            render_item=plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()
        refuse_dangling(connection)
        connection.commit()
        watch_references(connection, True)
finally:
    database.close()
