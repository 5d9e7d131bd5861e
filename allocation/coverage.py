"""How far the food that was really taken home went: the worst-off household and the average, over a period.

Coverage of a household = sum over counted food groups of weight x min(need, taken) / need, where need is what food
aid should bring it over the days of the period. It says how much of a balanced aid arrived, not of a whole diet.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from households.register import Planned, households_for_planning
from stock.tables import Family, FoodGroup, Lot, Product


class Coverage(Struct, frozen=True):
    """Shares of one; the average is weighted by adult equivalents."""

    households: int
    visits: int
    worst: float
    average: float


def coverage(session: Session, since: dt.date, until: dt.date, site_id: int | None = None) -> Coverage | None:
    """Over households that were served at least once in the period; None where nobody was."""
    visits = _visits(session, since, until, site_id)
    if not visits:
        return None
    needs = _needs(session, (until - since).days + 1)
    taken = _taken(session, since, until, site_id)
    people = households_for_planning(session, visits, until)
    shares = {h.id: _share(h, needs, taken[h.id]) for h in people}
    size = sum(float(h.composition.adult_equivalents) for h in people) or 1.0
    return Coverage(
        households=len(visits),
        visits=sum(visits.values()),
        worst=min(shares.values()),
        average=sum(shares[h.id] * float(h.composition.adult_equivalents) for h in people) / size,
    )


class _Need(Struct, frozen=True):
    weight: float
    grams: int
    """Per adult equivalent over the period."""


def _share(household: Planned, needs: dict[str, _Need], taken: dict[str, int]) -> float:
    size = household.composition.adult_equivalents or Decimal(1)
    parts = (n.weight * min(1.0, taken.get(group, 0) / float(n.grams * size)) for group, n in needs.items())
    return sum(parts) / sum(n.weight for n in needs.values())


def _needs(session: Session, days: int) -> dict[str, _Need]:
    groups = session.scalars(select(FoodGroup))
    return {
        g.id: _Need(float(g.facts["weight"]), g.facts["need_grams_per_day"] * days)
        for g in groups
        if g.facts["weight"] and g.facts["need_grams_per_day"]
    }


def _visits(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> dict[int, int]:
    """How often each household was served."""
    query = (
        select(Visit.household_id, func.count())
        .join(DistributionSession)
        .where(Visit.state == "served", DistributionSession.on.between(since, until))
        .group_by(Visit.household_id)
    )
    if site_id is not None:
        query = query.where(DistributionSession.site_id == site_id)
    return dict(session.execute(query).all())


def _taken(session: Session, since: dt.date, until: dt.date, site_id: int | None) -> dict[int, dict[str, int]]:
    """Grams each household took home, by food group."""
    query = (
        select(Visit.household_id, Family.food_group, func.sum(LineOutcome.quantity * Lot.grams_each))
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .join(BasketLine, BasketLine.visit_id == Visit.id)
        .join(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Family, Family.code == Product.family_code)
        .where(LineOutcome.taken, DistributionSession.on.between(since, until))
        .group_by(Visit.household_id, Family.food_group)
    )
    if site_id is not None:
        query = query.where(DistributionSession.site_id == site_id)
    taken: dict[int, dict[str, int]] = defaultdict(dict)
    for household_id, group, grams in session.execute(query):
        taken[household_id][group] = int(grams)
    return taken
