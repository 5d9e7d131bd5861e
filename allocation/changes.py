"""What differs between two proposals for the same session, line by line. Pure."""

from collections.abc import Collection

from msgspec import Struct

from allocation.problem import Plan


class Change(Struct, frozen=True, order=True):
    """A line whose units differ; none before is a line that came, none after one that went."""

    visit: str
    lot: str
    before: int
    after: int


class Changes(Struct, frozen=True):
    """How much of a plan people have seen stays."""

    lines: tuple[Change, ...]
    of: int
    """Lines that either plan has."""

    @property
    def baskets(self) -> int:
        return len({line.visit for line in self.lines})


def changes(before: Plan, after: Plan, visits: Collection[str]) -> Changes:
    """The lines of these visits that the second plan changed."""
    old, new = ({(g.visit, g.lot): g.units for g in plan.give if g.visit in visits} for plan in (before, after))
    either = old.keys() | new.keys()
    differ = (Change(*line, old.get(line, 0), new.get(line, 0)) for line in either)
    return Changes(tuple(sorted(c for c in differ if c.before != c.after)), len(either))
