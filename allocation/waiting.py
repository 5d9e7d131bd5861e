"""Everybody still expected at a session, each with the problem they pose alone: what a tablet's kits are made from."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.entitled import allowances_left
from allocation.problem import Instance
from allocation.propose import Shelves, problems_of_visits, shelves_of
from allocation.sessions import get_session
from allocation.tables import BasketLine, Visit
from stock.tables import Lot, Product


class Waiting(NamedTuple):
    """The shelves of a session's day, and whoever is to come with what each may be given of them."""

    shelves: Shelves
    visits: list[tuple[Visit, Instance]]


def still_waiting(session: Session, session_id: int) -> Waiting:
    """As it stands now; raises NotFound."""
    planned = get_session(session, session_id)
    visits = _expected(session, session_id)
    shelves = shelves_of(session, planned.site, planned.on, {line.lot_id for visit in visits for line in visit.lines})
    budgets = allowances_left(session, [visit.household for visit in visits], planned.on)
    return Waiting(shelves, list(zip(visits, problems_of_visits(session, visits, shelves, budgets), strict=True)))


def _expected(session: Session, session_id: int) -> list[Visit]:
    """The visits, with what is set aside for them."""
    line = selectinload(Visit.lines).joinedload(BasketLine.lot)
    query = (
        select(Visit)
        .where(Visit.session_id == session_id, Visit.state == "expected")
        .options(line.joinedload(Lot.product).joinedload(Product.family), joinedload(Visit.household))
        .order_by(Visit.id)
    )
    return list(session.scalars(query))
