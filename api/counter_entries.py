"""What was done at the counter, sent at once or long after: a page's form and a tablet's queue end in the same work.

As at intake (`api/entries.py`), both say the same request in the same way, so that a form whose answer was lost, and
which the tablet then queued, is done once.
"""

import datetime as dt
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import handover
from allocation.calendar import prefer
from allocation.choice import Chosen, take_chosen
from allocation.handover import LeftLine
from allocation.tables import DistributionSession, Visit
from allocation.till import remarks
from api.entries import NothingToDo, Outcome, outcome_of, stamp_of
from api.here import Here
from common.clock import Stamp
from common.idempotency import once, usable
from households.needs import express
from network.own_site import only_there


class Served(Struct, frozen=True):
    """A basket that was handed over."""

    left: list[LeftLine] = []
    """By the number of their lines."""
    needs: list[str] = []
    lots: list[str] = []
    """What was in the basket as it was handed over, by lot: a recall may have taken something out meanwhile."""
    chosen: list[Chosen] = []
    """What was swapped or added without network."""
    day: str | None = None
    """The day they would rather come on, 0 for Monday and empty for no matter which; None where nobody asked."""
    told_cents: int | None = None
    """What was asked for in the shop, where a tablet reckoned it without network."""


class CounterEntry(Struct, frozen=True):
    """One thing a person did at the counter: a basket `served`, or somebody `absent`."""

    key: str
    at: dt.datetime
    """When it was done, by the tablet's clock."""
    session_id: int
    visit_id: int
    served: Served | None = None
    absent: bool = False


def do_counter(here: Here, session: Session, entries: list[CounterEntry]) -> list[Outcome]:
    """Do each entry, whole or not at all; what is refused does not keep the others back."""
    return [_outcome(here, session, entry) for entry in entries]


def _outcome(here: Here, session: Session, entry: CounterEntry) -> Outcome:
    notes: list[str] = []
    outcome = outcome_of(here, session, entry.key, partial(_do, here, session, entry, notes))
    return replace(outcome, note=" ".join(notes)) if outcome.done else outcome


def _do(here: Here, session: Session, entry: CounterEntry, notes: list[str]) -> None:
    stamp = stamp_of(here, entry.at)

    def alone(said: list[Any], work: Any) -> None:
        once(session, usable(entry.key), said, here.stamp(), work, int)

    match entry:
        case CounterEntry(served=Served() as served):
            said = [f"/sessions/{entry.session_id}/visits/{entry.visit_id}/served", served]
            alone(said, lambda: serve(session, entry.visit_id, served, stamp, within_allowance=False))
            notes += [remark.say(here.words) for remark in remarks(session, entry.visit_id, served.told_cents)]
        case CounterEntry(absent=True):
            said = [f"/sessions/{entry.session_id}/visits/{entry.visit_id}/absent", None]
            alone(said, lambda: note_absent(session, entry.visit_id, stamp))
        case _:
            raise NothingToDo()


def serve(session: Session, visit_id: int, served: Served, stamp: Stamp, *, within_allowance: bool = True) -> int:
    """Hand the basket over and note what was said; the number of the visit.

    What a tablet tells afterwards has happened: its allowance was minded there, and is not again.
    """
    _only_there(session, visit_id, stamp)
    handover.refuse_changed(session, visit_id, served.lots)
    left = [*served.left, *take_chosen(session, visit_id, served.chosen, stamp)]
    handover.settle(session, {visit_id: left}, stamp, within_allowance=within_allowance)
    household_id = handover.sheet(session, visit_id).household_id
    if served.day is not None:
        prefer(session, household_id, int(served.day) if served.day in set("0123456") else None)
    for code in served.needs:
        express(session, household_id, code, stamp)
    return visit_id


def note_absent(session: Session, visit_id: int, stamp: Stamp) -> int:
    """They did not come; the number of the visit."""
    _only_there(session, visit_id, stamp)
    handover.note_absent(session, visit_id, stamp)
    return visit_id


def _only_there(session: Session, visit_id: int, stamp: Stamp) -> None:
    """Raise AnotherSite for a visit at another site; one that does not exist is for the verb to refuse."""
    site_id = session.scalar(select(DistributionSession.site_id).join(Visit).where(Visit.id == visit_id))
    if site_id is not None:
        only_there(session, stamp, site_id)
