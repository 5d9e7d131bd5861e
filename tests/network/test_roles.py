"""Who may do what is the matrix the partners agreed on."""

import pytest

from network.roles import RIGHTS, ROLE_NAMES, Right, Role

STOCK = (Right.SEE_STOCK, Right.WRITE_STOCK)
CARDS = (Right.SEE_CARDS, Right.WRITE_CARDS)
FILES = (Right.OPEN_FILES, Right.OPEN_FILES)
REPORTS = (Right.SEE_REPORTS, None)

MATRIX = {
    Role.VOLUNTEER: ("rw", "-", "-", "r"),
    Role.DISTRIBUTION: ("r", "r", "-", "r"),
    Role.MANAGER: ("rw", "r", "-", "r"),
    Role.SOCIAL_WORKER: ("r", "rw", "rw", "r"),
    Role.COORDINATOR: ("rw", "r", "-", "r"),
    Role.ADMINISTRATOR: ("rw", "-", "-", "r"),
    Role.PARTNER: ("-", "-", "-", "r"),
}
"""Stock, cards, files and reports, to read and to write."""


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_and_writes_what_the_matrix_says(role: Role) -> None:
    asked = (STOCK, CARDS, FILES, REPORTS)

    for said, (read, write) in zip(MATRIX[role], asked, strict=True):
        assert (read in RIGHTS[role]) == ("r" in said)
        assert write is None or (write in RIGHTS[role]) == ("w" in said)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.OPEN_FILES, {Role.SOCIAL_WORKER}),
        (Right.NAME_EXPECTED, {Role.DISTRIBUTION}),
        (Right.MANAGE_ACCOUNTS, {Role.ADMINISTRATOR}),
        (Right.ANSWER_REFERRALS, {Role.SOCIAL_WORKER, Role.PARTNER}),
        (Right.COORDINATE, {Role.COORDINATOR}),
        (Right.MAKE_PLANS, {Role.MANAGER, Role.COORDINATOR}),
        (Right.RUN_SESSIONS, {Role.DISTRIBUTION, Role.MANAGER}),
    ],
)
def test_a_right_that_weighs_is_given_to_few(right: Right, roles: set[Role]) -> None:
    assert {role for role in Role if right in RIGHTS[role]} == roles


def test_every_role_has_a_name_and_every_right_a_holder() -> None:
    assert ROLE_NAMES.keys() == RIGHTS.keys() == set(Role)
    assert frozenset[Right]().union(*RIGHTS.values()) == set(Right)
