"""The places of the house each role goes to, in the order of its work."""

from dataclasses import dataclass

from common.words import N_, Words
from network.accounts import Person
from network.roles import Right, Role


@dataclass(frozen=True)
class Place:
    """A page of the rail (laptop) or of the bottom bar (phone, the first four)."""

    href: str
    label: str
    icon: str
    right: Right
    current: bool = False


INTAKE = Place("/intake", N_("Intake"), "scan", Right.WRITE_STOCK)
STOCK = Place("/stock", N_("Stock"), "shelf", Right.SEE_STOCK)
AT_RISK = Place("/at-risk", N_("To save"), "warn", Right.SEE_STOCK)
SESSIONS = Place("/sessions", N_("Sessions"), "session", Right.SEE_CARDS)
RECALLS = Place("/recalls", N_("Recalls"), "ban", Right.SEE_STOCK)
DONORS = Place("/donors", N_("Donors"), "truck", Right.SEE_STOCK)
CATALOGUE = Place("/catalogue", N_("Catalogue"), "table", Right.SEE_STOCK)
LABELS = Place("/labels", N_("Labels"), "label", Right.PRINT_LABELS)
ORDERS = Place("/orders", N_("Goals"), "scale", Right.MAKE_PLANS)
WASTE = Place("/waste", N_("Waste"), "leaf", Right.SEE_REPORTS)
HOUSEHOLDS = Place("/households", N_("Households"), "people", Right.SEE_CARDS)
REFERRALS = Place("/referrals", N_("Referrals"), "people", Right.ANSWER_REFERRALS)
ACCOUNTS = Place("/accounts", N_("Accounts"), "key", Right.MANAGE_ACCOUNTS)

ORDER = {
    Role.VOLUNTEER: (INTAKE, STOCK, LABELS, WASTE, CATALOGUE),
    Role.DISTRIBUTION: (SESSIONS, STOCK, LABELS, WASTE, HOUSEHOLDS),
    Role.MANAGER: (AT_RISK, SESSIONS, INTAKE, STOCK, RECALLS, LABELS, WASTE, HOUSEHOLDS, DONORS, CATALOGUE),
    Role.SOCIAL_WORKER: (HOUSEHOLDS, SESSIONS, STOCK, WASTE),
    Role.COORDINATOR: (WASTE, AT_RISK, SESSIONS, STOCK, RECALLS, INTAKE, LABELS, HOUSEHOLDS, ORDERS, DONORS, CATALOGUE),
    Role.ADMINISTRATOR: (ACCOUNTS, STOCK, WASTE, INTAKE, CATALOGUE),
    Role.PARTNER: (REFERRALS, WASTE),
}


def places(person: Person, path: str, words: Words) -> list[Place]:
    """This person's places, with the one they are at marked."""
    return [
        Place(p.href, words.text(p.label), p.icon, p.right, path == p.href or path.startswith(p.href + "/"))
        for p in ORDER[person.role]
    ]
