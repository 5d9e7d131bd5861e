"""Whole-unit annealing: the planner's workhorse, always within the rules, the same for the same seed.

It starts from the pins alone and gives unit after unit; where it is told what the divisible relaxation would
give (see `allocation.guide`), it starts from that, rounded, and looks there first. What it maximises is a single
figure made of the goals (`kernel.Aim`), whose weights follow the current waste and mean, and a water level that
rises under the worst-off households. It stops on counted steps; a limit in seconds makes them fewer (see
`allocation.pace`).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from allocation.ambition import LEAST_SLACK, ambition
from allocation.arrays import Arrays, Flags, Floats, Ints
from allocation.beginning import CLOSE, FROZEN, LOOSE, PINNED, Beginning, Kept
from allocation.figures import coverage, relative_coverage
from allocation.kernel import Aim, anneal, change, deal, put_back, trim
from allocation.layout import lay_out, sure_reach
from allocation.pace import Pace
from allocation.problem import Give, Move, Plan

STAGES = 256
"""How many times the weights are looked at again, `stop` is asked and progress told."""

STEPS_PER_PAIR = 55
"""Steps for each pair that may be given, at effort 1; on small instances up to four times as many."""

STEPS_AT_LEAST = 500_000


@dataclass(frozen=True)
class Heat:
    """The temperature, from hot to cold, and how the water level follows the worst-off households."""

    hot: float
    cold: float
    quantile: float
    above: float


CALM = Heat(hot=3e-3, cold=5e-5, quantile=0.02, above=0.005)
LIVELY = Heat(hot=1e-2, cold=1e-4, quantile=0.03, above=0.01)
"""For small instances, where one unit weighs more."""

GUIDED = Heat(hot=8e-4, cold=3e-5, quantile=0.02, above=0.005)
"""From the relaxation: most units stand where they should, and more heat would only scatter them."""

GUIDED_EFFORT = 0.3
"""Steps with a guide, relative to a search from nothing."""

HARD = 1_000
"""Pairs from which a guide is asked for."""

WORTH_A_LOOK = 0.2
"""Units that the relaxation gives at a pair, from which the search looks there often."""

AGAIN = Heat(hot=2e-4, cold=5e-5, quantile=0.02, above=0.005)
"""From a plan before: too cold to leave it but for a reason."""

AGAIN_EFFORT = 0.3
"""Steps from a plan before, relative to a search from nothing."""

MOST_SEEN = 2**15 - 1
"""Units of a line before that are remembered: more than any basket holds."""

HELD = Heat(hot=3e-4, cold=3e-5, quantile=0.02, above=0.005)
"""While waste is held within its slack: too cold to lose what was reached."""

LOOK, HOLD = 0.2, 0.5
"""Steps to see how little can be lost, and to serve the other goals within that, relative to the steps before."""

LOOK_PER_PAIR, HOLD_PER_PAIR = 4, 5
"""And no fewer for each pair: a hasty look would allow too much to be lost."""

MENDED = Heat(hot=1e-4, cold=3e-5, quantile=0.02, above=0.005)
"""Where plans made apart are put together: each is good by itself, what they might exchange is not looked at yet."""

MEND_PER_LINE, MEND_LOOK_PER_PAIR, MEND_LIFT_PER_PAIR = 110, 1, 1
"""Steps for that: most begin at a line, where something is given."""

RUNGS = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
"""To lift the worst-off in the end, then the next: the part of the households that is looked at, round by round."""

SMALLER, LUMP = 0.1, 0.02
"""Of the units that lift anybody, the part that lifts less than the smaller ones do; and how far these lift from where
on the water has to stand higher to call for any."""

ZEAL, RISE = 30.0, 0.005
"""How much more those count, and how far above the last of them the water stands."""

LIFT, LIVELY_LIFT, CLIMBED = (1e-4, 3e-5), (30.0, 1e-3, 1e-4), 1.5e-5
"""How warm it is as each rung is climbed, once after the other, and at the top of it."""

LIFT_PER_PAIR, LIFT_AT_LEAST = 3, 300_000
"""Steps for all the rounds together."""

LIFT_PAYS = 0.25
"""Of the slack of waste and of mean, that lifting the worst-off may use up; all of it where it lifts them by as much as
their own slack."""

ROUNDS, AGAIN_FROM = 4, 1.003
"""The rungs are climbed so many times at most, and again only after a round that raised the floor by that factor."""

SAME = 9
"""Decimals up to which two coverages are the same."""

PRESSED = 1.1
"""Waste counts so much more, stage after stage, while more is lost than its slack allows; and so much less after."""

Told = Callable[["Search", float], None]
Asked = Callable[[], bool]
Guide = Callable[[], Floats | None]
"""The units of each lot that the divisible relaxation would give at each visit, once they are worked out; None where
there was no time for it."""

FIRST_STEPS, SETTLING_STEPS = 1, 5
"""For each pair: to a first plan that can be shown at once, and to a tidy one."""


class Search:
    """One annealing run over the pairs of an instance, or of a part of it."""

    def __init__(
        self,
        arrays: Arrays,
        seed: int = 0,
        keep: Flags | None = None,
        start: Plan | None = None,
        pace: Pace | None = None,
        kept: Kept = CLOSE,
    ) -> None:
        """With a plan before (`start`), the search begins from what still holds of it, and it is `kept` that close."""
        self.arrays = arrays
        self.pace = pace or Pace()
        self.seed = seed
        self.begin = Beginning(arrays, start, kept.held)
        self.pairs = self.begin.pairs(keep)
        self.wanted = ambition(arrays.instance.policy)
        self.level = 0.0
        self.alone = False
        """Only waste counts: to see how little can be lost."""
        self.pressure = 1.0
        self.zeal = 1.0
        """How much more those under the water count than they usually do."""
        self.most = np.inf
        """Kilograms that may be lost so that the goals below are served."""
        self.warm = bool(start and start.give)
        self.keep = kept.worth if self.warm else 0.0
        self.heat = AGAIN if self.warm else LIVELY if len(arrays.adults) < 80 else CALM
        self.board = lay_out(arrays, self.pairs, seed, kept.held)
        self.reach = sure_reach(arrays)
        self.unit_lifts = self._unit_lifts()
        self._give_all(PINNED)
        self._give_again()
        # A process that loads the compiled search takes seconds for it: not those its speed is measured by.
        anneal(self.board, self.aim(), 0, self.heat.hot, self.heat.cold)

    @property
    def hard(self) -> bool:
        """Whether a guide is worth its seconds: neither where little can be done nor where a plan before leads."""
        return not self.warm and len(self.board.free) >= HARD

    def run(
        self,
        effort: float = 1.0,
        told: Told = lambda _, __: None,
        stop: Asked = lambda: False,
        guide: Guide | None = None,
        watched: bool = True,
        whole: bool = True,
    ) -> None:
        """Anneal; when told to stop, settle what is there and return early.

        Unless it is `watched`, a first plan that is only there to be shown is not made. What is not a `whole` plan but
        will be mended with others is not refined: neither is waste held nor are the worst-off lifted.
        """
        if len(self.board.free):
            share = AGAIN_EFFORT if self.warm else 1.0
            if guide:
                if watched:
                    self._first_plan(told)
                of_ways = None if stop() else guide()
                if of_ways is not None:
                    self._follow(of_ways)
                    share = GUIDED_EFFORT if self.heat is GUIDED else share
            steps = int(_usual_steps(len(self.board.free)) * effort * share)
            look, hold = self._steps_to_hold(steps) if whole else (0, 0)
            self._refine(steps, look, hold, LIFT_PER_PAIR if whole else 0, told, stop)
        told(self, 1.0)

    def mend(self, units: Ints, told: Told = lambda _, __: None, stop: Asked = lambda: False) -> None:
        """From plans made apart and put together, so many units at each pair: let them exchange what helps."""
        self._put_back(units)
        self.heat, self.level = MENDED, float(np.quantile(self.standing, MENDED.quantile))
        free, board = self.board.free, self.board
        lines = free[units[free] > 0]
        self.board = board._replace(likely=lines)
        steps, perishing = MEND_PER_LINE * len(lines), int((board.pairs["saves"][free] > 0).sum())
        look, hold = (MEND_LOOK_PER_PAIR * perishing, steps) if self._holds_waste else (0, 0)
        self._refine(steps, look, hold, MEND_LIFT_PER_PAIR, told, stop)
        told(self, 1.0)

    def _refine(self, steps: int, look: int, hold: int, lift_per_pair: int, told: Told, stop: Asked) -> None:
        """Anneal, hold waste within its slack, lift the worst-off; each in so many steps, or not at all."""
        self.pace.expect(steps + look + hold)
        self._anneal(steps, told, stop)
        if look and not stop():
            self._hold_waste(look, hold, stop)
        if lift_per_pair:
            self._lift_the_worst_off(lift_per_pair, stop)
        trim(self.board, self.aim())

    def _first_plan(self, told: Told) -> None:
        """From nothing, cold: what there is to show while the guide is being worked out."""
        for per_pair in (FIRST_STEPS, SETTLING_STEPS):
            with self.pace.stage(per_pair * len(self.board.free)) as steps:
                anneal(self.board, self.aim(), steps, self.heat.cold, self.heat.cold / 5)
            told(self, 0.0)

    def _steps_to_hold(self, steps: int) -> tuple[int, int]:
        """Steps to see how little can be lost and to hold that."""
        if not self._holds_waste:
            return 0, 0
        pairs, perishing = len(self.board.free), int((self.board.pairs["saves"][self.board.free] > 0).sum())
        look = max(int(steps * LOOK * perishing / pairs), LOOK_PER_PAIR * perishing)
        return look, max(int(steps * HOLD), HOLD_PER_PAIR * pairs)

    @property
    def _holds_waste(self) -> bool:
        """Where waste comes first, and the plan is not near one that people have seen: that is left as it is."""
        first = self.arrays.instance.policy.levels[:1]
        return not self.warm and bool(first) and first[0].goal == "waste"

    def _hold_waste(self, look: int, hold: int, stop: Asked) -> None:
        """See how little can be lost, and let the other goals use no more than the slack of waste.

        What annealing maximises trades the goals against each other wherever that pays, as it does where budgets
        bind; the partners voted that it may not.
        """
        found, lost, board = self.board.pairs["units"].copy(), self.waste_kg, self.board
        perishing = self.board.pairs["saves"] > 0
        some, likely = (pairs[perishing[pairs]] for pairs in (board.free, board.likely))
        self.board = board._replace(free=some, likely=likely if len(likely) else some)
        self.alone = True
        if len(some):
            self._cool(look, stop)
        self.alone, self.board = False, board
        least = self.board.pairs["units"].copy()
        self.most = (1 + self.arrays.instance.policy.levels[0].slack) * self.waste_kg
        self._put_back(found)
        if lost > self.most:
            self._cool(hold, stop)
        if self.waste_kg > self.most and not stop():
            self._put_back(least)
            self._cool(hold, stop)

    def _cool(self, steps: int, stop: Asked) -> None:
        """From warm to cold once more, pressing on waste while more is lost than may be."""
        for stage in range(STAGES):
            self._stage(HELD, stage, steps)
            self.pressure = max(1.0, self.pressure * (PRESSED if self.waste_kg > self.most else 1 / PRESSED))
            if stop():
                self._settle()
                break

    def _stage(self, heat: Heat, stage: int, steps: int) -> None:
        """One of the STAGES over which a number of steps cools down."""
        cooling = (heat.cold / heat.hot) ** (1 / STAGES)
        hot = heat.hot * cooling**stage
        with self.pace.stage(steps // STAGES + 1) as now:
            anneal(self.board, self.aim(), now, hot, hot * cooling)

    def _lift_the_worst_off(self, per_pair: int, stop: Asked) -> None:
        """Leximin: raise the worst-off, then the next, as long as no other goal pays more than that is worth.

        With r1 ≤ r2 ≤ … the relative coverages of a plan in order, the better plan has the larger r_k at the first k
        where two differ. Under all the others' water one household alone weighs too little to be worth an exchange: in
        each round only those below a rung weigh at all, and the search looks at their baskets.
        """
        slack: dict[str, float] = {level.goal: level.slack for level in self.arrays.instance.policy.levels}
        if "floor" not in slack:
            return
        allowed = partial(self._within, slack, self.waste_kg, self.floor, self.mean)
        self.zeal = ZEAL
        for _ in range(ROUNDS):
            low = self.floor
            self._climb(allowed, per_pair)
            if self.floor < AGAIN_FROM * low or stop():
                break
        self.zeal = 1.0

    def _climb(self, allowed: Callable[[], bool], per_pair: int) -> None:
        """All the rungs in turn, each kept only where the plan is fairer for it and the other goals allow it."""
        found, ranks, board = self.board.pairs["units"].copy(), self.ranks, self.board
        climbs = LIVELY_LIFT if self.heat is LIVELY else LIFT
        steps = max(per_pair * len(board.free), LIFT_AT_LEAST) // len(RUNGS) // len(climbs)
        rises = (self.unit_lifts, RISE) if self.unit_lifts else (RISE,)
        for heat, rise, rung in product(climbs, rises, RUNGS):
            self.level = float(np.quantile(ranks, rung)) + rise
            low = board.free[(self.standing < self.level)[self.arrays.household[self.pairs.visit[board.free]]]]
            self.board = board._replace(likely=low if len(low) else board.likely)
            with self.pace.stage(steps) as now:
                anneal(self.board, self.aim(), now, heat, CLIMBED)
            self.board = board
            if allowed() and fairer(self.ranks, ranks):
                found, ranks = board.pairs["units"].copy(), self.ranks
            else:
                self._put_back(found)

    def _within(self, slack: dict[str, float], lost: float, low: float, mean: float) -> bool:
        """Whether the plan as it stands costs those above the worst-off no more than it lifts these is worth.

        Never more waste than its slack, and no more than may be lost of what perishes; of the mean never more than its
        slack where it comes before the floor.
        """
        raised = (self.floor / max(low, 1e-9) - 1) / (slack["floor"] or LEAST_SLACK["floor"])
        waste, even = slack.get("waste", np.inf), slack.get("mean", np.inf)
        part = max(LIFT_PAYS, min(1.0, raised))
        little = self.waste_kg <= lost * (1 + LIFT_PAYS * waste)
        wasteful = not little and self.waste_kg > min(self.most, lost * (1 + part * waste))
        order = list(slack)
        if "mean" in order[order.index("floor") :]:
            part = max(LIFT_PAYS, raised)
        return not wasteful and self.mean >= mean * (1 - part * even)

    def _put_back(self, units: Ints) -> None:
        """The board as it was when these were the units of its pairs."""
        put_back(self.board, self.aim(), units)

    def _anneal(self, steps: int, told: Told, stop: Asked) -> None:
        whole = max(self.pace.to_come, 1)
        for stage in range(STAGES):
            self._raise_level(stage)
            self._stage(self.heat, stage, steps)
            told(self, 1 - self.pace.to_come / whole)
            if stop():
                self._settle()
                break

    def _follow(self, of_ways: Floats) -> None:
        """Begin again from what the relaxation would give, rounded at random so that it is kept on average."""
        units = self.by_trip(of_ways)
        chance = np.random.Generator(np.random.PCG64(self.seed))
        whole = np.floor(units + chance.random(len(units))).astype(np.int64)
        order = np.argsort(-units, kind="stable")
        self.board = lay_out(self.arrays, self.pairs, self.seed)
        self._give_all(PINNED)
        deal(self.board, self.aim(), np.repeat(order, whole[order]))
        if self.heat is CALM:
            self.heat = GUIDED
        free = self.board.free
        likely = free[units[free] > WORTH_A_LOOK]
        self.board = self.board._replace(likely=likely if len(likely) else free)

    def by_trip(self, of_ways: Floats) -> Floats:
        """Of a lot that several trips could bring to a visit, each brings the same: such pairs are neighbours."""
        another = (np.diff(self.pairs.visit, prepend=-1) != 0) | (np.diff(self.pairs.lot, prepend=-1) != 0)
        way = np.cumsum(another) - 1
        units: Floats = (of_ways / np.bincount(way))[way]
        return units

    def _unit_lifts(self) -> float:
        """How far one of the smaller units lifts who gets it, where it is much: lower water would not call for any."""
        home = self.arrays.household[self.pairs.visit]
        group = self.arrays.group[self.pairs.lot]
        most = self.arrays.last_need[0][home, group]
        lifts = self.board.plates["rate"][home, group] * self.board.homes["scale"][home]
        lifts *= np.minimum(self.board.lots["worth"][self.pairs.lot], most)
        smaller = float(np.quantile(lifts[lifts > 0], SMALLER)) if (lifts > 0).any() else 0.0
        return smaller if smaller > LUMP else 0.0

    def _settle(self) -> None:
        """A short cold run: what an early stop leaves is a tidy plan, not a hot one."""
        anneal(self.board, self.aim(), 6 * len(self.board.free), self.heat.cold, self.heat.cold / 10)

    def _raise_level(self, stage: int) -> None:
        """The water rises with the worst-off households, then stands still just under them."""
        if stage < 0.6 * STAGES:
            served = self.standing[self.arrays.last_need[1]]
            risen = float(np.quantile(served, self.heat.quantile)) + max(self.heat.above, self.unit_lifts)
            self.level = max(self.level, risen)
        elif stage - 1 < 0.6 * STAGES:
            self.level *= self.wanted.stand

    def aim(self) -> Aim:
        """What to maximise now: the weights of the policy, relative to the plan as it stands."""
        wanted = self.wanted
        lines = wanted.lines / max(self.pairs_held, 10 * len(self.arrays.visits), 1)
        others, homes = 0.0 if self.alone else 1.0, self.board.homes
        return Aim(
            mean=others * wanted.mean / max(float((homes["share"] * homes["covered"]).sum()), 0.05),
            floor=others * self.zeal * wanted.floor,
            waste=self.pressure * wanted.waste / max(self.waste_kg, 1.0),
            lines=lines,
            level=self.level,
            keep=self.keep * lines,
        )

    @property
    def pairs_held(self) -> int:
        return int(self.board.visits["lines"].sum())

    @property
    def standing(self) -> Floats:
        """Relative coverage as the board counts it: as far as it is sure (`layout.says`)."""
        covered, reach = self.board.homes["covered"], self.reach
        return np.where(reach > 0, covered / np.where(reach > 0, reach, 1.0), 1.0)

    @property
    def ranks(self) -> Floats:
        """Where those who come stand, from the worst-off up."""
        return np.sort(np.round(self.standing[self.arrays.last_need[1]], SAME))

    @property
    def covered(self) -> Floats:
        return coverage(self.arrays, self.board.cells["accepted"])

    @property
    def relative(self) -> Floats:
        return relative_coverage(self.arrays, self.covered)

    @property
    def floor(self) -> float:
        return float(self.relative[self.arrays.last_need[1]].min(initial=1.0))

    @property
    def mean(self) -> float:
        return float((self.board.homes["share"] * self.covered).sum())

    @property
    def waste_kg(self) -> float:
        lots, perish = self.board.lots, self.arrays.perishes
        given = self.arrays.units[perish] - lots["left"][perish]
        whole = (self.arrays.unit * self.arrays.units)[perish].sum()
        return float(whole - (lots["worth"][perish] * given).sum()) / 1000

    def _give_all(self, kind: int) -> None:
        """What is decided, by hand or before, is given first and never touched again."""
        aim = self.aim()
        for pair, units in zip(*self.begin.ways(self.pairs, kind), strict=True):
            change(self.board, aim, pair, units)

    def _give_again(self) -> None:
        """What still holds of the plan before is given, unit by unit; where it did not hold is left to the search."""
        self._give_all(FROZEN)
        pairs, units = self.begin.ways(self.pairs, LOOSE)
        units = np.minimum(units, self.arrays.per_visit[self.pairs.lot[pairs]])
        np.add.at(self.board.pairs["was"], pairs, np.minimum(units, MOST_SEEN).astype(np.int16))
        deal(self.board, self.aim(), np.repeat(pairs, units))
        if len(seen := self.arrays.household[np.unique(self.begin.visit[self.begin.kind > PINNED])]):
            # As high as the plan before stood: whoever is new is lifted to where the others are.
            self.level = float(np.quantile(self.standing[np.unique(seen)], self.heat.quantile))

    def lines(self) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
        """What is given and what moves, as the board stands."""
        instance, visits = self.arrays.instance, self.arrays.visits
        given: dict[tuple[str, str], int] = defaultdict(int)
        moved: dict[tuple[str, str], int] = defaultdict(int)
        pairs = self.board.pairs
        for p in np.flatnonzero(pairs["units"]).tolist():
            v, x, trip, units = (int(pairs[p][name]) for name in ("visit", "lot", "trip", "units"))
            lot = instance.lots[x].id
            given[visits[v].id, lot] += units
            if trip >= 0:
                moved[instance.transfers[trip].id, lot] += units
        give = tuple(sorted(Give(v, x, n) for (v, x), n in given.items()))
        return give, tuple(sorted(Move(t, x, n) for (t, x), n in moved.items()))


def fairer(one: Floats, other: Floats) -> bool:
    """Whether coverages in order are the better by leximin: higher where the two first differ.

    >>> fairer(np.array([0.3, 0.6, 0.6]), np.array([0.3, 0.5, 0.9]))
    True
    """
    first = np.flatnonzero(one != other)[:1]
    return bool((one > other)[first].any())


def _usual_steps(pairs: int) -> int:
    usual = STEPS_PER_PAIR * max(pairs, 300)
    return min(4 * usual, max(usual, STEPS_AT_LEAST))
