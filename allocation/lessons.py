"""What was learnt from food left behind, for people to read: acceptance by product and group, with ideas.

The shares are those the planner uses; each comes with how many lines it rests on. Reasons such as *did not come* or
*too heavy* say nothing of taste and are left out, as in `allocation.learning`; what was swapped away counts half.
Nothing here is about a household.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.exits import SAYS_NOTHING_OF_TASTE, Reason
from allocation.learning import MEMORY_DAYS, Acceptance, acceptance
from allocation.tables import BasketLine, LineOutcome
from common.words import N_
from stock.tables import FoodGroup, Lot, Movement, Product

ENOUGH_LINES = 10
"""Offered less often, a product says too little to act on."""
OFTEN_LEFT = 0.10
"""From this share on an idea is worth having."""

IDEAS = {
    Reason.TASTE: N_("Offer a smaller share of it, and something else of its group to choose from."),
    Reason.ENOUGH: N_("Homes have enough: offer it less often."),
    Reason.DIET: N_("Ask at the counter what is not eaten, and note it on the card."),
    Reason.NO_EQUIPMENT: N_("Note on the card what the kitchen lacks: it will go to others."),
    Reason.CANNOT_COOK: N_("Put a recipe card beside it, or make it the theme of a cooking workshop."),
    Reason.SHORT_DATE: N_("Give it earlier, or ask the donor for more days."),
    Reason.LOOKS: N_("Sort it at intake; what looks tired goes to the workshop."),
    Reason.SURPLUS: N_("Give smaller portions of it."),
}
"""What usually helps, by the reason said most."""


class GroupLesson(Struct, frozen=True):
    """A food group: lines offered, of which left behind, of which swapped for something else of the group."""

    key: str
    name_fr: str
    name_en: str
    offered: int
    left: int
    swapped: int


class Lesson(Struct, frozen=True):
    """A product: how often it was offered, left and swapped away, and what the planner expects of it."""

    product_id: int
    product: str
    group: str
    offered: int
    left: int
    swapped: int
    expected: float
    """The share expected to be taken, drawn towards its group while little is known."""
    reason: str
    """The reason said most; empty where none counts."""
    idea: str
    """A message to translate; empty where it is rarely left or little is known."""


class Lessons(Struct, frozen=True):
    """What the last months taught."""

    since: dt.date
    groups: list[GroupLesson]
    products: list[Lesson]
    """Offered often enough, most left first."""


def lessons(session: Session, today: dt.date) -> Lessons:
    """Over the memory of the planner."""
    learned = acceptance(session, today)
    since = today - dt.timedelta(days=MEMORY_DAYS)
    reasons = _reasons(session, since)
    names = dict(session.execute(select(Product.id, Product.name).where(Product.id.in_(learned))).all())
    told = [
        _lesson(known, names[known.product_id], reasons[known.product_id])
        for known in learned.values()
        if known.offered >= ENOUGH_LINES
    ]
    return Lessons(since, _groups(session, learned), sorted(told, key=lambda x: (-x.left / x.offered, x.product)))


def _lesson(known: Acceptance, name: str, reasons: Counter[str]) -> Lesson:
    left = known.offered - known.taken - known.swapped
    reason = reasons.most_common(1)[0][0] if reasons else ""
    often = left >= OFTEN_LEFT * known.offered
    return Lesson(
        product_id=known.product_id,
        product=name,
        group=known.group,
        offered=known.offered,
        left=left,
        swapped=known.swapped,
        expected=known.share,
        reason=reason,
        idea=IDEAS.get(Reason(reason), "") if reason and often else "",
    )


def _groups(session: Session, learned: Mapping[int, Acceptance]) -> list[GroupLesson]:
    offered: Counter[str] = Counter()
    left: Counter[str] = Counter()
    swapped: Counter[str] = Counter()
    for known in learned.values():
        offered[known.group] += known.offered
        left[known.group] += known.offered - known.taken - known.swapped
        swapped[known.group] += known.swapped
    rows = session.scalars(select(FoodGroup).order_by(FoodGroup.rank))
    return [
        GroupLesson(g.id, g.name_fr, g.name_en, offered[g.id], left[g.id], swapped[g.id]) for g in rows if offered[g.id]
    ]


def _reasons(session: Session, since: dt.date) -> dict[int, Counter[str]]:
    """How often each reason was said of each product."""
    query = (
        select(Lot.product_id, LineOutcome.reason, func.count())
        .join_from(LineOutcome, BasketLine, BasketLine.id == LineOutcome.line_id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Movement, Movement.id == LineOutcome.movement_id)
        .where(LineOutcome.taken.is_(False), Movement.on >= since)
        .where(LineOutcome.reason.not_in([r.value for r in SAYS_NOTHING_OF_TASTE]))
        .group_by(Lot.product_id, LineOutcome.reason)
    )
    reasons: dict[int, Counter[str]] = defaultdict(Counter)
    for product_id, reason, n in session.execute(query):
        reasons[product_id][reason] = n
    return reasons
