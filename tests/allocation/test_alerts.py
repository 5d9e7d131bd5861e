"""What this week's alerts say: the site whose session comes in time, donors whose dates shorten, no fresh food."""

import datetime as dt

from allocation import choice, handover
from allocation.alerts import FEWEST_LOTS, RUNNING, alerts, no_fresh, rescues, shorter_dated
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine
from allocation.sessions import expect, plan_session
from common.clock import Clock
from common.database import Database
from network.partners import add_site
from tests import a_day, small_town
from tests.small_town import FRIDAY, MILK, YOGHURT, Arrival


def test_food_its_own_site_gives_too_late_names_the_site_a_transfer_goes_to(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock, session_on=FRIDAY + dt.timedelta(days=7))
    small_town.stock_up(database, town, clock)
    with database.writing() as session:
        (alone,) = rescues(session, clock.today())
        other = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        plan_session(session, other.id, FRIDAY, "free")
        (found,) = rescues(session, clock.today())

        assert (alone.to, alone.to_id, alone.to_on) == ("", None, None)
        assert (found.site_id, found.to, found.to_id, found.to_on) == (town.site_id, "Annexe", other.id, FRIDAY)
        assert [row.product for row in found.lots] == ["Yaourt nature 4 × 125 g"]


def test_a_donor_whose_gifts_come_ever_closer_to_their_date_is_named(database: Database, clock: Clock) -> None:
    """Mean days at intake, window by window; a month that was no worse, or too few lots, and nothing is said."""
    town = small_town.build(database, clock)
    a_day.give_in_each_window(database, town, clock, (9, 7))

    with database.reading() as session:
        assert shorter_dated(session, clock.today()) == []
    a_day.give_in_each_window(database, town, clock, (0, 0, 5), lots=FEWEST_LOTS - 1)
    with database.reading() as session:
        assert shorter_dated(session, clock.today()) == []
    a_day.give_in_each_window(database, town, clock, (0, 0, 5), lots=1)
    with database.reading() as session:
        (found,) = alerts(session, clock.today()).donors
    assert (found.donor_id, found.days, found.lots) == (town.donor_id, [9.0, 7.0, 5.0], [FEWEST_LOTS] * 3)
    a_day.give_in_each_window(database, town, clock, (0, 0, 30), lots=1)
    with database.reading() as session:
        assert shorter_dated(session, clock.today()) == []


def test_a_household_that_left_the_fresh_food_three_visits_running_is_named(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock)
    guest = town.household_ids[0]
    for week in range(RUNNING, 0, -1):
        then = Clock(at=clock.now() - dt.timedelta(days=7 * week))
        stamp = then.stamp()
        arrivals = Arrival(MILK, units=1, date="31/03/2027"), Arrival(YOGHURT, units=1, date="28/11/2026")
        milk, yoghurt = small_town.receive(database, town, then, *arrivals)
        with database.writing() as session:
            planned = plan_session(session, town.site_id, stamp.on, "free")
            planned.state = "confirmed"
            (visit,) = expect(session, planned.id, [guest])
            for code in (milk.lot_code, yoghurt.lot_code):
                choice.add(session, visit.id, code, stamp)
            cold = next(x for x in handover.sheet(session, visit.id).lines if x.lot == yoghurt.lot_code)
            left = LeftLine(cold.id, cold.quantity, Reason.TASTE, Exit.ANIMALS)
            assert no_fresh(session, stamp.on) == []
            handover.settle(session, {visit.id: [left]}, stamp)

    with database.reading() as session:
        (found,) = no_fresh(session, clock.today())
    assert (found.household_id, found.since) == (guest, clock.today() - dt.timedelta(days=7 * RUNNING))
