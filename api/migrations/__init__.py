"""The database's history. One network, one database, one line of revisions."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import allocation.day_tables
import allocation.tables
import common.tables
import households.tables
import network.tables
import stock.counts.tables
import stock.openfoodfacts.tables
import stock.recalls.tables
import stock.tables
import stock.transfers.tables
from common.database import Base

ROOMS = (
    common.tables,
    network.tables,
    stock.tables,
    stock.counts.tables,
    stock.openfoodfacts.tables,
    stock.recalls.tables,
    stock.transfers.tables,
    households.tables,
    allocation.tables,
    allocation.day_tables,
)
METADATA = Base.metadata


def config(url: str) -> Config:
    """Alembic's settings for the database at this address."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["url"] = url
    return settings


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to this revision."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to this revision."""
    command.downgrade(config(url), revision)


def new_revision(url: str, message: str, number: str) -> None:
    """Write the revision that leads from this database to the tables as they are now; read it before keeping it."""
    command.revision(config(url), message, autogenerate=True, rev_id=number)


def check(url: str) -> None:
    """Raise where the tables and the database differ."""
    command.check(config(url))
