"""What moved between accounts, added up once for a whole report: the movements of a period are read a single time.

What a report asks for is where goods came from, where they ended, and what crossed a site's door; reservations and
other movements between two places of one site are half of the ledger and say nothing of that, so the database
leaves them out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from allocation.scope import Scope
from stock.ledger import EATEN, LOST, ON_HAND, PLACED, Account
from stock.tables import Lot, Movement, Place, Product

_PLACED = sorted(account.value for account in PLACED)
_ON_HAND = sorted(account.value for account in ON_HAND)


class Flow(Struct, frozen=True):
    """All movements of a period between two accounts, for one family, donor, site and reason."""

    earlier: bool
    """Of the period before, that this one is compared with."""
    source: str
    source_site: int | None
    target: str
    target_site: int | None
    reason: str
    family: str
    donor_id: int
    grams: int
    cents: int


class Sum(Struct):
    """Weight and worth of the same goods, added up."""

    grams: int = 0
    cents: int = 0

    def add(self, flow: Flow, sign: int) -> None:
        self.grams += sign * flow.grams
        self.cents += sign * flow.cents


class Flows:
    """The flows of a period as some sites see them, or the whole network."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self.flows = list(flows)
        self.ends: dict[str, Sum] = defaultdict(Sum)
        """By account: what ended there less what came back from it."""
        for flow in self.flows:
            self.ends[flow.target].add(flow, 1)
            self.ends[flow.source].add(flow, -1)

    def into(self, accounts: Iterable[str]) -> Sum:
        """What ended on these accounts less what came back from them."""
        ends = [self.ends[account] for account in accounts if account in self.ends]
        return Sum(sum(e.grams for e in ends), sum(e.cents for e in ends))

    def by(self, key: Callable[[Flow], str], accounts: Collection[str]) -> dict[str, int]:
        """Grams of `into` for each key that does not come to nothing."""
        return sum_by(
            (key(f), f.grams if f.target in accounts else -f.grams)
            for f in self.flows
            if (f.target in accounts) != (f.source in accounts)
        )

    def moved_in(self, sites: frozenset[int] | None) -> Sum:
        """Between these sites and others, on the way included, and what became other goods, as by freezing.

        Both come to nothing for the network and all its goods as a whole.
        """
        remade = self.into({Account.REMADE})
        moved = Sum(-remade.grams, -remade.cents)
        if sites is None:
            return moved
        for flow in self.flows:
            came = flow.target_site in sites and flow.source_site not in sites and flow.source in ON_HAND
            went = flow.source_site in sites and flow.target_site not in sites and flow.target in ON_HAND
            moved.add(flow, came - went)
        return moved


def flows_of(session: Session, seen: Scope) -> tuple[Flows, Flows]:
    """What moved in the period, and in the period before it."""
    earlier = (Movement.on < seen.since).label("earlier")
    keys = (
        earlier,
        Movement.from_account,
        Movement.from_place_id,
        Movement.to_account,
        Movement.to_place_id,
        Movement.reason,
        Product.family_code,
        Lot.donor_id,
    )
    query = (
        select(*keys, whole(grams_moved()), whole(cents_moved()))
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Movement.on >= seen.before[0], Movement.on <= seen.until, *seen.goods())
        .where(or_(*_not_placed(), Movement.from_place_id != Movement.to_place_id))
        .group_by(*keys)
    )
    places = session.execute(select(Place.id, Place.site_id)).all()
    site_of: dict[int | None, int] = {row.id: row.site_id for row in places}
    if seen.sites is not None:
        there = [place for place, site in site_of.items() if site in seen.sites]
        query = query.where(or_(Movement.from_place_id.in_(there), Movement.to_place_id.in_(there)))
    flows = [
        Flow(bool(before), source, site_of.get(origin), target, site_of.get(destination), *rest)
        for before, source, origin, target, destination, *rest in session.execute(query)
    ]
    return Flows(f for f in flows if not f.earlier), Flows(f for f in flows if f.earlier)


class Day(Struct, frozen=True):
    """Grams of one day."""

    on: dt.date
    received: int
    eaten: int
    lost: int


def days_of(session: Session, seen: Scope) -> list[Day]:
    """What came, was eaten and was lost, day by day."""
    grams = grams_moved()
    query = (
        select(
            Movement.on,
            -_ended(grams, [Account.OUTSIDE]),
            _ended(grams, EATEN),
            _ended(grams, LOST),
        )
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Movement.on >= seen.since, Movement.on <= seen.until, or_(*_not_placed()), *seen.goods())
        .group_by(Movement.on)
        .order_by(Movement.on)
    )
    if seen.family is not None:
        query = query.join(Product, Product.id == Lot.product_id)
    query = seen.at_place(query, func.coalesce(Movement.from_place_id, Movement.to_place_id))
    return [Day(*row) for row in session.execute(query)]


def standing_before(session: Session, seen: Scope) -> Sum:
    """What was on hand when the period began."""
    origin, destination = aliased(Place), aliased(Place)
    sign = _there(Movement.to_account, destination, seen) - _there(Movement.from_account, origin, seen)
    grams = sign * grams_moved()
    query = (
        select(whole(grams), whole(sign * cents_moved()))
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Movement.on < seen.since, *seen.goods())
    )
    if seen.family is not None:
        query = query.join(Product, Product.id == Lot.product_id)
    if seen.sites is None:
        query = query.where(or_(*_not_placed()))
    else:
        query = query.outerjoin(origin, origin.id == Movement.from_place_id)
        query = query.outerjoin(destination, destination.id == Movement.to_place_id)
    return Sum(*(int(total or 0) for total in session.execute(query).one()))


def _there(account: SQLColumnExpression[str], place: type[Place], seen: Scope) -> ColumnElement[int]:
    there: ColumnElement[bool] = account.in_(_ON_HAND)
    if seen.sites is not None:
        there = and_(there, place.site_id.in_(seen.sites))
    return case((there, 1), else_=0)


def _ended(grams: ColumnElement[int], accounts: Iterable[str]) -> ColumnElement[int]:
    names = sorted(str(account) for account in accounts)
    sign = case((Movement.to_account.in_(names), 1), else_=0) - case((Movement.from_account.in_(names), 1), else_=0)
    return whole(grams * sign)


def _not_placed() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """One end is not a shelf, a reservation or the quarantine corner."""
    return Movement.from_account.not_in(_PLACED), Movement.to_account.not_in(_PLACED)


def grams_moved() -> ColumnElement[int]:
    """What a movement weighs, wide enough to be multiplied on."""
    return cast(Movement.quantity, BigInteger) * Lot.grams_each


def cents_moved() -> ColumnElement[int]:
    """Usual price: by the piece, or by the kilogram where goods are weighed."""
    return case(
        (Lot.measure == "gram", cast(Movement.quantity, BigInteger) * Lot.value_cents // 1000),
        else_=cast(Movement.quantity, BigInteger) * Lot.value_cents,
    )


def whole(amount: ColumnElement[int]) -> ColumnElement[int]:
    """The sum as a whole number: PostgreSQL adds whole numbers up into decimals."""
    return cast(func.sum(amount), BigInteger)


def sum_by(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Grams for each key, without those that come to nothing."""
    sums: dict[str, int] = defaultdict(int)
    for key, grams in parts:
        sums[key] += grams
    return {key: grams for key, grams in sums.items() if grams}
