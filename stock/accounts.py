"""Where a quantity of a lot can stand, come from or end: the accounts of the ledger."""

from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Where a quantity can stand, come from or end."""

    OUTSIDE = "outside"
    """Donors: everything comes from there."""
    SHELF = "shelf"
    """Free to be promised."""
    RESERVED = "reserved"
    """Promised to a basket, still at its place."""
    QUARANTINE = "quarantine"
    """Blocked: not to be given."""
    TRANSIT = "transit"
    """Between two sites."""
    COUNT = "count"
    """Differences found by counting: it may owe or be owed."""
    REMADE = "remade"
    """Became another lot, or came from one, by splitting or freezing: it may owe or be owed."""
    GIVEN = "given"
    """Taken home by a household."""
    WORKSHOP = "workshop"
    PARTNER = "partner"
    """Given to a partner outside the network."""
    ANIMALS = "animals"
    BIOWASTE = "biowaste"
    DESTROYED = "destroyed"


PLACED = frozenset({Account.SHELF, Account.RESERVED, Account.QUARANTINE})
"""Accounts that stand at a place of a site."""
ON_HAND = PLACED | {Account.TRANSIT}
"""Accounts whose goods exist: they never fall below zero."""
EATEN = frozenset({Account.GIVEN, Account.WORKSHOP, Account.PARTNER})
LOST = frozenset({Account.ANIMALS, Account.BIOWASTE, Account.DESTROYED})
"""No longer food for people, in the order of L541-15-4 of the Environment Code: animals before compost."""
BOTTOMLESS = frozenset({Account.OUTSIDE, Account.COUNT, Account.REMADE})


@dataclass(frozen=True, order=True)
class Where:
    """An account, and its place where it has one."""

    account: Account
    place_id: int | None = None

    def __post_init__(self) -> None:
        if (self.account in PLACED) != (self.place_id is not None):
            raise ValueError(f"{self.account} with place {self.place_id}")


def shelf(place_id: int) -> Where:
    return Where(Account.SHELF, place_id)


def reserved(place_id: int) -> Where:
    return Where(Account.RESERVED, place_id)


def quarantined(place_id: int) -> Where:
    return Where(Account.QUARANTINE, place_id)


OUTSIDE = Where(Account.OUTSIDE)
TRANSIT = Where(Account.TRANSIT)
COUNTED = Where(Account.COUNT)
REMADE = Where(Account.REMADE)
GIVEN = Where(Account.GIVEN)


@dataclass(frozen=True, order=True)
class Standing:
    """What stands of a lot on one account at one place."""

    lot_id: int
    where: Where
    quantity: int
