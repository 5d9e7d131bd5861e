"""What planning is worth: what was lost or was going to be, beside first expired, first out on the same data.

Each plan keeps both figures, measured on the very shelves and households it was made for; they are forecasts of the
day it was made. What a plan could not save stands in the next one's figure again, on both sides alike. What really
happened is replayed on demand (`allocation/replayed.py`), since that takes seconds; what came of it is kept as the
result of its job, and counts as long as no session of the period was closed or opened again.
"""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from allocation.scope import Columns, Scope
from allocation.tables import DistributionSession, PlanRecord
from common import jobs
from common.jobs import JobState
from common.tables import Job

REPLAY = "habit"
LOOK_BACK = 50


class Replayed(Struct, frozen=True):
    """Grams that passed their date or were left behind and thrown away, of what a way of sharing decides: over the
    sites with closed sessions, on the base of `allocation/replayed.py`."""

    sites: int
    visits: int
    """Those that somebody came to."""
    ours: int
    """As baskets were handed over."""
    usual: int
    """Had the same arrivals been shared out first expired, first out among the same visits."""


class Habit(Struct, frozen=True):
    """Grams that were going to be lost when baskets were planned, over the sessions of a period."""

    sessions: int
    planned: int
    usual: int
    """Had the same food been shared out first expired, first out."""
    replayed: Replayed | None
    """What really happened beside it; None until somebody asks for it."""


def habit(session: Session, seen: Scope) -> Habit | None:
    """Over the sessions of the period whose baskets were confirmed; None where there were none and no replay."""
    query = _held(select(PlanRecord.figures["ours"]["waste_kg"], PlanRecord.figures["usual"]["waste_kg"]), seen)
    query = query.join(PlanRecord, PlanRecord.session_id == DistributionSession.id)
    kept = session.execute(query.where(PlanRecord.state == "confirmed")).all()
    replayed = _replayed(session, seen)
    if not kept and replayed is None:
        return None
    return Habit(
        sessions=len(kept),
        planned=round(sum(float(ours) for ours, _ in kept) * 1000),
        usual=round(sum(float(usual) for _, usual in kept) * 1000),
        replayed=replayed,
    )


def question(seen: Scope) -> dict[str, Any]:
    """A scope as the payload of the job that replays it."""
    sites = None if seen.sites is None else sorted(seen.sites)
    return {"since": seen.since.isoformat(), "until": seen.until.isoformat(), "sites": sites}


def last_replay(session: Session, seen: Scope) -> JobState | None:
    """The last replay that was asked for of this period and these sites."""
    query = select(Job.id, Job.payload).where(Job.kind == REPLAY).order_by(Job.id.desc()).limit(LOOK_BACK)
    asked = question(seen)
    found = next((job_id for job_id, payload in session.execute(query) if payload == asked), None)
    return None if found is None else jobs.state_of(session, found)


def closings(session: Session, seen: Scope) -> list[Any]:
    """How many sessions are closed, and when the last was: another answer after any closing or opening again."""
    query = _held(select(func.count(), func.max(DistributionSession.closed_at)), seen)
    closed, last = session.execute(query.where(DistributionSession.state == "closed")).one()
    return [closed, last.isoformat() if last else ""]


def _replayed(session: Session, seen: Scope) -> Replayed | None:
    job = last_replay(session, seen)
    if job is None or job.state != "done" or job.result["closings"] != closings(session, seen):
        return None
    return msgspec.convert(job.result["replayed"], Replayed)


def _held(query: Select[*Columns], seen: Scope) -> Select[*Columns]:
    """A query over the sessions of the period and its sites."""
    query = query.select_from(DistributionSession).where(DistributionSession.on.between(seen.since, seen.until))
    return query if seen.sites is None else query.where(DistributionSession.site_id.in_(seen.sites))
