"""What files say of all households together: their kind, income, housing, why some left, what was done for them.

Counts alone, for returns; nothing here names a household or enters a decision.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from common.clock import PARIS
from common.words import N_
from households.composition import ADULT_AGE, Person
from households.tables import File, Household, IdentifiedNeed, Member, Referral, Seat, Workshop
from households.vocabulary import END_REASONS, HOUSING, STATUSES

KINDS = {
    "alone": N_("One adult alone"),
    "adults": N_("Several adults"),
    "lone_parent": N_("One adult with children"),
    "family": N_("Several adults with children"),
    "minors": N_("Under 18 only"),
}
Named = Sequence[tuple[str, str, int]]
"""Code, name and number of each line."""


class Told(Struct, frozen=True):
    """A household as returns count it."""

    partner: int
    first_request_on: dt.date
    ended_on: dt.date | None
    end_reason: str
    status: str
    """Its main income and, below, its housing; empty where there is no file."""
    housing: str
    people: Sequence[tuple[int, str]]
    """The age of each on the last day, and the sex as it was said."""

    def enrolled(self, on: dt.date) -> bool:
        return self.first_request_on <= on and (self.ended_on is None or self.ended_on > on)


class Done(Struct, frozen=True):
    """What one partner did beside food."""

    needs_said: int = 0
    needs_settled: int = 0
    workshops_held: int = 0
    workshops_came: int = 0
    referrals_made: int = 0
    referrals_achieved: int = 0


def households_told(session: Session, since: dt.date, until: dt.date) -> list[Told]:
    """Whoever was followed at some time of the period, by any partner."""
    there = (Household.first_request_on <= until, Household.ended_on.is_(None) | (Household.ended_on >= since))
    query = (
        select(
            Household.id,
            Household.organisation_id,
            Household.first_request_on,
            Household.ended_on,
            Household.end_reason,
            File.status,
            File.housing,
        )
        .outerjoin(File, File.household_id == Household.id)
        .where(*there)
        .order_by(Household.id)
    )
    members = (
        select(Member.household_id, Member.birth_year, Member.birth_month, Member.sex).join(Household).where(*there)
    )
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for household_id, year, month, sex in session.execute(members):
        if (year, month or 1) <= (until.year, until.month):
            people[household_id].append((Person(year, month).age(until), sex))
    return [
        Told(partner, first, ended, why or "", status or "", housing or "", people[household_id])
        for household_id, partner, first, ended, why, status, housing in session.execute(query)
    ]


def done_beside_food(session: Session, since: dt.date, until: dt.date) -> dict[int, Done]:
    """Needs, workshops and referrals of the period, by partner."""
    parts = (_needs(since, until), _workshops(since, until), _referrals(since, until))
    told: dict[int, list[int]] = defaultdict(lambda: [0] * 6)
    for at, query in enumerate(parts):
        for partner, first, second in session.execute(query):
            told[partner][2 * at : 2 * at + 2] = [int(first), int(second)]
    return {partner: Done(*counts) for partner, counts in told.items()}


def _needs(since: dt.date, until: dt.date) -> Select[int, int, int]:
    begins = dt.datetime.combine(since, dt.time(), PARIS)
    ends = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), PARIS)
    said = (IdentifiedNeed.at >= begins) & (IdentifiedNeed.at < ends)
    settled = IdentifiedNeed.settled_on.between(since, until)
    query = select(Household.organisation_id, _number(said), _number(settled)).select_from(IdentifiedNeed)
    return query.join(Household).where(said | settled).group_by(Household.organisation_id)


def _workshops(since: dt.date, until: dt.date) -> Select[int, int, int]:
    """Workshops that somebody came to, and how many households came, each time counted."""
    return (
        select(Workshop.organisation_id, func.count(Workshop.id.distinct()), func.count())
        .join(Seat, Seat.workshop_id == Workshop.id)
        .where(Seat.came.is_(True), Workshop.on.between(since, until))
        .group_by(Workshop.organisation_id)
    )


def _referrals(since: dt.date, until: dt.date) -> Select[int, int, int]:
    """Those made, and those that came to their end."""
    made = Referral.on.between(since, until)
    done = (Referral.state == "achieved") & Referral.moved_on.between(since, until)
    query = select(Household.organisation_id, _number(made), _number(done)).select_from(Referral)
    return query.join(Household).where(made | done).group_by(Household.organisation_id)


def _number(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((of, 1), else_=0))


def kinds(households: Iterable[Told]) -> Named:
    """Households by who lives in them, as birth years tell."""
    return _lines("kind", KINDS, Counter(_kind([age for age, _ in one.people]) for one in households))


def incomes(households: Iterable[Told]) -> Named:
    """Households by main income, those without a file among those not asked."""
    return _lines("income", STATUSES, Counter(one.status or "unsaid" for one in households))


def housing(households: Iterable[Told]) -> Named:
    """Households by housing, likewise."""
    return _lines("housing", HOUSING, Counter(one.housing or "unsaid" for one in households))


def endings(households: Iterable[Told]) -> Named:
    """Households that left, by why."""
    why = Counter(one.end_reason if one.end_reason in END_REASONS else "other" for one in households)
    return _lines("ended", END_REASONS, why)


def _kind(ages: Sequence[int]) -> str:
    adults = sum(age >= ADULT_AGE for age in ages)
    if adults and len(ages) == adults:
        return "alone" if adults == 1 else "adults"
    return {0: "minors", 1: "lone_parent"}.get(adults, "family")


def _lines(prefix: str, names: Mapping[str, str], counts: Mapping[str, int]) -> Named:
    return [(f"{prefix}_{code}", name, counts.get(code, 0)) for code, name in names.items()]
