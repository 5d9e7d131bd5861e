"""Tables that know no domain: what was already done, and long work under way."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Id


class Done(Base):
    """A request that did its work: the same key again gets the same answer and does nothing more."""

    __tablename__ = "done"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """What was asked, so that a key used for something else is noticed."""
    answer: Mapped[Any] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Job(Base):
    """Long work asked for by a page: its state is here, whoever carries it out."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[Any] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    """`waiting`, `running`, `done`, `failed` or `cancelled`."""
    progress: Mapped[Any] = mapped_column(JSON)
    result: Mapped[Any | None] = mapped_column(JSON)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[int | None]
    asked_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    seen_at: Mapped[dt.datetime | None]
    """The worker's last sign of life: a job not seen for a while goes back to waiting."""
    ended_at: Mapped[dt.datetime | None]
