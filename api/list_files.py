"""A list as a file for spreadsheets: what its page shows with the filters chosen, every page of it, in one's language.

A file travels further than a page: it tells of goods, never of who handled them or who had them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Response
from litestar.params import QueryParameter

from api.here import Here
from api.spreadsheets import Cell, Table, as_plain_csv, as_xlsx

T = TypeVar("T")
Columns = Mapping[str, Callable[[T], Cell]]
"""What stands under each heading, from left to right; headings are messages to translate."""
Shape = Annotated[str, QueryParameter(name="format")]
"""What an address asks for: one of SHAPES, else the page."""
SHAPES = {"csv": as_plain_csv, "xlsx": as_xlsx}


def list_file(here: Here, shape: str, name: str, title: str, columns: Columns[T], rows: Iterable[T]) -> Response[Any]:
    """The rows in one of the SHAPES; `name` is the file's, `title` the sheet's."""
    headings = tuple(here.words.text(heading) for heading in columns)
    lines = tuple(tuple(cell(row) for cell in columns.values()) for row in rows)
    return SHAPES[shape](name, [Table(here.words.text(title), headings, lines)])


def file_links(here: Here, path: str) -> dict[str, str]:
    """For each shape, the address of the list one looks at; after a refused form, of the whole list."""
    asked = here.request.query_params.multi_items() if here.request.method == "GET" else []
    kept = [(key, value) for key, value in asked if value and key not in ("page", "format")]
    return {shape: f"{path}?{urlencode([*kept, ('format', shape)])}" for shape in SHAPES}
