"""Writes that may come twice: a page's form and a program's request carry a key their sender made."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from litestar import Response
from sqlalchemy.orm import Session

from api.here import Here
from common.errors import Refusal
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
        by = here.person.id if here.person else None
        answer: T = once(session, usable(key), said, here.clock.stamp(by), lambda: work(session), answer_type)
        return answer


def key_of(data: Mapping[str, Any], said: str) -> str:
    """The key of a page that may say several things from one showing: each is done once, another is not refused."""
    key = str(data.get("key", ""))
    return key and f"{key[:50]}:{hashlib.sha256(said.encode()).hexdigest()}"


def write_and_go(
    here: Here,
    path: str,
    data: Mapping[str, Any],
    asked: Any,
    work: Callable[[Session], int],
    said: str,
    again: Callable[[Refusal], Response[Any]] | None = None,
) -> Response[Any]:
    """A form that leads back to a page, which says what was done, or what stands in its way.

    `again` shows the page with what was typed; a button, which has no typing to keep, needs none.
    """
    try:
        write_once(here, str(data.get("key", "")), asked, work, int)
    except Refusal as refusal:
        return again(refusal) if again else here.refused(path, refusal)
    return here.go(path, said)
