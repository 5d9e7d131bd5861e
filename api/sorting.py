"""Lists in the order a person chose by the head of a column, remembered in their browser for the next visit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Response
from litestar.datastructures import Cookie

from api.here import Here
from common.words import N_, Words

T = TypeVar("T")
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Order:
    """How a table is sorted, and where the heads of its columns lead: `sort=weight`, heaviest first `sort=-weight`."""

    table: str
    value: str
    """A key, after a minus from the last to the first."""
    path: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    """What else the address asks for; but no page, since a new order begins on its first."""
    asked: bool = False
    """Asked for by the address, not remembered."""

    @property
    def key(self) -> str:
        return self.value.removeprefix("-")

    @property
    def down(self) -> bool:
        return self.value.startswith("-")

    def way(self, first: str) -> str | None:
        """`aria-sort` of the column whose head first asks for this; None where another one sorts.

        >>> [Order("stock", value).way("-grams") for value in ("-grams", "grams", "place")]
        ['descending', 'ascending', None]
        """
        if self.key != first.removeprefix("-"):
            return None
        return "descending" if self.down else "ascending"

    def href(self, first: str) -> str:
        """Where the head of a column leads: to the way it first asks for, and from there the other way round.

        >>> Order("stock", "place", "/stock", (("q", "lait"),)).href("-grams")
        '/stock?q=lait&sort=-grams'
        >>> Order("stock", "-grams", "/stock").href("-grams")
        '/stock?sort=grams'
        """
        value = other_way(first) if self.value == first else first
        return f"{self.path}?{urlencode([*self.kept, ('sort', value)])}"

    def page_href(self, number: int) -> str:
        """Another page of the list in this order."""
        return f"{self.path}?{urlencode([*self.kept, ('sort', self.value), ('page', number)])}"

    def sorted(self, rows: Iterable[T], values: Mapping[str, Callable[[T], Any]]) -> list[T]:
        """The rows in this order; those without a value come last both ways, equal ones stay as they were.

        >>> Order("gifts", "-grams").sorted([3, None, 5], {"grams": lambda row: row})
        [5, 3, None]
        """
        value, every = values[self.key], list(rows)
        known = [row for row in every if value(row) is not None]
        return [*sorted(known, key=value, reverse=self.down), *(row for row in every if value(row) is None)]

    def choices(self, heads: Mapping[str, str], words: Words) -> list[tuple[str, str]]:
        """For a field to choose in: what the heads of the columns first ask for, and what is chosen now."""
        offered = [(value, words.text(label)) for value, label in heads.items()]
        if self.value in heads:
            return offered
        column = words.text(heads[other_way(self.value)])
        return [*offered, (self.value, words.text(N_("%(column)s, the other way round"), column=column))]

    def remember(self, answer: Response[Any]) -> Response[Any]:
        """The answer, with the order for the next visit where the person has just chosen it."""
        if self.asked:
            name = _cookie(self.table)
            answer.cookies.append(Cookie(key=name, value=self.value, max_age=YEAR, samesite="lax", httponly=True))
        return answer


def order_of(here: Here, table: str, keys: Iterable[str], usual: str) -> Order:
    """The order the address asks for, else the one chosen last, else the usual; what is no key asks for nothing."""
    asked = here.request.query_params.get("sort", "")
    value = chosen(keys, asked, here.request.cookies.get(_cookie(table), ""), usual)
    query = parse_qsl(here.request.url.query)
    kept = tuple((name, text) for name, text in query if name not in ("sort", "page"))
    return Order(table, value, here.request.url.path, kept, asked=value == asked)


def chosen(keys: Iterable[str], *wanted: str) -> str:
    """The first that is a key, either way round; the last of them is the usual order.

    >>> chosen({"name", "grams"}, "colour", "--name", "-grams", "name")
    '-grams'
    """
    known = {key.removeprefix("-") for key in keys}
    return next(value for value in wanted if value.removeprefix("-") in known)


def other_way(value: str) -> str:
    """
    >>> other_way("grams"), other_way("-grams")
    ('-grams', 'grams')
    """
    return value.removeprefix("-") if value.startswith("-") else f"-{value}"


def _cookie(table: str) -> str:
    return f"sort-{table}"
