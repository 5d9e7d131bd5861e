"""Weeks replayed: nothing is known before its day, no rule is ever broken, and hindsight is never beaten."""

import datetime as dt

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from allocation.forecast import expected, foreseen
from allocation.problem import BadInstance, Give, Instance, Plan, Policy
from allocation.rolling import Allowance, Lean, Truth, replay
from allocation.simulation import Estimate, Report, Way, compare, estimate, loosened, made_up, order_of, staying_away
from api.cli import main
from tests.allocation.cases import MONDAY, NEXT_TUESDAY, TUESDAY, household, instance, lot, visit

WEEK = dt.timedelta(days=7)
LAST_OF_NOVEMBER = dt.date(2026, 11, 30)
TWICE = instance(
    visits=(visit("V"), visit("W", date=NEXT_TUESDAY, need={"bread": 2000}, cap={"bread": 4000})),
    lots=(lot("now", units=2), lot("then", available_from=NEXT_TUESDAY, last_day=NEXT_TUESDAY)),
    ends=NEXT_TUESDAY,
)


def eager(instance: Instance, _before: tuple[Give, ...]) -> Plan:
    """Gives the first visit of the day one unit of every lot there, and notes what it was shown."""
    shown.append(instance)
    first = min(instance.visits, key=lambda v: v.date)
    there = (x for x in instance.lots if x.available_from <= first.date <= x.last_day)
    return Plan(instance.name, tuple(Give(first.id, x.id, 1) for x in there))


shown: list[Instance] = []


@pytest.fixture(autouse=True)
def _nothing_shown_yet() -> None:
    shown.clear()


@pytest.fixture(scope="module")
def report() -> Report:
    return compare(made_up((1, 2), households=16, weeks=3), [Way("fefo"), Way("floor>waste>mean", 0.1)])


def test_the_planner_is_shown_what_has_arrived_and_what_was_not_had_yet() -> None:
    run = replay(Truth(TWICE), eager)

    first, second = shown
    assert [x.id for x in first.lots] == ["now"]
    assert [x.id for x in second.lots] == ["then"]
    assert first.visits[0].need == {"bread": 1000}
    assert second.visits[0].need == {"bread": 1750}
    assert second.visits[0].cap == {"bread": 3750}
    assert [x.households[0].had for x in shown] == [{"bread": 0}, {"bread": 250}]
    assert [(g.visit, g.lot) for g in run.plan.give] == [("V", "now"), ("W", "then")]


def test_what_was_for_somebody_who_stays_away_is_there_the_next_day() -> None:
    away = replace(TWICE, lots=(lot("now", units=1, last_day=NEXT_TUESDAY),))

    run = replay(Truth(away, frozenset({"V"})), eager)

    assert [(g.visit, g.lot) for g in run.plan.give] == [("W", "now")]


def test_a_month_is_not_spent_twice() -> None:
    paying = replace(TWICE, visits=tuple(replace(v, budget_cents=100) for v in TWICE.visits))
    paying = replace(paying, lots=tuple(replace(x, price_cents=80) for x in paying.lots))

    replay(Truth(paying, allowances={"H": Allowance(monthly=300, left=120)}), eager)

    assert [x.visits[0].budget_cents for x in shown] == [120, 300]
    december = [v.budget_cents for x in shown for v in x.visits if v.date.month == 12]
    assert december == [300, 300], "another month begins with its whole allowance"
    november = replace(paying, visits=tuple(replace(v, date=min(v.date, LAST_OF_NOVEMBER)) for v in paying.visits))
    shown.clear()
    replay(Truth(november, allowances={"H": Allowance(monthly=300, left=120)}), eager)
    assert [x.visits[0].budget_cents for x in shown] == [60, 40]
    shown.clear()
    replay(Truth(november, allowances={"H": Allowance(monthly=300, left=120, beyond=2)}), eager)
    assert [x.visits[0].budget_cents for x in shown] == [30, 13], "visits after these weeks have their part"


def test_who_comes_is_offered_what_somebody_did_not_fetch() -> None:
    both = replace(
        TWICE,
        households=(household(), household("G")),
        visits=(visit("V"), visit("G", household="G")),
        lots=(lot(units=2),),
    )
    away = Truth(both, frozenset({"V"}))
    seed = next(n for n in range(99) if replay(away, eager, n).plan.give)

    assert [(g.visit, g.lot, g.units) for g in replay(away, eager, seed).plan.give] == [("G", "L", 1)]
    assert replay(away, eager, seed, offering=False).plan.give == ()


def test_at_the_counter_a_visit_may_spend_all_that_is_left_of_its_month() -> None:
    """The plan lets each of two visits spend 60 of 120; what nobody fetched costs 80."""
    both = replace(
        TWICE,
        households=(household(), household("G")),
        visits=(visit("V", budget_cents=0), visit("G", household="G", budget_cents=0)),
        lots=(lot(units=1, price_cents=80),),
    )
    away = Truth(both, frozenset({"V"}), {who: Allowance(300, 120, beyond=1) for who in ("H", "G")})
    runs = [replay(away, eager, seed) for seed in range(9)]

    assert {x.visits[1].budget_cents for x in shown} == {60}
    assert any(run.plan.give for run in runs)
    assert not any(run.broken for run in runs)


def test_a_product_that_is_left_behind_is_believed_in_less() -> None:
    disliked = replace(TWICE, lots=(lot("L", acceptance=0.0, units=9, last_day=NEXT_TUESDAY),))

    run = replay(Truth(disliked), eager)

    before, after = (x.lots[0].acceptance for x in shown)
    assert after < before < 1.0
    assert run.left_behind_kg == 0.5


def test_arrivals_are_expected_on_the_weekdays_they_came_on() -> None:
    came = [lot(f"L{n}", available_from=MONDAY + n * WEEK, last_day=MONDAY + n * WEEK) for n in range(4)]
    today = MONDAY + 4 * WEEK - dt.timedelta(days=1)

    coming = expected(came, MONDAY, today, today + WEEK)

    units = {x.available_from: x.units for x in coming}
    assert max(units, key=lambda day: units[day]) == MONDAY + 4 * WEEK
    assert units[MONDAY + 4 * WEEK] == 7  # ten on each of four Mondays, drawn towards 1.4 a day
    assert all(x.last_day == x.available_from for x in coming)


def test_who_knows_what_comes_knows_it_by_food_group_and_day_and_not_quite() -> None:
    milk = [lot(f"M{n}", group="milk", unit_grams=1000, available_from=TUESDAY) for n in range(2)]
    bread = [lot(f"B{n}", available_from=MONDAY + n * WEEK) for n in range(3)]

    known = foreseen([*milk, *bread], MONDAY, MONDAY, NEXT_TUESDAY, off=0.0)
    guessed = foreseen([*milk, *bread], MONDAY, MONDAY, NEXT_TUESDAY, off=0.2)

    assert [(x.group, x.available_from, x.units) for x in known] == [
        ("milk", TUESDAY, 20),
        ("bread", MONDAY + WEEK, 10),
    ]
    assert all(x.last_day > NEXT_TUESDAY for x in known), "what may not come is not lost"
    assert [x.units for x in guessed] != [x.units for x in known]
    assert guessed == foreseen([*milk, *bread], MONDAY, MONDAY, NEXT_TUESDAY, off=0.2)
    assert Way("waste>floor~0.2").expecting is not None
    assert Way("waste>floor").expecting is None


def test_nothing_is_expected_of_what_has_not_come_yet() -> None:
    assert expected([lot(available_from=NEXT_TUESDAY)], MONDAY, TUESDAY, NEXT_TUESDAY) == []


def test_no_way_breaks_a_rule_or_beats_hindsight(report: Report) -> None:
    assert report.broken == 0
    for way in report.ways:
        assert way.figures["waste_kg"].mean >= report.bounds["waste_kg"].mean - 1e-6
        assert way.figures["floor"].mean <= report.bounds["floor"].mean + 1e-6
        assert way.figures["mean"].mean <= report.bounds["mean"].mean + 1e-6


def test_the_planner_leaves_nobody_as_far_behind_as_habit_does(report: Report) -> None:
    fefo, ours = report.ways

    assert ours.figures["floor"].mean > fefo.figures["floor"].mean
    assert ours.figures["gini"].mean < fefo.figures["gini"].mean
    assert ours.beside["floor"].mean == pytest.approx(ours.figures["floor"].mean - fefo.figures["floor"].mean)
    assert set(fefo.beside.values()) == {Estimate(0.0, 0.0)}


def test_the_same_parcel_for_all_is_replayed_as_a_way_of_its_own() -> None:
    truth = Truth(TWICE)

    parcel, fefo = (replay(truth, Way(name).planner) for name in ("parcel", "fefo"))

    assert parcel.broken == ()
    assert sum(g.units for g in parcel.plan.give) <= sum(g.units for g in fefo.plan.give)


def test_one_past_tells_what_another_way_would_have_changed_for_people() -> None:
    few = replace(TWICE, lots=(lot("now", units=2),))
    late = replace(few, households=(household(), household("G")), visits=(*few.visits, visit("G", household="G")))

    fefo, equal = compare([Truth(late)], [Way("fefo"), Way("equal")]).ways

    assert fefo.people is not None
    assert equal.people is not None
    assert (fefo.people.more, fefo.people.less, fefo.people.leanest) == (0, 0, Lean(NEXT_TUESDAY, 0.0))
    assert (equal.people.more, equal.people.less) == (1, 1), "the second has its half, which the first has less"
    assert compare([Truth(late)] * 2, [Way("fefo")]).ways[0].people is None


def test_a_way_is_a_rule_of_thumb_or_an_order_of_goals() -> None:
    policy = Way("floor>waste").policy

    assert policy is not None
    assert [level.goal for level in policy.levels] == ["floor", "waste", "lines"]
    assert policy.levels[1].slack == Policy().levels[0].slack
    looser = Way("floor:0.05>waste").policy
    assert looser is not None
    assert looser.levels[0].slack == 0.05
    assert Way(order_of(loosened(policy, 0.1))).policy == loosened(policy, 0.1)
    assert Way("fefo").policy is None
    assert Way("parcel").policy is None
    for nonsense in ("luck", "waste>waste", "", "waste:lots>floor", "waste:-1", "fefo~0.2", "waste~", "waste~2"):
        with pytest.raises(BadInstance):
            _ = Way(nonsense).policy


def test_an_interval_narrows_with_the_number_of_truths() -> None:
    assert estimate([1.0]).half == 0.0
    assert estimate([1.0, 2.0, 3.0]).half == pytest.approx(2.48, abs=0.01)
    assert estimate([1.0, 2.0, 3.0] * 5).half < 0.6


def test_where_nothing_is_prepared_nobodys_food_waits_for_who_stays_away() -> None:
    """One tin of today's, two households: prepared it waits for the first, who does not come."""
    both = replace(
        TWICE,
        households=(household(), household("G")),
        visits=(visit("V"), visit("G", household="G")),
        lots=(lot(units=1),),
    )
    away = Truth(both, frozenset({"V"}))
    seed = next(n for n in range(99) if not replay(away, Way("fefo").planner, n).plan.give)

    (fefo, shelf) = (replay(away, Way(name).planner, seed, prepared=Way(name).prepared) for name in ("fefo", "shelf"))

    assert fefo.plan.give == ()
    assert [(g.visit, g.lot) for g in shelf.plan.give] == [("G", "L")]
    assert shelf.churn == 0.0


def test_where_nothing_is_prepared_each_keeps_to_the_visits_part_of_the_month() -> None:
    paying = replace(TWICE, visits=tuple(replace(v, date=min(v.date, LAST_OF_NOVEMBER)) for v in TWICE.visits))
    paying = replace(
        paying,
        visits=tuple(replace(v, budget_cents=100) for v in paying.visits),
        lots=(lot(units=9, price_cents=20, last_day=NEXT_TUESDAY),),
    )

    run = replay(
        Truth(paying, allowances={"H": Allowance(monthly=300, left=120)}), Way("shelf").planner, prepared=False
    )

    assert [(g.visit, g.units) for g in run.plan.give] == [("V", 3), ("W", 3)]
    assert not run.broken


def test_no_plan_looks_beyond_the_weeks_that_are_replayed() -> None:
    """Nobody comes there: what is good for longer would seem lost, and be saved before what really perishes."""
    replay(Truth(TWICE), eager)

    assert [x.ends for x in shown] == [NEXT_TUESDAY, NEXT_TUESDAY]
    assert shown[-1].today == NEXT_TUESDAY


def test_others_stay_away_from_the_same_weeks() -> None:
    truth = Truth(TWICE, frozenset({"V"}))

    assert staying_away(truth, 0.0, 1).absent == frozenset()
    assert staying_away(truth, 1.0, 1).absent == {"V", "W"}
    assert len({staying_away(truth, 0.5, seed).absent for seed in range(20)}) > 1
    assert staying_away(truth, 0.5, 3) == staying_away(truth, 0.5, 3)


def test_ways_are_told_side_by_side_on_the_command_line() -> None:
    asked = ["simulate", "--way", "fefo", "--way", "shelf", "--runs", "2", "--households", "6", "--weeks", "2"]

    told = CliRunner().invoke(main, asked, env={"LANG": "en"}, catch_exceptions=False)

    assert "Truths: 2; in each, visits: 12, households: 6" in told.output
    assert "Less those of fefo on the same truth:" in told.output
    assert [line.split()[0] for line in told.output.splitlines() if line.startswith("shelf")] == ["shelf", "shelf"]
