"""Who did what, when, on what."""

from typing import Any

from sqlalchemy.orm import Session

from common.clock import Stamp
from network.tables import AuditEntry


def record(session: Session, action: str, subject: str, stamp: Stamp, **detail: Any) -> None:
    """Add one entry. `subject` names a row (`lot:12`), `detail` holds numbers and codes, never a name or free text."""
    session.add(AuditEntry(at=stamp.at, account_id=stamp.by, action=action, subject=subject, detail=detail))
