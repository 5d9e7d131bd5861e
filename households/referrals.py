"""A need handed to a partner: with the household's consent, for what it agreed to share, until the day it agreed to.

The receiving partner reads what is shared while consent lasts and not a day longer; withdrawn, its view is closed at
once. A referral that stands still for a fortnight, or whose appointment has passed, comes to the surface.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.files import holder_id
from households.listing import composition_now
from households.reference import needs
from households.register import get_household, on_list
from households.sealing import Identity, Seal
from households.tables import File, Household, IdentifiedNeed, Referral
from households.tables import Identity as Sealed
from network import audit
from network.tables import Organisation

STANDS_STILL = dt.timedelta(days=14)
LONGEST_CONSENT = dt.timedelta(days=366)

SHARES = {
    "names": N_("Names"),
    "phone": N_("Phone number"),
    "address": N_("Where they live"),
    "composition": N_("How many they are and of what age"),
}

STATES = {
    "proposed": N_("Proposed"),
    "accepted": N_("Accepted"),
    "appointment": N_("Appointment made"),
    "achieved": N_("Done"),
    "dropped": N_("Not followed up"),
}
ENDED = {"achieved", "dropped"}


class ConsentMissing(Refusal):
    """Nothing leaves a file without the household's word, and its word has an end."""

    field = "until"
    message = N_("The household agrees to something until a day from %(first)s to %(last)s: got %(got)s.")


class NothingShared(Refusal):
    field = "shares"
    message = N_("What may the partner read? At least one thing has to be ticked, or nobody can be called.")


class ToThemselves(Refusal):
    field = "partner"
    message = N_("This partner holds the file already.")


class NoDay(Refusal):
    field = "appointment"
    message = N_("On which day is the appointment?")


class ConsentEnded(Refusal):
    kind = Kind.FORBIDDEN
    message = N_("The household’s consent has ended: this referral can no longer be read or changed.")


class Handed(Struct, frozen=True):
    """A referral as the partner that receives it sees it: what was consented, and nothing else."""

    id: int
    need: str
    on: dt.date
    consent_until: dt.date
    state: str
    appointment_on: dt.date | None
    by: str
    shared: dict[str, Any]


def refer(
    session: Session,
    household_id: int,
    *,
    need: str,
    partner_id: int,
    shares: Sequence[str],
    consent_until: dt.date | None,
    stamp: Stamp,
) -> Referral:
    """Hand a need to a partner; raises what stands in the way."""
    on_list("need", [need], {n.code: n.name_en for n in needs()})
    shared = on_list("shares", shares, SHARES)
    household = get_household(session, household_id, to_change=True)
    last = stamp.on + LONGEST_CONSENT
    if consent_until is None or not stamp.on <= consent_until <= last:
        raise ConsentMissing(first=stamp.on, last=last, got=consent_until or "–")
    if not shared:
        raise NothingShared()
    if session.get(Organisation, partner_id) is None or stamp.by is None:
        raise NotFound(what=Term(N_("structure")), id=partner_id)
    if partner_id == holder_id(session, household_id):
        raise ToThemselves()
    referral = Referral(
        household_id=household_id,
        need=need,
        organisation_id=partner_id,
        shares=shared,
        on=stamp.on,
        consent_until=consent_until,
        state="proposed",
        moved_on=stamp.on,
        by_id=stamp.by,
    )
    session.add(referral)
    household.last_contact_on = max(household.last_contact_on, stamp.on)
    session.flush()
    audit.record(session, "referral.refer", f"referral:{referral.id}", stamp, need=need)
    return referral


def move(
    session: Session, referral_id: int, partner_id: int, state: str, stamp: Stamp, appointment: dt.date | None = None
) -> None:
    """The receiving partner says how it goes; raises NotFound for another's, ConsentEnded once closed."""
    on_list("state", [state], STATES)
    referral = session.get(Referral, referral_id, with_for_update=True)
    if referral is None or referral.organisation_id != partner_id:
        raise NotFound(what=Term(N_("referral")), id=referral_id)
    if not is_open_to_partner(referral, stamp.on):
        raise ConsentEnded()
    if state == "appointment" and appointment is None:
        raise NoDay()
    referral.state, referral.moved_on = state, stamp.on
    referral.appointment_on = appointment if state == "appointment" else referral.appointment_on
    if state == "achieved":
        _settle_need(session, referral, stamp)
    session.flush()
    audit.record(session, "referral.move", f"referral:{referral_id}", stamp, state=state)


def withdraw(session: Session, household_id: int, referral_id: int, stamp: Stamp) -> None:
    """The household takes its consent back: the partner's view is closed from this moment."""
    referral = session.get(Referral, referral_id, with_for_update=True)
    if referral is None or referral.household_id != household_id:
        raise NotFound(what=Term(N_("referral")), id=referral_id)
    referral.withdrawn_on = referral.withdrawn_on or stamp.on
    session.flush()
    audit.record(session, "referral.withdraw", f"referral:{referral_id}", stamp)


def handed_to(session: Session, seal: Seal, partner_id: int, stamp: Stamp) -> list[Handed]:
    """What this partner may read today; names that are read are written down."""
    query = (
        select(Referral, Organisation.name)
        .join(Household, Household.id == Referral.household_id)
        .outerjoin(File, File.household_id == Household.id)
        .join(Organisation, Organisation.id == func.coalesce(File.organisation_id, Household.organisation_id))
        .where(
            Referral.organisation_id == partner_id,
            Referral.withdrawn_on.is_(None),
            Referral.consent_until >= stamp.on,
        )
        .order_by(Referral.state.in_(ENDED), Referral.on, Referral.id)
    )
    return [_handed(session, seal, referral, by, stamp) for referral, by in session.execute(query)]


def of_household(session: Session, household_id: int) -> Sequence[tuple[Referral, str]]:
    """Every referral of a household with the partner's name, the latest first."""
    query = select(Referral, Organisation.name).join(Organisation, Organisation.id == Referral.organisation_id)
    found = session.execute(query.where(Referral.household_id == household_id).order_by(Referral.id.desc()))
    return [(referral, name) for referral, name in found]


def overdue(session: Session, today: dt.date, holder_id: int) -> Sequence[tuple[int, str]]:
    """Households of this holder with a referral that stands still, with their card; the longest first."""
    query = (
        _late(today)
        .join(File, File.household_id == Household.id)
        .where(File.organisation_id == holder_id)
        .order_by(Referral.moved_on, Referral.id)
    )
    found: dict[int, str] = {}
    for household_id, card in session.execute(query):
        found.setdefault(household_id, card)
    return list(found.items())


def unanswered(session: Session, today: dt.date, partner_id: int) -> int:
    """How many referrals this partner may read and has not answered yet; no name is read."""
    query = select(func.count(Referral.id)).where(
        Referral.organisation_id == partner_id,
        Referral.withdrawn_on.is_(None),
        Referral.consent_until >= today,
        Referral.state == "proposed",
    )
    return session.scalar(query) or 0


def is_open_to_partner(referral: Referral, today: dt.date) -> bool:
    return referral.withdrawn_on is None and today <= referral.consent_until


def _late(today: dt.date) -> Select[int, str]:
    passed = Referral.appointment_on < today
    stands = (Referral.moved_on <= today - STANDS_STILL) & (Referral.state != "appointment")
    query = select(Household.id, Household.card).join(Referral, Referral.household_id == Household.id)
    return query.where(Referral.state.not_in(ENDED), Referral.withdrawn_on.is_(None), passed | stands)


def _handed(session: Session, seal: Seal, referral: Referral, by: str, stamp: Stamp) -> Handed:
    sealed = session.get(Sealed, referral.household_id)
    identity = seal.open(sealed.sealed) if sealed else Identity()
    shared: dict[str, Any] = {}
    if "names" in referral.shares:
        shared["names"] = [f"{named.given} {named.family}".strip() for named in identity.people[:1]]
    if "phone" in referral.shares:
        shared["phone"] = identity.phone
    if "address" in referral.shares:
        shared["address"] = identity.address
    if "composition" in referral.shares:
        shared["composition"] = list(composition_now(session, referral.household_id, stamp.on).ages)
    audit.record(session, "referral.read", f"referral:{referral.id}", stamp)
    return Handed(
        referral.id,
        referral.need,
        referral.on,
        referral.consent_until,
        referral.state,
        referral.appointment_on,
        by,
        shared,
    )


def _settle_need(session: Session, referral: Referral, stamp: Stamp) -> None:
    """The need that led here is answered, too."""
    query = select(IdentifiedNeed).where(
        IdentifiedNeed.household_id == referral.household_id,
        IdentifiedNeed.code == referral.need,
        IdentifiedNeed.settled_on.is_(None),
    )
    for need in session.scalars(query):
        need.settled_on = stamp.on
