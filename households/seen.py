"""Who sees what of a household: the network's access matrix field by field, as data that queries obey.

A field that a person may not see is not fetched and then hidden: its query is never run. The fields of the file take
the right to open files *and* belonging to the partner that holds it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from common.clock import Stamp
from households import register
from households.files import file_of, holder_id, read_identity
from households.listing import latest_decision, needs_of
from households.sealing import Identity, Seal
from households.social_rights import looked_at
from households.tables import Decision, File, Household
from network.accounts import Person
from network.roles import Right

TO_PRINT = dt.timedelta(days=1)
"""How long before a session its list may be printed with names."""


class Field(StrEnum):
    """Something that is known of a household."""

    CARD = "card"
    PERSONS = "persons"
    AGE_BANDS = "age_bands"
    EXCLUSIONS = "exclusions"
    EQUIPMENT = "equipment_missing"
    CHANNEL = "channel"
    ALLOWANCE = "monthly_cents"
    VISITS = "visits_per_month"
    PRICE = "price_percent"
    EXPECTED = "expected"
    LAST_CONTACT = "last_contact_on"
    PEOPLE = "people"
    PHONE = "phone"
    ADDRESS = "address"
    CASE_NUMBER = "case_number"
    HEARD = "heard"
    HOUSING = "housing"
    STATUS = "status"
    REMAINDER = "remainder_cents"
    LINES = "lines"
    NEEDS = "needs"
    RIGHTS = "rights"


SEEN_WITH: dict[Field, Right] = {
    Field.CARD: Right.SEE_CARDS,
    Field.PERSONS: Right.SEE_CARDS,
    Field.AGE_BANDS: Right.SEE_CARDS,
    Field.EXCLUSIONS: Right.SEE_CARDS,
    Field.EQUIPMENT: Right.SEE_CARDS,
    Field.CHANNEL: Right.SEE_CARDS,
    Field.ALLOWANCE: Right.SEE_CARDS,
    Field.VISITS: Right.SEE_CARDS,
    Field.PRICE: Right.SEE_CARDS,
    Field.EXPECTED: Right.SEE_CARDS,
    Field.LAST_CONTACT: Right.SEE_CARDS,
    Field.PEOPLE: Right.OPEN_FILES,
    Field.PHONE: Right.OPEN_FILES,
    Field.ADDRESS: Right.OPEN_FILES,
    Field.CASE_NUMBER: Right.OPEN_FILES,
    Field.HEARD: Right.OPEN_FILES,
    Field.HOUSING: Right.OPEN_FILES,
    Field.STATUS: Right.OPEN_FILES,
    Field.REMAINDER: Right.OPEN_FILES,
    Field.LINES: Right.OPEN_FILES,
    Field.NEEDS: Right.OPEN_FILES,
    Field.RIGHTS: Right.OPEN_FILES,
}


@dataclass
class Look:
    """One person looking at one household; each part is fetched when a field first asks for it."""

    session: Session
    seal: Callable[[], Seal]
    """The seal is fetched only where an identity is read."""
    household_id: int
    stamp: Stamp

    @cached_property
    def household(self) -> Household:
        return register.get_household(self.session, self.household_id)

    @cached_property
    def card(self) -> register.Card:
        return register.card(self.session, self.household.card, self.today)

    @cached_property
    def file(self) -> File | None:
        return file_of(self.session, self.household_id)

    @cached_property
    def holder_id(self) -> int:
        return holder_id(self.session, self.household_id)

    @cached_property
    def identity(self) -> Identity:
        return read_identity(self.session, self.seal(), self.household_id, self.stamp, "card")

    @cached_property
    def decision(self) -> Decision | None:
        return latest_decision(self.session, self.household_id)

    @property
    def today(self) -> dt.date:
        return self.stamp.on


QUERIES: dict[Field, Callable[[Look], Any]] = {
    Field.CARD: lambda look: look.card.card,
    Field.PERSONS: lambda look: look.card.persons,
    Field.AGE_BANDS: lambda look: look.card.by_band,
    Field.EXCLUSIONS: lambda look: list(look.card.exclusions),
    Field.EQUIPMENT: lambda look: list(look.card.lacks),
    Field.CHANNEL: lambda look: look.card.channel,
    Field.ALLOWANCE: lambda look: look.card.monthly_cents,
    Field.VISITS: lambda look: look.card.visits_per_month,
    Field.PRICE: lambda look: look.card.price_percent,
    Field.EXPECTED: lambda look: look.card.expected,
    Field.LAST_CONTACT: lambda look: look.household.last_contact_on,
    Field.PEOPLE: lambda look: look.identity.people,
    Field.PHONE: lambda look: look.identity.phone,
    Field.ADDRESS: lambda look: look.identity.address,
    Field.CASE_NUMBER: lambda look: look.file and look.file.case_number,
    Field.HEARD: lambda look: look.file and look.file.heard,
    Field.HOUSING: lambda look: look.file and look.file.housing,
    Field.STATUS: lambda look: look.file and look.file.status,
    Field.REMAINDER: lambda look: look.decision and look.decision.remainder_cents,
    Field.LINES: lambda look: [(line.kind, line.cents) for line in look.decision.lines] if look.decision else [],
    Field.NEEDS: lambda look: [need.code for need in needs_of(look.session, look.household_id)],
    Field.RIGHTS: lambda look: looked_at(look.session, look.household_id),
}


def may_see(field: Field, rights: frozenset[Right], *, holds: bool) -> bool:
    """Whether these rights open a field; `holds` whether the file is theirs to open."""
    right = SEEN_WITH[field]
    return right in rights and (holds or right is not Right.OPEN_FILES)


def may_name_expected(who: Person, site_id: int, on: dt.date, today: dt.date) -> bool:
    """Whether the presence list of a site's session that day shows them names: that day or, to print it, the day
    before; who works at one site reads the list of that site alone."""
    of_the_day = on - TO_PRINT <= today <= on
    return of_the_day and Right.NAME_EXPECTED in who.rights and who.site_id in (None, site_id)


def seen(look: Look, rights: frozenset[Right], organisation_id: int) -> dict[str, Any]:
    """What a person of this partner with these rights sees; what they may not see has no place in it."""
    holds = Right.OPEN_FILES in rights and look.holder_id == organisation_id
    return {field.value: QUERIES[field](look) for field in Field if may_see(field, rights, holds=holds)}
