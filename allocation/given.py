"""Who got what: the visits of a lot, the visits of a household, and what a plan means to save."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation import proposals
from allocation.problem import Plan
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from households.tables import Household
from network.tables import Site
from stock.tables import Lot


class LotVisit(Struct, frozen=True):
    """So much of a lot went home with a household, known by its card."""

    household_id: int
    card: str
    on: dt.date
    quantity: int


class HouseholdVisit(Struct, frozen=True):
    """A day a household was expected."""

    session_id: int
    on: dt.date
    site: str
    state: str
    """`expected`, `served` or `absent`."""
    grams: int
    """Taken home."""
    left_grams: int


class Saved(Struct, frozen=True):
    """What the next session's plan gives, by lot."""

    on: dt.date | None
    """The session's day; None where none is planned."""
    site_id: int | None
    has_plan: bool
    proposed: Mapping[str, int]
    """Proposed and not yet set aside, by lot code, in the lot's measure."""

    @classmethod
    def nothing(cls) -> "Saved":
        return cls(None, None, False, {})


def visits_of_lot(session: Session, lot_id: int) -> list[LotVisit]:
    """The households that took some of this lot home, the latest first."""
    query = (
        select(Household.id, Household.card, DistributionSession.on, func.sum(LineOutcome.quantity))
        .join_from(LineOutcome, BasketLine, LineOutcome.line_id == BasketLine.id)
        .join(Visit, Visit.id == BasketLine.visit_id)
        .join(Household, Household.id == Visit.household_id)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .where(BasketLine.lot_id == lot_id, LineOutcome.taken)
        .group_by(Household.id, Household.card, DistributionSession.on)
        .order_by(DistributionSession.on.desc(), Household.card)
    )
    return [LotVisit(household, card, on, int(quantity)) for household, card, on, quantity in session.execute(query)]


def visits_of_household(session: Session, household_id: int, most: int | None = 50) -> list[HouseholdVisit]:
    """The latest visits of a household, expected ones included; None for all of them."""
    query = (
        select(Visit.id, Visit.state, DistributionSession.id, DistributionSession.on, Site.name)
        .join_from(Visit, DistributionSession, DistributionSession.id == Visit.session_id)
        .join(Site, Site.id == DistributionSession.site_id)
        .where(Visit.household_id == household_id)
        .order_by(DistributionSession.on.desc(), Visit.id.desc())
        .limit(most)
    )
    rows = session.execute(query).all()
    grams = _grams(session, [visit_id for visit_id, *_ in rows])
    return [
        HouseholdVisit(number, on, site, state, grams[visit_id, True], grams[visit_id, False])
        for visit_id, state, number, on, site in rows
    ]


def saved_by_plan(session: Session, planned: DistributionSession) -> Saved:
    """What the newest draft for this session gives; confirmed baskets are set aside in the ledger already."""
    kept = proposals.latest(session, planned.id)
    proposed: dict[str, int] = defaultdict(int)
    if kept and kept.state == "draft":
        plan = msgspec.convert(kept.plan, Plan)
        portions = dict(
            session.execute(select(Lot.code, Lot.portion).where(Lot.code.in_({g.lot for g in plan.give}))).all()
        )
        for give in plan.give:
            proposed[give.lot] += give.units * portions[give.lot]
    return Saved(planned.on, planned.site_id, kept is not None, proposed)


def _grams(session: Session, visit_ids: list[int]) -> dict[tuple[int, bool], int]:
    """Taken home and left behind by visit."""
    query = (
        select(BasketLine.visit_id, LineOutcome.taken, func.sum(LineOutcome.quantity * Lot.grams_each))
        .join_from(LineOutcome, BasketLine, LineOutcome.line_id == BasketLine.id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .where(BasketLine.visit_id.in_(visit_ids))
        .group_by(BasketLine.visit_id, LineOutcome.taken)
    )
    sums: dict[tuple[int, bool], int] = defaultdict(int)
    for visit_id, taken, grams in session.execute(query):
        sums[visit_id, taken] = int(grams)
    return sums
