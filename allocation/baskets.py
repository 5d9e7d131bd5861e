"""Confirming a proposal: the baskets of one session are reserved through the ledger, all or none.

While the planner was thinking, volunteers went on booking. The ledger refuses what is no longer there; the
manager sees which lots fell short and asks for a new proposal.
"""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from allocation.problem import Plan
from allocation.proposals import ProposalReplaced, get_proposal
from allocation.sessions import get_session, locked
from allocation.tables import BasketLine, DistributionSession, LineOutcome, PlanRecord, Visit
from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.audit import record
from stock.ledger import Account, Moving, post, reserved, shelf, standings
from stock.promise import recalled_lots
from stock.tables import Lot, Place


class PlanOutdated(Refusal):
    """Lots of the proposal were taken, lost or blocked since it was made."""

    kind = Kind.CONFLICT
    message = N_("Since this proposal was made, these lots were used elsewhere: %(lots)s. Ask for a new proposal.")


class AlreadyConfirmed(Refusal):
    kind = Kind.CONFLICT
    message = N_("The baskets of this session are already confirmed.")


class AlreadyBegun(Refusal):
    """Baskets are taken apart only before the first one is handed over."""

    kind = Kind.CONFLICT
    message = N_("Baskets of this session were already handed over: it can no longer be taken back.")


class _Wanted(Struct, frozen=True):
    visit_id: int
    lot: Lot
    quantity: int
    why: str


def confirm(session: Session, plan_id: int, stamp: Stamp) -> DistributionSession:
    """Reserve the baskets of the plan's own session; later sessions of the plan stay open.

    Who was noted absent since the plan was made gets none: nobody would ever hand it over, or put it back.
    Raises NotFound, AlreadyConfirmed, ProposalReplaced, or PlanOutdated with the lots that fell short.
    """
    kept = get_proposal(session, plan_id)
    planned = locked(session, kept.session_id)
    session.refresh(kept)
    if planned.state != "planned":
        raise AlreadyConfirmed()
    if kept.state != "draft":
        raise ProposalReplaced()
    wanted = _wanted(session, kept)
    lines = _placed(session, planned.site_id, wanted, kept.id)
    movings = [Moving(line.lot_id, line.quantity, shelf(line.place_id), reserved(line.place_id)) for line in lines]
    post(session, movings, stamp)
    session.add_all(lines)
    kept.state, planned.state = "confirmed", "confirmed"
    record(session, "baskets confirmed", f"session:{planned.id}", stamp, plan=kept.id, lines=len(lines))
    session.flush()
    return planned


def may_take_back(session: Session, session_id: int) -> bool:
    """Whether its baskets are confirmed and nothing of them was settled yet."""
    return get_session(session, session_id).state == "confirmed" and not _anything_settled(session, session_id)


def take_back(session: Session, session_id: int, stamp: Stamp) -> DistributionSession:
    """Undo a confirmation: everything reserved is free again. Raises AlreadyBegun once a basket was settled."""
    planned = locked(session, session_id)
    if planned.state != "confirmed" or _anything_settled(session, session_id):
        raise AlreadyBegun()
    lines = session.scalars(select(BasketLine).join(Visit).where(Visit.session_id == session_id)).all()
    back = [Moving(line.lot_id, line.quantity, reserved(line.place_id), shelf(line.place_id)) for line in lines]
    post(session, back, stamp)
    session.execute(delete(BasketLine).where(BasketLine.id.in_([line.id for line in lines])))
    for kept in session.scalars(select(PlanRecord).where(PlanRecord.session_id == session_id)):
        kept.state = "draft" if kept.state == "confirmed" else kept.state
    planned.state = "planned"
    record(session, "baskets taken back", f"session:{session_id}", stamp, lines=len(lines))
    session.flush()
    return planned


def set_aside(session: Session, visit: Visit, lot: Lot, quantity: int, why: str, stamp: Stamp) -> None:
    """Reserve so much of a lot for a visit, added to what it has of it already; raises PlanOutdated."""
    lines = _placed(session, visit.session.site_id, [_Wanted(visit.id, lot, quantity, why)], None)
    post(session, [Moving(x.lot_id, x.quantity, shelf(x.place_id), reserved(x.place_id)) for x in lines], stamp)
    there = {(line.lot_id, line.place_id): line for line in visit.lines}
    for line in lines:
        if kept := there.get((line.lot_id, line.place_id)):
            kept.quantity += line.quantity
        else:
            session.add(line)
    session.flush()


def put_back(session: Session, line: BasketLine, stamp: Stamp) -> None:
    """What was reserved by this line is free again, at its place."""
    post(session, [Moving(line.lot_id, line.quantity, reserved(line.place_id), shelf(line.place_id))], stamp)
    session.delete(line)
    session.flush()


def _wanted(session: Session, kept: PlanRecord) -> list[_Wanted]:
    """The lines of the plan for who is still expected at its own session, in whole quantities of their lots."""
    plan = msgspec.convert(kept.plan, Plan)
    expected = select(Visit.basket, Visit.id).where(Visit.session_id == kept.session_id, Visit.state == "expected")
    visits = dict(session.execute(expected).all())
    codes = {give.lot for give in plan.give}
    lots = {lot.code: lot for lot in session.scalars(select(Lot).where(Lot.code.in_(codes)))}
    why = {(w.visit, w.lot): w.code for w in plan.why}
    return [
        _Wanted(visits[g.visit], lots[g.lot], g.units * lots[g.lot].portion, why.get((g.visit, g.lot), ""))
        for g in plan.give
        if g.visit in visits
    ]


def _placed(session: Session, site_id: int, wanted: Iterable[_Wanted], plan_id: int | None) -> list[BasketLine]:
    """Each line at the places of the site where its lot stands, in picking order; raises PlanOutdated."""
    wanted = list(wanted)
    free = _free(session, site_id, {w.lot.id for w in wanted})
    lines: list[BasketLine] = []
    short: set[str] = set()
    for want in wanted:
        missing = want.quantity
        for place in free[want.lot.id]:
            if (here := min(missing, place.quantity)) > 0:
                place.quantity -= here
                missing -= here
                lines.append(_line(want, place.id, here, plan_id))
        if missing:
            short.add(want.lot.code)
    if short:
        raise PlanOutdated(lots=sorted(short))
    return lines


def _line(want: _Wanted, place_id: int, quantity: int, plan_id: int | None) -> BasketLine:
    return BasketLine(
        visit_id=want.visit_id,
        plan_id=plan_id,
        lot_id=want.lot.id,
        place_id=place_id,
        quantity=quantity,
        why=want.why,
    )


class _Free(Struct):
    id: int
    quantity: int


def _free(session: Session, site_id: int, lots: set[int]) -> dict[int, list[_Free]]:
    """What is free of each lot at each place of the site, in the order pickers walk; of a recalled lot nothing is."""
    query = select(Place.id).where(Place.site_id == site_id).order_by(Place.rank, Place.id)
    ranks = {place_id: rank for rank, place_id in enumerate(session.scalars(query))}
    free: dict[int, list[_Free]] = defaultdict(list)
    for standing in standings(
        session, lots=lots - recalled_lots(session, lots), places=ranks, accounts=(Account.SHELF,)
    ):
        if standing.where.place_id is not None:
            free[standing.lot_id].append(_Free(standing.where.place_id, standing.quantity))
    for places in free.values():
        places.sort(key=lambda p: ranks[p.id])
    return free


def _anything_settled(session: Session, session_id: int) -> bool:
    query = select(LineOutcome.id).join(BasketLine).join(Visit).where(Visit.session_id == session_id)
    return session.scalar(query.limit(1)) is not None
