"""Forms and sheets somebody has not finished: sealed, one of each a person, thrown away after a week."""

import datetime as dt

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from common.clock import Stamp
from households.sealing import Seal
from households.tables import Draft, SheetDraft

KEPT = dt.timedelta(days=7)


class Typed(msgspec.Struct, frozen=True):
    """The fields of a form by their names, as they were typed."""

    fields: dict[str, str]


class SentSheet(msgspec.Struct, frozen=True):
    """A sheet as it was sent, and how it is to be read."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """The number of each line in the file, and its cells."""
    columns: dict[str, int]
    """Which column holds what, from 0."""
    site_id: int
    channel: str


def keep_draft(session: Session, seal: Seal, fields: dict[str, str], stamp: Stamp) -> None:
    """What this person has typed so far, in place of what they had."""
    _keep(session, Draft, seal.close(Typed(fields)), stamp)


def draft_of(session: Session, seal: Seal, account_id: int, now: dt.datetime) -> dict[str, str]:
    """What this person had typed, nothing where there is none or it is too old."""
    draft = session.get(Draft, account_id)
    if draft is None or draft.at < now - KEPT:
        return {}
    return msgspec.json.decode(seal.opened(draft.sealed), type=Typed).fields


def drop_draft(session: Session, account_id: int | None) -> None:
    session.execute(delete(Draft).where(Draft.account_id == account_id))


def keep_sheet(session: Session, seal: Seal, sheet: SentSheet, stamp: Stamp) -> None:
    """The sheet this person has sent, in place of an earlier one."""
    _keep(session, SheetDraft, seal.close(sheet), stamp)


def sheet_of(session: Session, seal: Seal, account_id: int, now: dt.datetime) -> SentSheet | None:
    draft = session.get(SheetDraft, account_id)
    if draft is None or draft.at < now - KEPT:
        return None
    return msgspec.json.decode(seal.opened(draft.sealed), type=SentSheet)


def drop_sheet(session: Session, account_id: int | None) -> None:
    session.execute(delete(SheetDraft).where(SheetDraft.account_id == account_id))


def throw_away_old(session: Session, now: dt.datetime) -> int:
    """What somebody began more than a week ago is gone; tells how much that was."""
    tables = (Draft, SheetDraft)
    return sum(len(session.scalars(delete(t).where(t.at < now - KEPT).returning(t.account_id)).all()) for t in tables)


def _keep(session: Session, table: type[Draft | SheetDraft], sealed: bytes, stamp: Stamp) -> None:
    session.execute(delete(table).where(table.account_id == stamp.by))
    if stamp.by is not None:
        session.add(table(account_id=stamp.by, sealed=sealed, at=stamp.at))
    session.flush()
