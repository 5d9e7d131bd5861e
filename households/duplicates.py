"""One household with two partners: noticed through fingerprints, without either seeing the other's file."""

import datetime as dt
from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from households.files import adults
from households.likeness import near, same
from households.sealing import Identity, Seal
from households.tables import Fingerprint, Household
from network.tables import Organisation

ASKED_AT_ONCE = 5_000
"""Fingerprints in one question: databases take some 30,000 values."""


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
    (found,) = alike_each(session, seal, [identity], today)
    return [one for one in found if one.household_id != besides]


def alike_each(session: Session, seal: Seal, identities: Sequence[Identity], today: dt.date) -> list[list[Likeness]]:
    """The same for many at once, in a few questions to the database instead of one each."""
    asking: dict[str, list[int]] = {}
    for n, identity in enumerate(identities):
        for h in _fingerprints(seal, identity, today):
            asking.setdefault(h, []).append(n)
    found: list[dict[int, Likeness]] = [{} for _ in identities]
    hashes = list(asking)
    for start in range(0, len(hashes), ASKED_AT_ONCE):
        for h, one in _having(session, hashes[start : start + ASKED_AT_ONCE]):
            for n in asking[h]:
                before = found[n].get(one.household_id)
                found[n][one.household_id] = before if before and before.exact else one
    return [sorted(each.values(), key=lambda one: (not one.exact, one.household_id)) for each in found]


def _fingerprints(seal: Seal, identity: Identity, today: dt.date) -> set[str]:
    return {
        h
        for named in adults(identity, today)
        for kind, forms in (("near", near), ("same", same))
        for form in forms(named.given, named.family, named.birth)
        for h in seal.fingerprints(kind, form)
    }


def _having(session: Session, hashes: Sequence[str]) -> Iterator[tuple[str, Likeness]]:
    """Who of those still helped has one of these fingerprints."""
    query = (
        select(Fingerprint.hash, Fingerprint.kind, Household.id, Household.card, Organisation.name, Organisation.id)
        .join(Household, Fingerprint.household_id == Household.id)
        .join(Organisation, Organisation.id == Household.organisation_id)
        .where(Fingerprint.hash.in_(hashes), Household.ended_on.is_(None))
    )
    for h, kind, household_id, card, partner, partner_id in session.execute(query):
        yield h, Likeness(household_id, card, partner, partner_id, kind == "same")


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
