"""When goods are agreed to come: the times of each agreement, and what is expected on a day."""

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from common.errors import NotFound, Refusal
from common.words import N_, Term
from network.tables import Site
from stock.donors import donor
from stock.tables import AgreedTime, Donor, Reception

MOST = 40
"""Times of one agreement."""


class BadTime(Refusal):
    """A time that is on no clock or no day of a week, or more of them than a week holds."""

    message = N_("Say each time by its weekday and its hour, %(most)s times a week at most.")
    field = "times"


class When(Struct, frozen=True, order=True):
    """So often a week: on this day at this hour."""

    weekday: int
    """Monday is 0."""
    minute: int
    """Since midnight."""
    site_id: int | None = None
    """Where the goods are taken to; None where that is not always the same site."""

    @property
    def clock(self) -> str:
        """As a clock shows it: `08:30`."""
        return f"{self.minute // 60:02}:{self.minute % 60:02}"


class Expected(Struct, frozen=True):
    """Goods that should come on a day, and whether they have."""

    donor_id: int
    donor: str
    at: str
    """As a clock shows it: `08:30`."""
    site_id: int | None
    site: str
    """Empty where it may be any."""
    note: str
    """What was agreed in words."""
    reception_id: int | None
    """Today's reception of this donor there, once one is opened."""
    closed: bool
    late: bool
    """Its hour is past and nobody has opened a reception."""


def times_of(session: Session, donor_id: int) -> tuple[When, ...]:
    """The times agreed on with a donor, Monday first."""
    query = select(AgreedTime.weekday, AgreedTime.minute, AgreedTime.site_id).where(AgreedTime.donor_id == donor_id)
    rows = session.execute(query.order_by(AgreedTime.weekday, AgreedTime.minute, AgreedTime.id))
    return tuple(When(*row) for row in rows)


def agree_times(session: Session, donor_id: int, times: Iterable[When]) -> None:
    """These and no others are agreed from now on; raises BadTime or NotFound (donor, site)."""
    agreed = sorted(set(times), key=lambda time: (time.weekday, time.minute, time.site_id or 0))
    if len(agreed) > MOST or not all(0 <= t.weekday <= 6 and 0 <= t.minute < 24 * 60 for t in agreed):
        raise BadTime(most=MOST)
    known = set(session.scalars(select(Site.id)))
    for time in agreed:
        if time.site_id is not None and time.site_id not in known:
            raise NotFound(what=Term(N_("site")), id=time.site_id)
    session.execute(delete(AgreedTime).where(AgreedTime.donor_id == donor(session, donor_id).id))
    session.add_all(
        AgreedTime(donor_id=donor_id, weekday=t.weekday, minute=t.minute, site_id=t.site_id) for t in agreed
    )
    session.flush()


def expected(session: Session, now: dt.datetime, site_id: int | None = None) -> list[Expected]:
    """What the agreements in force say of this day, the earliest first: for one site what comes to it or to any.

    `now` is on the clock of the network.
    """
    on, minute = now.date(), now.hour * 60 + now.minute
    query = (
        select(AgreedTime, Donor, Site.name)
        .join(Donor, Donor.id == AgreedTime.donor_id)
        .outerjoin(Site, Site.id == AgreedTime.site_id)
        .where(AgreedTime.weekday == on.weekday(), Donor.active, _in_force(on))
        .order_by(AgreedTime.minute, Donor.name, AgreedTime.id)
    )
    if site_id is not None:
        query = query.where(or_(AgreedTime.site_id.is_(None), AgreedTime.site_id == site_id))
    rows = session.execute(query).all()
    came = session.scalars(
        select(Reception)
        .where(Reception.on == on, Reception.donor_id.in_({giver.id for _, giver, _ in rows}))
        .order_by(Reception.id.desc())
    ).all()
    return [_expected(time, giver, site or "", _answering(came, time, site_id), minute) for time, giver, site in rows]


def _in_force(on: dt.date) -> ColumnElement[bool]:
    begun = or_(Donor.agreement_from.is_(None), Donor.agreement_from <= on)
    lasts = or_(Donor.agreement_until.is_(None), Donor.agreement_renews, Donor.agreement_until >= on)
    return and_(begun, lasts)


def _answering(came: Sequence[Reception], time: AgreedTime, site_id: int | None) -> Reception | None:
    """The reception that was waited for: of that donor, at the site it comes to; an open one first."""
    where = time.site_id if time.site_id is not None else site_id
    its = [one for one in came if one.donor_id == time.donor_id and where in (None, one.site_id)]
    return next((one for one in its if one.closed_at is None), its[0] if its else None)


def _expected(time: AgreedTime, giver: Donor, site: str, answer: Reception | None, minute: int) -> Expected:
    return Expected(
        donor_id=giver.id,
        donor=giver.name,
        at=When(time.weekday, time.minute).clock,
        site_id=time.site_id,
        site=site,
        note=giver.agreement_slots,
        reception_id=answer.id if answer else None,
        closed=answer is not None and answer.closed_at is not None,
        late=answer is None and time.minute < minute,
    )
