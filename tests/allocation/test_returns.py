import datetime as dt

import pytest

from allocation import returns
from allocation.alerts import alerts
from allocation.lessons import lessons
from allocation.scope import scope
from common.clock import Clock
from common.database import Database
from households.tables import Household
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

    kept_back = returns.withheld(made)
    assert {"households_enrolled", "people_65_and_over", "people_under_18"} <= kept_back
    assert not kept_back & {"people_total", "received", "distributed", "meals", "households_ended"}


def test_sex_is_counted_as_it_was_said_and_small_counts_of_it_stay_inside(database: Database, town: Town) -> None:
    with database.writing() as session:
        session.get_one(Household, town.household_ids[0]).members[0].sex = "woman"
        session.flush()
        made = returns.make_return(session, scope(session, SINCE, FRIDAY))

    women, men, unsaid = (made.value(f"people_{what}") for what in ("women", "men", "sex_not_asked"))
    assert (women, men, unsaid) == (1, 0, 7)
    assert {"people_women", "people_sex_not_asked"} <= returns.withheld(made)
    assert "people_total" not in returns.withheld(made)


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
        number = returns.publish(session, one, town.organisation_id, clock.stamp())
        session.get_one(Household, town.household_ids[0]).ended_on = SINCE
    with database.reading() as session:
        kept = returns.published_return(session, number)
        now = returns.make_return(session, scope(session, SINCE, FRIDAY))
        listed = returns.published(session)

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
