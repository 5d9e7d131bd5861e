"""What files say of all households together: their kind, income, housing, why some left, what was done for them.

Counts alone, for returns; nothing here names a household or enters a decision.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from common.words import N_
from households.composition import ADULT_AGE, Person
from households.listing import compositions
from households.tables import File, Household, Member, Referral, Seat, Workshop
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


def kinds(session: Session, household_ids: Collection[int], on: dt.date) -> Named:
    """Households by who lives in them, as birth years tell."""
    people = compositions(session, household_ids, on).values()
    return _lines("kind", KINDS, Counter(_kind(composition.ages) for composition in people))


def incomes(session: Session, household_ids: Collection[int]) -> Named:
    """Households by main income, those without a file among those not asked."""
    return _lines("income", STATUSES, _of_files(session, household_ids, "status"))


def housing(session: Session, household_ids: Collection[int]) -> Named:
    """Households by housing, likewise."""
    return _lines("housing", HOUSING, _of_files(session, household_ids, "housing"))


def ages_and_sexes(session: Session, household_ids: Collection[int], on: dt.date) -> Counter[tuple[int, str]]:
    """People by age on that day and by sex as it was said; those born later do not count."""
    query = select(Member.birth_year, Member.birth_month, Member.sex, func.count())
    query = query.where(Member.household_id.in_(set(household_ids)))
    people: Counter[tuple[int, str]] = Counter()
    for year, month, sex, n in session.execute(query.group_by(Member.birth_year, Member.birth_month, Member.sex)):
        if (year, month or 1) <= (on.year, on.month):
            people[Person(year, month).age(on), sex] += n
    return people


def endings(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> Named:
    """Households that left in the period, by why."""
    query = select(Household.end_reason, func.count()).where(Household.ended_on.between(since, until))
    query = query.where(*_of(Household.organisation_id, partner_id)).group_by(Household.end_reason)
    why: Counter[str] = Counter()
    for reason, n in session.execute(query):
        why[reason if reason in END_REASONS else "other"] += n
    return _lines("ended", END_REASONS, why)


def workshops(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> tuple[int, int]:
    """Workshops of the period that somebody came to, and how many households came, each time counted."""
    query = (
        select(func.count(Workshop.id.distinct()), func.count())
        .join(Seat, Seat.workshop_id == Workshop.id)
        .where(Seat.came.is_(True), Workshop.on.between(since, until), *_of(Workshop.organisation_id, partner_id))
    )
    held, came = session.execute(query).one()
    return held, came


def referrals(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> tuple[int, int]:
    """Referrals made in the period, and those that came to their end in it."""
    query = select(func.count()).select_from(Referral).join(Household, Household.id == Referral.household_id)
    query = query.where(*_of(Household.organisation_id, partner_id))
    made = query.where(Referral.on.between(since, until))
    done = query.where(Referral.state == "achieved", Referral.moved_on.between(since, until))
    return session.scalar(made) or 0, session.scalar(done) or 0


def _kind(ages: Iterable[int]) -> str:
    known = list(ages)
    adults = sum(age >= ADULT_AGE for age in known)
    if len(known) == adults:
        return "alone" if adults == 1 else "adults"
    return {0: "minors", 1: "lone_parent"}.get(adults, "family")


def _of_files(session: Session, household_ids: Collection[int], column: str) -> Counter[str]:
    """How often each word stands in the files of these households."""
    ids = set(household_ids)
    query = (
        select(getattr(File, column), func.count()).where(File.household_id.in_(ids)).group_by(getattr(File, column))
    )
    said: Counter[str] = Counter()
    for word, n in session.execute(query):
        said[word] += n
    said["unsaid"] += len(ids) - said.total()
    return said


def _of(column: SQLColumnExpression[int], partner_id: int | None) -> list[ColumnElement[bool]]:
    return [] if partner_id is None else [column == partner_id]


def _lines(prefix: str, names: Mapping[str, str], counts: Mapping[str, int]) -> Named:
    return [(f"{prefix}_{code}", name, counts.get(code, 0)) for code, name in names.items()]
