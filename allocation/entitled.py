"""What a decision entitles a household to, counted by calendar month: visits, and what is spent of the allowance."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from allocation.day_tables import Payment
from allocation.tables import DistributionSession, Visit
from households.tables import Household

MONTH = 30
"""Days of a month, where a part of one is meant."""


class Month(Struct, frozen=True):
    """A household's calendar month as it stands on one day of it."""

    entitled: int | None
    """Visits it may make; None as often as the site opens."""
    made: int
    coming: int
    """Visits it is still expected at in the same month."""
    price_percent: int | None
    """What the shop asks of the usual price at most; None what each programme allows."""
    left_cents: int | None
    """What is left of the allowance; None where nothing is paid."""

    @property
    def over(self) -> bool:
        """More visits are made and planned than were granted."""
        return self.entitled is not None and self.made + self.coming > self.entitled


def days_of(on: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the month."""
    return on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1])


def month_of(session: Session, household: Household, on: dt.date) -> Month:
    states = select(Visit.state, func.count()).join(DistributionSession).where(Visit.household_id == household.id)
    query = states.where(DistributionSession.on.between(*days_of(on))).group_by(Visit.state)
    visits = {state: int(n) for state, n in session.execute(query)}
    return Month(
        household.visits_per_month,
        visits.get("served", 0),
        visits.get("expected", 0),
        household.price_percent,
        allowance_left(session, household, on),
    )


def usual_guests(planned: DistributionSession, *, paced: bool = False) -> Select[int]:
    """Who usually comes there by that channel, is admitted that day and has a visit left in its month.

    Paced, what was granted is spread over the month: two visits are one in each half of it, never both in the
    first week. A visit that was missed is not counted.
    """
    return select(Household.id).where(
        Household.site_id == planned.site_id,
        Household.channel == planned.channel,
        Household.ended_on.is_(None),
        Household.admitted_until.is_(None) | (Household.admitted_until >= planned.on),
        Household.visits_per_month.is_(None) | _has_visit_left(planned.on, paced=paced),
    )


def may_come_on(granted: int | None, counted: int, on: dt.date) -> bool:
    """Whether one more visit that day keeps the pace of what was granted, as `usual_guests` asks of the database.

    >>> [may_come_on(2, counted, dt.date(2026, 11, 20)) for counted in (0, 1, 2)]
    [True, True, False]
    """
    return granted is None or counted * days_of(on)[1].day < granted * on.day


def _has_visit_left(on: dt.date, *, paced: bool) -> ColumnElement[bool]:
    first, last = days_of(on)
    counted = (
        select(func.count())
        .select_from(Visit)
        .join(DistributionSession)
        .where(
            Visit.household_id == Household.id,
            Visit.state != "absent",
            DistributionSession.on.between(first, last),
        )
        .correlate(Household)
        .scalar_subquery()
    )
    return counted * last.day < Household.visits_per_month * (on.day if paced else last.day)


def visits_to_come(known: Iterable[dt.date], since: dt.date, period_days: int, granted: int | None) -> int:
    """The visits a household is to make from that day to the end of its month, to share what is left of its money.

    Those it is known to be expected at, and as many after the last of them as are usual: not every site puts the
    whole month into its calendar. Of so many granted a month no more than the calendar would spread over the rest.

    >>> november = [dt.date(2026, 11, day) for day in (5, 12)]
    >>> [visits_to_come(november, november[0], 7, granted) for granted in (None, 2)]
    [4, 2]
    """
    _, last = days_of(since)
    there = [on for on in known if since <= on <= last]
    rest = (last - max(there, default=since)).days
    usual = rest // period_days
    if granted is not None:
        usual = min(usual, rest * granted // last.day, max(0, granted - len(there)))
    return len(there) + usual


def spent(session: Session, household_ids: Iterable[int], today: dt.date) -> dict[int, int]:
    """What households paid at this month's sessions so far, in cents; those who paid nothing are not in it.

    A session written down after the month has ended is still of its own month.
    """
    paid = select(Payment.household_id, func.sum(Payment.paid_cents)).join(Visit, Visit.id == Payment.visit_id)
    query = paid.join(DistributionSession).where(
        Payment.household_id.in_(list(household_ids)), DistributionSession.on.between(today.replace(day=1), today)
    )
    return {id_: int(cents) for id_, cents in session.execute(query.group_by(Payment.household_id))}


def allowance_left(session: Session, household: Household, today: dt.date) -> int | None:
    """What is left of this month's allowance; None for a household that pays nothing."""
    return allowances_left(session, [household], today)[household.id]


def left_at(session: Session, visit: Visit) -> int | None:
    """What a visit may still spend: of the month of its session, whenever it is written down."""
    return allowance_left(session, visit.household, visit.session.on)


def allowances_left(session: Session, households: Iterable[Household], today: dt.date) -> dict[int, int | None]:
    """The same for several, by household."""
    there = list(households)
    paid = spent(session, [h.id for h in there if h.monthly_cents is not None], today)
    return {h.id: None if h.monthly_cents is None else max(0, h.monthly_cents - paid.get(h.id, 0)) for h in there}


def rate_for(programme: Decimal, price_percent: int | None) -> Decimal:
    """The share of the usual price a household pays: its own, but never more than the programme allows."""
    return programme if price_percent is None else min(programme, Decimal(price_percent) / 100)


def at_programme_rates(cents: int | None, price_percent: int | None, lowest: Decimal) -> int | None:
    """A budget as the planner counts it, who knows a lot by its programme's price alone.

    A household that pays less than the lowest rate on the shelves can buy so much more of everything; where the
    rates differ this is short of what it could buy, never over. None, no limit, for who pays nothing.
    """
    if cents is None or price_percent == 0:
        return None
    return int(cents * lowest / rate_for(lowest, price_percent))
