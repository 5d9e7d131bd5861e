"""What one site will lose and another could give in time: transfers worth making."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.tables import DistributionSession
from network.partners import sites
from stock.shelf import StockRow, at_risk


class Rescue(Struct, frozen=True):
    """Free goods that no session of their own site can give before their last day, and who can."""

    lot: StockRow
    to_site_id: int
    to_site: str
    on: dt.date
    """The day that site opens next: the goods must be there."""


def rescues(session: Session, today: dt.date, site_id: int | None = None, horizon_days: int = 7) -> list[Rescue]:
    """Within the horizon, first what must leave first; each to the site that opens soonest after today."""
    opens = _next_openings(session, today)
    names = {each.id: each.name for each in sites(session)}
    found = []
    for day in at_risk(session, today, site_id=site_id, horizon_days=horizon_days).days:
        for row in day.rows:
            own = opens.get(row.site_id)
            in_time = [(on, other) for other, on in opens.items() if today < on <= row.last_day]
            if row.free and in_time and (own is None or own > row.last_day):
                on, other = min(in_time)
                found.append(Rescue(row, other, names[other], on))
    return found


def _next_openings(session: Session, today: dt.date) -> dict[int, dt.date]:
    query = (
        select(DistributionSession.site_id, func.min(DistributionSession.on))
        .where(DistributionSession.on >= today, DistributionSession.state != "closed")
        .group_by(DistributionSession.site_id)
    )
    return dict(session.execute(query).all())
