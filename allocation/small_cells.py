"""Small counts of people kept back in tables that leave the network: nobody is to be recognised in a figure. Pure.

A count below five is withheld; where a sum would give it away all the same, so is the smallest of its neighbours.
Nothing says which of the two was the small one. Zeros are told: they speak of nobody. Sums may run across tables:
whoever holds all of them works out no small count either, by any chain of subtractions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

LEAST = 5
"""The smallest count of people that is told outside."""
Sums = Sequence[tuple[str, Sequence[str]]]
"""Each total with the parts that add up to it."""


def withheld(counts: Mapping[str, int], sums: Sums, also: Collection[str] = ()) -> frozenset[str]:
    """The codes of the counts that are not told; `also` those that something told before forbids."""
    hidden = {code for code, n in counts.items() if 0 < n < LEAST or code in also}
    known = [(total, [p for p in parts if counts.get(p)]) for total, parts in sums if counts.get(total)]
    while more := _given_away(counts, hidden, known) - hidden:
        hidden |= more
    return frozenset(hidden)


def _given_away(counts: Mapping[str, int], hidden: set[str], sums: Sums) -> set[str]:
    """What else must be withheld: first by each sum alone, then by all of them together."""
    alone = {code for total, parts in sums for code in _neighbour(counts, hidden, total, parts)}
    if alone - hidden:
        return alone
    small = {code for code in _worked_out(hidden, sums) if counts[code] < LEAST}
    near = [members for members in _told(hidden, sums, small) if members]
    # A small count may stand among withheld ones alone, and be told by way of theirs.
    further = near or ([members for members in _told(hidden, sums, hidden) if members] if small else [])
    return {_smallest(counts, members) for members in further}


def _told(hidden: set[str], sums: Sums, some: set[str]) -> list[set[str]]:
    """What the sums that some counts stand in still tell."""
    return [{total, *parts} - hidden for total, parts in sums if some & {total, *parts}]


def _neighbour(counts: Mapping[str, int], hidden: set[str], total: str, parts: Sequence[str]) -> list[str]:
    """What else must be withheld so that the rest of a sum does not tell what is hidden."""
    unknown = [code for code in (total, *parts) if code in hidden]
    guarded = len(unknown) > 1 and (total in hidden or sum(counts[code] for code in unknown) >= LEAST)
    if not unknown or guarded:
        return []
    told = [code for code in parts if code not in hidden] or [total]
    return [_smallest(counts, told)]


def _smallest(counts: Mapping[str, int], codes: Iterable[str]) -> str:
    return min(codes, key=lambda code: (counts[code], code))


def _worked_out(hidden: set[str], sums: Sums) -> list[str]:
    """What all the sums together tell of what is hidden: the unknowns that are alike in every solution."""
    codes = sorted(hidden)
    column = {code: n for n, code in enumerate(codes)}
    rows = np.zeros((len(sums), len(codes)))
    for row, (total, parts) in zip(rows, sums, strict=True):
        for sign, code in [(1, total), *((-1, part) for part in parts)]:
            if code in column:
                row[column[code]] += sign
    rows = rows[rows.any(axis=1)]
    if not len(rows):
        return []
    _, strength, directions = np.linalg.svd(rows)
    free = directions[int((strength > TINY).sum()) :]
    return [code for code, n in column.items() if not (np.abs(free[:, n]) > TINY).any()]


TINY = 1e-9
"""Below this a number is nothing but rounding."""
