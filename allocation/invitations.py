"""Invitations follow what a household is entitled to: who may come less often, or elsewhere, is told so at once.

From tomorrow on an invitation ends where the household no longer comes there, by that channel or that often, and one is
made where it now may come and there is room. A basket that is set aside stays theirs as long as they are helped on its
day, and so does what is over today; the basket of a household that no longer is goes back to the shelves.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.baskets import put_back
from allocation.calendar import invite
from allocation.day_tables import Opening
from allocation.entitled import days_of, may_come_on
from allocation.tables import DistributionSession, Visit
from common.clock import Stamp
from households.register import get_household
from households.tables import Household
from network import audit


class Revised(Struct, frozen=True):
    """The days of the sessions concerned, in order."""

    ended: tuple[dt.date, ...] = ()
    made: tuple[dt.date, ...] = ()
    kept: tuple[dt.date, ...] = ()
    """Beyond what is granted now, with a basket set aside: it stays theirs."""
    freed: tuple[dt.date, ...] = ()
    """No longer helped on that day: the basket that was set aside is on the shelves again."""


def revise(session: Session, household_id: int, stamp: Stamp) -> Revised:
    """Bring the invitations of a household to what it is entitled to now; run again, nothing more happens."""
    household = get_household(session, household_id)
    # Whoever serves them at this moment, or sets their basket aside, is waited for; then what stands is looked at.
    held = _coming(household_id, stamp.on).with_only_columns(Visit.id).order_by(None).order_by(Visit.id)
    session.execute(held.with_for_update(of=Visit))
    freed = _free_baskets_after_the_end(session, household, stamp)
    ended, kept = _end_those_beyond(session, household, stamp.on)
    made = _invite_where_missing(session, household, stamp.on)
    if ended or made or freed:
        detail = {"ended": len(ended) + len(freed), "made": len(made)}
        audit.record(session, "household.invitations", f"household:{household_id}", stamp, **detail)
    return Revised(tuple(ended), tuple(made), tuple(kept), tuple(freed))


def welcome(session: Session, household_ids: Collection[int], site_id: int, channel: str, today: dt.date) -> int:
    """Invite those who have just been enrolled here to the sessions ahead, as far as there is room; tells how often."""
    ahead = session.scalars(_ahead(site_id, channel, today)).all()
    return sum(len(invite(session, planned, _room(session, planned), only=household_ids)) for planned in ahead)


def _free_baskets_after_the_end(session: Session, household: Household, stamp: Stamp) -> list[dt.date]:
    freed = []
    for visit in session.scalars(_coming(household.id, stamp.on)).all():
        if visit.lines and not _is_helped_on(household, visit.session.on):
            for line in list(visit.lines):
                put_back(session, line, stamp)
            session.delete(visit)
            freed.append(visit.session.on)
    session.flush()
    return freed


def _end_those_beyond(session: Session, household: Household, today: dt.date) -> tuple[list[dt.date], list[dt.date]]:
    coming = session.scalars(_coming(household.id, today)).all()
    counted = Counter(days_of(on) for on in _fixed(session, household.id, coming))
    ended, kept = [], []
    for visit in coming:
        on, month = visit.session.on, days_of(visit.session.on)
        stands = _comes_there(household, visit.session) and may_come_on(household.visits_per_month, counted[month], on)
        if visit.lines:
            kept += [] if _is_granted(household, counted[month], visit.session) else [on]
        elif stands:
            counted[month] += 1
        else:
            ended.append(on)
            session.delete(visit)
    session.flush()
    return ended, kept


def _coming(household_id: int, today: dt.date) -> Select[Visit]:
    """What it is invited to after today, the next first."""
    return (
        select(Visit)
        .join(DistributionSession)
        .where(Visit.household_id == household_id, Visit.state == "expected")
        .where(DistributionSession.on > today, DistributionSession.state != "closed")
        .options(joinedload(Visit.session), selectinload(Visit.lines))
        .order_by(DistributionSession.on, Visit.id)
    )


def _fixed(session: Session, household_id: int, coming: Sequence[Visit]) -> list[dt.date]:
    """The days that count whatever is granted: visits made, today's, and baskets set aside."""
    open_ids = [visit.id for visit in coming if not visit.lines]
    query = select(DistributionSession.on).join(Visit).where(Visit.household_id == household_id)
    return list(session.scalars(query.where(Visit.state != "absent", Visit.id.not_in(open_ids))))


def _is_helped_on(household: Household, on: dt.date) -> bool:
    return household.ended_on is None and (household.admitted_until is None or household.admitted_until >= on)


def _comes_there(household: Household, planned: DistributionSession) -> bool:
    there = (household.site_id, household.channel) == (planned.site_id, planned.channel)
    return there and _is_helped_on(household, planned.on)


def _is_granted(household: Household, counted: int, planned: DistributionSession) -> bool:
    granted = household.visits_per_month
    return _comes_there(household, planned) and (granted is None or counted <= granted)


def _invite_where_missing(session: Session, household: Household, today: dt.date) -> list[dt.date]:
    return [
        planned.on
        for planned in session.scalars(_ahead(household.site_id, household.channel, today)).all()
        if invite(session, planned, _room(session, planned), only=[household.id])
    ]


def _ahead(site_id: int, channel: str, today: dt.date) -> Select[DistributionSession]:
    return (
        select(DistributionSession)
        .where(DistributionSession.site_id == site_id, DistributionSession.channel == channel)
        .where(DistributionSession.on > today, DistributionSession.state == "planned")
        .order_by(DistributionSession.on)
    )


def _room(session: Session, planned: DistributionSession) -> int | None:
    """How many more may be invited; None where nobody is turned away."""
    query = select(Opening.capacity).where(
        Opening.site_id == planned.site_id,
        Opening.channel == planned.channel,
        Opening.weekday == planned.on.weekday(),
        Opening.starts_on <= planned.on,
        Opening.ends_on.is_(None) | (Opening.ends_on >= planned.on),
    )
    capacity = session.scalar(query)
    if capacity is None:
        return None
    invited = session.scalar(select(func.count()).where(Visit.session_id == planned.id)) or 0
    return max(0, capacity - invited)
