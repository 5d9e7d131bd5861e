"""One household with two partners: noticed through fingerprints, without either seeing the other's file."""

import datetime as dt

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from households.files import adults
from households.likeness import near, same
from households.sealing import Identity, Seal
from households.tables import Fingerprint, Household
from network.tables import Organisation


class Likeness(Struct, frozen=True):
    """Another household somebody of this one seems to belong to."""

    household_id: int
    card: str
    partner: str
    partner_id: int
    exact: bool
    """The same name and birth date; else only close, for a person to look at."""


class MultipleAid(Struct, frozen=True):
    """Two households with two partners who share somebody: a fact, not a fault."""

    cards: tuple[str, str]
    partners: tuple[str, str]
    exact: bool
    last_seen: dt.date


def alike(
    session: Session, seal: Seal, identity: Identity, today: dt.date, besides: int | None = None
) -> list[Likeness]:
    """Households of the network that share an adult with these people, the exact ones first."""
    kinds = {
        h: kind
        for named in adults(identity, today)
        for kind, forms in (("near", near), ("same", same))
        for form in forms(named.given, named.family, named.birth)
        for h in seal.fingerprints(kind, form)
    }
    query = (
        select(Household.id, Household.card, Organisation, func.max(Fingerprint.kind))
        .join(Fingerprint, Fingerprint.household_id == Household.id)
        .join(Organisation, Organisation.id == Household.organisation_id)
        .where(Fingerprint.hash.in_(kinds), Household.ended_on.is_(None))
        .group_by(Household.id, Household.card, Organisation.id)
    )
    found = [
        Likeness(household_id, card, partner.name, partner.id, kind == "same")
        for household_id, card, partner, kind in session.execute(query)
        if household_id != besides
    ]
    return sorted(found, key=lambda one: (not one.exact, one.household_id))


def multiple_aid(session: Session) -> list[MultipleAid]:
    """Every pair of households with two partners that share an adult, by card; names are in nobody's sight."""
    mine, theirs = aliased(Fingerprint), aliased(Fingerprint)
    one, other = aliased(Household), aliased(Household)
    first, second = aliased(Organisation), aliased(Organisation)
    query = (
        select(one, other, first.name, second.name, func.max(mine.kind))
        .join(mine, mine.household_id == one.id)
        .join(theirs, (theirs.hash == mine.hash) & (theirs.household_id > mine.household_id))
        .join(other, other.id == theirs.household_id)
        .join(first, first.id == one.organisation_id)
        .join(second, second.id == other.organisation_id)
        .where(mine.kind.in_(("same", "near")), one.organisation_id != other.organisation_id)
        .where(one.ended_on.is_(None), other.ended_on.is_(None))
        .group_by(one.id, other.id, first.name, second.name)
        .order_by(one.card)
    )
    found = [
        MultipleAid((a.card, b.card), (p, q), kind == "same", max(a.last_contact_on, b.last_contact_on))
        for a, b, p, q, kind in session.execute(query)
    ]
    return sorted(found, key=lambda pair: (not pair.exact, pair.cards))
