"""Long work through one seam: asked for in a request, carried out elsewhere, watched from a page.

The `jobs` table holds the truth about a job; who carries it out is a `Transport`. On one machine a worker process
looks at the table; hosted on PostgreSQL, procrastinate wakes any of several workers (`api/workers.py`). A worker
that dies leaves a job without a sign of life, which goes back to waiting, so handlers must be safe to repeat.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.clock import Clock, Stamp
from common.database import Database
from common.errors import NotFound, Refusal
from common.tables import Job
from common.words import N_, Term

SILENT = dt.timedelta(seconds=30)
"""A running job that gave no sign of life for so long has lost its worker."""
BEAT = 2.0
"""Seconds between signs of life."""
TRIES = 3
log = structlog.get_logger()


@dataclass(frozen=True)
class JobState:
    """What a page shows of a job."""

    id: int
    kind: str
    payload: dict[str, Any]
    state: str
    progress: dict[str, Any]
    result: Any
    asked_by: int | None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


class Work:
    """What a handler is given: its database, what was asked, and how to tell how far it is."""

    def __init__(self, database: Database, clock: Clock, job: JobState) -> None:
        self.database = database
        self.clock = clock
        self.payload = job.payload
        self.job_id = job.id
        self.asked_by = job.asked_by
        self._told = 0.0
        self._cancelled = False

    def stamp(self) -> Stamp:
        """Now, signed by who asked."""
        return self.clock.stamp(self.asked_by)

    def tell(self, **progress: Any) -> None:
        """Show progress; written at most twice a second, and a sign of life all the same."""
        if time.monotonic() - self._told < 0.5:
            return
        self._told = time.monotonic()
        with self.database.writing() as session:
            values = {"progress": progress, "seen_at": self.clock.now()}
            session.execute(update(Job).where(Job.id == self.job_id).values(**values))
            self._cancelled = bool(session.scalar(select(Job.cancel_asked).where(Job.id == self.job_id)))

    def cancelled(self) -> bool:
        """Whether somebody asked to stop: the handler ends with the best it has."""
        return self._cancelled


Handler = Callable[[Work], Any]
"""Does one kind of job and returns its result, in values JSON can write."""


class Transport(Protocol):
    """Gets a job that was just asked for to a worker."""

    def wake(self, database: Database, job_id: int) -> None:
        """Called after the request's transaction is committed."""


class LocalTransport:
    """The worker process beside the server looks by itself, five times a second."""

    def wake(self, database: Database, job_id: int) -> None:
        """Nothing to do."""


def ask(session: Session, kind: str, payload: dict[str, Any], stamp: Stamp) -> int:
    """Ask for a job and return its number; `Transport.wake` it once committed."""
    job = Job(
        kind=kind, payload=payload, state="waiting", progress={}, result=None, asked_by=stamp.by, asked_at=stamp.at
    )
    session.add(job)
    session.flush()
    return job.id


def state_of(session: Session, job_id: int) -> JobState:
    """The job as it stands; raises NotFound."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(what=Term(N_("job")), id=job_id)
    return _state(job)


def cancel(session: Session, job_id: int) -> None:
    """Ask a job to stop: at once where it waits, at its next sign of life where it runs."""
    session.execute(update(Job).where(Job.id == job_id).values(cancel_asked=True))
    waiting = update(Job).where(Job.id == job_id, Job.state == "waiting")
    session.execute(waiting.values(state="cancelled"))


def run_next(database: Database, handlers: Mapping[str, Handler], clock: Clock) -> bool:
    """Carry out the oldest waiting job, if any, in this thread; tells whether there was one."""
    with database.writing() as session:
        _give_back_the_silent(session, clock.now())
        oldest = select(Job.id).where(Job.state == "waiting").order_by(Job.id).limit(1)
        job_id = session.scalar(oldest.with_for_update(skip_locked=True))
    return job_id is not None and run(database, job_id, handlers, clock)


def run(database: Database, job_id: int, handlers: Mapping[str, Handler], clock: Clock) -> bool:
    """Carry out this job unless another worker has it; tells whether it did."""
    claimed = _claim(database, job_id, clock)
    if claimed is None:
        return False
    work = Work(database, clock, claimed)
    with _signs_of_life(database, job_id, clock):
        try:
            result = handlers[claimed.kind](work)
            _end(database, job_id, clock, "cancelled" if work.cancelled() and result is None else "done", result)
        except Refusal as refusal:
            reason = {"code": refusal.code, "message": refusal.message, "data": _plain(refusal.data)}
            _end(database, job_id, clock, "failed", reason)
        except Exception as error:
            log.error("job failed", kind=claimed.kind, job=job_id, exc_info=error)
            _end(database, job_id, clock, "failed", {"code": "Failure", "message": FAILED, "data": {}})
    return True


FAILED = N_("The software failed at this work. Nothing was changed; please try again.")


def _claim(database: Database, job_id: int, clock: Clock) -> JobState | None:
    with database.writing() as session:
        now = clock.now()
        mine = (
            update(Job)
            .where(Job.id == job_id, Job.state == "waiting")
            .values(state="running", started_at=now, seen_at=now, attempts=Job.attempts + 1)
            .returning(Job.id)
        )
        if session.scalar(mine) is None:
            return None
        return _state(session.get_one(Job, job_id))


def _give_back_the_silent(session: Session, now: dt.datetime) -> None:
    silent = update(Job).where(Job.state == "running", Job.seen_at < now - SILENT)
    session.execute(silent.where(Job.attempts < TRIES).values(state="waiting"))
    given_up = {"code": "Failure", "message": FAILED, "data": {}}
    session.execute(silent.where(Job.attempts >= TRIES).values(state="failed", result=given_up, ended_at=now))


class _signs_of_life:  # noqa: N801 - reads as a phrase where it is used
    """Keeps telling that a job is alive while its handler is busy inside a solver."""

    def __init__(self, database: Database, job_id: int, clock: Clock) -> None:
        self._arguments = (database, job_id, clock)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        database, job_id, clock = self._arguments
        while not self._stop.wait(BEAT):
            with database.writing() as session:
                session.execute(update(Job).where(Job.id == job_id).values(seen_at=clock.now()))


def _end(database: Database, job_id: int, clock: Clock, state: str, result: Any) -> None:
    with database.writing() as session:
        ended = {"state": state, "result": result, "ended_at": clock.now()}
        session.execute(update(Job).where(Job.id == job_id).values(**ended))


def _state(job: Job) -> JobState:
    return JobState(job.id, job.kind, dict(job.payload), job.state, dict(job.progress or {}), job.result, job.asked_by)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, (int, float, str)) else str(v) for k, v in data.items()}
