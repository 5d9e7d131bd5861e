"""The made-up households look like those that food aid meets."""

import datetime as dt

import pytest

from api.demo.people import DemoHousehold, households
from households.composition import Composition, compose
from households.living_remainder import Proposal, living_remainder
from households.reference import scales
from households.vocabulary import CONTENTS, EQUIPMENT

TODAY = dt.date(2026, 11, 23)
NEW_YEAR = dt.date(2027, 1, 1)


def sizes(town: tuple[DemoHousehold, ...], today: dt.date = TODAY) -> list[Composition]:
    return [compose(household.people, today) for household in town]


def test_the_same_seed_and_day_give_the_same_households() -> None:
    assert households(7, TODAY) == households(7, TODAY)
    assert households(7, TODAY) != households(8, TODAY)


def test_the_shares_are_those_of_the_survey() -> None:
    town = sizes(households(7, TODAY))
    children = [sum(age < 18 for age in size.ages) for size in town]

    assert len(town) == 120
    assert sum(size.persons == 1 for size in town) == 44
    assert sum(n > 0 for n in children) == 68
    assert sum(n > 0 and size.persons - n == 1 for n, size in zip(children, town, strict=True)) == 40


@pytest.mark.parametrize("today", [TODAY, NEW_YEAR, dt.date(2028, 2, 29)])
def test_nobody_is_unborn_and_every_household_has_an_adult(today: dt.date) -> None:
    town = sizes(households(7, today), today)

    assert all(size.ages[0] >= 18 for size in town)
    assert not any(doubt.code in ("no_adult", "very_old") for size in town for doubt in size.doubts)


def test_what_they_leave_out_and_lack_is_on_the_lists() -> None:
    town = households(7, TODAY)

    assert {content for household in town for content in household.excludes} <= set(CONTENTS)
    assert {tool for household in town for tool in household.lacks} <= set(EQUIPMENT)
    assert 20 <= sum(bool(household.excludes) for household in town) <= 50


def test_only_those_who_come_to_the_shop_have_an_allowance() -> None:
    town = households(7, TODAY)

    assert {household.channel for household in town} == {"free", "shop"}
    assert all((h.channel == "shop") is (h.monthly_cents is not None) for h in town)


def test_everybody_is_admitted_today_after_they_asked() -> None:
    for household in households(7, TODAY):
        assert household.first_request_on < household.admitted_on <= TODAY < household.admitted_until
        assert household.admitted_until - household.admitted_on <= dt.timedelta(days=366)


def test_their_means_are_those_that_the_scale_helps() -> None:
    town = households(7, TODAY)
    scale = scales()[0]
    left = [living_remainder(h.lines, size, scale) for h, size in zip(town, sizes(town), strict=True)]

    assert {remainder.proposal for remainder in left} == {Proposal.URGENT, Proposal.ADMIT, Proposal.COMMITTEE}
    assert not [doubt for remainder in left for doubt in remainder.doubts]
