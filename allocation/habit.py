"""What planning is worth: what the confirmed plans foresaw to lose, beside first expired, first out on the same data.

Each plan keeps both figures, measured on the very shelves and households it was made for; they are forecasts of the
day it was made. What a plan could not save stands in the next one's figure again, on both sides alike.
"""

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.scope import Scope
from allocation.tables import DistributionSession, PlanRecord


class Habit(Struct, frozen=True):
    """Grams that were going to be lost when baskets were planned, over the sessions of a period."""

    sessions: int
    planned: int
    usual: int
    """Had the same food been shared out first expired, first out."""


def habit(session: Session, seen: Scope) -> Habit | None:
    """Over the sessions of the period whose baskets were confirmed; None where there were none."""
    query = (
        select(PlanRecord.figures["ours"]["waste_kg"], PlanRecord.figures["usual"]["waste_kg"])
        .join(DistributionSession, DistributionSession.id == PlanRecord.session_id)
        .where(PlanRecord.state == "confirmed")
        .where(DistributionSession.on >= seen.since, DistributionSession.on <= seen.until)
    )
    if seen.sites is not None:
        query = query.where(DistributionSession.site_id.in_(seen.sites))
    kept = session.execute(query).all()
    if not kept:
        return None
    return Habit(
        sessions=len(kept),
        planned=round(sum(float(ours) for ours, _ in kept) * 1000),
        usual=round(sum(float(usual) for _, usual in kept) * 1000),
    )
