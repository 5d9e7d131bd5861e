"""What waits in baskets nobody fetched: given to who is here, answered for several at once."""

import pytest
from sqlalchemy import select

from allocation import choice, closing, handover, spares
from allocation.choice import DoesNotSuit
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, SessionOver
from allocation.spares import NoLongerSpare, ReceiptWritten
from allocation.tables import BasketLine, DistributionSession
from allocation.till import OverAllowance
from common.clock import Clock
from common.database import Database
from households.tables import Household
from stock.ledger import Account, standings
from stock.proof import faults
from stock.tables import Lot
from tests import a_day, small_town
from tests.small_town import MILK, Arrival


def test_what_nobody_fetched_goes_to_those_who_are_here_and_every_unit_stays_accounted_for(
    database: Database, clock: Clock
) -> None:
    town = small_town.build(database, clock)
    sheets = a_day.confirm_baskets(database, town, clock)
    away, served, here, *others = sorted(sheets, key=lambda sheet: sheet.visit_id)
    stamp = clock.stamp()
    with database.writing() as session:
        left = [LeftLine(line.id, line.quantity, Reason.TASTE, Exit.ANIMALS) for line in served.lines]
        handover.hand_over(session, served.visit_id, left, stamp)
        for line in here.lines[1:]:
            choice.take_out(session, here.visit_id, line.id, stamp)
        offered = spares.spares(session, here.visit_id, stamp.on)
        mine = {line.id for line in away.lines}
        theirs = [spare for spare in offered if spare.line_id in mine]
        to_served = [s for s in spares.spares(session, served.visit_id, stamp.on) if s.line_id in mine]

    assert [spare.last_day for spare in offered] == sorted(spare.last_day for spare in offered)
    assert {spare.card for spare in theirs} == {away.card}
    first, last = next((a, b) for a in theirs for b in to_served if a.line_id != b.line_id)
    with database.writing() as session:
        before = sum(line.quantity for line in handover.sheet(session, here.visit_id).lines)
        assert spares.give_spares(session, here.visit_id, [first.line_id], stamp) == 1
        assert sum(x.quantity for x in handover.sheet(session, here.visit_id).lines) == before + first.quantity
    with database.writing() as session:
        assert spares.give_spares(session, served.visit_id, [last.line_id], stamp) == 1
        after = handover.sheet(session, served.visit_id)
        assert sum(line.taken for line in after.lines) == last.quantity
        assert sum(x.quantity for x in after.lines) == sum(x.quantity for x in served.lines) + last.quantity
    whole = next(line for line in away.lines if line.id == first.line_id).quantity == first.quantity
    with database.writing() as session:
        if whole:
            with pytest.raises(NoLongerSpare):
                spares.give_spares(session, here.visit_id, [first.line_id], stamp)
        rest = [sheet.visit_id for sheet in (away, here, *others)]
        assert closing.settle_several(session, town.session_id, [here.visit_id], True, stamp) == (1, {})
        late = closing.settle_several(session, town.session_id, rest, False, stamp)
        assert (late.done, list(late.refused)) == (len(rest) - 1, [here.card])
        closing.check_dates(session, town.site_id, stamp)
        closing.close(session, town.session_id, stamp)
    with database.writing() as session, pytest.raises(SessionOver):
        spares.spares(session, served.visit_id, stamp.on)
    with database.reading() as session:
        assert faults(session) == []
        assert standings(session, accounts=[Account.RESERVED]) == []


def test_in_the_shop_nobody_is_sold_more_than_the_month_allows_however_many_are_answered_for(
    database: Database, clock: Clock
) -> None:
    town = small_town.build(database, clock)
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    stamp = clock.stamp()
    with database.writing() as session:
        session.get_one(DistributionSession, town.session_id).channel = "shop"
        session.get_one(DistributionSession, town.session_id).state = "confirmed"
        for household in session.scalars(select(Household)):
            household.channel, household.monthly_cents = "shop", 100
        session.scalars(select(Lot)).one().value_cents = 100
        rich, poor, *others = handover.sheets(session, town.session_id)
        for sheet in (rich, poor):
            choice.add_scanned(session, sheet.visit_id, MILK, stamp)
        session.get_one(Household, poor.household_id).monthly_cents = 20
    with database.reading() as session:
        waiting = {x.card: x for x in closing.closing(session, town.session_id, stamp.on).waiting}
        assert (waiting[poor.card].due_cents, waiting[poor.card].left_cents) == (30, 20)
        assert [(x.product, x.quantity) for x in waiting[rich.card].lines] == [("Lait demi-écrémé UHT", 1)]
        assert spares.spares(session, poor.visit_id, stamp.on) == [], "a litre costs 30 cents"
        (spare,) = spares.spares(session, others[0].visit_id, stamp.on)[:1]
        assert spare.price_cents == 30
    with database.writing() as session, pytest.raises(DoesNotSuit) as dear:
        line = session.scalars(select(BasketLine.id).where(BasketLine.visit_id == rich.visit_id)).one()
        spares.give_spares(session, poor.visit_id, [line], stamp)
    assert dear.value.broken.name == "budget"

    with database.writing() as session:
        both = closing.settle_several(session, town.session_id, [rich.visit_id, poor.visit_id], True, stamp)

    assert both.done == 1
    assert isinstance(both.refused[poor.card], OverAllowance)
    with database.writing() as session, pytest.raises(ReceiptWritten):
        spares.spares(session, rich.visit_id, stamp.on)
