"""A household goes over to another partner: it agrees, its partner asks, the other one accepts or refuses.

Until it is accepted nothing changes hands. From that moment the receiving partner holds the file, and who held it sees
of the household what every partner sees: its card. Where the household lets only its card and its needs go, nobody
reads what it left behind: names, amounts and rights are taken out, and the new partner asks for itself.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.files import Situation, begin_file, file_of, holder_id, partners_with_readers
from households.pickup import stop_bringing
from households.privacy import take_out_who_they_are
from households.register import get_household, on_list
from households.tables import Household, Member, Move, Referral
from network import audit
from network.tables import Organisation, Site

CONSENT_LASTS = dt.timedelta(days=30)
"""What a household agreed to and nobody answered is asked again."""

TAKES = {
    "file": N_("The whole file"),
    "card": N_("Only the card and the needs"),
}
STATES = {
    "asked": N_("waits for an answer"),
    "accepted": N_("accepted"),
    "refused": N_("not accepted"),
    "withdrawn": N_("consent withdrawn"),
}


class MoveNotAgreed(Refusal):
    field = "agreed"
    message = N_("A household moves only once it has agreed: ask, then tick it.")


class AlreadyThere(Refusal):
    field = "partner"
    message = N_("This partner holds the file already.")


class NobodyThere(Refusal):
    """Only a social worker opens a file: where there is none, nobody could accept it."""

    field = "partner"
    message = N_("%(partner)s has no social worker here who could accept the household.")


class AlreadyMoving(Refusal):
    kind = Kind.CONFLICT
    message = N_("%(partner)s was asked on %(day)s and has not answered yet.")


class NoLongerAsked(Refusal):
    kind = Kind.CONFLICT
    message = N_("This move is settled, or the household’s consent has ended: nothing was changed.")


class Incoming(Struct, frozen=True):
    """A household that would come over, as the receiving partner sees it before it answers: no name."""

    id: int
    household_id: int
    card: str
    persons: int
    by: str
    takes: str
    agreed_on: dt.date
    until: dt.date


def ask(session: Session, household_id: int, partner_id: int, takes: str, stamp: Stamp, *, agreed: bool) -> Move:
    """Ask a partner to take a household over; raises what stands in the way."""
    household = get_household(session, household_id, to_change=True)
    on_list("takes", [takes], TAKES)
    holder = holder_id(session, household.id)
    if not agreed:
        raise MoveNotAgreed()
    if partner_id == holder:
        raise AlreadyThere()
    if stamp.by is None or partner_id not in (there := dict(receivers(session))):
        raise _cannot_receive(session, partner_id)
    for move in session.scalars(_open(stamp.on).where(Move.household_id == household_id)):
        raise AlreadyMoving(partner=there.get(move.organisation_id, ""), day=move.agreed_on)
    move = Move(
        household_id=household_id,
        from_id=holder,
        organisation_id=partner_id,
        takes=takes,
        agreed_on=stamp.on,
        state="asked",
        by_id=stamp.by,
    )
    session.add(move)
    household.last_contact_on = max(household.last_contact_on, stamp.on)
    session.flush()
    _record(session, "household.move-asked", move, stamp)
    return move


def withdraw(session: Session, household_id: int, move_id: int, stamp: Stamp) -> None:
    """The household takes its consent back before the other partner has answered."""
    move = session.get(Move, move_id, with_for_update=True, populate_existing=True)
    if move is None or move.household_id != household_id:
        raise NotFound(what=Term(N_("move")), id=move_id)
    if move.state == "asked":
        _settle(session, move, "withdrawn", stamp)


def refuse(session: Session, move_id: int, partner_id: int, stamp: Stamp) -> None:
    """The household stays where it is. Raises NotFound or NoLongerAsked."""
    _settle(session, _to_answer(session, move_id, partner_id, stamp.on), "refused", stamp)


def accept(session: Session, move_id: int, partner_id: int, site_id: int, stamp: Stamp) -> int:
    """The household is theirs from now on and comes to this site; what it was granted goes on.

    Returns its number. A round of the old partner does not bring its basket any more. Raises NotFound or NoLongerAsked.
    """
    move = _to_answer(session, move_id, partner_id, stamp.on)
    if session.get(Site, site_id) is None:
        raise NotFound(what=Term(N_("site")), id=site_id, field="site")
    household = get_household(session, move.household_id, to_change=True)
    household.organisation_id, household.site_id = partner_id, site_id
    file = file_of(session, household.id) or begin_file(session, household.id, Situation(move.from_id), partner_id)
    file.organisation_id = partner_id
    if move.takes == "card":
        _leave_behind(session, household.id, stamp)
    stop_bringing(session, household.id, stamp)
    _settle(session, move, "accepted", stamp)
    return household.id


def incoming(session: Session, partner_id: int, today: dt.date) -> list[Incoming]:
    """Who would come over to this partner, the longest asked first."""
    people = select(func.count()).where(Member.household_id == Household.id).correlate(Household).scalar_subquery()
    query = (
        _open(today)
        .where(Move.organisation_id == partner_id)
        .join(Household, Household.id == Move.household_id)
        .join(Organisation, Organisation.id == Move.from_id)
        .add_columns(Household.card, people, Organisation.name)
        .order_by(Move.agreed_on, Move.id)
    )
    return [
        Incoming(m.id, m.household_id, card, n, by, m.takes, m.agreed_on, m.agreed_on + CONSENT_LASTS)
        for m, card, n, by in session.execute(query)
    ]


def moves_of(session: Session, household_id: int) -> Sequence[tuple[Move, str, str]]:
    """Every move of a household with the names of both partners, the latest first."""
    giving, receiving = Organisation.__table__.alias(), Organisation.__table__.alias()
    query = (
        select(Move, giving.c.name, receiving.c.name)
        .join(giving, giving.c.id == Move.from_id)
        .join(receiving, receiving.c.id == Move.organisation_id)
        .where(Move.household_id == household_id)
        .order_by(Move.id.desc())
    )
    return [(move, one, other) for move, one, other in session.execute(query)]


def receivers(session: Session) -> list[tuple[int, str]]:
    """The partners with somebody who may open a file, by name."""
    query = select(Organisation).where(Organisation.id.in_(partners_with_readers())).order_by(Organisation.name)
    return [(partner.id, partner.name) for partner in session.scalars(query)]


def is_open(move: Move, today: dt.date) -> bool:
    """Whether it still waits for an answer that may be given."""
    return move.state == "asked" and today <= move.agreed_on + CONSENT_LASTS


def _open(today: dt.date) -> Select[Move]:
    return select(Move).where(Move.state == "asked", Move.agreed_on >= today - CONSENT_LASTS)


def _to_answer(session: Session, move_id: int, partner_id: int, today: dt.date) -> Move:
    move = session.get(Move, move_id, with_for_update=True, populate_existing=True)
    if move is None or move.organisation_id != partner_id:
        raise NotFound(what=Term(N_("move")), id=move_id)
    if not is_open(move, today):
        raise NoLongerAsked()
    return move


def _cannot_receive(session: Session, partner_id: int) -> Refusal:
    partner = session.get(Organisation, partner_id)
    return NobodyThere(partner=partner.name) if partner else NotFound(what=Term(N_("structure")), id=partner_id)


def _leave_behind(session: Session, household_id: int, stamp: Stamp) -> None:
    """What the household did not let go with it: nobody may read it any more, so nobody keeps it."""
    take_out_who_they_are(session, household_id)
    file = file_of(session, household_id)
    if file:
        file.heard = file.housing = file.status = "unsaid"
    shared = (Referral.household_id == household_id) & Referral.withdrawn_on.is_(None)
    session.execute(update(Referral).where(shared).values(withdrawn_on=stamp.on))


def _settle(session: Session, move: Move, state: str, stamp: Stamp) -> None:
    move.state, move.settled_on, move.settled_by_id = state, stamp.on, stamp.by
    session.flush()
    _record(session, f"household.move-{state}", move, stamp)


def _record(session: Session, action: str, move: Move, stamp: Stamp) -> None:
    subject = f"household:{move.household_id}"
    audit.record(session, action, subject, stamp, giving=move.from_id, receiving=move.organisation_id, takes=move.takes)
