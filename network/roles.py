"""Who may do what: the access matrix of the network, as data.

Source: the matrix agreed on in the partners' privacy rules (volunteers are not bound by professional secrecy, so
they see a card number, a size, exclusions and an allowance; only social workers open a file. Who stands at the door
reads the name on the presence list of the day, and nothing more).
"""

from enum import StrEnum

from common.words import N_


class Role(StrEnum):
    """What a person does in the network."""

    VOLUNTEER = "volunteer"
    DISTRIBUTION = "distribution"
    MANAGER = "manager"
    SOCIAL_WORKER = "social_worker"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"
    """Somebody outside food aid to whom needs are referred: a debt adviser, an energy counter."""


class Right(StrEnum):
    """Something a page or a resource asks for before it answers."""

    SEE_STOCK = "see_stock"
    WRITE_STOCK = "write_stock"
    SEE_CARDS = "see_cards"
    """Card number, size, exclusions, equipment, allowance left: never a name."""
    WRITE_CARDS = "write_cards"
    NAME_EXPECTED = "name_expected"
    """The name on the presence list of the day, to greet who comes: no other part of a file."""
    OPEN_FILES = "open_files"
    """Identity, resources, charges, reste à vivre."""
    RUN_SESSIONS = "run_sessions"
    MAKE_PLANS = "make_plans"
    MANAGE_DONORS = "manage_donors"
    """Register donors and write down what was agreed with them."""
    SETTLE_RECALLS = "settle_recalls"
    """Say whether a lot is concerned by a recall, free it or take it off the shelves."""
    CORRECT_STOCK = "correct_stock"
    """Bring the books to what a count found, free blocked goods, let a date be later than was written, freeze."""
    PRINT_LABELS = "print_labels"
    SET_UP_PRINTERS = "set_up_printers"
    """Say which stock is in a printer and how far it prints beside the mark: everybody's labels move with it."""
    MAKE_OUT_RECEIPTS = "make_out_receipts"
    """Certificates and tax receipts of the person's own partner, where that partner is entitled to."""
    SEE_REPORTS = "see_reports"
    MANAGE_ACCOUNTS = "manage_accounts"
    ANSWER_REFERRALS = "answer_referrals"
    """What households agreed to share with one's own partner, and nothing else."""
    COORDINATE = "coordinate"
    """What concerns all partners together: scales, multiple aid, the directory."""


ROLE_NAMES = {
    Role.VOLUNTEER: N_("Stockroom volunteer"),
    Role.DISTRIBUTION: N_("Distribution volunteer"),
    Role.MANAGER: N_("Grocery manager"),
    Role.SOCIAL_WORKER: N_("Social worker"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.PARTNER: N_("Referral partner"),
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VOLUNTEER: frozenset({Right.SEE_STOCK, Right.WRITE_STOCK, Right.PRINT_LABELS, Right.SEE_REPORTS}),
    Role.DISTRIBUTION: frozenset(
        {
            Right.SEE_STOCK,
            Right.SEE_CARDS,
            Right.NAME_EXPECTED,
            Right.RUN_SESSIONS,
            Right.PRINT_LABELS,
            Right.SEE_REPORTS,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Right.SEE_STOCK,
            Right.WRITE_STOCK,
            Right.SEE_CARDS,
            Right.RUN_SESSIONS,
            Right.MAKE_PLANS,
            Right.SETTLE_RECALLS,
            Right.CORRECT_STOCK,
            Right.MANAGE_DONORS,
            Right.PRINT_LABELS,
            Right.MAKE_OUT_RECEIPTS,
            Right.SET_UP_PRINTERS,
            Right.SEE_REPORTS,
        }
    ),
    Role.SOCIAL_WORKER: frozenset(
        {
            Right.SEE_STOCK,
            Right.SEE_CARDS,
            Right.WRITE_CARDS,
            Right.OPEN_FILES,
            Right.ANSWER_REFERRALS,
            Right.SEE_REPORTS,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Right.SEE_STOCK,
            Right.WRITE_STOCK,
            Right.SEE_CARDS,
            Right.MAKE_PLANS,
            Right.SETTLE_RECALLS,
            Right.CORRECT_STOCK,
            Right.MANAGE_DONORS,
            Right.PRINT_LABELS,
            Right.MAKE_OUT_RECEIPTS,
            Right.SET_UP_PRINTERS,
            Right.SEE_REPORTS,
            Right.COORDINATE,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Right.SEE_STOCK, Right.WRITE_STOCK, Right.SEE_REPORTS, Right.MANAGE_ACCOUNTS}),
    Role.PARTNER: frozenset({Right.ANSWER_REFERRALS, Right.SEE_REPORTS}),
}
