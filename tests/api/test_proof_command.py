"""`panier verify`, as run every night: the books are told, or the first lot at fault and the end is not 0."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from api.cli import main
from common.clock import Clock
from common.database import Database
from stock.tables import Movement
from tests.a_day import live
from tests.small_town import MILK, Arrival, Town, receive


@pytest.fixture
def verify(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("PANIER_DATABASE_URL", database_url)
    return lambda *options: CliRunner().invoke(main, ["verify", *options], env={"LANG": "en"})


def test_books_that_hold_are_told_and_end_well(
    verify: Callable[..., Result], database: Database, town: Town, clock: Clock
) -> None:
    live(database, town, clock)

    told = verify()

    assert (told.exit_code, "holds" in told.output) == (0, True), told.output


def test_movements_somebody_changed_end_badly_and_the_first_lot_is_named(
    verify: Callable[..., Result], database: Database, town: Town, clock: Clock
) -> None:
    live(database, town, clock)
    first, second = (receive(database, town, clock, Arrival(MILK, units=9, date="2028", lot_number=n))[0] for n in "AB")
    changed = update(Movement).where(Movement.id.in_([first.movement_id, second.movement_id]))
    with database.writing() as session:
        session.execute(changed.values(quantity=8))

    told = verify()

    assert told.exit_code == 1
    assert first.lot_code in told.output
    assert second.lot_code not in told.output
