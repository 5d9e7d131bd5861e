"""Many small random problems, each plan held against the rules, the bounds and, where tiny, against every plan."""

import random
from collections.abc import Iterator
from itertools import product
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from allocation.check import check
from allocation.figures import figures
from allocation.generate import Shape, generate
from allocation.problem import Give, Instance, Plan
from allocation.solve import solve

CLOSE = 1e-6
MOST_PLANS = 1_000
"""Tiny is what has no more plans than this, legal or not."""


class Fault(Struct, frozen=True):
    """What went wrong with the instance of a seed."""

    seed: int
    what: str


def sweep(first: int, count: int) -> Iterator[list[Fault]]:
    """The faults of each seed in turn; one in four is tiny."""
    for seed in range(first, first + count):
        problem = tiny(seed) if seed % 4 == 0 else generate(seed, shape(seed))
        yield [Fault(seed, what) for what in faults(problem)]


def shape(seed: int) -> Shape:
    """Any shape of a small problem."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    return Shape(
        households=chance.randint(1, 9),
        lots=chance.randint(1, 25),
        sites=chance.randint(1, 3),
        sessions=chance.randint(1, 3),
        supply=chance.uniform(0.1, 1.5),
        short_dated=chance.random(),
        no_fridge=chance.random(),
        diets=chance.random(),
        shop=chance.random(),
        cents_per_kilogram=chance.randint(1, 100),
        units=chance.choice((1.0, 1.0, 2.0)),
        trips_per_day=chance.randint(0, 1),
        unbalanced=chance.random(),
    )


def tiny(seed: int) -> Instance:
    """Two households and three lots of two units at most."""
    plain = generate(seed, Shape(households=2, lots=3, sessions=1, supply=0.15))
    return replace(plain, lots=tuple(replace(lot, units=min(lot.units, 2)) for lot in plain.lots))


def faults(problem: Instance) -> Iterator[str]:
    """Rules broken, bounds beaten, and less waste than ours where every plan can be tried."""
    plan = solve(problem, effort=0.1)
    told, bounds = figures(problem, plan), plan.bounds
    yield from (f"a rule is broken: {fault}" for fault in check(problem, plan))
    if bounds.waste_kg is not None and told.waste_kg < bounds.waste_kg - CLOSE:
        yield f"waste {told.waste_kg} is under its bound {bounds.waste_kg}"
    if bounds.floor is not None and told.floor > bounds.floor + CLOSE:
        yield f"floor {told.floor} is over its bound {bounds.floor}"
    if bounds.mean is not None and told.mean > bounds.mean + CLOSE:
        yield f"mean {told.mean} is over its bound {bounds.mean}"
    least = min((figures(problem, other).waste_kg for other in every_plan(problem)), default=told.waste_kg)
    slack = problem.policy.levels[0].slack if problem.policy.levels else 0.0
    if told.waste_kg > least * (1 + slack) + CLOSE:
        yield f"waste {told.waste_kg} where {least} can be had"


def every_plan(problem: Instance) -> Iterator[Plan]:
    """All legal plans, by trying every number of units everywhere; none where there would be too many to try."""
    lines = [(v.id, x.id) for v in problem.visits for x in problem.lots]
    choices = [range(x.units + 1) for _ in problem.visits for x in problem.lots]
    if problem.transfers or prod(len(c) for c in choices) > MOST_PLANS:
        return
    for units in product(*choices):
        give = tuple(Give(v, x, n) for (v, x), n in zip(lines, units, strict=True) if n)
        plan = Plan(problem.name, give)
        if not check(problem, plan):
            yield plan
