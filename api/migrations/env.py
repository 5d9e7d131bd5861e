"""What Alembic runs: one transaction, batch mode for SQLite, whose ALTER TABLE can do little."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from api.migrations import METADATA
from common.database import Database, Instant


def plain_type(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Migrations name the database's own types: the house's classes may move, history may not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


database = Database(context.config.attributes["url"])
try:
    with database.engine.connect() as connection:
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
        connection.commit()
finally:
    database.close()
