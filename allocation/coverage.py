"""How far the food that was really taken home went: the worst-off household and the average, over a period.

Coverage of a household = sum over counted food groups of weight x min(need, taken) / need, where need is what food
aid should bring it over the days of the period. It says how much of a balanced aid arrived, not of a whole diet.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.scope import Scope
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from households.listing import compositions
from stock.tables import Family, FoodGroup, Lot, Product


class Coverage(Struct, frozen=True):
    """Shares of one; the average is weighted by adult equivalents."""

    households: int
    visits: int
    worst: float
    average: float


def coverage(session: Session, seen: Scope, groups: Iterable[FoodGroup]) -> Coverage | None:
    """Over households that were served at least once in the period; None where nobody was."""
    visits = _visits(session, seen)
    if not visits:
        return None
    needs = _needs(groups, (seen.until - seen.since).days + 1)
    taken = _taken(session, seen)
    sizes = {h: c.adult_equivalents for h, c in compositions(session, visits, seen.until).items()}
    shares = {h: _share(size or Decimal(1), needs, taken[h]) for h, size in sizes.items()}
    whole = sum(map(float, sizes.values())) or 1.0
    return Coverage(
        households=len(visits),
        visits=sum(visits.values()),
        worst=min(shares.values()),
        average=sum(share * float(sizes[h]) for h, share in shares.items()) / whole,
    )


class _Need(Struct, frozen=True):
    weight: float
    grams: int
    """Per adult equivalent over the period."""


def _share(size: Decimal, needs: dict[str, _Need], taken: dict[str, int]) -> float:
    parts = (n.weight * min(1.0, taken.get(group, 0) / float(n.grams * size)) for group, n in needs.items())
    return sum(parts) / sum(n.weight for n in needs.values())


def _needs(groups: Iterable[FoodGroup], days: int) -> dict[str, _Need]:
    return {
        g.id: _Need(float(g.facts["weight"]), g.facts["need_grams_per_day"] * days)
        for g in groups
        if g.facts["weight"] and g.facts["need_grams_per_day"]
    }


def _visits(session: Session, seen: Scope) -> dict[int, int]:
    """How often each household was served."""
    query = (
        select(Visit.household_id, func.count())
        .join(DistributionSession)
        .where(Visit.state == "served", DistributionSession.on.between(seen.since, seen.until))
        .group_by(Visit.household_id)
    )
    if seen.sites is not None:
        query = query.where(DistributionSession.site_id.in_(seen.sites))
    return dict(session.execute(query).all())


def _taken(session: Session, seen: Scope) -> dict[int, dict[str, int]]:
    """Grams each household took home, by food group."""
    query = (
        select(Visit.household_id, Family.food_group, func.sum(LineOutcome.quantity * Lot.grams_each))
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .join(BasketLine, BasketLine.visit_id == Visit.id)
        .join(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Family, Family.code == Product.family_code)
        .where(LineOutcome.taken, DistributionSession.on.between(seen.since, seen.until))
        .group_by(Visit.household_id, Family.food_group)
    )
    if seen.sites is not None:
        query = query.where(DistributionSession.site_id.in_(seen.sites))
    taken: dict[int, dict[str, int]] = defaultdict(dict)
    for household_id, group, grams in session.execute(query):
        taken[household_id][group] = int(grams)
    return taken
