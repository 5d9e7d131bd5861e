"""The food basket of a published study made again: the cheapest ration for a day that meets every nutrient.

The problem is the World Food Programme's for Syria, as the OptiCL project shares it (Maragno and others,
"Mixed-integer optimization with constraint learning"): 25 foods, 12 nutrients, prices a tonne at a supplier;
sugar and salt are given. How people like the basket, which that study learns from data, is left out: this is the
relaxation that any such study starts from.
"""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from allocation.model import cheapest

GIVEN = {"Sugar": 0.2, "Salt": 0.05}
"""Hundreds of grams a day that are not a matter of price."""

TONNE = 10_000
"""Hundreds of grams."""

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Ration(NamedTuple):
    """The cheapest basket of a supplier's prices, and what proves it."""

    dollars: float
    """A person and a day."""
    proven: float
    """What no basket can cost less than, from the prices of the nutrients."""
    grams: dict[str, float]
    supplier: str


def cheapest_ration(file: Path) -> Ration:
    """With the prices of the first supplier, as in the study."""
    book = _sheets(file)
    foods, nutrients = book["nutr_val"][1:], book["nutr_val"][0][1:]
    needed = [float(cell) for cell in book["nutr_req"][1][1:]]
    supplier = dict(zip(book["FoodCost"][0], book["FoodCost"][1], strict=False))
    names = [row[0] for row in foods]
    content = [[float(row[1 + n]) for row in foods] for n in range(len(nutrients))]
    price = [float(supplier[name]) for name in names]
    cost, proven, amounts = cheapest(price, content, needed, {names.index(f): x for f, x in GIVEN.items()})
    grams = {name: round(100 * x, 1) for name, x in zip(names, amounts, strict=True) if x > 1e-9}
    return Ration(cost / TONNE, proven / TONNE, grams, supplier[book["FoodCost"][0][0]])


def _sheets(file: Path) -> dict[str, list[list[str]]]:
    """The cells of each sheet of a workbook, row by row, without the empty ones at the end."""
    with zipfile.ZipFile(file) as book:
        texts = ["".join(t.text or "" for t in s.iter(f"{SPACE}t")) for s in _xml(book, "xl/sharedStrings.xml")]
        names = [s.get("name", "") for s in _xml(book, "xl/workbook.xml").iter(f"{SPACE}sheet")]
        return {
            name: [_row(row, texts) for row in _xml(book, f"xl/worksheets/sheet{n}.xml").iter(f"{SPACE}row")]
            for n, name in enumerate(names, 1)
        }


def _xml(book: zipfile.ZipFile, name: str) -> Xml.Element:
    return Xml.fromstring(book.read(name))  # noqa: S314 - a file that whoever measures has chosen


def _row(row: Xml.Element, texts: list[str]) -> list[str]:
    cells: dict[int, str] = {}
    for cell in row.iter(f"{SPACE}c"):
        value = cell.findtext(f"{SPACE}v")
        if value is not None:
            cells[_column(cell.get("r", "A1"))] = texts[int(value)] if cell.get("t") == "s" else value
    return [cells.get(c, "") for c in range(max(cells, default=-1) + 1)]


def _column(place: str) -> int:
    """
    >>> _column("A1"), _column("Z7"), _column("AB12")
    (0, 25, 27)
    """
    number = 0
    for letter in re.sub(r"\d", "", place):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
