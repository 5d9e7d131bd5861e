"""Households as lists and pages show them: by card, with what volunteers may know."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from common.codes import READ_AS
from households.composition import Composition, Person, compose
from households.register import composition_of, get_household
from households.tables import Decision, Household, IdentifiedNeed, Member
from network.tables import Site


class HouseholdRow(Struct, frozen=True):
    """One household of the list: never a name."""

    id: int
    card: str
    persons: int
    excludes: tuple[str, ...]
    lacks: tuple[str, ...]
    channel: str
    site: str
    expected: bool
    last_contact_on: dt.date


SORTS: dict[str, ColumnElement[Any]] = {
    "card": Household.card.expression,
    "persons": select(func.count(Member.id)).where(Member.household_id == Household.id).scalar_subquery(),
    "channel": Household.channel.expression,
    "site": select(Site.name).where(Site.id == Household.site_id).scalar_subquery(),
    "last_contact": Household.last_contact_on.expression,
}
"""What the list may be sorted by."""


def matching(
    session: Session, card: str = "", *, sort: str = "card", site_id: int | None = None, channel: str = ""
) -> Sequence[int]:
    """The households still enrolled whose card holds what was typed, read as cards are read; by card, or as asked.

    `sort` is one of SORTS, after a minus from the last to the first; equal ones stand by card.
    """
    value = SORTS[sort.removeprefix("-")]
    query = (
        select(Household.id)
        .where(Household.ended_on.is_(None))
        .order_by(value.desc() if sort.startswith("-") else value, Household.card)
    )
    if typed := card.strip().upper().translate(READ_AS):
        query = query.where(Household.card.contains(typed, autoescape=True))
    if site_id is not None:
        query = query.where(Household.site_id == site_id)
    if channel:
        query = query.where(Household.channel == channel)
    return session.scalars(query).all()


def rows_of(session: Session, household_ids: Sequence[int], today: dt.date) -> list[HouseholdRow]:
    """These households as a list shows them, in the order of their numbers here: a page's worth, not the register."""
    query = (
        select(Household, Site.name)
        .join(Site, Site.id == Household.site_id)
        .options(selectinload(Household.members), selectinload(Household.exclusions), selectinload(Household.lacks))
        .where(Household.id.in_(household_ids))
    )
    rows = {household.id: _row(household, site, today) for household, site in session.execute(query)}
    return [rows[household_id] for household_id in household_ids if household_id in rows]


def composition_now(session: Session, household_id: int, today: dt.date) -> Composition:
    """The people of a household today, by age; raises NotFound."""
    return composition_of(get_household(session, household_id), today)


def compositions(session: Session, household_ids: Collection[int], on: dt.date) -> dict[int, Composition]:
    """The people of many households on that day, read without their files; who was born since does not count."""
    query = select(Member.household_id, Member.birth_year, Member.birth_month).where(
        Member.household_id.in_(set(household_ids))
    )
    people: dict[int, list[Person]] = {household_id: [] for household_id in household_ids}
    for household_id, year, month in session.execute(query):
        if (year, month or 1) <= (on.year, on.month):
            people[household_id].append(Person(year, month))
    return {household_id: compose(born, on) for household_id, born in people.items()}


def latest_decision(session: Session, household_id: int) -> Decision | None:
    """What was decided last, with the amounts it was decided on."""
    query = select(Decision).where(Decision.household_id == household_id).options(selectinload(Decision.lines))
    return session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()


def needs_of(session: Session, household_id: int) -> Sequence[IdentifiedNeed]:
    """Every need that was spoken of, open ones first."""
    query = select(IdentifiedNeed).where(IdentifiedNeed.household_id == household_id)
    found = session.scalars(query.order_by(IdentifiedNeed.at.desc())).all()
    return sorted(found, key=lambda need: need.settled_on is not None)


def _row(household: Household, site: str, today: dt.date) -> HouseholdRow:
    return HouseholdRow(
        id=household.id,
        card=household.card,
        persons=composition_of(household, today).persons,
        excludes=tuple(sorted(e.content for e in household.exclusions)),
        lacks=tuple(sorted(lack.equipment for lack in household.lacks)),
        channel=household.channel,
        site=site,
        expected=household.admitted_until is None or today <= household.admitted_until,
        last_contact_on=household.last_contact_on,
    )
