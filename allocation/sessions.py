"""The calendar of distribution: which site opens when, and which households are expected."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from allocation.entitled import usual_guests
from allocation.tables import BasketLine, DistributionSession, Visit
from common.codes import new_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.tables import Household
from network.tables import Site
from stock.tables import Lot


class SessionThere(Refusal):
    """The same site cannot open twice on one day for the same channel."""

    kind = Kind.CONFLICT
    message = N_("A session is already planned there on %(on)s.")


class SessionRow(Struct, frozen=True):
    """A session as a list shows it."""

    id: int
    site_id: int
    site: str
    on: dt.date
    channel: str
    state: str
    expected: int
    served: int
    absent: int
    grams: int
    """Weight of the baskets reserved for it."""


def plan_session(session: Session, site_id: int, on: dt.date, channel: str) -> DistributionSession:
    """Put a session in the calendar; raises SessionThere."""
    there = select(DistributionSession.id).where(
        DistributionSession.site_id == site_id,
        DistributionSession.on == on,
        DistributionSession.channel == channel,
    )
    if session.scalar(there):
        raise SessionThere(on=on)
    planned = DistributionSession(site_id=site_id, on=on, channel=channel, state="planned")
    session.add(planned)
    session.flush()
    return planned


def expect(session: Session, session_id: int, household_ids: Iterable[int]) -> list[Visit]:
    """Expect these households, each with a basket code of its own; those expected already are left as they are."""
    there = set(session.scalars(select(Visit.household_id).where(Visit.session_id == session_id)))
    visits = [
        Visit(session_id=session_id, household_id=h, basket=new_code(), state="expected")
        for h in household_ids
        if h not in there
    ]
    session.add_all(visits)
    session.flush()
    return visits


def expect_usual(session: Session, planned: DistributionSession) -> list[Visit]:
    """Expect every household that usually comes to this site by this channel and is entitled to a visit that day."""
    guests = usual_guests(planned).order_by(Household.id)
    return expect(session, planned.id, session.scalars(guests).all())


def get_session(session: Session, session_id: int) -> DistributionSession:
    """The session; raises NotFound."""
    found = session.get(DistributionSession, session_id)
    if found is None:
        raise NotFound(what=Term(N_("session")), id=session_id)
    return found


def locked(session: Session, session_id: int) -> DistributionSession:
    """The session as it stands, which nobody else changes until this transaction ends; raises NotFound."""
    session.execute(select(DistributionSession.id).where(DistributionSession.id == session_id).with_for_update())
    found = get_session(session, session_id)
    session.refresh(found)
    return found


def hold_visits(session: Session, session_ids: Collection[int]) -> None:
    """Nobody is served, chooses anything or is taken off these sessions until this transaction ends."""
    mine = select(Visit.id).where(Visit.session_id.in_(session_ids)).order_by(Visit.id)
    session.execute(mine.with_for_update())


def begun(session: Session, session_ids: Collection[int]) -> bool:
    """Whether anybody was served, noted absent or chose something: a shop may sell before its baskets are confirmed."""
    something = exists().where(BasketLine.visit_id == Visit.id)
    query = select(Visit.id).where(Visit.session_id.in_(session_ids), (Visit.state != "expected") | something)
    return session.scalar(query.limit(1)) is not None


def next_session(session: Session, site_id: int | None, today: dt.date) -> DistributionSession | None:
    """The next session that is not closed yet, at this site or anywhere."""
    query = (
        select(DistributionSession)
        .where(DistributionSession.on >= today, DistributionSession.state != "closed")
        .order_by(DistributionSession.on, DistributionSession.id)
        .limit(1)
    )
    if site_id is not None:
        query = query.where(DistributionSession.site_id == site_id)
    return session.scalar(query)


def days_ahead(session: Session, site_id: int, today: dt.date, most: int = 6) -> tuple[dt.date, ...]:
    """The next days this site gives goods out."""
    query = (
        select(DistributionSession.on)
        .where(
            DistributionSession.site_id == site_id,
            DistributionSession.on >= today,
            DistributionSession.state != "closed",
        )
        .distinct()
        .order_by(DistributionSession.on)
        .limit(most)
    )
    return tuple(session.scalars(query))


def list_sessions(session: Session, since: dt.date, until: dt.date, site_id: int | None = None) -> list[SessionRow]:
    """The sessions of a period in date order, with how many came and what was reserved for them."""
    query = (
        select(DistributionSession, Site.name)
        .join(Site)
        .where(DistributionSession.on >= since, DistributionSession.on <= until)
        .order_by(DistributionSession.on, Site.name, DistributionSession.id)
    )
    if site_id is not None:
        query = query.where(DistributionSession.site_id == site_id)
    rows = session.execute(query).all()
    ids = [planned.id for planned, _ in rows]
    counts, grams = _visit_counts(session, ids), _reserved_grams(session, ids)
    return [
        SessionRow(
            id=s.id,
            site_id=s.site_id,
            site=site,
            on=s.on,
            channel=s.channel,
            state=s.state,
            expected=sum(n for (id_, _), n in counts.items() if id_ == s.id),
            served=counts.get((s.id, "served"), 0),
            absent=counts.get((s.id, "absent"), 0),
            grams=grams.get(s.id, 0),
        )
        for s, site in rows
    ]


def _visit_counts(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], int]:
    query = (
        select(Visit.session_id, Visit.state, func.count())
        .where(Visit.session_id.in_(ids))
        .group_by(Visit.session_id, Visit.state)
    )
    return {(session_id, state): n for session_id, state, n in session.execute(query)}


def _reserved_grams(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Visit.session_id, func.sum(BasketLine.quantity * Lot.grams_each))
        .join(BasketLine, BasketLine.visit_id == Visit.id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .where(Visit.session_id.in_(ids))
        .group_by(Visit.session_id)
    )
    return {session_id: int(total) for session_id, total in session.execute(query)}
