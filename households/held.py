"""Everything the rooms of households hold on one household, for the person themselves: no row is left out.

Others are named as partners, and by role where they looked; who of them did what is theirs. `api` adds what it was
given, and says it all in words.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.database import Base
from households.admission import appeals_of
from households.files import file_of, read_identity
from households.moving import moves_of
from households.referrals import of_household
from households.register import get_household
from households.sealing import Identity, Seal
from households.tables import (
    Decision,
    EmergencyParcel,
    HomeDelivery,
    IdentifiedNeed,
    Proxy,
    Referral,
    RightLooked,
    Seat,
    Workshop,
)
from network import audit
from network.figures import in_force

Row = dict[str, Any]


class Held(Struct, frozen=True):
    """What is held, part by part, with the codes it is held by."""

    card: str
    identity: Identity
    members: list[Row]
    exclusions: list[str]
    lacks: list[str]
    entitlement: Row
    situation: Row
    contacts: dict[str, dt.date | None]
    decisions: list[Row]
    """With their amounts, and how often the household asked for another look."""
    needs: list[Row]
    rights: list[Row]
    referrals: list[Row]
    seats: list[Row]
    """Workshops it signed up for."""
    parcels: list[Row]
    """Emergency parcels that were settled as its own."""
    moves: list[Row]
    proxies: list[Row]
    delivery: Row
    looks: list[audit.Reading]
    """Who looked at the names before now."""
    looks_kept_months: int


def everything_held(session: Session, seal: Seal, household_id: int, stamp: Stamp) -> Held:
    """For the person themselves, who asked; written down."""
    household, file = get_household(session, household_id), file_of(session, household_id)
    delivery = session.get(HomeDelivery, household_id)
    looks = _looks(session, household_id)
    audit.record(session, "household.export", f"household:{household_id}", stamp)
    return Held(
        card=household.card,
        identity=read_identity(session, seal, household_id, stamp, "export"),
        members=[_columns(m, "birth_year", "birth_month", "bond", "sex") for m in household.members],
        exclusions=sorted(e.content for e in household.exclusions),
        lacks=sorted(lack.equipment for lack in household.lacks),
        entitlement=_columns(household, "channel", "monthly_cents", "visits_per_month", "price_percent", "carry_grams"),
        situation=_columns(file, "case_number", "heard", "housing", "status", "objected_on") if file else {},
        contacts=_columns(household, "first_request_on", "last_contact_on", "admitted_until", "ended_on"),
        decisions=_decisions(session, household_id),
        needs=_rows(session, IdentifiedNeed, household_id, "code", "at", "settled_on"),
        rights=_rows(session, RightLooked, household_id, "code", "state", "on", "at"),
        referrals=[_columns(one, *REFERRAL) | {"partner": name} for one, name in of_household(session, household_id)],
        seats=_seats(session, household_id),
        parcels=_rows(session, EmergencyParcel, household_id, "on", "persons", "infants", "settled_on"),
        moves=[
            _columns(move, "agreed_on", "takes", "state", "settled_on") | {"giving": giving, "receiving": receiving}
            for move, giving, receiving in moves_of(session, household_id)
        ],
        proxies=_rows(session, Proxy, household_id, "initials", "agreed_on", "until", "withdrawn_on"),
        delivery=_columns(delivery, "rank", "until") if delivery else {},
        looks=looks,
        looks_kept_months=in_force(session, audit.READINGS_KEPT, stamp.on),
    )


REFERRAL = ("need", "on", "shares", "consent_until", "withdrawn_on", "state", "appointment_on")


def _looks(session: Session, household_id: int) -> list[audit.Reading]:
    handed = session.scalars(select(Referral.id).where(Referral.household_id == household_id))
    return audit.looks_at(session, [f"household:{household_id}", *(f"referral:{i}" for i in handed)])


def _decisions(session: Session, household_id: int) -> list[Row]:
    appeals = appeals_of(session, household_id)
    query = select(Decision).where(Decision.household_id == household_id).order_by(Decision.id)
    return [
        _columns(d, "on", "scale", "remainder_cents", "proposal", "outcome", "reason", "steps", "valid_until")
        | {"lines": [_columns(line, "side", "kind", "cents", "proof_seen") for line in d.lines]}
        | {"appeals": [_columns(a, "on", "answered_on", "answer") for a in appeals if a.decision_id == d.id]}
        for d in session.scalars(query)
    ]


def _seats(session: Session, household_id: int) -> list[Row]:
    query = select(Seat, Workshop).join(Workshop, Workshop.id == Seat.workshop_id).order_by(Workshop.on, Workshop.id)
    found = session.execute(query.where(Seat.household_id == household_id))
    return [_columns(workshop, "on", "kind", "title") | {"came": seat.came} for seat, workshop in found]


def _rows(session: Session, table: type[Base], household_id: int, *names: str) -> list[Row]:
    """Every row of a table that names this household, in the order they came."""
    columns = table.__table__.c
    query = select(table).where(columns.household_id == household_id).order_by(*table.__table__.primary_key)
    found: Sequence[Base] = session.scalars(query).all()
    return [_columns(row, *names) for row in found]


def _columns(row: Any, *names: str) -> Row:
    return {name: getattr(row, name) for name in names}
