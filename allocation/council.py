"""The order of the goals, and how much of each those below it may use up, as the partners' council votes them.

A vote holds from a day on; a proposal says since when the order it was made by has been in force.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from allocation.problem import Level, Policy
from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.audit import record
from network.figures import leave_the_past
from network.parameters import parameter, set_parameter

NAME = "policy"
MOST_SLACK = 0.2
"""A goal that may give up more than this hardly comes before the next."""
VOTED = ("waste", "floor", "mean")
"""The goals a council puts in order; lines to pack always come last of themselves."""


class NotAnOrder(Refusal):
    """Goals missing, said twice or unknown, or a part of one that makes no sense."""

    kind = Kind.INVALID
    message = N_("Put each of the three goals in order once, each giving up 0 to 20 %% of itself to those below it.")
    field = "order"


def order_in_force(session: Session, today: dt.date) -> Policy:
    """What the council voted for that day; the order the software comes with where it has not voted."""
    voted = parameter(session, NAME, today, None)
    return Policy() if voted is None else msgspec.convert(voted, Policy)


def vote(
    session: Session, goals: Sequence[str], slack: Sequence[float], valid_from: dt.date, source: str, stamp: Stamp
) -> Policy:
    """Put the goals in this order from that day on; raises NotAnOrder or TooLate."""
    if sorted(goals) != sorted(VOTED) or len(slack) != len(goals) or not all(0 <= s <= MOST_SLACK for s in slack):
        raise NotAnOrder()
    leave_the_past(valid_from, stamp.on)
    levels = [{"goal": goal, "slack": share} for goal, share in zip(goals, slack, strict=True)]
    policy = Policy((*msgspec.convert(levels, tuple[Level, ...]), Level("lines")))
    set_parameter(session, NAME, valid_from, msgspec.to_builtins(policy), source, stamp)
    record(session, "goals.vote", "network", stamp, order="-".join(goals), holds=valid_from.isoformat())
    return policy
