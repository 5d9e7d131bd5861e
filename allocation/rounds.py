"""The round of a session: baskets that are brought to the door, stop by stop."""

from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.handover import Sheet, sheets
from allocation.sessions import get_session
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
    planned = get_session(session, session_id)
    everybody = sheets(session, session_id)
    on_round = brought(session, [sheet.household_id for sheet in everybody], planned.on)
    stops = [_stop(on_round[s.household_id].rank, s) for s in everybody if s.household_id in on_round]
    return sorted(stops, key=lambda stop: (stop.rank, stop.card))


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
