"""People who asked to be called back from the public page, and the partner it reaches."""

import datetime as dt

import msgspec
from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.files import partners_with_readers
from households.likeness import digits_of
from households.sealing import Seal
from households.tables import FirstContact
from network import audit
from network.directory import FOOD, directory

LONGEST_NAME = 60
MOST_AN_HOUR = 40
HOUR = dt.timedelta(hours=1)


class NoWayBack(Refusal):
    field = "phone"
    message = N_("A phone number is needed to call you back: expected 6 to 15 digits.")


class NameTooLong(Refusal):
    field = "name"
    message = N_("A name of at most %(most)s signs, please.")


class NobodyHelps(Refusal):
    kind = Kind.NOT_FOUND
    field = "service"
    message = N_("No structure of the network is known for this: please choose another one.")


class TooManyRequests(Refusal):
    kind = Kind.TOO_MANY
    message = N_("Many people are asking right now: please try again in an hour, or come and see us.")


class CallBack(Struct, frozen=True):
    """Whom to call."""

    name: str
    phone: str


class Asked(Struct, frozen=True):
    """A request that waits for its call."""

    id: int
    at: dt.datetime
    service: str
    who: CallBack


def ask(session: Session, seal: Seal, *, name: str, phone: str, service: str, partner_id: int | None, at: Stamp) -> int:
    """Keep a request and say which partner gets it: the one asked for, else the first that helps with this."""
    if not 6 <= len(digits_of(phone)) <= 15:
        raise NoWayBack()
    if len(name) > LONGEST_NAME:
        raise NameTooLong(most=LONGEST_NAME)
    lately = select(func.count()).where(FirstContact.at > at.at - HOUR)
    if (session.scalar(lately) or 0) >= MOST_AN_HOUR:
        raise TooManyRequests()
    helping = [entry.id for entry in directory(session, service)] or [e.id for e in directory(session, FOOD)]
    if partner_id is not None:
        helping = [i for i in (e.id for e in directory(session)) if i == partner_id]
    if not helping:
        raise NobodyHelps()
    sealed = seal.close(CallBack(name, phone))
    session.add(FirstContact(at=at.at, organisation_id=helping[0], service=service, sealed=sealed))
    session.flush()
    return helping[0]


def waiting(session: Session, seal: Seal, organisation_id: int) -> list[Asked]:
    """Who waits for a call of this partner; also those of partners without anybody who may read a name."""
    query = _unanswered(organisation_id).order_by(FirstContact.at)
    return [
        Asked(one.id, one.at, one.service, msgspec.json.decode(seal.opened(one.sealed), type=CallBack))
        for one in session.scalars(query)
        if one.sealed
    ]


def how_many_wait(session: Session, organisation_id: int) -> int:
    """As `waiting` tells them, without reading a name."""
    return session.scalar(select(func.count()).select_from(_unanswered(organisation_id).subquery())) or 0


def answered(session: Session, contact_id: int, organisation_id: int, stamp: Stamp) -> None:
    """They were called: whom is gone, that somebody asked is kept and counted. Raises NotFound.

    Only of those that wait for a call of this partner; said twice, the first time counts.
    """
    one = session.get(FirstContact, contact_id)
    if one is None or (one.answered_on is None and one not in session.scalars(_unanswered(organisation_id)).all()):
        raise NotFound(what=Term(N_("request")), id=contact_id)
    one.answered_on, one.sealed = one.answered_on or stamp.on, None
    session.flush()
    audit.record(session, "contact.answered", f"contact:{contact_id}", stamp)


def _unanswered(organisation_id: int) -> Select[FirstContact]:
    return (
        select(FirstContact)
        .where(FirstContact.answered_on.is_(None))
        .where(
            (FirstContact.organisation_id == organisation_id)
            | FirstContact.organisation_id.not_in(partners_with_readers())
        )
    )
