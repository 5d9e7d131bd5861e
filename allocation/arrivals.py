"""Who is at the counter: whether they come for the first time, and what they are entitled to this month."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.calendar import preferred
from allocation.entitled import Month, month_of
from allocation.tables import DistributionSession, Visit
from households.pickup import authorised, brought
from households.tables import Household


class Arrived(Struct, frozen=True):
    """What the counter says beside a card."""

    first_time: bool
    """They were never served before that day."""
    month: Month
    weekday: int | None
    """The day they would rather come on; 0 for Monday."""
    proxies: list[str]
    """Initials of those who may fetch the basket."""
    brought: bool
    """Their basket is brought to the door."""


def arrived(session: Session, household_id: int, on: dt.date) -> Arrived:
    household = session.get_one(Household, household_id)
    before = (
        select(Visit.id)
        .join(DistributionSession)
        .where(Visit.household_id == household_id, Visit.state == "served", DistributionSession.on < on)
        .limit(1)
    )
    return Arrived(
        session.scalar(before) is None,
        month_of(session, household, on),
        preferred(session, household_id),
        [proxy.initials for proxy in authorised(session, [household_id], on)[household_id]],
        household_id in brought(session, [household_id], on),
    )
