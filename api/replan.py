"""Asking for a proposal: what the manager decided so far, what she decides now, and the work under way."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar import Response
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import proposals
from allocation.check import PinsBreakRule, refuse_bad_pins
from allocation.hand import Hand
from allocation.names import in_names
from allocation.problem import Instance
from allocation.sessions import get_session
from allocation.tables import PlanRecord
from api.here import Here
from common import jobs
from common.clock import Stamp
from common.database import one_at_a_time
from common.jobs import JobState
from common.tables import Job

Decision = Callable[[Hand], Hand]


def decide(here: Here, session_id: int, decision: Decision, visit: str | None = None) -> Response[Any]:
    """Ask for a proposal with one more thing decided; lines fixed by hand that cannot hold are refused at once."""
    address = f"/sessions/{session_id}/plan" + (f"?visit={visit}" if visit else "")
    try:
        job_id = _ask(here, session_id, decision)
    except PinsBreakRule as refusal:
        return here.refused(address, refusal)
    here.house.transport.wake(here.database, job_id)
    return here.go(address)


def propose_again(
    here: Here, session_id: int, *, anew: bool = False, moved: Sequence[str] = (), sentence: str = ""
) -> Response[Any]:
    """Ask for a proposal with what was decided so far; what is under way already is left to end."""
    with here.database.reading() as session:
        busy = under_way(session, session_id) is not None
    if not busy:
        here.house.transport.wake(here.database, _ask(here, session_id, lambda hand: hand, anew=anew, moved=moved))
    return here.go(f"/sessions/{session_id}/plan", sentence, kind="care")


def _ask(here: Here, session_id: int, decision: Decision, *, anew: bool = False, moved: Sequence[str] = ()) -> int:
    with here.database.writing() as session:
        one_at_a_time(session, f"proposals of session {session_id}")
        get_session(session, session_id)
        kept, busy = proposals.latest(session, session_id), under_way(session, session_id)
        so_far = msgspec.convert(busy.payload.get("hand", {}), Hand) if busy else proposals.hand_of(kept)
        hand = decision(so_far)
        _refuse_bad_pins(session, kept, hand)
        if busy:
            # What it would have said is out of date before anybody reads it.
            jobs.cancel(session, busy.id, here.stamp())
        payload = {
            "session_id": session_id,
            "hand": msgspec.to_builtins(hand),
            "anew": anew,
            "moved": list(moved),
        }
        return jobs.ask(session, "propose", payload, here.stamp())


def _refuse_bad_pins(session: Session, kept: PlanRecord | None, hand: Hand) -> None:
    """Against the shelves as the last proposal saw them: the work itself looks again at what is there now."""
    if kept is None:
        return
    instance = msgspec.convert(kept.instance, Instance)
    pins = tuple(p for p in hand.pins if p.visit in instance.visit_by_id and p.lot in instance.lot_by_id)
    try:
        refuse_bad_pins(replace(instance, pins=pins, bans=()))
    except PinsBreakRule as refusal:
        raise in_names(session, refusal) from None


def go_back(session: Session, plan_id: int, stamp: Stamp) -> None:
    """An older proposal counts again, and what was asked for before is made no more. Raises what `restore` does."""
    session_id = proposals.get_proposal(session, plan_id).session_id
    one_at_a_time(session, f"proposals of session {session_id}")
    proposals.restore(session, plan_id, stamp)
    if busy := under_way(session, session_id):
        jobs.cancel(session, busy.id, stamp)


def under_way(session: Session, session_id: int) -> JobState | None:
    """The proposal being made for a session, the newest where several were asked for."""
    query = select(Job.id, Job.payload).where(Job.kind == "propose", Job.state.in_(("waiting", "running")))
    for job_id, payload in session.execute(query.order_by(Job.id.desc())):
        if payload["session_id"] == session_id:
            return jobs.state_of(session, job_id)
    return None


LOOK_BACK = 50
"""How many of the last proposals asked for in the network are searched for a session's own."""


def last_failure(session: Session, session_id: int) -> JobState | None:
    """The last proposal asked for, where it was refused and nothing has come since."""
    query = select(Job.id, Job.payload).where(Job.kind == "propose").order_by(Job.id.desc()).limit(LOOK_BACK)
    last = next((job_id for job_id, payload in session.execute(query) if payload["session_id"] == session_id), None)
    job = None if last is None else jobs.state_of(session, last)
    return job if job and job.state == "failed" else None
