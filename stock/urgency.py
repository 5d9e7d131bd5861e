"""How soon goods must leave: four steps, marked alike on pages, labels and phones.

Three numbers of days part them. The partners set them together, from a day on, so that they always grow.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.figures import leave_the_past
from network.parameters import parameter, set_parameter

NAME = "urgency"
MOST = 60


class Urgency(StrEnum):
    """The four steps that pages mark with a colour, a shape and a word."""

    NOW = "now"
    """Today's business, or already past."""
    SOON = "soon"
    WATCH = "watch"
    LATER = "later"


class Steps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many days left for each step; the usual ones are the project's own proposal."""

    now: int = 1
    soon: int = 3
    watch: int = 7

    def __post_init__(self) -> None:
        if not 0 <= self.now <= self.soon <= self.watch <= MOST:
            got = (self.now, self.soon, self.watch)
            raise ValueError(f"the steps of urgency must grow from 0 to {MOST} days at most, got {got}")

    def of(self, last_day: dt.date, today: dt.date) -> Urgency:
        """How soon goods that may be given until `last_day` must leave."""
        left = (last_day - today).days
        if left <= self.now:
            return Urgency.NOW
        if left <= self.soon:
            return Urgency.SOON
        return Urgency.WATCH if left <= self.watch else Urgency.LATER


class StepsMustGrow(Refusal):
    """Steps that overlap would leave goods without one."""

    kind = Kind.INVALID
    message = N_("Days left: expected three whole numbers from 0 to %(most)s, none smaller than the one before.")
    field = NAME


def steps_of(said: dict[str, Any]) -> Steps:
    """The steps as a parameter keeps them; nothing means the usual ones."""
    return msgspec.convert(said, Steps)


def steps_in_force(session: Session, on: dt.date) -> Steps:
    """The steps on that day."""
    return steps_of(parameter(session, NAME, on, {}))


def set_steps(session: Session, days: tuple[int | None, ...], valid_from: dt.date, source: str, stamp: Stamp) -> None:
    """Today's business, soon, to watch: from that day on; raises StepsMustGrow or TooLate."""
    try:
        steps = msgspec.convert(dict(zip(("now", "soon", "watch"), days, strict=True)), Steps)
    except msgspec.ValidationError:
        raise StepsMustGrow(most=MOST) from None
    leave_the_past(valid_from, stamp.on)
    set_parameter(session, NAME, valid_from, msgspec.structs.asdict(steps), source, stamp)
