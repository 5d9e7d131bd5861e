"""Long lists, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def pages_of(
    rows: Sequence[T], asked: str, size: int, href: Callable[[int], str]
) -> tuple[Sequence[T], dict[str, Any]]:
    """The rows of the page asked for and what the pager shows; a number beyond the list is brought into it.

    >>> pages_of("abcde", "2", 2, lambda n: f"?page={n}")
    ('cd', {'number': 2, 'pages': 3, 'total': 5, 'previous': '?page=1', 'next': '?page=3'})
    """
    pages = max(1, -(-len(rows) // size))
    number = min(page_number(asked), pages)
    pager = {
        "number": number,
        "pages": pages,
        "total": len(rows),
        "previous": href(number - 1) if number > 1 else None,
        "next": href(number + 1) if number < pages else None,
    }
    return rows[(number - 1) * size : number * size], pager


def page_number(asked: str) -> int:
    """The page an address asks for: the first where it asks for none, or for nonsense."""
    return max(1, int(asked[:9])) if asked.isascii() and asked.isdigit() else 1
