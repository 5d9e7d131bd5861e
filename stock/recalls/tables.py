"""What RappelConso and the network's own alerts say, and the lots they were found to speak of."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id
from stock.tables import Lot


class RecallNotice(Base):
    """An alert in its newest version; an older one that arrives late changes nothing."""

    __tablename__ = "recall_notices"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """What stays the same from version to version: RappelConso's own identifier, else the notice's number."""
    number: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    published_on: Mapped[dt.date] = mapped_column(index=True)
    until: Mapped[dt.date] = mapped_column(index=True)
    """Goods that come in after this day are no longer held against it."""
    sold_from: Mapped[dt.date | None]
    brand: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    risk: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    """What to do with it at home."""
    distributors: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    taken_in_at: Mapped[dt.datetime]

    marks: Mapped[list["RecallMark"]] = relationship(cascade="all, delete-orphan", order_by="RecallMark.id")


class RecallMark(Base):
    """Goods an alert names: one article number, with the lots and dates it speaks of."""

    __tablename__ = "recall_marks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("recall_notices.id", ondelete="CASCADE"), index=True)
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)
    """None where the alert names no number that is valid in every shop."""
    lots: Mapped[str] = mapped_column(Text)
    """As the alert writes them; empty where it names none."""
    dated_from: Mapped[dt.date | None]
    dated_until: Mapped[dt.date | None]


class RecallHit(Base):
    """A lot an alert speaks of, or may speak of, and what became of that."""

    __tablename__ = "recall_hits"
    __table_args__ = (UniqueConstraint("notice_id", "lot_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("recall_notices.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    level: Mapped[str] = mapped_column(String(10))
    """`certain`, `probable` or `to_check`."""
    version: Mapped[int]
    """The version of the alert it was found by."""
    found_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(10))
    """`open`; `cleared` once a person saw that it is not concerned; `withdrawn` once it has left the shelves."""
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    notice: Mapped[RecallNotice] = relationship()
    lot: Mapped[Lot] = relationship()


class RecallCheck(Base):
    """A reading of the alerts: when it was, of what, and what came of it."""

    __tablename__ = "recall_checks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    origin: Mapped[str] = mapped_column(String(200))
    """The name of a file, or the host that was asked."""
    read: Mapped[int]
    changed: Mapped[int]
    """Notices that were new, or a newer version."""
    unreadable: Mapped[int]
    hits: Mapped[int]
    """Lots found for the first time."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
