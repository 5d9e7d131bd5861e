"""The whole problem as a mixed-integer model in OR-Tools (MathOpt, solved by HiGHS).

It is the slow cross-check of the search: exact on small instances, and the source of proofs in whole units.
Variables are x[visit, source], whole units given; e[visit, group], counted kilograms; t, the floor. Rules 1-6
and the bans are in the list of pairs; every other rule is a function below, and every goal another.
"""

import datetime as dt
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

import numpy as np
from ortools.math_opt.python import mathopt

from allocation.arrays import NO_BUDGET, Arrays, Flags
from allocation.check import refuse_bad_pins
from allocation.problem import Bounds, Give, Instance, Move, Plan, Solver
from allocation.relaxation import largest_sum

KG = 1000.0
NAME = "panier-model"
MARGIN = 1e-6
"""Relative allowance for what a solver of whole units takes for a whole unit."""
K = TypeVar("K")


class Model:
    """Variables of one instance; the rules below add their constraints to `mip`."""

    def __init__(self, arrays: Arrays, whole: bool, keep: Flags | None = None) -> None:
        """Of all sources, or of those to `keep`."""
        self.arrays = arrays
        self.whole = whole
        self.pairs = arrays.pairs(keep)
        self.mip = mathopt.Model(name=arrays.instance.name)
        self.visit = self.pairs.visit.tolist()
        self.lot = self.pairs.lot.tolist()
        self.trip = arrays.sources.trip[self.pairs.source].tolist()
        self.x = [
            self.mip.add_variable(lb=0, ub=int(arrays.per_visit[lot]), is_integer=whole, name=f"x{p}")
            for p, lot in enumerate(self.lot)
        ]
        self.e = {
            (v, g): self.mip.add_variable(lb=0, ub=arrays.need[v, g] / KG, name=f"e{v},{g}")
            for v in range(len(arrays.visits))
            for g in range(len(arrays.group_ids))
        }
        self.floor = self.mip.add_variable(lb=0, ub=1, name="floor")

    @cached_property
    def of_lot(self) -> dict[int, list[int]]:
        return _by(self.lot)

    @cached_property
    def of_visit(self) -> dict[int, list[int]]:
        return _by(self.visit)

    def of_cell(self, v: int, g: int) -> range:
        """The pairs of a visit and a group, use-by lots first, by last day."""
        return range(int(self.pairs.start[v, g]), int(self.pairs.start[v, g + 1]))

    def kg(self, p: int) -> float:
        return int(self.arrays.unit[self.lot[p]]) / KG

    def eaten(self, p: int) -> float:
        """Kilograms of a unit that are accepted."""
        return self.kg(p) * float(self.arrays.acceptance[self.lot[p]])

    def grams(self, pairs: Iterable[int]) -> mathopt.LinearSum:
        """Their kilograms."""
        return mathopt.fast_sum([self.kg(p) * self.x[p] for p in pairs])

    def reachable(self, pairs: Iterable[int], grams: int) -> float:
        """A limit in kg, lowered to what whole units can reach."""
        if not self.whole:
            return grams / KG
        units = [int(self.arrays.unit[self.lot[p]]) for p in pairs]
        most = [int(self.arrays.per_visit[self.lot[p]]) for p in pairs]
        return largest_sum(units, most, grams) / KG


def build(arrays: Arrays, whole: bool = True) -> Model:
    """The model with every rule; `whole` asks for whole units, otherwise it is the relaxation."""
    model = giving(arrays, whole)
    count(model)
    share_the_floor(model)
    return model


def giving(arrays: Arrays, whole: bool = True, keep: Flags | None = None) -> Model:
    """The rules of what may be given, without what counts."""
    model = Model(arrays, whole, keep)
    give_no_more_than_there_is(model)
    hold_the_most_of_a_lot(model)
    carry(model)
    pay(model)
    stay_under_caps(model)
    eat_before_its_date(model)
    load_trips(model)
    hold_pins(model)
    pack_few_lots(model)
    return model


def give_no_more_than_there_is(model: Model) -> None:
    """sum x[., l] ≤ units of l, for every lot l (rule 7; a lot on a trip leaves its shelf too)."""
    for lot, pairs in model.of_lot.items():
        total = mathopt.fast_sum([model.x[p] for p in pairs])
        model.mip.add_linear_constraint(total <= int(model.arrays.units[lot]), name=f"stock{lot}")


def hold_the_most_of_a_lot(model: Model) -> None:
    """sum x[v, l by any trip] ≤ max_per_visit, where a lot may come by several ways (rule 8)."""
    ways = _by(zip(model.visit, model.lot, strict=True))
    for (v, lot), pairs in ways.items():
        if len(pairs) > 1:
            total = mathopt.fast_sum([model.x[p] for p in pairs])
            model.mip.add_linear_constraint(total <= int(model.arrays.per_visit[lot]), name=f"most{v},{lot}")


def carry(model: Model) -> None:
    """sum kg · x[v, .] ≤ max_grams, for every visit v (rule 9)."""
    for v, pairs in model.of_visit.items():
        limit = int(model.arrays.carry[v]) / KG
        model.mip.add_linear_constraint(model.grams(pairs) <= limit, name=f"carry{v}")


def pay(model: Model) -> None:
    """sum price · x[v, .] ≤ budget_cents, for every visit v that has a budget (rule 10)."""
    for v, pairs in model.of_visit.items():
        if (budget := int(model.arrays.budget[v])) < NO_BUDGET:
            cost = [int(model.arrays.price[model.lot[p]]) * model.x[p] for p in pairs]
            model.mip.add_linear_constraint(mathopt.fast_sum(cost) <= budget, name=f"budget{v}")


def stay_under_caps(model: Model) -> None:
    """sum over visits w ≤ v of kg · x[w, of g] ≤ cap[v, g], for every visit v and group g (rule 11)."""
    a = model.arrays
    for v, g in model.e:
        first = int(a.first_visit[a.household[v]])
        pairs = [p for w in range(first, v + 1) for p in model.of_cell(w, g)]
        limit = model.reachable(pairs, int(a.cap[v, g]))
        model.mip.add_linear_constraint(model.grams(pairs) <= limit, name=f"cap{v},{g}")


def eat_before_its_date(model: Model) -> None:
    """S(d) ≤ R(u1) + sum over k ≥ 2 of (R(uk) − R(uk−1)) · z[k], for every visit, group and day d (rule 12).

    S(d) are the use-by kilograms up to d; u1 < u2 < … are the unit weights of the group; z[k] says that a unit
    of at least uk is given; R(u) is the largest sum that whole units can make under eat · days + u.
    """
    for v, g in model.e:
        cell = model.of_cell(v, g)
        soon = [p for p in cell if model.arrays.use_by[model.lot[p]]]
        if not soon:
            continue
        sizes = sorted({int(model.arrays.unit[model.lot[p]]) for p in cell})
        given = [_at_least(model, cell, size, f"z{v},{g},{size}") for size in sizes[1:]]
        for day in sorted({int(model.arrays.last_day[model.lot[p]]) for p in soon}):
            pairs = [p for p in soon if model.arrays.last_day[model.lot[p]] <= day]
            can_eat = int(model.arrays.eat[v, g]) * (day - int(model.arrays.date[v]) + 1)
            reach = [model.reachable(pairs, can_eat + size - 1) for size in sizes]
            more = [(b - a) * z for a, b, z in zip(reach, reach[1:], given, strict=False)]
            limit = reach[0] + mathopt.fast_sum(more)
            model.mip.add_linear_constraint(model.grams(pairs) <= limit, name=f"eat{v},{g},{day}")


def _at_least(model: Model, cell: range, size: int, name: str) -> mathopt.Variable:
    """1 only if some unit of at least this weight is given in the cell."""
    z = model.mip.add_variable(lb=0, ub=1, is_integer=model.whole, name=name)
    large = [model.x[p] for p in cell if model.arrays.unit[model.lot[p]] >= size]
    model.mip.add_linear_constraint(z <= mathopt.fast_sum(large))
    return z


def load_trips(model: Model) -> None:
    """sum kg · x[., by trip t] ≤ max_grams, for every trip t (rule 13)."""
    for t, pairs in _by(model.trip).items():
        if t >= 0:
            limit = model.arrays.instance.transfers[t].max_grams / KG
            model.mip.add_linear_constraint(model.grams(pairs) <= limit, name=f"trip{t}")


def hold_pins(model: Model) -> None:
    """sum x[v, l by any trip] = units, for every pin (rule 14)."""
    at = {v.id: i for i, v in enumerate(model.arrays.visits)}
    lots = {x.id: i for i, x in enumerate(model.arrays.instance.lots)}
    ways = _by(zip(model.visit, model.lot, strict=True))
    for pin in model.arrays.instance.pins:
        total = mathopt.fast_sum([model.x[p] for p in ways.get((at[pin.visit], lots[pin.lot]), [])])
        model.mip.add_linear_constraint(total == pin.units, name=f"pin{pin.visit},{pin.lot}")


def pack_few_lots(model: Model) -> None:
    """sum over lots of y[v, l] ≤ max_lines, with x[v, l] ≤ most · y, where more lots than that are open (rule 15)."""
    for v, pairs in model.of_visit.items():
        most = int(model.arrays.max_lines[v])
        if most >= len({model.lot[p] for p in pairs}):
            continue
        lines = {lot: model.mip.add_binary_variable(name=f"in{v},{lot}") for lot in {model.lot[p] for p in pairs}}
        for p in pairs:
            limit = int(model.arrays.per_visit[model.lot[p]]) * lines[model.lot[p]]
            model.mip.add_linear_constraint(model.x[p] <= limit)
        model.mip.add_linear_constraint(mathopt.fast_sum(list(lines.values())) <= most, name=f"lots{v}")


def count(model: Model) -> None:
    """e[v, g] ≤ e[visit before, g] + sum acceptance · kg · x[v, of g]; e[v, g] ≤ need[v, g]."""
    a = model.arrays
    for (v, g), e in model.e.items():
        given = mathopt.fast_sum([model.eaten(p) * model.x[p] for p in model.of_cell(v, g)])
        before = model.e[v - 1, g] if v > a.first_visit[a.household[v]] else 0.0
        model.mip.add_linear_constraint(e <= before + given, name=f"count{v},{g}")


def share_the_floor(model: Model) -> None:
    """reach[h] · floor ≤ coverage[h], for every household h that comes and can be reached."""
    for h, reach in enumerate(model.arrays.reach.tolist()):
        if reach > 0:
            model.mip.add_linear_constraint(reach * model.floor <= coverage(model, h), name=f"floor{h}")


def coverage(model: Model, h: int) -> mathopt.LinearSum:
    """base[h] + sum over groups of rate[h, g] · e[last visit, g]: a group without need counts as covered."""
    a = model.arrays
    last = int(a.first_visit[h + 1]) - 1
    parts: list[mathopt.LinearTypes] = [float(a.base[h])]
    parts += [rate * KG * model.e[last, g] for g, rate in enumerate(a.rate[h].tolist()) if rate]
    return mathopt.fast_sum(parts)


def rescued(model: Model) -> mathopt.LinearSum:
    """Kilograms of lots that perish within the horizon which are eaten: what is not wasted."""
    perishing = [p for p, lot in enumerate(model.lot) if model.arrays.perishes[lot]]
    return mathopt.fast_sum([model.eaten(p) * model.x[p] for p in perishing])


def floor(model: Model) -> mathopt.LinearSum:
    """The smallest relative coverage."""
    return mathopt.fast_sum([model.floor])


def mean(model: Model) -> mathopt.LinearSum:
    """Mean coverage weighted by adult equivalents."""
    comes = model.arrays.last_need[1].tolist()
    adults = [a if c else 0.0 for a, c in zip(model.arrays.adults.tolist(), comes, strict=True)]
    total = sum(adults) or 1.0
    return mathopt.fast_sum([a / total * coverage(model, h) for h, a in enumerate(adults) if a])


def fewer_lines(model: Model) -> mathopt.LinearSum:
    """Minus the number of lines: sum of −y[p], with x[p] ≤ most · y[p]."""
    lines = []
    for p, x in enumerate(model.x):
        y = model.mip.add_binary_variable(name=f"line{p}")
        model.mip.add_linear_constraint(x <= int(model.arrays.per_visit[model.lot[p]]) * y)
        lines.append(-1.0 * y)
    return mathopt.fast_sum(lines)


GOALS: dict[str, Callable[[Model], mathopt.LinearSum]] = {
    "waste": rescued,
    "floor": floor,
    "mean": mean,
    "lines": fewer_lines,
}
"""Each goal as something to have much of."""


SOLVERS = {
    "HiGHS": mathopt.SolverType.HIGHS,
    "SCIP": mathopt.SolverType.GSCIP,
    "CP-SAT": mathopt.SolverType.CP_SAT,
}


def plan_exactly(
    instance: Instance, seconds_per_goal: float = 60.0, solver: str = "HiGHS", bounds: bool = True
) -> Plan:
    """The best plan goal after goal in the order of the policy, within its slacks: for small instances.

    Each goal is solved to proof or for `seconds_per_goal`, then kept but for its slack while the next is solved.
    A solver that finds nothing in that time leaves the goal as it was.
    """
    began = time.monotonic()
    refuse_bad_pins(instance)
    arrays = Arrays(instance)
    model = build(arrays)
    values: dict[mathopt.Variable, float] = {}
    proven = True
    for level in instance.policy.levels:
        goal = GOALS[level.goal](model)
        result = _maximise(model, goal, seconds_per_goal, values, solver)
        proven &= result.termination.reason == mathopt.TerminationReason.OPTIMAL
        if not result.has_primal_feasible_solution():
            continue
        values = result.variable_values()
        best = mathopt.evaluate_expression(goal, values)
        slack = level.slack * _size(arrays, level.goal, best)
        model.mip.add_linear_constraint(goal >= best - slack - 1e-6 * max(1.0, abs(best)))
    give, move = _lines(model, values)
    return Plan(
        instance=instance.name,
        give=give,
        move=move,
        bounds=relaxed_bounds(instance) if bounds else Bounds(),
        seconds=round(time.monotonic() - began, 3),
        solver=Solver(f"{NAME}-{solver}", "1", 0, "proven best" if proven else "best found in time"),
    )


def relaxed_bounds(instance: Instance) -> Bounds:
    """Each goal alone with divisible units, to full accuracy: seconds for a small instance, a minute for a shop."""
    arrays = Arrays(instance)
    model = build(arrays, whole=False)
    best = {name: _best_bound(model, GOALS[name](model), 600.0) for name in ("waste", "floor", "mean")}
    return Bounds(waste_kg=max(0.0, _perishing(arrays) - best["waste"]), floor=best["floor"], mean=best["mean"])


def whole_waste(arrays: Arrays, seconds: float = math.inf, nodes: int | None = None) -> float:
    """Waste in kg that no plan in whole units can go under, proven within the seconds and nodes given."""
    model = giving(arrays, keep=_matter(arrays))
    # SCIP proves as much as HiGHS, which at times spends seconds on mending plans that nobody asked for.
    least = _perishing(arrays) * (1 - MARGIN) - _best_bound(model, rescued(model), seconds, nodes, "SCIP")
    return max(0.0, least)


def _matter(arrays: Arrays) -> Flags:
    """The sources that can have a part in what is lost: what perishes, what a pin gives, and whatever is heavier than
    a use-by unit of its group, on which rule 12 leans."""
    pinned = {p.lot for p in arrays.instance.pins}
    lightest = np.full(len(arrays.group_ids), np.iinfo(np.int64).max)
    np.minimum.at(lightest, arrays.group[arrays.use_by], arrays.unit[arrays.use_by])
    fixed = np.array([lot.id in pinned for lot in arrays.instance.lots], dtype=bool)
    matter = arrays.perishes | fixed | (arrays.unit > lightest[arrays.group])
    of_sources: Flags = matter[arrays.sources.lot]
    return of_sources


def cheapest(
    price: list[float], content: list[list[float]], needed: list[float], given: dict[int, float]
) -> tuple[float, float, list[float]]:
    """min price · x with sum content[n] · x ≥ needed[n], x ≥ 0 and some amounts given: cost, proof, amounts.

    The proof is the value of the dual: at its prices of what is needed, no food is worth more than it costs.
    """
    mip = mathopt.Model(name="ration")
    x = [mip.add_variable(lb=given.get(f, 0.0), ub=given.get(f, math.inf)) for f in range(len(price))]
    rows = [
        mip.add_linear_constraint(mathopt.fast_sum([c * x[f] for f, c in enumerate(of)]) >= least)
        for of, least in zip(content, needed, strict=True)
    ]
    mip.minimize(mathopt.fast_sum([p * x[f] for f, p in enumerate(price)]))
    result = mathopt.solve(mip, mathopt.SolverType.GLOP)
    worth = [max(0.0, dual) for dual in result.dual_values(rows)]
    left = [p - sum(w * of[f] for w, of in zip(worth, content, strict=True)) for f, p in enumerate(price)]
    if min((r for f, r in enumerate(left) if f not in given), default=0.0) < -1e-6 * max(price):
        worth = [0.0] * len(rows)  # a dual that is not one proves nothing
        left = price
    proven = sum(w * n for w, n in zip(worth, needed, strict=True)) + sum(left[f] * g for f, g in given.items())
    return result.objective_value(), proven, result.variable_values(x)


def _best_bound(
    model: Model, goal: mathopt.LinearSum, seconds: float, nodes: int | None = None, solver: str = "HiGHS"
) -> float:
    found = _maximise(model, goal, seconds, {}, solver, nodes, mathopt.Emphasis.OFF)
    return float(found.termination.objective_bounds.dual_bound)


def _maximise(
    model: Model,
    goal: mathopt.LinearSum,
    seconds: float,
    hint: dict[mathopt.Variable, float],
    solver: str = "HiGHS",
    nodes: int | None = None,
    look_for_plans: mathopt.Emphasis | None = None,
) -> mathopt.SolveResult:
    model.mip.maximize(goal)
    parameters = mathopt.SolveParameters(
        time_limit=dt.timedelta(seconds=seconds) if math.isfinite(seconds) else None,
        relative_gap_tolerance=1e-7,
        random_seed=0,
        node_limit=nodes,
        heuristics=look_for_plans,
    )
    # CP-SAT knows whole numbers only: without a scale it rounds kilograms and coverage to them.
    parameters.cp_sat.mip_var_scaling = 1000.0
    hints = [mathopt.SolutionHint(variable_values=hint)] if hint else []
    return mathopt.solve(
        model.mip,
        SOLVERS[solver],
        params=parameters,
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )


def _size(arrays: Arrays, goal: str, best: float) -> float:
    """What a relative slack is relative to: the waste itself, not what is rescued."""
    return _perishing(arrays) - best if goal == "waste" else abs(best)


def _perishing(arrays: Arrays) -> float:
    return float((arrays.unit * arrays.units)[arrays.perishes].sum()) / KG


def _lines(model: Model, values: dict[mathopt.Variable, float]) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
    instance, visits = model.arrays.instance, model.arrays.visits
    given: dict[tuple[str, str], int] = defaultdict(int)
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for p, x in enumerate(model.x):
        if units := round(values.get(x, 0.0)):
            lot = instance.lots[model.lot[p]].id
            given[visits[model.visit[p]].id, lot] += units
            if (trip := model.trip[p]) >= 0:
                moved[instance.transfers[trip].id, lot] += units
    give = tuple(sorted(Give(v, x, n) for (v, x), n in given.items()))
    return give, tuple(sorted(Move(t, x, n) for (t, x), n in moved.items()))


def _by(keys: Iterable[K]) -> dict[K, list[int]]:
    """Positions by key."""
    places: dict[K, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return places
