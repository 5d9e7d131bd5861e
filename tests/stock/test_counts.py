"""Counts: blind, by several people at once, while goods come and go; then booked with a cause, and taken back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from common.errors import NotFound
from common.words import words
from network.tables import AuditEntry
from stock import ledger, proof
from stock.counts import differences, register
from stock.counts.differences import Cause, PromisedElsewhere, SayWhyItDiffers
from stock.counts.lines import compared, lines
from stock.counts.register import AlreadyCounting, CountClosed, NotInThisCount, Tally
from stock.counts.scanning import NoSuchLot, meant
from stock.ledger import GIVEN, OUTSIDE, Account, quarantined, reserved, shelf
from stock.sums import sums
from stock.tables import Lot
from tests.stock.stockroom import CASE_OF_PEAS, HAM, MONDAY, PEAS, STAMP, Stockroom, lot_of
from tests.stock.together import at_once


@pytest.fixture
def peas(database: Database, room: Stockroom) -> int:
    """Ten tins on the shelf, two of them promised to a basket."""
    with database.writing() as session:
        lot = lot_of(session, room)
        ledger.move(session, lot, 10, OUTSIDE, shelf(room.dry), STAMP)
        ledger.move(session, lot, 2, shelf(room.dry), reserved(room.dry), STAMP)
    return lot


def found(session: Session, number: int) -> dict[int, int | None]:
    return {line.lot_id: line.found for line in lines(session, register.get_count(session, number))}


def differing(session: Session, number: int) -> dict[int, int]:
    return {each.line.lot_id: each.difference for each in compared(session, register.get_count(session, number))}


def free(session: Session, lot: int) -> int:
    return sum(s.quantity for s in ledger.standings(session, lots=[lot], accounts=[Account.SHELF]))


def test_what_is_promised_or_blocked_stands_there_too(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        ledger.move(session, peas, 1, shelf(room.dry), quarantined(room.dry), STAMP)
        number = register.open_count(session, room.site, STAMP, place_id=room.dry)
        before = found(session, number)
        register.add(session, number, [Tally(peas, room.dry, 10)], STAMP)

        assert before == {peas: None}
        assert differing(session, number) == {peas: 0}


def test_what_moves_before_or_after_a_tally_makes_no_difference(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        ledger.move(session, peas, 3, shelf(room.dry), GIVEN, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 6)], STAMP)
        ledger.move(session, peas, 4, shelf(room.dry), GIVEN, STAMP)

        assert differing(session, number) == {peas: -1}
        assert differences.book(session, number, {(peas, room.dry): Cause.UNKNOWN}, STAMP) == 1
        assert free(session, peas) == 0


def test_a_lot_that_moved_between_two_tallies_is_counted_again(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 5)], STAMP)
        ledger.move(session, peas, 1, shelf(room.dry), GIVEN, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 5)], STAMP)
        count = register.get_count(session, number)

        assert [line.moved for line in lines(session, count)] == [True]
        with pytest.raises(differences.CountAgain):
            differences.book(session, number, {(peas, room.dry): Cause.UNKNOWN}, STAMP)
        register.count_anew(session, number, peas, room.dry, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 9)], STAMP)
        assert [(line.found, line.moved) for line in lines(session, count)] == [(9, False)]
        assert differing(session, number) == {peas: 0}


def test_a_tally_taken_back_counts_no_more(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        first, _ = register.add(session, number, [Tally(peas, room.dry, 5), Tally(peas, room.dry, 4)], STAMP)
        register.take_back(session, number, [first], STAMP)

        assert found(session, number) == {peas: 4}
        assert [entry.quantity for entry in register.last_entries(session, number)] == [4]


def test_missing_goods_leave_the_shelf_and_found_ones_come_onto_it(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        ledger.move(session, peas, 1, shelf(room.dry), shelf(room.fridge), STAMP)
        number = register.open_count(session, room.site, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 6), Tally(peas, room.fridge, 3)], STAMP)
        with pytest.raises(SayWhyItDiffers):
            differences.book(session, number, {(peas, room.dry): Cause.BROKEN}, STAMP)
        causes = {(peas, room.dry): Cause.BROKEN, (peas, room.fridge): Cause.ELSEWHERE}
        differences.book(session, number, causes, STAMP)

        stood = {s.where.account: s.quantity for s in sums(session, lots=[peas]) if s.where.account != Account.SHELF}
        assert stood == {Account.OUTSIDE: -10, Account.COUNT: -2, Account.DESTROYED: 3, Account.RESERVED: 2}
        assert free(session, peas) == 7
        assert differences.booked_causes(session, number) == causes
        assert proof.faults(session) == []


def test_goods_promised_to_a_basket_are_not_taken_from_it_silently(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 1)], STAMP)

        with pytest.raises(PromisedElsewhere) as refused:
            differences.book(session, number, {(peas, room.dry): Cause.TAKEN}, STAMP)

    assert (refused.value.data["missing"], refused.value.data["free"]) == (9, 8)


def test_a_booking_is_taken_back_and_the_count_goes_on(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 8)], STAMP)
        differences.book(session, number, {(peas, room.dry): Cause.UNKNOWN}, STAMP)
        with pytest.raises(CountClosed):
            register.add(session, number, [Tally(peas, room.dry, 1)], STAMP)
        differences.take_booking_back(session, number, STAMP)

        assert free(session, peas) == 8
        assert register.count_row(session, number).closed_at is None
        assert differing(session, number) == {peas: -2}


def test_a_dropped_count_books_nothing_and_may_be_taken_up_again(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        register.add(session, number, [Tally(peas, room.dry, 1)], STAMP)
        register.drop(session, number, STAMP)
        with pytest.raises(CountClosed):
            differences.take_booking_back(session, number, STAMP)
        register.take_up(session, number, STAMP)

        assert free(session, peas) == 8
        assert found(session, number) == {peas: 1}


def test_two_open_counts_never_cover_the_same_goods(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        register.open_count(session, room.site, STAMP, place_id=room.dry)
        register.open_count(session, room.site, STAMP, place_id=room.fridge)
        for place, family in ((None, None), (room.dry, None), (None, "tinned_produce")):
            with pytest.raises(AlreadyCounting) as refused:
                register.open_count(session, room.site, STAMP, place_id=place, family_code=family)
            assert refused.value.data["what"] == ["Shelf"]
        register.open_count(session, room.site, STAMP, place_id=room.freezer, family_code="bread")
        with pytest.raises(AlreadyCounting) as refused:
            register.open_count(session, room.site, STAMP, place_id=room.freezer)
        assert "« Freezer et Pain frais », commencé le 23/11 09:00" in refused.value.say(words("fr")).replace(
            "\u202f", " "
        )


def test_a_count_of_one_family_asks_for_no_other(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP, family_code="bread")

        assert found(session, number) == {}
        with pytest.raises(NotInThisCount):
            register.add(session, number, [Tally(peas, room.dry, 1)], STAMP)
        with pytest.raises(NotFound):
            register.add(session, number, [Tally(peas, 999, 1)], STAMP)


def test_a_scan_means_the_lots_of_its_product_and_a_case_counts_what_is_in_it(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        other = lot_of(session, room)
        ledger.move(session, other, 1, OUTSIDE, shelf(room.fridge), STAMP)
        count = register.get_count(session, register.open_count(session, room.site, STAMP))
        ledger.move(session, peas, 8, shelf(room.dry), GIVEN, STAMP)
        ledger.move(session, peas, 2, reserved(room.dry), GIVEN, STAMP)

        assert meant(session, count, CASE_OF_PEAS, room.fridge, MONDAY).lots == (other,)
        assert meant(session, count, CASE_OF_PEAS, room.dry, MONDAY).units == 6
        assert meant(session, count, PEAS, room.dry, MONDAY).lots == (other,), "of the site, where none stands here"
        with pytest.raises(NoSuchLot):
            meant(session, count, HAM, room.dry, MONDAY)


@pytest.mark.parametrize("typed", ["LOT-{code}", "{code}", " {lower}- "])
def test_the_characters_under_a_label_name_its_lot_in_a_count(
    database: Database, room: Stockroom, peas: int, typed: str
) -> None:
    with database.writing() as session:
        count = register.get_count(session, register.open_count(session, room.site, STAMP))
        code = session.get_one(Lot, peas).code

        assert meant(session, count, typed.format(code=code, lower=code.lower()), room.dry, MONDAY).lots == (peas,)


def test_people_who_count_at_once_lose_nothing_and_one_of_two_books(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)

    def count_one(session: Session) -> int:
        return len(register.add(session, number, [Tally(peas, room.dry, 1)], STAMP))

    def book(session: Session) -> int:
        return differences.book(session, number, {(peas, room.dry): Cause.UNKNOWN}, STAMP)

    def take(session: Session) -> int:
        return ledger.move(session, peas, 1, shelf(room.dry), GIVEN, STAMP)

    works: list[Callable[[Session], int]] = [count_one] * 6
    counted = at_once(database, works)
    booked = at_once(database, [book, book, take])

    assert counted == [1] * 6
    assert sum(isinstance(answer, CountClosed) for answer in booked) == 1
    with database.reading() as session:
        assert found(session, number) == {peas: 6}
        assert free(session, peas) == 3, "ten less two promised, four missing, one taken"
        assert proof.faults(session) == []


def test_who_takes_tallies_back_counts_anew_or_opens_a_dropped_count_again_is_kept(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        number = register.open_count(session, room.site, STAMP)
        first, _ = register.add(session, number, [Tally(peas, room.dry, 5), Tally(peas, room.dry, 4)], STAMP)
        register.take_back(session, number, [first], STAMP)
        register.count_anew(session, number, peas, room.dry, STAMP)
        register.drop(session, number, STAMP)
        register.take_up(session, number, STAMP)
        with pytest.raises(NotFound):
            register.take_back(session, number, [], STAMP)

        entries = select(AuditEntry.action, AuditEntry.subject, AuditEntry.account_id).order_by(AuditEntry.id)
        kept = session.execute(entries).all()
    did = [action for action, subject, by in kept if (subject, by) == (f"count:{number}", STAMP.by)]
    assert did[-3:] == ["count.take_back", "count.anew", "count.take_up"]
