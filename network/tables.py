"""The partners, their sites, the people who log in, and who did what."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id


class Organisation(Base):
    """A partner: a municipal social centre, a committee, an association, a solidarity grocery."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    charter_signed_on: Mapped[dt.date | None]


class Site(Base):
    """A place of storage or hand-over that belongs to a partner."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """A short name printed on labels and used on the command line."""
    name: Mapped[str] = mapped_column(String(120))

    organisation: Mapped[Organisation] = relationship()


class LabelStock(Base):
    """Label stock that is not in our table, measured by the people who bought it, in hundredths of a millimetre."""

    __tablename__ = "label_stocks"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """`sheet` or `roll`."""
    width: Mapped[int]
    height: Mapped[int]
    columns: Mapped[int]
    rows: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    dx: Mapped[int]
    dy: Mapped[int]
    dpi: Mapped[int]


class Printer(Base):
    """A printer of a site with the stock that is loaded in it, and how far it prints beside the mark."""

    __tablename__ = "printers"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(40))
    media: Mapped[str] = mapped_column(String(20))
    """The code of its label stock."""
    right_tenths: Mapped[int] = mapped_column(default=0)
    """Tenths of a millimetre labels are moved to the right, so that they come out where they should."""
    down_tenths: Mapped[int] = mapped_column(default=0)
    outlines: Mapped[bool] = mapped_column(default=False)
    """Crop marks are printed: off, as they show on every label that is not quite straight."""


class PartnerProfile(Base):
    """What the public and the other partners may know of a partner."""

    __tablename__ = "partner_profiles"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(30))
    services: Mapped[Any] = mapped_column(JSON)
    """What it helps with: `food`, and codes of needs."""
    accredited_until: Mapped[dt.date | None]
    """The last day of its licence to receive public food aid."""


class SiteProfile(Base):
    """Where a site is and when it opens."""

    __tablename__ = "site_profiles"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(200))
    hours: Mapped[Any] = mapped_column(JSON)
    """For each day of the week, Monday first: opening times such as `14:00-17:00`, or nothing."""
    closed_on: Mapped[Any] = mapped_column(JSON)
    """Days it stays closed although it would be open, as ISO dates."""


class Account(Base):
    """A person who logs in. Belongs to one partner and has one role."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """The one site this person works at: pages open on it, and they change nothing at another. None: all of them."""
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(30))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    active: Mapped[bool] = mapped_column(default=True)

    organisation: Mapped[Organisation] = relationship()
    site: Mapped[Site | None] = relationship()


class SignIn(Base):
    """A device that is signed in. Only a digest of its secret is kept."""

    __tablename__ = "sign_ins"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(60))
    began_at: Mapped[dt.datetime] = mapped_column(index=True)

    account: Mapped[Account] = relationship()


class SignInFailure(Base):
    """A wrong password, remembered for a quarter of an hour to slow guessing down."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login_digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """Who did what, when, on what. Never holds what was typed about a person."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[Any] = mapped_column(JSON)


class Parameter(Base):
    """A figure or rule the partners set, valid from a day: the latest one that has begun counts."""

    __tablename__ = "parameters"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[dt.date]
    value: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
