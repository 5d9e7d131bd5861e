"""A write carries a key its sender made: sent again, it does its work once and gets the same answer."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.tables import Done
from common.words import N_

T = TypeVar("T")


class KeyUsedOtherwise(Refusal):
    """The same key came with another request: one of the two would be lost if it were let through."""

    kind = Kind.CONFLICT
    message = N_("This entry was already recorded with other values: undo it first, then enter it again.")


class BadKey(Refusal):
    """A sender's key that is too short to be its own, or longer than any key needs to be."""

    message = N_("This request needs an idempotency key of 8 to 120 characters, got %(length)s.")


def usable(key: str) -> str:
    """A key as senders may make them; raises BadKey."""
    if not 8 <= len(key) <= 120:
        raise BadKey(length=len(key))
    return key


def once(session: Session, key: str, asked: Any, stamp: Stamp, work: Callable[[], T], answer_type: type[T]) -> T:
    """`work()` the first time this key is seen from this account, its kept answer ever after.

    `asked` is what the request says, in values JSON can write; the key with another `asked` raises
    KeyUsedOtherwise. The key is claimed before the work begins, so that of two identical requests at once the
    second waits for the first and then repeats its answer. Key, work and answer are one transaction.
    """
    mine = _mine(key, stamp.by)
    said = json.dumps(msgspec.to_builtins(asked), sort_keys=True)
    # With the key, which is not kept: what few words could say would be found out by trying them all.
    fingerprint = hashlib.sha256(f"{key}:{said}".encode()).hexdigest()
    if not _claim(session, mine, fingerprint, stamp):
        kept, answer = session.execute(select(Done.fingerprint, Done.answer).where(Done.key == mine)).one()
        if kept != fingerprint:
            raise KeyUsedOtherwise()
        return msgspec.convert(answer, answer_type)
    answer = work()
    session.connection().execute(_KEEP, {"mine": mine, "answer": msgspec.to_builtins(answer)})
    return answer


def was_done(session: Session, key: str, by: int | None = None) -> bool:
    """Whether a request with this key from this account has done its work."""
    return session.scalar(select(Done.key).where(Done.key == _mine(key, by))) is not None


def _mine(key: str, by: int | None) -> str:
    """Keys of different accounts never meet; what a sender wrote into its key is not kept."""
    return hashlib.sha256(f"{by}:{key}".encode()).hexdigest()


def _claim(session: Session, key: str, fingerprint: str, stamp: Stamp) -> bool:
    claim = _CLAIMS[session.get_bind().dialect.name]
    claimed = {"key": key, "fingerprint": fingerprint, "answer": None, "at": stamp.at}
    return session.connection().execute(claim, claimed).first() is not None


# Statements are built once: building one takes several times longer than running it.

_CLAIMS = {
    "postgresql": postgresql.insert(Done).on_conflict_do_nothing().returning(Done.key),
    "sqlite": sqlite.insert(Done).on_conflict_do_nothing().returning(Done.key),
}
_KEEP = update(Done).where(Done.key == bindparam("mine"))
