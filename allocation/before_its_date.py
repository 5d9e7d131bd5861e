"""Rule 12 in the relaxation: what goes bad is eaten before it does, and the last unit opened may be whatever it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from allocation.arrays import Ints
from allocation.rows import NO_INTS, Rows, spread

if TYPE_CHECKING:
    from allocation.relaxation import Relaxation

NOTHING = np.empty(0)
WORTH_A_ROW = 1.15
"""A row is left out where others come so near to what it says: the more rows, the longer a proof takes."""


def eat_before_its_date(r: "Relaxation") -> Rows:
    """sum kg · x[v, use-by lots of g with last day ≤ d] ≤ E + the largest unit − 1 g, E = eat · days to d."""
    soon = np.flatnonzero(r.arrays.use_by[r.pairs.lot])
    end = soon[_ends(r, soon)]
    first = r.pairs.start[r.pairs.visit[end], r.arrays.group[r.pairs.lot[end]]]
    limit = _eaten(r, end)
    most = np.append(0, np.cumsum(r.arrays.unit[r.pairs.lot] * r.most))
    useful = limit < np.minimum(most[end + 1] - most[first], r.crowds.cap.ravel()[r.cell[end]])
    row, column = spread(first[useful], end[useful] + 1, np.arange(int(useful.sum())))
    return Rows(row, column, r.kilograms[column], r.reachable(row, column, limit[useful]) / 1000)


def open_few_before_their_date(r: "Relaxation") -> Rows:
    """sum n · x[v, use-by lots of g with last day ≤ d] ≤ max(m + ⌊(E − 1) / p⌋, ⌊(E + o − 1) / p⌋).

    A unit counts as the n = min(m, ⌊unit / p⌋) pieces of p g that it has; o is the largest unit of any other lot of g.
    Where the largest unit given is among those counted it has m pieces at most, and all others weigh less than E, by
    rule 12. Else it is o at most, and all of them weigh less than E + o.

    In whole units this follows from rule 12; in divisible ones most of what that rule takes is lost without it. Pieces
    of the size of a unit (m = 1) say most, halves of them some of the rest.
    """
    blocks = [_few(r, soon, piece, most) for soon, piece, most in _pieces(r)]
    offsets = np.cumsum([0, *(len(b.limit) for b in blocks)])
    return Rows(
        np.concatenate([NO_INTS, *(b.row + offset for b, offset in zip(blocks, offsets, strict=False))]),
        np.concatenate([NO_INTS, *(b.column for b in blocks)]),
        np.concatenate([NOTHING, *(b.value for b in blocks)]),
        np.concatenate([NOTHING, *(b.limit for b in blocks)]),
    )


def _pieces(r: "Relaxation") -> Iterator[tuple[Ints, int, int]]:
    """The use-by pairs of each group with units of a piece at least, that piece, and how many of it count of a unit."""
    unit, group = r.arrays.unit[r.pairs.lot], r.arrays.group[r.pairs.lot]
    soon = np.flatnonzero(r.arrays.use_by[r.pairs.lot])
    for g in np.unique(group[soon]).tolist():
        here = soon[group[soon] == g]
        units = np.unique(unit[here]).tolist()
        halves = {-(-u // 2) for u in units}
        for piece, most in sorted({(u, 1) for u in units} | {(p, units[-1] // p) for p in halves}):
            yield here[unit[here] >= piece], piece, most


def _few(r: "Relaxation", soon: Ints, piece: int, most: int) -> Rows:
    """These rows for some pairs of one group."""
    end = _ends(r, soon)
    cell, limit = r.cell[soon[end]], _pieces_eaten(r, soon[end], piece, most)
    counted = np.minimum(most, r.arrays.unit[r.pairs.lot[soon]] // piece)
    first, sums = np.searchsorted(r.cell[soon], cell), np.append(0, np.cumsum(counted * r.most[soon]))
    # Of days with the same limit the last says it for all.
    said = (np.diff(cell, append=-1) == 0) & (np.diff(limit, append=-1) == 0)
    room = np.minimum(_eaten(r, soon[end]), r.crowds.cap.ravel()[cell])
    useful = ~said & (sums[end + 1] - sums[first] > limit) & (room > WORTH_A_ROW * piece * limit)
    row, column = spread(first[useful], end[useful] + 1, np.arange(int(useful.sum())))
    return Rows(row, soon[column], counted[column].astype(np.float64), limit[useful].astype(np.float64))


def _ends(r: "Relaxation", soon: Ints) -> Ints:
    """The last of the pairs of each cell and day: these are sorted by cell, then by day."""
    key = (r.cell[soon] << 24) + r.arrays.last_day[r.pairs.lot[soon]]
    return np.flatnonzero(np.diff(key, append=-1) != 0)


def _eaten(r: "Relaxation", end: Ints) -> Ints:
    """E + the largest unit − 1 of each crowd, for the day and the group of these pairs, in grams."""
    cell, crowd = r.cell[end], r.pairs.visit[end]
    days = r.arrays.last_day[r.pairs.lot[end]] - r.date[crowd] + 1
    # Of all lots of the group, those among them that are not looked at here.
    largest = r.arrays.largest_unit[r.crowds.kind].ravel()[cell]
    eaten: Ints = r.crowds.eat.ravel()[cell] * days + r.crowds.size[crowd] * (largest - 1)
    return eaten


def _pieces_eaten(r: "Relaxation", end: Ints, piece: int, most: int) -> Ints:
    """How many pieces each crowd can be given by the day of these pairs: the sum of what its visits can."""
    lot, crowd = r.pairs.lot[end], r.pairs.visit[end]
    before = np.cumsum(r.crowds.size) - r.crowds.size
    row, member = spread(before, before + r.crowds.size, crowd)
    visit = np.argsort(r.crowds.of_visit, kind="stable")[member]
    days = (r.arrays.last_day[lot] - r.date[crowd] + 1)[row]
    eaten, other = r.arrays.eat[visit, r.arrays.group[lot][row]] * days, r.largest_after[end][row]
    pieces = np.maximum(most + (eaten - 1) // piece, (eaten + other - 1) // piece)
    return np.bincount(row, weights=pieces, minlength=len(end)).astype(np.int64)
