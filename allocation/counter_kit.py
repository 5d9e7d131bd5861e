"""What a tablet takes along to hand the baskets of one day over without network.

As little as the counter needs: card numbers, sizes, exclusions, baskets, what is left of the month. Never a name.
"""

import datetime as dt

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.entitled import allowance_left
from allocation.handover import Sheet, SheetLine, sheets
from allocation.sessions import get_session
from allocation.tables import Visit
from households.pickup import authorised
from households.tables import Household


class KitLine(Struct, frozen=True):
    """One thing of a basket."""

    id: int
    lot: str
    name: str
    picture: str
    group: str
    quantity: int
    grams: int
    measure: str
    place: str
    cold: bool
    """Chilled or frozen: it goes back to people only where the cold chain held."""
    usual_cents: int
    price_cents: int
    excluded: list[str]
    lacking: list[str]
    """What speaks against it for this household by now: see `SheetLine`."""


class KitVisit(Struct, frozen=True):
    """Somebody expected, with their basket."""

    id: int
    card: str
    basket: str
    people: int
    exclusions: list[str]
    lacks: list[str]
    state: str
    allowance_cents: int | None
    proxies: list[str]
    """Initials of those who may fetch the basket."""
    lines: list[KitLine]


class CounterKit(Struct, frozen=True):
    """One session as a tablet keeps it until the end of its day."""

    session_id: int
    on: dt.date
    site: str
    channel: str
    visits: list[KitVisit]


def counter_kit(session: Session, session_id: int) -> CounterKit:
    """The session with everybody's basket, in the order of card numbers; raises NotFound."""
    planned = get_session(session, session_id)
    allowances = _allowances(session, session_id, planned.on)
    everybody = sheets(session, session_id)
    proxies = authorised(session, [sheet.household_id for sheet in everybody], planned.on)
    return CounterKit(
        planned.id,
        planned.on,
        planned.site.name,
        planned.channel,
        [_visit(s, allowances.get(s.household_id), [p.initials for p in proxies[s.household_id]]) for s in everybody],
    )


def _allowances(session: Session, session_id: int, on: dt.date) -> dict[int, int | None]:
    """What is left of the month of those who pay."""
    query = select(Household).join(Visit).where(Visit.session_id == session_id, Household.monthly_cents.is_not(None))
    return {household.id: allowance_left(session, household, on) for household in session.scalars(query)}


def _visit(sheet: Sheet, allowance: int | None, proxies: list[str]) -> KitVisit:
    return KitVisit(
        sheet.visit_id,
        sheet.card,
        sheet.basket,
        sheet.persons,
        sheet.exclusions,
        sheet.lacks,
        sheet.state,
        allowance,
        proxies,
        [_line(line) for line in sheet.lines],
    )


def _line(line: SheetLine) -> KitLine:
    return KitLine(
        line.id,
        line.lot,
        line.product,
        line.pictogram,
        line.group,
        line.quantity,
        line.grams,
        line.measure,
        line.place,
        line.storage != "dry",
        line.usual_cents,
        line.price_cents,
        line.excluded,
        line.lacking,
    )
