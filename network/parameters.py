"""Figures and rules the partners set, each valid from a day, so that the past stays explained by its own rules."""

import datetime as dt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from network.tables import Parameter


def parameter(session: Session, name: str, on: dt.date, default: Any) -> Any:
    """The value in force on that day, `default` where the partners have set none."""
    query = (
        select(Parameter.value)
        .where(Parameter.name == name, Parameter.valid_from <= on)
        .order_by(Parameter.valid_from.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return default if found is None else found[0]


def in_force_since(session: Session, name: str, on: dt.date) -> dt.date | None:
    """The day from which the value in force on that day holds; None where the partners have set none."""
    query = select(func.max(Parameter.valid_from)).where(Parameter.name == name, Parameter.valid_from <= on)
    return session.scalar(query)


def set_parameter(session: Session, name: str, valid_from: dt.date, value: Any, source: str, stamp: Stamp) -> None:
    """From that day on; the same name and day again replaces what was set for it."""
    kept = session.scalar(select(Parameter).where(Parameter.name == name, Parameter.valid_from == valid_from))
    if kept is None:
        kept = Parameter(name=name, valid_from=valid_from)
        session.add(kept)
    kept.value, kept.source, kept.set_by = value, source, stamp.by
    session.flush()
