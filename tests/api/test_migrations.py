"""The database's history leads up, down and up again, and ends where the tables are."""

import subprocess
import sys
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from api.migrations import METADATA, check, config, downgrade, upgrade
from common.clock import Clock
from common.database import Database
from stock.agreed_times import When, times_of
from stock.proof import faults
from stock.tables import Donor, Lot
from tests.databases import Maker, lent
from tests.house_rules import ROOT
from tests.small_town import build, stock_up


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


def test_what_is_kept_lives_through_the_steps(database: Database, database_url: str, clock: Clock) -> None:
    """A step that changes a full table: SQLite makes the table anew, and what points to it has to find it again."""
    town = build(database, clock)
    booked = stock_up(database, town, clock)
    with database.writing() as session:
        session.get_one(Donor, town.donor_id).agreement_slots = "lundi et jeudi, 8 h 30"
    database.close()

    downgrade(database_url, "0012")
    upgrade(database_url)

    doors = Database(database_url)
    with doors.reading() as session:
        assert [lot.id for lot in session.scalars(select(Lot).order_by(Lot.id))] == [one.lot_id for one in booked]
        assert times_of(session, town.donor_id) == (When(0, 510), When(3, 510))
        assert not faults(session)
    doors.close()


def test_the_history_ends_where_the_tables_are(empty_url: str) -> None:
    upgrade(empty_url)

    check(empty_url)


def test_migrating_makes_exactly_the_tables_of_the_code(database_maker: Maker) -> None:
    """Names of constraints included: a later migration has to find them."""
    with lent(database_maker, database_maker.empty()) as migrated, lent(database_maker, database_maker.empty()) as made:
        upgrade(migrated)
        doors = Database(made)
        METADATA.create_all(doors.engine)
        doors.close()

        assert described(migrated) == described(made)


def described(url: str) -> dict[str, Any]:
    """Columns, keys, checks and indexes of every table, as the database tells them."""
    doors = Database(url)
    told = inspect(doors.engine)
    found = {
        table: [
            sorted((c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in told.get_columns(table)),
            told.get_pk_constraint(table),
            by_name(told.get_foreign_keys(table)),
            by_name(told.get_unique_constraints(table)),
            by_name(told.get_check_constraints(table)),
            by_name(told.get_indexes(table)),
        ]
        for table in told.get_table_names()
        if table != "alembic_version"
    }
    doors.close()
    return found


def by_name(parts: list[Any]) -> list[Any]:
    return sorted(parts, key=lambda part: str(part["name"]))


def test_upgrading_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    upgrade(database_url)

    assert tables(database_url) == METADATA.tables.keys()


def test_machines_that_start_at_once_migrate_one_after_the_other(postgresql_maker: Maker) -> None:
    with lent(postgresql_maker, postgresql_maker.empty()) as url:
        command = [sys.executable, "-c", f"from api.migrations import upgrade; upgrade({url!r})"]
        machines = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
        ended = [machine.wait(60) for machine in machines]

        assert ended == [0, 0, 0]
        check(url)


def test_the_history_is_one_line() -> None:
    assert len(ScriptDirectory.from_config(config("sqlite://")).get_heads()) == 1
