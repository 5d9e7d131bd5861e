"""Acceptance, learnt from what was left behind: by product, drawn towards its food group and the network.

    accepted(group)   = (taken + K · overall) / (offered + K)
    accepted(product) = (taken + K · accepted(group)) / (offered + K)

so that a product seen twice says little. Households never enter: this is not a profile of anybody.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from allocation.exits import SAYS_NOTHING_OF_TASTE
from allocation.tables import BasketLine, LineOutcome
from stock.tables import Family, Lot, Movement, Product

STRENGTH = 20.0
"""How many offered lines the opinion of the group is worth."""
BEFORE_ANY = 0.95
"""What a network assumes before it has seen anything left behind."""
MEMORY_DAYS = 180


class Acceptance(Struct, frozen=True):
    """What was offered and taken of a product, in lines, and the share that is expected to be taken."""

    product_id: int
    group: str
    offered: int
    taken: int
    share: float


def acceptance(session: Session, today: dt.date) -> dict[int, Acceptance]:
    """By product number, for products offered in the last `MEMORY_DAYS` days."""
    disliked = LineOutcome.taken.is_(False)
    taken = func.sum(case((disliked, 0), else_=1))
    query = (
        select(Lot.product_id, Family.food_group, func.count(), taken)
        .join(BasketLine, BasketLine.id == LineOutcome.line_id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Family, Family.code == Product.family_code)
        .join(Movement, Movement.id == LineOutcome.movement_id)
        .where(LineOutcome.reason.not_in([r.value for r in SAYS_NOTHING_OF_TASTE]))
        .where(Movement.on >= today - dt.timedelta(days=MEMORY_DAYS))
        .group_by(Lot.product_id, Family.food_group)
    )
    return learn((p, g, int(n), int(t)) for p, g, n, t in session.execute(query))


def learn(counts: Iterable[tuple[int, str, int, int]]) -> dict[int, Acceptance]:
    """From (product, group, lines offered, lines taken) rows; pure.

    >>> learned = learn([(1, "milk", 100, 90), (2, "milk", 2, 0)])
    >>> learned[1].share < 0.92, learned[2].share > 0.75
    (True, True)
    """
    rows = list(counts)
    offered: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for _, group, n, t in rows:
        offered[group] += n
        taken[group] += t
    overall = _drawn(sum(taken.values()), sum(offered.values()), BEFORE_ANY)
    of_group = {g: _drawn(taken[g], offered[g], overall) for g in offered}
    return {p: Acceptance(p, g, n, t, _drawn(t, n, of_group[g])) for p, g, n, t in rows}


def share_of(learned: Mapping[int, Acceptance], product_id: int) -> float:
    """The share expected of a product, seen before or not."""
    known = learned.get(product_id)
    return round(known.share, 4) if known else BEFORE_ANY


def _drawn(taken: int, offered: int, towards: float) -> float:
    return (taken + STRENGTH * towards) / (offered + STRENGTH)
