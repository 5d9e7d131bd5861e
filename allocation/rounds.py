"""The round of a session: baskets that are brought to the door, stop by stop."""

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.handover import Sheet, sheets
from allocation.sessions import get_session
from allocation.tables import DistributionSession, Visit
from households.pickup import brought


class Stop(Struct, frozen=True):
    """One basket of the round; a card number, never a name."""

    rank: int
    visit_id: int
    household_id: int
    card: str
    basket: str
    persons: int
    grams: int
    has_cold_part: bool
    state: str


def delivery_round(session: Session, session_id: int) -> list[Stop]:
    """The stops in their order; raises NotFound."""
    ranks = on_round(session, get_session(session, session_id))
    stops = [_stop(ranks[sheet.household_id], sheet) for sheet in sheets(session, session_id, ranks)]
    return sorted(stops, key=lambda stop: (stop.rank, stop.card))


def on_round(session: Session, planned: DistributionSession) -> dict[int, int]:
    """The households of a session whose basket is brought, with their place in the round."""
    expected = session.scalars(select(Visit.household_id).where(Visit.session_id == planned.id)).all()
    return {household: stop.rank for household, stop in brought(session, expected, planned.on).items()}


def _stop(rank: int, sheet: Sheet) -> Stop:
    return Stop(
        rank,
        sheet.visit_id,
        sheet.household_id,
        sheet.card,
        sheet.basket,
        sheet.persons,
        sheet.grams,
        sheet.has_cold_part,
        sheet.state,
    )
