"""The day around the counter for programs: the calendar, the walk of the pickers, the round to the doors."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from allocation import calendar, picking
from allocation.calendar import Away, OpeningRow
from allocation.picking import PickRow
from allocation.rounds import Stop, delivery_round
from api.here import Here
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right

SEE, RUN, PLAN = May(Right.SEE_CARDS), May(Right.RUN_SESSIONS), May(Right.MAKE_PLANS)


class Calendar(Struct, frozen=True):
    """When sites open, and which cards have not come for long though they were expected."""

    openings: list[OpeningRow]
    long_away: list[Away]


class Scanned(Struct, frozen=True):
    """What a picker scanned, for these baskets or, where none is named, for all."""

    code: str
    baskets: list[str] = []


@get("/sessions/calendar", guards=[PLAN], sync_to_thread=True)
def show_calendar(here: NamedDependency[Here]) -> Calendar:
    """The openings that have not ended; their sessions are those of `/sessions`."""
    today = here.clock.today()
    with here.database.reading() as session:
        return Calendar(calendar.openings(session, today), calendar.long_away(session, today))


@get("/sessions/{session_id:int}/picking", guards=[RUN], sync_to_thread=True)
def show_walk(
    here: NamedDependency[Here], session_id: FromPath[int], basket: FromQuery[list[str] | None] = None
) -> list[PickRow]:
    """The lines of these baskets (all where none is named), shelf by shelf."""
    with here.database.reading() as session:
        return picking.walk(session, session_id, basket or [])


@post("/sessions/{session_id:int}/picking", guards=[RUN], sync_to_thread=True)
def pick(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    data: JSONBody[Scanned],
    idempotency_key: IdempotencyKey = "",
) -> PickRow:
    """Tick the next line of what was scanned; refused where it may no longer go out."""
    return write_once(
        here,
        idempotency_key,
        [session_id, data],
        lambda session: _pick(here, session, session_id, data),
        PickRow,
    )


@get("/sessions/{session_id:int}/deliveries", guards=[SEE], sync_to_thread=True)
def show_round(here: NamedDependency[Here], session_id: FromPath[int]) -> list[Stop]:
    """The baskets that are brought to the door, in the order of their stops: card numbers, never an address."""
    with here.database.reading() as session:
        return delivery_round(session, session_id)


def _pick(here: Here, session: Session, session_id: int, data: Scanned) -> PickRow:
    return picking.pick(session, session_id, data.code, here.stamp(), data.baskets)


ROUTES = [show_calendar, show_walk, pick, show_round]
