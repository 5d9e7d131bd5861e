"""A linear programme as sparse rows."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.arrays import Flags, Floats, Ints

BOTH = 2
Sides = NDArray[np.int8]
NO_INTS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Rows:
    """Some rows of the relaxation, as (row, column, value) entries and a limit for each row."""

    row: Ints
    column: Ints
    value: Floats
    limit: Floats


@dataclass(frozen=True)
class Table:
    """A linear programme as it is computed on: maximise cost · x, A x ≤ limit, 0 ≤ x ≤ upper, A row by row."""

    start: Ints
    column: Ints
    value: Floats
    limit: Floats
    upper: Floats
    halves: Sides
    """The half of the lots, and the half of the households, that each column belongs to: 0, 1, or BOTH."""
    alone: bool = True
    """Whether nothing else is worked out at once: a second thread would only be in the way."""

    @cached_property
    def rows(self) -> tuple[list[Ints], list[Ints], list[Ints]]:
        """The rows of each half of the lots, those that both halves share, and those of each half of the households.

        Two rows of different halves meet in no column.
        """
        some = np.flatnonzero(np.diff(self.start))
        lots, homes = (self._half(half[self.column], self.start[some]) for half in self.halves)
        both = homes == BOTH
        return (
            [some[both & (lots == 0)], some[both & (lots == 1)]],
            [some[both & (lots == BOTH)]],
            [some[homes == 0], some[homes == 1]],
        )

    @staticmethod
    def _half(of_entries: Sides, first: Ints) -> Sides:
        """The half to which all entries of a row belong."""
        if not len(first):
            return np.empty(0, dtype=np.int8)
        least, most = np.minimum.reduceat(of_entries, first), np.maximum.reduceat(of_entries, first)
        return np.where(least == most, least, BOTH).astype(np.int8)

    def reduced(self, cost: Floats, y: Floats) -> Floats:
        """cost − Aᵀ y: what each column is worth at these multipliers of the rows."""
        spread = np.repeat(y, np.diff(self.start)) * self.value
        return cost - np.bincount(self.column, weights=spread, minlength=len(cost))

    def measured_in(self, worth: Floats) -> "Table":
        """The same programme with columns so many times as large: what costs `cost` then costs cost / worth."""
        return replace(self, value=self.value / worth[self.column], upper=self.upper * worth)

    def only(self, columns: Flags) -> "Table":
        """What limits these columns: a proof for a goal that counts no others, where no row is helped by others."""
        row = np.repeat(np.arange(len(self.limit)), np.diff(self.start))
        kept = columns[self.column] & (self.value > 0)
        rows, rank = np.unique(row[kept], return_inverse=True)
        start = np.searchsorted(rank, np.arange(len(rows) + 1))
        place = np.cumsum(columns) - 1
        return Table(
            start,
            place[self.column[kept]],
            self.value[kept],
            self.limit[rows],
            self.upper[columns],
            self.halves[:, columns],
            self.alone,
        )


def spread(first: Ints, last: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Row r with the columns first[at[r]] : last[at[r]] one after the other; none where at is -1."""
    rows = np.flatnonzero(at >= 0)
    size = last[at[rows]] - first[at[rows]]
    begin = np.cumsum(size) - size
    column = np.arange(int(size.sum())) + np.repeat(first[at[rows]] - begin, size)
    return np.repeat(rows, size), column
