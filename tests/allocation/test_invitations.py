"""Invitations follow what was granted, where they come, and whether they come at all."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, calendar, proposals
from allocation.entitled import month_of
from allocation.invitations import Revised, revise
from allocation.sessions import plan_session
from allocation.tables import DistributionSession, Visit
from common.clock import Clock
from common.database import Database
from households import admission
from households.tables import Household
from network.partners import add_site
from network.tables import AuditEntry
from tests import small_town
from tests.small_town import FRIDAY, Town

TUESDAY = 1
DECEMBER = dt.date(2026, 12, 1)


def _invited(session: Session, household_id: int) -> list[dt.date]:
    query = select(DistributionSession.on).join(Visit).where(Visit.household_id == household_id)
    return list(session.scalars(query.order_by(DistributionSession.on)))


def test_a_lowered_grant_ends_what_is_beyond_it_and_a_raised_one_invites_again(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.02)
    who, stamp = town.household_ids[1], clock.stamp()

    def granted(session: Session, visits: int | None) -> Revised:
        grant = {"channel": "free", "monthly_cents": None, "price_percent": None}
        admission.entitle(session, who, visits_per_month=visits, stamp=stamp, **grant)
        return revise(session, who, stamp)

    with database.writing() as session:
        baskets.confirm(session, plan_id, stamp)
        monday = plan_session(session, town.site_id, FRIDAY + dt.timedelta(days=3), "free")
        calendar.invite(session, monday, None)
        calendar.add_opening(session, site_id=town.site_id, channel="free", weekday=TUESDAY, stamp=stamp)
        calendar.fill(session, stamp, until=dt.date(2026, 12, 29))
        always = _invited(session, who)

        lowered = granted(session, 1)
        again = granted(session, 1)
        standing = _invited(session, who)
        month = month_of(session, session.get_one(Household, who), stamp.on)
        raised = granted(session, None)
        trail = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "household.invitations")).all()

        assert [on.day for on in always] == [24, 27, 30, 1, 8, 15, 22, 29]
        assert [on.day for on in standing] == [27, 1]
        assert [on.day for on in lowered.ended] == [24, 30, 8, 15, 22, 29]
        assert (lowered.made, lowered.kept, again, month.over) == ((), (), Revised(), False)
        assert (raised.made, _invited(session, who)) == (lowered.ended, always)
        assert trail == [{"ended": 6, "made": 0}, {"ended": 0, "made": 6}]


def test_elsewhere_they_are_expected_only_for_a_basket_that_is_set_aside_and_no_longer_for_none(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.02)
    mover, ended, stamp = town.household_ids[0], town.household_ids[2], clock.stamp()
    with database.writing() as session:
        baskets.confirm(session, plan_id, stamp)
        there = add_site(session, town.organisation_id, "LA", "Là-bas")
        week = dt.timedelta(days=7)
        old, new = (
            plan_session(session, town.site_id, FRIDAY + week, "free"),
            plan_session(session, there.id, FRIDAY, "free"),
        )
        full = plan_session(session, there.id, FRIDAY + week, "free")
        for planned in (old, new, full):
            calendar.invite(session, planned, None)
        friday = calendar.add_opening(
            session, site_id=there.id, channel="free", weekday=FRIDAY.weekday(), stamp=stamp, capacity=1
        )
        session.add(Visit(session_id=full.id, household_id=town.household_ids[3], basket="FULL", state="expected"))
        session.get_one(Household, mover).site_id = there.id

        moved = revise(session, mover, stamp)
        admission.end(session, ended, "moved", stamp)
        over = revise(session, ended, stamp)

        assert friday.capacity == 1
        assert moved == Revised(ended=(old.on,), made=(new.on,), kept=(FRIDAY,))
        assert over == Revised(ended=(old.on,), freed=(FRIDAY,))
        assert _invited(session, ended) == []
