"""Food given before there is a file: one parcel, a number of people, perhaps a first name; settled later."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.codes import read_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.files import partners_with_readers
from households.register import UnknownCard
from households.sealing import Named, Seal
from households.tables import EmergencyParcel, Household
from network import audit
from network.own_site import only_there
from network.tables import Organisation, Site

MOST_PERSONS = 20
LONGEST_NAME = 30


class BadSize(Refusal):
    field = "persons"
    message = N_("How many they are: expected 1 to %(most)s, infants among them, got %(got)s with %(infants)s infants.")


class NameTooLong(Refusal):
    field = "name"
    message = N_("A first name or an initial is enough: %(most)s signs at most.")


class NobodyGave(Refusal):
    kind = Kind.FORBIDDEN
    message = N_("A parcel is given by a person: nobody is signed in.")


class GivenByOthers(Refusal):
    """Secrecy holds between partners: a parcel is settled where the name it waits under is read."""

    kind = Kind.FORBIDDEN
    message = N_("This parcel was given by %(partner)s: their social workers settle it.")


class Waiting(Struct, frozen=True):
    """A parcel that is not settled yet."""

    id: int
    on: dt.date
    site: str
    persons: int
    infants: int
    ours: bool
    """Whether the partner that asks reads the name it waits under, and settles it."""
    sealed: bytes | None


def give(
    session: Session, seal: Seal, *, site_id: int, persons: int, infants: int, name: str, stamp: Stamp
) -> EmergencyParcel:
    """A parcel handed over today to people without a file; raises BadSize, NameTooLong, NobodyGave or AnotherSite."""
    only_there(session, stamp, site_id)
    if not (1 <= persons <= MOST_PERSONS and 0 <= infants <= persons):
        raise BadSize(most=MOST_PERSONS, got=persons, infants=infants)
    if len(name) > LONGEST_NAME:
        raise NameTooLong(most=LONGEST_NAME)
    if stamp.by is None:
        raise NobodyGave()
    sealed = seal.close(Named(given=name)) if name else None
    parcel = EmergencyParcel(
        on=stamp.on, site_id=site_id, persons=persons, infants=infants, sealed=sealed, by_id=stamp.by
    )
    session.add(parcel)
    session.flush()
    audit.record(session, "emergency.give", f"parcel:{parcel.id}", stamp, persons=persons)
    return parcel


def waiting(session: Session, organisation_id: int) -> Sequence[Waiting]:
    """Parcels nobody has settled yet, the oldest first; what name one waits under is for this partner's sites alone,
    and for those of partners without anybody who may read a name."""
    query = (
        select(EmergencyParcel, Site)
        .join(Site, Site.id == EmergencyParcel.site_id)
        .where(EmergencyParcel.settled_on.is_(None))
        .order_by(EmergencyParcel.on, EmergencyParcel.id)
    )
    others = _other_readers(session, organisation_id)
    return [
        Waiting(p.id, p.on, site.name, p.persons, p.infants, ours, p.sealed if ours else None)
        for p, site in session.execute(query)
        for ours in [site.organisation_id not in others]
    ]


def _other_readers(session: Session, organisation_id: int) -> set[int]:
    """The other partners that have somebody who may read a name."""
    return set(session.scalars(partners_with_readers())) - {organisation_id}


def settle(session: Session, parcel_id: int, card: str, organisation_id: int, stamp: Stamp) -> None:
    """It was for this household, or (no card) for people who did not come back; the name it waited under goes.

    Raises NotFound, GivenByOthers, WrongCode or UnknownCard.
    """
    parcel = session.get(EmergencyParcel, parcel_id, with_for_update=True)
    if parcel is None:
        raise NotFound(what=Term(N_("emergency parcel")), id=parcel_id)
    given_by = session.get_one(Site, parcel.site_id).organisation_id
    if given_by in _other_readers(session, organisation_id):
        raise GivenByOthers(partner=session.get_one(Organisation, given_by).name)
    if parcel.settled_on is None:
        parcel.household_id = _household(session, card) if card.strip() else None
        parcel.settled_on, parcel.sealed = stamp.on, None
        session.flush()
        audit.record(session, "emergency.settle", f"parcel:{parcel_id}", stamp)


def _household(session: Session, card: str) -> int:
    code = read_code(card)
    found = session.scalar(select(Household.id).where(Household.card == code))
    if found is None:
        raise UnknownCard(card=code)
    return found
