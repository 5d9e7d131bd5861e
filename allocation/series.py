"""Equal baskets seen as series: how many kinds there are, and the letter each goes by. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from allocation.problem import Give, Instance

Visit = TypeVar("Visit", bound=Hashable)
Content = TypeVar("Content", bound=Hashable)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def baskets_of(give: Iterable[Give]) -> dict[str, frozenset[tuple[str, int]]]:
    """What each visit is given, as a value: equal baskets are equal."""
    lines: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in give:
        lines[line.visit][line.lot] += line.units
    return {visit: frozenset(units.items()) for visit, units in lines.items()}


def distinct(instance: Instance, give: Iterable[Give]) -> int:
    """How many distinct baskets the fullest session has, the empty and those with lines fixed by hand apart."""
    by_hand = {pin.visit for pin in instance.pins}
    of_session: dict[object, set[object]] = defaultdict(set)
    for visit_id, basket in baskets_of(give).items():
        visit = instance.visit_by_id.get(visit_id)
        if visit and visit_id not in by_hand:
            of_session[visit.site, visit.date, visit.channel].add(basket)
    return max(map(len, of_session.values()), default=0)


def series(baskets: Mapping[Visit, Content]) -> dict[Visit, str]:
    """The letter of each basket's series, the longest series first; a basket like no other has none.

    >>> series({1: "bread", 2: "milk", 3: "milk", 4: "rice", 5: "bread", 6: "milk"})
    {1: 'B', 2: 'A', 3: 'A', 5: 'B', 6: 'A'}
    """
    # Python keeps the order in which things were seen: of two series as long, the one of the first basket leads.
    ranked = [content for content, n in Counter(baskets.values()).most_common() if n > 1]
    letter = {content: _letter(n) for n, content in enumerate(ranked)}
    return {visit: letter[content] for visit, content in baskets.items() if content in letter}


def _letter(n: int) -> str:
    """A to Z, then AA, AB and so on."""
    return (_letter(n // len(LETTERS) - 1) if n >= len(LETTERS) else "") + LETTERS[n % len(LETTERS)]
