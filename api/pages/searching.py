"""The page of the search everywhere. It is asked by a form that is sent, so that no name stands in an address."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from api.here import Here
from api.search import LONGEST, Kind, named, search
from api.security import May


@dataclass
class SearchForm:
    q: str = ""


@get("/search", guards=[May()], sync_to_thread=True)
def search_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here, "", [])


@post("/search", guards=[May()], sync_to_thread=True)
def search_now(here: NamedDependency[Here], data: URLEncodedBody[SearchForm]) -> Response[Any]:
    """What was found; a whole code leads straight to what it names."""
    typed = data.q.strip()[:LONGEST]
    with here.database.reading() as session:
        if typed and (href := named(here, session, typed)):
            return here.go(href)
        return _page(here, typed, search(here, session, typed))


def _page(here: Here, typed: str, found: list[Kind]) -> Response[Any]:
    return here.page("pages/search.html", typed=typed, found=found)


ROUTES = [search_page, search_now]
