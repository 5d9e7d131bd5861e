"""A partner with one person of each role."""

import datetime as dt
from collections.abc import Callable

import pytest

from common.clock import Clock, Stamp
from common.database import Database
from network.accounts import Person, create_account, sign_in, who_is
from network.partners import add_organisation, add_site
from network.roles import Role

PASSWORD = "bonne volonté"
DAY = dt.timedelta(hours=12)


@pytest.fixture
def people(database: Database) -> dict[Role, int]:
    """The number of each role's account; their login is the name of the role."""
    with database.writing() as session:
        organisation = add_organisation(session, "Centre social", "municipal_social_centre")
        site = add_site(session, organisation.id, "CENTRE", "Rue Haute")
        return {
            role: create_account(
                session,
                organisation_id=organisation.id,
                site_id=site.id,
                login=role.value,
                name=f"Camille ({role.value})",
                role=role,
                password=PASSWORD,
            ).id
            for role in Role
        }


@pytest.fixture
def enter(database: Database, clock: Clock, people: dict[Role, int]) -> Callable[..., str]:
    """Sign in and get the secret; `after` is how long after nine o'clock."""

    def enter_now(
        login: str = "manager", password: str = PASSWORD, after: dt.timedelta = dt.timedelta(), device: str = "tablet"
    ) -> str:
        now = clock.now() + after
        token, _ = sign_in(database, login, password, device, Stamp(now, now.date()), DAY)
        return token

    return enter_now


@pytest.fixture
def known(database: Database, clock: Clock) -> Callable[..., Person | None]:
    """Who is behind a secret, some time after nine o'clock."""

    def ask(token: str, after: dt.timedelta = dt.timedelta()) -> Person | None:
        with database.reading() as session:
            return who_is(session, token, now=clock.now() + after, lasting=DAY)

    return ask
