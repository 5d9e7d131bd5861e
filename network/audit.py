"""Who did what, when, on what."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.words import N_
from network.figures import Figure, in_force
from network.tables import Account, AuditEntry, Organisation

CODE = re.compile(r"[\w.:-]{0,40}", re.ASCII)
"""What a code looks like: free text and most names hold spaces or accents."""

LOOKS = ("identity.read", "referral.read")
READINGS = (*LOOKS, "household.export")
"""Looks at who somebody is: kept to find a misuse, and no longer than that takes. What was done stays."""

READINGS_KEPT = Figure(
    "readings_months",
    N_("How long it is kept who looked at whose name"),
    N_("months"),
    12,
    6,
    36,
    N_("Then the worker erases it; what was decided stays. Assumed (CNIL: six to twelve months), to be confirmed."),
)


def record(session: Session, action: str, subject: str, stamp: Stamp, **detail: int | str | None) -> None:
    """Add one entry. `subject` names a row (`lot:12`), `detail` holds numbers and codes, never a name or free text."""
    for value in (subject, *detail.values()):
        if isinstance(value, str) and not CODE.fullmatch(value):
            raise ValueError("the audit trail keeps numbers and codes, and this is neither")
    session.add(AuditEntry(at=stamp.at, account_id=stamp.by, action=action, subject=subject, detail=detail))


def last_time(
    session: Session, action: str, subject: str, since: dt.datetime, until: dt.datetime
) -> dt.datetime | None:
    """When this was done last to that row, whatever the clock said, but for between the two moments; None if never."""
    query = select(AuditEntry.at).where(AuditEntry.subject == subject, AuditEntry.action == action)
    query = query.where(~AuditEntry.at.between(since, until))
    return session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


class Act(Struct, frozen=True):
    """One thing that was done."""

    at: dt.datetime
    action: str
    by: str
    """Who did it; empty for the software itself."""


def acts_on(session: Session, subjects: Collection[str], actions: Collection[str]) -> dict[str, list[Act]]:
    """What was done of these to each of these rows, in that order."""
    query = (
        select(AuditEntry.subject, AuditEntry.at, AuditEntry.action, func.coalesce(Account.name, ""))
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.subject.in_(subjects), AuditEntry.action.in_(actions))
        .order_by(AuditEntry.id)
    )
    acts: dict[str, list[Act]] = {subject: [] for subject in subjects}
    for subject, at, action, by in session.execute(query):
        acts[subject].append(Act(at, action, by))
    return acts


class Reading(Struct, frozen=True):
    """One look at who somebody is, as that person may know of it: a partner and a role, nobody's name."""

    at: dt.datetime
    partner: str
    role: str
    """The role of that account today."""
    where: str
    """What it was for, as a code; empty where nobody wrote it down."""


def looks_at(session: Session, subjects: Collection[str]) -> list[Reading]:
    """Who looked at the names behind these subjects, the latest first, as far back as looks are kept."""
    query = (
        select(AuditEntry, Organisation.name, Account.role)
        .join(Account, Account.id == AuditEntry.account_id)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(AuditEntry.subject.in_(subjects), AuditEntry.action.in_(LOOKS))
        .order_by(AuditEntry.id.desc())
    )
    return [
        Reading(
            entry.at, partner, role, "referral" if entry.action == "referral.read" else entry.detail.get("where", "")
        )
        for entry, partner, role in session.execute(query)
    ]


def erase_old_readings(session: Session, stamp: Stamp) -> int:
    """Take out the looks from before the day of the month so many months ago; tells how many that were."""
    limit = dt.datetime.combine(
        _months_before(stamp.on, in_force(session, READINGS_KEPT, stamp.on)), dt.time(), stamp.at.tzinfo
    )
    old = AuditEntry.action.in_(READINGS) & (AuditEntry.at < limit)
    gone = session.scalar(select(func.count()).select_from(AuditEntry).where(old)) or 0
    session.execute(delete(AuditEntry).where(old))
    return gone


def _months_before(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, its last day where it is shorter.

    >>> _months_before(dt.date(2026, 3, 31), 13)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
