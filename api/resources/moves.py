"""Moves of households between partners for programs: asked with the household's consent, accepted or refused."""

import datetime as dt

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.pages.moves import Settled, ask_here, settle_here, withdraw_here
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from households import files, moving
from households.tables import Move
from network.roles import Right

MAY = May(Right.OPEN_FILES)


class NewMove(Struct, frozen=True):
    partner_id: int
    takes: str
    """`file`, or `card` where only the card and the needs go."""
    agreed: bool
    """Whether the household was asked and said yes."""


class Acceptance(Struct, frozen=True):
    site_id: int
    """Where they will come."""


class Moved(Struct, frozen=True):
    """One move of a household, as its file tells it."""

    id: int
    giving: str
    receiving: str
    takes: str
    state: str
    agreed_on: dt.date
    settled_on: dt.date | None


@get("/moves", guards=[MAY], sync_to_thread=True)
def show_incoming(here: NamedDependency[Here]) -> list[moving.Incoming]:
    """Who would come over to one's own partner: a card and a number of people, no name before it is accepted."""
    with here.database.reading() as session:
        return moving.incoming(session, here.me.organisation_id, here.clock.today())


@get("/households/{household_id:int}/moves", guards=[MAY], sync_to_thread=True)
def show_moves(here: NamedDependency[Here], household_id: FromPath[int]) -> list[Moved]:
    """Every move of a household whose file is one's own, the latest first."""
    with here.database.reading() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        return [_moved(*row) for row in moving.moves_of(session, household_id)]


@post("/households/{household_id:int}/moves", guards=[MAY], sync_to_thread=True)
def ask_for_move(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    data: JSONBody[NewMove],
    idempotency_key: IdempotencyKey = "",
) -> Moved:
    """Ask another partner to take a household over; until it answers, nothing changes."""

    def work(session: Session) -> Moved:
        asked = ask_here(here, session, household_id, data.partner_id, data.takes, agreed=data.agreed)
        return _one(session, household_id, asked)

    return write_once(here, idempotency_key, data, work, Moved)


@post("/households/{household_id:int}/moves/{move_id:int}/withdrawal", guards=[MAY], sync_to_thread=True)
def withdraw_asked(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    move_id: FromPath[int],
    idempotency_key: IdempotencyKey = "",
) -> Moved:
    """The household takes its consent back; once it was answered, nothing more happens."""

    def work(session: Session) -> Moved:
        return _one(session, household_id, withdraw_here(here, session, household_id, move_id))

    return write_once(here, idempotency_key, move_id, work, Moved)


@post("/moves/{move_id:int}/acceptance", guards=[MAY], sync_to_thread=True)
def accept_move(
    here: NamedDependency[Here],
    move_id: FromPath[int],
    data: JSONBody[Acceptance],
    idempotency_key: IdempotencyKey = "",
) -> Settled:
    """The household is one's own partner's from now on; answers its number and what became of its invitations."""
    return write_once(
        here, idempotency_key, data, lambda session: settle_here(here, session, move_id, data.site_id), Settled
    )


@post("/moves/{move_id:int}/refusal", guards=[MAY], sync_to_thread=True)
def refuse_move(here: NamedDependency[Here], move_id: FromPath[int], idempotency_key: IdempotencyKey = "") -> Settled:
    """The household stays where it is."""
    return write_once(
        here, idempotency_key, move_id, lambda session: settle_here(here, session, move_id, None), Settled
    )


def _one(session: Session, household_id: int, move_id: int) -> Moved:
    return next(_moved(*row) for row in moving.moves_of(session, household_id) if row[0].id == move_id)


def _moved(move: Move, giving: str, receiving: str) -> Moved:
    return Moved(move.id, giving, receiving, move.takes, move.state, move.agreed_on, move.settled_on)


ROUTES = [show_incoming, show_moves, ask_for_move, withdraw_asked, accept_move, refuse_move]
