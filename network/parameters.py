"""Figures and rules the partners set, each valid from a day, so that the past stays explained by its own rules."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from network.tables import Parameter


def parameter(session: Session, name: str, on: dt.date, default: Any) -> Any:
    """The value in force on that day, `default` where the partners have set none."""
    return parameters(session, [name], on).get(name, default)


def parameters(session: Session, names: Iterable[str], on: dt.date) -> dict[str, Any]:
    """The values in force on that day, in one question; a name the partners have set nothing for is not there."""
    rows = session.connection().execute(_IN_FORCE, {"names": list(names), "on": on})
    return dict(rows.all())  # of several days the last word counts


def in_force_since(session: Session, name: str, on: dt.date) -> dt.date | None:
    """The day from which the value in force on that day holds; None where the partners have set none."""
    query = select(func.max(Parameter.valid_from)).where(Parameter.name == name, Parameter.valid_from <= on)
    return session.scalar(query)


def all_set(session: Session, name: str) -> list[tuple[dt.date, Any]]:
    """Every value the partners ever set under this name, and from which day on, days to come included."""
    query = select(Parameter.valid_from, Parameter.value).where(Parameter.name == name).order_by(Parameter.valid_from)
    return [(day, value) for day, value in session.execute(query)]


def set_parameter(session: Session, name: str, valid_from: dt.date, value: Any, source: str, stamp: Stamp) -> None:
    """From that day on; the same name and day again replaces what was set for it."""
    kept = session.scalar(select(Parameter).where(Parameter.name == name, Parameter.valid_from == valid_from))
    if kept is None:
        kept = Parameter(name=name, valid_from=valid_from)
        session.add(kept)
    kept.value, kept.source, kept.set_by = value, source, stamp.by
    session.flush()


# Built once: every line at intake asks it, and building it takes longer than running it.

_IN_FORCE = (
    select(Parameter.name, Parameter.value)
    .where(Parameter.name.in_(bindparam("names", expanding=True)), Parameter.valid_from <= bindparam("on"))
    .order_by(Parameter.valid_from)
)
