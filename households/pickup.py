"""A basket its household does not fetch: somebody it trusts comes, or it is brought to the door.

Of who comes only initials are kept, enough to hold against an identity card; of why a basket is brought, nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households.register import get_household
from households.tables import HomeDelivery, Proxy
from network import audit

LONGEST = dt.timedelta(days=366)
MOST_LETTERS = 4
MOST_STOPS = 999


class NotAgreed(Refusal):
    field = "agreed"
    message = N_("Somebody else may fetch the basket only once the household has agreed: ask, then tick it.")


class BadInitials(Refusal):
    field = "initials"
    message = N_("Initials: expected 1 to %(most)s letters, for instance “M. D.”, got “%(got)s”.")


class BadEnd(Refusal):
    field = "until"
    message = N_("This needs an end: a day from today on, a year ahead at most.")


class BadStop(Refusal):
    field = "rank"
    message = N_("Stop of the round: expected 1 to %(most)s, got %(got)s.")


class Authorised(Struct, frozen=True):
    """Somebody who may fetch a basket today."""

    id: int
    initials: str
    agreed_on: dt.date
    until: dt.date


class Brought(Struct, frozen=True):
    """A basket that is brought to the door."""

    rank: int
    until: dt.date


def authorise(
    session: Session, household_id: int, initials: str, until: dt.date | None, stamp: Stamp, *, agreed: bool
) -> int:
    """Let somebody fetch the basket until that day; raises NotFound, NotAgreed, BadInitials or BadEnd."""
    get_household(session, household_id)
    if not agreed:
        raise NotAgreed()
    letters = initials_of(initials)
    proxy = Proxy(
        household_id=household_id,
        initials=letters,
        agreed_on=stamp.on,
        until=_end(until, stamp.on),
        by_id=stamp.by,
    )
    session.add(proxy)
    session.flush()
    audit.record(session, "proxy.authorise", f"household:{household_id}", stamp, proxy=proxy.id)
    return proxy.id


def withdraw(session: Session, household_id: int, proxy_id: int, stamp: Stamp) -> None:
    """From today on they may not; asked again, nothing more happens. Raises NotFound."""
    proxy = session.get(Proxy, proxy_id)
    if proxy is None or proxy.household_id != household_id:
        raise NotFound(what=Term(N_("authorisation")), id=proxy_id)
    if proxy.withdrawn_on is None:
        proxy.withdrawn_on = stamp.on
        session.flush()
        audit.record(session, "proxy.withdraw", f"household:{household_id}", stamp, proxy=proxy_id)


def authorised(session: Session, households: Collection[int], on: dt.date) -> dict[int, list[Authorised]]:
    """Who may fetch the baskets of these households on that day."""
    query = (
        select(Proxy)
        .where(Proxy.household_id.in_(households), Proxy.withdrawn_on.is_(None))
        .where(Proxy.agreed_on <= on, Proxy.until >= on)
        .order_by(Proxy.initials, Proxy.id)
    )
    found: dict[int, list[Authorised]] = defaultdict(list)
    for proxy in session.scalars(query):
        found[proxy.household_id].append(Authorised(proxy.id, proxy.initials, proxy.agreed_on, proxy.until))
    return found


def bring(session: Session, household_id: int, rank: int, until: dt.date | None, stamp: Stamp) -> None:
    """Bring their basket to the door until that day, as this stop of the round; raises NotFound, BadStop or BadEnd."""
    get_household(session, household_id)
    if not 1 <= rank <= MOST_STOPS:
        raise BadStop(most=MOST_STOPS, got=rank)
    kept = session.get(HomeDelivery, household_id) or HomeDelivery(household_id=household_id)
    kept.rank, kept.until, kept.by_id = rank, _end(until, stamp.on), stamp.by
    session.add(kept)
    session.flush()
    audit.record(session, "delivery.begin", f"household:{household_id}", stamp)


def stop_bringing(session: Session, household_id: int, stamp: Stamp) -> None:
    """They come themselves again."""
    session.execute(delete(HomeDelivery).where(HomeDelivery.household_id == household_id))
    session.flush()
    audit.record(session, "delivery.end", f"household:{household_id}", stamp)


def brought(session: Session, households: Collection[int], on: dt.date) -> dict[int, Brought]:
    """Which of these households have their basket brought on that day."""
    query = select(HomeDelivery).where(HomeDelivery.household_id.in_(households), HomeDelivery.until >= on)
    return {kept.household_id: Brought(kept.rank, kept.until) for kept in session.scalars(query)}


def initials_of(typed: str) -> str:
    """Letters alone, in capitals; raises BadInitials.

    >>> initials_of(" m. d-L")
    'MDL'
    """
    letters = "".join(sign for sign in typed if sign.isalpha()).upper()
    if not 1 <= len(letters) <= MOST_LETTERS or any(sign.isdigit() for sign in typed):
        raise BadInitials(most=MOST_LETTERS, got=typed.strip()[:20])
    return letters


def _end(until: dt.date | None, today: dt.date) -> dt.date:
    if until is None or not today <= until <= today + LONGEST:
        raise BadEnd()
    return until
