import datetime as dt

import pytest

from allocation import published, returns
from allocation.alerts import alerts
from allocation.lessons import lessons
from allocation.published import CrossesPublished
from allocation.returned import Return
from allocation.returned_people import SUMS
from allocation.scope import scope
from allocation.small_cells import LEAST
from common.clock import Clock
from common.database import Database
from households.tables import Household, Member
from stock.ledger import EATEN, Account, standings
from stock.tables import Lot
from tests import a_day
from tests.databases import Furnish
from tests.small_town import FRIDAY, Town

SINCE = FRIDAY - dt.timedelta(days=7)


@pytest.fixture
def standing() -> Furnish:
    return a_day.lived


def test_a_return_counts_people_by_age_and_goods_as_the_ledger_has_them(database: Database, town: Town) -> None:
    with database.reading() as session:
        made = returns.make_return(session, scope(session, SINCE, FRIDAY))
        eaten = sum(
            s.quantity * session.get_one(Lot, s.lot_id).grams_each for s in standings(session, accounts=sorted(EATEN))
        )
        received = -sum(
            s.quantity * session.get_one(Lot, s.lot_id).grams_each
            for s in standings(session, accounts=[Account.OUTSIDE])
        )

    assert made.value("households_enrolled") == made.value("households_new") == 4
    assert (made.value("people_total"), made.value("people_under_18"), made.value("people_65_and_over")) == (8, 3, 1)
    assert made.value("stock_books") == made.value("stock_shelves")
    assert (made.value("received_donation"), made.value("distributed_donation")) == (received, eaten)
    assert (made.value("emco09"), made.value("emco11")) == (0, 0)


def test_a_return_tells_kinds_incomes_and_housing_of_every_household(database: Database, town: Town) -> None:
    with database.reading() as session:
        made = returns.make_return(session, scope(session, SINCE, FRIDAY))

    sums = {s.code: sum(x.value for x in s.lines) for s in made.sections}
    assert sums["kinds"] == sums["incomes"] == sums["housing"] == made.value("households_enrolled")
    assert sums["endings"] == made.value("households_ended")


def test_few_people_are_not_told_outside_the_network(database: Database, town: Town) -> None:
    with database.reading() as session:
        made = returns.make_return(session, scope(session, SINCE, FRIDAY))

    kept_back = published.withheld(made)
    assert {"households_enrolled", "people_65_and_over", "people_under_18"} <= kept_back
    assert not kept_back & {"people_total", "received", "distributed", "meals", "households_ended"}


def test_sex_is_counted_as_it_was_said_and_small_counts_of_it_stay_inside(database: Database, town: Town) -> None:
    with database.writing() as session:
        session.get_one(Household, town.household_ids[0]).members[0].sex = "woman"
        session.flush()
        made = returns.make_return(session, scope(session, SINCE, FRIDAY))

    women, men, unsaid = (made.value(f"people_{what}") for what in ("women", "men", "sex_not_asked"))
    assert (women, men, unsaid) == (1, 0, 7)
    assert made.value("people_65_and_over_women") == 1
    counts = made.of_people()
    assert all(counts[total] == sum(counts[part] for part in parts) for total, parts in SUMS)
    hidden = published.withheld(made)
    assert {"people_women", "people_sex_not_asked", "people_65_and_over_women"} <= hidden
    assert {code for code in counts if code.startswith("people_") and 0 < counts[code] < LEAST} <= hidden
    assert "people_total" not in hidden


def test_published_periods_lie_apart_or_within_one_another_and_together_tell_of_no_few_people(
    database: Database, clock: Clock, town: Town
) -> None:
    stamp, days = clock.stamp(), dt.timedelta(days=1)

    def made(since: dt.date, until: dt.date) -> Return:
        return returns.make_return(session, scope(session, since, until))

    with database.writing() as session:
        week = made(SINCE, FRIDAY)
        number = published.publish(session, week, None, stamp)
        for since, until in ((SINCE - days, FRIDAY - days), (SINCE + days, FRIDAY + days)):
            with pytest.raises(CrossesPublished):
                published.publish(session, made(since, until), None, stamp)
        member = session.get_one(Household, town.household_ids[0]).members[0]
        member.household.members.append(Member(birth_year=1980, sex="unsaid"))
        session.flush()
        around = made(SINCE - 7 * days, FRIDAY)
        published.publish(session, around, None, stamp)
        within, apart = made(SINCE + days, FRIDAY - days), made(FRIDAY + days, FRIDAY + 7 * days)
        published.publish(session, within, None, stamp)
        published.publish(session, apart, None, stamp)

    assert (around.value("people_total"), week.value("people_total")) == (9, 8)
    assert "people_total" in published.withheld(around), "it would tell that one person came"
    assert published.withheld(week) <= published.withheld(around)
    with database.reading() as session:
        assert published.published_return(session, number) == week
        assert len(published.published(session)) == 4


def test_a_period_that_crosses_one_of_another_partner_is_told_of_and_not_refused(
    database: Database, town: Town, clock: Clock
) -> None:
    day, stamp, mine = dt.timedelta(days=1), clock.stamp(), town.organisation_id
    with database.writing() as session:
        for partner in (mine, None):
            published.publish(session, returns.make_return(session, scope(session, SINCE, FRIDAY)), partner, stamp)

        crossing = published.crossed_elsewhere(session, SINCE + day, FRIDAY + day, mine)
        alike = published.crossed_elsewhere(session, SINCE, FRIDAY, mine)
        apart = published.crossed_elsewhere(session, FRIDAY + day, FRIDAY + 8 * day, mine)

    assert [(one.id, one.partner) for one in crossing] == [(2, "")]
    assert (alike, apart) == ([], [])


def test_everybody_has_an_age_however_late_the_day(database: Database, town: Town) -> None:
    with database.reading() as session:
        made = returns.make_return(session, scope(session, SINCE, dt.date(2999, 12, 31)))

    assert made.value("people_65_and_over") == made.value("people_total") > 0


def test_partners_add_up_to_the_network_and_what_was_published_stays(
    database: Database, clock: Clock, town: Town
) -> None:
    with database.writing() as session:
        whole = returns.make_return(session, scope(session, SINCE, FRIDAY))
        one = returns.make_return(
            session, scope(session, SINCE, FRIDAY, partner_id=town.organisation_id), town.organisation_id
        )
        number = published.publish(session, one, town.organisation_id, clock.stamp())
        session.get_one(Household, town.household_ids[0]).ended_on = SINCE
    with database.reading() as session:
        kept = published.published_return(session, number)
        now = returns.make_return(session, scope(session, SINCE, FRIDAY))
        listed = published.published(session)

    assert one.sections == whole.sections
    assert (kept, kept.partner) == (one, "Centre social")
    assert now.value("households_enrolled") == kept.value("households_enrolled") - 1
    assert [(sent.id, sent.partner) for sent in listed] == [(number, "Centre social")]


def test_food_that_only_comes_too_late_is_told_and_homes_with_one_visit_are_left_alone(
    database: Database, town: Town, today: dt.date
) -> None:
    with database.reading() as session:
        found = alerts(session, today)

    at_risk = {row.product for rescue in found.rescues for row in rescue.lots}
    assert at_risk <= {"Yaourt nature 4 × 125 g"}
    assert (found.donors, found.households) == ([], [])


def test_what_was_learnt_counts_taste_and_not_absence(database: Database, town: Town, today: dt.date) -> None:
    with database.reading() as session:
        told = lessons(session, today)

    assert sum(group.left for group in told.groups) == 1
    assert told.products == []
