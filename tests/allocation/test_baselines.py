import pytest
from hypothesis import given

from allocation.baselines import BASELINES, equal_quota, fefo_to_cap, fefo_to_need
from allocation.check import check
from allocation.problem import Give, Instance
from tests.allocation.cases import THURSDAY, WEDNESDAY, household, instance, instances, lot, visit

TWO = {"households": (household(), household("K")), "visits": (visit(), visit("W", household="K"))}


@pytest.mark.parametrize("name", BASELINES)
@given(problem=instances())
def test_a_rule_of_thumb_breaks_no_rule(name: str, problem: Instance) -> None:
    assert check(problem, BASELINES[name](problem)) == []


def test_the_first_to_come_is_served_up_to_its_cap() -> None:
    assert fefo_to_cap(instance(**TWO)).give == (Give("V", "L", 8), Give("W", "L", 2))


def test_the_first_to_come_is_served_up_to_its_need() -> None:
    assert fefo_to_need(instance(**TWO)).give == (Give("V", "L", 4), Give("W", "L", 4))


def test_what_expires_first_is_given_first() -> None:
    lots = (lot("later", last_day=THURSDAY), lot("sooner", last_day=WEDNESDAY, units=3))

    assert fefo_to_need(instance(lots=lots)).give == (Give("V", "later", 1), Give("V", "sooner", 3))


def test_equal_quota_shares_by_adult_equivalents() -> None:
    """2,500 g for three: 833 g make three loaves, 1,667 g make six."""
    problem = instance(**TWO | {"households": (household(), household("K", adult_equivalents=2.0))})

    assert equal_quota(problem).give == (Give("V", "L", 3), Give("W", "L", 6))
