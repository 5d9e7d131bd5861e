"""Everything that happened to a lot, in words."""

import pytest

from common.clock import Stamp
from common.database import Database
from common.errors import NotFound
from common.words import Words
from network.accounts import create_account
from network.roles import Role
from network.tables import Site
from stock import ledger
from stock.ledger import GIVEN, OUTSIDE, Account, Where, reserved, shelf
from stock.losses import lose
from stock.story import LEADS, SAID, Stands, lot_story
from tests.stock.stockroom import MONDAY, MORNING, STAMP, Stockroom, lot_of


@pytest.fixture
def lot(database: Database, room: Stockroom) -> int:
    """Ten came in, three were set aside of which two were given, one broke, one was booked by mistake and undone."""
    with database.writing() as session:
        site = session.get_one(Site, room.site)
        anne = create_account(
            session,
            organisation_id=site.organisation_id,
            login="anne",
            name="Anne",
            role=Role.VOLUNTEER,
            password="une phrase assez longue",
        )
        stamp = Stamp(at=MORNING, on=MONDAY, by=anne.id)
        lot_id = lot_of(session, room)
        here, aside = shelf(room.dry), reserved(room.dry)
        ledger.move(session, lot_id, 10, OUTSIDE, here, stamp)
        ledger.move(session, lot_id, 3, here, aside, STAMP)
        ledger.move(session, lot_id, 2, aside, GIVEN, STAMP)
        lose(session, lot_id, 1, "breakage", Account.DESTROYED, STAMP)
        mistake = ledger.move(session, lot_id, 5, OUTSIDE, here, STAMP)
        ledger.undo(session, mistake, STAMP)
    return lot_id


def test_received_is_given_lost_missing_and_on_hand(database: Database, lot: int) -> None:
    with database.reading() as session:
        story = lot_story(session, lot)

    assert (story.received, story.given, story.lost, story.differences, story.on_hand) == (10, 2, 1, 0, 7)
    assert [(s.account, s.place, s.quantity) for s in story.stands] == [
        (Account.RESERVED, "Shelf", 1),
        (Account.SHELF, "Shelf", 6),
    ]


def test_every_movement_is_told_with_who_and_why(database: Database, lot: int) -> None:
    words = Words("en")
    with database.reading() as session:
        steps = lot_story(session, lot).steps

    assert [(step.say(words), step.quantity, step.by, step.reason, step.undone) for step in steps] == [
        ("Came in, to Shelf", 10, "Anne", "", False),
        ("Set aside for a basket, in Shelf", 3, "", "", False),
        ("Taken home by a household", 2, "", "", False),
        ("Destroyed", 1, "", "breakage", False),
        ("Came in, to Shelf", 5, "", "", True),
        ("Not received after all", 5, "", "", False),
    ]
    assert steps[5].undoes_id == steps[4].movement_id


def test_a_lot_is_found_by_its_label_too(database: Database, lot: int) -> None:
    with database.reading() as session:
        story = lot_story(session, lot)

        assert lot_story(session, story.code) == story


def test_what_is_on_its_way_stands_nowhere(database: Database, room: Stockroom, lot: int) -> None:
    with database.writing() as session:
        ledger.move(session, lot, 6, shelf(room.dry), Where(Account.TRANSIT), STAMP)

        assert Stands(Account.TRANSIT, "", "", 6) in lot_story(session, lot).stands


@pytest.mark.parametrize("unknown", [404, "K7Q2"])
def test_a_lot_that_never_was_has_no_story(database: Database, unknown: int | str) -> None:
    with pytest.raises(NotFound), database.reading() as session:
        lot_story(session, unknown)


def test_every_movement_has_a_sentence() -> None:
    assert set(LEADS) == set(Account)
    assert all(source != target or source == Account.SHELF for source, target in SAID)
