"""Whole numbers the partners may set, each from a day on, over the project's own."""

import datetime as dt

from msgspec import Struct
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_, Term
from network.parameters import parameter, set_parameter


class Figure(Struct, frozen=True):
    """A whole number the partners may set."""

    name: str
    label: str
    unit: str
    usual: int
    least: int
    most: int
    why: str
    """Where it comes from, and what it decides."""


class OutOfBounds(Refusal):
    """A figure beyond what the law or sense allows."""

    kind = Kind.INVALID
    message = N_("%(label)s: expected a whole number from %(least)s to %(most)s, got “%(got)s”.")


class TooLate(Refusal):
    """The past stays explained by its own rules."""

    kind = Kind.INVALID
    message = N_("A rule holds from today or a later day on, not from %(day)s.")
    field = "valid_from"


def in_force(session: Session, figure: Figure, on: dt.date) -> int:
    """The figure on that day: what the partners set, else the usual one."""
    return int(parameter(session, figure.name, on, figure.usual))


def set_figure(
    session: Session, figure: Figure, value: int | None, valid_from: dt.date, source: str, stamp: Stamp
) -> None:
    """From that day on; raises OutOfBounds or TooLate."""
    if value is None or not figure.least <= value <= figure.most:
        raise OutOfBounds(label=Term(figure.label), least=figure.least, most=figure.most, got=value, field=figure.name)
    leave_the_past(valid_from, stamp.on)
    set_parameter(session, figure.name, valid_from, value, source, stamp)


def leave_the_past(valid_from: dt.date, today: dt.date) -> None:
    """Every rule people set, on a page or at the terminal, holds from today at the earliest; raises TooLate."""
    if valid_from < today:
        raise TooLate(day=valid_from)
