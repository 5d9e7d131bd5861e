"""A basket its household does not fetch: who may come instead, until when, and the stop it is brought to."""

import datetime as dt
from dataclasses import replace

import pytest

from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from households import pickup, privacy
from households.held import everything_held
from households.pickup import Authorised, BadEnd, BadInitials, BadStop, Brought, NotAgreed, initials_of
from households.sealing import Seal
from tests.households.people import FAMILY
from tests.households.test_files import Two


def test_somebody_may_fetch_a_basket_up_to_the_last_day_or_until_the_household_withdraws(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        who, today, last = two.family.id, two.stamp.on, two.stamp.on + dt.timedelta(days=30)
        first = pickup.authorise(session, who, "m. d.", last, two.stamp, agreed=True)
        other = pickup.authorise(session, who, "KB", last, two.stamp, agreed=True)
        pickup.withdraw(session, who, other, two.stamp)
        pickup.withdraw(session, who, other, two.stamp)

        assert pickup.authorised(session, [who], last) == {who: [Authorised(first, "MD", today, last)]}
        assert pickup.authorised(session, [who], last + dt.timedelta(days=1)) == {}
        held = everything_held(session, seal, who, two.stamp)
        assert [(p["initials"], p["withdrawn_on"]) for p in held.proxies] == [("MD", None), ("KB", today)]
        with pytest.raises(NotFound):
            pickup.withdraw(session, two.register(FAMILY, two.there).id, first, two.stamp)


def test_a_basket_is_brought_until_they_come_again_and_forgotten_with_them(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        who, last = two.family.id, two.stamp.on + dt.timedelta(days=90)
        pickup.bring(session, who, 7, last, two.stamp)
        pickup.bring(session, who, 2, last, two.stamp)
        assert pickup.brought(session, [who], last) == {who: Brought(2, last)}
        assert pickup.brought(session, [who], last + dt.timedelta(days=1)) == {}

        pickup.stop_bringing(session, who, two.stamp)
        assert pickup.brought(session, [who], last) == {}

        pickup.bring(session, who, 2, last, two.stamp)
        pickup.authorise(session, who, "MD", last, two.stamp, agreed=True)
        privacy.forget(session, who, replace(two.stamp, on=last))
        assert pickup.brought(session, [who], last) == pickup.authorised(session, [who], last) == {}


def test_what_is_not_agreed_endless_or_unreadable_is_refused(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        who, today = two.family.id, two.stamp.on

        with pytest.raises(NotAgreed):
            pickup.authorise(session, who, "MD", today, two.stamp, agreed=False)
        for until in (None, today - dt.timedelta(days=1), today + dt.timedelta(days=367)):
            with pytest.raises(BadEnd):
                pickup.authorise(session, who, "MD", until, two.stamp, agreed=True)
        with pytest.raises(BadStop):
            pickup.bring(session, who, 0, today, two.stamp)


@pytest.mark.parametrize("typed", ["", " . ", "Martin", "M1"])
def test_initials_are_a_few_letters(typed: str) -> None:
    with pytest.raises(BadInitials):
        initials_of(typed)
