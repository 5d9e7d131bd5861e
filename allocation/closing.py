"""A session closes only when every reserved unit is accounted for: given, left behind, lost or back."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from allocation.handover import ABSENT, SessionOver, Sheet, settle, sheets
from allocation.sessions import get_session
from allocation.tables import DistributionSession, Visit
from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.audit import record


class NotSettled(Refusal):
    """Some baskets were neither handed over nor noted as absent."""

    kind = Kind.CONFLICT
    message = N_("Baskets still waiting: %(n)s. Hand them over or note who did not come.")


class NotConfirmed(Refusal):
    kind = Kind.CONFLICT
    message = N_("The baskets of this session were not confirmed yet.")


class Closing(Struct, frozen=True):
    """A session with what remains to settle, and its day's figures in grams."""

    session_id: int
    site: str
    on: dt.date
    state: str
    waiting: list[Sheet]
    served: int
    absent: int
    given_grams: int
    left_grams: int


def closing(session: Session, session_id: int) -> Closing:
    """What remains to be settled, and the day's figures."""
    planned = get_session(session, session_id)
    all_sheets = sheets(session, session_id)
    lines = [line for sheet in all_sheets for line in sheet.lines]
    return Closing(
        session_id=session_id,
        site=planned.site.name,
        on=planned.on,
        state=planned.state,
        waiting=[s for s in all_sheets if s.state == "expected"],
        served=sum(s.state == "served" for s in all_sheets),
        absent=sum(s.state == "absent" for s in all_sheets),
        given_grams=sum(line.taken * line.grams // line.quantity for line in lines),
        left_grams=sum(line.left * line.grams // line.quantity for line in lines),
    )


def note_the_rest_absent(session: Session, session_id: int, stamp: Stamp) -> int:
    """One tap at the end of the day: everyone still expected did not come. Returns how many."""
    waiting = session.scalars(_waiting(session_id)).all()
    settle(session, dict.fromkeys(waiting, ABSENT), stamp)
    return len(waiting)


def close(session: Session, session_id: int, stamp: Stamp) -> DistributionSession:
    """Close the session; raises NotConfirmed, SessionOver or NotSettled."""
    session.execute(select(DistributionSession.id).where(DistributionSession.id == session_id).with_for_update())
    planned = get_session(session, session_id)
    if planned.state == "planned":
        raise NotConfirmed()
    if planned.state == "closed":
        raise SessionOver(on=planned.on)
    waiting = len(session.scalars(_waiting(session_id)).all())
    if waiting:
        raise NotSettled(n=waiting)
    planned.state, planned.closed_at, planned.closed_by = "closed", stamp.at, stamp.by
    record(session, "session closed", f"session:{session_id}", stamp)
    session.flush()
    return planned


def _waiting(session_id: int) -> Select[int]:
    return select(Visit.id).where(Visit.session_id == session_id, Visit.state == "expected").order_by(Visit.id)
