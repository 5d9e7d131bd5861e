"""Forms that put what they hold in the place of what is kept: nobody's words are lost unseen.

Such a form carries a mark of what it was made from. Where somebody else saved meanwhile, it comes back as it was typed,
with the mark of what is kept now: whoever looks again and saves again has decided. Two who save the same form at the
same moment do it one after the other.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec import json
from sqlalchemy.orm import Session

from api.here import Here
from common.database import one_at_a_time
from common.errors import Kind, Refusal
from common.words import N_

FIELD = "seen"


class ChangedMeanwhile(Refusal):
    """Two people had the same form open."""

    kind = Kind.CONFLICT
    message = N_(
        "Somebody else saved this while it was open here. What you typed is kept in the form: open the page in another "
        "window to see theirs, then save again if yours is to stand."
    )


def mark_of(kept: Any) -> str:
    """What a form was made from, as a mark that tells nothing of it."""
    return hashlib.sha256(json.encode(kept)).hexdigest()[:20]


def refuse_changed(here: Here, session: Session, seen: str, kept: Callable[[], Any]) -> None:
    """Raise ChangedMeanwhile where a form was made from something else; one that does not say is believed.

    `kept` reads what is kept now, once nobody else is saving what is sent to this address.
    """
    one_at_a_time(session, here.request.url.path)
    if seen and seen != mark_of(kept()):
        raise ChangedMeanwhile()
