"""Reference data in CSV files: each row becomes a frozen value that checks itself.

A cell that holds several words separates them with `;`. An empty cell means the default of its field.
"""

import csv
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def read_rows(path: Path, kind: type[T]) -> tuple[T, ...]:
    """The rows of the file in their order; raises ValueError with the file and the line at fault."""
    several = {name for name, hint in get_type_hints(kind).items() if get_origin(hint) is tuple}
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            _value(row, kind, several, f"{path.name}, line {number}")
            for number, row in enumerate(csv.DictReader(file, strict=True), start=2)
        )


def _value(row: dict[str, Any], kind: type[T], several: set[str], where: str) -> T:
    if None in row or None in row.values():
        raise ValueError(f"{where}: expected one cell for each column")
    if unknown := row.keys() - kind.__struct_fields__:
        raise ValueError(f"{where}: no such columns: {', '.join(sorted(unknown))}")
    cells = {name: cell.split(";") if name in several else cell for name, cell in row.items() if cell}
    try:
        return msgspec.convert(cells, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise ValueError(f"{where}: {problem}") from problem
