"""Ways of planning beside each other on the same weeks: what each would have done to people and to food. Pure.

A *way* is a rule of thumb or the planner under an order of goals. Every way replays the same truths; each figure is
told with the interval that the truths leave open, and beside what hindsight could not have bettered.
"""

import math
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from allocation.arrays import Arrays
from allocation.baselines import equal_quota, fefo_to_cap, fefo_to_need, fixed_parcel
from allocation.forecast import expected, foreseen
from allocation.generate import Shape, generate
from allocation.problem import GOALS, BadInstance, Bounds, Give, Instance, Level, Plan, Policy
from allocation.rolling import Expecting, Lean, Planner, Run, Truth, replay
from allocation.solve import solve
from common.words import N_

FIGURES = {
    "waste_kg": N_("lost, kg"),
    "floor": N_("served least"),
    "p5": N_("one in twenty under"),
    "mean": N_("mean balance"),
    "gini": N_("inequality (Gini)"),
    "left_behind_kg": N_("left behind, kg"),
    "churn": N_("lines changed"),
}
"""What is told of each way, and its name."""

SHELF = "shelf"
"""Nothing is prepared: each fills a basket from the shelf on coming, first expired, first out."""
RULES_OF_THUMB: dict[str, Callable[[Instance], Plan]] = {
    "fefo": fefo_to_cap,
    SHELF: fefo_to_cap,
    "fefo-need": fefo_to_need,
    "equal": equal_quota,
    "parcel": fixed_parcel,
}
ORDERS = ("waste>floor>mean", "floor>waste>mean", "mean>waste>floor")
"""Orders of goals that a council would look at."""
USUAL_SLACK: dict[str, float] = {level.goal: level.slack for level in Policy().levels}

STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""The 97.5 % quantile of Student's t for 1 to 10 degrees of freedom."""


class Way(Struct, frozen=True):
    """A way of planning by its name: a rule of thumb, or goals in order as `floor>waste>mean`.

    What those below a goal may use up of it is said after a colon (`waste:0.05>floor>mean`: 5 %), else it is the usual;
    how far off what comes is known by food group and day after a tilde (`waste>floor~0.2`: 20 %), else it is not known.
    """

    name: str
    effort: float = 0.3

    @property
    def policy(self) -> Policy | None:
        """The order of goals; None for a rule of thumb. Raises BadInstance for what is neither."""
        if self.name in RULES_OF_THUMB:
            return None
        order, known, off = self.name.partition("~")
        said = [level.partition(":") for level in order.split(">")]
        goals = [goal for goal, _, _ in said]
        if not set(goals) <= set(GOALS) or len(set(goals)) < len(goals):
            names = ", ".join([*RULES_OF_THUMB, *GOALS])
            raise BadInstance(name=self.name, reason=f"it is made of none of {names}")
        if known and not _is_share(off):
            raise BadInstance(name=self.name, reason=f"“{off}” after ~ is no share such as 0.2")
        levels = [{"goal": goal, "slack": slack or USUAL_SLACK[goal]} for goal, _, slack in said]
        levels += [{"goal": "lines"}] if "lines" not in goals else []
        try:
            return Policy(msgspec.convert(levels, tuple[Level, ...], strict=False))
        except msgspec.ValidationError as error:
            raise BadInstance(name=self.name, reason=str(error)) from None

    @property
    def expecting(self) -> Expecting | None:
        """A fixed parcel is made up for what usually comes; others plan what is there, unless they know what comes."""
        _, known, off = self.name.partition("~")
        if known:
            return partial(foreseen, off=float(off))
        return expected if self.name == "parcel" else None

    @property
    def prepared(self) -> bool:
        """Whether baskets wait for those expected, whoever comes."""
        return self.name != SHELF

    @property
    def planner(self) -> Planner:
        policy = self.policy
        return (
            partial(_by_thumb, RULES_OF_THUMB[self.name]) if policy is None else partial(_by_goals, policy, self.effort)
        )


def _is_share(written: str) -> bool:
    try:
        return 0 <= float(written) <= 1
    except ValueError:
        return False


def order_of(policy: Policy) -> str:
    """A policy as a way is named; lines to pack always come last of themselves.

    >>> order_of(Policy()), order_of(Policy((Level("floor", 0.05), Level("waste", 0.01))))
    ('waste>floor>mean', 'floor:0.05>waste')
    """
    return ">".join(_level(level) for level in policy.levels if level.goal != "lines")


def _level(level: Level) -> str:
    return level.goal if level.slack == USUAL_SLACK[level.goal] else f"{level.goal}:{level.slack:g}"


def loosened(policy: Policy, slack: float) -> Policy:
    """The same order, with so much of every goal left to those below it."""
    return Policy(tuple(level if level.goal == "lines" else replace(level, slack=slack) for level in policy.levels))


class Estimate(Struct, frozen=True):
    """A mean over truths, with half the width of its 95 % interval (0 where there is one truth only)."""

    mean: float
    half: float


NOTICED = 0.02
"""By so much more or less of what it alone could have got, a household notices."""


class People(Struct, frozen=True):
    """What a way would have changed for people beside the first way, where one past is looked at."""

    more: int
    """Households that would have had more over these weeks, as far as they notice."""
    less: int
    leanest: Lean


class Told(Struct, frozen=True):
    """The figures of one way."""

    way: str
    figures: dict[str, Estimate]
    beside: dict[str, Estimate] = {}
    """Its figures less those of the first way on the same truth: far surer than two intervals, since truths differ
    more than ways do."""
    people: People | None = None


class Report(Struct, frozen=True):
    """Ways side by side."""

    truths: int
    households: int
    visits: int
    given_kg: float
    """What came in, on average."""
    ways: tuple[Told, ...]
    bounds: dict[str, Estimate]
    """What no plan could better even with hindsight, goal by goal."""
    broken: int
    """Rules broken by what was handed over: 0, or a fault of ours."""


def _along(told: Callable[[float], None], done: int, total: int, share: float) -> None:
    """Tell how far the whole is, where one of its parts is so far."""
    told((done + share) / total)


def compare(truths: Sequence[Truth], ways: Sequence[Way], told: Callable[[float], None] = lambda _: None) -> Report:
    """Every way on every truth."""
    from allocation.bounds import prove  # with it comes numba, which a server that plans nothing never needs

    runs: dict[str, list[Run]] = {way.name: [] for way in ways}
    total = len(truths) * len(ways)
    for nth, truth in enumerate(truths):
        for at, way in enumerate(ways):
            done = nth * len(ways) + at
            along = partial(_along, told, done, total)
            runs[way.name].append(_replayed(truth, way, nth, along))
    return Report(
        truths=len(truths),
        households=len(truths[0].instance.households),
        visits=len(truths[0].instance.visits),
        given_kg=statistics.mean(sum(x.unit_grams * x.units for x in t.instance.lots) / 1000 for t in truths),
        ways=tuple(_told(name, of_way, runs[ways[0].name]) for name, of_way in runs.items()),
        bounds=_bounds([prove(Arrays(truth.came)) for truth in truths]),
        broken=sum(len(run.broken) for of_way in runs.values() for run in of_way),
    )


def _replayed(truth: Truth, way: Way, seed: int, told: Callable[[float], None]) -> Run:
    return replay(truth, way.planner, seed, told, expecting=way.expecting, prepared=way.prepared)


def made_up(
    seeds: Iterable[int], households: int = 30, weeks: int = 6, supply: float = 0.7, no_shows: float = 0.07
) -> list[Truth]:
    """Truths of this size; who stays away is drawn too."""
    shape = Shape(households=households, lots=round(1.3 * households * weeks), sessions=weeks, supply=supply)
    return [staying_away(Truth(generate(seed, shape)), no_shows, seed) for seed in seeds]


def staying_away(truth: Truth, no_shows: float, seed: int) -> Truth:
    """The same weeks, with others staying away: each visit is missed so often."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    return replace(truth, absent=frozenset(v.id for v in truth.instance.visits if chance.random() < no_shows))


def _by_thumb(rule: Callable[[Instance], Plan], instance: Instance, _before: tuple[Give, ...]) -> Plan:
    return rule(instance)


def _by_goals(policy: Policy, effort: float, instance: Instance, _before: tuple[Give, ...]) -> Plan:
    """From nothing: what came since the day before matters more than what was said then."""
    return solve(replace(instance, policy=policy), effort=effort, bounds=False)


def _told(way: str, runs: Sequence[Run], first: Sequence[Run]) -> Told:
    return Told(way, _figures(runs), _beside(runs, first), _people(runs[0], first[0]) if len(runs) == 1 else None)


def _people(run: Run, first: Run) -> People | None:
    if run.leanest is None:
        return None
    gained = [share - first.figures.relative[who] for who, share in run.figures.relative.items()]
    return People(sum(x > NOTICED for x in gained), sum(x < -NOTICED for x in gained), run.leanest)


def _figures(runs: Sequence[Run]) -> dict[str, Estimate]:
    return {name: estimate([_figure(run, name) for run in runs]) for name in FIGURES}


def _beside(runs: Sequence[Run], first: Sequence[Run]) -> dict[str, Estimate]:
    pairs = list(zip(runs, first, strict=True))
    return {name: estimate([_figure(run, name) - _figure(other, name) for run, other in pairs]) for name in FIGURES}


def _figure(run: Run, name: str) -> float:
    return float(getattr(run, name) if hasattr(run, name) else getattr(run.figures, name))


def _bounds(proven: Sequence[Bounds]) -> dict[str, Estimate]:
    found = {name: [getattr(b, name) for b in proven] for name in ("waste_kg", "floor", "mean")}
    return {name: estimate(values) for name, values in found.items() if None not in values}


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of independent truths and what it leaves open."""
    n = len(values)
    if n < 2:
        return Estimate(statistics.mean(values), 0.0)
    # Beyond the table the quantile is that of the normal law and a little.
    t = STUDENT[n - 2] if n - 2 < len(STUDENT) else 1.96 + 2.6 / (n - 1)
    return Estimate(statistics.mean(values), t * statistics.stdev(values) / math.sqrt(n))
