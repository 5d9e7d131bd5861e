"""Long work hosted for many towns: procrastinate on PostgreSQL tells any of several workers that a job waits.

The queue carries only the name of a network and the number of a job; the truth stays in the network's own `jobs`
table. So nothing is lost with the queue: its tables live in a schema of their own, thrown away and made anew whenever
procrastinate changes version, and every minute a worker puts back what is missing from it: jobs whose worker died,
and jobs asked for while the queue was away.
"""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg_pool import NullConnectionPool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from common.jobs import LOOK, PAUSE, Handler, run, to_do
from common.registry import Registry
from common.words import N_

RUN, LOOK_AFTER = "run", "look after"
EVERY_MINUTE = "* * * * *"
PATIENCE = 3.0
"""Seconds a request waits for the queue before leaving the job to the next look of a worker."""
VERSION = version("procrastinate")
IN_SCHEMA = "-c search_path=panier_queue"
ONE_AT_A_TIME = 846_210_001
"""The number of the lock under which the queue's tables are made: any number nobody else uses."""
log = structlog.get_logger()


class QueueNeedsPostgresql(Refusal):
    """The queue lives in the database of the settings, which is not PostgreSQL."""

    message = N_("%(setting)s is “%(jobs)s”: then %(address)s must name a PostgreSQL database, which keeps the queue.")


class QueueTransport:
    """The queue of an installation, in the PostgreSQL database its settings name."""

    def __init__(self, registry: Registry, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() != "postgresql":
            raise QueueNeedsPostgresql(setting="PANIER_JOBS", jobs="procrastinate", address="PANIER_DATABASE_URL")
        self.registry = registry
        self._address = address.set(drivername="postgresql").render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Make the queue's tables, anew where they were made for another version of procrastinate."""
        with psycopg.connect(self._address, options=IN_SCHEMA) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
            if _made_for(connection) != VERSION:
                connection.execute("DROP SCHEMA IF EXISTS panier_queue CASCADE")
                connection.execute("CREATE SCHEMA panier_queue")
                connection.execute(SchemaManager.get_schema())
                connection.execute("CREATE TABLE made_for (version text NOT NULL)")
                connection.execute("INSERT INTO made_for (version) VALUES (%s)", [VERSION])

    def wake(self, database: Database, job_id: int) -> None:
        """Put the job in the queue; a queue that is away is left to the next look of a worker."""
        self._put(self.registry.name_of(database), job_id)

    def work(self, handlers: Mapping[str, Handler], clock: Clock, stop: threading.Event) -> None:
        """A worker of the queue, one job at a time: start as many of them as there are processors to spare."""
        while not stop.is_set():
            try:
                self.look_after(clock)
                asyncio.run(self._serve(self._worker(handlers, clock), stop))
            except (ConnectorException, psycopg.OperationalError) as error:
                log.error("the queue does not answer", exc_info=error)
            stop.wait(PAUSE)

    def look_after(self, clock: Clock) -> None:
        """Put every job back that nobody is working at."""
        for name in self.registry.addresses:
            try:
                for job_id in to_do(self.registry.database(name), clock.now()):
                    self._put(name, job_id)
            except SQLAlchemyError as error:
                # A network whose database is away for a moment must not end the work of the others.
                log.error("worker could not look for work", exc_info=error)

    def _put(self, network: str, job_id: int) -> None:
        connector = SyncPsycopgConnector()
        with NullConnectionPool(self._address, kwargs={"options": IN_SCHEMA}, timeout=PATIENCE, open=False) as pool:
            connector.open(pool)
            task = App(connector=connector).configure_task(RUN, queueing_lock=f"{network}/{job_id}")
            try:
                task.defer(network=network, job_id=job_id)
            except AlreadyEnqueued:
                return
            except ConnectorException as error:
                log.warning("the queue does not answer", job=job_id, exc_info=error)

    def _worker(self, handlers: Mapping[str, Handler], clock: Clock) -> App:
        app = App(
            connector=PsycopgConnector(conninfo=self._address, kwargs={"options": IN_SCHEMA}, min_size=1, max_size=3)
        )

        @app.task(name=RUN)
        def run_job(network: str, job_id: int) -> None:
            run(self.registry.database(network), job_id, handlers, clock)

        @app.periodic(cron=EVERY_MINUTE)
        @app.task(name=LOOK_AFTER, queueing_lock=LOOK_AFTER)
        async def look_after(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes the minute
            for dead in await app.job_manager.get_stalled_jobs():
                await app.job_manager.finish_job(dead, Status.FAILED, delete_job=True)
            await asyncio.to_thread(self.look_after, clock)

        return app

    async def _serve(self, app: App, stop: threading.Event) -> None:
        async with app.open_async():
            worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False, delete_jobs="always"))
            while not (stop.is_set() or worker.done()):
                await asyncio.sleep(LOOK)
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker


def _made_for(connection: psycopg.Connection[tuple[str]]) -> str | None:
    """The version of procrastinate the tables were made for, None where there are none."""
    row = connection.execute("SELECT to_regclass('panier_queue.made_for')").fetchone()
    if row is None or row[0] is None:
        return None
    found = connection.execute("SELECT version FROM panier_queue.made_for").fetchone()
    return found[0] if found else None
