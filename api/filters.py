"""What a person chose last to see of a list, remembered in their browser: choices, never a word they typed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Response
from litestar.datastructures import Cookie

from api.here import Here
from api.sorting import YEAR

LONGEST = 60
"""Of a choice; what is longer comes from no form."""
FORGET = "show"
"""In the address of “Show everything”."""


@dataclass(frozen=True)
class Filters:
    """The choices of a list’s form, which sends them all: an address that names only some, as links do, is a look."""

    table: str
    names: tuple[str, ...]

    def again(self, here: Here) -> Response[Any] | None:
        """Where a list asked for without a word about what to show leads: to what was chosen last."""
        asked = here.request.query_params
        last = self._last(here)
        if not last or set(asked) - {"sort"}:
            return None
        return here.go(f"{here.request.url.path}?{urlencode([*last, *asked.multi_items()])}")

    def remember(self, here: Here, answer: Response[Any]) -> Response[Any]:
        """The answer, with what the form chose for the next visit; nothing chosen forgets."""
        asked = here.request.query_params
        if FORGET in asked or set(asked) >= set(self.names):
            chosen = _chosen([(name, asked.get(name, "")) for name in self.names])
            value, age = quote(urlencode(chosen), safe=""), YEAR if chosen else 0
            answer.cookies.append(Cookie(key=self._cookie, value=value, max_age=age, samesite="lax", httponly=True))
        return answer

    def _last(self, here: Here) -> list[tuple[str, str]]:
        said = parse_qsl(here.request.cookies.get(self._cookie, ""))
        return _chosen([(name, value) for name, value in said if name in self.names])

    @property
    def _cookie(self) -> str:
        return f"filters-{self.table}"


def _chosen(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """
    >>> _chosen([("site", "2"), ("storage", ""), ("family", "m" * 100)])
    [('site', '2')]
    """
    return [(name, value) for name, value in said if value and len(value) <= LONGEST]
