"""Tables that people send: what is read, and what is refused with its place."""

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.sheet_file import read_sheet
from api.sheets import MOST_ROWS, CellTooLong, NoHeading, Row, Sheet, SheetTooLarge, UnreadableSheet
from api.spreadsheets import MAIN, Table, xlsx_of
from api.workbook import MOST_UNPACKED, FormulaCell, MergedHeading
from common.errors import Refusal

BOOK = xlsx_of([Table("Foyers", ("Nom", "Né le"), (("Saïd", dt.date(1985, 3, 12)), (None, None), ("Roux", 1951)))])
READ = Sheet(("Nom", "Né le"), (Row(2, ("Saïd", "1985-03-12")), Row(4, ("Roux", "1951"))))


def book_with(path: str, content: str) -> bytes:
    """The workbook with one of its parts in place of its own."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as before, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as after:
        for name in {*before.namelist(), path}:
            after.writestr(name, content if name == path else before.read(name))
    return data.getvalue()


def sheet_with(inside: str) -> bytes:
    return book_with("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}">{inside}</worksheet>')


NO_SUCH_TEXT = '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'
HEADING = '<row r="1"><c t="str"><v>Nom</v></c><c t="str"><v>Né le</v></c></row>'


@pytest.mark.parametrize(
    "data",
    [
        BOOK,
        "Nom;Né le\nSaïd;1985-03-12\n;\nRoux;1951\n".encode(),
        "\ufeffNom,Né le\r\nSaïd,1985-03-12\r\n\r\n Roux ,1951,\r\n".encode(),
        "Nom\tNé le\nSaïd\t1985-03-12\n\nRoux\t1951".encode("cp1252"),
    ],
)
def test_one_table_is_the_same_however_it_was_saved(data: bytes) -> None:
    assert read_sheet(data) == READ


def test_shared_texts_and_days_since_1904_are_read() -> None:
    texts = f'<sst xmlns="{MAIN}"><si><t>Nom</t></si><si><r><t>Né </t></r><r><t>le</t></r></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
    rows += '<row r="3"><c r="C3" s="1"><v>1</v></c></row>'
    with zipfile.ZipFile(io.BytesIO(sheet_with(f"<sheetData>{rows}</sheetData>"))) as plain:
        parts = {name: plain.read(name).decode() for name in plain.namelist()}
    parts["xl/sharedStrings.xml"] = texts
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)

    assert read_sheet(data.getvalue()) == Sheet(("Nom", "", "Né le"), (Row(3, ("", "", "1904-01-02")),))


@pytest.mark.parametrize(
    ("data", "refusal", "said"),
    [
        (b"", NoHeading, "at least two"),
        (b"Dupont;1951\nRoux;1960\n", NoHeading, "Dupont 1951"),
        (b"Nom;N\x8d le\n", UnreadableSheet, "Windows-1252"),
        (b"Nom;N\x00\n", UnreadableSheet, "Windows-1252"),
        (b"\xd0\xcf\x11\xe0 and so on", UnreadableSheet, "old Excel"),
        (b"PK and no more", UnreadableSheet, "damaged"),
        (b'Nom;Age\n"' + b"a" * 200_000, UnreadableSheet, "quotation mark"),
        (b"a;b\n" * 600_000, SheetTooLarge, "2 MB"),
        (b"a;b\n" * (MOST_ROWS + 2), SheetTooLarge, f"{MOST_ROWS} lines"),
        (b"a;" * 100, SheetTooLarge, "columns"),
        (b"Nom;Note\nRoux;" + b"a" * 501, CellTooLong, "Line 2, column 2"),
        (book_with("xl/worksheets/sheet1.xml", " " * (MOST_UNPACKED + 1)), SheetTooLarge, "unpacked"),
        (book_with("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'), UnreadableSheet, "entities"),
        (book_with("xl/workbook.xml", f'<workbook xmlns="{MAIN}"/>'), UnreadableSheet, "without a sheet"),
        (sheet_with(f'<sheetData>{HEADING}<row r="2"><c r="B2"><f>1+1</f></c></row></sheetData>'), FormulaCell, "B2"),
        (
            sheet_with(f'<sheetData>{HEADING}</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'),
            MergedHeading,
            "A1:B1",
        ),
        (sheet_with(f"<sheetData>{NO_SUCH_TEXT}</sheetData>"), UnreadableSheet, "damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_surely_is_refused(data: bytes, refusal: type[Refusal], said: str) -> None:
    with pytest.raises(refusal, match=said):
        read_sheet(data)


@settings(max_examples=150)
@given(st.binary(max_size=300), st.integers(0, len(BOOK)), st.booleans())
def test_no_file_does_worse_than_be_refused(noise: bytes, at: int, workbook: bool) -> None:
    data = BOOK[:at] + noise[:3] + BOOK[at + len(noise[:3]) :] if workbook else noise

    try:
        sheet = read_sheet(data)
    except Refusal:
        return
    assert all(len(row.cells) == len(sheet.headings) for row in sheet.rows)
