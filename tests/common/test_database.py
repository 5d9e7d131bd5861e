"""The doors to a database: whole or not at all, one state while reading, moments that know their zone."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from common.clock import PARIS, Clock
from common.database import Database, one_at_a_time
from common.tables import Done, Job
from network.tables import Site


def done(key: str, at: dt.datetime) -> Done:
    return Done(key=key, fingerprint="", answer=None, at=at)


def keys(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Done.key).order_by(Done.key)))


def test_a_writing_block_keeps_its_work_when_it_ends(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        session.add(done("a", clock.now()))

    assert keys(database) == ["a"]


def test_a_writing_block_that_raises_keeps_nothing(database: Database, clock: Clock) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(done("a", clock.now()))
        session.flush()
        raise RuntimeError

    assert keys(database) == []


def test_a_writing_block_whose_last_row_cannot_be_kept_keeps_nothing(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        session.add(done("a", clock.now()))

    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(done("b", clock.now()))
        session.flush()
        session.add(done("a", clock.now()))

    assert keys(database) == ["a"]


def test_after_a_block_that_raised_the_next_one_works(database: Database, clock: Clock) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        raise RuntimeError

    with database.writing() as session:
        session.add(done("a", clock.now()))

    assert keys(database) == ["a"]


def test_a_reading_session_refuses_to_write(database: Database, clock: Clock) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.add(done("a", clock.now()))
        session.flush()

    assert keys(database) == []


def test_a_reading_session_sees_one_state_while_others_write(database: Database, clock: Clock) -> None:
    count = select(func.count()).select_from(Done)

    with database.reading() as reader:
        before = reader.scalar(count)
        with database.writing() as writer:
            writer.add(done("a", clock.now()))
        after = reader.scalar(count)

    assert (before, after) == (0, 0)
    assert keys(database) == ["a"]


def test_readers_do_not_wait_for_a_writer(database: Database, clock: Clock) -> None:
    with database.writing() as writer:
        writer.add(done("a", clock.now()))
        writer.flush()
        seen = keys(database)

    assert seen == []


def count_up(session: Session, job: int) -> None:
    """Read, then write: what two people do at once."""
    attempts = session.scalars(select(Job.attempts).where(Job.id == job).with_for_update()).one()
    session.execute(update(Job).where(Job.id == job).values(attempts=attempts + 1))


def count_up_by_name(session: Session, job: int) -> None:
    """The same where no row is locked, but a name both agree on."""
    one_at_a_time(session, f"/jobs/{job}")
    attempts = session.scalars(select(Job.attempts).where(Job.id == job)).one()
    session.execute(update(Job).where(Job.id == job).values(attempts=attempts + 1))


@pytest.fixture
def job(database: Database, clock: Clock) -> int:
    with database.writing() as session:
        row = Job(kind="", payload={}, state="waiting", progress={}, asked_at=clock.now())
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.parametrize("count_up", [count_up, count_up_by_name])
def test_of_many_writers_at_once_none_overwrites_another(
    database: Database, job: int, count_up: Callable[[Session, int], None]
) -> None:
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(10):
            with database.writing() as session:
                count_up(session, job)

    with ThreadPoolExecutor(4) as pool:
        for writer in [pool.submit(work) for _ in range(4)]:
            writer.result()

    with database.reading() as session:
        assert session.scalars(select(Job.attempts)).one() == 40


def test_a_writer_behind_other_doors_waits_for_its_turn(database: Database, job: int) -> None:
    """As another process would: it shares no lock with the first, only the database."""
    others = Database(database.url.render_as_string(hide_password=False))
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with others.writing() as session:
            count_up(session, job)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with database.writing() as session:
            count_up(session, job)
            inside.set()
            count_up(session, job)
        waiting.result()

    others.close()
    with database.reading() as session:
        assert session.scalars(select(Job.attempts)).one() == 3


def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    at = dt.datetime(2026, 7, 14, 0, 30, tzinfo=PARIS)
    with database.writing() as session:
        session.add(done("a", at))

    with database.reading() as session:
        kept = session.scalars(select(Done.at)).one()

    assert kept == at
    assert kept.tzinfo is dt.UTC


def test_moments_are_compared_as_moments_whatever_their_zone(database: Database) -> None:
    early = dt.datetime(2026, 7, 14, 0, 30, tzinfo=PARIS)
    late = dt.datetime(2026, 7, 13, 22, 31, tzinfo=dt.UTC)
    with database.writing() as session:
        session.add_all([done("early", early), done("late", late)])

    with database.reading() as session:
        after = session.scalars(select(Done.key).where(Done.at > early.astimezone(dt.UTC))).all()

    assert after == ["late"]


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = dt.datetime(2026, 11, 23, 9)  # noqa: DTZ001 - the point of the test

    with pytest.raises(StatementError, match="without a time zone"), database.writing() as session:
        session.add(done("a", naive))

    assert keys(database) == []


def test_a_row_that_points_nowhere_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Site(organisation_id=999, code="S1", name="Site"))
