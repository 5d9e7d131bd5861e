"""Standard baskets: the same problem with a few distinct baskets a session, for those who pack in series.

Whoever shares a basket must be able to have all of it: what one excludes, cannot cook or cannot carry, the others go
without, too. So the visits of a session are sorted into classes and one common basket is filled for each, both at
once (`allocation.standard_kernel`), for the same goals as any plan. A visit with lines fixed by hand is packed by
itself, as it was planned, and does not count. Lots are given where they stand: no trip carries a series.
"""

from collections.abc import Callable, Iterable

import numpy as np

from allocation.arrays import Arrays
from allocation.check import trips_for
from allocation.layout import scale
from allocation.problem import Give, Move, Plan
from allocation.search import Search
from allocation.series import distinct
from allocation.standard_kernel import (
    ALL_WELL,
    BASKET,
    CELL,
    LOG,
    LOT,
    PART,
    VISIT,
    Flags,
    Floats,
    Ints,
    Records,
    State,
    Weights,
    anneal,
    change,
    overflow,
)

STEPS_PER_PAIR = 20
"""Steps for each lot of each basket, at effort 1."""
STEPS_AT_LEAST = 60_000
TRIES = 5
"""How often the visits are sorted into classes and their baskets filled, quickly, before the best goes on."""
QUICK = 0.25
"""Steps of such a try, relative to those that follow."""
STAGES = 64
"""How often `stop` is asked."""
HOT, COLD = 2e-2, 1e-4
WARM = 2e-3
"""Where the best try goes on: hot enough to move visits between baskets."""
AGAIN = 1e-4
"""From a plan before: too cold to leave it but for a reason."""
AGAIN_EFFORT = 0.1
"""Steps from a plan before, relative to those from nothing."""


class Series:
    """The baskets of a session in few kinds, made from a plan that was made without that limit."""

    def __init__(self, arrays: Arrays, plan: Plan, most: int, seed: int = 0) -> None:
        """Where the plan keeps to the limit already, it is the start and the search keeps close to it."""
        self.arrays = arrays
        known = arrays.instance
        give = tuple(g for g in plan.give if g.visit in known.visit_by_id and g.lot in known.lot_by_id)
        self.warm = bool(give) and distinct(known, give) <= most
        search = Search(arrays, seed, start=plan)
        aim = search.aim()
        self.weights = Weights(aim.mean, aim.floor, aim.waste, aim.lines, search.level)
        tries = range(1 if self.warm else TRIES)
        self.states = [_state(search, give, most, self.warm, (seed, n)) for n in tries]

    @property
    def state(self) -> State:
        """The best so far."""
        return max(self.states, key=self.worth)

    def run(self, effort: float = 1.0, stop: Callable[[], bool] = lambda: False) -> None:
        state = self.states[0]
        if not len(state.free) or not len(state.lots):
            return
        pairs = int((state.baskets["count"] > 0).sum()) * len(state.lots)
        steps = int(max(STEPS_PER_PAIR * pairs, STEPS_AT_LEAST) * effort)
        if not self.warm:
            for tried in self.states:
                self._anneal(tried, int(steps * QUICK), HOT, stop)
            self._anneal(self.state, steps, WARM, stop)
        else:
            self._anneal(state, int(steps * AGAIN_EFFORT), AGAIN, stop)

    def _anneal(self, state: State, steps: int, hot: float, stop: Callable[[], bool]) -> None:
        cooling = (min(COLD, hot / 10) / hot) ** (1 / max(1, steps))
        for stage in range(STAGES):
            first, last = steps * stage // STAGES, steps * (stage + 1) // STAGES
            anneal(state, self.weights, last - first, hot * cooling**first, cooling)
            if stop():
                break

    def worth(self, state: State) -> float:
        """What the search makes large, but for the lines: they are few either way."""
        homes, session = state.homes, state.visits["session"]
        units = state.units[state.visits["basket"]]
        short = np.maximum(0.0, self.weights.level - homes["covered"] * homes["scale"])[homes["scale"] > 0]
        return float(
            self.weights.mean * (homes["share"] * homes["covered"]).sum()
            - self.weights.floor * (short**2).sum()
            + self.weights.waste * (state.saves[session] * units).sum()
        )

    def lines(self) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
        """What is given, and what moves so that lines fixed by hand hold."""
        arrays, order = self.arrays, _order(self.arrays)
        units = self.state.units[self.state.visits["basket"]]
        give = tuple(
            sorted(
                Give(arrays.visits[v].id, arrays.instance.lots[order[lot]].id, int(units[v, lot]))
                for v, lot in np.argwhere(units)
            )
        )
        return give, tuple(move for _, move in trips_for(arrays.instance, give))


def _state(search: Search, plan: tuple[Give, ...], most: int, kept: bool, tried: tuple[int, int]) -> State:
    """Visits sorted into classes; their baskets as in the plan where it keeps to the limit, else empty."""
    arrays, chance = search.arrays, np.random.default_rng(tried)
    order = _order(arrays)
    suits, saved = _by_visit(search, order)
    sessions = _sessions(arrays)
    # Who can have nothing at all, for want of money, say, does not make the others go without.
    apart = np.isin([v.id for v in arrays.visits], [p.visit for p in arrays.instance.pins]) | ~_can_have(
        arrays, suits, order
    )
    # The search has given the fixed lines already, and of the others what fits beside them.
    of_plan = np.where(apart[:, None], _units(arrays, _standing(search), order), _units(arrays, plan, order))
    many = int(sessions.max(initial=-1)) + 1
    kinds = min(most, int(np.bincount(sessions).max(initial=1)))
    of = np.empty(len(sessions), dtype=np.int64)
    units = np.zeros((many * kinds + int(apart.sum()), len(order)), dtype=np.int64)
    saves = np.zeros((many, len(order)))
    for s in range(many):
        here = np.flatnonzero((sessions == s) & ~apart)
        saves[s] = saved[sessions == s].max(axis=0)
        if kept:
            of[here], units[s * kinds : (s + 1) * kinds] = _as_before(s * kinds, kinds, of_plan[here], suits[here])
        else:
            of[here] = s * kinds + _alike(arrays, suits[here], here, kinds, chance if tried[1] else None)
    of[apart] = many * kinds + np.arange(apart.sum())
    units[of[apart]] = of_plan[apart]
    homes = search.board.homes.copy()
    homes["scale"] = scale(arrays.reach)
    state = State(
        lots=_lots(arrays, order),
        first=np.searchsorted(arrays.group[order], np.arange(len(arrays.group_ids) + 1)),
        visits=_visits(arrays, sessions, of),
        cells=_cells(arrays),
        homes=homes,
        plates=search.board.plates.copy(),
        baskets=np.zeros(len(units), dtype=BASKET),
        parts=np.zeros((len(units), len(arrays.group_ids)), dtype=PART),
        members=np.zeros((len(units), len(of)), dtype=np.int64),
        units=units,
        suits=suits,
        saves=saves,
        kinds=kinds,
        free=np.flatnonzero(~apart),
        log=np.zeros((LOG, 4), dtype=np.int64),
        chance=chance.integers(1, 2**63, 1, dtype=np.uint64),
    )
    _add_up(state, arrays)
    return state


def _order(arrays: Arrays) -> Ints:
    """The lots by group, in a group use-by lots first, by last day."""
    order: Ints = np.lexsort((arrays.last_day, ~arrays.use_by, arrays.group))
    return order


def _by_visit(search: Search, order: Ints) -> tuple[Flags, Floats]:
    """By visit and lot: whether rules 1-6 and the bans allow it, and the kilograms a unit keeps from being lost."""
    pairs = search.board.pairs[search.board.pairs["trip"] < 0]
    suits = np.zeros((len(search.arrays.visits), len(order)), dtype=np.bool_)
    saves = np.zeros(suits.shape)
    suits[pairs["visit"], pairs["lot"]] = True
    saves[pairs["visit"], pairs["lot"]] = pairs["saves"]
    return suits[:, order], saves[:, order]


def _can_have(arrays: Arrays, suits: Flags, order: Ints) -> Flags:
    """Which visits could have one unit at least of something."""
    group = arrays.group[order]
    fits = arrays.unit[order] <= np.minimum(arrays.carry[:, None], arrays.cap[:, group])
    paid = arrays.price[order] <= arrays.budget[:, None]
    return np.array([row.any() for row in suits & fits & paid], dtype=np.bool_)


def _sessions(arrays: Arrays) -> Ints:
    """The session of each visit: a site, a day and a channel."""
    keys = [(v.site, v.date, v.channel) for v in arrays.visits]
    number = {key: i for i, key in enumerate(sorted(set(keys)))}
    return np.array([number[key] for key in keys], dtype=np.int64)


def _standing(search: Search) -> list[Give]:
    """What is given of what no trip has to bring; in a basket of which one brings a part, the fixed lines alone."""
    instance, (give, _) = search.arrays.instance, search.lines()
    brought = {g.visit for g in give if instance.lot_by_id[g.lot].site != instance.visit_by_id[g.visit].site}
    fixed = {(p.visit, p.lot) for p in instance.pins}
    return [g for g in give if g.visit not in brought or (g.visit, g.lot) in fixed]


def _units(arrays: Arrays, plan: Iterable[Give], order: Ints) -> Ints:
    """Units of each lot at each visit."""
    visit = {v.id: i for i, v in enumerate(arrays.visits)}
    lot = {x.id: i for i, x in enumerate(arrays.instance.lots)}
    units = np.zeros((len(visit), len(lot)), dtype=np.int64)
    for line in plan:
        units[visit[line.visit], lot[line.lot]] += line.units
    return units[:, order]


def _alike(arrays: Arrays, suits: Flags, here: Ints, kinds: int, chance: np.random.Generator | None) -> Ints:
    """Classes of visits that are much alike in what they may have, then in size; or both weighed as chance has it."""
    size = np.log(arrays.adults[arrays.household[here]])
    if chance is None:
        order = np.lexsort((size, *suits.T, -suits.sum(axis=1)))
    else:
        traits = np.column_stack([suits.astype(np.float64), size * suits.shape[1] ** 0.5])
        order = np.argsort(traits @ chance.standard_normal(traits.shape[1]), kind="stable")
    of = np.empty(len(here), dtype=np.int64)
    of[order] = np.arange(len(here)) * kinds // max(len(here), 1)
    return of


def _as_before(first: int, kinds: int, of_plan: Ints, suits: Flags) -> tuple[Ints, Ints]:
    """The classes of a plan before and their baskets; who got nothing joins the basket of which most suits."""
    baskets = np.zeros((kinds, of_plan.shape[1]), dtype=np.int64)
    served = of_plan.any(axis=1)
    found, number = np.unique(of_plan[served], axis=0, return_inverse=True)
    baskets[: len(found)] = found
    of = np.empty(len(of_plan), dtype=np.int64)
    of[served] = number.reshape(-1)
    of[~served] = ((baskets > 0) @ suits[~served].T.astype(np.int64)).argmax(axis=0)
    for b in range(kinds):
        baskets[b] *= suits[of == b].all(axis=0)
    return first + of, baskets


def _lots(arrays: Arrays, order: Ints) -> Records:
    lots = np.zeros(len(order), dtype=LOT)
    for name in ("unit", "price", "group", "per_visit", "last_day", "use_by"):
        lots[name] = getattr(arrays, name)[order]
    lots["left"] = arrays.units[order]
    lots["worth"] = (arrays.acceptance * arrays.unit)[order]
    return lots


def _visits(arrays: Arrays, sessions: Ints, of: Ints) -> Records:
    visits = np.zeros(len(of), dtype=VISIT)
    visits["home"], visits["session"], visits["date"] = arrays.household, sessions, arrays.date
    visits["basket"], visits["most"] = of, arrays.max_lines
    visits["carry"], visits["budget"] = arrays.carry, arrays.budget
    return visits


def _cells(arrays: Arrays) -> Records:
    cells = np.zeros(arrays.need.shape, dtype=CELL)
    cells["need"], cells["cap"], cells["eat"] = arrays.need, arrays.cap, arrays.eat
    return cells


def _add_up(state: State, arrays: Arrays) -> None:
    """What the baskets hold and how far households are covered by it; what does not hold any more is taken out."""
    lots, baskets, parts, units = state.lots, state.baskets, state.parts, state.units
    of = state.visits["basket"]
    for b in range(len(baskets)):
        mine = np.flatnonzero(of == b)
        state.members[b, : len(mine)], state.visits["place"][mine] = mine, np.arange(len(mine))
    baskets["count"] = np.bincount(of, minlength=len(baskets))
    _take_back(state)
    in_group = np.equal.outer(lots["group"], np.arange(len(arrays.group_ids))).astype(np.int64)
    lots["left"] -= baskets["count"] @ units
    parts["given"] = (units * lots["unit"]) @ in_group
    parts["accepted"] = (units * lots["worth"]) @ in_group
    baskets["grams"], baskets["cents"] = units @ lots["unit"], units @ lots["price"]
    baskets["lines"] = (units > 0).sum(axis=1)
    counted = arrays.accumulate(parts["accepted"][of])
    state.homes["covered"] += (state.plates["rate"] * (counted - state.plates["counted"])).sum(axis=1)
    state.plates["counted"] = counted
    while _taken_out(state, in_group):
        pass


def _taken_out(state: State, in_group: Ints) -> bool:
    """Whether something had to be taken out of a basket, since one of its visits may not have as much."""
    units, taken = state.units, False
    for b in range(len(state.saves) * state.kinds):
        for g in range(in_group.shape[1]):
            while (full := overflow(state, b, g)) != ALL_WELL:
                held = np.flatnonzero(units[b] * (in_group[:, g] if full == g else 1))
                if not len(held):
                    break  # Too much of it is in the basket of another visit of a household, whose turn comes.
                change(state, IDLE, b, int(held[-1]), -1)
                taken = True
    return taken


IDLE = Weights(0.0, 0.0, 0.0, 0.0, 0.0)


def _take_back(state: State) -> None:
    """Of what is no longer on the shelf, out of the baskets that hold most of it."""
    count, free = state.baskets["count"], len(state.saves) * state.kinds
    for lot in np.flatnonzero(count @ state.units > state.lots["left"]):
        of_lot = state.units[:free, lot]
        while (over := int(count @ state.units[:, lot] - state.lots["left"][lot])) > 0:
            most = int((count[:free] * of_lot).argmax())
            of_lot[most] -= min(-(-over // int(count[most])), int(of_lot[most]))
