"""The books of sites, donors and programmes add up, and say where they do not."""

import pytest
from sqlalchemy import update

from common.database import Database
from stock import ledger
from stock.accounts import COUNTED, GIVEN, OUTSIDE, Account, Where, shelf
from stock.conservation import DONOR, ON_THE_WAY, PROGRAMME, SITE, Books, books, unplaced
from stock.lots import split
from stock.tables import Balance
from stock.transfers.register import Arrived, Difference, send, settle, transfer
from tests.stock.stockroom import STAMP, Stockroom, lot_of, stockroom


@pytest.fixture
def rooms(database: Database) -> tuple[Stockroom, Stockroom]:
    """Tins of 400 g came to the first site, were given, lost, missed and split; some went to the second, one broke."""
    with database.writing() as session:
        here, there = stockroom(session), stockroom(session)
        lot = lot_of(session, here)
        ledger.move(session, lot, 20, OUTSIDE, shelf(here.dry), STAMP)
        ledger.move(session, lot, 4, shelf(here.dry), GIVEN, STAMP)
        ledger.move(session, lot, 1, GIVEN, shelf(here.dry), STAMP)
        ledger.move(session, lot, 2, shelf(here.dry), Where(Account.BIOWASTE), STAMP)
        ledger.move(session, lot, 1, shelf(here.dry), COUNTED, STAMP)
        ledger.move(session, lot, 1, shelf(here.dry), OUTSIDE, STAMP)
        split(session, lot, 3, here.dry, STAMP)
        number = send(session, here.site, there.site, {lot: 5}, STAMP)
        (line,) = transfer(session, number).lines
        settle(session, number, {line.id: Arrived(4, Difference.BROKEN)}, STAMP)
        send(session, here.site, there.site, {lot: 2}, STAMP)
        return here, there


def tins(told: list[Books], of: str) -> dict[str, tuple[int, ...]]:
    """Received, given, lost, missing, sent away and on hand, in tins."""
    return {
        b.name: tuple(n // 400 for n in (b.received, b.given, b.lost, b.missing, b.away, b.on_hand))
        for b in told
        if b.of == of
    }


def test_every_site_donor_and_programme_accounts_for_every_gram(
    database: Database, rooms: tuple[Stockroom, Stockroom]
) -> None:
    with database.reading() as session:
        told = books(session)

    by_site = tins(told, SITE)
    assert by_site.pop(ON_THE_WAY) == (0, 0, 0, 0, -2, 2)
    assert sorted(by_site.values()) == [(0, 0, 1, 0, -5, 4), (19, 3, 2, 1, 7, 6)]
    assert list(tins(told, DONOR).values()) == [(19, 3, 3, 1, 0, 12)]
    assert tins(told, PROGRAMME) == {"donation": (19, 3, 3, 1, 0, 12)}
    assert {each.off for each in told} == {0}


def test_what_is_written_past_the_ledger_is_named(database: Database, rooms: tuple[Stockroom, Stockroom]) -> None:
    with database.writing() as session:
        session.execute(update(Balance).where(Balance.place_id == rooms[1].dry).values(quantity=Balance.quantity - 1))

        assert sorted({(each.of, each.off) for each in books(session) if each.off}) == [
            (DONOR, 400),
            (PROGRAMME, 400),
            (SITE, 400),
        ]


def test_goods_that_never_stood_anywhere_are_named(database: Database, rooms: tuple[Stockroom, Stockroom]) -> None:
    with database.writing() as session:
        nowhere = unplaced(session)
        number = ledger.move(session, lot_of(session, rooms[0]), 1, OUTSIDE, GIVEN, STAMP)

        assert nowhere is None
        assert unplaced(session) == number
