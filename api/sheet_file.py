"""Sheets that people send: CSV as spreadsheets write it, or an XLSX workbook."""

import csv
import io

from api.sheets import MOST_BYTES, Row, Sheet, UnreadableSheet, sheet_of, too_large
from api.workbook import rows_of_workbook
from common.words import N_, Term

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
DELIMITERS = ";,\t"


def read_sheet(data: bytes) -> Sheet:
    """The table in this file; raises UnreadableSheet, SheetTooLarge, NoHeading, CellTooLong or what a workbook may."""
    if len(data) > MOST_BYTES:
        raise too_large(MOST_BYTES // 1_000_000, N_("MB"))
    if data.startswith(OLD_EXCEL):
        raise UnreadableSheet(got=Term(N_("an old Excel file (.xls): save it as .xlsx or CSV")))
    return sheet_of(rows_of_workbook(data) if data.startswith(b"PK") else _rows_of_text(_text(data)))


def _text(data: bytes) -> str:
    """UTF-8, or else the Windows-1252 of French spreadsheets, which leaves five bytes without a meaning."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(sign < " " and sign not in "\t\r\n" for sign in text):
            return text
    raise UnreadableSheet(got=Term(N_("something that is no text in UTF-8 or Windows-1252")))


def _rows_of_text(text: str) -> list[Row]:
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    rows, line = [], 1
    try:
        for cells in reader:
            rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableSheet(got=Term(N_("a cell that never ends: a quotation mark is missing"))) from None
    return rows
