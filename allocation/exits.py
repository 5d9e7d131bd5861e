"""Where food goes that was left behind or can no longer be given, best use first.

The order is that of article L541-15-4 of the Environment Code: people, then animals, then compost; `destroyed`
comes last of all.
"""

from enum import StrEnum

from common.words import N_
from stock.ledger import Account


class Exit(StrEnum):
    """What becomes of food that was left behind."""

    RESTOCK = "restock"
    """Back to the shelf: only where the cold chain held and it never left the premises."""
    OTHER_HOUSEHOLD = "other_household"
    PARTNER = "partner"
    WORKSHOP = "workshop"
    ANIMALS = "animals"
    BIOWASTE = "biowaste"
    DESTROYED = "destroyed"


EXIT_NAMES = {
    Exit.RESTOCK: N_("Back to stock"),
    Exit.OTHER_HOUSEHOLD: N_("Another household"),
    Exit.PARTNER: N_("A partner"),
    Exit.WORKSHOP: N_("Cooking workshop"),
    Exit.ANIMALS: N_("Animals"),
    Exit.BIOWASTE: N_("Compost"),
    Exit.DESTROYED: N_("Destroyed"),
}

ACCOUNT_OF = {
    Exit.RESTOCK: Account.SHELF,
    Exit.OTHER_HOUSEHOLD: Account.SHELF,
    Exit.PARTNER: Account.PARTNER,
    Exit.WORKSHOP: Account.WORKSHOP,
    Exit.ANIMALS: Account.ANIMALS,
    Exit.BIOWASTE: Account.BIOWASTE,
    Exit.DESTROYED: Account.DESTROYED,
}
"""Food for another household stands free on its shelf until that household takes it."""

SAVED = frozenset({Exit.RESTOCK, Exit.OTHER_HOUSEHOLD, Exit.PARTNER, Exit.WORKSHOP})
"""Exits after which people can still eat it."""


class Reason(StrEnum):
    """Why something was left behind."""

    TASTE = "taste"
    ENOUGH = "enough"
    DIET = "diet"
    NO_EQUIPMENT = "no_equipment"
    CANNOT_COOK = "cannot_cook"
    SHORT_DATE = "short_date"
    LOOKS = "looks"
    TOO_HEAVY = "too_heavy"
    ABSENT = "absent"
    SURPLUS = "surplus"
    OTHER = "other"


REASON_NAMES = {
    Reason.TASTE: N_("Not to their taste"),
    Reason.ENOUGH: N_("Already has enough"),
    Reason.DIET: N_("Does not eat it"),
    Reason.NO_EQUIPMENT: N_("No equipment for it"),
    Reason.CANNOT_COOK: N_("Does not know how to cook it"),
    Reason.SHORT_DATE: N_("Date too short"),
    Reason.LOOKS: N_("Looks or quality"),
    Reason.TOO_HEAVY: N_("Too heavy or bulky"),
    Reason.ABSENT: N_("Did not come"),
    Reason.SURPLUS: N_("Too much of it"),
    Reason.OTHER: N_("Another reason"),
}

SAYS_NOTHING_OF_TASTE = frozenset({Reason.ABSENT, Reason.TOO_HEAVY, Reason.OTHER})
"""Reasons that do not count as dislike when acceptance is learnt."""
