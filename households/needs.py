"""Needs other than food, said at admission or at any visit, so that a social worker can follow them up.

They come from a coded list and are never free text: nothing of health or of justice can be written down by mistake.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households.reference import needs
from households.register import get_household
from households.tables import IdentifiedNeed


class UnknownNeed(Refusal):
    message = N_("“%(code)s” is not one of the needs that can be noted.")


def express(session: Session, household_id: int, code: str, stamp: Stamp) -> None:
    """Note a need; one that is open already is left as it is. Raises UnknownNeed or NotFound."""
    if code not in {need.code for need in needs()}:
        raise UnknownNeed(code=code)
    # Of two people at once, the second waits and finds what the first noted.
    get_household(session, household_id, to_change=True)
    there = select(IdentifiedNeed.id).where(
        IdentifiedNeed.household_id == household_id,
        IdentifiedNeed.code == code,
        IdentifiedNeed.settled_on.is_(None),
    )
    if session.scalar(there) is None:
        session.add(IdentifiedNeed(household_id=household_id, code=code, at=stamp.at, by_id=stamp.by))
        session.flush()


def settle(session: Session, need_id: int, household_id: int, stamp: Stamp) -> None:
    """The need was answered today; settled ones stay as they are. Raises NotFound."""
    need = session.get(IdentifiedNeed, need_id)
    if need is None or need.household_id != household_id:
        raise NotFound(what=Term(N_("need")), id=need_id)
    need.settled_on = need.settled_on or stamp.on
    session.flush()


def open_needs(session: Session, household_id: int) -> Sequence[IdentifiedNeed]:
    """Needs nobody has settled yet, oldest first."""
    query = select(IdentifiedNeed).where(
        IdentifiedNeed.household_id == household_id, IdentifiedNeed.settled_on.is_(None)
    )
    return session.scalars(query.order_by(IdentifiedNeed.at)).all()
