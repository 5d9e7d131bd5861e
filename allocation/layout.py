"""The empty board of a search, laid out from the arrays of an instance: see the types in `allocation.kernel`."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocation.arrays import Arrays, Flags, Floats, Ints, Pairs
from allocation.kernel import CELL, ENDLESS, HOME, LOG, LOT, PAIR, PLATE, VISIT, Board

Records = NDArray[Any]


def lay_out(arrays: Arrays, pairs: Pairs, seed: int, held: Iterable[tuple[str, str]] = ()) -> Board:
    """The empty board of an instance; lines that are `held` are no more to be changed than those fixed by hand."""
    fixed = _fixed(arrays, pairs, [*((p.visit, p.lot) for p in arrays.instance.pins), *held])
    free = np.flatnonzero(~fixed & (arrays.per_visit[pairs.lot] > 0))
    sizes = np.bincount(pairs.lot, minlength=len(arrays.unit))
    lots = _lots(arrays, sizes)
    of_lot, count = _by_lot(pairs.lot[free], free, lots["first"], len(pairs.lot))
    return Board(
        lots=lots,
        pairs=_pairs(arrays, pairs, free),
        visits=_visits(arrays, pairs),
        cells=_cells(arrays, pairs),
        homes=_homes(arrays),
        plates=_plates(arrays),
        trips=np.array([t.max_grams for t in arrays.instance.transfers], dtype=np.int64),
        free=free,
        likely=free,
        of_lot=of_lot,
        of_lot_count=count,
        holders=np.full(len(pairs.lot), -1, dtype=np.int64),
        log=np.zeros(LOG, dtype=np.int64),
        chance=np.array([(seed * 0x9E3779B97F4A7C15 + 0x1234567887654321) % 2**64 or 1], dtype=np.uint64),
    )


def _fixed(arrays: Arrays, pairs: Pairs, lines: list[tuple[str, str]]) -> Flags:
    at = {v.id: i for i, v in enumerate(arrays.visits)}
    lot = {x.id: i for i, x in enumerate(arrays.instance.lots)}
    keys = [at[v] * len(lot) + lot[x] for v, x in lines if v in at and x in lot]
    return np.isin(pairs.visit * len(lot) + pairs.lot, keys)


def _by_lot(lot: Ints, pair: Ints, first: Ints, size: int) -> tuple[Ints, Ints]:
    """The free pairs of each lot, side by side from its `first` place."""
    count = np.bincount(lot, minlength=len(first))
    table = np.full(size, -1, dtype=np.int64)
    order = np.argsort(lot, kind="stable")
    starts = np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else count
    rank = np.arange(len(lot)) - starts[lot[order]]
    table[first[lot[order]] + rank] = pair[order]
    return table, count


def _lots(arrays: Arrays, sizes: Ints) -> Records:
    lots = np.zeros(len(arrays.unit), dtype=LOT)
    for name in ("unit", "price", "group", "per_visit", "last_day", "use_by"):
        lots[name] = getattr(arrays, name)
    lots["left"] = arrays.units
    lots["worth"] = arrays.acceptance * arrays.unit
    lots["first"] = np.cumsum(sizes) - sizes
    return lots


def _pairs(arrays: Arrays, pairs: Pairs, free: Ints) -> Records:
    table = np.zeros(len(pairs.lot), dtype=PAIR)
    table["visit"], table["lot"] = pairs.visit, pairs.lot
    table["trip"] = arrays.sources.trip[pairs.source]
    table["place"] = -1
    table["unit"] = arrays.unit[pairs.lot]
    table["limit"] = _limits(arrays, pairs)
    table["saves"] = _saves(arrays, pairs)
    table["free"][free] = 1
    return table


def _saves(arrays: Arrays, pairs: Pairs) -> Floats:
    """Kilograms a unit keeps from being lost, twice where the manager wants the lot given first.

    Whoever stays away leaves the food on the shelf: it is lost only if they stay away from every session that is
    left to it, so a unit is worth most at the first of them.
    """
    kilograms = (arrays.perishes.astype(np.int64) + arrays.first) * arrays.acceptance * arrays.unit / 1000
    saved: Floats = kilograms[pairs.lot] * (1 - float(arrays.instance.away) ** (1.0 + _chances_left(arrays, pairs)))
    return saved


def _chances_left(arrays: Arrays, pairs: Pairs) -> Ints:
    """How many days with a session the site still has, after each pair's visit, on which its lot may be given."""
    left = np.zeros(len(pairs.lot), dtype=np.int64)
    site = arrays.visit_site[pairs.visit]
    for s in range(len(arrays.instance.sites)):
        here = np.flatnonzero(site == s)
        days = np.unique(arrays.date[arrays.visit_site == s])
        until = np.searchsorted(days, arrays.last_day[pairs.lot[here]], "right")
        left[here] = until - np.searchsorted(days, arrays.date[pairs.visit[here]], "right")
    return left


def _limits(arrays: Arrays, pairs: Pairs) -> Ints:
    """Rule 12: what can be eaten of each pair's group from the visit to the lot's last day."""
    days = arrays.last_day[pairs.lot] - arrays.date[pairs.visit] + 1
    eaten = arrays.eat[pairs.visit, arrays.group[pairs.lot]] * days
    # Half of the largest number, so that adding a unit to it stays within 32 bits.
    return np.where(arrays.use_by[pairs.lot], np.minimum(eaten, ENDLESS // 2), ENDLESS)


def _visits(arrays: Arrays, pairs: Pairs) -> Records:
    visits = np.zeros(len(arrays.visits), dtype=VISIT)
    visits["household"], visits["date"] = arrays.household, arrays.date
    visits["first"], visits["last"] = pairs.start[:, 0], pairs.start[:, -1]
    visits["carry"], visits["cents"], visits["most"] = arrays.carry, arrays.budget, arrays.max_lines
    return visits


def says(arrays: Arrays) -> Floats:
    """How likely each visit is the last its household comes to: what it has by then is what it has in the end.

    A household comes to its nth visit from now with the probability (1 − away)ⁿ, its next one being taken for
    granted: who stays away from that has no basket to be made. So what it gets now counts for more than what is meant
    for it later, and those served least are not put off to a visit they may miss. Where nobody stays away the last
    visit says it all, as in the figures.
    """
    away, last = float(arrays.instance.away), np.diff(arrays.household, append=-1) != 0
    nth = np.arange(len(last)) - arrays.first_visit[arrays.household]
    said: Floats = np.where(last, 1.0, away) * (1 - away) ** nth
    return said


def sure_reach(arrays: Arrays) -> Floats:
    """`reach` less what may be missed of it, so that who comes more often is not served better for it."""
    if not arrays.instance.away:
        return arrays.reach
    need, comes = arrays.last_need
    by_the_end = (arrays.rate * need).sum(axis=1)
    at_each = says(arrays) * (arrays.rate[arrays.household] * arrays.need).sum(axis=1)
    sure = np.bincount(arrays.household, weights=at_each, minlength=len(comes))
    part = np.where(by_the_end > 0, sure / np.where(by_the_end > 0, by_the_end, 1.0), 1.0)
    reach: Floats = arrays.base + (arrays.reach - arrays.base) * part
    return reach


def scale(reach: Floats) -> Floats:
    """Relative coverage per coverage; 0 for who can reach nothing."""
    return np.where(reach > 0, 1 / np.maximum(reach, 1e-9), 0.0)


def _cells(arrays: Arrays, pairs: Pairs) -> Records:
    cells = np.zeros(arrays.need.shape, dtype=CELL)
    cells["need"], cells["cap"] = arrays.need, arrays.cap
    cells["says"] = says(arrays)[:, None]
    limits = np.append(_limits(arrays, pairs), ENDLESS)
    # Pairs of a cell are sorted by last day, so the first has the smallest limit.
    limits = np.minimum(limits, ENDLESS // 2)
    cells["tight"] = np.where(pairs.start[:, :-1] < pairs.start[:, 1:], limits[pairs.start[:, :-1]], ENDLESS // 2)
    cells["first"], cells["last"] = pairs.start[:, :-1], pairs.start[:, 1:]
    return cells


def _homes(arrays: Arrays) -> Records:
    _, comes = arrays.last_need
    adults = np.where(comes, arrays.adults, 0.0)
    homes = np.zeros(len(adults), dtype=HOME)
    homes["first"], homes["last"] = arrays.first_visit[:-1], arrays.first_visit[1:]
    homes["share"] = adults / max(float(adults.sum()), 1e-9)
    homes["scale"] = scale(sure_reach(arrays))
    homes["covered"] = arrays.base
    return homes


def _plates(arrays: Arrays) -> Records:
    plates = np.zeros(arrays.rate.shape, dtype=PLATE)
    plates["rate"] = arrays.rate
    return plates
