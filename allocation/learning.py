"""Acceptance, learnt from what was left behind: by product, drawn towards its food group and the network.

    accepted(group)   = (taken + K · overall) / (offered + K)
    accepted(product) = (taken + K · accepted(group)) / (offered + K)

so that a product seen twice says little. A line swapped for something else of its group was offered and not taken,
too, but says half as much: something was liked better, which is not to be disliked. Households never enter: this is not
a profile of anybody.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from allocation.day_tables import SwappedAway
from allocation.exits import SAYS_NOTHING_OF_TASTE
from allocation.tables import BasketLine, LineOutcome
from stock.tables import Family, Lot, Movement, Product

STRENGTH = 20.0
"""How many offered lines the opinion of the group is worth."""
BEFORE_ANY = 0.95
"""What a network assumes before it has seen anything left behind."""
MEMORY_DAYS = 180
SWAP = 0.5
"""How much a line swapped away says, beside one left behind."""


class Acceptance(Struct, frozen=True):
    """What was offered and taken of a product, in lines, and the share that is expected to be taken."""

    product_id: int
    group: str
    offered: int
    """Those left behind and those swapped away among them."""
    taken: int
    swapped: int
    share: float


class Seen(NamedTuple):
    """What the counter saw of a product, in lines: taken or left behind, and swapped away before that."""

    product_id: int
    group: str
    offered: int
    taken: int
    swapped: int = 0


def acceptance(session: Session, today: dt.date) -> dict[int, Acceptance]:
    """By product number, for products offered in the last `MEMORY_DAYS` days."""
    since = today - dt.timedelta(days=MEMORY_DAYS)
    kept, swapped = _kept(session, since), _swapped(session, since)
    return learn(
        Seen(product_id, group, *kept.get((product_id, group), (0, 0)), swapped[product_id, group])
        for product_id, group in sorted(kept.keys() | swapped.keys())
    )


def _kept(session: Session, since: dt.date) -> dict[tuple[int, str], tuple[int, int]]:
    """Lines that were handed over or left behind, and how many of them were taken."""
    taken = func.sum(case((LineOutcome.taken.is_(False), 0), else_=1))
    query = (
        select(Lot.product_id, Family.food_group, func.count(), taken)
        .join(BasketLine, BasketLine.id == LineOutcome.line_id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Family, Family.code == Product.family_code)
        .join(Movement, Movement.id == LineOutcome.movement_id)
        .where(LineOutcome.reason.not_in([r.value for r in SAYS_NOTHING_OF_TASTE]))
        .where(Movement.on >= since)
        .group_by(Lot.product_id, Family.food_group)
    )
    return {(product, group): (int(n), int(t)) for product, group, n, t in session.execute(query)}


def _swapped(session: Session, since: dt.date) -> Counter[tuple[int, str]]:
    query = (
        select(Lot.product_id, Family.food_group, func.count())
        .select_from(SwappedAway)
        .join(Lot, Lot.id == SwappedAway.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Family, Family.code == Product.family_code)
        .where(SwappedAway.on >= since)
        .group_by(Lot.product_id, Family.food_group)
    )
    return Counter({(product, group): int(n) for product, group, n in session.execute(query)})


def learn(seen: Iterable[Seen]) -> dict[int, Acceptance]:
    """From what the counter saw; pure.

    >>> learned = learn([Seen(1, "milk", 100, 90), Seen(2, "milk", 2, 0), Seen(3, "milk", 0, 0, swapped=4)])
    >>> learned[1].share < 0.92, learned[2].share > 0.75
    (True, True)

    Four swaps weigh as much as two lines left behind:

    >>> learned[3].share == learned[2].share, learned[3].offered
    (True, 4)
    """
    rows = list(seen)
    offered: dict[str, float] = defaultdict(float)
    taken: dict[str, int] = defaultdict(int)
    for row in rows:
        offered[row.group] += _weighed(row)
        taken[row.group] += row.taken
    overall = _drawn(sum(taken.values()), sum(offered.values()), BEFORE_ANY)
    of_group = {g: _drawn(taken[g], offered[g], overall) for g in offered}
    return {
        row.product_id: Acceptance(
            row.product_id,
            row.group,
            row.offered + row.swapped,
            row.taken,
            row.swapped,
            _drawn(row.taken, _weighed(row), of_group[row.group]),
        )
        for row in rows
    }


def _weighed(row: Seen) -> float:
    return row.offered + SWAP * row.swapped


def share_of(learned: Mapping[int, Acceptance], product_id: int) -> float:
    """The share expected of a product, seen before or not."""
    known = learned.get(product_id)
    return round(known.share, 4) if known else BEFORE_ANY


def _drawn(taken: int, offered: float, towards: float) -> float:
    return (taken + STRENGTH * towards) / (offered + STRENGTH)
