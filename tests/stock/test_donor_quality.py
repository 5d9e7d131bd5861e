"""What a donor's gifts were worth: brought to the door, turned away, short-dated, eaten, lost."""

import datetime as dt

import pytest

from common.database import Database
from stock.donor_quality import FamilyGifts, Reason, donor_period
from stock.donors import Agreement, BadAgreement, agree, agreement_of
from stock.intake import Arrival, reception, refuse_goods, take_in, undo_booking
from stock.ledger import GIVEN, Account, move, shelf
from stock.losses import lose
from tests.stock.stockroom import HAM, MONDAY, PEAS, STAMP, donor_of, stockroom

JANUARY, DECEMBER = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def test_every_gram_that_came_to_the_door_is_told(database: Database) -> None:
    with database.writing() as session:
        room = stockroom(session)
        into = reception(session, room.reception)
        peas = take_in(session, Arrival(PEAS, units=10, date="2028"), into, STAMP)
        take_in(session, Arrival(HAM, units=5, date="26/11"), into, STAMP)
        mistake = take_in(session, Arrival(PEAS, units=100, date="2027"), into, STAMP)
        undo_booking(session, mistake.movement_id, STAMP)
        take_in(session, Arrival("PAIN", units=2), into, STAMP)
        refuse_goods(session, room.reception, "pack_open", 300, STAMP)
        refuse_goods(session, room.reception, "thawed", 900, STAMP)
        move(session, peas.lot_id, 4, shelf(peas.place_id), GIVEN, STAMP)
        lose(session, peas.lot_id, 1, "breakage", Account.BIOWASTE, STAMP)
        other = stockroom(session)
        told = donor_period(session, room.donor, JANUARY, DECEMBER)
        nothing = donor_period(session, other.donor, JANUARY, DECEMBER)
        before = donor_period(session, room.donor, JANUARY, MONDAY - dt.timedelta(days=1))

    assert (told.received, told.refused, told.brought) == (5300, 1200, 6500)
    assert (told.dated, told.short, told.eaten, told.lost) == (4800, 800, 1600, 400)  # bread bears no date
    assert told.families == (
        FamilyGifts("tinned_produce", 4000),
        FamilyGifts("cooked_ham", 800),
        FamilyGifts("bread", 500),
    )
    assert told.reasons == (Reason("thawed", 900), Reason("pack_open", 300))
    assert told.share(told.short, told.dated) == 800 / 4800
    assert (nothing.received, nothing.share(0, nothing.brought)) == (0, None)
    assert before.received == before.refused == before.receptions == 0


def test_an_agreement_is_kept_and_speaks_up_before_it_ends(database: Database) -> None:
    agreed = Agreement(
        MONDAY, dt.date(2027, 11, 22), slots="lundi, 8 h 30", families=("bread",), quality_plan_on=MONDAY
    )
    with database.writing() as session:
        room = stockroom(session)
        agree(session, room.donor, agreed, STAMP)
        kept = agreement_of(donor_of(session, room))
        with pytest.raises(BadAgreement):
            agree(session, room.donor, Agreement(MONDAY, MONDAY - dt.timedelta(days=1)), STAMP)

    assert kept == agreed
    assert not kept.ends_soon(dt.date(2027, 9, 22))
    assert kept.ends_soon(dt.date(2027, 9, 23))
    assert not Agreement(MONDAY, MONDAY, renews=True).ends_soon(MONDAY)
    assert not Agreement().ends_soon(MONDAY)
