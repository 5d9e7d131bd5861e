"""Forms somebody has not finished: sealed, one a person, thrown away after a week."""

import datetime as dt

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from common.clock import Stamp
from households.sealing import Seal
from households.tables import Draft

KEPT = dt.timedelta(days=7)


class Typed(msgspec.Struct, frozen=True):
    """The fields of a form by their names, as they were typed."""

    fields: dict[str, str]


def keep_draft(session: Session, seal: Seal, fields: dict[str, str], stamp: Stamp) -> None:
    """What this person has typed so far, in place of what they had."""
    session.execute(delete(Draft).where((Draft.account_id == stamp.by) | (Draft.at < stamp.at - KEPT)))
    if stamp.by is not None:
        session.add(Draft(account_id=stamp.by, sealed=seal.close(Typed(fields)), at=stamp.at))
    session.flush()


def draft_of(session: Session, seal: Seal, account_id: int, now: dt.datetime) -> dict[str, str]:
    """What this person had typed, nothing where there is none or it is too old."""
    draft = session.get(Draft, account_id)
    if draft is None or draft.at < now - KEPT:
        return {}
    return msgspec.json.decode(seal.opened(draft.sealed), type=Typed).fields


def drop_draft(session: Session, account_id: int | None) -> None:
    session.execute(delete(Draft).where(Draft.account_id == account_id))
