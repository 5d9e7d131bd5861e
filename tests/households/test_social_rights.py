"""Rights a household may have: looked at, dated, counted, told to the household and forgotten with it."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from households import privacy, social_rights
from households.held import everything_held
from households.indicators import indicators
from households.register import NotOnTheList
from households.sealing import Seal
from households.social_rights import BadRightDay, Looked
from households.tables import RightLooked
from network.tables import AuditEntry
from tests.households.people import FAMILY
from tests.households.test_files import Two


def test_a_right_moves_from_asked_to_opened_each_on_its_day_and_is_written_down_once(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        who, today = two.family.id, two.stamp.on
        month_ago = today - dt.timedelta(days=30)
        for _ in range(2):
            social_rights.note(session, who, "health_cover", "asked", month_ago, two.stamp)
        assert social_rights.looked_at(session, who) == [Looked("health_cover", "asked", month_ago)]

        social_rights.note(session, who, "health_cover", "opened", month_ago, two.stamp)

        assert social_rights.looked_at(session, who) == [Looked("health_cover", "opened", today)]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "household.right")).all()
        assert [entry.detail["state"] for entry in entries] == ["asked", "opened"]
        for code, state in (("astrology", "asked"), ("health_cover", "perhaps")):
            with pytest.raises(NotOnTheList):
                social_rights.note(session, who, code, state, None, two.stamp)
        for day in (today + dt.timedelta(days=1), today - dt.timedelta(days=367)):
            with pytest.raises(BadRightDay):
                social_rights.note(session, who, "energy_cheque", "opened", day, two.stamp)


def test_opened_rights_count_by_period_and_partner_and_go_when_the_household_is_forgotten(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        who, today = two.family.id, two.stamp.on
        other = two.register(FAMILY, two.there).id
        social_rights.note(session, who, "health_cover", "opened", today, two.stamp)
        social_rights.note(session, who, "housing_aid", "opened", today, two.stamp)
        social_rights.note(session, who, "energy_cheque", "asked", today, two.stamp)
        social_rights.note(session, other, "health_cover", "opened", today - dt.timedelta(days=40), two.stamp)

        town, there = indicators(session, today, today), indicators(session, today, today, two.there)
        earlier = indicators(session, today - dt.timedelta(days=50), today, two.there)
        held = everything_held(session, seal, who, two.stamp)
        privacy.forget(session, who, two.stamp)

        assert (town.rights_opened, town.opened_by_right) == (1, {"health_cover": 1, "housing_aid": 1})
        assert (there.rights_opened, earlier.opened_by_right) == (0, {"health_cover": 1})
        assert (town.outward().rights_opened, town.outward().opened_by_right["housing_aid"]) == (None, None)
        assert {(right["code"], right["state"]) for right in held.rights} == {
            ("health_cover", "opened"), ("housing_aid", "opened"), ("energy_cheque", "asked"),
        }  # fmt: skip
        assert session.scalar(select(func.count()).where(RightLooked.household_id == who)) == 0
