"""The compiled heart of the search for standard baskets: whole baskets are filled, visits change from one to another.

A unit put into a basket goes to every visit it is packed for, so a step changes many households at once. It gives,
or moves a visit, takes out again what then overflows, and is kept or undone by the rule of simulated annealing.

It calls nothing compiled elsewhere, and is one file: numba keeps what it compiled by file.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Records = NDArray[Any]


def compiled(function: F) -> F:
    """Machine code, kept on disk between runs, that lets other threads work meanwhile; nothing here allocates.

    Only compiled code calls it: what Python would need to do so takes half the time to compile.
    """
    options = {**OPTIONS, "no_cpython_wrapper": True}
    machine: F = numba.njit(function, **options)
    return machine


def door(function: F) -> F:
    """`compiled`, for Python to call."""
    machine: F = numba.njit(function, **OPTIONS)
    return machine


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "no_cfunc_wrapper": True}

LOT = np.dtype(
    [
        ("unit", "i8"),
        ("price", "i8"),
        ("group", "i8"),
        ("per_visit", "i8"),
        ("last_day", "i8"),
        ("left", "i8"),  # units on the shelf
        ("use_by", "i8"),
        ("worth", "f8"),  # accepted grams of a unit
    ],
    align=True,
)
VISIT = np.dtype(
    [
        ("home", "i8"),
        ("session", "i8"),
        ("date", "i8"),
        ("basket", "i8"),
        ("place", "i8"),  # among those its basket is packed for
        ("most", "i8"),  # lots its basket may have
        ("carry", "i8"),  # grams
        ("budget", "i8"),  # cents
    ],
    align=True,
)
CELL = np.dtype([("need", "i8"), ("cap", "i8"), ("eat", "i8")])
"""A visit and a group, in grams."""
BASKET = np.dtype(
    [
        ("count", "i8"),  # visits it is packed for
        ("grams", "i8"),
        ("cents", "i8"),
        ("lines", "i8"),
    ]
)
PART = np.dtype([("given", "i8"), ("accepted", "f8")])
"""Grams of a group in a basket."""


class State(NamedTuple):
    """The whole state of a search. The baskets of session s are `s * kinds : (s + 1) * kinds`."""

    lots: Records
    """Side by side by group, within a group use-by lots first, by last day."""
    first: Ints
    """`first[g] : first[g + 1]` are the lots of a group."""
    visits: Records
    cells: Records
    homes: Records
    """As in `allocation.kernel`: a household's visits are `first : last`, in date order."""
    plates: Records
    baskets: Records
    parts: Records
    members: Ints
    """`members[b, : count]` are the visits a basket is packed for."""
    units: Ints
    """`units[b, l]`."""
    suits: Flags
    """`suits[v, l]`: rules 1-6 and the bans."""
    saves: Floats
    """`saves[s, l]`: kilograms that a unit given at session s keeps from being lost."""
    kinds: int
    free: Ints
    """The visits whose basket may change: all but those with lines fixed by hand."""
    log: Ints
    chance: NDArray[np.uint64]


class Weights(NamedTuple):
    """What a plan is worth: `allocation.kernel.Aim` as far as baskets need it."""

    mean: float
    floor: float
    waste: float
    lines: float
    level: float


LOG = 400
"""Changes of one step that can be undone; a step that needs more is given up."""

GAVE, MOVED = 0, 1
EJECTIONS = 12
"""Units taken out again before a step is given up."""


@compiled
def draw(s: State, below: int) -> int:
    """A pseudo-random whole number under `below`: xorshift64*, the same everywhere."""
    x = s.chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    s.chance[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int((np.int64(high) * below) >> 31)


@compiled
def cover(s: State, aim: Weights, h: int, g: int) -> float:
    """Count a household's grams of a group again, and the gain in mean and floor."""
    counted = 0.0
    for v in range(s.homes[h]["first"], s.homes[h]["last"]):
        counted = min(float(s.cells[v, g]["need"]), counted + s.parts[s.visits[v]["basket"], g]["accepted"])
    more = s.plates[h, g]["rate"] * (counted - s.plates[h, g]["counted"])
    s.plates[h, g]["counted"] = counted
    before = s.homes[h]["covered"]
    s.homes[h]["covered"] = before + more
    short = max(0.0, aim.level - before * s.homes[h]["scale"])
    still = max(0.0, aim.level - (before + more) * s.homes[h]["scale"])
    fair = aim.floor * (short * short - still * still) if s.homes[h]["scale"] > 0.0 else 0.0
    return float(aim.mean * s.homes[h]["share"] * more + fair)


@door
def change(s: State, aim: Weights, b: int, lot: int, units: int) -> float:
    """Put units of a lot into a basket, or take them out of it, for all its visits; and the gain."""
    g, n = s.lots[lot]["group"], s.baskets[b]["count"]
    before = s.units[b, lot]
    lines = int(before + units > 0) - int(before > 0)
    s.units[b, lot] = before + units
    s.baskets[b]["lines"] += lines
    s.parts[b, g]["given"] += s.lots[lot]["unit"] * units
    s.parts[b, g]["accepted"] += s.lots[lot]["worth"] * units
    s.baskets[b]["grams"] += s.lots[lot]["unit"] * units
    s.baskets[b]["cents"] += s.lots[lot]["price"] * units
    s.lots[lot]["left"] -= units * n
    gain = n * (aim.waste * s.saves[b // s.kinds, lot] * units - aim.lines * lines)
    for i in range(n):
        gain += cover(s, aim, s.visits[s.members[b, i]]["home"], g)
    return float(gain)


@compiled
def move(s: State, aim: Weights, v: int, b: int) -> float:
    """Pack another basket for a visit, and the gain."""
    old = s.visits[v]["basket"]
    last = s.members[old, s.baskets[old]["count"] - 1]
    s.members[old, s.visits[v]["place"]] = last
    s.visits[last]["place"] = s.visits[v]["place"]
    s.baskets[old]["count"] -= 1
    s.members[b, s.baskets[b]["count"]] = v
    s.visits[v]["place"] = s.baskets[b]["count"]
    s.baskets[b]["count"] += 1
    s.visits[v]["basket"] = b
    gain = aim.lines * (s.baskets[old]["lines"] - s.baskets[b]["lines"])
    for lot in range(len(s.lots)):
        more = s.units[b, lot] - s.units[old, lot]
        s.lots[lot]["left"] -= more
        gain += aim.waste * s.saves[s.visits[v]["session"], lot] * more
    for g in range(len(s.first) - 1):
        gain += cover(s, aim, s.visits[v]["home"], g)
    return float(gain)


@compiled
def useful(s: State, v: int, g: int) -> bool:
    """Rules 11 and 12 for a visit and a group, and for its household's later visits."""
    h = s.visits[v]["home"]
    grams = 0
    for w in range(s.homes[h]["first"], s.homes[h]["last"]):
        grams += s.parts[s.visits[w]["basket"], g]["given"]
        if w >= v and grams > s.cells[w, g]["cap"]:
            return False
    b = s.visits[v]["basket"]
    largest = 0
    for lot in range(s.first[g], s.first[g + 1]):
        if s.units[b, lot] > 0:
            largest = max(largest, s.lots[lot]["unit"])
    grams = 0
    for lot in range(s.first[g], s.first[g + 1]):
        if not s.lots[lot]["use_by"]:
            break
        if s.units[b, lot] > 0:
            grams += s.units[b, lot] * s.lots[lot]["unit"]
            if grams - largest >= s.cells[v, g]["eat"] * (s.lots[lot]["last_day"] - s.visits[v]["date"] + 1):
                return False
    return True


@compiled
def light(s: State, v: int) -> bool:
    """Rules 9, 10 and 15 for a visit."""
    b = s.visits[v]["basket"]
    return bool(
        s.baskets[b]["grams"] <= s.visits[v]["carry"]
        and s.baskets[b]["cents"] <= s.visits[v]["budget"]
        and s.baskets[b]["lines"] <= s.visits[v]["most"]
    )


ALL_WELL, TOO_MUCH = -1, -2


@door
def overflow(s: State, b: int, g: int) -> int:
    """ALL_WELL, or TOO_MUCH in the whole basket, or the group of which one of its visits has too much."""
    for i in range(s.baskets[b]["count"]):
        v = s.members[b, i]
        if not useful(s, v, g):
            return g
        if not light(s, v):
            return TOO_MUCH
    return ALL_WELL


@compiled
def given(s: State, aim: Weights, b: int, lot: int, units: int) -> float:
    """`change`, written down so that it can be undone."""
    at = s.log[0, 0]
    s.log[0, 0] = at + 1
    s.log[at, 0], s.log[at, 1], s.log[at, 2], s.log[at, 3] = GAVE, b, lot, units
    return float(change(s, aim, b, lot, units))


@compiled
def moved(s: State, aim: Weights, v: int, b: int) -> float:
    """`move`, written down so that it can be undone."""
    at = s.log[0, 0]
    s.log[0, 0] = at + 1
    s.log[at, 0], s.log[at, 1], s.log[at, 2] = MOVED, v, s.visits[v]["basket"]
    return float(move(s, aim, v, b))


@compiled
def undo(s: State, aim: Weights, start: int) -> None:
    """What was done since the log was that long did not happen."""
    for at in range(s.log[0, 0] - 1, start - 1, -1):
        if s.log[at, 0] == GAVE:
            change(s, aim, s.log[at, 1], s.log[at, 2], -s.log[at, 3])
        else:
            move(s, aim, s.log[at, 1], s.log[at, 2])
    s.log[0, 0] = start


@compiled
def held(s: State, b: int, first: int, last: int, but: int) -> int:
    """Some lot of a basket among those from first to last, but one; -1 where there is none."""
    if last <= first:
        return -1
    start = draw(s, last - first)
    for i in range(last - first):
        lot = first + (start + i) % (last - first)
        if lot != but and s.units[b, lot] > 0:
            return lot
    return -1


NO = -1e9
"""The gain of what cannot be."""


@compiled
def make_room(s: State, aim: Weights, b: int, g: int, but: int) -> float:
    """Take units out of a basket until all its visits may have it; NO where that does not help."""
    gain = 0.0
    for _ in range(EJECTIONS):
        full = overflow(s, b, g)
        if full == ALL_WELL:
            return gain
        first, last = (0, len(s.lots)) if full == TOO_MUCH else (s.first[g], s.first[g + 1])
        out = held(s, b, first, last, but)
        if out < 0 or s.log[0, 0] >= LOG - 2:
            return NO
        gain += given(s, aim, b, out, -1)
        # Where the largest unit of another group is gone, what was eatable with it may be too much.
        if s.lots[out]["group"] != g and overflow(s, b, s.lots[out]["group"]) >= 0:
            return NO
    return NO


@compiled
def wanted(s: State, b: int, lot: int) -> bool:
    """Whether one more unit for each visit of a basket is allowed by rules 1-6, 8 and the bans."""
    if s.units[b, lot] >= s.lots[lot]["per_visit"]:
        return False
    suited = 0
    for i in range(s.baskets[b]["count"]):
        suited += s.suits[s.members[b, i], lot]
    return bool(suited == s.baskets[b]["count"])


@compiled
def refill(s: State, aim: Weights, lot: int) -> float:
    """Put what is left of a lot where it does good and fits."""
    total = 0.0
    many = len(s.saves) * s.kinds
    start = draw(s, many)
    for i in range(many):
        b = (start + i) % many
        n = s.baskets[b]["count"]
        if 0 < n <= s.lots[lot]["left"] and s.log[0, 0] < LOG - 2 and wanted(s, b, lot):
            at = s.log[0, 0]
            gain = given(s, aim, b, lot, 1)
            if gain <= 0.0 or overflow(s, b, s.lots[lot]["group"]) != ALL_WELL:
                undo(s, aim, at)
            else:
                total += gain
    return total


@compiled
def give(s: State, aim: Weights) -> float:
    """A unit of some lot for some basket, from the shelf or out of other baskets; the gain, or NO."""
    b = s.visits[s.free[draw(s, len(s.free))]]["basket"]
    lot = draw(s, len(s.lots))
    if not wanted(s, b, lot):
        return NO
    gain = 0.0
    many = len(s.saves) * s.kinds
    start = draw(s, many)
    for i in range(many):
        if s.lots[lot]["left"] >= s.baskets[b]["count"] or s.log[0, 0] >= LOG - 2:
            break
        donor = (start + i) % many
        if donor != b and s.units[donor, lot] > 0 and s.baskets[donor]["count"] > 0:
            gain += given(s, aim, donor, lot, -1)
            if overflow(s, donor, s.lots[lot]["group"]) != ALL_WELL:
                return NO
    if s.lots[lot]["left"] < s.baskets[b]["count"]:
        return NO
    gain += given(s, aim, b, lot, 1)
    gain += make_room(s, aim, b, s.lots[lot]["group"], lot)
    return gain + refill(s, aim, lot) if gain > NO / 2 else NO


@compiled
def regroup(s: State, aim: Weights) -> float:
    """Another basket for some visit, in exchange for one of its visits every other time; the gain, or NO."""
    v = s.free[draw(s, len(s.free))]
    old = s.visits[v]["basket"]
    b = s.visits[v]["session"] * s.kinds + draw(s, s.kinds)
    if b == old:
        return NO
    gain = moved(s, aim, v, b)
    if draw(s, 2) == 0 and s.baskets[b]["count"] > 1:
        w = s.members[b, draw(s, s.baskets[b]["count"] - 1)]
        gain += moved(s, aim, w, old)
        gain += adapt(s, aim, w)
    return gain + adapt(s, aim, v)


@compiled
def adapt(s: State, aim: Weights, v: int) -> float:
    """Take out of a visit's basket what it may not have and what does not suffice for one more; NO if in vain."""
    b = s.visits[v]["basket"]
    gain = 0.0
    for lot in range(len(s.lots)):
        units, n = s.units[b, lot], s.baskets[b]["count"]
        if s.suits[v, lot]:
            units = min(units, -(s.lots[lot]["left"] // n))
        if units > 0:
            if s.log[0, 0] >= LOG - 2:
                return NO
            gain += given(s, aim, b, lot, -units)
    for g in range(len(s.first) - 1):
        gain += make_room(s, aim, b, g, -1)
        if gain < NO / 2:
            return NO
    return gain


@door
def anneal(s: State, aim: Weights, steps: int, hot: float, cooling: float) -> None:
    """So many steps, from hot down by a factor a step."""
    heat = hot
    for _ in range(steps):
        s.log[0, 0] = 1
        gain = regroup(s, aim) if s.kinds > 1 and draw(s, 4) == 0 else give(s, aim)
        if gain < 0.0 and (gain < NO / 2 or draw(s, 1 << 30) >= math.exp(gain / heat) * (1 << 30)):
            undo(s, aim, 1)
        heat *= cooling
