"""Labels asked for from phones wait at the printer of one site, and leave once."""

import pytest

from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from stock.label_queue import CopiesOutOfRange, QueueFull, ask_for_labels, granted, wishes
from tests.small_town import build, stock_up


def test_labels_wait_in_the_order_they_were_asked_for_and_leave_once(database: Database, clock: Clock) -> None:
    town = build(database, clock)
    milk, yoghurt, *_ = stock_up(database, town, clock)
    with database.writing() as session:
        first = ask_for_labels(session, town.site_id, yoghurt.lot_id, 2, clock.stamp()).id
        second = ask_for_labels(session, town.site_id, milk.lot_id, 1, clock.stamp()).id

    with database.writing() as session:
        assert [(wish.lot_id, wish.copies) for wish in wishes(session, town.site_id)] == [
            (yoghurt.lot_id, 2),
            (milk.lot_id, 1),
        ]
        assert granted(session, town.site_id + 1, [first, second]) == 0
        assert granted(session, town.site_id, [first]) == 1
        assert granted(session, town.site_id, [first, second]) == 1
        assert not wishes(session, town.site_id)


def test_nobody_asks_for_a_thousand_labels_nor_for_those_of_an_unknown_lot(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = build(database, clock)
    milk, *_ = stock_up(database, town, clock)
    monkeypatch.setattr("stock.label_queue.MOST_WAITING", 1)
    with database.writing() as session:
        for copies in (0, 101):
            with pytest.raises(CopiesOutOfRange):
                ask_for_labels(session, town.site_id, milk.lot_id, copies, clock.stamp())
        with pytest.raises(NotFound):
            ask_for_labels(session, town.site_id, 999_999, 1, clock.stamp())
        ask_for_labels(session, town.site_id, milk.lot_id, 1, clock.stamp())
        with pytest.raises(QueueFull):
            ask_for_labels(session, town.site_id, milk.lot_id, 1, clock.stamp())
