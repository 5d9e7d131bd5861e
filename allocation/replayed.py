"""What first expired, first out would have lost of what really could be given, beside what was really lost of it.

Both sides stand on one base: of each lot, what was handed over at the sessions of the period, what passed its date on
a shelf, and what still stood on one at its end. What no way of sharing decides is in neither: breakage, a broken cold
chain, recalls, differences of counts, goods kept back, goods sent elsewhere. Both lose what passed its last day and,
of each product, the share that was really left behind and thrown away in the period: what was put back on the shelf
and passed its date there is of that share, too. So a history that was itself first expired, first out loses the same
both ways. Who does not come leaves the basket on the shelf on both sides; that the counter may offer it to others is
no habit.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from allocation import habit
from allocation.exits import SAVED, Exit
from allocation.habit import Replayed
from allocation.past import Came, NoPast, parts_of_lots, past_of, since_when
from allocation.problem import Give, Instance, Plan
from allocation.rolling import Truth, replay
from allocation.scope import Scope
from allocation.simulation import Way
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from common.errors import Kind, Refusal
from common.jobs import Work
from common.words import N_
from network.tables import Site
from stock.ledger import LOST, Account
from stock.tables import Lot, Movement, Place, Product

STAYS = frozenset({Exit.RESTOCK, Exit.OTHER_HOUSEHOLD})
"""Left behind and free again: it was not handed over, and is given or lost later."""
DATE = "date"


class NothingReplayed(Refusal):
    """Comparing with habit needs sessions that were held and closed."""

    kind = Kind.CONFLICT
    message = N_("No session of this period was held and closed: there is nothing to compare with habit yet.")


class Lived(Struct, frozen=True):
    """A site's past weeks on the common base, and the baskets that were really handed over."""

    truth: Truth
    given: Plan


class _Handed(Struct, frozen=True):
    """What went home of a lot in one basket, in the lot's measure, and what of it was thrown away instead."""

    basket: str
    lot_id: int
    quantity: int
    thrown: int


def compare_with_habit(work: Work) -> dict[str, Any]:
    """The job behind the report's button: its payload is `habit.question`; raises NothingReplayed."""
    since, until = (dt.date.fromisoformat(work.payload[key]) for key in ("since", "until"))
    sites = work.payload["sites"]
    seen = Scope(since, until, sites=None if sites is None else frozenset(sites))
    with work.database.reading() as session:
        closings = habit.closings(session, seen)
        lived = lived_in(session, seen)
    if not lived:
        raise NothingReplayed()
    replayed = beside_habit(lived, told=lambda share: work.tell(share=share))
    return {"replayed": msgspec.to_builtins(replayed), "closings": closings}


def beside_habit(lived: Sequence[Lived], told: Callable[[float], None] = lambda _: None) -> Replayed:
    """What was lost at all these sites, both ways. Pure."""
    ours = usual = 0
    for nth, past in enumerate(lived):
        ours += lost_of(past.truth.came, past.given)
        usual += lost_of(past.truth.came, _as_habit(past, told=partial(_along, told, nth, len(lived))))
    visits = sum(len(past.truth.came.visits) for past in lived)
    return Replayed(len(lived), visits, ours, usual)


def _as_habit(past: Lived, told: Callable[[float], None]) -> Plan:
    return replay(past.truth, Way("fefo").planner, told=told, offering=False).plan


def lost_of(instance: Instance, given: Plan) -> int:
    """Grams that passed their last day on the shelf, and the usual share thrown away of what was handed over."""
    units = Counter({lot.id: 0 for lot in instance.lots})
    for give in given.give:
        units[give.lot] += give.units
    thrown: dict[str, float] = defaultdict(float)
    for lot in instance.lots:
        thrown[lot.product] += units[lot.id] * lot.unit_grams * (1 - lot.acceptance)
    late = sum((x.units - units[x.id]) * x.unit_grams for x in instance.lots if x.last_day <= instance.ends)
    return late + round(sum(thrown.values()))


def lived_in(session: Session, seen: Scope) -> list[Lived]:
    """The past of each site of the scope that has one in the period."""
    query = select(Site).order_by(Site.id)
    if seen.sites is not None:
        query = query.where(Site.id.in_(seen.sites))
    found = []
    for site in session.scalars(query):
        handed = _handed_over(session, site, seen)
        base = _base(session, site, seen, handed)
        handed += _put_back_in_vain(_handed_over(session, site, seen, put_back=True), handed, base, seen.until)
        try:
            truth = past_of(session, site, seen.since, seen.until, base)
        except NoPast:
            continue
        found.append(_lived(truth, handed, base))
    return found


def _lived(truth: Truth, handed: Sequence[_Handed], base: Came) -> Lived:
    """The truth with what was really thrown away, and the baskets in whole portions."""
    rows = {lot.id: lot for lot, *_ in base}
    grams: Counter[str] = Counter()
    thrown: Counter[str] = Counter()
    for part in handed:
        if lot := rows.get(part.lot_id):
            grams[str(lot.product_id)] += part.quantity * lot.grams_each
            thrown[str(lot.product_id)] += part.thrown * lot.grams_each
    kept = {product: 1 - thrown[product] / n for product, n in grams.items()}
    lots = tuple(replace(lot, acceptance=kept.get(lot.product, 1.0)) for lot in truth.instance.lots)
    instance = replace(truth.instance, lots=lots)
    return Lived(replace(truth, instance=instance), Plan(instance.name, _in_portions(instance, handed, rows)))


def _in_portions(instance: Instance, handed: Sequence[_Handed], rows: dict[int, Lot]) -> tuple[Give, ...]:
    left = Counter({lot.id: lot.units for lot in instance.lots})
    lines = []
    for part in handed:
        lot = rows.get(part.lot_id)
        # Portions are weighed by hand: rounded one by one, they must not add up to more than there was.
        units = min(round(part.quantity / lot.portion), left[lot.code]) if lot else 0
        if lot and units:
            left[lot.code] -= units
            lines.append(Give(part.basket, lot.code, units))
    return tuple(lines)


def _put_back_in_vain(back: Sequence[_Handed], handed: Sequence[_Handed], base: Came, until: dt.date) -> list[_Handed]:
    """What was left behind, put back, and passed its date all the same: in effect it was thrown away."""
    late = Counter({lot.id: n for lot, _, n in base if lot.last_day <= until})
    for part in handed:
        late[part.lot_id] -= part.quantity
    lost = []
    for part in back:
        if (quantity := min(part.quantity, late[part.lot_id])) > 0:
            late[part.lot_id] -= quantity
            lost.append(_Handed(part.basket, part.lot_id, quantity, quantity))
    return lost


def _handed_over(session: Session, site: Site, seen: Scope, *, put_back: bool = False) -> list[_Handed]:
    """What left the site in a basket; or else what was left behind and stayed there."""
    wasted = sorted(exit_.value for exit_ in Exit if exit_ not in SAVED)
    thrown = func.sum(case((LineOutcome.exit.in_(wasted), LineOutcome.quantity), else_=0))
    stays = LineOutcome.exit.in_(sorted(exit_.value for exit_ in STAYS))
    query = (
        select(Visit.basket, BasketLine.lot_id, func.sum(LineOutcome.quantity), thrown)
        .join(BasketLine, BasketLine.visit_id == Visit.id)
        .join(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .where(DistributionSession.site_id == site.id, DistributionSession.state == "closed", Visit.state == "served")
        .where(DistributionSession.on.between(seen.since, seen.until))
        .where(stays if put_back else ~stays)
        .group_by(Visit.basket, BasketLine.lot_id)
        .order_by(Visit.basket, BasketLine.lot_id)
    )
    return [_Handed(basket, lot, int(n), int(t)) for basket, lot, n, t in session.execute(query)]


def _base(session: Session, site: Site, seen: Scope, handed: Sequence[_Handed]) -> Came:
    """Of each lot, the first day it stood at the site and what a way of sharing had to decide of."""
    there: Counter[int] = Counter()
    for part in handed:
        there[part.lot_id] += part.quantity
    first, stands = _on_shelves(session, site, seen)
    there.update(stands)
    there.update(_past_their_date(session, site, seen))
    query = (
        select(Lot)
        .where(Lot.id.in_([lot for lot, n in there.items() if n > 0]), Lot.last_day >= seen.since)
        .options(joinedload(Lot.product).joinedload(Product.family))
        .order_by(Lot.id)
    )
    return [(lot, first[lot.id], there[lot.id]) for lot in session.scalars(query)]


def _on_shelves(session: Session, site: Site, seen: Scope) -> tuple[dict[int, dt.date], dict[int, int]]:
    """The first day of each lot at the site, and what stands there free or in baskets at the end of the period."""
    free = [Account.SHELF.value, Account.RESERVED.value]
    places = select(Place.id).where(Place.site_id == site.id)
    to, from_ = Movement.to_place_id.in_(places), Movement.from_place_id.in_(places)
    came = case((to & Movement.to_account.in_(free), Movement.quantity), else_=0)
    went = case((from_ & Movement.from_account.in_(free), Movement.quantity), else_=0)
    made, stands = to & (Movement.from_account == Account.REMADE), func.sum(came - went)
    query = (
        select(Movement.lot_id, func.min(case((to, Movement.on))), func.min(case((made, Movement.on))), stands)
        .where(Movement.on <= seen.until, to | from_)
        .group_by(Movement.lot_id)
        .order_by(Movement.lot_id)
    )
    first: dict[int, dt.date] = {}
    there: dict[int, int] = {}
    parts = parts_of_lots(session)
    for lot, on, made_on, units in session.execute(query):
        first[lot], there[lot] = since_when(lot, on, made_on == on, first, parts), int(units)
    return first, there


def _past_their_date(session: Session, site: Site, seen: Scope) -> dict[int, int]:
    """What was taken off the shelves of the site in the period because its date had passed."""
    lost, places = sorted(LOST), select(Place.id).where(Place.site_id == site.id)
    off = (Movement.from_account == Account.SHELF) & Movement.to_account.in_(lost) & Movement.from_place_id.in_(places)
    back = (Movement.to_account == Account.SHELF) & Movement.from_account.in_(lost) & Movement.to_place_id.in_(places)
    query = (
        select(Movement.lot_id, func.sum(case((off, Movement.quantity), else_=-Movement.quantity)))
        .where(Movement.reason == DATE, off | back, Movement.on.between(seen.since, seen.until))
        .group_by(Movement.lot_id)
    )
    return {lot: int(n) for lot, n in session.execute(query)}


def _along(told: Callable[[float], None], nth: int, of: int, share: float) -> None:
    told((nth + share) / of)
