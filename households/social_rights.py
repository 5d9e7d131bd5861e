"""Rights a household may have and not use: looked at one by one, asked for, opened, or not for them.

Coded and dated, never free text: why a right was not opened is nobody's business.
"""

import datetime as dt

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Refusal
from common.words import N_
from households.reference import social_rights
from households.register import get_household, on_list
from households.tables import RightLooked
from network import audit

LONGEST_AGO = dt.timedelta(days=366)

STATES = {
    "to_look": N_("To look at"),
    "asked": N_("Applied for"),
    "opened": N_("Opened"),
    "not_entitled": N_("Not entitled"),
}


class BadRightDay(Refusal):
    field = "on"
    message = N_("A right was asked for or opened on a day of the last year, today at the latest: got %(got)s.")


class Looked(Struct, frozen=True):
    """Where a household stands with one right."""

    code: str
    state: str
    on: dt.date
    """When it was opened, asked for or looked at."""


def note(session: Session, household_id: int, code: str, state: str, on: dt.date | None, stamp: Stamp) -> None:
    """Where they stand with a right, since that day or today; the same again is no change.

    A day left standing from the state before is not the new one's. Raises NotOnTheList, BadRightDay or NotFound.
    """
    on_list("right", [code], {right.code: right.name_en for right in social_rights()})
    on_list("state", [state], STATES)
    get_household(session, household_id, to_change=True)
    kept = session.get(RightLooked, (household_id, code))
    if kept and kept.state == state and on in (None, kept.on):
        return
    day = stamp.on if on is None or (kept and on == kept.on) else on
    if not stamp.on - LONGEST_AGO <= day <= stamp.on:
        raise BadRightDay(got=day)
    kept = kept or RightLooked(household_id=household_id, code=code)
    kept.state, kept.on, kept.at, kept.by_id = state, day, stamp.at, stamp.by
    session.add(kept)
    session.flush()
    audit.record(session, "household.right", f"household:{household_id}", stamp, right=code, state=state)


def looked_at(session: Session, household_id: int) -> list[Looked]:
    """The rights somebody has looked at with them, in the order of the list."""
    order = {right.code: n for n, right in enumerate(social_rights())}
    found = session.scalars(select(RightLooked).where(RightLooked.household_id == household_id))
    rows = [Looked(row.code, row.state, row.on) for row in found]
    return sorted(rows, key=lambda row: (order.get(row.code, len(order)), row.code))
