"""The stock list as a file for spreadsheets: as it is seen, in the person's language."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from litestar import Response

from api.spreadsheets import Cell, Table, as_xlsx
from common.words import N_, Words
from stock.shelf import StockRow

HEADINGS = (
    N_("Lot"),
    N_("Product"),
    N_("Brand"),
    N_("To give by"),
    N_("Date on the pack"),
    N_("Pieces"),
    N_("Weight (g)"),
    N_("Of which set aside (g)"),
    N_("Site"),
    N_("Place"),
    N_("Donor"),
    N_("Lot number"),
)


def csv_table(rows: Sequence[StockRow], words: Words) -> Response[Any]:
    """UTF-8 with its mark and semicolons, which French spreadsheets open as they are."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([words.text(heading) for heading in HEADINGS])
    writer.writerows([_safe(cell) for cell in _cells(row)] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="stock.csv"'},
    )


def xlsx_table(rows: Sequence[StockRow], words: Words) -> Response[Any]:
    """The same columns; dates are dates and figures are figures."""
    headings = tuple(words.text(heading) for heading in HEADINGS)
    return as_xlsx("stock", [Table(words.text(N_("Stock")), headings, tuple(tuple(_cells(row)) for row in rows))])


def _cells(row: StockRow) -> list[Cell]:
    return [
        row.code,
        row.product,
        row.brand,
        row.last_day,
        row.date,
        None if row.measure == "gram" else row.quantity,
        row.grams,
        row.reserved_grams,
        row.site,
        ", ".join(row.places),
        row.donor,
        row.lot_number,
    ]


def _safe(cell: object) -> object:
    """A spreadsheet would run text that begins like a formula; an apostrophe keeps it text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
