"""Weeks made up like a past: what is kept of it tells of nobody, and what is drawn looks like it."""

import datetime as dt

import msgspec
import pytest
from msgspec.structs import replace

from allocation.fitted import Fitted, draw, fit
from allocation.generate import MONDAY, Shape, generate
from allocation.problem import read_instance, to_json
from allocation.rolling import Truth

WEEKS = 4
PAST = generate(7, Shape(households=40, lots=400, sessions=WEEKS, diets=0.9))
MISSED = frozenset(v.id for v in PAST.visits[::10])


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(Truth(PAST, MISSED))


def test_what_is_kept_of_a_past_names_no_household_visit_lot_or_product(fitted: Fitted) -> None:
    kept = msgspec.json.encode(fitted).decode()

    names = [h.id for h in PAST.households] + [v.id for v in PAST.visits] + [x.id for x in PAST.lots]
    assert not [name for name in names + [x.product for x in PAST.lots] if f'"{name}"' in kept]


def test_what_few_households_have_in_common_is_left_out() -> None:
    lone = replace(PAST.households[0], excludes=("celery",), adult_equivalents=9.0, infant=True)
    others = tuple(replace(h, infant=False, excludes=("pork",)) for h in PAST.households[1:])

    known = fit(Truth(replace(PAST, households=(lone, *others))))

    assert known.excludes == {"pork": 39 / 40}
    assert known.infants == 0.0
    assert max(known.sizes) < 9.0
    assert sum(known.sizes.values()) == pytest.approx(1.0)


def test_what_is_drawn_holds_together_and_is_the_same_for_the_same_seed(fitted: Fitted) -> None:
    truth = draw(fitted, 3, MONDAY, WEEKS)

    assert read_instance(to_json(truth.instance)) == truth.instance
    assert truth == draw(fitted, 3, MONDAY, WEEKS)
    assert truth != draw(fitted, 4, MONDAY, WEEKS)
    assert len(truth.instance.households) == 40
    assert len(draw(fitted, 3, MONDAY, WEEKS, households=10).instance.households) == 10


def test_food_comes_on_the_weekdays_it_came_on_and_as_much_of_it(fitted: Fitted) -> None:
    tuesdays = tuple(x for x in PAST.lots if x.available_from.weekday() == 1)
    only = draw(fit(Truth(replace(PAST, lots=tuesdays))), 1, MONDAY, WEEKS).instance

    assert {x.available_from.weekday() for x in only.lots} == {1}
    drawn = [draw(fitted, seed, MONDAY, WEEKS).instance for seed in range(8)]
    assert sum(len(x.lots) for x in drawn) / 8 == pytest.approx(400, rel=0.1)
    assert {x.group for x in drawn[0].lots} <= {x.group for x in PAST.lots}


def test_people_need_what_they_needed_and_stay_away_as_often(fitted: Fitted) -> None:
    truth = draw(fitted, 1, MONDAY, WEEKS)

    assert fitted.no_shows == pytest.approx(0.1)
    bread = fitted.appetite["bread"]
    sole = next(v for v in truth.instance.visits if v.id == "H0@0")
    who = truth.instance.household_by_id["H0"]
    assert sole.need["bread"] == round(bread.first * who.adult_equivalents)
    assert {v.date.weekday() for v in truth.instance.visits} <= set(fitted.weekdays)
    assert truth.instance.ends == MONDAY + dt.timedelta(days=7 * WEEKS - 1)
