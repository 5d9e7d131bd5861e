"""Everything people do to the shelves, in any order: what came is given, lost, missing, away or here."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from common.errors import Refusal
from network.parameters import set_parameter
from network.tables import Site
from stock import balances, blocking, freezing, intake, ledger, losses, lots, proof
from stock.accounts import ON_HAND, Account
from stock.blocking import Freed
from stock.conservation import books, unplaced
from stock.counts import differences, register
from stock.counts.differences import Cause
from stock.counts.lines import compared
from stock.counts.register import Tally
from stock.intake import Arrival
from stock.sums import sums
from stock.tables import Lot
from stock.transfers.register import Arrived, Difference, send, settle, transfer
from tests.stock.stockroom import HAM, MONDAY, PEAS, STAMP, stockroom

PIECES = st.integers(1, 6)


class AtWork(RuleBasedStateMachine):
    """Two sites; whatever is refused changes nothing, whatever is done keeps the books."""

    database: Database

    made: Bundle[int] = Bundle("made")
    moves: Bundle[list[int]] = Bundle("moves")
    sent: Bundle[int] = Bundle("sent")
    counting: Bundle[int] = Bundle("counting")

    @initialize(target=made)
    def begin(self) -> Any:
        """Two stockrooms, and something on the shelves of the first."""
        with self.database.writing() as session:
            self.rooms = stockroom(session), stockroom(session)
            site = session.get_one(Site, self.rooms[0].site).code
            rules = {"sites": [site], "families": {"cooked_ham": {"family": "frozen_meat", "days": 30}}}
            set_parameter(session, freezing.NAME, MONDAY, rules, "hygiene plan", STAMP)
        self.received = 0
        return self.take_in(HAM, 6)

    @rule(target=made, scan=st.sampled_from([HAM, PEAS]), pieces=PIECES)
    def receive(self, scan: str, pieces: int) -> Any:
        return self.take_in(scan, pieces)

    def take_in(self, scan: str, pieces: int) -> Any:
        date = "30/11" if scan == HAM else "2028"
        room = self.rooms[0]

        def work(session: Session) -> int:
            came = intake.reception(session, room.reception)
            return intake.take_in(session, Arrival(scan, units=pieces, date=date), came, STAMP).lot_id

        lot = self.attempt(work)
        self.received += pieces
        return lot

    @rule(target=moves, lot=made, pieces=PIECES, data=st.data())
    def move_or_block(self, lot: int, pieces: int, data: st.DataObject) -> Any:
        origin, target = (data.draw(st.sampled_from(self.all_places())) for _ in range(2))
        act = data.draw(st.sampled_from(["shift", "block", "free"]))

        def work(session: Session) -> list[int]:
            if act == "shift":
                return [lots.shift(session, lot, pieces, origin, target, STAMP)]
            if act == "block":
                return [blocking.block(session, lot, pieces, origin, "quality", STAMP)]
            return [blocking.release(session, lot, pieces, origin, target, Freed.CHECKED, STAMP)]

        return self.attempt(work)

    @rule(lot=made, pieces=PIECES, blocked=st.booleans())
    def lose(self, lot: int, pieces: int, blocked: bool) -> None:
        self.attempt(lambda s: losses.lose(s, lot, pieces, "quality", Account.ANIMALS, STAMP, blocked=blocked))

    @rule(target=made, lot=made, pieces=PIECES, frozen=st.booleans(), data=st.data())
    def split_or_freeze(self, lot: int, pieces: int, frozen: bool, data: st.DataObject) -> Any:
        room = self.rooms[0]
        place = data.draw(st.sampled_from([room.dry, room.fridge]))

        def work(session: Session) -> lots.Made:
            if frozen:
                return freezing.freeze(session, lot, pieces, place, room.freezer, STAMP)
            return lots.split(session, lot, pieces, place, STAMP)

        made = self.attempt(work)
        return made.lot_id if isinstance(made, lots.Made) else multiple()

    @rule(movements=moves)
    def undo(self, movements: list[int]) -> None:
        self.attempt(lambda session: lots.undo_moves(session, movements, STAMP))

    @rule(target=sent, lot=made, pieces=PIECES)
    def send_away(self, lot: int, pieces: int) -> Any:
        here, there = self.rooms
        return self.attempt(lambda session: send(session, here.site, there.site, {lot: pieces}, STAMP))

    @rule(number=sent, arrived=st.integers(0, 7), why=st.sampled_from(Difference))
    def arrive(self, number: int, arrived: int, why: Difference) -> None:
        def work(session: Session) -> None:
            settle(session, number, {n.id: Arrived(arrived, why) for n in transfer(session, number).lines}, STAMP)

        self.attempt(work)

    @rule(target=counting, site=st.integers(0, 1))
    def begin_count(self, site: int) -> Any:
        return self.attempt(lambda session: register.open_count(session, self.rooms[site].site, STAMP))

    @rule(number=counting, lot=made, pieces=st.integers(0, 6), data=st.data())
    def count(self, number: int, lot: int, pieces: int, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.all_places()))
        self.attempt(lambda session: register.add(session, number, [Tally(lot, place, pieces)], STAMP))

    @rule(number=counting, cause=st.sampled_from(Cause))
    def book_count(self, number: int, cause: Cause) -> None:
        """Afterwards the books say of every counted line what was found, as far as nothing moved since."""

        def work(session: Session) -> None:
            lines = compared(session, register.get_count(session, number))
            keys = {(each.line.lot_id, each.line.place_id): each for each in lines}
            before = register.standing_now(session, {k[0] for k in keys}, {k[1] for k in keys}) if keys else {}
            differences.book(session, number, dict.fromkeys(keys, cause), STAMP)
            after = register.standing_now(session, {k[0] for k in keys}, {k[1] for k in keys}) if keys else {}
            for key, each in keys.items():
                assert after.get(key, 0) - before.get(key, 0) == each.difference

        self.attempt(work)

    @rule(number=counting)
    def take_count_back(self, number: int) -> None:
        self.attempt(lambda session: differences.take_booking_back(session, number, STAMP))

    @invariant()
    def the_books_hold(self) -> None:
        with self.database.reading() as session:
            mine = session.scalars(select(Lot.id).where(Lot.reception_id.in_([r.reception for r in self.rooms]))).all()
            said = sums(session, lots=mine, accounts=ON_HAND)
            came = sum(s.quantity for s in sums(session, lots=mine, accounts=[Account.OUTSIDE]))

            assert said == ledger.standings(session, lots=mine)
            assert [s for s in said if s.quantity < 0] == []
            assert came == -self.received
            remade = sums(session, lots=mine, accounts=[Account.REMADE])
            assert sum(s.quantity for s in remade) == 0, "what one lot gave another got"

    def all_places(self) -> list[int]:
        return [place for room in self.rooms for place in (room.dry, room.fridge, room.freezer)]

    def attempt(self, work: Any) -> Any:
        """What it answers; nothing where it is refused, and then nothing is written."""
        try:
            with self.database.writing() as session:
                answer = work(session)
        except Refusal:
            return multiple()
        return multiple() if answer is None else answer


def test_whatever_people_do_in_any_order_the_books_hold(database: Database) -> None:
    class Here(AtWork):
        pass

    Here.database = database
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=7 if database.is_sqlite else 3,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )

    with database.reading() as session:
        assert proof.faults(session) == []
        assert balances.drift(session) == []
        assert {each.off for each in books(session)} == {0}
        assert unplaced(session) is None
