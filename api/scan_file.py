"""Scan files: what a scanner and a few typed facts gave, one line a row.

Columns: `scan, units, grams, date, lot, donor, temperature, at`; only `scan` must be filled. Columns may come in
any order, separated by commas or semicolons; empty units mean 1; `at` is the moment of the scan.
"""

import csv
import datetime as dt
import difflib
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, DecimalException, InvalidOperation
from itertools import zip_longest
from pathlib import Path

from msgspec import Struct

from common.clock import PARIS
from common.errors import Refusal
from common.words import N_
from stock.intake import Arrival

COLUMNS = ("scan", "units", "grams", "date", "lot", "donor", "temperature", "at")
FIRST_YEAR = 2000
"""No scanner that is still in use has told of a day before."""
MOST_FIGURES = 9
"""No scan is of a thousand million grams."""


class NotAScanFile(Refusal):
    """A file without the columns of a scan file, or that is no text."""

    message = N_("%(file)s is not a scan file: expected the columns %(expected)s, got %(got)s.")


class UnknownColumns(Refusal):
    """What stands in a column nobody reads would be lost, and what it should have said be taken as not said."""

    message = N_("%(file)s: no such column as %(got)s. Expected among %(expected)s; take out what is of no use here.")


class MisspeltColumns(UnknownColumns):
    message = N_("%(file)s: no such column as %(got)s. Did you mean %(near)s? Expected among %(expected)s.")


class BadCell(Refusal):
    """A cell of a scan file that cannot be read."""

    message = N_("Column %(column)s: expected %(expected)s, got “%(got)s”.")


class EndlessCell(Refusal):
    """What follows a quotation mark without its second would all be taken for one cell."""

    message = N_("Up to line %(line)s a cell never ends: a quotation mark is missing.")


class MoreCells(Refusal):
    """A figure with a comma in a file of commas is two cells, and half of it would be lost."""

    message = N_("More cells than headings, “%(got)s” is too much: a figure with a comma stands in quotation marks.")


class ScanLine(Struct, frozen=True):
    """One row as it stands in the file."""

    number: int
    """Its line in the file, the heading being line 1."""
    cells: dict[str, str]
    again: int
    """How many identical scans at the same moment came before it in the file."""
    beyond: str = ""
    """What stands under no heading."""

    @property
    def donor(self) -> str:
        return self.cells["donor"].strip()

    def key(self, name: str) -> str:
        """What identifies this scan in the file of that name, whatever else is written beside it."""
        said = "\x1f".join((name, self.cells["scan"], self.cells["at"], self.cells["donor"], str(self.again)))
        return "scan:" + hashlib.sha256(said.encode()).hexdigest()

    def arrival(self) -> Arrival:
        """The row as intake takes it; raises MoreCells or BadCell."""
        if self.beyond:
            raise MoreCells(got=self.beyond[:40])
        return Arrival(
            scan=self.cells["scan"],
            units=_whole("units", self.cells["units"]),
            grams=_whole("grams", self.cells["grams"]),
            date=self.cells["date"],
            lot_number=self.cells["lot"].strip(),
            temperature_tenths=_tenths(self.cells["temperature"]),
        )

    def at(self, today: dt.date) -> dt.datetime | None:
        """When it was scanned, where the file says so; raises BadCell, also for a day that is still to come."""
        text = self.cells["at"].strip()
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
            if moment.year < FIRST_YEAR or moment.date() > today:
                raise ValueError
        except ValueError:
            raise BadCell(column="at", expected=f"{today}T09:30", got=text[:40]) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def read_scan_file(path: Path) -> list[ScanLine]:
    """The lines of the file, empty ones left out; raises NotAScanFile, UnknownColumns or EndlessCell."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAScanFile(file=path.name, expected=", ".join(COLUMNS), got="?") from None
    # A GS (0x1D) inside a scan is no line break, though str.splitlines would make it one: csv reads \n only.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if "scan" not in heading or any(heading.count(name) > 1 for name in COLUMNS):
            raise NotAScanFile(file=path.name, expected=", ".join(COLUMNS), got=", ".join(heading)[:80])
        refuse_unknown(path.name, heading, COLUMNS)
        return list(_lines(heading, reader))
    except csv.Error:
        raise EndlessCell(line=reader.line_num) from None


def refuse_unknown(file: str, heading: Sequence[str], known: Sequence[str]) -> None:
    """Raise UnknownColumns where a file has others than those known; those without a name hold nothing."""
    unknown = [name for name in heading if name and name not in known]
    near = [close for name in unknown for close in difflib.get_close_matches(name, known, n=1)]
    got, expected = [f"“{name[:40]}”" for name in unknown[:5]], ", ".join(known)
    if near:
        raise MisspeltColumns(file=file, got=got, near=near[:5], expected=expected)
    if unknown:
        raise UnknownColumns(file=file, got=got, expected=expected)


def delimiter_of(text: str) -> str:
    """Commas, or semicolons where the heading has more of them."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _lines(heading: list[str], rows: Iterable[list[str]]) -> Iterator[ScanLine]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for number, row in enumerate(rows, start=2):
        cells = dict.fromkeys(COLUMNS, "") | dict(zip(heading, row, strict=False))
        if not any(value.strip() for value in cells.values()):
            continue
        identity = (cells["scan"], cells["at"], cells["donor"])
        beyond = ",".join(cell for name, cell in zip_longest(heading, row, fillvalue="") if not name).strip(", ")
        yield ScanLine(number, cells, seen[identity], beyond)
        seen[identity] += 1


def _whole(column: str, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > MOST_FIGURES or int(text) < 1:
        raise BadCell(column=column, expected="1, 2, 3…", got=text[:40])
    return int(text)


def _tenths(text: str) -> int | None:
    text = text.strip().replace(",", ".").removesuffix("°C").removesuffix("°").strip()
    if not text:
        return None
    try:
        tenths = Decimal(text) * 10
        if abs(tenths) > 1000:
            raise InvalidOperation
    except DecimalException:
        raise BadCell(column="temperature", expected="3,5", got=text[:40]) from None
    return int(tenths.to_integral_value())
