"""Days and ticks as forms send them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from common.errors import Invalid, NotFound
from common.words import N_, Term


def day_typed(typed: str, field: str = "until", what: str = N_("Until")) -> dt.date | None:
    """A day as a date field sends it, None where nothing is; raises Invalid."""
    if not typed:
        return None
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        expected = Term(N_("a day, for instance 2026-11-28"))
        raise Invalid(field=field, what=Term(what), expected=expected, got=typed[:40]) from None


def several(data: Mapping[str, Any], name: str) -> list[str]:
    """A field that may be ticked several times.

    >>> several({"exclude": "eggs"}, "exclude"), several({}, "exclude")
    (['eggs'], [])
    """
    value = data.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def numbers_typed(data: Mapping[str, Any], name: str) -> list[int]:
    """The numbers of what was ticked, or of the button that was pressed.

    >>> numbers_typed({"visit": ["7", "3", "x"]}, "visit"), numbers_typed({}, "visit")
    ([3, 7], [])
    """
    return sorted({number for value in several(data, name) if (number := whole_typed(value)) is not None})


def whole_typed(typed: str) -> int | None:
    """A whole number in plain figures, None for anything else: a “²” is a figure to Python, and no number.

    >>> whole_typed("12"), whole_typed("²"), whole_typed("9" * 30)
    (12, None, None)
    """
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < MOST_DIGITS else None


def row_typed(typed: str, what: str, field: str) -> int:
    """The number of what was chosen from a list; raises NotFound where it cannot have been on it."""
    number = whole_typed(typed)
    if number is None:
        raise NotFound(what=Term(what), id=typed[:20], field=field)
    return number


MOST_DIGITS = 16
"""No number of a row is longer; what is makes some databases stumble."""
