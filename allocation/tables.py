"""Distribution: sessions, visits, the plans made for them, baskets, and what became of every line."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id
from households.tables import Household
from network.tables import Site
from stock.tables import Lot, Place


class DistributionSession(Base):
    """One opening of one site on one day."""

    __tablename__ = "distribution_sessions"
    __table_args__ = (UniqueConstraint("site_id", "on", "channel"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    on: Mapped[dt.date] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10))
    """`planned`, then `confirmed` once baskets are reserved, then `closed`."""
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    site: Mapped[Site] = relationship()
    visits: Mapped[list["Visit"]] = relationship(back_populates="session", cascade="all, delete-orphan")


class Visit(Base):
    """A household expected at a session."""

    __tablename__ = "visits"
    __table_args__ = (UniqueConstraint("session_id", "household_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_sessions.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    basket: Mapped[str] = mapped_column(String(12), unique=True)
    """The opaque code on the basket's label."""
    state: Mapped[str] = mapped_column(String(10))
    """`expected`, `served` or `absent`."""
    settled_at: Mapped[dt.datetime | None]

    session: Mapped[DistributionSession] = relationship(back_populates="visits")
    household: Mapped[Household] = relationship()
    lines: Mapped[list["BasketLine"]] = relationship(back_populates="visit")


class PlanRecord(Base):
    """A proposal for one session, kept with the problem it answers so that it can be made again."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_sessions.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str] = mapped_column(String(10))
    """`draft`, `confirmed` or `dropped`."""
    instance: Mapped[Any] = mapped_column(JSON)
    plan: Mapped[Any] = mapped_column(JSON)
    figures: Mapped[Any] = mapped_column(JSON)
    """The plan's figures beside their bounds and beside FEFO on the same problem."""
    hand: Mapped[Any] = mapped_column(JSON, nullable=True)
    """What the manager had decided (`allocation/hand.py`)."""
    moved: Mapped[Any] = mapped_column(JSON, nullable=True)
    """Codes of the lots that had moved since the proposal before, where that is why it was made again."""
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id", ondelete="SET NULL"))
    """The proposal it was made from and is compared with."""
    policy_from: Mapped[dt.date | None]
    """Since when the order of goals it followed is in force; None for the order the software comes with."""
    announced: Mapped[Any] = mapped_column(JSON, nullable=True)
    """What it counted on that was not there yet, as `allocation.coming.Announced`."""


class BasketLine(Base):
    """So much of a lot reserved for a visit, standing at a place until it is handed over."""

    __tablename__ = "basket_lines"
    __table_args__ = (
        UniqueConstraint("visit_id", "lot_id", "place_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    quantity: Mapped[int]
    """Pieces, or grams where the lot is weighed."""
    why: Mapped[str] = mapped_column(String(30))
    """The reason code of the plan's line."""

    visit: Mapped[Visit] = relationship(back_populates="lines")
    lot: Mapped[Lot] = relationship()
    place: Mapped[Place] = relationship()
    outcomes: Mapped[list["LineOutcome"]] = relationship(back_populates="line")


class LineOutcome(Base):
    """What became of part of a line: taken, or left behind with a reason and an exit."""

    __tablename__ = "line_outcomes"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("basket_lines.id"), index=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"), unique=True)
    quantity: Mapped[int]
    taken: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(30), default="")
    """Why it was left behind; empty where it was taken."""
    exit: Mapped[str] = mapped_column(String(20), default="")
    """Where it went then; empty where it was taken."""

    line: Mapped[BasketLine] = relationship(back_populates="outcomes")
