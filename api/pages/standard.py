"""Standard baskets: what packing a session in few kinds of baskets costs, and how many the manager wants."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import proposals
from allocation.hand import MOST_KINDS, Hand
from allocation.proposals import hand_of
from allocation.standard_choice import Choice
from allocation.tables import PlanRecord
from api.here import Here
from api.pages.plan import session_row
from api.replan import LOOK_BACK, decide
from api.security import May
from common import jobs
from common.errors import Kind, Refusal
from common.jobs import JobState
from common.tables import Job
from common.words import N_
from network.roles import Right

MAY = May(Right.MAKE_PLANS)
STANDARD = "/sessions/{session_id:int}/plan/standard"


class NotANumberOfKinds(Refusal):
    """A number the form would not have sent."""

    kind = Kind.INVALID
    message = N_("Choose from 1 to %(most)s kinds of baskets, or leave it empty for a basket of its own for everybody.")


@dataclass
class Chosen:
    """As typed."""

    kinds: str = ""


@get(STANDARD, guards=[MAY], sync_to_thread=True)
def standard_page(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        row = session_row(session, session_id)
        kept = proposals.latest(session, session_id)
        job = _last(session, session_id)
    found = msgspec.convert(job.result["choice"], Choice) if job and job.state == "done" else None
    return here.page(
        "pages/standard.html",
        session=row,
        job=_progress(here, job) if job and not job.ended else None,
        refused=job.why(here.words) if job else "",
        asked_for=found is not None and _still_asked(job, kept),
        baskets=found.baskets if found else 0,
        bounds=found.bounds if found else None,
        rows=found.costs if found else (),
        usual=found.usual if found else None,
        chosen=hand_of(kept).most_baskets or 0,
        confirmed=row.state != "planned",
    )


@post(STANDARD, guards=[MAY], sync_to_thread=True)
def compare_standard(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    """Ask what each number of kinds would cost; what is being worked out already is left to end."""
    job_id = None
    with here.database.writing() as session:
        row = session_row(session, session_id)
        busy = _last(session, session_id)
        if busy is None or busy.ended:
            hand = hand_of(proposals.latest(session, session_id))
            payload = {"session_id": row.id, "hand": msgspec.to_builtins(hand)}
            job_id = jobs.ask(session, "standard", payload, here.stamp())
    if job_id is not None:
        here.house.transport.wake(here.database, job_id)
    return here.go(f"/sessions/{session_id}/plan/standard")


@post(f"{STANDARD}/choose", guards=[MAY], sync_to_thread=True)
def choose_standard(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[Chosen]
) -> Response[Any]:
    """Propose again in so many kinds at most; where nothing is said, a basket of its own for everybody."""
    try:
        # Converted through the value's own limits: what is typed is never trusted.
        wanted = msgspec.convert({"most_baskets": data.kinds.strip() or None}, Hand, strict=False).most_baskets
    except msgspec.ValidationError:
        return here.refused(f"/sessions/{session_id}/plan/standard", NotANumberOfKinds(most=MOST_KINDS))
    return decide(here, session_id, lambda hand: replace(hand, most_baskets=wanted))


def _last(session: Session, session_id: int) -> JobState | None:
    """The last time this was asked for the session."""
    query = select(Job.id, Job.payload).where(Job.kind == "standard").order_by(Job.id.desc()).limit(LOOK_BACK)
    found = next((job_id for job_id, payload in session.execute(query) if payload["session_id"] == session_id), None)
    return None if found is None else jobs.state_of(session, found)


def _still_asked(job: JobState | None, kept: PlanRecord | None) -> bool:
    """Whether the manager has decided nothing else since."""
    if job is None:
        return False
    then = msgspec.convert(job.payload["hand"], Hand)
    return replace(then, most_baskets=None) == replace(hand_of(kept), most_baskets=None)


def _progress(here: Here, job: JobState) -> dict[str, Any]:
    return {
        "done": round(100 * job.progress.get("share", 0)),
        "label": here.words.text(N_("Trying one kind of basket, then two, then more")),
    }


ROUTES = [standard_page, compare_standard, choose_standard]
