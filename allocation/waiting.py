"""Everybody still expected at a session, each with the problem they pose alone: what a tablet's kits are made from."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.entitled import allowances_left
from allocation.problem import Instance
from allocation.propose import Shelves, problems_of_visits, shelves_of
from allocation.room import against, alike, kind_of
from allocation.sessions import get_session
from allocation.tables import BasketLine, Visit
from stock.tables import Lot, Product


class Waiting(NamedTuple):
    """The shelves of a session's day, and whoever is to come with what each may be given of them."""

    shelves: Shelves
    visits: list[tuple[Visit, Instance, Mapping[str, int]]]
    """With the lots that are not for them at all, by the rule that says so (`allocation.room.against`)."""


def still_waiting(session: Session, session_id: int) -> Waiting:
    """As it stands now; raises NotFound."""
    planned = get_session(session, session_id)
    visits = _expected(session, session_id)
    shelves = shelves_of(session, planned.site, planned.on, {line.lot_id for visit in visits for line in visit.lines})
    budgets = allowances_left(session, [visit.household for visit in visits], planned.on)
    problems = list(problems_of_visits(session, visits, shelves, budgets))
    return Waiting(shelves, list(zip(visits, problems, _forbidden(shelves, problems), strict=True)))


def _forbidden(shelves: Shelves, problems: Iterable[Instance]) -> Iterator[Mapping[str, int]]:
    """For each visit, the rule that forbids a lot: judged once for all of one kind."""
    judged: dict[Hashable, Mapping[str, int]] = {}
    kinds = alike((lot for _, lot in shelves.whole.values()), shelves.today)
    for problem in problems:
        kind = kind_of(problem)
        if kind not in judged:
            judged[kind] = against(problem, kinds)
        yield judged[kind]


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
