"""Somebody who was noted absent comes after all: what is still there of their basket is set aside for them again."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.handover import SessionOver
from allocation.sessions import locked
from allocation.tables import BasketLine, Visit
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network.audit import record
from stock.ledger import NotEnoughLeft, undo
from stock.tables import Lot


class NotAbsent(Refusal):
    """Nobody said that they did not come."""

    kind = Kind.CONFLICT
    message = N_("Card %(card)s is not noted absent.")


def come_after_all(session: Session, visit_id: int, stamp: Stamp) -> list[str]:
    """Expected again; returns the products of the lines that are left out, as their food has gone on or is too old.

    Raises NotFound, SessionOver or NotAbsent.
    """
    visit = _absent(session, visit_id)
    gone = [line for line in visit.lines if not _set_aside_again(session, line, stamp)]
    left_out = sorted(line.lot.product.name for line in gone)
    for line in gone:
        session.delete(line)
    visit.state, visit.settled_at = "expected", None
    session.flush()
    session.expire(visit, ["lines"])
    record(session, "visit expected again", f"visit:{visit_id}", stamp)
    return left_out


def _absent(session: Session, visit_id: int) -> Visit:
    """The visit with its lines, held after its session: nobody closes that meanwhile."""
    session_id = session.scalar(select(Visit.session_id).where(Visit.id == visit_id))
    if session_id is None:
        raise NotFound(what=Term(N_("visit")), id=visit_id)
    planned = locked(session, session_id)
    if planned.state == "closed":
        raise SessionOver(on=planned.on)
    session.execute(select(Visit.id).where(Visit.id == visit_id).with_for_update())
    lines = selectinload(Visit.lines)
    query = (
        select(Visit)
        .where(Visit.id == visit_id)
        .options(
            joinedload(Visit.household),
            lines.joinedload(BasketLine.lot).joinedload(Lot.product),
            lines.selectinload(BasketLine.outcomes),
        )
        .execution_options(populate_existing=True)
    )
    visit = session.scalars(query).one()
    if visit.state != "absent":
        raise NotAbsent(card=visit.household.card)
    return visit


def _set_aside_again(session: Session, line: BasketLine, stamp: Stamp) -> bool:
    """Whether the line is as it was before: all of it still stood where it had gone back to."""
    movements = [outcome.movement_id for outcome in line.outcomes]
    for outcome in line.outcomes:
        session.delete(outcome)
    session.flush()
    session.expire(line, ["outcomes"])
    return line.lot.last_day >= stamp.on and _taken_back(session, movements, stamp)


def _taken_back(session: Session, movements: list[int], stamp: Stamp) -> bool:
    try:
        with session.begin_nested():
            for movement_id in movements:
                undo(session, movement_id, stamp)
    except NotEnoughLeft:
        return False
    return True
