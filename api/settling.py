"""Several baskets answered for at once, from the page of the closing and for programs."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.closing import settle_several
from api.here import Here


class KeptBack(Struct, frozen=True):
    """A basket that waits on, and why, in the person's language."""

    card: str
    sentence: str


class Answered(Struct, frozen=True):
    """How many baskets were settled, and which were not."""

    done: int
    kept_back: list[KeptBack]


def answer_for(here: Here, session: Session, session_id: int, visit_ids: Iterable[int], *, came: bool) -> Answered:
    """Note the same of these baskets of a session, each by itself."""
    settled = settle_several(session, session_id, visit_ids, came, here.stamp())
    return Answered(settled.done, [KeptBack(card, why.say(here.words)) for card, why in settled.refused.items()])
