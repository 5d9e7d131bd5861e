"""How many of those expected stay away: a share of a site's visits, never anybody's own.

    away = (stayed away + K · usual) / (settled + K)

so that one bad afternoon says little. What is planned for somebody who stays away is still on the shelf: the
planner gives short-dated food at the first session it can, while others are left to it.
"""

import datetime as dt

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from allocation.tables import DistributionSession, Visit

USUAL = 0.05
"""What a network assumes before it has seen a session."""
STRENGTH = 40.0
"""How many visits that assumption is worth."""
MEMORY_DAYS = 90


def share_away(stayed_away: int, settled: int) -> float:
    """From counts; pure.

    >>> share_away(0, 0), share_away(40, 360)
    (0.05, 0.105)
    """
    return (stayed_away + STRENGTH * USUAL) / (settled + STRENGTH)


def staying_away(session: Session, site_id: int, today: dt.date) -> float:
    """The share at a site, from its visits of the last `MEMORY_DAYS` days."""
    query = (
        select(func.count(), func.sum(case((Visit.state == "absent", 1), else_=0)))
        .join(DistributionSession)
        .where(
            DistributionSession.site_id == site_id,
            DistributionSession.on.between(today - dt.timedelta(days=MEMORY_DAYS), today),
            Visit.state.in_(("served", "absent")),
        )
    )
    settled, stayed_away = session.execute(query).one()
    return share_away(stayed_away or 0, settled)
