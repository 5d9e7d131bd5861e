"""Tables as files for spreadsheets: CSV for any program, XLSX for those who double-click.

Figures are whole numbers in the unit their heading names, so that nothing is rounded on the way.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from litestar import Response
from msgspec import Struct

Cell = str | int | float | dt.date | None

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
"""What spreadsheets allow for the name of a sheet."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A text that begins so would be computed by the program that opens it; the last four are those of wide letters."""
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs no XML may hold: a workbook with one of them is said to be damaged, and opens nowhere."""
FIRST_DAY = dt.date(1899, 12, 30)
"""Spreadsheets count days from here."""


class Table(Struct, frozen=True):
    """A named table: its headings, and rows as long as they are."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_of(tables: Sequence[Table]) -> bytes:
    """All tables one under the other, each under its name; semicolons, as French spreadsheets expect."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    for n, table in enumerate(tables):
        writer.writerows([[], [table.name]] if n else [[table.name]])
        _write(writer, table)
    return text.getvalue().encode("utf-8-sig")


def plain_csv_of(table: Table) -> bytes:
    """One table with nothing above its headings, for programs that read it again."""
    text = io.StringIO(newline="")
    _write(csv.writer(text, delimiter=";"), table)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(tables: Sequence[Table]) -> bytes:
    """One sheet a table, with the format's least: no styles but that of dates, no shared strings."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for path, content in _parts(tables):
            # A fixed date: the same figures make the same file.
            book.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), f'<?xml version="1.0"?>\n{content}')
    return data.getvalue()


def as_csv(name: str, tables: Sequence[Table]) -> Response[Any]:
    return _file(f"{name}.csv", csv_of(tables), CSV)


def as_plain_csv(name: str, tables: Sequence[Table]) -> Response[Any]:
    """A file of a single table."""
    (table,) = tables
    return _file(f"{name}.csv", plain_csv_of(table), CSV)


def as_xlsx(name: str, tables: Sequence[Table]) -> Response[Any]:
    return _file(f"{name}.xlsx", xlsx_of(tables), XLSX)


def _file(name: str, data: bytes, kind: str) -> Response[Any]:
    return Response(data, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _write(writer: Any, table: Table) -> None:
    writer.writerow(table.headings)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if cell.startswith(FORMULA) else cell
        case dt.date():
            return cell.isoformat()
        case float():
            return f"{cell:.6f}"
    return str(cell)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPEN = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _parts(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(tables) + 1)
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{OPEN}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{OPEN}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{OPEN}.styles+xml"/>{sheets}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(_names(tables), 1)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>'
    yield "xl/styles.xml", STYLES
    for n, table in enumerate(tables, 1):
        rows = "".join(_row(row) for row in (table.headings, *table.rows))
        yield f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def _names(tables: Sequence[Table]) -> list[str]:
    """The tables' names as sheets may bear them: short, without signs that mean something, each only once."""
    names: list[str] = []
    for n, table in enumerate(tables, 1):
        name = "".join(" " if c in "[]:*?/\\" else c for c in table.name)[:LONGEST_NAME]
        names.append(name if name not in names else f"{n} {name}"[:LONGEST_NAME])
    return names


def _row(cells: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<c/>"
        case str():
            return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(NO_XML.sub("", cell))}</t></is></c>'
        case dt.date():
            return f'<c s="1"><v>{(cell - FIRST_DAY).days}</v></c>'
    return f"<c><v>{cell}</v></c>"
