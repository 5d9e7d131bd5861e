"""Lots moved, split, blocked and freed, dated anew, frozen: nothing comes or goes by it, and every way leads back."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from common.errors import NotFound, Refusal
from common.words import words
from network.parameters import set_parameter
from network.tables import Site
from stock import blocking, freezing, ledger, lots, proof, redating
from stock.accounts import LOST, Account, Where, quarantined, shelf
from stock.blocking import Freed
from stock.freezing import FreezingRules, FrozenAs, UnknownInRule
from stock.intake import Arrival, reception, take_in
from stock.losses import BlockedForPeople, lose
from stock.places import Storage, add_place
from stock.recalls.alerts import Alert, Mark
from stock.recalls.register import find_hits, take_in_alerts
from stock.recalls.tables import RecallHit
from stock.story import lot_story
from stock.sums import sums
from stock.tables import Lot
from tests.stock.stockroom import HAM, MONDAY, PEAS, STAMP, Stockroom, stockroom

FRIDAY = MONDAY + dt.timedelta(days=4)


@pytest.fixture
def ham(database: Database, room: Stockroom) -> int:
    """Six packs in the fridge, to be used by Friday."""
    with database.writing() as session:
        return take_in(session, Arrival(HAM, units=6, date="27/11"), reception(session, room.reception), STAMP).lot_id


@pytest.fixture
def peas(database: Database, room: Stockroom) -> int:
    """Six tins on the dry shelf."""
    with database.writing() as session:
        return take_in(session, Arrival(PEAS, units=6, date="2028"), reception(session, room.reception), STAMP).lot_id


def stood(session: Session, lot: int) -> dict[Where, int]:
    return {s.where: s.quantity for s in ledger.standings(session, lots=[lot])}


# Moving and splitting


def test_goods_move_where_they_keep_and_back(database: Database, room: Stockroom, peas: int) -> None:
    with database.writing() as session:
        number = lots.shift(session, peas, 2, room.dry, room.fridge, STAMP)
        moved = stood(session, peas)
        lots.undo_moves(session, [number], STAMP)

        assert moved == {shelf(room.dry): 4, shelf(room.fridge): 2}
        assert stood(session, peas) == {shelf(room.dry): 6}


def test_goods_stand_nowhere_they_would_spoil_thaw_or_leave_the_site(
    database: Database, room: Stockroom, ham: int
) -> None:
    with database.writing() as session:
        other = stockroom(session)

        for place, refusal in (
            (room.dry, lots.WrongStorage),
            (room.freezer, lots.WrongStorage),
            (other.fridge, lots.OtherSite),
        ):
            with pytest.raises(refusal):
                lots.shift(session, ham, 1, room.fridge, place, STAMP)


def test_a_quarantine_corner_blocks_what_is_put_there(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session:
        corner = add_place(session, room.site, "Corner", Storage.QUARANTINE).id
        lots.shift(session, ham, 2, room.fridge, corner, STAMP)
        blocked = stood(session, ham)
        blocking.release(session, ham, 2, corner, room.fridge, Freed.MISTAKE, STAMP)

        assert blocked == {shelf(room.fridge): 4, quarantined(corner): 2}
        assert stood(session, ham) == {shelf(room.fridge): 6}


def test_a_part_split_off_is_a_lot_with_a_code_of_its_own(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session:
        made = lots.split(session, ham, 2, room.fridge, STAMP)
        parent, child = lot_story(session, ham), lot_story(session, made.code)

        assert (parent.received, parent.remade, parent.on_hand, parent.children) == (6, 2, 4, (made.code,))
        assert (child.received, child.remade, child.on_hand, child.parent) == (0, -2, 2, parent.code)
        assert (child.date, child.donor, child.last_day) == (parent.date, parent.donor, parent.last_day)
        assert made.code != parent.code
        for quantity in (0, 4):
            with pytest.raises(lots.NotWhole) as refused:
                lots.split(session, ham, quantity, room.fridge, STAMP)
        assert refused.value.say(words("fr")).endswith("demandé\u202f: 4 sur 4.")
        again = take_in(session, Arrival(HAM, date="27/11"), reception(session, room.reception), STAMP)
        assert again.lot_id == ham, "what is booked the same way joins the lot it always joined"
        lots.undo_moves(session, list(made.movements), STAMP)
        assert stood(session, made.lot_id) == {}
        assert proof.faults(session) == []


def test_only_moves_are_undone_as_moves(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session:
        lost = lose(session, ham, 1, "quality", Account.BIOWASTE, STAMP)

        with pytest.raises(lots.NotAMove):
            lots.undo_moves(session, list(lost.movements), STAMP)
        with pytest.raises(NotFound):
            lots.undo_moves(session, [999], STAMP)


# Blocking


def test_blocked_goods_are_freed_with_a_reason_or_feed_nobody(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session:
        with pytest.raises(blocking.NoDoubt):
            blocking.block(session, ham, 1, room.fridge, "date", STAMP)
        blocking.block(session, ham, 4, room.fridge, "cold", STAMP)
        blocking.release(session, ham, 1, room.fridge, room.fridge, Freed.COLD_HELD, STAMP)
        with pytest.raises(BlockedForPeople):
            lose(session, ham, 3, "cold", Account.PARTNER, STAMP, blocked=True)
        lose(session, ham, 3, "cold", Account.DESTROYED, STAMP, blocked=True)
        with pytest.raises(ledger.NotEnoughLeft):
            lose(session, ham, 1, "cold", Account.DESTROYED, STAMP, blocked=True)

        assert stood(session, ham) == {shelf(room.fridge): 3}
        assert sum(s.quantity for s in sums(session, lots=[ham], accounts=LOST)) == 3


def test_nothing_recalled_or_too_late_is_freed(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session:
        blocking.block(session, ham, 2, room.fridge, "quality", STAMP)
        alert(session)
        with pytest.raises(blocking.StillRecalled):
            blocking.release(session, ham, 1, room.fridge, room.fridge, Freed.CHECKED, STAMP)
        session.get_one(Lot, ham).last_day = MONDAY - dt.timedelta(days=1)
        for hit in session.scalars(select(RecallHit)):
            hit.state = "cleared"
        session.flush()
        with pytest.raises(blocking.TooLateToFree):
            blocking.release(session, ham, 1, room.fridge, room.fridge, Freed.CHECKED, STAMP)


def alert(session: Session) -> None:
    """Listeria in that ham, whatever its lot."""
    notice = Alert(
        key="1",
        number="2026-11-0001",
        version=1,
        published_on=MONDAY,
        until=MONDAY + dt.timedelta(days=60),
        sold_from=None,
        brand="",
        label="Jambon",
        category="alimentation",
        reason="Listeria",
        risk="",
        advice="",
        distributors="",
        link="",
        marks=(Mark(HAM.zfill(14), "", None, None),),
    )
    take_in_alerts(session, [notice], STAMP)
    assert find_hits(session, STAMP)


# Dates


def test_a_date_is_set_earlier_by_anybody_and_later_only_by_who_may_and_says_why(
    database: Database, room: Stockroom, ham: int
) -> None:
    wednesday = FRIDAY - dt.timedelta(days=2)
    with database.writing() as session:
        redating.correct_date(session, ham, wednesday, "", STAMP, may_raise=False)
        earlier = lot_story(session, ham)
        for reason, may_raise, refusal in (
            ("the pack says Friday", False, redating.LaterDate),
            (" ", True, redating.SayWhyLater),
        ):
            with pytest.raises(refusal):
                redating.correct_date(session, ham, FRIDAY, reason, STAMP, may_raise=may_raise)
        redating.correct_date(session, ham, FRIDAY, "the pack says Friday", STAMP, may_raise=True)
        later = lot_story(session, ham)

    assert (earlier.date, earlier.last_day) == (wednesday, wednesday)
    assert (later.date, later.last_day) == (FRIDAY, FRIDAY)
    assert [(c.was, c.became, c.reason) for c in later.corrections] == [
        (FRIDAY, wednesday, ""),
        (wednesday, FRIDAY, "the pack says Friday"),
    ]


def test_the_last_day_follows_the_corrected_date_with_its_familys_tolerance(
    database: Database, room: Stockroom, peas: int
) -> None:
    with database.writing() as session:
        before = lot_story(session, peas)
        assert before.date is not None
        tolerance = before.last_day - before.date
        redating.correct_date(session, peas, dt.date(2027, 3, 31), "", STAMP, may_raise=False)
        after = lot_story(session, peas)
        with pytest.raises(redating.SameDate):
            redating.correct_date(session, peas, dt.date(2027, 3, 31), "", STAMP, may_raise=True)

    assert after.last_day == dt.date(2027, 3, 31) + tolerance


# Freezing


def allow(session: Session, room: Stockroom) -> None:
    """Cooked ham may be frozen for two months, three days before its date."""
    rules = {
        "sites": [session.get_one(Site, room.site).code],
        "families": {"cooked_ham": {"family": "frozen_meat", "days": 60}},
        "min_days_left": 3,
    }
    set_parameter(session, freezing.NAME, MONDAY, rules, "hygiene plan of November", STAMP)


def test_nothing_is_frozen_until_the_hygiene_plan_says_so(database: Database, room: Stockroom, ham: int) -> None:
    with database.writing() as session, pytest.raises(freezing.FreezingNotAllowed):
        freezing.freeze(session, ham, 1, room.fridge, room.freezer, STAMP)


def test_frozen_goods_are_a_lot_of_their_own_with_a_new_date_and_their_parents_recalls(
    database: Database, room: Stockroom, ham: int
) -> None:
    with database.writing() as session:
        allow(session, room)
        made = freezing.freeze(session, ham, 4, room.fridge, room.freezer, STAMP)
        other = freezing.freeze(session, ham, 1, room.fridge, room.freezer, STAMP)
        parent, child = lot_story(session, ham), lot_story(session, made.code)
        alert(session)

        assert (child.storage, child.frozen_on, child.parent) == ("frozen", MONDAY, parent.code)
        assert (child.date, child.date_kind, child.last_day) == (
            MONDAY + dt.timedelta(days=60),
            "best_before",
            MONDAY + dt.timedelta(days=60),
        )
        assert (child.on_hand, parent.on_hand, parent.children) == (4, 1, (made.code, other.code))
        assert child.product_id == lot_story(session, other.code).product_id != parent.product_id
        assert {blocking.under_recall(session, lot) for lot in (ham, made.lot_id)} == {True}
        lots.undo_moves(session, list(made.movements), STAMP)
        assert stood(session, ham) == {shelf(room.fridge): 5}


@pytest.mark.parametrize(
    ("days_left", "refusal"), [(3, None), (2, freezing.TooNearToFreeze), (-1, freezing.TooNearToFreeze)]
)
def test_goods_near_their_date_are_never_frozen(
    database: Database, room: Stockroom, ham: int, days_left: int, refusal: type[Refusal] | None
) -> None:
    with database.writing() as session:
        allow(session, room)
        session.get_one(Lot, ham).date = MONDAY + dt.timedelta(days=days_left)
        session.flush()

        if refusal is None:
            assert freezing.freeze(session, ham, 1, room.fridge, room.freezer, STAMP).lot_id != ham
        else:
            with pytest.raises(refusal):
                freezing.freeze(session, ham, 1, room.fridge, room.freezer, STAMP)


def test_only_named_families_are_frozen_once_and_in_a_freezer(
    database: Database, room: Stockroom, ham: int, peas: int
) -> None:
    with database.writing() as session:
        allow(session, room)
        made = freezing.freeze(session, ham, 2, room.fridge, room.freezer, STAMP)

        for lot, place, target, refusal in (
            (peas, room.dry, room.freezer, freezing.NotToBeFrozen),
            (made.lot_id, room.freezer, room.freezer, freezing.NotToBeFrozen),
            (ham, room.fridge, room.fridge, lots.WrongStorage),
        ):
            with pytest.raises(refusal):
                freezing.freeze(session, lot, 1, place, target, STAMP)


@pytest.mark.parametrize(
    ("said", "slip"),
    [
        ({"sites": ("CENTR",)}, "CENTR"),
        ({"families": {"hamm": FrozenAs("frozen_meat", 60)}}, "hamm"),
        ({"families": {"cooked_ham": FrozenAs("frozen_ham", 60)}}, "frozen_ham"),
        ({"families": {"cooked_ham": FrozenAs("cooked_ham", 60)}}, "cooked_ham"),
    ],
)
def test_a_rule_of_freezing_names_what_is_there(
    database: Database, room: Stockroom, said: dict[str, Any], slip: str
) -> None:
    with database.reading() as session:
        right = FreezingRules(sites=("CENTRE",), families={"cooked_ham": FrozenAs("frozen_meat", 60)})
        freezing.refuse_unknown(session, right, {"CENTRE"})

        with pytest.raises(UnknownInRule) as refused:
            freezing.refuse_unknown(session, FreezingRules(**said), {"CENTRE"})
        assert refused.value.data["got"] == slip
