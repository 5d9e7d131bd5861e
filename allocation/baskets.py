"""Confirming a proposal: the baskets of one session are reserved through the ledger, all or none.

While the planner was thinking, volunteers went on booking. The ledger refuses what is no longer there; the
manager sees which lots fell short and asks for a new proposal.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from allocation.check import OF_KIND, Broken, check
from allocation.names import told
from allocation.problem import Give, Instance, Plan
from allocation.proposals import ProposalReplaced, get_proposal
from allocation.propose import problem_of_session
from allocation.sessions import get_session, hold_visits, locked
from allocation.tables import BasketLine, DistributionSession, LineOutcome, PlanRecord, Visit
from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_, Words
from network.audit import record
from stock.ledger import Account, Moving, post, reserved, shelf, standings
from stock.promise import recalled_lots
from stock.tables import Lot, Place


class PlanOutdated(Refusal):
    """Lots of the proposal were taken, lost or blocked since it was made, or their last day has passed."""

    kind = Kind.CONFLICT
    message = N_(
        "Since this proposal was made, these lots were used elsewhere or may no longer be given: %(lots)s. "
        "Ask for a new proposal."
    )


class NoLongerSuits(Refusal):
    """A date, a household or a product is no more what it was when the proposal was made."""

    kind = Kind.CONFLICT
    message = N_("Since this proposal was made, something changed: %(reasons)s Ask for a new proposal.")

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(reasons=" ".join(map(str, broken)))
        self.broken = broken

    def say(self, words: Words) -> str:
        return words.text(self.message, reasons=self.reasons(words))

    def reasons(self, words: Words) -> str:
        return " ".join(broken.say(words) for broken in self.broken)


class AlreadyConfirmed(Refusal):
    kind = Kind.CONFLICT
    message = N_("The baskets of this session are already confirmed.")


class AlreadyBegun(Refusal):
    """Baskets are taken apart only before the first one is handed over."""

    kind = Kind.CONFLICT
    message = N_("Baskets of this session were already handed over: it can no longer be taken back.")


MOST_REASONS = 3
"""Said at once of a proposal that suits no longer: the next one minds them all."""


class _Wanted(Struct, frozen=True):
    visit_id: int
    basket: str
    lot: Lot
    quantity: int
    why: str


def confirm(session: Session, plan_id: int, stamp: Stamp) -> DistributionSession:
    """Reserve the baskets of the plan's own session; later sessions of the plan stay open.

    Who was noted absent since the plan was made gets none: nobody would ever hand it over, or put it back. What was
    chosen at the counter meanwhile stays beside it. Raises NotFound, AlreadyConfirmed, ProposalReplaced, PlanOutdated
    with the lots that fell short or are past their day, or NoLongerSuits.
    """
    kept = get_proposal(session, plan_id)
    planned = locked(session, kept.session_id)
    session.refresh(kept)
    if planned.state != "planned":
        raise AlreadyConfirmed()
    if kept.state != "draft":
        raise ProposalReplaced()
    there = _baskets(session, planned.id)
    wanted = _wanted(session, kept)
    now = problem_of_session(session, planned, stamp.on)
    lines = _placed(session, planned.site_id, wanted, kept.id, now.lot_by_id)
    _refuse_unsuitable(session, now, wanted)
    _reserve(session, lines, there, stamp)
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
    lines = _baskets(session, session_id)
    if planned.state != "confirmed" or _anything_settled(session, session_id):
        raise AlreadyBegun()
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
    wanted = _Wanted(visit.id, visit.basket, lot, quantity, why)
    _reserve(session, _placed(session, visit.session.site_id, [wanted], None), visit.lines, stamp)


def put_back(session: Session, line: BasketLine, stamp: Stamp) -> None:
    """What was reserved by this line is free again, at its place."""
    post(session, [Moving(line.lot_id, line.quantity, reserved(line.place_id), shelf(line.place_id))], stamp)
    session.delete(line)
    session.flush()


def _baskets(session: Session, session_id: int) -> Sequence[BasketLine]:
    """What is set aside for a session, its visits held first as the counter does."""
    hold_visits(session, [session_id])
    return session.scalars(select(BasketLine).join(Visit).where(Visit.session_id == session_id)).all()


def _reserve(session: Session, lines: Sequence[BasketLine], there: Iterable[BasketLine], stamp: Stamp) -> None:
    """Set these lines aside, each added to the one that is `there` already of the same lot at the same place."""
    post(session, [Moving(x.lot_id, x.quantity, shelf(x.place_id), reserved(x.place_id)) for x in lines], stamp)
    same = {(line.visit_id, line.lot_id, line.place_id): line for line in there}
    for line in lines:
        if kept := same.get((line.visit_id, line.lot_id, line.place_id)):
            kept.quantity += line.quantity
        else:
            session.add(line)
    session.flush()


def _refuse_unsuitable(session: Session, now: Instance, wanted: Iterable[_Wanted]) -> None:
    """Raise NoLongerSuits where a line is not for who would get it: how much suits was minded by the planner."""
    give = tuple(Give(want.basket, want.lot.code, want.quantity // want.lot.portion) for want in wanted)
    if broken := check(now, Plan(now.name, give), OF_KIND):
        raise NoLongerSuits(told(session, broken[:MOST_REASONS]))


def _wanted(session: Session, kept: PlanRecord) -> list[_Wanted]:
    """The lines of the plan for who is still expected at its own session, in whole quantities of their lots."""
    plan = msgspec.convert(kept.plan, Plan)
    expected = select(Visit.basket, Visit.id).where(Visit.session_id == kept.session_id, Visit.state == "expected")
    visits = dict(session.execute(expected).all())
    codes = {give.lot for give in plan.give}
    lots = {lot.code: lot for lot in session.scalars(select(Lot).where(Lot.code.in_(codes)))}
    why = {(w.visit, w.lot): w.code for w in plan.why}
    return [
        _Wanted(visits[g.visit], g.visit, lots[g.lot], g.units * lots[g.lot].portion, why.get((g.visit, g.lot), ""))
        for g in plan.give
        if g.visit in visits
    ]


def _placed(
    session: Session,
    site_id: int,
    wanted: Sequence[_Wanted],
    plan_id: int | None,
    may_go: Collection[str] | None = None,
) -> list[BasketLine]:
    """Each line at the places of the site where its lot stands, in picking order; raises PlanOutdated.

    `may_go` names the lots that may be given at all, where that was not asked before.
    """
    free = _free(session, site_id, {w.lot.id for w in wanted})
    lines: list[BasketLine] = []
    short: set[str] = set()
    for want in wanted:
        missing = want.quantity
        for place in free[want.lot.id] if may_go is None or want.lot.code in may_go else ():
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
