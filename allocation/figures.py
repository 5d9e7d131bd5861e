"""What a plan is worth: kilograms lost, how far each household is covered, how evenly, and for how many lines.

*Coverage* of a household is the share of its need it gets, group by group with the groups' weights; *relative*
coverage divides it by what that household alone could have got (its `reach`), so that nobody looks badly
served for a diet or a missing fridge.
"""

import numpy as np
from msgspec import Struct

from allocation.arrays import Arrays, Floats, Ints
from allocation.problem import Instance, Plan


class Figures(Struct, frozen=True):
    """The figures of one plan for one instance."""

    waste_kg: float
    """Grams of lots whose last day is within the horizon that are not given, accepted and eaten, in kg."""
    floor: float
    """The smallest relative coverage over households that come."""
    mean: float
    """Mean coverage weighted by adult equivalents."""
    p5: float
    """The relative coverage that one household in twenty does not reach."""
    gini: float
    """Inequality of relative coverage, 0 when all are equal."""
    lines: int
    """Lines (visit, lot) to pack."""
    given_kg: float
    kg_by_group: dict[str, float]
    relative: dict[str, float]
    """Relative coverage of each household that comes."""


def figures(instance: Instance, plan: Plan) -> Figures:
    """The figures of a plan, recomputed from its lines alone."""
    return figures_of(Arrays(instance), plan)


def figures_of(arrays: Arrays, plan: Plan) -> Figures:
    """`figures` for an instance that is already laid out."""
    visit, lot, units = lines_of(arrays, plan)
    grams = arrays.unit[lot] * units
    accepted = arrays.acceptance[lot] * grams
    covered = coverage(arrays, per_visit(arrays, visit, lot, accepted))
    relative = relative_coverage(arrays, covered)
    _, comes = arrays.last_need
    perishing = (arrays.unit * arrays.units)[arrays.perishes].sum()
    by_group = np.bincount(arrays.group[lot], weights=grams, minlength=len(arrays.group_ids)) / 1000
    return Figures(
        waste_kg=float(perishing - accepted[arrays.perishes[lot]].sum()) / 1000,
        floor=float(relative[comes].min(initial=1.0)),
        mean=weighted_mean(arrays, covered),
        p5=float(np.quantile(relative[comes], 0.05)) if comes.any() else 1.0,
        gini=gini(relative[comes]),
        lines=len({(g.visit, g.lot) for g in plan.give}),
        given_kg=float(grams.sum()) / 1000,
        kg_by_group=dict(zip(arrays.group_ids, by_group.tolist(), strict=True)),
        relative={
            h.id: float(r) for h, r, there in zip(arrays.instance.households, relative, comes, strict=True) if there
        },
    )


def coverage(arrays: Arrays, accepted: Floats) -> Floats:
    """Coverage of each household, from the accepted grams of each visit and group."""
    counted = arrays.accumulate(accepted)
    covered: Floats = arrays.base + (arrays.rate * counted).sum(axis=1)
    return covered


def relative_coverage(arrays: Arrays, covered: Floats) -> Floats:
    """Coverage divided by reach; a household that nothing could reach is not left behind by the plan."""
    reach = arrays.reach
    return np.where(reach > 0, covered / np.where(reach > 0, reach, 1.0), 1.0)


def weighted_mean(arrays: Arrays, covered: Floats) -> float:
    """Mean coverage of the households that come, weighted by adult equivalents."""
    _, comes = arrays.last_need
    adults = np.where(comes, arrays.adults, 0.0)
    return float((adults * covered).sum() / adults.sum()) if comes.any() else 1.0


def gini(values: Floats) -> float:
    """The Gini coefficient: 0 when all values are equal, near 1 when one holds everything.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 1.0]))
    (0.0, 0.5)
    """
    total, n = float(values.sum()), len(values)
    if total <= 0:
        return 0.0
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float((ranks * np.sort(values)).sum()) / (n * total)


def lines_of(arrays: Arrays, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """The visit, the lot and the units of each line, the first two by their rank."""
    visit = {v.id: i for i, v in enumerate(arrays.visits)}
    lot = {x.id: i for i, x in enumerate(arrays.instance.lots)}
    rows = [(visit[g.visit], lot[g.lot], g.units) for g in plan.give]
    v, x, n = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return v, x, n


def per_visit(arrays: Arrays, visit: Ints, lot: Ints, accepted: Floats) -> Floats:
    """Grams of each group at each visit."""
    table = np.zeros((len(arrays.visits), len(arrays.group_ids)))
    np.add.at(table, (visit, arrays.group[lot]), accepted)
    return table
