"""What a person may ask for besides seeing what is held on them: not to be compared, to be forgotten.

Forgetting takes who they are and leaves what can be counted: how many they were and of what age, when they were
helped, and what was decided; amounts, names, sexes, fingerprints, exclusions, the rights looked at and the card are
gone. It happens when they ask, and by itself two years after anybody last saw them (CNIL, reference framework for
social support, 2021-028).
"""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.codes import new_code
from households.files import Situation, begin_file, file_of, keep_identity, read_identity
from households.register import get_household
from households.sealing import Seal
from households.tables import (
    AmountLine,
    Decision,
    Draft,
    EmergencyParcel,
    File,
    Fingerprint,
    HomeDelivery,
    Household,
    Member,
    Proxy,
    RightLooked,
    SheetDraft,
)
from households.tables import Identity as Sealed
from network import audit

YEARS_KEPT = 2


def object_to_comparing(session: Session, seal: Seal, household_id: int, stamp: Stamp) -> None:
    """From now on their names are not compared with other partners'; searching one's own files still finds them."""
    file = _file(session, household_id)
    file.objected_on = file.objected_on or stamp.on
    session.flush()
    identity = read_identity(session, seal, household_id, stamp, "objection")
    if identity.people:
        keep_identity(session, seal, household_id, identity, stamp.on)
    audit.record(session, "household.object", f"household:{household_id}", stamp)


def forget(session: Session, household_id: int, stamp: Stamp) -> None:
    """Who they are goes at once; asked again, nothing more happens.

    What was kept of their baskets is for `allocation.forgetting`.
    """
    household = get_household(session, household_id, to_change=True)
    file = _file(session, household_id)
    if file.forgotten_on is not None:
        return
    take_out_who_they_are(session, household_id)
    session.execute(delete(HomeDelivery).where(HomeDelivery.household_id == household_id))
    for member in household.members:
        member.birth_month = None
    household.exclusions, household.lacks = [], []
    household.card, household.ended_on = new_code(), household.ended_on or stamp.on
    file.forgotten_on = stamp.on
    session.flush()
    audit.record(session, "household.forget", f"household:{household_id}", stamp)


def take_out_who_they_are(session: Session, household_id: int) -> None:
    """Names, sexes, who else may come, amounts and rights go; what was decided stays, without its figures' parts."""
    for table in (Sealed, Fingerprint, Proxy, RightLooked):
        session.execute(delete(table).where(table.household_id == household_id))
    decided = select(Decision.id).where(Decision.household_id == household_id)
    session.execute(delete(AmountLine).where(AmountLine.decision_id.in_(decided)))
    for decision in session.scalars(select(Decision).where(Decision.household_id == household_id)):
        decision.steps = []
    session.execute(update(Member).where(Member.household_id == household_id).values(sex="unsaid"))


def long_gone(session: Session, today: dt.date) -> list[int]:
    """The households to be forgotten: whose last contact is two years ago."""
    leap = (today.month, today.day) == (2, 29)
    limit = today.replace(year=today.year - YEARS_KEPT, day=28 if leap else today.day)
    query = (
        select(Household.id)
        .outerjoin(File, File.household_id == Household.id)
        .where(Household.last_contact_on < limit, File.forgotten_on.is_(None))
    )
    return list(session.scalars(query.order_by(Household.id)))


def seal_anew(session: Session, seal: Seal, today: dt.date) -> int:
    """Everything sealed under the newest key, with fingerprints of that key; tells how many households that were."""
    ids = list(session.scalars(select(Sealed.household_id)))
    for household_id in ids:
        kept = session.get_one(Sealed, household_id)
        keep_identity(session, seal, household_id, seal.open(kept.sealed), today)
    for parcel in session.scalars(select(EmergencyParcel).where(EmergencyParcel.sealed.is_not(None))):
        parcel.sealed = seal.renew(parcel.sealed or b"")
    session.execute(delete(Draft))
    session.execute(delete(SheetDraft))
    session.flush()
    return len(ids)


def _file(session: Session, household_id: int) -> File:
    """The household's file; one is begun where there is none, to hold what was asked for."""
    partner = get_household(session, household_id).organisation_id
    return file_of(session, household_id) or begin_file(session, household_id, Situation(partner), partner)
