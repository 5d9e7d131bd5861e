"""The database's history leads up, down and up again, and ends where the tables are."""

from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from api.migrations import METADATA, check, config, downgrade, upgrade
from common.database import Database


def tables(url: str) -> set[str]:
    """The tables of a database, but for the one that remembers its revision."""
    database = Database(url)
    names = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    database.close()
    return names


def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    upgrade(empty_url)

    assert tables(empty_url) == METADATA.tables.keys()


def test_the_history_goes_up_down_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "base")
    between = tables(empty_url)
    upgrade(empty_url)

    assert between == set()
    assert tables(empty_url) == METADATA.tables.keys()


def test_each_step_of_the_history_can_be_taken_back(empty_url: str) -> None:
    steps = [step.revision for step in ScriptDirectory.from_config(config(empty_url)).walk_revisions()]

    for step in reversed(steps):
        upgrade(empty_url, step)
        before = tables(empty_url)
        downgrade(empty_url, "-1")
        upgrade(empty_url, step)
        assert tables(empty_url) == before


def test_the_history_ends_where_the_tables_are(empty_url: str) -> None:
    upgrade(empty_url)

    check(empty_url)


def test_upgrading_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    upgrade(database_url)

    assert tables(database_url) == METADATA.tables.keys()


def test_the_history_is_one_line() -> None:
    assert len(ScriptDirectory.from_config(config("sqlite://")).get_heads()) == 1
