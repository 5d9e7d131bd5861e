"""Workshops: cooking, housing, budget. Places, who signed up, who came."""

import datetime as dt
import re
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.codes import read_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.register import UnknownCard, on_list
from households.tables import Household, Seat, Workshop
from network import audit
from network.tables import Organisation

MOST_PLACES = 200
LONGEST = 80

KINDS = {
    "cooking": N_("Cooking"),
    "housing": N_("Housing and energy"),
    "budget": N_("Budget"),
    "other": N_("Another theme"),
}


class WorkshopNotDescribed(Refusal):
    field = "title"
    message = N_("A workshop has a title and a place, each of 1 to %(most)s signs.")


class BadPlaces(Refusal):
    field = "places"
    message = N_("Places: expected 1 to %(most)s, got %(got)s.")


class BadHour(Refusal):
    field = "begins"
    message = N_("It begins at “%(got)s”: expected an hour such as 14:00.")


class Full(Refusal):
    kind = Kind.CONFLICT
    message = N_("This workshop is full: its places are %(places)s.")


class NotYet(Refusal):
    kind = Kind.CONFLICT
    message = N_("Who came is noted from %(day)s on.")


class HeldByOthers(Refusal):
    """Who came is known to those who were there."""

    kind = Kind.FORBIDDEN
    message = N_("This workshop is held by %(partner)s: they say who came.")


class WorkshopRow(Struct, frozen=True):
    """A workshop of the calendar."""

    id: int
    kind: str
    title: str
    on: dt.date
    begins: str
    where: str
    places: int
    taken: int
    partner: str


def plan(
    session: Session,
    *,
    organisation_id: int,
    kind: str,
    title: str,
    on: dt.date,
    begins: str,
    where: str,
    places: int,
    stamp: Stamp,
) -> Workshop:
    """A new workshop; raises what is wrong with it."""
    on_list("kind", [kind], KINDS)
    title, where = " ".join(title.split()), " ".join(where.split())
    if not (1 <= len(title) <= LONGEST and 1 <= len(where) <= LONGEST):
        raise WorkshopNotDescribed(most=LONGEST)
    if not 1 <= places <= MOST_PLACES:
        raise BadPlaces(most=MOST_PLACES, got=places)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", begins):
        raise BadHour(got=begins[:10])
    workshop = Workshop(
        organisation_id=organisation_id, kind=kind, title=title, on=on, begins=begins, where=where, places=places
    )
    session.add(workshop)
    session.flush()
    audit.record(session, "workshop.plan", f"workshop:{workshop.id}", stamp, kind=kind)
    return workshop


def list_workshops(session: Session, since: dt.date) -> list[WorkshopRow]:
    """Those since then, the next to come last."""
    taken = select(func.count()).where(Seat.workshop_id == Workshop.id).scalar_subquery()
    query = (
        select(Workshop, Organisation.name, taken)
        .join(Organisation, Organisation.id == Workshop.organisation_id)
        .where(Workshop.on >= since)
        .order_by(Workshop.on, Workshop.begins, Workshop.id)
    )
    return [_row(workshop, partner, n) for workshop, partner, n in session.execute(query)]


def get_workshop(session: Session, workshop_id: int, *, to_change: bool = False) -> Workshop:
    """Raises NotFound."""
    found = session.get(Workshop, workshop_id, with_for_update=to_change, populate_existing=to_change)
    if found is None:
        raise NotFound(what=Term(N_("workshop")), id=workshop_id)
    return found


def sign_up(session: Session, workshop_id: int, card: str, stamp: Stamp) -> None:
    """A household takes a place; twice is once. Raises Full, WrongCode, UnknownCard or NotFound."""
    workshop = get_workshop(session, workshop_id, to_change=True)
    household = _by_card(session, card)
    if session.get(Seat, (workshop_id, household)) is not None:
        return
    taken = session.scalar(select(func.count()).where(Seat.workshop_id == workshop_id)) or 0
    if taken >= workshop.places:
        raise Full(places=workshop.places)
    session.add(Seat(workshop_id=workshop_id, household_id=household))
    session.flush()
    audit.record(session, "workshop.sign-up", f"workshop:{workshop_id}", stamp)


def whose(session: Session, workshop_id: int, organisation_id: int) -> Workshop:
    """The workshop, to say who came: those who hold it know. Raises NotFound or HeldByOthers."""
    workshop = get_workshop(session, workshop_id)
    if workshop.organisation_id != organisation_id:
        raise HeldByOthers(partner=session.get_one(Organisation, workshop.organisation_id).name)
    return workshop


def note_attendance(session: Session, workshop_id: int, came: Sequence[int], stamp: Stamp) -> None:
    """Who of those signed up came; the others did not. From the day itself on."""
    workshop = get_workshop(session, workshop_id, to_change=True)
    if stamp.on < workshop.on:
        raise NotYet(day=workshop.on)
    for seat in session.scalars(select(Seat).where(Seat.workshop_id == workshop_id)):
        seat.came = seat.household_id in came
        if seat.came:
            household = session.get_one(Household, seat.household_id)
            household.last_contact_on = max(household.last_contact_on, workshop.on)
    session.flush()
    audit.record(session, "workshop.attendance", f"workshop:{workshop_id}", stamp, came=len(came))


def seats_of(session: Session, workshop_id: int) -> list[tuple[int, str, bool | None]]:
    """Who signed up: the household's number, its card, and whether it came."""
    query = select(Household.id, Household.card, Seat.came).join(Seat, Seat.household_id == Household.id)
    found = session.execute(query.where(Seat.workshop_id == workshop_id).order_by(Household.card))
    return [(household_id, card, came) for household_id, card, came in found]


def _by_card(session: Session, typed: str) -> int:
    code = read_code(typed)
    found = session.scalar(select(Household.id).where(Household.card == code))
    if found is None:
        raise UnknownCard(card=code)
    return found


def _row(workshop: Workshop, partner: str, taken: int) -> WorkshopRow:
    return WorkshopRow(
        workshop.id,
        workshop.kind,
        workshop.title,
        workshop.on,
        workshop.begins,
        workshop.where,
        workshop.places,
        taken,
        partner,
    )
