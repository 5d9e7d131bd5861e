"""Small counts of people kept back in tables that leave the network: nobody is to be recognised in a figure. Pure.

A count below five is withheld; where a sum would give it away all the same, so is the smallest of its neighbours.
Nothing says which of the two was the small one. Zeros are told: they speak of nobody.
"""

from collections.abc import Mapping, Sequence

LEAST = 5
"""The smallest count of people that is told outside."""
Sums = Sequence[tuple[str, Sequence[str]]]
"""Each total with the parts that add up to it."""


def withheld(counts: Mapping[str, int], sums: Sums) -> frozenset[str]:
    """The codes of the counts that are not told."""
    hidden = {code for code, n in counts.items() if 0 < n < LEAST}
    known = [(total, [p for p in parts if counts.get(p)]) for total, parts in sums if counts.get(total)]
    while more := {code for total, parts in known for code in _neighbour(counts, hidden, total, parts)} - hidden:
        hidden |= more
    return frozenset(hidden)


def _neighbour(counts: Mapping[str, int], hidden: set[str], total: str, parts: Sequence[str]) -> list[str]:
    """What else must be withheld so that the rest of a sum does not tell what is hidden."""
    unknown = [code for code in (total, *parts) if code in hidden]
    guarded = len(unknown) > 1 and (total in hidden or sum(counts[code] for code in unknown) >= LEAST)
    if not unknown or guarded:
        return []
    told = [code for code in parts if code not in hidden] or [total]
    return [min(told, key=lambda code: (counts[code], code))]
