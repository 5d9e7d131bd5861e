"""Two months of deliveries that the rules of intake would have let in, and what is left of them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest

from api.demo.facts import articles, network, products
from api.demo.history import DeliveredLine, Delivery, deliveries, openings
from common.clock import PARIS
from stock.dates import DateKind, DateRules, Decision, judge_date
from stock.reference import Family, families

TODAY = dt.date(2026, 11, 23)
KINDS = {family.code: family for family in families()}
GOODS: dict[str, tuple[Family, int]] = {
    **{p.gtin: (KINDS[p.family], p.net_grams) for p in products()},
    **{f"ART-{a.code}": (KINDS[a.family], a.unit_grams) for a in articles()},
}
"""Family and grams of what a scan names."""


@pytest.fixture(scope="module")
def came() -> tuple[Delivery, ...]:
    return deliveries(62, TODAY)


def lines(came: tuple[Delivery, ...]) -> Iterator[tuple[Delivery, DeliveredLine]]:
    return ((delivery, line) for delivery in came for line in delivery.lines)


def test_the_same_seed_and_day_give_the_same_past(came: tuple[Delivery, ...]) -> None:
    assert deliveries(62, TODAY) == came
    assert deliveries(63, TODAY) != came


def test_two_months_are_told_in_order_up_to_yesterday(came: tuple[Delivery, ...]) -> None:
    days = [delivery.on for delivery in came]

    assert days == sorted(days)
    assert TODAY - dt.timedelta(days=60) <= days[0] <= TODAY - dt.timedelta(days=57)
    assert TODAY - dt.timedelta(days=3) <= days[-1] < TODAY


@pytest.mark.parametrize("seed", [1, 2, 62])
def test_the_rules_of_intake_let_every_line_in(seed: int) -> None:
    for delivery, line in lines(deliveries(seed, TODAY)):
        family, _ = GOODS[line.scan]
        at = dt.datetime.combine(delivery.on, dt.time(delivery.hour), PARIS)
        verdict = judge_date(line.date, family.date_kind, delivery.on, at, DateRules(), family.grace_days)

        assert verdict.decision is (Decision.PAST_BEST_BEFORE if line.checked else Decision.ACCEPTED), line
        assert (line.temperature_tenths is None) is (family.max_tenths is None)
        if line.temperature_tenths is not None and family.max_tenths is not None:
            assert line.temperature_tenths <= family.max_tenths + family.tolerance_tenths


def test_goods_without_a_date_are_those_that_need_none(came: tuple[Delivery, ...]) -> None:
    assert all((line.date is None) is (GOODS[line.scan][0].date_kind is DateKind.NONE) for _, line in lines(came))


def test_a_delivery_names_each_of_its_goods_once(came: tuple[Delivery, ...]) -> None:
    for delivery in came:
        assert len({line.scan for line in delivery.lines}) == len(delivery.lines)


JUST_AGREED = 3
"""Days ago: the school's canteen has not given anything yet."""


def test_donors_and_sites_are_those_of_the_town(came: tuple[Delivery, ...]) -> None:
    begun = {donor.code for donor in network().donors if donor.agreement_days_ago != JUST_AGREED}
    assert {delivery.donor for delivery in came} == begun
    assert {delivery.site for delivery in came} == {site.code for site in network().sites}


def test_no_more_is_left_or_lost_than_came(came: tuple[Delivery, ...]) -> None:
    for _, line in lines(came):
        assert line.quantity > 0
        assert 0 <= line.left + line.lost <= line.quantity
        assert bool(line.lost) is bool(line.cause)


def test_four_hundred_lots_stand_on_the_shelves_and_may_still_be_given(came: tuple[Delivery, ...]) -> None:
    live = [(delivery, line) for delivery, line in lines(came) if line.left]

    assert len(live) == 400
    for _, line in live:
        family, _ = GOODS[line.scan]
        assert line.date is None or line.date + dt.timedelta(days=family.grace_days) >= TODAY


def test_dates_are_spread_over_the_coming_days(came: tuple[Delivery, ...]) -> None:
    near = Counter((line.date - TODAY).days for _, line in lines(came) if line.left and line.date)

    assert sum(near[day] for day in range(8)) >= 60
    assert sum(bool(near[day]) for day in range(15)) >= 12


def test_a_household_takes_some_27_kilograms_a_month(came: tuple[Delivery, ...]) -> None:
    given = sum(
        (line.quantity - line.left - line.lost) * (1 if line.weighed else GOODS[line.scan][1])
        for _, line in lines(came)
    )

    assert 20 <= given / 1000 / 120 / 2 <= 32


def test_each_site_opens_once_a_week() -> None:
    calendar = openings(TODAY)

    assert {o.on.weekday() for o in calendar if o.site == "BERLINE"} == {3}
    assert Counter(o.site for o in calendar if TODAY <= o.on < TODAY + dt.timedelta(days=7)) == {
        "BERLINE": 1,
        "MARAIS": 1,
        "TERRIL": 1,
    }
