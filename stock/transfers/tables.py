"""What was sent from one site to another, and what of it arrived."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id
from stock.tables import Lot


class Transfer(Base):
    """Goods that left one site for another on one occasion; settled when they were counted on arrival."""

    __tablename__ = "transfers"
    __table_args__ = (CheckConstraint("from_site_id <> to_site_id", name="somewhere_else"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    to_site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    sent_at: Mapped[dt.datetime]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    lines: Mapped[list["TransferLine"]] = relationship(order_by="TransferLine.id")


class TransferLine(Base):
    """So much of one lot from one place; the same lot from two places is two lines."""

    __tablename__ = "transfer_lines"
    __table_args__ = (
        CheckConstraint("sent > 0", name="sent_positive"),
        CheckConstraint("received >= 0", name="received_not_negative"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    from_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    sent: Mapped[int]
    """Pieces, or grams where the lot is weighed."""
    received: Mapped[int | None]
    """What was counted on arrival; None while it is on its way."""
    difference: Mapped[str] = mapped_column(String(20), default="")
    """Why the two differ, as `stock.transfers.register.DIFFERENCES`."""

    lot: Mapped[Lot] = relationship()
