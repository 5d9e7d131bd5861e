"""Long work through one seam: asked for in a request, carried out elsewhere, watched from a page.

The `jobs` table of the network holds the truth about a job; who carries it out is a `Transport`. On one machine a
worker process looks at the table; hosted on PostgreSQL, procrastinate wakes any of several workers (`api/workers.py`).
A worker that dies leaves a job without a sign of life, which goes back to waiting: handlers must be safe to repeat.
Should the worker only have been held up, the job is no longer its own, and nothing it still says of it is kept.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import JSON, Update, case, literal, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from common.clock import Clock, Stamp
from common.database import Database
from common.errors import NotFound, Refusal
from common.registry import Registry
from common.tables import Job
from common.words import LANGUAGES, N_, Term, Words, words

SILENT = dt.timedelta(seconds=30)
"""A running job that gave no sign of life for so long has lost its worker."""
BEAT = 2.0
"""Seconds between signs of life."""
TELLING = 0.5
"""Seconds between two reports of progress that are written."""
TRIES = 3
LOOK = 0.2
"""Seconds between two looks at the table of jobs."""
PAUSE = 1.0
"""Seconds a worker leaves a database in peace that did not answer."""
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
    """What the handler returned; of a failed job its `code` and, by language, the sentence that says why."""
    asked_by: int | None
    attempt: int = 0
    """How often a worker has begun it."""

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    def why(self, words: Words) -> str:
        """The sentence that says why a job failed; nothing where it did not."""
        return str(self.result["message"][words.language]) if self.state == "failed" else ""


class Work:
    """What a handler is given: its database, what was asked, and how to tell how far it is."""

    def __init__(self, database: Database, clock: Clock, job: JobState) -> None:
        self.database = database
        self.clock = clock
        self.payload = job.payload
        self.job_id = job.id
        self.asked_by = job.asked_by
        self._attempt = job.attempt
        self._told = -TELLING
        self._cancelled = False

    def stamp(self) -> Stamp:
        """Now, signed by who asked."""
        return self.clock.stamp(self.asked_by)

    def tell(self, **progress: Any) -> None:
        """Show progress; written at most twice a second, and a sign of life all the same."""
        if time.monotonic() - self._told >= TELLING:
            self._told = time.monotonic()
            self.sign(progress=progress)

    def cancelled(self) -> bool:
        """Whether somebody asked to stop: the handler ends with the best it has."""
        return self._cancelled

    def sign(self, **said: Any) -> None:
        """Give a sign of life, and learn whether to stop: because somebody asked to, or another worker took over."""
        with self.database.writing() as session:
            answer = session.scalar(self._own().values(seen_at=self.clock.now(), **said).returning(Job.cancel_asked))
        self._cancelled = answer is not False

    def end(self, state: str, result: Any) -> None:
        """Keep how it ended, unless another worker took over meanwhile."""
        with self.database.writing() as session:
            session.execute(self._own().values(state=state, result=result, ended_at=self.clock.now()))

    def _own(self) -> Update:
        """The row, as long as it is this worker's."""
        return update(Job).where(Job.id == self.job_id, Job.state == "running", Job.attempts == self._attempt)


Handler = Callable[[Work], Any]
"""Does one kind of job and returns its result, in values JSON can write."""


class Transport(Protocol):
    """Gets a job that was just asked for to a worker."""

    def prepare(self) -> None:
        """Called when the databases are brought to their present version."""

    def wake(self, database: Database, job_id: int) -> None:
        """Called after the request's transaction is committed."""

    def work(self, handlers: Mapping[str, Handler], clock: Clock, stop: threading.Event) -> None:
        """Carry out what is asked for in any network, until told to stop; a job under way is finished first."""


class LocalTransport:
    """A worker process beside the server looks by itself, five times a second."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def prepare(self) -> None:
        """Nothing to do: the table of jobs is all it needs."""

    def wake(self, database: Database, job_id: int) -> None:
        """Nothing to do: the worker is looking."""

    def work(self, handlers: Mapping[str, Handler], clock: Clock, stop: threading.Event) -> None:
        while not stop.is_set():
            # Each network gets its turn, however much work another one has.
            done = sum(self._work_in(name, handlers, clock, stop) for name in self.registry.addresses)
            if not done:
                stop.wait(LOOK)

    def _work_in(self, name: str, handlers: Mapping[str, Handler], clock: Clock, stop: threading.Event) -> bool:
        try:
            return not stop.is_set() and run_next(self.registry.database(name), handlers, clock)
        except SQLAlchemyError as error:
            # A network whose database is away for a moment must not end the work of the others.
            log.error("worker could not look for work", exc_info=error)
            stop.wait(PAUSE)
            return False


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


def cancel(session: Session, job_id: int, stamp: Stamp) -> None:
    """Ask a job to stop: at once where it waits, at its next sign of life where it runs."""
    session.execute(update(Job).where(Job.id == job_id).values(cancel_asked=True))
    waiting = update(Job).where(Job.id == job_id, Job.state == "waiting")
    session.execute(waiting.values(state="cancelled", ended_at=stamp.at))


def run_next(database: Database, handlers: Mapping[str, Handler], clock: Clock) -> bool:
    """Carry out the oldest job nobody is working at, in this thread; tells whether there was one."""
    return any(run(database, job_id, handlers, clock) for job_id in to_do(database, clock.now()))


def to_do(database: Database, now: dt.datetime) -> list[int]:
    """The jobs a worker may take, oldest first: those that wait, and those whose worker fell silent.

    Looks first and writes only where there is something to give back: on SQLite, a worker with nothing to do never
    makes a volunteer's booking wait.
    """
    silent = (Job.state == "running") & (Job.seen_at < now - SILENT)
    with database.reading() as session:
        query = select(Job.id, Job.state).where(or_(Job.state == "waiting", silent)).order_by(Job.id)
        found = session.execute(query).all()
    if any(state == "running" for _, state in found):
        with database.writing() as session:
            session.execute(_given_back(update(Job).where(silent), now))
    return [job_id for job_id, _ in found]


def run(database: Database, job_id: int, handlers: Mapping[str, Handler], clock: Clock) -> bool:
    """Carry out this job unless another worker has it or it has ended; tells whether it did."""
    claimed = _claim(database, job_id, clock)
    if claimed is None:
        return False
    work = Work(database, clock, claimed)
    with _signs_of_life(work):
        try:
            result = handlers[claimed.kind](work)
            work.end("cancelled" if work.cancelled() and result is None else "done", result)
        except Refusal as refusal:
            work.end("failed", _failure(refusal))
        except Exception as error:
            log.error("job failed", kind=claimed.kind, job=job_id, exc_info=error)
            work.end("failed", _failure(WorkFailed()))
    return True


class WorkFailed(Refusal):
    """A fault of ours in a handler, or a job whose worker died every time."""

    message = N_("The software failed at this work. Nothing was changed; please try again.")


def _claim(database: Database, job_id: int, clock: Clock) -> JobState | None:
    now = clock.now()
    mine = update(Job).where(Job.id == job_id, Job.state == "waiting")
    values = {"state": "running", "started_at": now, "seen_at": now, "attempts": Job.attempts + 1}
    with database.writing() as session:
        claimed = session.scalar(mine.values(values).returning(Job))
        return None if claimed is None else _state(claimed)


def _given_back(silent: Update, now: dt.datetime) -> Update:
    """Back to waiting, unless it was to stop anyway or has taken three workers down."""
    given_up = Job.attempts >= TRIES
    return silent.values(
        state=case((Job.cancel_asked, "cancelled"), (given_up, "failed"), else_="waiting"),
        result=case((given_up & ~Job.cancel_asked, literal(_failure(WorkFailed()), JSON)), else_=Job.result),
        ended_at=case((Job.cancel_asked | given_up, now), else_=None),
    )


@contextmanager
def _signs_of_life(work: Work) -> Iterator[None]:
    """Keep telling that a job is alive while its handler is busy inside a solver."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(work, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(work: Work, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        try:
            work.sign()
        except SQLAlchemyError as error:
            # The database may be back at the next beat; until then nobody else can take the job either.
            log.warning("job could not give a sign of life", job=work.job_id, exc_info=error)


def _failure(refusal: Refusal) -> dict[str, Any]:
    """Why a job failed, said at once in every language: a page may show it long after."""
    return {"code": refusal.code, "message": {language: refusal.say(words(language)) for language in LANGUAGES}}


def _state(job: Job) -> JobState:
    return JobState(
        id=job.id,
        kind=job.kind,
        payload=dict(job.payload),
        state=job.state,
        progress=dict(job.progress or {}),
        result=job.result,
        asked_by=job.asked_by,
        attempt=job.attempts,
    )
