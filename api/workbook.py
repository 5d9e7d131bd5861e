"""The first sheet of an XLSX workbook, read with the least that can go wrong.

No part may unpack to more than a table of this size needs, none may declare entities, nothing is computed: a cell
with a formula is refused with its place, and so are headings merged over several columns.
"""

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from struct import error as BadRecord  # noqa: N812 - zipfile lets it through, and its own name says nothing
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from api.sheets import MOST_COLUMNS, MOST_ROWS, Row, UnreadableSheet, too_large
from api.spreadsheets import FIRST_DAY, MAIN, RELATIONS
from common.errors import Refusal
from common.words import N_, Term

MOST_UNPACKED = 20_000_000
PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
DAYS = {14, 15, 16, 17, 22, 27, 30, 36, 50, 57}
"""The numbers of the formats of days that every spreadsheet knows."""
LAST_DAY = 2_958_465
BROKEN = (ParseError, zipfile.BadZipFile, zlib.error, BadRecord, EOFError, KeyError, OSError, RuntimeError, ValueError)
"""All that reading a damaged, encrypted or invented archive may raise."""


class FormulaCell(Refusal):
    """A cell whose value another program worked out, perhaps long ago."""

    field = "file"
    message = N_("Cell %(place)s holds a formula: expected a value. Copy the table and paste its values only.")


class MergedHeading(Refusal):
    field = "file"
    message = N_("The heading is merged over several cells (%(place)s): expected one name for each column.")


class _NoEntities(TreeBuilder):
    """Refuses a document type before any entity of it could grow."""

    def doctype(self, *_: object) -> None:
        raise UnreadableSheet(got=Term(N_("a workbook that declares entities")))


def rows_of_workbook(data: bytes) -> list[Row]:
    """Raises UnreadableSheet, SheetTooLarge, FormulaCell or MergedHeading."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return list(_Workbook(book).rows())
    except Refusal:
        raise
    except BROKEN:
        raise UnreadableSheet(got=Term(N_("a damaged file, or one that is no XLSX workbook"))) from None


class _Workbook:
    def __init__(self, book: zipfile.ZipFile) -> None:
        self.book = book
        self.left = MOST_UNPACKED
        workbook = self.part("xl/workbook.xml")
        properties = workbook.find(_main("workbookPr"))
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self.first_day = dt.date(1904, 1, 1) if since_1904 else FIRST_DAY
        self.sheet = self.part(self._path(workbook))
        self.texts = [_text_of(item) for item in self.optional("xl/sharedStrings.xml").iter(_main("si"))]
        self.days = self._styles_of_days()

    def part(self, path: str) -> Element:
        """One part, within what is left of the size a table may have: what the archive says of it is not believed."""
        with self.book.open(path) as packed:
            content = packed.read(self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise too_large(MOST_UNPACKED // 1_000_000, N_("MB once unpacked"))
        parser = XMLParser(target=_NoEntities())  # noqa: S314 - no document type, so no entity, and a size that is bounded
        parser.feed(content)
        root: Element = parser.close()
        return root

    def optional(self, path: str) -> Element:
        return self.part(path) if path in self.book.namelist() else Element("none")

    def _path(self, workbook: Element) -> str:
        first = next(workbook.iter(_main("sheet")), None)
        name = first.get(f"{{{RELATIONS}}}id") if first is not None else None
        for relation in self.part("xl/_rels/workbook.xml.rels"):
            if relation.get("Id") == name:
                return posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        raise UnreadableSheet(got=Term(N_("a workbook without a sheet")))

    def _styles_of_days(self) -> set[int]:
        styles = self.optional("xl/styles.xml")
        own = {int(f.get("numFmtId", 0)): f.get("formatCode", "") for f in styles.iter(_main("numFmt"))}
        days = DAYS | {n for n, code in own.items() if re.search(r"[dy]", re.sub(r'"[^"]*"|\[[^]]*\]|\\.', "", code))}
        formats = styles.find(_main("cellXfs"))
        return {n for n, xf in enumerate(formats if formats is not None else ()) if int(xf.get("numFmtId", 0)) in days}

    def rows(self) -> Iterator[Row]:
        line, heading = 0, 0
        for n, row in enumerate(self.sheet.iter(_main("row"))):
            if n > 2 * MOST_ROWS:
                raise too_large(MOST_ROWS, N_("lines"))
            line = int(row.get("r", line + 1))
            cells = self._cells(row, line)
            heading = heading or (line if any(cells) else 0)
            yield Row(line, cells)
        for merged in self.sheet.iter(_main("mergeCell")):
            place = merged.get("ref", "")
            if (found := PLACE.match(place)) and int(found[2]) == heading:
                raise MergedHeading(place=place[:20])

    def _cells(self, row: Element, line: int) -> tuple[str, ...]:
        cells: dict[int, str] = {}
        column = -1
        for cell in row.iter(_main("c")):
            found = PLACE.fullmatch(cell.get("r", ""))
            column = _number(found[1]) if found else column + 1
            if cell.find(_main("f")) is not None:
                raise FormulaCell(place=found[0] if found else f"{line}/{column + 1}")
            text = self._value(cell)
            if text and column >= MOST_COLUMNS:
                raise too_large(MOST_COLUMNS, N_("columns"))
            if text:
                cells[column] = text
        return tuple(cells.get(n, "") for n in range(max(cells, default=-1) + 1))

    def _value(self, cell: Element) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(_main("v"), "").strip()
        if kind == "inlineStr":
            return _text_of(cell)
        if kind == "s" and value:
            return self.texts[_index(value, len(self.texts))]
        if kind != "n" or not value:
            return value
        number = float(value)
        if int(cell.get("s", 0)) in self.days and 0 < number <= LAST_DAY:
            return (self.first_day + dt.timedelta(days=int(number))).isoformat()
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _index(value: str, length: int) -> int:
    index = int(value)
    if not 0 <= index < length:
        raise ValueError(value)
    return index


def _number(letters: str) -> int:
    """Columns as spreadsheets name them, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _text_of(item: Element) -> str:
    """The runs of a text put together, without what is written above it to be read aloud."""
    direct = [item, *item.findall(_main("is")), *item.findall(_main("r")), *item.findall(f"{_main('is')}/{_main('r')}")]
    return "".join(run.findtext(_main("t"), "") for run in direct)


def _main(name: str) -> str:
    return f"{{{MAIN}}}{name}"
