import datetime as dt

import pytest

from allocation import calendar, choice, closing, handover, lessons, till
from allocation.calendar import DayBegun
from allocation.choice import DoesNotSuit, NothingOfIt, OtherGroup
from allocation.closing import CashNotCounted, DatesNotChecked, NotConfirmed, NotSettled, Reopening, StillOpen
from allocation.counter_offers import counter_offers
from allocation.day_tables import SwappedAway
from allocation.handover import Sheet
from allocation.learning import acceptance
from allocation.picking import RecalledMeanwhile
from allocation.recalled import look_for_recalled
from allocation.tables import DistributionSession, Visit
from common.clock import Clock
from common.database import Database
from common.words import words
from households.tables import Household
from network.tables import AuditEntry
from stock.proof import faults
from stock.recalls.alerts import Alert, Mark
from stock.recalls.register import take_in_alerts
from stock.tables import Lot
from tests import a_day, small_town
from tests.small_town import BEANS, FRIDAY, MILK, Arrival, Town


def test_a_line_is_swapped_for_what_suits_and_every_unit_stays_accounted_for(
    database: Database, clock: Clock, town: Town
) -> None:
    """What was swapped away teaches half as much as what was left behind, and of nobody."""
    sheets = a_day.confirm_baskets(database, town, clock)
    small_town.receive_pears(database, town, clock)
    first, apples = next((s, line) for s in sheets for line in s.lines if line.product == "Pommes")
    other = next(line for line in first.lines if line.group != apples.group)
    with database.reading() as session:
        (pears,) = choice.offers(session, first.visit_id, clock.today(), apples.id)

    with database.writing() as session, pytest.raises(OtherGroup):
        choice.swap(session, first.visit_id, other.id, pears.lot, clock.stamp())
    with database.writing() as session:
        choice.swap(session, first.visit_id, apples.id, pears.lot, clock.stamp())
        after = handover.hand_over(session, first.visit_id, [], clock.stamp())

    fruit = [(line.product, line.grams) for line in after.lines if line.group == apples.group]
    assert (pears.product, pears.quantity) == ("Poires", apples.quantity)
    assert fruit == [("Poires", apples.grams)]
    assert all(line.taken == line.quantity for line in after.lines)
    with database.reading() as session:
        assert faults(session) == []
        learned = acceptance(session, clock.today())[apples.product_id]
        fruit_told = next(g for g in lessons.lessons(session, clock.today()).groups if g.key == apples.group)
        assert (learned.offered, learned.taken, learned.swapped) == (1, 0, 1)
        assert (fruit_told.offered, fruit_told.left, fruit_told.swapped) == (2, 0, 1)
    assert set(SwappedAway.__table__.columns.keys()) == {"id", "lot_id", "on"}, "nobody is in it"


def test_a_tablet_takes_along_what_the_page_would_propose_in_every_place(
    database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    small_town.receive_pears(database, town, clock)
    with database.reading() as session:
        taken_along = counter_offers(session, town.session_id)
        asked = {
            (sheet.visit_id, line): [(o.lot, o.quantity, o.price_cents) for o in found]
            for sheet in sheets
            for line in (None, *(one.id for one in sheet.lines))
            for found in [choice.offers(session, sheet.visit_id, FRIDAY, line)]
        }

    told = {
        (visit.visit_id, line): [(o.lot, o.quantity, o.price_cents) for o in found]
        for visit in taken_along.visits
        for line, found in ((None, visit.more), *visit.instead.items())
    }
    assert {place: found for place, found in told.items() if found} == {p: found for p, found in asked.items() if found}
    assert {"Poires"} == {lot.name for lot in taken_along.lots}


def test_what_a_household_leaves_out_is_neither_proposed_nor_let_in(
    database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    code = small_town.receive_pears(database, town, clock, contains=["pork"])
    without_pork = next(s for s in sheets if "pork" in s.exclusions)

    with database.reading() as session:
        offered = {offer.lot for offer in choice.offers(session, without_pork.visit_id, clock.today())}
    with database.writing() as session, pytest.raises(DoesNotSuit) as refused:
        choice.add(session, without_pork.visit_id, code, clock.stamp())

    assert code not in offered
    assert refused.value.broken.name == "contents"


def _make_shop(database: Database, town: Town, monthly_cents: int = 2000) -> list[Sheet]:
    """The town's session becomes one of the shop, with nothing in the baskets yet."""
    with database.writing() as session:
        planned = session.get_one(DistributionSession, town.session_id)
        planned.channel, planned.state = "shop", "confirmed"
        for household in session.query(Household):
            household.channel, household.monthly_cents = "shop", monthly_cents
        for milk in session.query(Lot):
            milk.value_cents = 100
    with database.reading() as session:
        return handover.sheets(session, town.session_id)


def test_the_shop_scans_prices_receipts_and_counts_its_till(database: Database, clock: Clock, town: Town) -> None:
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    first, *others = _make_shop(database, town)
    stamp = clock.stamp()
    with database.writing() as session:
        assert choice.add_scanned(session, first.visit_id, MILK, stamp) == "Lait demi-écrémé UHT"
        choice.add_scanned(session, first.visit_id, MILK, stamp)
        with pytest.raises(NothingOfIt):
            choice.add_scanned(session, first.visit_id, BEANS, stamp)
        handover.hand_over(session, first.visit_id, [], stamp)
        receipt = till.receipt(session, first.visit_id)
        handover.settle(session, {sheet.visit_id: handover.ABSENT for sheet in others}, stamp)

    assert [(x.quantity, x.usual_cents, x.paid_cents) for x in receipt.lines] == [(2, 200, 60)]
    assert (receipt.shop, receipt.paid_cents, receipt.left_cents) == ("Centre social", 60, 1940)
    with database.writing() as session, pytest.raises(DatesNotChecked):
        closing.close(session, town.session_id, stamp)
    with database.writing() as session:
        closing.check_dates(session, town.site_id, stamp)
    with database.writing() as session, pytest.raises(CashNotCounted) as uncounted:
        closing.close(session, town.session_id, stamp)
    assert uncounted.value.say(words("fr")) == "Comptez d’abord la caisse. Paiements encaissés\u202f: 1."
    with database.writing() as session:
        assert till.count_cash(session, town.session_id, 55, stamp).expected_cents == 60
        closing.close(session, town.session_id, stamp)


def test_a_shop_that_sold_before_any_basket_was_confirmed_is_not_struck_out_but_closed(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    first, *others = _make_shop(database, town)
    stamp = clock.stamp()
    with database.writing() as session:
        session.get_one(DistributionSession, town.session_id).state = "planned"
        before = closing.closing(session, town.session_id, clock.today()).begun
        with pytest.raises(NotConfirmed):
            closing.close(session, town.session_id, stamp)
        choice.add_scanned(session, first.visit_id, MILK, stamp)
    with database.writing() as session, pytest.raises(DayBegun):
        calendar.close_day(session, town.site_id, small_town.FRIDAY, stamp)
    with database.writing() as session, pytest.raises(NotSettled):
        closing.close(session, town.session_id, stamp)
    with database.writing() as session:
        handover.hand_over(session, first.visit_id, [], stamp)
        handover.settle(session, {sheet.visit_id: handover.ABSENT for sheet in others}, stamp)
        closing.check_dates(session, town.site_id, stamp)
        till.count_cash(session, town.session_id, 30, stamp)

        assert closing.close(session, town.session_id, stamp).state == "closed"
        assert not before


def test_goods_of_the_esf_plus_are_never_sold_and_an_allowance_is_not_passed(
    database: Database, clock: Clock, town: Town
) -> None:
    (milk,) = small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    first, *_ = _make_shop(database, town, monthly_cents=20)
    with database.writing() as session, pytest.raises(DoesNotSuit) as dear:
        choice.add_scanned(session, first.visit_id, MILK, clock.stamp())
    with database.writing() as session:
        session.get_one(Lot, milk.lot_id).source = "esf_plus"
    with database.writing() as session, pytest.raises(DoesNotSuit) as never:
        choice.add_scanned(session, first.visit_id, MILK, clock.stamp())

    assert (dear.value.broken.name, never.value.broken.name) == ("budget", "channel")


def test_a_lots_own_label_means_the_pack_in_ones_hand(database: Database, clock: Clock, town: Town) -> None:
    """The till never takes another lot of the product instead, nor sells what may not be for it."""
    dates = ("31/01/2027", "31/03/2027", "31/05/2027")
    arrivals = [Arrival(MILK, units=6, date=date) for date in dates]
    _sooner, meant, of_the_fund = small_town.receive(database, town, clock, *arrivals)
    label, today = f"LOT-{meant.lot_code}", clock.today()
    first, *_ = _make_shop(database, town)
    with database.writing() as session:
        session.get_one(Lot, of_the_fund.lot_id).source = "esf_plus"
    with database.writing() as session, pytest.raises(DoesNotSuit) as never:
        choice.add_scanned(session, first.visit_id, f"LOT-{of_the_fund.lot_code}", clock.stamp())
    with database.writing() as session:
        choice.add_scanned(session, first.visit_id, label, clock.stamp())
        sheet = handover.sheet(session, first.visit_id)
        take_in_alerts(session, [Alert("milk", "1", 1, today, today, (Mark(gtin=MILK.zfill(14)),))], clock.stamp())
        look_for_recalled(session, clock.stamp())
    with database.writing() as session, pytest.raises(RecalledMeanwhile):
        choice.add_scanned(session, first.visit_id, label, clock.stamp())

    assert never.value.broken.name == "channel"
    assert [line.lot for line in sheet.lines] == [meant.lot_code]


def test_a_closed_session_is_opened_again_with_a_reason_that_is_kept(
    database: Database, clock: Clock, town: Town
) -> None:
    a_day.live(database, town, clock)
    with database.writing() as session:
        closing.reopen(session, town.session_id, Reopening.CAME_LATE, clock.stamp())
    with database.writing() as session, pytest.raises(StillOpen):
        closing.reopen(session, town.session_id, Reopening.CAME_LATE, clock.stamp())

    with database.reading() as session:
        kept = session.query(AuditEntry).filter_by(action="session reopened").one()
        assert kept.detail == {"reason": "came_late"}
        assert closing.closing(session, town.session_id, clock.today()).state == "confirmed"
        assert session.query(Visit).filter_by(state="expected").count() == 0


def test_the_date_check_takes_what_has_passed_off_the_shelves(database: Database, clock: Clock, town: Town) -> None:
    a_day.confirm_baskets(database, town, clock)
    later = Clock(at=clock.now() + dt.timedelta(days=30))
    with database.writing() as session:
        before = closing.closing(session, town.session_id, later.today())
        gone = closing.check_dates(session, town.site_id, later.stamp())
        after = closing.closing(session, town.session_id, later.today())

    assert (len(before.expired), before.dates_checked) == (gone, False)
    assert (after.expired, after.dates_checked) == ((), True)
