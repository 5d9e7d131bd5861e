"""The people who come: what planning needs, what admission decided, and, sealed, who they are."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id


class Household(Base):
    """People living together who share meals and budget, known to volunteers by a card number."""

    __tablename__ = "households"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card: Mapped[str] = mapped_column(String(12), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The partner that follows them."""
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    """Where they usually come."""
    channel: Mapped[str] = mapped_column(String(5))
    """`free` (a basket) or `shop` (they pay a small share)."""
    carry_grams: Mapped[int]
    monthly_cents: Mapped[int | None]
    """Monthly allowance in the shop; None where it is free."""
    first_request_on: Mapped[dt.date] = mapped_column(index=True)
    last_contact_on: Mapped[dt.date] = mapped_column(index=True)
    admitted_until: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[str | None] = mapped_column(String(30))
    visits_per_month: Mapped[int | None]
    """How often they may come; None as often as the site opens."""
    price_percent: Mapped[int | None]
    """What the shop asks of its usual price; None where it is free."""

    members: Mapped[list["Member"]] = relationship(back_populates="household", cascade="all, delete-orphan")
    exclusions: Mapped[list["Exclusion"]] = relationship(cascade="all, delete-orphan")
    lacks: Mapped[list["Lack"]] = relationship(cascade="all, delete-orphan")


class Member(Base):
    """One person of the household; no health data, no name."""

    __tablename__ = "members"
    __table_args__ = (CheckConstraint("birth_year BETWEEN 1900 AND 2200", name="birth_year"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    birth_year: Mapped[int]
    birth_month: Mapped[int | None]
    """Only for the very young, whose food depends on it."""
    bond: Mapped[str] = mapped_column(String(20), default="")
    sex: Mapped[str] = mapped_column(String(10), default="unsaid", server_default="unsaid")
    """As it was said, for statistics alone; not to say is an answer."""

    household: Mapped[Household] = relationship(back_populates="members")


class Identity(Base):
    """Who they are, sealed with the network's key: only social workers open it."""

    __tablename__ = "identities"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class File(Base):
    """Where a household comes from and who holds what is known of it. Nothing here enters a decision."""

    __tablename__ = "files"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The partner whose social workers hold the file: nobody else opens it."""
    case_number: Mapped[str] = mapped_column(String(12), unique=True)
    """What a committee reads instead of a name or a card."""
    first_partner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Where they asked first."""
    heard: Mapped[str] = mapped_column(String(20))
    housing: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    """Main income, for statistics alone."""
    objected_on: Mapped[dt.date | None]
    """Since then not compared with the households of other partners."""
    forgotten_on: Mapped[dt.date | None] = mapped_column(index=True)


class Fingerprint(Base):
    """A keyed hash of a name, a phone number or a likeness: found by who has the key, read by nobody."""

    __tablename__ = "fingerprints"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(5))
    """`word` and `phone` to search, `same` and `near` to compare."""


class Draft(Base):
    """A form somebody has not finished, sealed: it is there again after the browser was closed."""

    __tablename__ = "drafts"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime] = mapped_column(index=True)


class SheetDraft(Base):
    """A sheet of households somebody has sent and not yet enrolled, sealed."""

    __tablename__ = "sheet_drafts"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Appeal(Base):
    """The household asked for a decision to be looked at again."""

    __tablename__ = "appeals"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), index=True)
    on: Mapped[dt.date]
    answered_on: Mapped[dt.date | None]
    answer: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class EmergencyParcel(Base):
    """Food given before there was a file; settled when it is known whose it was, or that nobody came back."""

    __tablename__ = "emergency_parcels"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    on: Mapped[dt.date] = mapped_column(index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    persons: Mapped[int]
    infants: Mapped[int]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A first name or an initial, until it is settled."""
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id", ondelete="SET NULL"), index=True)
    settled_on: Mapped[dt.date | None]


class Exclusion(Base):
    """A content not to be proposed. Why is nobody's business and is not stored."""

    __tablename__ = "exclusions"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(String(30), primary_key=True)


class Lack(Base):
    """Kitchen equipment the household has not got."""

    __tablename__ = "lacks"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    equipment: Mapped[str] = mapped_column(String(30), primary_key=True)


class Decision(Base):
    """An admission decision: what was proposed, what a person decided and signed, and on what figures."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    on: Mapped[dt.date]
    scale: Mapped[str] = mapped_column(String(40))
    """The version of the scale that was applied."""
    remainder_cents: Mapped[int]
    """Reste à vivre, cents per person and day."""
    proposal: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    steps: Mapped[Any] = mapped_column(JSON)
    """The calculation as printed on the decision."""
    valid_until: Mapped[dt.date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    lines: Mapped[list["AmountLine"]] = relationship(cascade="all, delete-orphan")


class AmountLine(Base):
    """One monthly income or charge; the proof was seen, no copy is kept."""

    __tablename__ = "amount_lines"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(String(7))
    """`income` or `charge`."""
    kind: Mapped[str] = mapped_column(String(40))
    cents: Mapped[int]
    proof_seen: Mapped[bool]


class IdentifiedNeed(Base):
    """A need other than food, from a coded list, said at admission or at any visit."""

    __tablename__ = "identified_needs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_on: Mapped[dt.date | None]


class RightLooked(Base):
    """Where a household stands with a right it may have, from a coded list."""

    __tablename__ = "rights_looked"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    on: Mapped[dt.date] = mapped_column(index=True)
    """When it was opened, asked for or looked at, as people say; `at` is when that was noted."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class FirstContact(Base):
    """Somebody asked to be called back, from the public page; sealed, and gone once they were."""

    __tablename__ = "first_contacts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    service: Mapped[str] = mapped_column(String(30))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_on: Mapped[dt.date | None] = mapped_column(index=True)


class Referral(Base):
    """A need handed to a partner with the household's consent: what is shared, and until when."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    need: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The partner that receives it."""
    shares: Mapped[Any] = mapped_column(JSON)
    """What the household agreed to share: `names`, `phone`, `address`, `composition`."""
    on: Mapped[dt.date]
    consent_until: Mapped[dt.date]
    """The last day on which the partner may read what is shared."""
    withdrawn_on: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(12))
    appointment_on: Mapped[dt.date | None]
    moved_on: Mapped[dt.date]
    """When something last happened: a referral that stands still comes to the surface."""
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class Workshop(Base):
    """A session people take part in: cooking, housing, budget."""

    __tablename__ = "workshops"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(80))
    on: Mapped[dt.date] = mapped_column(index=True)
    begins: Mapped[str] = mapped_column(String(5))
    where: Mapped[str] = mapped_column(String(80))
    places: Mapped[int]


class Seat(Base):
    """A household signed up for a workshop; whether it came is known afterwards."""

    __tablename__ = "seats"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"), primary_key=True)
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    came: Mapped[bool | None]


class Proxy(Base):
    """Somebody the household allows to fetch its basket: initials, to hold against an identity card, and no more."""

    __tablename__ = "proxies"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    initials: Mapped[str] = mapped_column(String(4))
    agreed_on: Mapped[dt.date]
    """When the household agreed."""
    until: Mapped[dt.date]
    withdrawn_on: Mapped[dt.date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class HomeDelivery(Base):
    """A household whose basket is brought to its door; why is nobody's business."""

    __tablename__ = "home_deliveries"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int]
    """Which stop of the round it is."""
    until: Mapped[dt.date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Move(Base):
    """A household goes over to another partner, with its consent: asked for, then accepted or refused there."""

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The partner that receives it."""
    takes: Mapped[str] = mapped_column(String(5))
    """What the household lets go with it: the whole `file`, or the `card` and its needs alone."""
    agreed_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(10))
    settled_on: Mapped[dt.date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
