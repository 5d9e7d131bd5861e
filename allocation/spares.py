"""What waits in baskets nobody has fetched, given to a household that is here: it leaves no shelf and goes to no waste.

What suits is judged by the same check as a plan, in the shop by what is left of the month too. A line changes baskets
as it stands, reserved at its place; for a household that was already served it is given at once. Nothing is learnt
from a line that went to somebody else.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.check import Broken
from allocation.choice import CHOSEN, DoesNotSuit, as_plan, fitting, with_more
from allocation.entitled import left_at
from allocation.handover import SessionOver
from allocation.problem import Give, Instance, Plan
from allocation.propose import problem_of_visit
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from allocation.till import prices
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network.audit import record
from stock import tables
from stock.ledger import GIVEN, Moving, post, reserved


class ReceiptWritten(Refusal):
    """What is sold stands on the receipt, and theirs was written."""

    kind = Kind.CONFLICT
    message = N_("Card %(card)s has paid and gone: what is given on top would stand on no receipt.")


class NoLongerSpare(Refusal):
    """Somebody fetched that basket meanwhile, or its line went to somebody else."""

    kind = Kind.CONFLICT
    message = N_("This is no longer waiting in a basket: look at the list again.")


class Spare(Struct, frozen=True):
    """A line of a basket that still waits, and as much of it as this household may have."""

    line_id: int
    card: str
    """Whose basket it waits in."""
    product: str
    pictogram: str
    last_day: dt.date
    quantity: int
    measure: str
    price_cents: int
    """What it costs in the shop; free baskets cost nothing."""


def spares(session: Session, visit_id: int, today: dt.date) -> list[Spare]:
    """What suits this visit out of the other baskets of its session that still wait, what must go first, first."""
    visit = _whole(session, visit_id)
    lines = _waiting(session, visit)
    problem, base = _problem(session, visit, lines, today)
    found = [(line, _units(problem, base, visit, line)) for line in lines]
    return [_spare(visit, line, units) for line, units in found if not isinstance(units, Broken)]


def give_spares(session: Session, visit_id: int, line_ids: Collection[int], stamp: Stamp) -> int:
    """Move these lines to this visit, each as far as it suits, all or none; returns how many.

    Raises NoLongerSpare, DoesNotSuit, SessionOver or, where a receipt was written, ReceiptWritten.
    """
    _lock(session, visit_id, line_ids)
    visit = _whole(session, visit_id)
    lines = [line for line in _waiting(session, visit) if line.id in set(line_ids)]
    if len(lines) < len(set(line_ids)):
        raise NoLongerSpare()
    problem, base = _problem(session, visit, lines, stamp.on)
    for line in lines:
        units = _units(problem, base, visit, line)
        if isinstance(units, Broken):
            raise DoesNotSuit(units)
        base = with_more(base, Give(visit.basket, line.lot.code, units))
        _change_hands(session, line, visit, units * line.lot.portion, stamp)
        record(session, "line given to another", f"visit:{visit_id}", stamp, lot=line.lot.code)
    return len(lines)


def _lock(session: Session, visit_id: int, line_ids: Collection[int]) -> None:
    """Every basket that changes, in the order of their numbers, so that two people never wait for one another."""
    givers = select(BasketLine.visit_id).where(BasketLine.id.in_(set(line_ids)))
    both = select(Visit.id).where((Visit.id == visit_id) | Visit.id.in_(givers))
    session.execute(both.order_by(Visit.id).with_for_update())


def _whole(session: Session, visit_id: int) -> Visit:
    """The visit with its basket, at a session that is open; raises NotFound, SessionOver or ReceiptWritten."""
    query = (
        select(Visit)
        .where(Visit.id == visit_id)
        .options(
            joinedload(Visit.session).joinedload(DistributionSession.site),
            joinedload(Visit.household),
            selectinload(Visit.lines).joinedload(BasketLine.lot),
        )
        .execution_options(populate_existing=True)
    )
    visit = session.scalar(query)
    if visit is None:
        raise NotFound(what=Term(N_("visit")), id=visit_id)
    if visit.session.state == "closed":
        raise SessionOver(on=visit.session.on)
    if visit.state == "served" and visit.session.channel == "shop":
        raise ReceiptWritten(card=visit.household.card)
    return visit


def _waiting(session: Session, visit: Visit) -> Sequence[BasketLine]:
    """The lines of the session's other baskets that nobody has fetched, those that must go first, first."""
    query = (
        select(BasketLine)
        .join(Visit, Visit.id == BasketLine.visit_id)
        .join(tables.Lot, tables.Lot.id == BasketLine.lot_id)
        .where(Visit.session_id == visit.session_id, Visit.state == "expected", Visit.id != visit.id)
        .options(
            joinedload(BasketLine.lot).joinedload(tables.Lot.product).joinedload(tables.Product.family),
            joinedload(BasketLine.visit).joinedload(Visit.household),
        )
        .order_by(tables.Lot.last_day, BasketLine.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _problem(session: Session, visit: Visit, lines: Sequence[BasketLine], today: dt.date) -> tuple[Instance, Plan]:
    """The visit alone with what it has and what could come to it, and its basket as it stands."""
    held: dict[int, int] = defaultdict(int)
    for line in [*lines, *visit.lines]:
        held[line.lot_id] += line.quantity
    whole = problem_of_visit(session, visit, today, left_at(session, visit), held)
    there = {line.lot.code for line in [*lines, *visit.lines]}
    problem = replace(whole, lots=tuple(lot for lot in whole.lots if lot.id in there))
    # What a household took home already stands among what it received.
    return problem, as_plan(visit, problem) if visit.state == "expected" else Plan(problem.name)


def _units(problem: Instance, base: Plan, visit: Visit, line: BasketLine) -> int | Broken:
    """How many whole portions of the line this household may have; else the rule against one."""
    lot = problem.lot_by_id.get(line.lot.code)
    if lot is None or line.quantity < line.lot.portion:
        return NOT_TO_GIVE
    return fitting(problem, base, visit.basket, lot, line)


NOT_TO_GIVE = Broken(2, "", {}, ())
"""Past its day by now, or less than a portion."""


def _change_hands(session: Session, line: BasketLine, visit: Visit, quantity: int, stamp: Stamp) -> None:
    """So much of the line stands in the other basket now, or went home where that household was served."""
    kept = next((x for x in visit.lines if (x.lot_id, x.place_id) == (line.lot_id, line.place_id)), None)
    if kept is None:
        kept = BasketLine(lot_id=line.lot_id, place_id=line.place_id, quantity=0, why=CHOSEN)
        visit.lines.append(kept)
    kept.quantity += quantity
    if quantity == line.quantity:
        session.delete(line)
    else:
        line.quantity -= quantity
    session.flush()
    if visit.state == "served":
        (movement,) = post(session, [Moving(kept.lot_id, quantity, reserved(kept.place_id), GIVEN)], stamp)
        session.add(LineOutcome(line_id=kept.id, movement_id=movement, quantity=quantity, taken=True))
        session.flush()


def _spare(visit: Visit, line: BasketLine, units: int) -> Spare:
    quantity = units * line.lot.portion
    _, price = prices(line.lot, quantity, visit.household.price_percent)
    return Spare(
        line_id=line.id,
        card=line.visit.household.card,
        product=line.lot.product.name,
        pictogram=line.lot.product.pictogram,
        last_day=line.lot.last_day,
        quantity=quantity,
        measure=line.lot.measure,
        price_cents=price if visit.session.channel == "shop" else 0,
    )
