"""What a decision grants binds: invitations, plans and the till keep to it, month by month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import calendar, choice, handover, till
from allocation.entitled import at_programme_rates, month_of, rate_for, usual_guests
from allocation.instance import Expected, Guest, Rules, WeighedGroup, instance_of
from allocation.propose import planned_price, problem_for, problem_of_visit
from allocation.sessions import expect, expect_usual, plan_session
from allocation.tables import DistributionSession, Visit
from common.clock import Clock, Stamp
from common.database import Database
from households.feeding import GroupFacts, Received
from households.tables import Household
from stock.reference import Source, sources
from stock.tables import Lot
from tests import small_town
from tests.small_town import MILK, Arrival, Town

TUESDAY = 1
DECEMBER = dt.date(2026, 12, 1)
"""A Tuesday: five of them before the new year."""


def _invited(session: Session, household_id: int) -> list[dt.date]:
    query = select(DistributionSession.on).join(Visit).where(Visit.household_id == household_id)
    return list(session.scalars(query.where(DistributionSession.on >= DECEMBER).order_by(DistributionSession.on)))


@given(st.integers(0, 2000), st.integers(1, 1500), st.booleans(), st.integers(0, 12), st.sampled_from(sources()))
@example(279, 1, False, 4, sources()[0])
def test_what_is_planned_is_never_dearer_at_the_till_and_a_cent_a_portion_cheaper_at_most(
    value: int, portion: int, weighed: bool, portions: int, source: Source
) -> None:
    lot = Lot(value_cents=value, portion=portion, measure="gram" if weighed else "unit", source=source.code)

    planned = portions * planned_price(lot, source.max_price_rate)

    _, due = till.prices(lot, portions * portion, None)
    assert due <= planned
    assert planned <= due + portions + 2


@pytest.mark.parametrize(
    ("granted", "days"),
    [(1, [1, 5]), (2, [1, 22, 5]), (3, [1, 15, 22, 5]), (4, [1, 8, 22, 29, 5]), (5, [1, 8, 15, 22, 29, 5])],
)
def test_who_may_come_so_often_a_month_is_invited_so_often_and_again_in_the_next(
    database: Database, clock: Clock, town: Town, granted: int, days: list[int]
) -> None:
    limited, free = town.household_ids[:2]
    stamp = clock.stamp()
    with database.writing() as session:
        session.get_one(Household, limited).visits_per_month = granted
        calendar.add_opening(session, site_id=town.site_id, channel="free", weekday=TUESDAY, stamp=stamp)
        calendar.fill(session, stamp, until=dt.date(2027, 1, 5))
        invited = _invited(session, limited)
        always = _invited(session, free)

    assert [on.day for on in invited] == days
    assert [on.day for on in always] == [1, 8, 15, 22, 29, 5]


def test_a_missed_visit_may_be_made_up_for_and_the_last_day_of_a_month_is_not_the_next(
    database: Database, clock: Clock, town: Town
) -> None:
    """The town's own session is on 27 November."""
    once = town.household_ids[0]
    with database.writing() as session:
        session.get_one(Household, once).visits_per_month = 1
        last = plan_session(session, town.site_id, dt.date(2026, 11, 30), "free")
        assert once not in session.scalars(usual_guests(last)).all()
        first = plan_session(session, town.site_id, DECEMBER, "free")
        assert once in session.scalars(usual_guests(first)).all()
        visit = session.scalars(select(Visit).where(Visit.household_id == once)).one()
        visit.state = "absent"
        session.flush()
        assert once in {v.household_id for v in expect_usual(session, last)}
        month = month_of(session, session.get_one(Household, once), last.on)

    assert (month.entitled, month.made, month.coming, month.over) == (1, 0, 1, False)


def test_more_visits_than_granted_are_told(database: Database, clock: Clock, town: Town) -> None:
    once = town.household_ids[0]
    with database.writing() as session:
        last = plan_session(session, town.site_id, dt.date(2026, 11, 30), "free")
        expect(session, last.id, [once])
        household = session.get_one(Household, once)
        household.visits_per_month = 1

        assert month_of(session, household, last.on).over
        assert not month_of(session, household, DECEMBER).over


def test_who_comes_less_often_takes_more_home_and_all_the_visits_to_come_share_the_month(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    twice, _, usual, _ = town.household_ids
    with database.writing() as session:
        for id_ in (twice, usual):
            session.get_one(Household, id_).monthly_cents = 3000
        before = problem_for(session, town.session_id, clock.today())
        aside = plan_session(session, town.site_id, dt.date(2026, 11, 30), "shop")
        expect(session, aside.id, [twice])
        aside.state = "confirmed"
        session.get_one(Household, twice).visits_per_month = 2
        after = problem_for(session, town.session_id, clock.today())
        card = session.get_one(Household, twice).card

    (was,), (now,) = ([v for v in p.visits if v.household == card] for p in (before, after))
    assert (was.budget_cents, now.budget_cents) == (3000, 1500)
    assert now.need["fruit_veg"] > was.need["fruit_veg"]
    assert [v for v in before.visits if v.household != card] == [v for v in after.visits if v.household != card]


def test_a_plan_knows_what_is_still_at_home() -> None:
    oil = WeighedGroup(GroupFacts("oil", 20, 40, keep_days=60, cap_factor=Decimal("1.4")), 1.0)
    bread = WeighedGroup(GroupFacts("bread", 120, 240, keep_days=3, cap_factor=Decimal("1.5")), 1.0)
    today = dt.date(2026, 11, 23)
    received = tuple(Received(group, today - dt.timedelta(days=10), 500) for group in ("oil", "bread"))
    guest = replace(_guest([today], left=100), received=received)

    planned = instance_of("small", today, [oil, bread], [guest], [], Rules())

    assert planned.households[0].had == {"oil": 300}
    assert planned.visits[0].need["oil"] == 900


def _budgets(days: Sequence[dt.date], today: dt.date, left: int, granted: int | None = None) -> dict[dt.date, int]:
    """What the plan of that day lets each of these visits spend of 3,000 cents a month, a fortnight ahead."""
    ahead = [on for on in days if today <= on <= today + dt.timedelta(days=13)]
    guest = replace(_guest(ahead, left), visits_per_month=granted, later=tuple(on for on in days if on > ahead[-1]))
    planned = instance_of("small", today, [], [guest], [], Rules())
    return {visit.date: visit.budget_cents or 0 for visit in planned.visits}


def _guest(days: Sequence[dt.date], left: int) -> Guest:
    return Guest(
        card="7K3M9QXZ4",
        adult_equivalents=Decimal(1),
        excludes=(),
        lacks=(),
        infant=False,
        carry_grams=9000,
        channel="shop",
        monthly_cents=3000,
        visits=tuple(Expected(on.isoformat(), "S", on) for on in days),
        received=(),
        left_cents=left,
    )


@pytest.mark.parametrize(
    ("on", "granted", "budget"),
    [
        (dt.date(2026, 11, 23), None, 50),  # the 30th is still to come, though it is in no calendar yet
        (dt.date(2026, 11, 24), None, 100),
        (dt.date(2026, 11, 30), None, 100),
        (DECEMBER, None, 600),  # five Tuesdays
        (DECEMBER + dt.timedelta(days=3), None, 750),  # four Fridays
        (DECEMBER, 2, 1500),
        (DECEMBER, 1, 3000),
    ],
)
def test_a_visit_may_spend_its_part_of_what_is_left_of_its_month(on: dt.date, granted: int | None, budget: int) -> None:
    assert _budgets([on], dt.date(2026, 11, 23), left=100, granted=granted) == {on: budget}


@given(
    days=st.sets(st.dates(dt.date(2026, 10, 29), dt.date(2027, 1, 2)), min_size=1, max_size=16).map(sorted),
    granted=st.none() | st.integers(1, 5),
    shares=st.lists(st.integers(0, 100), min_size=16, max_size=16),
)
@example(
    days=[dt.date(2026, 10, 31), dt.date(2026, 11, 1), dt.date(2026, 11, 30), DECEMBER], granted=None, shares=[100] * 16
)
def test_the_visits_of_a_month_never_spend_more_than_its_allowance(
    days: list[dt.date], granted: int | None, shares: list[int]
) -> None:
    left: dict[int, int] = defaultdict(lambda: 3000)
    for today, share in zip(days, shares, strict=False):
        budgets = _budgets(days, today, left[today.month], granted)
        for month in {on.month for on in budgets}:
            assert sum(cents for on, cents in budgets.items() if on.month == month) <= left[month]
        if today.day >= 25 and max(on for on in days if on.month == today.month) == today:
            assert budgets[today] == left[today.month], "the last visit of a month may spend all that is left"
        left[today.month] -= budgets[today] * share // 100

    assert min(left.values()) >= 0


@pytest.mark.parametrize(
    ("programme", "granted", "pays"),
    [("0.30", None, "0.30"), ("0.30", 10, "0.10"), ("0.10", 20, "0.10"), ("0.20", 0, "0")],
)
def test_a_household_pays_its_own_share_but_never_more_than_the_programme_allows(
    programme: str, granted: int | None, pays: str
) -> None:
    assert rate_for(Decimal(programme), granted) == Decimal(pays)


def test_a_lower_share_buys_more_at_the_programmes_prices_and_no_share_has_no_limit() -> None:
    assert at_programme_rates(2000, 10, Decimal("0.30")) == 6000
    assert at_programme_rates(2000, 20, Decimal("0.10")) == 2000
    assert at_programme_rates(2000, None, Decimal("0.30")) == 2000
    assert at_programme_rates(2000, 0, Decimal("0.30")) is None
    assert at_programme_rates(None, None, Decimal("0.30")) is None


def test_the_till_asks_for_the_share_that_was_granted_and_the_month_ends_at_midnight(
    database: Database, clock: Clock, town: Town
) -> None:
    """Milk at €1, donated: 30 % at most. One household pays a tenth and has 20 cents a month, another has no share."""
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    tenth, usual, *_ = town.household_ids
    stamp = clock.stamp()
    with database.writing() as session:
        planned = session.get_one(DistributionSession, town.session_id)
        planned.channel, planned.state = "shop", "confirmed"
        for id_, percent, cents in ((tenth, 10, 20), (usual, None, 2000)):
            household = session.get_one(Household, id_)
            household.channel, household.price_percent, household.monthly_cents = "shop", percent, cents
        for milk in session.query(Lot):
            milk.value_cents = 100
    visits = {}
    with database.writing() as session:
        for id_ in (tenth, usual):
            visit = session.scalars(select(Visit).where(Visit.household_id == id_)).one()
            choice.add_scanned(session, visit.id, MILK, stamp)
            choice.add_scanned(session, visit.id, MILK, stamp)
            visits[id_] = visit.id
        shown = [sum(line.price_cents for line in handover.sheet(session, visits[id_]).lines) for id_ in (tenth, usual)]
        with pytest.raises(choice.DoesNotSuit) as dear:
            choice.add_scanned(session, visits[tenth], MILK, stamp)
        handover.hand_over(session, visits[tenth], [], stamp)
        paid = till.receipt(session, visits[tenth])
        household = session.get_one(Household, tenth)
        november, december = (month_of(session, household, on).left_cents for on in (dt.date(2026, 11, 30), DECEMBER))
        alone = problem_of_visit(session, session.get_one(Visit, visits[usual]), clock.today(), 2000)

    assert (shown, dear.value.broken.name) == ([20, 60], "budget")
    assert (paid.paid_cents, november, december) == (20, 0, 20)
    assert {lot.price_cents for lot in alone.lots} == {30}


def test_a_session_written_down_after_its_month_is_paid_from_the_allowance_of_its_own_month(
    database: Database, clock: Clock, town: Town
) -> None:
    """Milk at €1: 30 cents. Friday's session in November is typed in from paper on the first of December."""
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    stamp, later = clock.stamp(), Stamp(clock.now(), DECEMBER)
    with database.writing() as session:
        planned = session.get_one(DistributionSession, town.session_id)
        planned.channel, planned.state = "shop", "confirmed"
        household = session.get_one(Household, town.household_ids[0])
        household.channel, household.monthly_cents = "shop", 30
        session.scalars(select(Lot)).one().value_cents = 100
        visit = session.scalars(select(Visit).where(Visit.household_id == household.id)).one()
        choice.add_scanned(session, visit.id, MILK, stamp)
        handover.hand_over(session, visit.id, [], later)
        left = [month_of(session, household, on).left_cents for on in (dt.date(2026, 11, 30), DECEMBER)]
        receipt = till.receipt(session, visit.id)

    assert left == [0, 30]
    assert (receipt.on, receipt.left_cents) == (DECEMBER, 0)
