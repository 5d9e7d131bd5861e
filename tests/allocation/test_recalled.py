"""A recall reaches goods on shelves, in baskets and at home; what a person says of it holds."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from allocation import baskets
from allocation.concerned import concerned, served_by, watch
from allocation.handover import hand_over, sheets
from allocation.proposals import propose
from allocation.recalled import (
    EXITS,
    check_recalls,
    clear_hit,
    fetch_recalls,
    take_back_withdrawal,
    withdraw,
)
from allocation.tables import Visit
from common.clock import Clock
from common.database import Database
from stock import blocking, losses
from stock.counts import differences, register
from stock.counts.differences import Cause
from stock.counts.register import Tally
from stock.ledger import Account, standings
from stock.lots import StillRecalled, undo_moves
from stock.proof import faults
from stock.recalls.rappelconso import DATASETS, RecallsOutOfReach
from stock.recalls.tables import RecallHit, RecallNotice
from stock.refusals import LotNumberNeeded, UnderRecall
from stock.tables import Lot
from tests import small_town
from tests.small_town import MILK, PASTA, YOGHURT, Arrival, Town
from tests.stock.recalls.rows import row

BY_DATE = f"{YOGHURT}$$date limite de consommation$2026-11-26$2026-11-28"


def amounts(database: Database, lot_id: int) -> dict[Account, int]:
    with database.reading() as session:
        return {s.where.account: s.quantity for s in standings(session, lots=[lot_id], accounts=list(Account))}


def hits(database: Database) -> list[tuple[int, str, str]]:
    with database.reading() as session:
        return [(hit.lot_id, hit.level, hit.state) for hit in session.scalars(select(RecallHit).order_by(RecallHit.id))]


def test_a_recall_takes_goods_off_shelves_and_out_of_baskets_and_knows_who_had_some(
    database: Database, town: Town, clock: Clock
) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id
    plan_id = propose(database, town.session_id, clock.stamp(), effort=0.05)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
    with database.reading() as session:
        holding = [s for s in sheets(session, town.session_id) if any(line.product_id == 2 for line in s.lines)]
    assert len(holding) > 1
    with database.writing() as session:
        hand_over(session, holding[0].visit_id, [], clock.stamp())
    eaten = amounts(database, lot)[Account.GIVEN]

    checked = check_recalls(database, [row(identification_produits=BY_DATE)], "file", clock.stamp())

    assert (checked.read, checked.changed, checked.hits) == (1, 1, 1)
    assert amounts(database, lot) == {Account.OUTSIDE: -8, Account.QUARANTINE: 8 - eaten, Account.GIVEN: eaten}
    assert hits(database) == [(lot, "certain", "open")]
    with database.writing() as session:
        served = served_by(concerned(session, [1])[1])
        assert [one.card for one in served] == [holding[0].card]
        for visit_id in session.scalars(select(Visit.id).where(Visit.state == "expected")):
            hand_over(session, visit_id, [], clock.stamp())
        assert faults(session) == []


def test_the_same_rows_again_change_nothing_and_a_persons_word_holds_until_the_alert_changes(
    database: Database, town: Town, clock: Clock
) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id
    rows = [row(gtin=YOGHURT), row(identification_produits=BY_DATE)]
    check_recalls(database, rows, "file", clock.stamp())
    with database.writing() as session:
        clear_hit(session, 1, clock.stamp())

    again = check_recalls(database, rows, "file", clock.stamp())
    older = check_recalls(database, [row(numero_version=0, motif_rappel="autre")], "file", clock.stamp())

    assert (again.changed, again.hits, older.changed) == (0, 0, 0)
    assert hits(database) == [(lot, "certain", "cleared")]
    assert amounts(database, lot)[Account.SHELF] == 8

    check_recalls(database, [row(numero_version=2, gtin=YOGHURT)], "file", clock.stamp())

    assert hits(database) == [(lot, "probable", "open")]
    assert amounts(database, lot)[Account.QUARANTINE] == 8


def test_goods_that_a_newer_version_names_no_more_stay_blocked_until_somebody_looks(
    database: Database, town: Town, clock: Clock
) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id
    check_recalls(database, [row(gtin=YOGHURT)], "file", clock.stamp())

    check_recalls(
        database,
        [row(numero_version=2, identification_produits=f"{YOGHURT}$L5$$$|{PASTA}$L9$$$")],
        "file",
        clock.stamp(),
    )
    with database.reading() as session:
        version = session.scalars(select(RecallNotice.version)).one()

    assert version == 2
    assert hits(database)[0] == (lot, "probable", "open")

    dated = f"{YOGHURT}$$dlc$2026-12-20$2026-12-24"
    check_recalls(database, [row(numero_version=3, identification_produits=dated)], "file", clock.stamp())

    assert hits(database)[0] == (lot, "to_check", "open")
    assert amounts(database, lot)[Account.QUARANTINE] == 8


def test_an_alert_without_a_number_is_for_people_to_look_at(database: Database, town: Town, clock: Clock) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id

    check_recalls(database, [row(libelle="yaourt nature 125 g")], "file", clock.stamp())

    assert hits(database) == [(lot, "to_check", "open")]
    assert amounts(database, lot)[Account.SHELF] == 8


def test_what_was_blocked_is_withdrawn_and_taken_back(database: Database, town: Town, clock: Clock) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id
    check_recalls(database, [row(gtin=YOGHURT)], "file", clock.stamp())

    for exit_ in EXITS:
        with database.writing() as session:
            movements = withdraw(session, 1, exit_, clock.stamp())
        assert amounts(database, lot).get(Account.QUARANTINE, 0) == 0
        assert hits(database) == [(lot, "probable", "withdrawn")]
        with database.writing() as session:
            assert [one.withdrawn for one in concerned(session, [1])[1]] == [{"Centre social": 8}]
            take_back_withdrawal(session, 1, movements, clock.stamp())

        with database.reading() as session:
            assert concerned(session, [1])[1][0].withdrawn == {}
    assert amounts(database, lot)[Account.QUARANTINE] == 8
    assert hits(database) == [(lot, "probable", "open")]


def test_nothing_under_recall_comes_in(database: Database, town: Town, clock: Clock) -> None:
    two = f"{MILK}$L7, L8$non concerné$$"
    rows = [row(gtin=YOGHURT), row(rappel_guid="b", identification_produits=two)]
    check_recalls(database, rows, "file", clock.stamp())

    with pytest.raises(UnderRecall):
        small_town.receive(database, town, clock, Arrival(YOGHURT, date="28/11/2026"))
    with pytest.raises(LotNumberNeeded, match="L7, L8"):
        small_town.receive(database, town, clock, Arrival(MILK, date="03/2027"))
    with pytest.raises(UnderRecall):
        small_town.receive(database, town, clock, Arrival(MILK, date="03/2027", lot_number="l8"))
    assert small_town.receive(database, town, clock, Arrival(MILK, date="03/2027", lot_number="L9"))


# Asking data.economie.gouv.fr, played here by a server of the same manners


class Interface(BaseHTTPRequestHandler):
    """Answers `/exports/jsonl` line by line; `rows` by data set, None for one that is out of order."""

    rows: ClassVar[dict[str, list[dict[str, Any]] | None]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.asked.append(parse_qs(url.query)["where"][0])
        rows = self.rows[url.path.split("/")[2]]
        assert url.path.endswith("/exports/jsonl")
        self.send_response(503 if rows is None else 200)
        self.end_headers()
        for one in rows or []:
            self.wfile.write(json.dumps(one).encode() + b"\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Tests are silent."""


@pytest.fixture
def interface() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Interface)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    Interface.asked = []
    yield f"http://127.0.0.1:{server.server_port}/datasets"
    server.shutdown()
    server.server_close()


def test_both_data_sets_are_asked_for_what_is_new(database: Database, town: Town, clock: Clock, interface: str) -> None:
    small_town.stock_up(database, town, clock)
    Interface.rows = {DATASETS[0]: [row(gtin=YOGHURT)], DATASETS[1]: [row(gtin=YOGHURT), row(rappel_guid="c")]}

    checked = fetch_recalls(database, interface, clock.stamp())
    fetch_recalls(database, interface, clock.stamp())

    assert (checked.read, checked.changed) == (3, 2)
    assert len(Interface.asked) == 4
    assert "date'2024-11-23'" in Interface.asked[0]
    assert "date'2026-10-09'" in Interface.asked[-1]


def test_what_was_said_before_the_source_broke_off_is_acted_upon_and_the_reading_is_not_done(
    database: Database, town: Town, clock: Clock, interface: str
) -> None:
    lot = small_town.stock_up(database, town, clock)[1].lot_id
    Interface.rows = {DATASETS[0]: [row(gtin=YOGHURT)], DATASETS[1]: None}

    with pytest.raises(RecallsOutOfReach, match="503"):
        fetch_recalls(database, interface, clock.stamp())

    assert amounts(database, lot)[Account.QUARANTINE] == 8
    with database.reading() as session:
        how = watch(session, clock.now() + dt.timedelta(minutes=1))
    assert (how.waiting, how.last, how.stale) == (1, None, True)


def test_clearing_a_recall_frees_no_more_than_the_recall_blocked(database: Database, town: Town, clock: Clock) -> None:
    yoghurt = small_town.stock_up(database, town, clock)[1]
    with database.writing() as session:
        blocking.block(session, yoghurt.lot_id, 3, yoghurt.place_id, "quality", clock.stamp())
    check_recalls(database, [row(gtin=YOGHURT)], "file", clock.stamp())

    with database.writing() as session:
        freed = clear_hit(session, 1, clock.stamp())

    assert freed == 5
    assert amounts(database, yoghurt.lot_id) == {Account.OUTSIDE: -8, Account.SHELF: 5, Account.QUARANTINE: 3}


def test_no_way_back_to_a_shelf_lets_recalled_goods_be_promised(database: Database, town: Town, clock: Clock) -> None:
    """Neither what a count finds, nor a block that is taken back, nor a loss that was none."""
    yoghurt = small_town.stock_up(database, town, clock)[1]
    stamp = clock.stamp()
    with database.writing() as session:
        lost = losses.lose(session, yoghurt.lot_id, 2, "quality", Account.ANIMALS, stamp)
        doubted = blocking.block(session, yoghurt.lot_id, 1, yoghurt.place_id, "quality", stamp)
    check_recalls(database, [row(gtin=YOGHURT)], "file", stamp)

    with pytest.raises(StillRecalled), database.writing() as session:
        undo_moves(session, [doubted], stamp)
    with database.writing() as session:
        number = register.open_count(session, town.site_id, stamp, place_id=yoghurt.place_id)
        register.add(session, number, [Tally(yoghurt.lot_id, yoghurt.place_id, 9)], stamp)
        differences.book(session, number, {(yoghurt.lot_id, yoghurt.place_id): Cause.UNKNOWN}, stamp)
        losses.undo_losses(session, lost.movements, stamp)
    with pytest.raises(baskets.PlanOutdated), database.writing() as session:
        visit = session.scalars(select(Visit)).first()
        assert visit is not None
        baskets.set_aside(session, visit, session.get_one(Lot, yoghurt.lot_id), 1, "", stamp)

    assert amounts(database, yoghurt.lot_id)[Account.QUARANTINE] == 9
