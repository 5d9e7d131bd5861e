"""What is sent from site to site and what arrives are settled line by line, and nothing is lost between the two."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from stock import ledger, proof
from stock.ledger import OUTSIDE, Account, NotEnoughLeft, Where, shelf
from stock.sums import sums
from stock.tables import Movement
from stock.transfers.register import (
    AlreadySettled,
    Arrived,
    Difference,
    NothingSent,
    SameSite,
    SayWhy,
    call_back,
    send,
    settle,
    transfer,
    transfers,
)
from tests.stock.stockroom import STAMP, Stockroom, lot_of, stockroom


@pytest.fixture
def rooms(database: Database) -> tuple[Stockroom, Stockroom]:
    with database.writing() as session:
        return stockroom(session), stockroom(session)


@pytest.fixture
def peas(database: Database, rooms: tuple[Stockroom, Stockroom]) -> int:
    """Ten tins at the first site: six on the shelf, four in the fridge behind it."""
    here, _ = rooms
    with database.writing() as session:
        lot = lot_of(session, here)
        ledger.move(session, lot, 6, OUTSIDE, shelf(here.dry), STAMP)
        ledger.move(session, lot, 4, OUTSIDE, shelf(here.fridge), STAMP)
    return lot


def stood(session: Session, lot: int) -> dict[Where, int]:
    """Where the lot stands or ended, but for the donor it came from."""
    return {s.where: s.quantity for s in sums(session, lots=[lot]) if s.where != OUTSIDE}


def unplaced(session: Session) -> list[str]:
    """Reasons of movements that went between two ends of which neither is at a site."""
    query = select(Movement.reason).where(Movement.from_place_id.is_(None), Movement.to_place_id.is_(None))
    return list(session.scalars(query))


def test_what_is_sent_is_at_neither_site_until_it_arrives(
    database: Database, rooms: tuple[Stockroom, Stockroom], peas: int
) -> None:
    here, there = rooms
    with database.writing() as session:
        number = send(session, here.site, there.site, {peas: 8}, STAMP)
        on_the_way = stood(session, peas)
        settle(session, number, {}, STAMP)

        assert on_the_way == {shelf(here.fridge): 2, Where(Account.TRANSIT): 8}
        assert stood(session, peas) == {shelf(here.fridge): 2, shelf(there.dry): 8}
        assert [(line.sent, line.received) for line in transfer(session, number).lines] == [(6, 6), (2, 2)]


@pytest.mark.parametrize(
    ("received", "why", "missing", "at_the_sender"),
    [
        (4, Difference.NEVER_LEFT, {}, 2),
        (4, Difference.BROKEN, {Where(Account.DESTROYED): 2}, 0),
        (4, Difference.TOO_WARM, {Where(Account.DESTROYED): 2}, 0),
        (4, Difference.UNKNOWN, {Where(Account.COUNT): 2}, 0),
        (7, Difference.UNKNOWN, {Where(Account.COUNT): -1}, 0),
        (0, Difference.UNKNOWN, {Where(Account.COUNT): 6}, 0),
    ],
)
def test_a_difference_is_booked_where_its_reason_says(
    database: Database,
    rooms: tuple[Stockroom, Stockroom],
    peas: int,
    received: int,
    why: Difference,
    missing: dict[Where, int],
    at_the_sender: int,
) -> None:
    here, there = rooms
    with database.writing() as session:
        number = send(session, here.site, there.site, {peas: 6}, STAMP)
        (line,) = transfer(session, number).lines
        settle(session, number, {line.id: Arrived(received, why)}, STAMP)
        told = transfer(session, number)

        expected = {shelf(here.dry): at_the_sender, shelf(here.fridge): 4, shelf(there.dry): received, **missing}
        assert stood(session, peas) == {where: quantity for where, quantity in expected.items() if quantity}
        assert told.missing_grams == (6 - received) * 400
        assert not unplaced(session), "what is lost or missing leaves a shelf, so that a site answers for it"
        assert proof.faults(session) == []


def test_a_difference_needs_its_reason_and_books_nothing_without(
    database: Database, rooms: tuple[Stockroom, Stockroom], peas: int
) -> None:
    here, there = rooms
    with database.writing() as session:
        number = send(session, here.site, there.site, {peas: 6}, STAMP)
        (line,) = transfer(session, number).lines

    with pytest.raises(SayWhy) as refused, database.writing() as session:
        settle(session, number, {line.id: Arrived(5)}, STAMP)

    assert (refused.value.data["sent"], refused.value.data["received"]) == (6, 5)
    with database.reading() as session:
        assert transfer(session, number).settled_at is None
        assert stood(session, peas)[Where(Account.TRANSIT)] == 6


def test_goods_that_never_left_go_back_to_their_own_shelves(
    database: Database, rooms: tuple[Stockroom, Stockroom], peas: int
) -> None:
    here, there = rooms
    with database.writing() as session:
        number = send(session, here.site, there.site, {peas: 10}, STAMP)
        call_back(session, number, STAMP)

        assert stood(session, peas) == {shelf(here.dry): 6, shelf(here.fridge): 4}
        assert [known.id for known in transfers(session, there.site)] == [number]


def test_what_cannot_be_sent_is_refused(database: Database, rooms: tuple[Stockroom, Stockroom], peas: int) -> None:
    here, there = rooms

    for refusal, to, quantities in (
        (SameSite, here.site, {peas: 1}),
        (NothingSent, there.site, {}),
        (NothingSent, there.site, {peas: 0}),
        (NotEnoughLeft, there.site, {peas: 11}),
    ):
        with pytest.raises(refusal), database.writing() as session:
            send(session, here.site, to, quantities, STAMP)


def test_two_people_receive_the_same_transfer_and_one_is_told(
    database: Database, rooms: tuple[Stockroom, Stockroom], peas: int
) -> None:
    here, there = rooms
    with database.writing() as session:
        number = send(session, here.site, there.site, {peas: 6}, STAMP)
    start = threading.Barrier(2)

    def receive(_: int) -> bool:
        start.wait()
        try:
            with database.writing() as session:
                settle(session, number, {}, STAMP)
        except AlreadySettled:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(receive, range(2)))

    assert done == [False, True]
    with database.reading() as session:
        assert stood(session, peas) == {shelf(here.fridge): 4, shelf(there.dry): 6}
