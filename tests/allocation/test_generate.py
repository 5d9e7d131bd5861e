import pytest
from hypothesis import given

from allocation.generate import SMALL, TERRITORY, Shape, generate
from allocation.problem import Instance, read_instance, to_json
from tests.allocation.cases import instances


def test_the_same_seed_makes_the_same_instance() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


@given(problem=instances())
def test_an_instance_survives_being_written_and_read(problem: Instance) -> None:
    assert read_instance(to_json(problem)) == problem


def test_it_has_the_shape_that_was_asked_for() -> None:
    problem = generate(1, Shape(households=7, lots=9, sites=2, sessions=3, trips_per_day=1))

    assert (len(problem.households), len(problem.lots), len(problem.sites)) == (7, 9, 2)
    assert len(problem.visits) == 21
    assert {t.origin for t in problem.transfers} == {"S0", "S1"}


def test_supply_is_a_share_of_the_needs() -> None:
    problem = generate(1, Shape(households=40, lots=120, supply=0.5))

    needed = sum(sum(problem.visits_of[h.id][-1].need.values()) for h in problem.households)
    offered = sum(x.unit_grams * x.units for x in problem.lots)
    assert offered == pytest.approx(0.5 * needed, rel=0.1)


def test_unbalanced_sites_have_more_than_they_need() -> None:
    plain, tilted = (generate(1, Shape(households=8, lots=200, sites=2, unbalanced=share)) for share in (0.0, 0.8))

    assert at_first_site(tilted) < 0.5 * at_first_site(plain)


def at_first_site(problem: Instance) -> int:
    return sum(x.site == "S0" for x in problem.lots)


def test_the_shapes_of_the_benchmarks_grow() -> None:
    assert SMALL.households < TERRITORY.households
    assert TERRITORY.sites > 1
