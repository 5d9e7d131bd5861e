"""Choice at the counter: one thing for another of its group, something more, something out of the basket.

What is proposed, and what is accepted, is judged by the same independent check as a plan: a change is refused if it
breaks a rule that held before it, or breaks one by more. A basket that broke one already (its day moved, say) can still
be bettered.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.baskets import put_back, set_aside
from allocation.check import Broken, check
from allocation.day_tables import SwappedAway
from allocation.entitled import left_at
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, MoreThanGiven, NotInBasket, refuse_recalled, refuse_settled
from allocation.picking import RecalledMeanwhile
from allocation.problem import Give, Instance, Lot, Plan
from allocation.propose import problem_of_visit
from allocation.room import Room, against
from allocation.tables import BasketLine, DistributionSession, Visit
from allocation.till import prices
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.idempotency import was_done
from common.words import N_, Term, Words
from network.audit import record
from stock import tables
from stock.catalogue import Found, find
from stock.codes import read_scan
from stock.promise import recalled_lots

Breaches = frozenset[tuple[int, str]]
"""The rules a basket breaks, each with its sentence."""
CHOSEN = "CHOSEN"
"""The reason of a line its household chose."""
MOST = 12
"""Offers shown at once."""
OF_MEASURE = frozenset({7, 8, 9, 10, 11, 12})
"""Rules that speak of how much, not of what: less of it may hold them."""


class DoesNotSuit(Refusal):
    """A rule speaks against this for this household."""

    kind = Kind.CONFLICT
    message = N_("This cannot go into the basket: %(reason)s")

    def __init__(self, broken: Broken) -> None:
        super().__init__(reason=str(broken))
        self.broken = broken

    def say(self, words: Words) -> str:
        return words.text(self.message, reason=words.text(WHY_NOT[self.broken.rule]))


WHY_NOT = {
    0: N_("it is not in stock here any more."),
    1: N_("it is not in stock here any more."),
    2: N_("its date does not allow it today."),
    3: N_("it holds, or may hold, something this household does not want."),
    4: N_("this household has not got what it needs to keep or cook it."),
    5: N_("goods of this programme cannot be given this way: some, such as those of the ESF+, are never sold."),
    6: N_("it is for infants."),
    7: N_("not so much of it is left."),
    8: N_("no more of it can be given in one visit."),
    9: N_("the basket would be too heavy to carry."),
    10: N_("it would cost more than what is left of this month’s allowance."),
    11: N_("they have as much of this food group as they can use."),
    12: N_("they could not eat it all before its date."),
    13: N_("it is not in stock here any more."),
    14: N_("it was ruled out by hand."),
}
"""Each rule of the check as a volunteer reads it, without a lot's or a basket's code."""


class NothingOfIt(Refusal):
    """A scan of something of which none is free here."""

    kind = Kind.NOT_FOUND
    message = N_("Nothing of “%(product)s” is free here.")


class GoneMeanwhile(Refusal):
    """Two tablets without network, one last pack."""

    kind = Kind.CONFLICT
    message = N_(
        "By the books nothing of “%(product)s” (lot %(lot)s) was free any more: look at the shelf and settle this"
        " basket here."
    )


class LeftOfIt(Struct, frozen=True):
    """How much of what was chosen was left behind after all, why, and where it went."""

    quantity: int
    reason: Reason
    exit: Exit
    stayed_cold: bool = False


class Chosen(Struct, frozen=True):
    """What a household took without network."""

    lot: str
    quantity: int
    """Pieces, or grams where the lot is weighed."""
    instead_of: int | None = None
    """The line whose place it took; None where it came on top."""
    any_lot: bool = False
    """A pack's own number was scanned: another lot of the product at the same price is meant as well."""
    key: str = ""
    """Of the form that was sent first, where no answer to it came: had it arrived, this is in the basket already."""
    left: LeftOfIt | None = None


class Offer(Struct, frozen=True):
    """Something that suits this household, in the portion it would get."""

    lot: str
    product: str
    pictogram: str
    group: str
    last_day: dt.date
    quantity: int
    measure: str
    price_cents: int


def offers(session: Session, visit_id: int, today: dt.date, line_id: int | None = None) -> list[Offer]:
    """What may take a line's place, from its own food group; without a line, what may come on top. Soonest first."""
    visit = _open_visit(session, visit_id)
    line = _line(visit, line_id) if line_id else None
    problem = problem_of_visit(session, visit, today, left_at(session, visit))
    room = Room(problem, as_plan(visit, problem, line), against(problem))
    found = list(islice(suitable(problem, room, line), MOST))
    rows = _lots(session, [lot.id for lot, _ in found])
    return [_offer(rows[lot.id], lot, units) for lot, units in found]


def swap(session: Session, visit_id: int, line_id: int, lot_code: str, stamp: Stamp) -> None:
    """Put the line back on its shelf and that lot in its place; raises DoesNotSuit or NotInBasket.

    That something else was liked better is learnt of the product, and of nobody (`allocation.learning`).
    """
    visit = _open_visit(session, visit_id, to_change=True)
    line = _line(visit, line_id)
    problem = problem_of_visit(session, visit, stamp.on, left_at(session, visit))
    base, lot = as_plan(visit, problem, line), _known(problem, lot_code)
    if lot.group != line.lot.product.family.food_group:
        raise OtherGroup()
    units = fitting(problem, base, visit.basket, lot, line)
    if isinstance(units, Broken):
        raise DoesNotSuit(units)
    _swap_away(session, visit, line, stamp)
    _set_aside(session, visit, lot, units, stamp)
    record(session, "line swapped", f"visit:{visit_id}", stamp, lot=lot.id)


def add(session: Session, visit_id: int, lot_code: str, stamp: Stamp) -> None:
    """One portion more of that lot; raises DoesNotSuit."""
    visit = _open_visit(session, visit_id, to_change=True)
    problem = problem_of_visit(session, visit, stamp.on, left_at(session, visit))
    lot = _known(problem, lot_code)
    if broken := _new_breach(problem, as_plan(visit, problem), Give(visit.basket, lot.id, 1)):
        raise DoesNotSuit(broken)
    _set_aside(session, visit, lot, 1, stamp)
    record(session, "line added", f"visit:{visit_id}", stamp, lot=lot.id)


def add_scanned(session: Session, visit_id: int, code: str, stamp: Stamp) -> str:
    """One portion of what was scanned; returns its name. Raises RecalledMeanwhile, NothingOfIt or DoesNotSuit."""
    visit = _open_visit(session, visit_id)
    found = find(session, read_scan(code, today=stamp.on))
    if found.lot and recalled_lots(session, {found.lot.id}):
        raise RecalledMeanwhile(lot=found.lot.code, product=found.product.name)
    problem = problem_of_visit(session, visit, stamp.on, left_at(session, visit))
    base, lots = as_plan(visit, problem), _meant(problem, found)
    left = {lot.id: lot.units - sum(g.units for g in base.give if g.lot == lot.id) for lot in lots}
    free = [lot for lot in lots if left[lot.id] > 0]
    if not free:
        raise NothingOfIt(product=found.product.name)
    suits = [lot for lot in free if not _new_breach(problem, base, Give(visit.basket, lot.id, 1))]
    add(session, visit_id, (suits or free)[0].id, stamp)
    return found.product.name


def _meant(problem: Instance, found: Found) -> list[Lot]:
    """A lot's own label means that lot, the pack in one's hand; a pack's number, the lot that must go first."""
    if found.lot:
        return [lot for lot in problem.lots if lot.id == found.lot.code]
    product = str(found.product.id)
    return sorted((lot for lot in problem.lots if lot.product == product), key=lambda lot: (lot.last_day, lot.id))


def take_chosen(session: Session, visit_id: int, chosen: Sequence[Chosen], stamp: Stamp) -> list[LeftLine]:
    """Change the basket as it was changed without network; raises Recalled, GoneMeanwhile or DoesNotSuit.

    It has happened: how much suits was minded on the tablet, on the session's day, and is not again. Returns what of it
    was left behind after all, by the lines it became.
    """
    if not chosen:
        return []
    visit = _open_visit(session, visit_id, to_change=True)
    swapped = {one.instead_of: _line(visit, one.instead_of) for one in chosen if one.instead_of}
    problem = problem_of_visit(session, visit, visit.session.on, None)
    base = as_plan(visit, problem, *swapped.values())
    left: list[LeftLine] = []
    for one in chosen:
        if not (one.key and was_done(session, one.key, stamp.by)):
            lot = _there(session, visit, problem, base, one)
            base = _with_chosen(problem, base, visit.basket, lot, one.quantity)
            if line := swapped.get(one.instead_of or 0):
                _swap_away(session, visit, line, stamp)
            set_aside(session, visit, lot, one.quantity, CHOSEN, stamp)
            session.expire(visit, ["lines"])
            record(session, "line swapped" if line else "line added", f"visit:{visit_id}", stamp, lot=lot.code)
        else:
            lot = _standing(session, one.lot)
        left += _left_of(visit, lot, one)
    return left


def _there(session: Session, visit: Visit, problem: Instance, base: Plan, one: Chosen) -> tables.Lot:
    """The lot that is meant: of a product, another at the same price where the first known is gone."""
    lot = _standing(session, one.lot)
    if not one.any_lot:
        return lot
    taken = {give.lot: give.units for give in base.give}
    _, price = prices(lot, lot.portion, visit.household.price_percent)
    alike = [other for other in problem.lots if (other.product, other.price_cents) == (str(lot.product_id), price)]
    enough = [x for x in alike if (x.units - taken.get(x.id, 0)) * x.unit_grams >= one.quantity * lot.grams_each]
    found = min(enough, key=lambda x: (x.id != lot.code, x.last_day, x.id), default=None)
    return _standing(session, found.id) if found else lot


def _left_of(visit: Visit, lot: tables.Lot, one: Chosen) -> list[LeftLine]:
    """What of it was left behind, taken from the lines that hold this lot, the last first."""
    if one.left is None:
        return []
    missing, parts = one.left.quantity, list[LeftLine]()
    for line in sorted((line for line in visit.lines if line.lot_id == lot.id), key=lambda line: -line.id):
        if here := min(missing, line.quantity):
            parts.append(LeftLine(line.id, here, one.left.reason, one.left.exit, one.left.stayed_cold))
            missing -= here
    if missing:
        raise MoreThanGiven(left=one.left.quantity, product=lot.product.name, held=one.left.quantity - missing)
    return parts


def take_out(session: Session, visit_id: int, line_id: int, stamp: Stamp) -> None:
    """The line goes back to its shelf without having been offered: nothing is learnt from it."""
    visit = _open_visit(session, visit_id, to_change=True)
    put_back(session, _line(visit, line_id), stamp)
    record(session, "line taken out", f"visit:{visit_id}", stamp)


def _standing(session: Session, code: str) -> tables.Lot:
    lot = _lots(session, [code]).get(code)
    if lot is None:
        raise NotFound(what=Term(N_("free lot")), id=code)
    refuse_recalled(session, [lot])
    return lot


def _with_chosen(problem: Instance, base: Plan, basket: str, lot: tables.Lot, quantity: int) -> Plan:
    """The basket with this on top.

    Whatever the tablet knew: what is not there cannot have been given, what a household excludes must not be.
    """
    known = breaches(problem, base)
    whole = with_more(base, Give(basket, lot.code, max(1, -(-quantity // lot.portion))))
    for broken in check(problem, whole):
        if (broken.rule, str(broken)) in known:
            continue
        if broken.rule in (0, 7):
            raise GoneMeanwhile(product=lot.product.name, lot=lot.code)
        if broken.rule not in OF_MEASURE:
            raise DoesNotSuit(broken)
    return whole


def _swap_away(session: Session, visit: Visit, line: BasketLine, stamp: Stamp) -> None:
    session.add(SwappedAway(lot_id=line.lot_id, on=stamp.on))
    put_back(session, line, stamp)
    session.expire(visit, ["lines"])


class OtherGroup(Refusal):
    """A swap stays within its food group, so that the basket stays balanced."""

    kind = Kind.CONFLICT
    message = N_("A swap stays within the same food group: add it instead, or leave the other behind.")


def _open_visit(session: Session, visit_id: int, *, to_change: bool = False) -> Visit:
    """The visit with its lines, still expected at an open session; raises NotFound, SessionOver or AlreadySettled."""
    if to_change:
        session.execute(select(Visit.id).where(Visit.id == visit_id).with_for_update())
    lines = selectinload(Visit.lines).joinedload(BasketLine.lot)
    query = (
        select(Visit)
        .where(Visit.id == visit_id)
        .options(
            lines.joinedload(tables.Lot.product).joinedload(tables.Product.family),
            joinedload(Visit.session).joinedload(DistributionSession.site),
            joinedload(Visit.household),
        )
        .execution_options(populate_existing=to_change)
    )
    visit = session.scalar(query)
    if visit is None:
        raise NotFound(what=Term(N_("visit")), id=visit_id)
    refuse_settled(visit)
    return visit


def _line(visit: Visit, line_id: int | None) -> BasketLine:
    found = next((line for line in visit.lines if line.id == line_id), None)
    if found is None:
        raise NotInBasket(basket=visit.basket)
    return found


def as_plan(visit: Visit, problem: Instance, *without: BasketLine | None) -> Plan:
    """The basket as it stands, as a plan of its own; whole portions, since a part of one counts as one."""
    units: dict[str, int] = defaultdict(int)
    for line in visit.lines:
        if line not in without and line.lot.code in problem.lot_by_id:
            units[line.lot.code] += -(-line.quantity // line.lot.portion)
    return Plan(problem.name, give=tuple(Give(visit.basket, lot, n) for lot, n in sorted(units.items())))


def _known(problem: Instance, code: str) -> Lot:
    lot = problem.lot_by_id.get(code)
    if lot is None:
        raise NotFound(what=Term(N_("free lot")), id=code)
    return lot


def _new_breach(problem: Instance, base: Plan, more: Give, before: Breaches | None = None) -> Broken | None:
    """The first rule that this line breaks, or breaks by more than without it (`before`)."""
    known = breaches(problem, base) if before is None else before
    return next(
        (broken for broken in check(problem, with_more(base, more)) if (broken.rule, str(broken)) not in known), None
    )


def breaches(problem: Instance, base: Plan) -> Breaches:
    """What a basket breaks as it stands."""
    return frozenset((broken.rule, str(broken)) for broken in check(problem, base))


def with_more(base: Plan, more: Give) -> Plan:
    """The plan with this line on top of what it gives of the lot already."""
    units = {(g.visit, g.lot): g.units for g in base.give}
    units[more.visit, more.lot] = units.get((more.visit, more.lot), 0) + more.units
    return replace(base, give=tuple(Give(v, lot, n) for (v, lot), n in sorted(units.items())))


def _most_first(lot: Lot, line: BasketLine | None) -> range:
    """As many portions as weigh what the line weighed, then fewer; at least one."""
    grams = line.quantity * line.lot.grams_each if line else 0
    return range(max(1, min(grams // lot.unit_grams, lot.max_per_visit)), 0, -1)


def fitting(problem: Instance, base: Plan, basket: str, lot: Lot, line: BasketLine | None) -> int | Broken:
    """As many portions as weigh what the line weighed, or fewer if a rule asks for it; at least one, or the breach."""
    known = breaches(problem, base)
    breach: Broken | None = None
    for units in _most_first(lot, line):
        breach = _new_breach(problem, base, Give(basket, lot.id, units), known)
        if breach is None:
            return units
        if breach.rule not in OF_MEASURE:
            break
    assert breach is not None  # noqa: S101 - one portion at least was tried
    return breach


def suitable(problem: Instance, room: Room, line: BasketLine | None) -> Iterator[tuple[Lot, int]]:
    """What the room takes in a line's place or, without one, on top: one lot a product, what must go first, first.

    Another date of the same product is no choice.
    """
    group = line.lot.product.family.food_group if line else None
    seen = {str(line.lot.product_id)} if line else set()
    for lot in problem.soonest.get(group, ()):
        if lot.product not in seen:
            units = next((units for units in _most_first(lot, line) if room.takes(lot, units)), 0)
            if units:
                seen.add(lot.product)
                yield lot, units


def _lots(session: Session, codes: list[str]) -> dict[str, tables.Lot]:
    query = select(tables.Lot).where(tables.Lot.code.in_(codes)).options(joinedload(tables.Lot.product))
    return {lot.code: lot for lot in session.scalars(query)}


def _offer(row: tables.Lot, lot: Lot, units: int) -> Offer:
    return Offer(
        lot=lot.id,
        product=row.product.name,
        pictogram=row.product.pictogram,
        group=lot.group,
        last_day=lot.last_day,
        quantity=units * row.portion,
        measure=row.measure,
        price_cents=units * lot.price_cents,
    )


def _set_aside(session: Session, visit: Visit, lot: Lot, units: int, stamp: Stamp) -> None:
    row = _lots(session, [lot.id])[lot.id]
    set_aside(session, visit, row, units * row.portion, CHOSEN, stamp)
