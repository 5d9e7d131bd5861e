"""Who did what, when, on what."""

import re

from sqlalchemy.orm import Session

from common.clock import Stamp
from network.tables import AuditEntry

CODE = re.compile(r"[\w.:-]{0,40}", re.ASCII)
"""What a code looks like: free text and most names hold spaces or accents."""


def record(session: Session, action: str, subject: str, stamp: Stamp, **detail: int | str | None) -> None:
    """Add one entry. `subject` names a row (`lot:12`), `detail` holds numbers and codes, never a name or free text."""
    for value in (subject, *detail.values()):
        if isinstance(value, str) and not CODE.fullmatch(value):
            raise ValueError("the audit trail keeps numbers and codes, and this is neither")
    session.add(AuditEntry(at=stamp.at, account_id=stamp.by, action=action, subject=subject, detail=detail))
