"""What stands around a session: its calendar, what is announced, what was paid and checked, the figures published."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id
from network.tables import Site


class Opening(Base):
    """A site opens on this weekday, every so many weeks, for one channel."""

    __tablename__ = "openings"
    __table_args__ = (
        UniqueConstraint("site_id", "channel", "weekday", "starts_on"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("every_weeks > 0", name="every_weeks_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    channel: Mapped[str] = mapped_column(String(5))
    weekday: Mapped[int]
    """0 for Monday."""
    every_weeks: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[dt.date]
    """The first day, on that weekday."""
    ends_on: Mapped[dt.date | None]
    capacity: Mapped[int | None]
    """How many households can be received; None without a limit."""

    site: Mapped[Site] = relationship()


class ClosedDay(Base):
    """An exception to the calendar: the site does not open that day."""

    __tablename__ = "closed_days"
    __table_args__ = (UniqueConstraint("site_id", "on"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    on: Mapped[dt.date]


class AnnouncedDelivery(Base):
    """Food that people know will come to a site: plans count on it until its day, then it is there or it is not."""

    __tablename__ = "announced_deliveries"
    __table_args__ = (CheckConstraint("grams > 0", name="grams_positive"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    on: Mapped[dt.date] = mapped_column(index=True)
    """The day it is expected to be on the shelves."""
    food_group: Mapped[str] = mapped_column(ForeignKey("food_groups.id"))
    grams: Mapped[int]
    note: Mapped[str] = mapped_column(String(80), default="")
    """Whose truck or call it was, in words."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    struck_at: Mapped[dt.datetime | None]
    """When somebody said that it will not come after all."""

    site: Mapped[Site] = relationship()


class PreferredDay(Base):
    """The weekday a household would rather come on: it is invited then, and on no other day it can avoid."""

    __tablename__ = "preferred_days"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int]


class Payment(Base):
    """What a household of the shop paid for a visit, line by line as its receipt says."""

    __tablename__ = "payments"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    on: Mapped[dt.date] = mapped_column(index=True)
    usual_cents: Mapped[int]
    paid_cents: Mapped[int]
    lines: Mapped[Any] = mapped_column(JSON)
    """As `allocation.till.ReceiptLine`: prices change, receipts do not."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class CashCount(Base):
    """What was in the till when a session of the shop was closed, beside what was paid."""

    __tablename__ = "cash_counts"

    session_id: Mapped[int] = mapped_column(ForeignKey("distribution_sessions.id"), primary_key=True)
    expected_cents: Mapped[int]
    counted_cents: Mapped[int]
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Pick(Base):
    """A basket line somebody took from its shelf, its lot checked by a scan."""

    __tablename__ = "picks"

    line_id: Mapped[int] = mapped_column(ForeignKey("basket_lines.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class SwappedAway(Base):
    """Something of a basket was swapped for something else of its group. Whose basket it was is not kept."""

    __tablename__ = "swapped_away"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    on: Mapped[dt.date] = mapped_column(index=True)


class DateCheck(Base):
    """Somebody looked at the dates of a site's shelves on an open day."""

    __tablename__ = "date_checks"
    __table_args__ = (UniqueConstraint("site_id", "on"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    on: Mapped[dt.date]
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class PublishedReturn(Base):
    """The figures of a State or EU return as they were sent: what is learnt later does not change them."""

    __tablename__ = "published_returns"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    """The partner it is of; None for all together."""
    figures: Mapped[Any] = mapped_column(JSON)
    """As `allocation.returns.Return`."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
