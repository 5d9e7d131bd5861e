import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.feeding import (
    BadGroupFacts,
    BadPeriod,
    BadReceipt,
    GroupFacts,
    Ration,
    Received,
    eaten_store,
    rations,
)

MONDAY = dt.date(2026, 11, 23)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)
ONE = Decimal(1)

OIL = GroupFacts("oil", 20, 40, keep_days=60, cap_factor=Decimal("1.4"))
BREAD = GroupFacts("bread", 60, 120, keep_days=3, cap_factor=Decimal("1.5"))
FRUIT = GroupFacts("fruit", 400, 800, keep_days=7, cap_factor=Decimal("1.6"))


def days_ago(days: int) -> dt.date:
    return MONDAY - dt.timedelta(days=days)


def need_of(group: GroupFacts, *received: Received, size: Decimal = ONE) -> int:
    """Need at one visit on MONDAY of a household that comes every week."""
    return rations(size, [group], [MONDAY], received, period_days=7)[0].need[group.id]


def cap_of(group: GroupFacts, *received: Received, size: Decimal = ONE) -> int:
    return rations(size, [group], [MONDAY], received, period_days=7)[0].cap[group.id]


def test_an_empty_home_has_room_for_what_it_can_keep_and_then_for_what_it_eats() -> None:
    first, second = rations(Decimal("1.1"), [FRUIT, OIL], [MONDAY, NEXT_MONDAY], period_days=7)

    assert first == Ration(
        MONDAY,
        need={"fruit": 3080, "oil": 1320},
        cap={"fruit": 4928, "oil": 1848},
        eat_per_day={"fruit": 880, "oil": 44},
        had={"fruit": 0, "oil": 0},
    )
    assert second.need == {"fruit": 6160, "oil": 1474}
    assert second.cap == {"fruit": 9856, "oil": 2063}


def test_a_single_person_gets_a_litre_of_oil_once_in_a_while_and_not_every_week() -> None:
    litre, taken = 920, list[Received]()
    for week in range(52):
        day = MONDAY + dt.timedelta(weeks=week)
        (ration,) = rations(ONE, [OIL], [day], taken, period_days=7)
        if ration.cap["oil"] >= litre:
            taken.append(Received("oil", day, litre))

    assert [(r.on - MONDAY).days // 7 for r in taken][:4] == [0, 1, 6, 11]
    assert len(taken) == 12


def test_a_small_household_may_always_begin_with_one_pack() -> None:
    cheese = GroupFacts("cheese", 25, 50, keep_days=14, cap_factor=Decimal("1.4"), pack_grams=1000)

    assert need_of(cheese) == 350
    assert cap_of(cheese) == 1000
    assert cap_of(cheese, Received("cheese", days_ago(7), 1000)) == 245


def test_bread_that_keeps_three_days_is_eaten_faster_than_it_is_needed() -> None:
    assert need_of(BREAD) == 3 * 120


def test_food_that_keeps_nearly_until_the_next_visit_covers_the_whole_period() -> None:
    yoghurt = GroupFacts("yoghurt", 100, 200, keep_days=5, cap_factor=ONE)

    assert need_of(yoghurt) == 700


@pytest.mark.parametrize(("days", "need"), [(0, 0), (1, 120), (2, 240), (3, 360), (4, 360)])
def test_bread_is_gone_on_its_third_day(days: int, need: int) -> None:
    assert need_of(BREAD, Received("bread", days_ago(days), 360)) == need


@pytest.mark.parametrize(("days", "need"), [(0, 0), (1, 20), (30, 600), (59, 1180), (60, 1200), (61, 1200)])
def test_oil_is_gone_on_its_sixtieth_day(days: int, need: int) -> None:
    assert need_of(OIL, Received("oil", days_ago(days), 1200)) == need


def test_what_is_still_at_home_and_what_is_needed_fill_the_home_together() -> None:
    received = (Received("oil", days_ago(10), 500), Received("bread", days_ago(2), 1200))

    first, second = rations(ONE, [OIL, BREAD], [MONDAY, NEXT_MONDAY], received, period_days=7)

    assert first.had == second.had == {"oil": 500 - 10 * 20, "bread": 360 - 240}
    assert [first.had[group] + first.need[group] for group in ("oil", "bread")] == [1200, 360]


def test_what_never_fitted_spoils_and_does_not_count_for_later() -> None:
    ten_days_of_bread = Received("bread", days_ago(2), 1200)

    assert need_of(BREAD, ten_days_of_bread) == 240


def test_receipts_add_up_in_the_order_of_their_days_however_they_are_listed() -> None:
    old, late = Received("oil", days_ago(50), 1000), Received("oil", days_ago(10), 500)

    assert need_of(OIL, old, late) == need_of(OIL, late, old) == 1200 - 500


def test_receipts_of_groups_that_are_not_planned_are_left_aside() -> None:
    assert need_of(OIL, Received("coffee", days_ago(1), 250)) == need_of(OIL)


def test_visits_are_answered_in_date_order() -> None:
    answered = rations(ONE, [OIL], [NEXT_MONDAY, MONDAY], period_days=7)

    assert [r.date for r in answered] == [MONDAY, NEXT_MONDAY]


def test_a_household_that_does_not_come_has_no_ration() -> None:
    assert rations(ONE, [OIL], [], period_days=7) == ()


def test_a_home_does_not_eat_in_a_long_gap_what_it_could_not_keep() -> None:
    _, second = rations(ONE, [BREAD, OIL], [MONDAY, MONDAY + dt.timedelta(days=21)], period_days=21)

    assert second.need == {"bread": 2 * 360, "oil": 1200 + 21 * 20}


def test_what_is_handed_over_on_the_day_of_the_visit_counts_at_once() -> None:
    assert need_of(FRUIT, Received("fruit", MONDAY, 2000)) == 800


@pytest.mark.parametrize("receipt", [Received("oil", NEXT_MONDAY, 900), Received("oil", MONDAY, -1)])
def test_receipts_from_after_the_visit_or_below_nothing_are_refused(receipt: Received) -> None:
    with pytest.raises(BadReceipt):
        need_of(OIL, receipt)


def test_visits_less_than_a_day_apart_are_refused() -> None:
    with pytest.raises(BadPeriod):
        rations(ONE, [OIL], [MONDAY], period_days=0)


@pytest.mark.parametrize(
    ("need", "eat", "keep", "factor"),
    [(-1, 1, 1, "1"), (2, 1, 1, "1"), (1, 1, 0, "1"), (1, 1, 1, "0.99"), (1, 1, 1, "1.005")],
)
def test_facts_that_contradict_each_other_are_refused(need: int, eat: int, keep: int, factor: str) -> None:
    with pytest.raises(BadGroupFacts):
        GroupFacts("odd", need, eat, keep, Decimal(factor))


def test_a_weekly_basket_grows_as_in_the_published_instances() -> None:
    """Grams a week of shop-101 for a household of 1.1 adult equivalents, all twelve groups."""
    facts = {
        "fruit_veg": (400, 7, 3080),
        "fruit_veg_kept": (60, 28, 462),
        "starch_refined": (110, 28, 847),
        "starch_whole": (60, 28, 462),
        "bread": (60, 7, 462),
        "dairy_fresh": (120, 7, 924),
        "milk": (120, 28, 924),
        "cheese": (25, 14, 192),
        "meat": (60, 7, 462),
        "fish_egg": (45, 14, 346),
        "fat": (20, 60, 154),
        "sweet_salty": (20, 28, 154),
    }
    groups = [GroupFacts(g, need, 2 * need, keep, ONE) for g, (need, keep, _) in facts.items()]

    first, second = rations(Decimal("1.1"), groups, [MONDAY, NEXT_MONDAY], period_days=7)

    a_week = {g: second.need[g] - first.need[g] for g in facts}
    assert a_week == {g: grams for g, (_, _, grams) in facts.items()}


hundredths = st.integers(0, 800).map(lambda n: Decimal(n) / 100)
groups = st.builds(
    lambda need, more, keep, factor, pack: GroupFacts("g", need, need + more, keep, factor, pack),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(1, 90),
    st.integers(100, 300).map(lambda n: Decimal(n) / 100),
    st.integers(0, 2000),
)
visits = st.lists(st.integers(0, 40).map(lambda n: MONDAY + dt.timedelta(days=n)), min_size=1, max_size=6)
receipts = st.lists(
    st.builds(Received, st.just("g"), st.integers(0, 100).map(days_ago), st.integers(0, 5000)), max_size=6
)
periods = st.integers(1, 31)


@given(hundredths, groups, visits, receipts, periods)
def test_need_and_cap_never_shrink_from_visit_to_visit_and_cap_holds_need(
    size: Decimal, group: GroupFacts, dates: list[dt.date], received: list[Received], period: int
) -> None:
    answered = rations(size, [group], dates, received, period_days=period)
    needs, caps = [r.need["g"] for r in answered], [r.cap["g"] for r in answered]

    assert needs == sorted(needs)
    assert caps == sorted(caps)
    assert all(0 <= need <= cap for need, cap in zip(needs, caps, strict=True))


@given(hundredths, groups, visits, receipts, periods, st.integers(0, 100), st.integers(0, 5000))
def test_receiving_more_never_raises_need_or_cap(
    size: Decimal,
    group: GroupFacts,
    dates: list[dt.date],
    received: list[Received],
    period: int,
    day: int,
    grams: int,
) -> None:
    before = rations(size, [group], dates, received, period_days=period)
    more = [*received, Received("g", days_ago(day), grams)]
    after = rations(size, [group], dates, more, period_days=period)

    assert all(a.need["g"] <= b.need["g"] for a, b in zip(after, before, strict=True))
    assert all(a.cap["g"] <= b.cap["g"] for a, b in zip(after, before, strict=True))


@given(hundredths, hundredths, groups, visits, receipts, periods)
def test_more_adult_equivalents_never_lower_anything(
    size: Decimal,
    growth: Decimal,
    group: GroupFacts,
    dates: list[dt.date],
    received: list[Received],
    period: int,
) -> None:
    small = rations(size, [group], dates, received, period_days=period)
    large = rations(size + growth, [group], dates, received, period_days=period)

    for less, more in zip(small, large, strict=True):
        assert less.need["g"] <= more.need["g"]
        assert less.cap["g"] <= more.cap["g"]
        assert less.eat_per_day["g"] <= more.eat_per_day["g"]


@given(hundredths, groups, receipts, periods)
def test_a_need_is_never_more_than_can_be_eaten_before_it_spoils(
    size: Decimal, group: GroupFacts, received: list[Received], period: int
) -> None:
    (ration,) = rations(size, [group], [MONDAY], received, period_days=period)

    assert ration.need["g"] <= size * group.eat_grams_per_day * group.keep_days
    assert ration.need["g"] <= size * group.need_grams_per_day * max(period, group.keep_days)


@given(hundredths, groups, periods)
def test_a_home_that_got_its_need_every_time_needs_what_it_ate(size: Decimal, group: GroupFacts, period: int) -> None:
    store = eaten_store(group, int(size * 100), period)
    full_yesterday = Received("g", days_ago(1), store.full // 1000 + 1)

    (ration,) = rations(size, [group], [MONDAY], [full_yesterday], period_days=period)

    assert ration.need["g"] == store.pace // 1000
