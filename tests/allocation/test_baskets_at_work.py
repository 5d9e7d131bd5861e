"""Goods come, are set aside, handed over, left behind and recalled, in any order: stock and baskets agree."""

import datetime as dt
from collections import Counter
from itertools import count
from typing import Any

import hypothesis.strategies as st
import msgspec
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

from allocation import baskets, recalled
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, hand_over, note_absent
from allocation.problem import Give, Plan
from allocation.sessions import expect, plan_session
from allocation.tables import BasketLine, LineOutcome, PlanRecord, Visit
from common.clock import Clock, Stamp
from common.database import Database
from common.errors import Refusal
from stock import balances, blocking, ledger, losses, lots, proof
from stock.accounts import GIVEN, ON_HAND, Account, Standing, Where
from stock.blocking import Freed
from stock.conservation import books, unplaced
from stock.counts import differences, register
from stock.counts.differences import Cause
from stock.counts.register import Tally
from stock.intake import Arrival, open_reception, take_in
from stock.promise import product_stock, recalled_lots
from stock.recalls.alerts import read_alert
from stock.recalls.register import take_in_alerts
from stock.recalls.tables import RecallHit
from stock.sums import sums
from stock.tables import Donor, Lot, Place, Reception
from tests import small_town
from tests.small_town import PASTA, YOGHURT, Town
from tests.stock.recalls.rows import row

PIECES = st.integers(1, 4)
ANYWHERE = st.sampled_from([Account.SHELF, Account.QUARANTINE])
_rounds = count(1)
"""Each run of the machine has a session and lot numbers of its own: several runs share one town."""


class AtTheCounter(RuleBasedStateMachine):
    """Two goods under lot numbers that recalls may name, and the session of four households."""

    database: Database
    town: Town
    stamp: Stamp

    lots: Bundle[int] = Bundle("lots")
    moves: Bundle[list[int]] = Bundle("moves")
    withdrawn: Bundle[tuple[int, list[int]]] = Bundle("withdrawn")

    @initialize(target=lots)
    def begin(self) -> Any:
        self.round, self.version = next(_rounds), 0
        with self.database.writing() as session:
            on = small_town.FRIDAY + dt.timedelta(days=self.round)
            self.session = plan_session(session, self.town.site_id, on, "free").id
            self.visits = [visit.id for visit in expect(session, self.session, self.town.household_ids)]
            donor = session.get_one(Donor, self.town.donor_id)
            self.reception = open_reception(session, self.town.site_id, donor, self.stamp).id
            self.places = session.scalars(select(Place.id).where(Place.storage != "frozen").order_by(Place.id)).all()
        self.received = 0
        self.mine: list[int] = []
        return multiple(self.take_in(PASTA, 5), self.take_in(YOGHURT, 5))

    @rule(target=lots, scan=st.sampled_from([PASTA, YOGHURT]), pieces=PIECES)
    def receive(self, scan: str, pieces: int) -> Any:
        return self.take_in(scan, pieces)

    def take_in(self, scan: str, pieces: int) -> Any:
        date, letter = ("06/2027", "A") if scan == PASTA else ("31/12/2026", "B")

        def work(session: Session) -> int:
            line = Arrival(scan, units=pieces, date=date, lot_number=f"{letter}{self.round}")
            return take_in(session, line, session.get_one(Reception, self.reception), self.stamp).lot_id

        lot = self.attempt(work)
        if isinstance(lot, int):
            self.received += pieces
            self.mine += [lot] * (lot not in self.mine)
        return lot

    @rule(visit=st.integers(0, 3), data=st.data())
    def set_aside(self, visit: int, data: st.DataObject) -> None:
        def work(session: Session) -> None:
            lot, _, pieces = self.any_of(session, Account.SHELF, data)
            chosen = session.get_one(Visit, self.visits[visit])
            if chosen.state == "expected":
                baskets.set_aside(session, chosen, session.get_one(Lot, lot), pieces, "", self.stamp)

        self.attempt(work)

    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        def work(session: Session) -> None:
            if waiting := self.waiting(session):
                baskets.put_back(session, data.draw(st.sampled_from(waiting)), self.stamp)

        self.attempt(work)

    @rule(wanted=st.lists(st.tuples(st.integers(0, 3), lots, PIECES), max_size=4, unique_by=lambda each: each[:2]))
    def confirm(self, wanted: list[tuple[int, int, int]]) -> None:
        """A proposal made before whatever happened since: all of it is set aside, or nothing."""

        def work(session: Session) -> None:
            codes = {lot: session.get_one(Lot, lot).code for _, lot, _ in wanted}
            names = {n: session.get_one(Visit, self.visits[n]).basket for n, _, _ in wanted}
            plan = Plan("made by hand", tuple(Give(names[n], codes[lot], pieces) for n, lot, pieces in wanted))
            kept = PlanRecord(
                session_id=self.session, made_at=self.stamp.at, state="draft", instance={}, figures={},
                plan=msgspec.to_builtins(plan),
            )  # fmt: skip
            session.add(kept)
            session.flush()
            baskets.confirm(session, kept.id, self.stamp)

        self.attempt(work)

    @rule()
    def take_back(self) -> None:
        self.attempt(lambda session: baskets.take_back(session, self.session, self.stamp) and None)

    @rule(visit=st.integers(0, 3), data=st.data())
    def hand_over(self, visit: int, data: st.DataObject) -> None:
        """Something may be left behind, now and then more than there was."""

        def work(session: Session) -> None:
            left = [
                LeftLine(line.id, pieces, Reason.TASTE, data.draw(st.sampled_from(Exit)), data.draw(st.booleans()))
                for line in session.get_one(Visit, self.visits[visit]).lines
                if (pieces := data.draw(st.integers(0, line.quantity + 1)))
            ]
            hand_over(session, self.visits[visit], left, self.stamp)

        self.attempt(work)

    @rule(visit=st.integers(0, 3))
    def stay_away(self, visit: int) -> None:
        self.attempt(lambda session: note_absent(session, self.visits[visit], self.stamp) and None)

    @rule(named=st.sampled_from(["A", "B", "AB", "Z"]))
    def recall(self, named: str) -> None:
        """A first or a newer version of this run's alert, which may name other lots than the one before."""
        self.version += 1
        gtins = {"A": [PASTA], "B": [YOGHURT], "AB": [PASTA, YOGHURT], "Z": [PASTA]}[named]
        letters = dict(zip(gtins, named, strict=True))
        items = "|".join(f"{gtin}${letters[gtin]}{self.round}$$$" for gtin in gtins)
        guid = f"round-{self.round}"
        alert = read_alert(row(rappel_guid=guid, numero_version=self.version, identification_produits=items))

        def work(session: Session) -> None:
            take_in_alerts(session, [alert] if alert else [], self.stamp)
            recalled.look_for_recalled(session, self.stamp)

        self.attempt(work)

    @rule()
    def look_again(self) -> None:
        self.attempt(lambda session: recalled.look_for_recalled(session, self.stamp) and None)

    @rule(target=withdrawn, data=st.data(), act=st.sampled_from(["clear", "confirm", "withdraw", "settle"]))
    def decide(self, data: st.DataObject, act: str) -> Any:
        def work(session: Session) -> tuple[int, list[int]] | None:
            query = select(RecallHit.id).where(RecallHit.lot_id.in_(self.mine)).order_by(RecallHit.id)
            if not (hits := session.scalars(query).all()):
                return None
            hit = data.draw(st.sampled_from(hits))
            if act == "withdraw":
                way = data.draw(st.sampled_from(list(recalled.EXITS)))
                return hit, recalled.withdraw(session, hit, way, self.stamp)
            {"clear": recalled.clear_hit, "confirm": recalled.confirm_hit, "settle": recalled.settle_hit}[act](
                session, hit, self.stamp
            )
            return None

        return self.attempt(work)

    @rule(one=withdrawn)
    def take_back_withdrawal(self, one: tuple[int, list[int]]) -> None:
        self.attempt(lambda session: recalled.take_back_withdrawal(session, *one, self.stamp))

    @rule(target=moves, act=st.sampled_from(["shift", "block", "free", "split"]), data=st.data())
    def handle(self, act: str, data: st.DataObject) -> Any:
        def work(session: Session) -> list[int]:
            target = data.draw(st.sampled_from(self.places))
            account = Account.QUARANTINE if act == "free" else Account.SHELF
            lot, origin, pieces = self.any_of(session, account, data)
            if act == "shift":
                return [lots.shift(session, lot, pieces, origin, target, self.stamp)]
            if act == "block":
                return [blocking.block(session, lot, pieces, origin, "quality", self.stamp)]
            if act == "free":
                return [blocking.release(session, lot, pieces, origin, target, Freed.CHECKED, self.stamp)]
            made = lots.split(session, lot, pieces, origin, self.stamp)
            self.mine.append(made.lot_id)
            return list(made.movements)

        return self.attempt(work)

    @rule(movements=moves)
    def undo(self, movements: list[int]) -> None:
        self.attempt(lambda session: lots.undo_moves(session, movements, self.stamp))

    @rule(lot=lots, pieces=PIECES, blocked=st.booleans(), undone=st.booleans())
    def lose(self, lot: int, pieces: int, blocked: bool, undone: bool) -> None:
        def work(session: Session) -> None:
            lost = losses.lose(session, lot, pieces, "quality", Account.ANIMALS, self.stamp, blocked=blocked)
            if undone:
                losses.undo_losses(session, lost.movements, self.stamp)

        self.attempt(work)

    @rule(found=st.integers(0, 9), account=ANYWHERE, data=st.data())
    def count(self, found: int, account: Account, data: st.DataObject) -> None:
        def work(session: Session) -> None:
            lot, place, _ = self.any_of(session, account, data)
            number = register.open_count(session, self.town.site_id, self.stamp, place_id=place)
            register.add(session, number, [Tally(lot, place, found)], self.stamp)
            differences.book(session, number, {(lot, place): Cause.UNKNOWN}, self.stamp)

        self.attempt(work)

    @invariant()
    def the_books_hold(self) -> None:
        """Received = given + lost + moved out + on hand; what baskets say is what the ledger says."""
        with self.database.reading() as session:
            said = sums(session, lots=self.mine)
            whole = sum(s.quantity for s in said if s.where.account is not Account.OUTSIDE)
            taken = select(LineOutcome.quantity).join(BasketLine).where(
                LineOutcome.taken, BasketLine.lot_id.in_(self.mine)
            )  # fmt: skip
            waiting: Counter[tuple[int, int | None]] = Counter()
            for line in self.waiting(session):
                waiting[line.lot_id, line.place_id] += line.quantity

            assert sum(s.quantity for s in said) == 0
            assert [s for s in said if s.quantity < 0 and s.where.account in ON_HAND] == []
            assert sum(s.quantity for s in said if s.where == GIVEN) == sum(session.scalars(taken))
            assert (
                Counter({(s.lot_id, s.where.place_id): s.quantity for s in said if _is(s, Account.RESERVED)}) == waiting
            )
            assert whole <= self.received, "what went back to its donor is the only difference"

    @invariant()
    def nothing_recalled_is_promised(self) -> None:
        """Free to promise is what stands on a shelf under no alert; baskets that wait hold none of the rest."""
        with self.database.reading() as session:
            recalled_now = recalled_lots(session)
            stands = sums(session, accounts=ON_HAND)
            lots_of = dict(session.execute(select(Lot.id, Lot.product_id)).all())

            assert [s for s in stands if _is(s, Account.RESERVED) and s.lot_id in recalled_now] == []
            for product in set(lots_of.values()):
                told = product_stock(session, product, self.stamp.on)
                of = [s for s in stands if lots_of[s.lot_id] == product]
                free = [s for s in of if _is(s, Account.SHELF) and s.lot_id not in recalled_now]
                assert (told.on_hand, told.free) == (sum(s.quantity for s in of), sum(s.quantity for s in free))

    def any_of(self, session: Session, account: Account, data: st.DataObject) -> tuple[int, int, int]:
        """A lot that stands there, at which place, and some of it: now and then one piece too many."""
        there = ledger.standings(session, lots=self.mine, accounts=[account])
        found = data.draw(st.sampled_from(there or [Standing(self.mine[0], Where(account, self.places[0]), 1)]))
        return found.lot_id, found.where.place_id or 0, data.draw(st.integers(1, found.quantity + 1))

    def waiting(self, session: Session) -> list[BasketLine]:
        """The lines of baskets that wait."""
        query = select(BasketLine).join(Visit).where(Visit.session_id == self.session, Visit.state == "expected")
        return list(session.scalars(query.order_by(BasketLine.id)))

    def attempt(self, work: Any) -> Any:
        """What it answers; nothing where it is refused, and then nothing is written."""
        try:
            with self.database.writing() as session:
                answer = work(session)
        except Refusal:
            return multiple()
        return multiple() if answer is None else answer


def _is(standing: Standing, account: Account) -> bool:
    return standing.where.account is account


def test_whatever_is_promised_handed_over_or_recalled_the_books_hold(
    database: Database, town: Town, clock: Clock
) -> None:
    class Here(AtTheCounter):
        pass

    Here.database, Here.town, Here.stamp = database, town, clock.stamp()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=5 if database.is_sqlite else 2,
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
