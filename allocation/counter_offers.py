"""Choice at the counter without network: what a tablet may offer each household that is expected.

A tablet knows no rule. It is given what suits each basket as it stands (`allocation.room`), and lets
one thing of a food group change, nothing that would be too heavy or too dear, and no more than is free: so what was
judged alone holds together (`allocation.choice.take_chosen` hears of it afterwards).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.choice import MOST, as_plan, suitable
from allocation.problem import Instance, Lot
from allocation.propose import Shelves
from allocation.room import Room
from allocation.tables import BasketLine, Visit
from allocation.waiting import still_waiting

MOST_INSTEAD = 6
"""Offers kept for one line."""


class OfferedLot(Struct, frozen=True):
    """Something free on the shelves, as a line of a basket would show it."""

    code: str
    name: str
    picture: str
    group: str
    last_day: dt.date
    measure: str
    cold: bool
    grams_each: int
    free: int
    """Pieces, or grams where it is weighed."""


class Suits(Struct, frozen=True):
    """So much of a lot suits."""

    lot: str
    quantity: int
    price_cents: int


class VisitOffers(Struct, frozen=True):
    """What suits one basket as it stands."""

    visit_id: int
    room_grams: int
    """What they can carry more; below zero where the basket is too heavy already."""
    more: list[Suits]
    instead: dict[int, list[Suits]]
    """By the number of the line whose place it would take."""


class CounterOffers(Struct, frozen=True):
    """What may be proposed to the households still expected at a session, on its day."""

    session_id: int
    lots: list[OfferedLot]
    visits: list[VisitOffers]


def counter_offers(session: Session, session_id: int) -> CounterOffers:
    """What suits everybody still expected; raises NotFound."""
    shelves, visits = still_waiting(session, session_id)
    portions = {lot.code: lot.portion for lot, _ in shelves.whole.values()}
    offers = [_offers(visit, problem, forbidden, portions) for visit, problem, forbidden in visits]
    named = {one.lot for offer in offers for some in (offer.more, *offer.instead.values()) for one in some}
    return CounterOffers(session_id, list(_lots(shelves, named)), offers)


def _offers(visit: Visit, problem: Instance, forbidden: Mapping[str, int], portions: Mapping[str, int]) -> VisitOffers:
    def suits(most: int, line: BasketLine | None = None) -> list[Suits]:
        room = Room(problem, as_plan(visit, problem, line), forbidden)
        return _told(portions, islice(suitable(problem, room, line), most))

    (seen,) = problem.visits
    instead = {line.id: suits(MOST_INSTEAD, line) for line in visit.lines}
    grams = sum(line.quantity * line.lot.grams_each for line in visit.lines)
    return VisitOffers(visit.id, seen.max_grams - grams, suits(MOST), {n: some for n, some in instead.items() if some})


def _told(portions: Mapping[str, int], found: Iterable[tuple[Lot, int]]) -> list[Suits]:
    return [Suits(lot.id, units * portions[lot.id], units * lot.price_cents) for lot, units in found]


def _lots(shelves: Shelves, named: set[str]) -> Iterator[OfferedLot]:
    for lot, _ in shelves.whole.values():
        if lot.code in named:
            product = lot.product
            yield OfferedLot(
                lot.code,
                product.name,
                product.pictogram,
                product.family.food_group,
                lot.last_day,
                lot.measure,
                product.family.storage != "dry",
                lot.grams_each,
                shelves.free.get(lot.id, 0),
            )
