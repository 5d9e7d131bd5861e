"""Which reception a device books under, and what a person chooses where somebody finished it while they typed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from sqlalchemy.orm import Session

from api import entries
from api.here import Here
from common.errors import Refusal
from common.words import N_
from stock.intake import open_reception
from stock.reception_end import finished_by, refuse_finished, reopen, said_of
from stock.receptions import current_reception, the_open_one
from stock.tables import Reception

COOKIE = "reception"


class NoReception(Refusal):
    """A line needs to know who gives."""

    message = N_("Choose the donor first: every line is booked under a reception.")


class Then(StrEnum):
    """Where a line goes whose reception is finished."""

    REOPEN = "reopen"
    ANOTHER = "another"


@dataclass(frozen=True)
class Ended:
    """The reception a person works on is finished: what they typed waits for a choice."""

    number: int
    donor: str
    sentence: str
    other: int | None
    """A reception of the same goods that is open meanwhile: then the finished one is not reopened."""


def chosen(here: Here, session: Session, shown: str = "") -> Reception | None:
    """The reception the page was `shown` for, else the one this device works on, else the last one that is open."""
    kept = shown or here.request.cookies.get(COOKIE, "")
    number = int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 10 else None
    return current_reception(session, entries.site_of(here, session), here.clock.today(), number)


def to_book_under(here: Here, session: Session, shown: str, then: str = "") -> Reception:
    """The open reception that what was typed goes under, reopened or begun where that was chosen.

    Raises NoReception, ReceptionFinished where nothing was chosen yet, or AnotherOpen.
    """
    found = chosen(here, session, shown)
    if found is None:
        raise NoReception()
    if found.closed_at is not None and then == Then.REOPEN:
        return reopen(session, found.id, here.stamp())
    if found.closed_at is not None and then == Then.ANOTHER:
        came = found.source, found.kind, found.vehicle
        return open_reception(session, found.site_id, found.donor, here.stamp(), *came)
    return refuse_finished(found)


def ended(here: Here, session: Session, found: Reception | None) -> Ended | None:
    """What to say where the reception is finished; None while it is open."""
    if found is None or found.closed_at is None:
        return None
    said = {"number": str(found.id), "donor": found.donor.name, "moment": here.words.moment(found.closed_at)}
    person = finished_by(found, said_of(session, found.id))
    other = the_open_one(session, found.site_id, found.donor_id, found.source, found.kind, found.on)
    return Ended(
        number=found.id,
        donor=found.donor.name,
        sentence=here.words.text(FINISHED_BY, **said, person=person) if person else here.words.text(FINISHED, **said),
        other=other.id if other else None,
    )


def works_on(answer: Response[Any], reception_id: int) -> Response[Any]:
    """The answer, after which this device books under that reception."""
    answer.cookies.append(Cookie(key=COOKIE, value=str(reception_id), httponly=True, samesite="lax"))
    return answer


FINISHED = N_("Reception %(number)s, %(donor)s, was finished on %(moment)s.")
FINISHED_BY = N_("%(person)s finished reception %(number)s, %(donor)s, on %(moment)s.")
KEPT = N_("What you typed is kept: choose below where it goes.")
