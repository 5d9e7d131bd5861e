"""A stockroom and someone at its intake counter."""

from typing import Any, cast

import pytest

from common.clock import Clock
from common.database import Database
from tests.databases import Furnish
from tests.stock.counter import Counter
from tests.stock.stockroom import Stockroom, stockroom


def _built(database: Database, _: Clock) -> Stockroom:
    with database.writing() as session:
        return stockroom(session)


@pytest.fixture
def standing(request: pytest.FixtureRequest, standing: Furnish | None) -> Furnish | None:
    """The stockroom, where a test asks for `room`."""
    return _built if "room" in request.fixturenames else standing


@pytest.fixture
def room(_furnished: tuple[str, Any]) -> Stockroom:
    """The numbers of the stockroom that stands in the database."""
    return cast(Stockroom, _furnished[1])


@pytest.fixture
def counter(database: Database, room: Stockroom) -> Counter:
    return Counter(database, room)
