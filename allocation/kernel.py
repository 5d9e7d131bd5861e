"""The compiled heart of the search: a board of whole units on which every state obeys every rule.

A step gives one unit to one visit, from the shelf or from somebody else's basket. Whatever then overflows is
taken out again, and what was taken out may find another home; the whole is kept or undone by the rule of
simulated annealing. Rules 1-6, pins and bans are settled before, by the list of pairs; rules 7-13 and 15
are maintained here, unit by unit.

Importing this module imports numba: only what makes plans does, and only when one is made.

It is one file for all its length: numba keeps what it compiled by file, and would not notice that a function called
from another file has changed.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "no_cfunc_wrapper": True}
"""Machine code, kept on disk between runs, that lets other threads work meanwhile.

Nothing here allocates, so numba's reference counting is left out: it would take two thirds of the time.
"""


def compiled(function: F) -> F:
    """Machine code that only machine code calls: what Python would need to call it is not compiled."""
    options = {**OPTIONS, "no_cpython_wrapper": True}
    machine: F = numba.njit(function, **options)
    return machine


def inlined(function: F) -> F:
    """`compiled`, within whatever calls it: a board is a hundred numbers to pass."""
    options = {**OPTIONS, "no_cpython_wrapper": True, "forceinline": True}
    machine: F = numba.njit(function, **options)
    return machine


def door(function: F) -> F:
    """`compiled`, for Python to call."""
    machine: F = numba.njit(function, **OPTIONS)
    return machine


LOT = np.dtype(
    [
        ("unit", "i4"),
        ("price", "i4"),
        ("group", "i4"),
        ("per_visit", "i4"),
        ("last_day", "i4"),
        ("left", "i4"),  # units on the shelf
        ("first", "i4"),  # first[l] : first[l] + holding are the holders of the lot, in `holders`
        ("holding", "i4"),
        ("use_by", "i4"),
        ("worth", "f8"),  # accepted grams of a unit
    ],
    align=True,
)
PAIR = np.dtype(
    [
        ("visit", "i4"),
        ("lot", "i4"),
        ("trip", "i4"),  # -1 where the lot stands at the visit's own site
        ("units", "i4"),
        ("unit", "i4"),  # grams
        ("limit", "i4"),  # grams the household can eat from the visit to the lot's last day; ENDLESS
        ("place", "i4"),  # where it is in `holders`, -1 without units
        ("free", "i2"),  # 0 for what a pin decides
        ("was", "i2"),  # units in the plan before, which people have seen
        ("saves", "f8"),  # kilograms that a unit given keeps from being lost, as far as that is sure
    ],
    align=True,
)
ENDLESS = 2**31 - 1
"""The limit of a lot without a safety date."""

VISIT = np.dtype(
    [
        ("household", "i4"),
        ("date", "i4"),
        ("first", "i4"),  # first : last are its pairs
        ("last", "i4"),
        ("carry", "i8"),  # grams it can still carry
        ("cents", "i8"),  # what is left of its budget
        ("lines", "i4"),  # pairs with units
        ("most", "i4"),  # lines its basket may have
    ],
    align=True,
)
CELL = np.dtype(
    [
        ("need", "i4"),
        ("cap", "i4"),
        ("given", "i4"),  # grams
        ("soon", "i4"),  # grams of use-by lots among them
        ("tight", "i4"),  # the smallest limit of its pairs
        ("largest", "i4"),  # grams of the largest unit given
        ("first", "i4"),  # first : last are the pairs of this visit in this group
        ("last", "i4"),
        ("accepted", "f8"),  # grams
        ("says", "f8"),  # how likely its visit is the last its household comes to: see `layout.says`
    ],
    align=True,
)
HOME = np.dtype(
    [
        ("first", "i4"),  # first : last are its visits
        ("last", "i4"),
        ("share", "f8"),  # of all adult equivalents
        ("scale", "f8"),  # relative coverage per coverage: 1 / reach, 0 where nothing can be reached
        ("covered", "f8"),
    ],
    align=True,
)
PLATE = np.dtype([("rate", "f8"), ("counted", "f8")])
"""A household and a group: coverage per counted gram, and the grams that count."""

LOG = 128
"""Room for the changes of one step."""

DONORS = 4
"""How many holders of a lot are looked at before one gives up a unit: worth four times the steps."""

DEAR = 2
"""How many of a basket's lines are looked at before the dearest makes room for something else in its budget."""

LIKELIER = 9
"""One step in so many begins anywhere, the others where it is likely to be worth it."""

ON_THE_SHELF, NOBODY = -1, -2
ALL_WELL, STUCK = -1, -2


class Board(NamedTuple):
    """The whole state of a search; see the types above."""

    lots: NDArray[Any]
    pairs: NDArray[Any]
    visits: NDArray[Any]
    cells: NDArray[Any]
    homes: NDArray[Any]
    plates: NDArray[Any]
    trips: NDArray[np.int64]
    """Grams each trip can still carry."""
    free: NDArray[np.int64]
    """The pairs that a step may change."""
    likely: NDArray[np.int64]
    """Those of them that deserve most of the steps; all, until something is known."""
    of_lot: NDArray[np.int64]
    """Free pairs of each lot, from `lots.first`, as long as `of_lot_count` says."""
    of_lot_count: NDArray[np.int64]
    holders: NDArray[np.int64]
    log: NDArray[np.int64]
    chance: NDArray[np.uint64]


class Aim(NamedTuple):
    """What the search maximises: weights of the goals, and the water level of the floor."""

    mean: float
    floor: float
    waste: float
    """Per kilogram rescued."""
    lines: float
    """Per line saved."""
    level: float
    keep: float = 0.0
    """Per line that stays as it was in the plan before."""


@compiled
def draw(board: Board, below: int) -> int:
    """A pseudo-random whole number under `below`: xorshift64*, the same everywhere."""
    s = board.chance[0]
    s ^= s >> np.uint64(12)
    s ^= s << np.uint64(25)
    s ^= s >> np.uint64(27)
    board.chance[0] = s
    high = (s * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int((np.int64(high) * below) >> 31)


@compiled
def shortfall(relative: float, level: float) -> float:
    """How much a household under the water level weighs: (level - relative)², nothing above it."""
    short = max(0.0, level - relative)
    return short * short


@door
def change(board: Board, aim: Aim, p: int, units: int) -> float:
    """Give (+1) or take back (-1) a unit at a pair, and the gain in the aim."""
    pair = board.pairs[p]
    lot = board.lots[pair["lot"]]
    v = pair["visit"]
    visit = board.visits[v]
    g = lot["group"]
    grams = lot["unit"] * units
    gain = 0.0
    cell = board.cells[v, g]
    if pair["units"] == 0:
        hold(board, p)
        visit["lines"] += 1
        cell["largest"] = max(cell["largest"], lot["unit"])
        gain -= aim.lines
    gain += aim.keep * ((pair["units"] != pair["was"]) - (pair["units"] + units != pair["was"]))
    pair["units"] += units
    if pair["units"] == 0:
        let_go(board, p)
        visit["lines"] -= 1
        if cell["largest"] == lot["unit"]:
            cell["largest"] = largest(board, cell)
        gain += aim.lines
    lot["left"] -= units
    if pair["trip"] >= 0:
        board.trips[pair["trip"]] -= grams
    visit["carry"] -= grams
    visit["cents"] -= lot["price"] * units
    cell["given"] += grams
    if lot["use_by"]:
        cell["soon"] += grams
    cell["accepted"] += lot["worth"] * units
    gain += aim.waste * pair["saves"] * units
    gain += cover(board, aim, visit["household"], g)
    return float(gain)


@compiled
def worth(aim: Aim, home: Any, covered: float, more: float) -> float:
    """The gain in mean and floor when a household's coverage changes by `more`."""
    gain = aim.mean * home["share"] * more
    scale = home["scale"]
    if scale > 0.0:
        gain += aim.floor * (shortfall(covered * scale, aim.level) - shortfall((covered + more) * scale, aim.level))
    return float(gain)


@compiled
def cover(board: Board, aim: Aim, h: int, g: int) -> float:
    """Count a household's grams of a group again, as far as they are sure, and the gain in mean and floor."""
    plate = board.plates[h, g]
    home = board.homes[h]
    counted, so_far = 0.0, 0.0
    for v in range(home["first"], home["last"]):
        so_far = min(float(board.cells[v, g]["need"]), so_far + board.cells[v, g]["accepted"])
        counted += board.cells[v, g]["says"] * so_far
    more = plate["rate"] * (counted - plate["counted"])
    plate["counted"] = counted
    if more == 0.0:
        return 0.0
    before = home["covered"]
    home["covered"] = before + more
    return worth(aim, home, before, more)


@compiled
def hold(board: Board, p: int) -> None:
    pair = board.pairs[p]
    lot = board.lots[pair["lot"]]
    place = lot["first"] + lot["holding"]
    board.holders[place] = p
    pair["place"] = place
    lot["holding"] += 1


@compiled
def let_go(board: Board, p: int) -> None:
    pair = board.pairs[p]
    lot = board.lots[pair["lot"]]
    lot["holding"] -= 1
    last = board.holders[lot["first"] + lot["holding"]]
    board.holders[pair["place"]] = last
    board.pairs[last]["place"] = pair["place"]
    pair["place"] = -1


@compiled
def largest(board: Board, cell: Any) -> int:
    """The largest unit given in a cell, in grams."""
    grams = 0
    for p in range(cell["first"], cell["last"]):
        if board.pairs[p]["units"] > 0:
            grams = max(grams, board.pairs[p]["unit"])
    return grams


@compiled
def eatable(board: Board, cell: Any) -> bool:
    """Rule 12: for every date, use-by grams up to it < eat_per_day × days + the largest unit given."""
    most = cell["largest"]
    if cell["soon"] < cell["tight"] + most:
        return True
    grams = 0
    for p in range(cell["first"], cell["last"]):
        pair = board.pairs[p]
        if pair["limit"] == ENDLESS:
            break
        if pair["units"] > 0:
            grams += pair["unit"] * pair["units"]
            if grams - most >= pair["limit"]:
                return False
    return True


@compiled
def eatable_with(board: Board, cell: Any, p: int) -> bool:
    """`eatable` if one more unit were given at a pair of the cell."""
    unit = board.pairs[p]["unit"]
    most = max(cell["largest"], unit)
    if cell["soon"] + unit < cell["tight"] + most:
        return True
    grams = 0
    for q in range(cell["first"], cell["last"]):
        pair = board.pairs[q]
        if pair["limit"] == ENDLESS:
            break
        units = pair["units"] + (q == p)
        if units > 0:
            grams += pair["unit"] * units
            if grams - most >= pair["limit"]:
                return False
    return True


@compiled
def over_cap(board: Board, v: int, g: int) -> int:
    """Rule 11: the first visit from v on at which the household has more of a group than useful, or -1."""
    home = board.homes[board.visits[v]["household"]]
    grams = 0
    for w in range(home["first"], home["last"]):
        grams += board.cells[w, g]["given"]
        if w >= v and grams > board.cells[w, g]["cap"]:
            return int(w)
    return -1


@compiled
def with_lot(board: Board, p: int) -> int:
    """Units of a pair's lot at its visit, by whatever trips they come: such pairs are neighbours."""
    v = board.pairs[p]["visit"]
    lot = board.pairs[p]["lot"]
    units = board.pairs[p]["units"]
    q = p - 1
    while q >= 0 and board.pairs[q]["lot"] == lot and board.pairs[q]["visit"] == v:
        units += board.pairs[q]["units"]
        q -= 1
    q = p + 1
    while q < len(board.pairs) and board.pairs[q]["lot"] == lot and board.pairs[q]["visit"] == v:
        units += board.pairs[q]["units"]
        q += 1
    return int(units)


@door
def fits(board: Board, p: int) -> bool:
    """Whether one more unit from the shelf fits at a pair, within rules 7-13 and 15 and nothing taken out."""
    pair = board.pairs[p]
    lot = board.lots[pair["lot"]]
    unit = lot["unit"]
    visit = board.visits[pair["visit"]]
    if not pair["free"] or lot["left"] <= 0 or with_lot(board, p) >= lot["per_visit"]:
        return False
    if visit["carry"] < unit or visit["cents"] < lot["price"]:
        return False
    if pair["units"] == 0 and visit["lines"] >= visit["most"]:
        return False
    if pair["trip"] >= 0 and board.trips[pair["trip"]] < unit:
        return False
    g = lot["group"]
    home = board.homes[visit["household"]]
    grams = unit
    for w in range(home["first"], home["last"]):
        grams += board.cells[w, g]["given"]
        if w >= pair["visit"] and grams > board.cells[w, g]["cap"]:
            return False
    if not lot["use_by"]:
        return True
    return eatable_with(board, board.cells[pair["visit"], g], p)


@compiled
def put(board: Board, aim: Aim, p: int) -> float:
    """Give a unit at a pair, and note it."""
    board.log[0] += 1
    board.log[board.log[0]] = p + 1
    return change(board, aim, p, 1)


@compiled
def take(board: Board, aim: Aim, p: int) -> float:
    """Take a unit back from a pair, and note it."""
    board.log[0] += 1
    board.log[board.log[0]] = -(p + 1)
    return change(board, aim, p, -1)


@compiled
def undo(board: Board, aim: Aim) -> None:
    """Back to where the step began."""
    for k in range(board.log[0], 0, -1):
        entry = board.log[k]
        if entry > 0:
            change(board, aim, entry - 1, -1)
        else:
            change(board, aim, -entry - 1, 1)
    board.log[0] = 0


@compiled
def still_eatable(board: Board, p: int) -> bool:
    """Rule 12 after a unit was taken from a pair: it may have been the largest, which the rule leans on."""
    pair = board.pairs[p]
    return pair["units"] > 0 or eatable(board, board.cells[pair["visit"], board.lots[pair["lot"]]["group"]])


@compiled
def some_held(board: Board, first: int, last: int, but: int) -> int:
    """A free pair with units among first : last, other than `but`; STUCK where there is none."""
    n = last - first
    start = draw(board, max(n, 1))
    for k in range(n):
        p = first + (start + k) % n
        if p != but and board.pairs[p]["units"] > 0 and board.pairs[p]["free"]:
            return int(p)
    return STUCK


@compiled
def some_dear(board: Board, visit: Any, but: int) -> int:
    """Of a few free pairs with units of a visit, the one whose gram costs most; STUCK where there is none."""
    found = STUCK
    for _ in range(DEAR):
        p = some_held(board, visit["first"], visit["last"], but)
        if p < 0:
            break
        if found < 0 or cents_a_gram(board, p) > cents_a_gram(board, found):
            found = p
    return int(found)


@compiled
def cents_a_gram(board: Board, p: int) -> float:
    """What a gram that counts of a pair's lot costs."""
    lot = board.lots[board.pairs[p]["lot"]]
    return float(lot["price"] / max(lot["worth"], 1.0))


@compiled
def shortest_line(board: Board, first: int, last: int, but: int) -> int:
    """The free pair with fewest units among first : last, other than `but`; STUCK where there is none."""
    found, fewest = STUCK, ENDLESS
    for p in range(first, last):
        if p != but and 0 < board.pairs[p]["units"] < fewest and board.pairs[p]["free"]:
            found, fewest = p, board.pairs[p]["units"]
    return int(found)


@compiled
def too_much(board: Board, p: int) -> int:
    """What to take out after a unit was given at a pair: another pair, or ALL_WELL, or STUCK."""
    pair = board.pairs[p]
    v = pair["visit"]
    g = board.lots[pair["lot"]]["group"]
    visit = board.visits[v]
    over = over_cap(board, v, g)
    if over >= 0:
        first = board.homes[visit["household"]]["first"]
        cell = board.cells[first + draw(board, over - first + 1), g]
        return some_held(board, cell["first"], cell["last"], p)
    # A step of one change is the gift itself: without a safety date it cannot break rule 12.
    cell = board.cells[v, g]
    if (pair["limit"] != ENDLESS or board.log[0] > 1) and not eatable(board, cell):
        return some_held(board, cell["first"], cell["last"], p)
    if visit["carry"] < 0:
        return some_held(board, visit["first"], visit["last"], p)
    if visit["cents"] < 0:
        return some_dear(board, visit, p)
    if visit["lines"] > visit["most"]:
        return shortest_line(board, visit["first"], visit["last"], p)
    return ALL_WELL


@compiled
def refill(board: Board, aim: Aim, some: Any, but: int) -> float:
    """Give a unit of another lot from the shelf to a visit, or a group of it, where a few looks find one that fits."""
    n = some["last"] - some["first"]
    for _ in range(3):
        p = some["first"] + draw(board, n)
        if board.pairs[p]["lot"] != but and fits(board, p):
            return put(board, aim, p)
    return 0.0


@compiled
def rehome(board: Board, aim: Aim, p: int) -> float:
    """Give a unit of a pair's lot to another visit, where a few looks find one that has room."""
    lot = board.pairs[p]["lot"]
    for _ in range(3):
        q = board.of_lot[board.lots[lot]["first"] + draw(board, board.of_lot_count[lot])]
        if board.pairs[q]["visit"] != board.pairs[p]["visit"] and fits(board, q):
            return put(board, aim, q)
    return 0.0


@compiled
def trade(board: Board, aim: Aim, p: int, donor: int) -> float:
    """Give a unit of a pair's lot to the visit of whoever gave up a unit for it, where it fits there."""
    lot = board.pairs[p]["lot"]
    cell = board.cells[board.pairs[donor]["visit"], board.lots[lot]["group"]]
    for q in range(cell["first"], cell["last"]):
        if board.pairs[q]["lot"] == lot and fits(board, q):
            return put(board, aim, q)
    return 0.0


@compiled
def some_pair(board: Board) -> int:
    """A free pair: mostly a likely one, or one time in five one of the worst off of a few households."""
    among = board.free if draw(board, LIKELIER) == 0 else board.likely
    any_pair = among[draw(board, len(among))]
    if draw(board, 5):
        return int(any_pair)
    worst = 0
    lowest = 1e9
    # Mostly of six; now and then of so many that whoever is last of all does not stay there.
    for _ in range(6 if draw(board, 4) else 48):
        h = draw(board, len(board.homes))
        home = board.homes[h]
        if home["scale"] > 0.0 and home["covered"] * home["scale"] < lowest:
            lowest = home["covered"] * home["scale"]
            worst = h
    home = board.homes[worst]
    visits = home["last"] - home["first"]
    if visits == 0:
        return int(any_pair)
    visit = board.visits[home["first"] + draw(board, visits)]
    pairs = visit["last"] - visit["first"]
    if pairs == 0:
        return int(any_pair)
    p = visit["first"] + draw(board, pairs)
    return int(p) if board.pairs[p]["free"] else int(any_pair)


@compiled
def make_room(board: Board, aim: Aim, p: int) -> tuple[float, bool]:
    """Take out what overflows after a gift at a pair, a few units at most; false where that fails."""
    gain = 0.0
    for _ in range(5):
        out = too_much(board, p)
        if out < 0:
            return gain, out == ALL_WELL
        gain += take(board, aim, out)
        same_cell = (
            board.pairs[out]["visit"] == board.pairs[p]["visit"]
            and board.lots[board.pairs[out]["lot"]]["group"] == board.lots[board.pairs[p]["lot"]]["group"]
        )
        if not same_cell and not still_eatable(board, out):
            return gain, False
    return gain, False


@inlined
def promise(board: Board, aim: Aim, p: int, units: int) -> float:
    """The gain that one unit more or less at a pair would bring by itself, without doing it."""
    pair = board.pairs[p]
    lot = board.lots[pair["lot"]]
    g = lot["group"]
    h = board.visits[pair["visit"]]["household"]
    home = board.homes[h]
    counted, so_far = 0.0, 0.0
    for v in range(home["first"], home["last"]):
        so_far += board.cells[v, g]["accepted"]
        if v == pair["visit"]:
            so_far += lot["worth"] * units
        so_far = min(so_far, float(board.cells[v, g]["need"]))
        counted += board.cells[v, g]["says"] * so_far
    plate = board.plates[h, g]
    more = plate["rate"] * (counted - plate["counted"])
    return float(worth(aim, home, home["covered"], more) + aim.waste * pair["saves"] * units)


@compiled
def some_donor(board: Board, aim: Aim, p: int) -> tuple[int, float]:
    """Who could give up a unit of a pair's lot, and the gain (a loss) that would be: the best of a few looks.

    Instead of a pair: ON_THE_SHELF where nobody need give it up, NOBODY where nobody can.
    """
    lot = board.lots[board.pairs[p]["lot"]]
    if lot["left"] > 0:
        return ON_THE_SHELF, 0.0
    best, least = NOBODY, -math.inf
    for _ in range(min(DONORS, lot["holding"])):
        donor = board.holders[lot["first"] + draw(board, lot["holding"])]
        if donor != p and board.pairs[donor]["free"]:
            loss = promise(board, aim, donor, -1)
            if loss > least:
                best, least = donor, loss
    return best, least


@compiled
def of_one_home(board: Board, p: int, q: int) -> bool:
    """Whether two pairs are visits of one household: what one gains and the other loses is then not to be added up."""
    pairs, visits = board.pairs, board.visits
    return bool(visits[pairs[p]["visit"]]["household"] == visits[pairs[q]["visit"]]["household"])


@compiled
def give(board: Board, aim: Aim, p: int, donor: int) -> tuple[float, bool]:
    """Give a unit at a pair, from the shelf or from another basket; false where the rules forbid it."""
    gain = 0.0
    if donor >= 0:
        gain += take(board, aim, donor)
        if not still_eatable(board, donor):
            return 0.0, False
    lot = board.lots[board.pairs[p]["lot"]]
    trip = board.pairs[p]["trip"]
    if with_lot(board, p) >= lot["per_visit"] or (trip >= 0 and board.trips[trip] < lot["unit"]):
        return 0.0, False
    gain += put(board, aim, p)
    more, good = make_room(board, aim, p)
    return gain + more, good


@compiled
def mend(board: Board, aim: Aim, p: int, giver: int) -> float:
    """What was taken out for a gift at a pair may find another home, and the holes it left be filled.

    Where a budget binds, what is dear goes to whoever gave up what is cheap, and the cents saved buy anything.
    """
    gain = 0.0
    lot = board.pairs[p]["lot"]
    group = board.lots[lot]["group"]
    done = board.log[0]
    for k in range(1, done + 1):
        if board.log[k] > 0:
            continue
        out = -board.log[k] - 1
        donor = board.pairs[out]["lot"] == lot
        if donor and draw(board, 2):
            gain += refill(board, aim, board.cells[board.pairs[out]["visit"], group], lot)
        elif not donor and giver >= 0 and draw(board, 2):
            gain += trade(board, aim, out, giver)
        elif not donor and draw(board, 2):
            gain += rehome(board, aim, out)
    if done > 1 and draw(board, 2):
        v = board.pairs[p]["visit"]
        if draw(board, 2):
            gain += refill(board, aim, board.visits[v], lot)
        else:
            gain += refill(board, aim, board.cells[v, group], lot)
    return gain


@compiled
def step(board: Board, aim: Aim, heat: float) -> float:
    """One move, kept or undone; the gain of what was kept."""
    board.log[0] = 0
    p = some_pair(board)
    if with_lot(board, p) >= board.lots[board.pairs[p]["lot"]]["per_visit"]:
        return 0.0
    asked = heat * math.log((draw(board, 1 << 30) + 1) / (1 << 30))
    # Most exchanges are hopeless as they stand; what mending might bring back is allowed for.
    hopeless = 2 * asked - heat
    brings = promise(board, aim, p, 1)
    empty = board.lots[board.pairs[p]["lot"]]["left"] <= 0
    # Whoever gives a unit up loses by it: what brings too little need not look for a donor.
    if empty and brings < hopeless:
        return 0.0
    donor, loss = some_donor(board, aim, p)
    if donor == NOBODY or (donor >= 0 and brings + loss < hopeless and not of_one_home(board, p, donor)):
        return 0.0
    gain, good = give(board, aim, p, donor)
    if good:
        gain += mend(board, aim, p, donor)
        if gain >= asked:
            return gain
    undo(board, aim)
    return 0.0


@door
def anneal(board: Board, aim: Aim, steps: int, hot: float, cold: float) -> float:
    """Steps at a temperature that falls geometrically from hot to cold; the gain of all of them."""
    gain = 0.0
    heat = hot
    cooling = (cold / hot) ** (1.0 / max(steps, 1))
    for _ in range(steps):
        gain += step(board, aim, heat)
        heat *= cooling
    return gain


@door
def put_back(board: Board, aim: Aim, units: NDArray[np.int64]) -> None:
    """The board as it was when these were the units of its free pairs, given pair by pair once all is taken back."""
    for p in board.free:
        while board.pairs[p]["units"] > 0:
            change(board, aim, p, -1)
    for p in board.free:
        if units[p] > 0:
            change(board, aim, p, units[p])


@door
def deal(board: Board, aim: Aim, wanted: NDArray[np.int64]) -> None:
    """Give a unit at each of these pairs in turn, where it still fits."""
    for p in wanted:
        if fits(board, p):
            change(board, aim, p, 1)


@door
def trim(board: Board, aim: Aim) -> None:
    """Take back what helps no goal: units beyond the need that keep well are for another day."""
    for p in range(len(board.pairs)):
        pair = board.pairs[p]
        while pair["free"] and pair["units"] > 0 and promise(board, aim, p, -1) >= -1e-12:
            change(board, aim, p, -1)
            if not still_eatable(board, p):
                change(board, aim, p, 1)
                break
