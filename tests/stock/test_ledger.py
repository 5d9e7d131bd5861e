"""The ledger against a plain model, against people who act at once, and against a hand that writes past it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.clock import Clock
from common.database import Database
from common.errors import NotFound, Refusal
from common.words import Grams
from stock import balances, ledger, proof
from stock.ledger import GIVEN, ON_HAND, OUTSIDE, Account, Moving, NotEnoughLeft, Standing, Where
from stock.proof import Fault
from stock.sums import sums
from tests.databases import SqliteMaker, lent
from tests.stock.stockroom import Stockroom, lot_of, stockroom
from tests.stock.together import at_once

STAMP = Clock(at=dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)).stamp()


@pytest.fixture
def lot(database: Database, room: Stockroom) -> int:
    """Ten pieces on the dry shelf."""
    with database.writing() as session:
        lot_id = lot_of(session, room)
        ledger.move(session, lot_id, 10, OUTSIDE, ledger.shelf(room.dry), STAMP)
    return lot_id


@pytest.fixture
def sqlite_database(sqlite_maker: SqliteMaker) -> Iterator[Database]:
    """A bug planted in Python shows on either database: the quicker one is enough."""
    with lent(sqlite_maker, sqlite_maker.migrated()) as url, closing(Database(url)) as doors:
        yield doors


# Against a plain model


class Machine(RuleBasedStateMachine):
    """People do things to three lots in any order; a counter keeps the same books in memory."""

    database: Database

    done: Bundle[int] = Bundle("done")

    @initialize()
    def begin(self) -> None:
        self.books: Counter[tuple[int, Where]] = Counter()
        self.written: dict[int, Moving] = {}
        self.undone: set[int] = set()
        with self.database.writing() as session:
            room = stockroom(session)
            self.lots = [lot_of(session, room) for _ in range(3)]
        self.places = [room.dry, room.fridge]
        self.wheres = [Where(a, p) for a in sorted(ledger.PLACED) for p in self.places]
        self.wheres += [Where(a) for a in Account if a not in ledger.PLACED]

    @rule(target=done, lot=st.integers(0, 2), place=st.integers(0, 1), quantity=st.integers(1, 5))
    def receive(self, lot: int, place: int, quantity: int) -> Any:
        return self.post([Moving(self.lots[lot], quantity, OUTSIDE, ledger.shelf(self.places[place]))])

    @rule(target=done, data=st.data())
    def move_some(self, data: st.DataObject) -> Any:
        """One to three movements at once: reserve, release, give, lose, block, shelve elsewhere, count."""
        wheres = [self.any_standing(data) for _ in range(data.draw(st.integers(1, 3)))]
        return self.post([self.any_moving(data, *where) for where in wheres])

    @rule(target=done, data=st.data(), ways=st.integers(2, 3))
    def share_out(self, data: st.DataObject, ways: int) -> Any:
        """What stands in one place goes two or three ways at once."""
        where = self.any_standing(data)
        return self.post([self.any_moving(data, *where) for _ in range(ways)])

    @rule(target=done, movement=done)
    def undo(self, movement: int) -> Any:
        moving = self.written[movement]
        counter = Moving(moving.lot_id, moving.quantity, moving.target, moving.source)
        try:
            with self.database.writing() as session:
                number = ledger.undo(session, movement, STAMP)
        except ledger.AlreadyUndone:
            assert movement in self.undone
            return multiple()
        except NotEnoughLeft:
            assert movement not in self.undone
            assert not self.has([counter])
            return multiple()
        assert movement not in self.undone
        self.undone.add(movement)
        self.note([number], [counter])
        return number

    @invariant()
    def the_books_hold(self) -> None:
        with self.database.reading() as session:
            said = sums(session, lots=self.lots)
            kept = ledger.standings(session, lots=self.lots)
        received_less_gone: Counter[int] = Counter()
        for standing in said:
            received_less_gone[standing.lot_id] += standing.quantity

        assert [s for s in said if s.quantity < 0 and s.where.account in ON_HAND] == [], "never below zero"
        assert set(received_less_gone.values()) <= {0}, "received = given + lost + moved out + on hand"
        assert [s for s in said if s.where.account in ON_HAND] == kept, "the balances are the sums"
        assert {(s.lot_id, s.where): s.quantity for s in said} == {k: q for k, q in self.books.items() if q}

    def any_standing(self, data: st.DataObject) -> tuple[int, Where, int]:
        """A lot that is somewhere on hand, where, and how much of it."""
        there = sorted((*key, quantity) for key, quantity in self.books.items() if quantity > 0)
        return data.draw(st.sampled_from(there or [(self.lots[0], Where(Account.COUNT), 1)]))

    def any_moving(self, data: st.DataObject, lot: int, source: Where, quantity: int) -> Moving:
        """Now and then one piece too many."""
        target = data.draw(st.sampled_from([w for w in self.wheres if w != source]))
        return Moving(lot, data.draw(st.integers(1, quantity + 1)), source, target)

    def post(self, movings: Sequence[Moving]) -> Any:
        try:
            with self.database.writing() as session:
                numbers = ledger.post(session, movings, STAMP)
        except NotEnoughLeft:
            assert not self.has(movings)
            return multiple()
        self.note(numbers, movings)
        return multiple(*numbers)

    def has(self, movings: Sequence[Moving]) -> bool:
        asked: Counter[tuple[int, Where]] = Counter()
        for moving in movings:
            if moving.source.account not in ledger.BOTTOMLESS:
                asked[moving.lot_id, moving.source] += moving.quantity
        return all(self.books[key] >= quantity for key, quantity in asked.items())

    def note(self, numbers: Sequence[int], movings: Sequence[Moving]) -> None:
        for number, moving in zip(numbers, movings, strict=True):
            self.written[number] = moving
            self.books[moving.lot_id, moving.source] -= moving.quantity
            self.books[moving.lot_id, moving.target] += moving.quantity


def run_machine(database: Database, examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    class Here(Machine):
        pass

    Here.database = database
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def test_any_order_of_movements_conserves_the_goods_and_never_goes_below_zero(database: Database) -> None:
    run_machine(database, examples=20 if database.is_sqlite else 8, steps=25)

    with database.reading() as session:
        assert proof.faults(session) == []


def no_guard(session: Session, movings: Sequence[Moving]) -> None:
    """Forgets to look."""


def guard_of_each_movement_alone(session: Session, movings: Sequence[Moving]) -> None:
    """Forgets that several movements of one call may take from the same shelf."""
    for moving in movings:
        GUARD(session, [moving])


def guard_that_is_one_off(session: Session, movings: Sequence[Moving]) -> None:
    less_one = [Moving(m.lot_id, m.quantity - 1, m.source, m.target) for m in movings if m.quantity > 1]
    GUARD(session, less_one)


GUARD = ledger._refuse_what_is_not_there


@pytest.mark.parametrize("broken", [no_guard, guard_of_each_movement_alone, guard_that_is_one_off])
def test_the_machine_finds_a_planted_bug(
    broken: Callable[..., None], sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_refuse_what_is_not_there", broken)

    with pytest.raises((AssertionError, ExceptionGroup, IntegrityError)):
        run_machine(sqlite_database, examples=200, steps=25, phases=[Phase.generate])


# Against people who act at once


def test_two_people_take_the_last_unit_and_one_gets_it(database: Database, room: Stockroom, lot: int) -> None:
    def take(quantity: int) -> Callable[[Session], int]:
        return lambda session: ledger.move(session, lot, quantity, ledger.shelf(room.dry), GIVEN, STAMP)

    with database.writing() as session:
        take(9)(session)

    answers = at_once(database, [take(1), take(1)])

    refusals = [a for a in answers if isinstance(a, Refusal)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], NotEnoughLeft)
    assert (refusals[0].data["left"], refusals[0].data["asked"]) == (0, 1)


def test_eight_people_at_once_take_no_more_than_there_is(database: Database, room: Stockroom, lot: int) -> None:
    def take(session: Session) -> int:
        return ledger.move(session, lot, 3, ledger.shelf(room.dry), GIVEN, STAMP)

    answers = at_once(database, [take] * 8)

    assert sum(isinstance(a, int) for a in answers) == 3
    with database.reading() as session:
        assert ledger.standings(session, lots=[lot]) == [Standing(lot, ledger.shelf(room.dry), 1)]


def test_two_posts_over_the_same_lots_in_opposite_orders_wait_for_each_other(
    database: Database, room: Stockroom
) -> None:
    with database.writing() as session:
        lots = [lot_of(session, room) for _ in range(2)]
        ledger.post(session, [Moving(n, 10, OUTSIDE, ledger.shelf(room.dry)) for n in lots], STAMP)

    def take(order: list[int]) -> Callable[[Session], int]:
        return lambda session: len(
            ledger.post(session, [Moving(n, 5, ledger.shelf(room.dry), GIVEN) for n in order], STAMP)
        )

    answers = at_once(database, [take(lots), take(lots[::-1])])

    assert answers == [2, 2]


def test_two_people_undo_the_same_movement_and_one_is_told(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        taken = ledger.move(session, lot, 4, ledger.shelf(room.dry), GIVEN, STAMP)

    answers = at_once(database, [lambda session: ledger.undo(session, taken, STAMP)] * 2)

    assert sum(isinstance(a, ledger.AlreadyUndone) for a in answers) == 1
    with database.reading() as session:
        assert ledger.standings(session, lots=[lot]) == [Standing(lot, ledger.shelf(room.dry), 10)]


# One by one


def test_all_movements_of_a_post_are_written_or_none(database: Database, room: Stockroom, lot: int) -> None:
    here = ledger.shelf(room.dry)

    with pytest.raises(NotEnoughLeft), database.writing() as session:
        ledger.post(session, [Moving(lot, 6, here, GIVEN), Moving(lot, 5, here, GIVEN)], STAMP)

    with database.reading() as session:
        assert ledger.standings(session, lots=[lot]) == [Standing(lot, here, 10)]


def test_what_is_reserved_is_not_promised_twice(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        ledger.move(session, lot, 8, ledger.shelf(room.dry), ledger.reserved(room.dry), STAMP)

    with pytest.raises(NotEnoughLeft) as refused, database.writing() as session:
        ledger.move(session, lot, 3, ledger.shelf(room.dry), ledger.reserved(room.dry), STAMP)

    assert (refused.value.data["left"], refused.value.data["asked"]) == (2, 3)


def test_a_weighed_lot_is_refused_in_grams(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        lot_id = lot_of(session, room, measure="gram")
        ledger.move(session, lot_id, 300, OUTSIDE, ledger.shelf(room.dry), STAMP)

    with pytest.raises(NotEnoughLeft) as refused, database.writing() as session:
        ledger.move(session, lot_id, 500, ledger.shelf(room.dry), GIVEN, STAMP)

    assert isinstance(refused.value.data["left"], Grams)


def test_a_movement_is_undone_once(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        taken = ledger.move(session, lot, 4, ledger.shelf(room.dry), GIVEN, STAMP)
        ledger.undo(session, taken, STAMP)

    with pytest.raises(ledger.AlreadyUndone), database.writing() as session:
        ledger.undo(session, taken, STAMP)


def test_goods_that_have_gone_on_cannot_be_undone(database: Database, room: Stockroom) -> None:
    with database.writing() as session:
        lot_id = lot_of(session, room)
        came = ledger.move(session, lot_id, 10, OUTSIDE, ledger.shelf(room.dry), STAMP)
        ledger.move(session, lot_id, 1, ledger.shelf(room.dry), GIVEN, STAMP)

    with pytest.raises(NotEnoughLeft), database.writing() as session:
        ledger.undo(session, came, STAMP)


def test_a_movement_that_never_was_cannot_be_undone(database: Database) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        ledger.undo(session, 404, STAMP)


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_movement_has_a_quantity(database: Database, room: Stockroom, lot: int, quantity: int) -> None:
    with pytest.raises(ledger.OutOfPlace), database.writing() as session:
        ledger.move(session, lot, quantity, ledger.shelf(room.dry), GIVEN, STAMP)


def test_a_movement_goes_somewhere_else(database: Database, room: Stockroom, lot: int) -> None:
    with pytest.raises(ledger.OutOfPlace), database.writing() as session:
        ledger.move(session, lot, 1, ledger.shelf(room.dry), ledger.shelf(room.dry), STAMP)


@pytest.mark.parametrize(("account", "place"), [(Account.SHELF, None), (Account.GIVEN, 1)])
def test_only_accounts_of_a_site_have_a_place(account: Account, place: int | None) -> None:
    with pytest.raises(ValueError, match=account.value):
        Where(account, place)


def test_nothing_to_post_writes_nothing(database: Database) -> None:
    with database.writing() as session:
        assert ledger.post(session, [], STAMP) == []


def test_a_row_written_past_the_ledger_is_found(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        number = session.scalar(
            text(
                'INSERT INTO movements (lot_id, from_account, from_place_id, to_account, quantity, reason, at, "on")'
                " VALUES (:lot, 'shelf', :place, 'given', 11, '', '2026-11-23 08:00:00', '2026-11-23') RETURNING id"
            ),
            {"lot": lot, "place": room.dry},
        )

    with database.reading() as session:
        assert proof.faults(session) == [Fault(number, lot, "shelf", room.dry, -1)]


def test_a_balance_that_drifted_is_found_and_made_anew(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE balances SET quantity = 12 WHERE lot_id = :lot"), {"lot": lot})

    with database.writing() as session:
        found = balances.drift(session)
        balances.rebuild(session)

    assert found == [Standing(lot, ledger.shelf(room.dry), 2)]
    with database.reading() as session:
        assert balances.drift(session) == []
        assert ledger.standings(session, lots=[lot]) == [Standing(lot, ledger.shelf(room.dry), 10)]


def test_people_who_bring_and_take_at_once_leave_balances_that_are_the_sums(
    database: Database, room: Stockroom, lot: int
) -> None:
    here = ledger.shelf(room.dry)

    def go(source: Where, target: Where) -> Callable[[Session], int]:
        return lambda session: ledger.move(session, lot, 2, source, target, STAMP)

    at_once(database, [go(OUTSIDE, here), go(here, GIVEN)] * 4)

    with database.reading() as session:
        assert balances.drift(session) == []
        assert ledger.standings(session, lots=[lot]) == [Standing(lot, here, 10)]
