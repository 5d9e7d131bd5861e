"""The file of a household: who they are, where they come from, and who may open it.

A file is held by one partner; its social workers open it, nobody else does. Every reading of an identity is written
down. What is sealed here is found again through fingerprints, never by opening one file after another.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.codes import WrongCode, new_code, read_code
from common.errors import Kind, Refusal
from common.words import N_
from households.composition import ADULT_AGE
from households.likeness import digits_of, near, same, words_of
from households.people import person_of
from households.register import composition_of, enrol, get_household, on_list
from households.sealing import Identity, Named, Seal
from households.tables import File, Fingerprint, Household, Member
from households.tables import Identity as Sealed
from households.vocabulary import HEARD, HOUSING, STATUSES
from network import audit
from network.roles import RIGHTS, Right
from network.tables import Account, Organisation

SHORTEST_PHONE = 6


class HeldElsewhere(Refusal):
    """Secrecy holds between partners, too: two of them may help one household and neither reads the other's file."""

    kind = Kind.FORBIDDEN
    message = N_("This file is held by %(partner)s: ask them, with the household’s consent.")


class Situation(Struct, frozen=True):
    """Where a household comes from; for statistics alone, and never asked again by a decision."""

    first_partner_id: int
    heard: str = "unsaid"
    housing: str = "unsaid"
    status: str = "unsaid"


class Place(Struct, frozen=True):
    """Where and how they are helped."""

    organisation_id: int
    site_id: int
    channel: str
    carry_grams: int
    monthly_cents: int | None = None


def register_file(
    session: Session,
    seal: Seal,
    *,
    identity: Identity,
    situation: Situation,
    place: Place,
    holder_id: int,
    stamp: Stamp,
    excludes: Iterable[str] = (),
    lacks: Iterable[str] = (),
) -> Household:
    """A new household with its card and its file, held by the partner of who registers it."""
    household = enrol(
        session,
        organisation_id=place.organisation_id,
        site_id=place.site_id,
        people=[person_of(named, stamp.on) for named in identity.people],
        channel=place.channel,
        carry_grams=place.carry_grams,
        monthly_cents=place.monthly_cents,
        excludes=excludes,
        lacks=lacks,
        stamp=stamp,
    )
    for member, named in zip(household.members, identity.people, strict=True):
        member.bond, member.sex = named.bond, named.sex
    begin_file(session, household.id, situation, holder_id)
    keep_identity(session, seal, household.id, identity, stamp.on)
    return household


def begin_file(session: Session, household_id: int, situation: Situation, holder_id: int) -> File:
    """A file for a household that has none yet."""
    on_list("heard", [situation.heard], HEARD)
    on_list("housing", [situation.housing], HOUSING)
    on_list("status", [situation.status], STATUSES)
    file = File(
        household_id=household_id,
        organisation_id=holder_id,
        case_number=new_code(6),
        first_partner_id=situation.first_partner_id,
        heard=situation.heard,
        housing=situation.housing,
        status=situation.status,
    )
    session.add(file)
    session.flush()
    return file


def file_of(session: Session, household_id: int) -> File | None:
    return session.get(File, household_id)


def holder_id(session: Session, household_id: int) -> int:
    """The partner whose social workers open the file; before there is one, the partner that follows the household."""
    file = file_of(session, household_id)
    return file.organisation_id if file else get_household(session, household_id).organisation_id


def partners_with_readers() -> Select[int]:
    """The partners with somebody who may open a file."""
    readers = [role for role, rights in RIGHTS.items() if Right.OPEN_FILES in rights]
    return select(Account.organisation_id).where(Account.role.in_(readers), Account.active).distinct()


def require_holder(session: Session, household_id: int, organisation_id: int) -> File | None:
    """The file, None where nobody has begun one; raises HeldElsewhere for another partner's."""
    holder = holder_id(session, household_id)
    if holder != organisation_id:
        raise HeldElsewhere(partner=session.get_one(Organisation, holder).name)
    return file_of(session, household_id)


def sealed_of(session: Session, household_id: int) -> bytes | str | None:
    """What is sealed of a household, unread: whether it is still what it was can be told without opening it."""
    sealed = session.get(Sealed, household_id, with_for_update=True, populate_existing=True)
    return sealed.sealed if sealed else None


def keep_identity(session: Session, seal: Seal, household_id: int, identity: Identity, today: dt.date) -> None:
    """Seal who they are in place of what was sealed before, with the fingerprints they are found by."""
    file = file_of(session, household_id)
    kept = session.get(Sealed, household_id)
    if kept is None:
        session.add(Sealed(household_id=household_id, sealed=seal.close(identity)))
    else:
        kept.sealed = seal.close(identity)
    session.execute(delete(Fingerprint).where(Fingerprint.household_id == household_id))
    compared = file is None or file.objected_on is None
    hashes = fingerprints_of(seal, identity, today, compared=compared)
    session.add_all(Fingerprint(household_id=household_id, hash=h, kind=kind) for h, kind in hashes.items())
    session.flush()


def fingerprints_of(seal: Seal, identity: Identity, today: dt.date, *, compared: bool = True) -> dict[str, str]:
    """The fingerprint of everything they are found by, with its kind; adults only are compared between partners."""
    texts = {("word", word) for named in identity.people for word in words_of(f"{named.given} {named.family}")}
    if phone := digits_of(identity.phone):
        texts.add(("phone", phone))
    for named in adults(identity, today) if compared else ():
        texts |= {("same", form) for form in same(named.given, named.family, named.birth)}
        texts |= {("near", form) for form in near(named.given, named.family, named.birth)}
    return {seal.fingerprint(kind, text): kind for kind, text in texts}


def adults(identity: Identity, today: dt.date) -> list[Named]:
    """Those known by both names who are old enough to ask for themselves."""
    return [
        named
        for named in identity.people
        if named.given and named.family and today.year - int(named.birth[:4]) >= ADULT_AGE
    ]


def rectify(
    session: Session, seal: Seal, household_id: int, identity: Identity, stamp: Stamp, *, holder_id: int
) -> None:
    """What was wrong or has changed in who they are; ages follow. A household without a file is this holder's now."""
    household = get_household(session, household_id, to_change=True)
    if file_of(session, household_id) is None:
        begin_file(session, household_id, Situation(holder_id), holder_id)
    people = [person_of(named, stamp.on) for named in identity.people]
    household.members = [
        Member(birth_year=person.birth_year, birth_month=person.birth_month, bond=named.bond, sex=named.sex)
        for person, named in zip(people, identity.people, strict=True)
    ]
    composition_of(household, stamp.on)
    keep_identity(session, seal, household_id, identity, stamp.on)
    audit.record(session, "identity.rectify", f"household:{household_id}", stamp)


def read_identity(session: Session, seal: Seal, household_id: int, stamp: Stamp, where: str = "file") -> Identity:
    """Who they are, written down as read for something of LOOKED; nobody where it has no names, or was forgotten."""
    sealed = session.get(Sealed, household_id)
    audit.record(session, "identity.read", f"household:{household_id}", stamp, where=where)
    return seal.open(sealed.sealed) if sealed else Identity()


def find(session: Session, seal: Seal, typed: str, holder_id: int) -> list[int]:
    """The households of this holder that a card, a phone number or all of these names belong to."""
    if by_card := _by_card(session, typed):
        return by_card
    return by_fingerprint(session, searched(seal, typed), holder_id)


def searched(seal: Seal, typed: str) -> list[list[str]]:
    """What must be there: for each word, or for the phone number, the fingerprints it may have."""
    phone = digits_of(typed)
    if len(phone) >= SHORTEST_PHONE and not words_of(typed):
        return [seal.fingerprints("phone", phone)]
    return [seal.fingerprints("word", word) for word in words_of(typed)]


def by_fingerprint(session: Session, wanted: Sequence[Sequence[str]], holder_id: int) -> list[int]:
    if not wanted:
        return []
    query = select(File.household_id).where(File.organisation_id == holder_id, File.forgotten_on.is_(None))
    for hashes in wanted:
        having = select(Fingerprint.household_id).where(Fingerprint.hash.in_(hashes))
        query = query.where(File.household_id.in_(having))
    return list(session.scalars(query.order_by(File.household_id)))


def names_of(session: Session, seal: Seal, household_ids: Sequence[int], stamp: Stamp, where: str) -> dict[int, str]:
    """The first person of each household, for a list; written down as read for something of LOOKED."""
    query = select(Sealed).where(Sealed.household_id.in_(household_ids))
    found = {row.household_id: seal.open(row.sealed) for row in session.scalars(query)}
    for household_id in found:
        audit.record(session, "identity.read", f"household:{household_id}", stamp, where=where)
    return {i: f"{who.people[0].given} {who.people[0].family}".strip() for i, who in found.items() if who.people}


def _by_card(session: Session, typed: str) -> list[int]:
    try:
        code = read_code(typed)
    except WrongCode:
        return []
    return list(session.scalars(select(Household.id).where(Household.card == code)))
