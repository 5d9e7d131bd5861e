"""Several people at the same goods at the same moment, whatever they do: nobody breaks the books for the others."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import recalled
from common.database import Database
from common.errors import Refusal
from stock import balances, blocking, intake, ledger, losses, lots, proof
from stock.accounts import ON_HAND, Account
from stock.conservation import books, unplaced
from stock.counts import differences, register
from stock.counts.differences import Cause
from stock.counts.register import Tally
from stock.intake import Arrival
from stock.recalls.alerts import read_alert
from stock.recalls.register import take_in_alerts
from stock.recalls.tables import RecallHit
from stock.sums import sums
from stock.transfers.register import Arrived, Difference, send, settle, transfer
from tests.stock.recalls.rows import row
from tests.stock.stockroom import PEAS, STAMP, stockroom

CLIENTS, ACTS = 4, 40


class SharedWork:
    """One stockroom and a few lots; what one client began, any other may go on with, count, recall or undo."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            self.here, self.there = stockroom(session), stockroom(session)
        self.lots: list[int] = []
        self.bookings: list[int] = []
        self.moves: list[int] = []
        self.transfers: list[int] = []
        self.counts: list[int] = []
        self.versions = count(1)
        self.done: list[str] = []
        with database.writing() as session:
            self.take_in(session, "A")
            self.take_in(session, "B")

    def client(self, seed: int) -> None:
        """Acts in an order of one's own, each in its transaction; what is refused changes nothing."""
        chance = Random(seed)
        acts = (self.receive, self.lose, self.move, self.block, self.send, self.settle)
        acts += (self.open_count, self.tally, self.book, self.undo, self.recall, self.withdraw)
        for _ in range(ACTS):
            act = chance.choice(acts)
            try:
                with self.database.writing() as session:
                    act(session, chance)
            except Refusal:
                continue
            self.done.append(act.__name__)

    def receive(self, session: Session, chance: Random) -> None:
        self.take_in(session, chance.choice("AB"))

    def take_in(self, session: Session, lot_number: str) -> None:
        line = Arrival(PEAS, units=20, date="06/2028", lot_number=lot_number)
        booked = intake.take_in(session, line, intake.reception(session, self.here.reception), STAMP)
        self.bookings.append(booked.movement_id)
        if booked.lot_id not in self.lots:
            self.lots.append(booked.lot_id)

    def lose(self, session: Session, chance: Random) -> None:
        blocked = chance.random() < 0.5
        losses.lose(session, _one(self.lots, chance), 1, "quality", Account.ANIMALS, STAMP, blocked=blocked)

    def move(self, session: Session, chance: Random) -> None:
        origin, target = chance.sample([self.here.dry, self.here.fridge], 2)
        self.moves.append(lots.shift(session, _one(self.lots, chance), 2, origin, target, STAMP))

    def block(self, session: Session, chance: Random) -> None:
        self.moves.append(blocking.block(session, _one(self.lots, chance), 2, self.here.dry, "quality", STAMP))

    def send(self, session: Session, chance: Random) -> None:
        goods = {_one(self.lots, chance): 2}
        self.transfers.append(send(session, self.here.site, self.there.site, goods, STAMP))

    def settle(self, session: Session, chance: Random) -> None:
        sent = transfer(session, _one(self.transfers, chance))
        settle(session, sent.id, {line.id: Arrived(1, Difference.BROKEN) for line in sent.lines}, STAMP)

    def open_count(self, session: Session, _: Random) -> None:
        self.counts.append(register.open_count(session, self.here.site, STAMP))

    def tally(self, session: Session, chance: Random) -> None:
        found = [Tally(_one(self.lots, chance), self.here.dry, chance.randrange(9))]
        register.add(session, _one(self.counts, chance), found, STAMP)

    def book(self, session: Session, chance: Random) -> None:
        why = {(lot, self.here.dry): Cause.UNWRITTEN for lot in self.lots}
        differences.book(session, _one(self.counts, chance), why, STAMP)

    def undo(self, session: Session, chance: Random) -> None:
        if chance.random() < 0.5:
            intake.undo_booking(session, _one(self.bookings, chance), STAMP)
        else:
            lots.undo_moves(session, [_one(self.moves, chance)], STAMP)

    def recall(self, session: Session, chance: Random) -> None:
        """A newer version of the alert, which may name other goods than the one before."""
        items = f"{PEAS}${chance.choice('AZZ')}$$$"
        alert = read_alert(row(numero_version=next(self.versions), identification_produits=items))
        take_in_alerts(session, [alert] if alert else [], STAMP)
        recalled.look_for_recalled(session, STAMP)

    def withdraw(self, session: Session, chance: Random) -> None:
        hits = session.scalars(select(RecallHit.id).where(RecallHit.lot_id.in_(self.lots))).all()
        recalled.withdraw(session, _one(list(hits), chance), Account.BIOWASTE, STAMP)


def _one(among: list[int], chance: Random) -> int:
    """One of them, or the number of none."""
    return chance.choice(among or [0])


def test_whatever_several_people_do_to_the_same_goods_at_once_the_books_hold(database: Database) -> None:
    work = SharedWork(database)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work.client, range(CLIENTS)))

    with database.reading() as session:
        said = sums(session, lots=work.lots, accounts=ON_HAND)
        assert [standing for standing in said if standing.quantity < 0] == []
        assert said == ledger.standings(session, lots=work.lots)
        assert (proof.faults(session), balances.drift(session)) == ([], [])
        assert ({each.off for each in books(session)}, unplaced(session)) == ({0}, None)
    # Chance and the clock decide which; were nearly all of them refused, nothing would have been shown.
    assert len(work.done) > CLIENTS * ACTS // 10
