"""The access matrix, said a second time, for every role and every field."""

import datetime as dt

import pytest

from common.clock import Clock
from common.database import Database
from households.files import register_file
from households.sealing import Seal
from households.seen import QUERIES, SEEN_WITH, Field, Look, may_name_expected, may_see, seen
from network.accounts import Person, Role
from network.partners import add_organisation
from network.roles import RIGHTS
from tests.households.people import FAMILY, place, situation
from tests.small_town import FRIDAY, build

CARD = {
    "card", "persons", "age_bands", "exclusions", "equipment_missing", "channel", "monthly_cents", "expected",
    "last_contact_on", "visits_per_month", "price_percent",
}  # fmt: skip
FILE = {
    "people", "phone", "address", "case_number", "heard", "housing", "status", "remainder_cents", "lines", "needs",
    "rights",
}  # fmt: skip
MATRIX: dict[Role, set[str]] = {
    Role.VOLUNTEER: set(),
    Role.DISTRIBUTION: CARD,
    Role.MANAGER: CARD,
    Role.SOCIAL_WORKER: CARD | FILE,
    Role.COORDINATOR: CARD,
    Role.ADMINISTRATOR: set(),
    Role.PARTNER: set(),
}


def test_every_field_has_its_right_and_its_query() -> None:
    assert SEEN_WITH.keys() == QUERIES.keys() == set(Field)


@pytest.mark.parametrize("field", Field)
@pytest.mark.parametrize("role", Role)
def test_a_role_sees_a_field_as_the_matrix_says(role: Role, field: Field) -> None:
    assert may_see(field, RIGHTS[role], holds=True) == (field in MATRIX[role])
    assert may_see(field, RIGHTS[role], holds=False) == (field in MATRIX[role] & CARD)


def _at(role: Role, site_id: int | None) -> Person:
    return Person(1, "Camille", "camille", role, 1, "Centre social", site_id, None, "fr", RIGHTS[role])


def test_the_presence_list_names_people_for_the_door_of_its_site_on_the_day_and_the_day_before() -> None:
    days = [FRIDAY + dt.timedelta(days=n) for n in (-2, -1, 0, 1)]

    for site_id, said in ((None, True), (3, True), (4, False)):
        who = _at(Role.DISTRIBUTION, site_id)
        assert [may_name_expected(who, 3, FRIDAY, today) for today in days] == [False, said, said, False]
    assert {role for role in Role if may_name_expected(_at(role, None), 3, FRIDAY, FRIDAY)} == {Role.DISTRIBUTION}


def test_what_a_role_may_not_see_is_not_even_asked_of_the_database(
    database: Database, seal: Seal, clock: Clock
) -> None:
    town = build(database, clock)
    with database.writing() as session:
        other = add_organisation(session, "Ailleurs", "association").id
        household = register_file(
            session,
            seal,
            identity=FAMILY,
            situation=situation(town.organisation_id, "wages"),
            place=place(town.organisation_id, town.site_id),
            holder_id=town.organisation_id,
            stamp=clock.stamp(),
        )
        for role, fields in MATRIX.items():
            for partner, expected in ((town.organisation_id, fields), (other, fields & CARD)):
                look = Look(session, lambda: seal, household.id, clock.stamp())
                assert seen(look, RIGHTS[role], partner).keys() == expected
                assert ("identity" in vars(look)) == ("people" in expected)
