"""Counts under way and done, and every tally anybody made for them."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Id


class Count(Base):
    """One count of a site: of one place or all of them, of one family or all of them."""

    __tablename__ = "counts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    family_code: Mapped[str | None] = mapped_column(ForeignKey("families.code"))
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    dropped: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Closed without booking anything."""


class CountEntry(Base):
    """Somebody found so many more of a lot at a place. Appended; one that was wrong is marked, never changed."""

    __tablename__ = "count_entries"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_count_entries_count_id_id", "count_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("counts.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    quantity: Mapped[int]
    """Pieces, or grams where the lot is weighed; 0 says that none was found."""
    stood: Mapped[int]
    """What the books said there at that moment: movements before and after it make no difference."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    taken_back: Mapped[bool] = mapped_column(default=False, server_default=false())


class CountDifference(Base):
    """What a count booked for one lot at one place, and why."""

    __tablename__ = "count_differences"

    count_id: Mapped[int] = mapped_column(ForeignKey("counts.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    found: Mapped[int]
    stood: Mapped[int]
    cause: Mapped[str] = mapped_column(String(40))
    """As `stock.counts.differences.CAUSES`."""
    movements: Mapped[Any] = mapped_column(JSON)
    """The numbers of the movements that booked it."""
