"""A stockroom and someone at its intake counter."""

import pytest

from common.database import Database
from tests.stock.counter import Counter
from tests.stock.stockroom import Stockroom, stockroom


@pytest.fixture
def room(database: Database) -> Stockroom:
    with database.writing() as session:
        return stockroom(session)


@pytest.fixture
def counter(database: Database, room: Stockroom) -> Counter:
    return Counter(database, room)
