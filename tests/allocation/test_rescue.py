"""Transfers worth proposing go on few trips: the partners say how many leave a site in a day."""

import datetime as dt

from sqlalchemy.orm import Session

from allocation import alerts
from allocation.rescue import TRIPS_A_DAY, Roads, rescues
from allocation.sessions import plan_session
from common.clock import Clock
from common.database import Database
from network.figures import set_figure
from network.partners import add_site
from stock.places import Storage, add_place
from stock.transfers.register import call_back, roads_of, send
from tests import small_town
from tests.small_town import FRIDAY

THURSDAY = FRIDAY - dt.timedelta(days=1)
LATER = FRIDAY + dt.timedelta(days=7)


def _sites(session: Session, organisation_id: int, *opens: dt.date) -> list[int]:
    """Other sites, each with its shelf and the day it opens."""
    made = []
    for n, on in enumerate(opens):
        site = add_site(session, organisation_id, f"ANNEXE{n}", f"Annexe {n}")
        add_place(session, site.id, "Étagère", Storage.DRY)
        plan_session(session, site.id, on, "free")
        made.append(site.id)
    return made


def test_no_more_trips_are_proposed_than_the_partners_allow(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock, session_on=LATER)
    milk, *_ = small_town.stock_up(database, town, clock)
    today, stamp = clock.today(), clock.stamp()
    with database.writing() as session:
        soonest, then = _sites(session, town.organisation_id, THURSDAY, FRIDAY)
        (alone,) = rescues(session, today)
        send(session, town.site_id, then, {milk.lot_id: 1}, stamp)
        set_figure(session, TRIPS_A_DAY, 1, today, "Conseil", stamp)
        (other,) = rescues(session, today)
        (told,) = alerts.rescues(session, today)
        set_figure(session, TRIPS_A_DAY, 0, today, "Conseil", stamp)
        set_figure(session, TRIPS_A_DAY, 2, today + dt.timedelta(days=1), "Conseil", stamp)

        assert alone.to_site_id == soonest, "two trips are usual"
        assert other.to_site_id == told.to_id == then, "the van that goes there anyway takes it along"
        assert [r.to_site_id for r in rescues(session, today)] == [then]
        assert [r.to_site_id for r in rescues(session, today + dt.timedelta(days=1))] == [soonest]


def test_what_was_called_back_made_no_trip(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock)
    milk, *_ = small_town.stock_up(database, town, clock)
    today, stamp = clock.today(), clock.stamp()
    with database.writing() as session:
        (annex,) = _sites(session, town.organisation_id, THURSDAY)
        sent = send(session, town.site_id, annex, {milk.lot_id: 1}, stamp)

        assert roads_of(session, today) == {town.site_id: {annex}}
        assert roads_of(session, today - dt.timedelta(days=1)) == {}
        call_back(session, sent, stamp)
        assert roads_of(session, today) == {}
        assert Roads(session, today).open(town.site_id, {annex}) == {annex}
