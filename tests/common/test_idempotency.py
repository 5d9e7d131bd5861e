"""A request sent again does its work once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from common.idempotency import BadKey, KeyUsedOtherwise, once, usable, was_done
from common.tables import Done, Job

KEY = "4b8c2f9e-0001"


class Booked(msgspec.Struct, frozen=True):
    job: int
    note: str


@pytest.fixture
def book(database: Database, clock: Clock) -> Callable[..., Booked]:
    """Books a row in a transaction of its own, with this key and this request."""

    def book(key: str = KEY, asked: object = "3 × PAIN", note: str = "first", by: int | None = None) -> Booked:
        with database.writing() as session:

            def work() -> Booked:
                row = Job(kind="booking", payload={}, state="done", progress={}, asked_at=clock.now())
                session.add(row)
                session.flush()
                return Booked(row.id, note)

            return once(session, key, asked, clock.stamp(by), work, Booked)

    return book


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(Job)).one()


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(
    database: Database, book: Callable[..., Booked]
) -> None:
    first = book(note="first")
    again = book(note="second")

    assert again == first
    assert rows(database) == 1


def test_another_key_does_its_own_work(database: Database, book: Callable[..., Booked]) -> None:
    book("4b8c2f9e-0001")
    book("4b8c2f9e-0002")

    assert rows(database) == 2


def test_a_key_used_for_something_else_is_refused(database: Database, book: Callable[..., Booked]) -> None:
    book(asked={"units": 3, "article": "PAIN"})

    with pytest.raises(KeyUsedOtherwise):
        book(asked={"units": 4, "article": "PAIN"})

    assert rows(database) == 1


def test_the_order_of_what_is_asked_does_not_matter(book: Callable[..., Booked]) -> None:
    first = book(asked={"units": 3, "article": "PAIN"})

    assert book(asked={"article": "PAIN", "units": 3}) == first


def test_work_that_was_refused_leaves_its_key_free(
    database: Database, clock: Clock, book: Callable[..., Booked]
) -> None:
    def refuse() -> Booked:
        raise BadKey(length=0)

    with pytest.raises(BadKey), database.writing() as session:
        once(session, KEY, "3 × PAIN", clock.stamp(), refuse, Booked)

    assert book(note="now it works").note == "now it works"
    assert rows(database) == 1


def test_two_identical_requests_at_once_do_one_piece_of_work(database: Database, book: Callable[..., Booked]) -> None:
    start = threading.Barrier(4)

    def send(number: int) -> Booked:
        start.wait()
        return book(note=str(number))

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))

    assert len(answers) == 1
    assert rows(database) == 1


@pytest.mark.parametrize(("length", "good"), [(7, False), (8, True), (120, True), (121, False)])
def test_a_sender_makes_keys_of_8_to_120_characters(length: int, good: bool) -> None:
    key = "k" * length
    if good:
        assert usable(key) == key
    else:
        with pytest.raises(BadKey, match=str(length)):
            usable(key)


def test_two_accounts_may_have_made_the_same_key(database: Database, book: Callable[..., Booked]) -> None:
    first, second = book(by=1), book(by=2)

    assert first != second
    assert book(by=2) == second
    assert rows(database) == 2


def test_what_a_sender_wrote_into_its_key_is_not_kept(database: Database, book: Callable[..., Booked]) -> None:
    book("Camille Martin, 3 × PAIN")

    with database.reading() as session:
        assert "Camille" not in str(session.execute(select(Done.key, Done.fingerprint, Done.answer)).one())


def test_whether_a_request_was_done_can_be_asked(database: Database, book: Callable[..., Booked]) -> None:
    book()

    with database.reading() as session:
        assert was_done(session, KEY)
        assert not was_done(session, KEY, by=1)
        assert not was_done(session, "4b8c2f9e-0002")
