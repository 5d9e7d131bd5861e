"""Hosted on PostgreSQL: the queue wakes workers and loses nothing, with a worker, with itself or with its version."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from api import migrations, workers
from api.cli.daily import prepare
from api.house import House
from api.work import work
from api.workers import QueueNeedsPostgresql, QueueTransport
from common.clock import Clock
from common.database import Database
from common.jobs import SILENT, TRIES, LocalTransport, Work, ask, state_of
from common.settings import Settings
from tests.databases import PostgresqlMaker, lent
from tests.house_rules import ROOT

DYING_WORKER = """
import os, signal, sys, threading
from api.cli.daily import prepare
from api.house import House
from common.settings import Settings

def die(work):
    os.kill(os.getpid(), signal.SIGKILL)

house = House.of(Settings(database_url=sys.argv[1], jobs="procrastinate"))
house.transport.work({"double": die}, house.clock, threading.Event())
"""


@pytest.fixture
def url(postgresql_maker: PostgresqlMaker) -> Iterator[str]:
    with lent(postgresql_maker, postgresql_maker.migrated()) as address:
        yield address


@pytest.fixture
def house(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A hosted town, with the clock of the wall: the queue's own times are the server's."""
    monkeypatch.setattr(workers, "PATIENCE", 60.0)  # a slow machine is no queue that is away
    opened = House.of(Settings(database_url=url, jobs="procrastinate"))
    prepare(opened)
    yield opened
    opened.registry.close()


@pytest.fixture
def queue(house: House) -> QueueTransport:
    assert isinstance(house.transport, QueueTransport)
    return house.transport


@pytest.fixture
def town(house: House) -> Database:
    return house.registry.database("valmont.example.org")


def ask_for(town: Database, number: int = 21) -> int:
    with town.writing() as session:
        return ask(session, "double", {"number": number}, Clock().stamp())


def state(town: Database, job: int) -> tuple[str, object]:
    with town.reading() as session:
        found = state_of(session, job)
    return found.state, found.result


def waiting(url: str) -> list[dict[str, object]]:
    """What the queue holds for its workers."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT args FROM panier_queue.procrastinate_jobs WHERE task_name = 'run'")
        return [args for (args,) in rows.fetchall()]


def test_a_job_that_was_asked_for_is_done_by_a_worker(house: House, queue: QueueTransport, town: Database) -> None:
    stop = threading.Event()

    def double(work: Work) -> int:
        stop.set()
        return 2 * int(work.payload["number"])

    # In the queue before a worker looks: else it may find the job by itself, and be told of it again afterwards.
    job = ask_for(town)
    queue.wake(town, job)
    queue.work({"double": double}, house.clock, stop)

    assert state(town, job) == ("done", 42)
    assert waiting(town.url.render_as_string(hide_password=False)) == []


def test_several_workers_do_every_job_once(house: House, queue: QueueTransport, town: Database) -> None:
    done: list[int] = []
    stop, many = threading.Event(), 8

    def count(work: Work) -> int:
        done.append(work.job_id)
        if len(done) == many:
            stop.set()
        return 0

    with ThreadPoolExecutor(3) as pool:
        threads = [pool.submit(queue.work, {"double": count}, house.clock, stop) for _ in range(3)]
        jobs = [ask_for(town) for _ in range(many)]
        for job in jobs:
            queue.wake(town, job)
            queue.wake(town, job)
    for thread in threads:
        thread.result()

    assert sorted(done) == jobs
    assert [state(town, job) for job in jobs] == [("done", 0)] * many


def test_a_job_outlives_a_worker_that_was_killed_at_it(
    house: House, queue: QueueTransport, town: Database, url: str
) -> None:
    job, stop = ask_for(town), threading.Event()
    dead = subprocess.run([sys.executable, "-c", DYING_WORKER, url], cwd=ROOT, capture_output=True, check=False)
    left = state(town, job)

    def end(work: Work) -> int:
        stop.set()
        return 42

    later = Clock(at=house.clock.now() + TRIES * SILENT)
    queue.work({"double": end}, later, stop)

    assert (dead.returncode, left) == (-9, ("running", None))
    assert state(town, job) == ("done", 42)


def test_a_job_asked_for_while_the_queue_was_away_is_found_later(
    house: House, queue: QueueTransport, town: Database, url: str
) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP SCHEMA panier_queue CASCADE")
    job = ask_for(town)
    queue.wake(town, job)

    queue.prepare()
    queue.look_after(house.clock)
    queue.look_after(house.clock)

    assert waiting(url) == [{"network": "*", "job_id": job}]


def test_preparing_twice_keeps_what_waits(queue: QueueTransport, town: Database, url: str) -> None:
    job = ask_for(town)
    queue.wake(town, job)

    queue.prepare()

    assert waiting(url) == [{"network": "*", "job_id": job}]


def test_the_queue_is_made_anew_for_another_version_of_its_library(
    house: House, queue: QueueTransport, town: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for(town)
    queue.wake(town, job)
    monkeypatch.setattr(workers, "VERSION", "99.0")

    queue.prepare()
    emptied = waiting(url)
    queue.look_after(house.clock)

    assert emptied == []
    assert waiting(url) == [{"network": "*", "job_id": job}]


def test_the_queue_stands_beside_the_tables_of_the_network(queue: QueueTransport, url: str) -> None:
    migrations.check(url)


def test_several_towns_share_a_queue_and_nothing_else(
    postgresql_maker: PostgresqlMaker, url: str, tmp_path: Path
) -> None:
    done: list[tuple[str, int]] = []
    stop = threading.Event()

    def count(work: Work) -> int:
        done.append((str(work.database.url), work.job_id))
        if len(done) == 2:
            stop.set()
        return 0

    with (
        lent(postgresql_maker, postgresql_maker.migrated()) as one,
        lent(postgresql_maker, postgresql_maker.migrated()) as two,
    ):
        file = tmp_path / "towns.toml"
        file.write_text(f'[networks]\n"valmont.example.org" = "{one}"\n"rives.example.org" = "{two}"\n')
        house = House.of(Settings(database_url=url, registry=file, jobs="procrastinate"))
        house.transport.prepare()
        towns = [house.registry.database(name) for name in house.registry.addresses]
        asked = [(str(town.url), ask_for(town)) for town in towns]
        for town, (_, job) in zip(towns, asked, strict=True):
            house.transport.wake(town, job)
        house.transport.work({"double": count}, house.clock, stop)
        house.registry.close()

    assert sorted(done) == sorted(asked)


def test_a_queue_that_is_away_does_not_refuse_the_request(
    house: House, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    away = QueueTransport(house.registry, "postgresql+psycopg://nobody@/none?host=/nowhere")
    job = ask_for(town)

    away.wake(town, job)

    assert state(town, job) == ("waiting", None)


def test_a_worker_outlives_a_restart_of_its_database(
    house: House, queue: QueueTransport, town: Database, url: str
) -> None:
    first, stop = threading.Event(), threading.Event()

    def begin(work: Work) -> int:
        (first if work.payload["number"] == 1 else stop).set()
        return 0

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(queue.work, {"double": begin}, house.clock, stop)
        queue.wake(town, ask_for(town, 1))
        first.wait()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        job = ask_for(town, 2)
        queue.wake(town, job)
    worker.result()

    assert state(town, job) == ("done", 0)


def test_the_work_of_the_house_is_done_from_the_queue(house: House, town: Database) -> None:
    stop, pause = threading.Event(), threading.Event()
    with town.writing() as session:
        job = ask(session, "propose", {"session_id": 999}, Clock().stamp())

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work, house, stop)
        while state(town, job)[0] in ("waiting", "running"):
            pause.wait(0.05)
        stop.set()
    worker.result()

    with town.reading() as session:
        assert state_of(session, job).result["code"] == "NotFound"


def test_the_queue_needs_postgresql() -> None:
    house = House.of(Settings(database_url="sqlite:///town.sqlite", jobs="procrastinate"))

    with pytest.raises(QueueNeedsPostgresql, match="PANIER_DATABASE_URL"):
        _ = house.transport


def test_one_machine_needs_no_queue() -> None:
    house = House.of(Settings(database_url="sqlite:///town.sqlite"))

    assert isinstance(house.transport, LocalTransport)
