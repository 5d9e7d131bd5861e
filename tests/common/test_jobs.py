"""Long work is done once, survives its worker, and says how it ended."""

import datetime as dt
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from common import jobs
from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from common.jobs import SILENT, TRIES, Handler, JobState, LocalTransport, Work, ask, cancel, run_next, state_of
from common.registry import Registry
from common.settings import BadSetting
from common.tables import Job
from common.words import words
from tests.databases import Maker, lent


def double(work: Work) -> int:
    return 2 * int(work.payload["number"])


def refuse(work: Work) -> None:
    raise BadSetting(name="PANIER_PORT", value="many", expected="123")


def fail(work: Work) -> None:
    raise ZeroDivisionError("secret detail")


HANDLERS: Mapping[str, Handler] = {"double": double, "refuse": refuse, "fail": fail}


@pytest.fixture
def asked(database: Database, clock: Clock) -> int:
    return ask_for(database, clock, "double")


def ask_for(database: Database, clock: Clock, kind: str) -> int:
    with database.writing() as session:
        return ask(session, kind, {"number": 21}, clock.stamp(by=None))


def state(database: Database, job: int) -> JobState:
    with database.reading() as session:
        return state_of(session, job)


def seen(database: Database, job: int) -> dt.datetime:
    """The last sign of life of a job under way."""
    with database.reading() as session:
        at = session.get_one(Job, job).seen_at
    assert at is not None
    return at


def later(clock: Clock, seconds: float) -> Clock:
    return Clock(at=clock.now() + dt.timedelta(seconds=seconds))


def die(database: Database, clock: Clock) -> None:
    """A worker takes the oldest job and is never heard of again."""

    def vanish(work: Work) -> Any:
        raise SystemExit

    with pytest.raises(SystemExit):
        run_next(database, {"double": vanish}, clock)


def test_a_job_waits_until_a_worker_does_it(database: Database, clock: Clock, asked: int) -> None:
    before = state(database, asked)
    did = run_next(database, HANDLERS, clock)
    after = state(database, asked)

    assert (before.state, before.ended) == ("waiting", False)
    assert did
    assert (after.state, after.result, after.ended) == ("done", 42, True)


def test_without_a_job_a_worker_has_nothing_to_do(database: Database, clock: Clock) -> None:
    assert not run_next(database, HANDLERS, clock)


def test_the_oldest_job_is_done_first(database: Database, clock: Clock, asked: int) -> None:
    younger = ask_for(database, clock, "double")

    run_next(database, HANDLERS, clock)

    assert [state(database, job).state for job in (asked, younger)] == ["done", "waiting"]


def test_several_workers_do_a_job_once(database: Database, clock: Clock, asked: int) -> None:
    done: list[int] = []
    start = threading.Barrier(4)

    def count(work: Work) -> int:
        done.append(work.job_id)
        return 0

    def work(_: int) -> bool:
        start.wait()
        return run_next(database, {"double": count}, clock)

    with ThreadPoolExecutor(4) as pool:
        did = sorted(pool.map(work, range(4)))

    assert done == [asked]
    assert did == [False, False, False, True]


def test_a_refusal_becomes_a_failed_job_with_its_sentence(database: Database, clock: Clock) -> None:
    job = ask_for(database, clock, "refuse")

    run_next(database, HANDLERS, clock)

    failed, refusal = state(database, job), BadSetting(name="PANIER_PORT", value="many", expected="123")
    assert (failed.state, failed.result["code"]) == ("failed", "BadSetting")
    assert [failed.why(words(language)) for language in ("fr", "en")] == [
        refusal.say(words("fr")),
        refusal.say(words("en")),
    ]


def test_only_a_failed_job_says_why(database: Database, clock: Clock, asked: int) -> None:
    run_next(database, HANDLERS, clock)

    assert state(database, asked).why(words("fr")) == ""


@pytest.mark.parametrize("kind", ["fail", "unheard-of"])
def test_a_failure_tells_people_nothing_of_the_inside(database: Database, clock: Clock, kind: str) -> None:
    job = ask_for(database, clock, kind)

    run_next(database, HANDLERS, clock)

    assert state(database, job).state == "failed"
    assert "secret detail" not in str(state(database, job).result)


def test_a_job_whose_worker_died_is_done_by_another(database: Database, clock: Clock, asked: int) -> None:
    die(database, clock)
    at_the_limit = run_next(database, HANDLERS, later(clock, SILENT.total_seconds()))
    past_it = run_next(database, HANDLERS, later(clock, SILENT.total_seconds() + 1))

    assert not at_the_limit
    assert past_it
    assert state(database, asked).result == 42


def test_a_job_that_kills_every_worker_is_given_up(database: Database, clock: Clock, asked: int) -> None:
    silence = SILENT.total_seconds() + 1
    for number in range(TRIES):
        die(database, later(clock, number * silence))

    again = run_next(database, HANDLERS, later(clock, TRIES * silence))

    assert not again
    assert state(database, asked).state == "failed"
    assert "failed" in state(database, asked).why(words("en"))


def test_a_job_that_was_to_stop_when_its_worker_died_is_not_begun_again(
    database: Database, clock: Clock, asked: int
) -> None:
    die(database, clock)
    with database.writing() as session:
        cancel(session, asked, clock.stamp())

    again = run_next(database, HANDLERS, later(clock, SILENT.total_seconds() + 1))

    assert not again
    assert state(database, asked).state == "cancelled"


def test_a_worker_that_was_held_up_cannot_speak_for_a_job_another_took_over(
    database: Database, clock: Clock, asked: int
) -> None:
    def held_up(work: Work) -> int:
        assert run_next(database, HANDLERS, later(clock, SILENT.total_seconds() + 1))
        work.tell(share=0.1)
        assert work.cancelled()
        return -1

    run_next(database, {"double": held_up}, clock)

    assert (state(database, asked).result, state(database, asked).progress) == (42, {})


def test_a_waiting_job_is_cancelled_at_once(database: Database, clock: Clock, asked: int) -> None:
    with database.writing() as session:
        cancel(session, asked, clock.stamp())

    assert not run_next(database, HANDLERS, clock)
    assert state(database, asked).state == "cancelled"


def test_a_running_job_learns_that_it_is_to_stop_and_shows_how_far_it_is(
    database: Database, clock: Clock, asked: int
) -> None:
    def stop_when_told(work: Work) -> None:
        with database.writing() as session:
            cancel(session, work.job_id, clock.stamp())
        work.tell(share=0.5)
        assert work.cancelled()

    run_next(database, {"double": stop_when_told}, clock)

    assert state(database, asked).state == "cancelled"
    assert state(database, asked).progress == {"share": 0.5}


def test_a_job_stopped_early_with_something_in_hand_keeps_it(database: Database, clock: Clock, asked: int) -> None:
    def best_so_far(work: Work) -> int:
        with database.writing() as session:
            cancel(session, work.job_id, clock.stamp())
        work.tell(share=0.5)
        return 7

    run_next(database, {"double": best_so_far}, clock)

    assert (state(database, asked).state, state(database, asked).result) == ("done", 7)


def test_a_busy_handler_learns_that_it_is_to_stop_without_telling_anything(
    database: Database, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BEAT", 0.02)
    clock, tired = Clock(), threading.Event()

    def busy(work: Work) -> None:
        before = seen(database, asked)
        with database.writing() as session:
            cancel(session, asked, clock.stamp())
        while not work.cancelled():
            tired.wait(0.01)
        assert seen(database, asked) > before

    run_next(database, {"double": busy}, clock)

    assert state(database, asked).state == "cancelled"


def test_looking_for_work_does_not_disturb_who_is_writing(database: Database, database_url: str, clock: Clock) -> None:
    another_process = Database(database_url)

    with another_process.writing():
        did = run_next(database, HANDLERS, clock)

    another_process.close()
    assert not did


def test_workers_of_several_networks_do_every_job_once(database_maker: Maker, clock: Clock) -> None:
    done: list[tuple[str, int]] = []
    stop, both = threading.Event(), 6

    def count(work: Work) -> int:
        done.append((str(work.database.url), work.job_id))
        if len(done) >= both:
            stop.set()
        return 0

    with lent(database_maker, database_maker.migrated()) as one, lent(database_maker, database_maker.migrated()) as two:
        registry = Registry({"one": one, "two": two})
        transport = LocalTransport(registry)
        wanted = [
            (str(registry.database(name).url), ask_for(registry.database(name), clock, "double"))
            for name in ("one", "two") * 3
        ]
        with ThreadPoolExecutor(3) as pool:
            workers = [pool.submit(transport.work, {"double": count}, clock, stop) for _ in range(3)]
        registry.close()

    assert [worker.result() for worker in workers] == [None, None, None]
    assert sorted(done) == sorted(wanted)


def test_a_network_whose_database_is_away_does_not_stop_the_others(
    database: Database, database_url: str, empty_url: str, clock: Clock, asked: int
) -> None:
    registry, stop = Registry({"away": empty_url, "here": database_url}), threading.Event()

    def end(work: Work) -> int:
        stop.set()
        return 42

    LocalTransport(registry).work({"double": end}, clock, stop)

    registry.close()
    assert state(database, asked).result == 42


def test_a_job_nobody_asked_for_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.reading() as session:
        state_of(session, 999)
