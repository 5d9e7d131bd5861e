"""What a donor's gifts were worth: the figures for the yearly talk with it about their quality.

Shares are of the weight it brought to the door in the period: what was turned away, what came in with few days left,
what was finally eaten or lost of what came in. Short-dated is what bears a date, of all that does: that bread keeps
for two days is no choice of the baker's.
"""

import datetime as dt
from collections import defaultdict

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from stock.ledger import EATEN, LOST, Account
from stock.tables import Lot, Movement, Product, Reception, RefusedGoods

SHORT_DAYS = 3
"""Goods to be given within so many days are short-dated when they come in."""


class FamilyGifts(Struct, frozen=True):
    """What came of one family."""

    code: str
    grams: int


class Reason(Struct, frozen=True):
    """What was turned away for one reason."""

    code: str
    grams: int


class DonorPeriod(Struct, frozen=True):
    """A donor's gifts over some days, in grams."""

    receptions: int
    received: int
    refused: int
    dated: int
    """Of what was received: bears a date."""
    short: int
    """Of what bears a date: to be given within three days."""
    eaten: int
    """Of what was received, so far."""
    lost: int
    families: tuple[FamilyGifts, ...]
    """The heaviest first."""
    reasons: tuple[Reason, ...]
    """Why goods were turned away, the heaviest first."""

    @property
    def brought(self) -> int:
        """All that came to the door."""
        return self.received + self.refused

    def share(self, grams: int, whole: int) -> float | None:
        """A share of the whole, None where there is no whole."""
        return grams / whole if whole else None


def donor_period(session: Session, donor_id: int, first: dt.date, last: dt.date) -> DonorPeriod:
    """The gifts that came in from the first to the last day, and what has become of them since."""
    within = and_(Reception.donor_id == donor_id, Reception.on.between(first, last))
    dated, short, families = _came_in(session, within)
    refusals = (
        select(RefusedGoods.reason, func.sum(RefusedGoods.grams))
        .join(Reception, Reception.id == RefusedGoods.reception_id)
        .where(within)
        .group_by(RefusedGoods.reason)
    )
    reasons = [Reason(code, int(grams)) for code, grams in session.execute(refusals)]
    receptions = select(func.count(Reception.id)).where(within)
    return DonorPeriod(
        receptions=session.scalar(receptions) or 0,
        received=sum(family.grams for family in families),
        refused=sum(reason.grams for reason in reasons),
        dated=dated,
        short=short,
        eaten=_ended(session, within, EATEN),
        lost=_ended(session, within, LOST),
        families=families,
        reasons=tuple(sorted(reasons, key=lambda r: (-r.grams, r.code))),
    )


def _came_in(session: Session, within: ColumnElement[bool]) -> tuple[int, int, tuple[FamilyGifts, ...]]:
    """Grams that came in with a date, those of them that were short-dated, and all by family; never what was undone."""
    bears = Lot.date.is_not(None)
    query = (
        select(Product.family_code, bears, Lot.last_day, Reception.on, _grams({Account.OUTSIDE}))
        .join_from(Lot, Movement, Movement.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .join(Reception, Reception.id == Lot.reception_id)
        .where(within)
        .group_by(Product.family_code, bears, Lot.last_day, Reception.on)
    )
    families: dict[str, int] = defaultdict(int)
    dated = short = 0
    for family, bears_date, last_day, on, grams in session.execute(query):
        families[family] -= int(grams)
        if bears_date:
            dated -= int(grams)
            short -= int(grams) if (last_day - on).days <= SHORT_DAYS else 0
    ordered = sorted((FamilyGifts(code, grams) for code, grams in families.items() if grams), key=lambda f: -f.grams)
    return dated, short, tuple(ordered)


def _ended(session: Session, within: ColumnElement[bool], accounts: frozenset[Account]) -> int:
    query = (
        select(_grams(accounts))
        .join_from(Lot, Movement, Movement.lot_id == Lot.id)
        .join(Reception, Reception.id == Lot.reception_id)
        .where(within)
    )
    return int(session.scalar(query) or 0)


def _grams(accounts: frozenset[Account] | set[Account]) -> ColumnElement[int]:
    """What ended on these accounts less what came back from them."""
    names = [account.value for account in accounts]
    sign = case((Movement.to_account.in_(names), 1), else_=0) - case((Movement.from_account.in_(names), 1), else_=0)
    return func.sum(sign * Movement.quantity * Lot.grams_each)
