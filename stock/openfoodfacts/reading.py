"""An export of Open Food Facts, row by row, from any place in it: no row but the present one is in memory.

Their table is tab-separated and quotes nothing; JSON lines and CSV with quotes are read too, each also compressed
(`.gz`). Parquet is not: it would take a large library for facts the JSON lines hold as well. With each row comes the
place in the file after it, from which a later reading can go on.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from common.errors import Refusal
from common.words import N_

LONGEST_LINE = 20_000_000
Row = Mapping[str, Any]


class NotAnExport(Refusal):
    """A file without the columns everything hangs on."""

    message = N_("%(file)s is not an export of Open Food Facts: it has no column “code”.")


class ParquetExport(Refusal):
    """Their third shape, told from the others by its first four bytes."""

    message = N_("%(file)s is a Parquet file, which is not read: take the table or the JSON lines of Open Food Facts.")


class DamagedExport(Refusal):
    """A compressed file that was cut short, or is none."""

    message = N_("%(file)s cannot be unpacked to its end: fetch it again. What was read of it is kept.")


def rows_of_export(path: Path, position: int = 0) -> Iterator[tuple[Row | None, int]]:
    """Each row with the place after it, from a place another reading gave; None for a line that cannot be read."""
    with _opened(path) as file:
        first = file.readline(LONGEST_LINE)
        if first.startswith(b"PAR1"):
            raise ParquetExport(file=path.name)
        if first.lstrip()[:1] == b"{":
            file.seek(position)
            yield from ((_object(line), after) for line, after in _Lines(file))
            return
        names, cells = _table(first.decode("utf-8-sig", "replace").rstrip("\r\n"))
        if "code" not in names:
            raise NotAnExport(file=path.name)
        file.seek(max(position, len(first)))
        lines = _Lines(file)
        rows = cells(text for text, _ in lines)
        for row in _each(rows):
            yield (dict(zip(names, row, strict=True)) if len(row) == len(names) else None), lines.position


def _each(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Each row, an empty one for a cell that is larger than any of theirs."""
    while True:
        try:
            yield next(rows)
        except csv.Error:
            yield []
        except StopIteration:
            return


class _Lines:
    """The lines of a file as text, and the place after the last one that was taken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = file.tell()

    def __iter__(self) -> Iterator[tuple[str, int]]:
        while line := self._file.readline(LONGEST_LINE):
            self.position += len(line)
            yield line.decode("utf-8", "replace"), self.position


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb") as file:
        try:
            yield file
        except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
            raise DamagedExport(file=path.name) from broken


def _table(heading: str) -> tuple[list[str], Callable[[Iterator[str]], Iterator[list[str]]]]:
    """The names of the columns, and how lines become cells."""
    if "\t" in heading:
        return heading.split("\t"), lambda lines: (line.rstrip("\r\n").split("\t") for line in lines)
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    names = next(_each(csv.reader([heading], delimiter=delimiter)), [])
    return names, lambda lines: csv.reader(lines, delimiter=delimiter)


def _object(line: str) -> Row | None:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return None
