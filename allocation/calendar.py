"""The calendar of a site: which weekdays it opens, the days it does not, and who is invited to each session.

A household is invited where it usually comes, by its channel, while it is admitted and as often a month as was
granted; on the weekday it would rather come on, if the site opens then that week; those who have waited longest first,
as far as there is room.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from allocation.day_tables import ClosedDay, Opening, PreferredDay
from allocation.entitled import usual_guests
from allocation.sessions import begun, expect, hold_visits, locked, plan_session
from allocation.tables import DistributionSession, PlanRecord, Visit
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.tables import Household, Member
from households.vocabulary import CHANNELS
from network.audit import record
from network.own_site import only_there
from network.partners import site as get_site

WEEK = dt.timedelta(days=7)
AHEAD = 6 * WEEK
"""How far sessions are put into the calendar at once."""
LONG_AWAY = dt.timedelta(days=42)


class BadOpening(Refusal):
    """An opening that could never happen."""

    message = N_("Say a channel, a weekday, how many weeks lie between two sessions (1 to 8), and room for 1 or more.")


class OpeningThere(Refusal):
    kind = Kind.CONFLICT
    message = N_("This opening is in the calendar already.")


class BasketsReady(Refusal):
    """A day with baskets set aside is not simply struck out."""

    kind = Kind.CONFLICT
    message = N_("Baskets are set aside for %(on)s: take them back first.")


class DayBegun(Refusal):
    """A day on which somebody was served, or chose something, took place."""

    kind = Kind.CONFLICT
    message = N_("Somebody was served, or chose something already, on %(on)s.")


class OpeningRow(Struct, frozen=True):
    """An opening as the calendar shows it."""

    id: int
    site_id: int
    site: str
    channel: str
    weekday: int
    every_weeks: int
    starts_on: dt.date
    ends_on: dt.date | None
    capacity: int | None


class Away(Struct, frozen=True):
    """A household that has not come for long, known by its card."""

    household_id: int
    card: str
    persons: int
    site_id: int
    last_on: dt.date | None
    """When it was served last; None where it never was."""
    missed: int
    """Sessions it was expected at and missed since."""


def openings(session: Session, today: dt.date) -> list[OpeningRow]:
    """The openings that have not ended, by site and weekday."""
    query = (
        select(Opening).where(Opening.ends_on.is_(None) | (Opening.ends_on >= today)).options(joinedload(Opening.site))
    )
    rows = [
        OpeningRow(
            o.id, o.site_id, o.site.name, o.channel, o.weekday, o.every_weeks, o.starts_on, o.ends_on, o.capacity
        )
        for o in session.scalars(query)
    ]
    return sorted(rows, key=lambda row: (row.site, row.weekday, row.channel))


def add_opening(
    session: Session,
    *,
    site_id: int,
    channel: str,
    weekday: int,
    stamp: Stamp,
    every_weeks: int = 1,
    capacity: int | None = None,
) -> Opening:
    """From today on; raises BadOpening, OpeningThere, AnotherSite or NotFound."""
    get_site(session, site_id)
    only_there(session, stamp, site_id)
    sound = channel in CHANNELS and 0 <= weekday <= 6 and 1 <= every_weeks <= 8 and (capacity is None or capacity > 0)
    if not sound:
        raise BadOpening()
    if any((o.site_id, o.channel, o.weekday) == (site_id, channel, weekday) for o in openings(session, stamp.on)):
        raise OpeningThere()
    first = stamp.on + dt.timedelta(days=(weekday - stamp.on.weekday()) % 7)
    opening = Opening(
        site_id=site_id, channel=channel, weekday=weekday, every_weeks=every_weeks, starts_on=first, capacity=capacity
    )
    session.add(opening)
    session.flush()
    record(session, "opening added", f"site:{site_id}", stamp, weekday=weekday, channel=channel)
    return opening


def end_opening(session: Session, opening_id: int, stamp: Stamp) -> None:
    """No session comes of it from today on; those planned stay as they are. Raises NotFound."""
    opening = session.get(Opening, opening_id)
    if opening is None:
        raise NotFound(what=Term(N_("opening")), id=opening_id)
    opening.ends_on = stamp.on - dt.timedelta(days=1)
    session.flush()
    record(session, "opening ended", f"site:{opening.site_id}", stamp)


def close_day(session: Session, site_id: int, on: dt.date, stamp: Stamp) -> int:
    """The site does not open that day: its planned sessions leave the calendar.

    Returns how many households had been invited. Raises BasketsReady, DayBegun or NotFound.
    """
    get_site(session, site_id)
    only_there(session, stamp, site_id)
    query = select(DistributionSession.id).where(DistributionSession.site_id == site_id, DistributionSession.on == on)
    there = [locked(session, number) for number in session.scalars(query.order_by(DistributionSession.id)).all()]
    if any(planned.state != "planned" for planned in there):
        raise BasketsReady(on=on)
    ids = [planned.id for planned in there]
    hold_visits(session, ids)
    if begun(session, ids):
        raise DayBegun(on=on)
    invited = session.scalar(select(func.count()).where(Visit.session_id.in_(ids))) or 0
    for table in (PlanRecord, Visit):
        session.execute(delete(table).where(table.session_id.in_(ids)))
    session.execute(delete(DistributionSession).where(DistributionSession.id.in_(ids)))
    if not session.scalar(select(ClosedDay.id).where(ClosedDay.site_id == site_id, ClosedDay.on == on)):
        session.add(ClosedDay(site_id=site_id, on=on))
    session.flush()
    record(session, "day closed", f"site:{site_id}", stamp, on=on.isoformat())
    return invited


def fill(session: Session, stamp: Stamp, until: dt.date | None = None) -> int:
    """Put the sessions of openings into the calendar, with their invitations; returns how many are new.

    Who works at one site fills the calendar of that one.
    """
    last = until or stamp.on + AHEAD
    closed = {tuple(row) for row in session.execute(select(ClosedDay.site_id, ClosedDay.on))}
    there = {tuple(row) for row in session.execute(_SESSIONS.where(DistributionSession.on >= stamp.on))}
    new = 0
    query = select(Opening).order_by(Opening.id)
    if stamp.site is not None:
        query = query.where(Opening.site_id == stamp.site)
    for opening in session.scalars(query).all():
        for on in _days(opening, stamp.on, last):
            if (opening.site_id, on) not in closed and (opening.site_id, on, opening.channel) not in there:
                planned = plan_session(session, opening.site_id, on, opening.channel)
                invite(session, planned, opening.capacity)
                new += 1
    return new


_SESSIONS = select(DistributionSession.site_id, DistributionSession.on, DistributionSession.channel)


def _days(opening: Opening, since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The days of an opening in a period, both ends included."""
    day, step = opening.starts_on, opening.every_weeks * WEEK
    while day <= min(until, opening.ends_on or until):
        if day >= since:
            yield day
        day += step


def invite(
    session: Session, planned: DistributionSession, capacity: int | None, *, only: Collection[int] | None = None
) -> Sequence[Visit]:
    """Expect those who are entitled and would come that day, the longest away first, as far as there is room.

    `only` asks of some households alone whether they are among them.
    """
    last_served = (
        select(Visit.household_id, func.max(DistributionSession.on).label("on"))
        .join(DistributionSession)
        .where(Visit.state == "served")
        .group_by(Visit.household_id)
        .subquery()
    )
    query = (
        usual_guests(planned, paced=True)
        .outerjoin(last_served, last_served.c.household_id == Household.id)
        .outerjoin(PreferredDay, PreferredDay.household_id == Household.id)
        .order_by(func.coalesce(last_served.c.on, dt.date.min), Household.id)
    )
    elsewhere = _other_weekdays(session, planned)
    if elsewhere:
        query = query.where(PreferredDay.weekday.is_(None) | PreferredDay.weekday.not_in(elsewhere))
    if only is not None:
        query = query.where(Household.id.in_(only))
    return expect(session, planned.id, session.scalars(query.limit(capacity)).all())


def _other_weekdays(session: Session, planned: DistributionSession) -> set[int]:
    """The other weekdays on which this site opens for the channel: who prefers one of them is invited then."""
    query = select(Opening.weekday).where(
        Opening.site_id == planned.site_id,
        Opening.channel == planned.channel,
        Opening.starts_on < planned.on + WEEK,
        Opening.ends_on.is_(None) | (Opening.ends_on >= planned.on),
    )
    return set(session.scalars(query)) - {planned.on.weekday()}


def prefer(session: Session, household_id: int, weekday: int | None) -> None:
    """The day they would rather come on; None for no matter which."""
    session.execute(delete(PreferredDay).where(PreferredDay.household_id == household_id))
    if weekday is not None:
        session.add(PreferredDay(household_id=household_id, weekday=weekday))
    session.flush()


def preferred(session: Session, household_id: int) -> int | None:
    return session.scalar(select(PreferredDay.weekday).where(PreferredDay.household_id == household_id))


def long_away(session: Session, today: dt.date, site_id: int | None = None) -> list[Away]:
    """Admitted households that were not served for six weeks though they were expected, the longest away first."""
    served = func.max(DistributionSession.on).filter(Visit.state == "served")
    missed = func.count().filter(Visit.state == "absent", DistributionSession.on >= today - LONG_AWAY)
    people = select(func.count()).where(Member.household_id == Household.id).correlate(Household).scalar_subquery()
    query = (
        select(Household.id, Household.card, people, Household.site_id, served, missed)
        .join(Visit, Visit.household_id == Household.id)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .where(DistributionSession.on <= today, Household.ended_on.is_(None))
        .where(Household.admitted_until.is_(None) | (Household.admitted_until >= today))
        .group_by(Household.id, Household.card, Household.site_id)
        .having(func.coalesce(served, dt.date.min) < today - LONG_AWAY, missed > 0)
        .order_by(served, Household.card)
    )
    if site_id is not None:
        query = query.where(Household.site_id == site_id)
    return [Away(*row) for row in session.execute(query)]
