"""Writes that may come twice: a page's form and a program's request carry a key their sender made."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from api.here import Here
from common.idempotency import once, usable

T = TypeVar("T")


def write_once(here: Here, key: str, asked: Any, work: Callable[[Session], T], answer_type: Any) -> T:
    """Do the work in one transaction, once for this key of this person; committed when it returns.

    A form rendered by a page always has a key; without one the work is simply done.
    """
    with here.database.writing() as session:
        if not key:
            return work(session)
        # The same key for another address is another request, whatever it says.
        said = [here.request.url.path, asked]
        answer: T = once(session, usable(key), said, here.stamp(), lambda: work(session), answer_type)
        return answer
