"""What one site will lose and another could give in time: transfers worth making, on few trips."""

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.tables import DistributionSession
from common.words import N_
from network.figures import Figure, in_force
from network.partners import sites
from stock.shelf import AtRisk, StockRow, at_risk
from stock.transfers.register import roads_of

TRIPS_A_DAY = Figure(
    "trips_a_day",
    N_("Trips from a site in a day, at most"),
    N_("trips"),
    2,
    0,
    20,
    N_("Transfers are proposed to no more sites than that, those sent the same day counted; by hand any may be sent."),
)


class Rescue(Struct, frozen=True):
    """Free goods that no session of their own site can give before their last day, and who can."""

    lot: StockRow
    to_site_id: int
    to_site: str
    on: dt.date
    """The day that site opens next: the goods must be there."""


class Roads:
    """Where goods leave each site for today: to no more other sites than the partners allow (`TRIPS_A_DAY`)."""

    def __init__(self, session: Session, today: dt.date) -> None:
        self.most = in_force(session, TRIPS_A_DAY, today)
        self.taken = roads_of(session, today)

    def open(self, origin: int, targets: Iterable[int]) -> set[int]:
        """Those a trip goes to already, or may still go to."""
        taken = self.taken.get(origin, set())
        return {target for target in targets if target in taken or len(taken) < self.most}

    def take(self, origin: int, target: int) -> None:
        self.taken.setdefault(origin, set()).add(target)


def rescues(session: Session, today: dt.date, site_id: int | None = None, risk: AtRisk | None = None) -> list[Rescue]:
    """Within a week, first what must leave first; each to the site that opens soonest after today.

    `risk` is what `at_risk` says of the same site, where that was asked for already.
    """
    opens = _next_openings(session, today)
    if not opens.keys() - {site_id}:
        return []
    roads = Roads(session, today)
    names = {each.id: each.name for each in sites(session)}
    found = []
    for day in (risk or at_risk(session, today, site_id=site_id)).days:
        for row in day.rows:
            own, reached = opens.get(row.site_id), roads.open(row.site_id, opens)
            in_time = [(on, other) for other, on in opens.items() if other in reached and today < on <= row.last_day]
            if row.free and in_time and (own is None or own > row.last_day):
                on, other = min(in_time)
                roads.take(row.site_id, other)
                found.append(Rescue(row, other, names[other], on))
    return found


def _next_openings(session: Session, today: dt.date) -> dict[int, dt.date]:
    query = (
        select(DistributionSession.site_id, func.min(DistributionSession.on))
        .where(DistributionSession.on >= today, DistributionSession.state != "closed")
        .group_by(DistributionSession.site_id)
    )
    return dict(session.execute(query).all())
