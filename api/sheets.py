"""A table as text: what every file that people send comes to, and the limits it keeps.

Every cell is text. What could be read in two ways is refused with its place rather than guessed.
"""

from collections.abc import Iterable

from msgspec import Struct

from common.errors import Refusal
from common.words import N_, Term

MOST_BYTES = 2_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
LONGEST_CELL = 500


class UnreadableSheet(Refusal):
    """A file that is no table at all."""

    field = "file"
    message = N_("This file cannot be read: expected a table as CSV or XLSX, got %(got)s.")


class SheetTooLarge(Refusal):
    field = "file"
    message = N_("This file is too large: expected at most %(most)s %(unit)s. Send it in parts.")


class NoHeading(Refusal):
    field = "file"
    message = N_("The first line holds the name of each column: expected at least two, got “%(got)s”.")


class CellTooLong(Refusal):
    field = "file"
    message = N_("Line %(line)s, column %(column)s: expected at most %(most)s signs, got %(length)s.")


class Row(Struct, frozen=True):
    """One line under the headings, by its number in the file."""

    line: int
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True):
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def sheet_of(rows: Iterable[Row]) -> Sheet:
    """The first line that holds anything is the heading; empty lines and empty ends of lines are nothing."""
    kept = []
    for row in rows:
        cells = tuple(_cell(row.line, n, text) for n, text in enumerate(row.cells, 1))
        if any(cells):
            kept.append(Row(row.line, cells))
        if len(kept) > MOST_ROWS + 1:
            raise too_large(MOST_ROWS, N_("lines"))
    headings = kept[0].cells if kept else ()
    if sum(map(bool, headings)) < 2 or any(text.isdigit() for text in headings):
        raise NoHeading(got=" ".join(headings)[:80])
    width = len(headings)
    return Sheet(headings, tuple(Row(row.line, (*row.cells, *[""] * width)[:width]) for row in kept[1:]))


def too_large(most: int, unit: str) -> SheetTooLarge:
    return SheetTooLarge(most=most, unit=Term(unit))


def _cell(line: int, column: int, text: str) -> str:
    text = text.strip()
    if column > MOST_COLUMNS:
        raise too_large(MOST_COLUMNS, N_("columns"))
    if len(text) > LONGEST_CELL:
        raise CellTooLong(line=line, column=column, most=LONGEST_CELL, length=len(text))
    return text
