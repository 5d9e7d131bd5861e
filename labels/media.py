"""Label stock as data: A4 sheets and thermal rolls, in millimetres from the page's upper left corner."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from labels.boxes import MM, Box
from labels.words import N_, Refused

Kind = Literal["sheet", "roll", "continuous"]

A4 = (210.0, 297.0)
TOLERANCE = 0.01
"""Millimetres a printed table of sizes may be out by rounding."""

UNPRINTABLE = {"sheet": 4.3, "roll": 1.5, "continuous": 1.5}
"""Millimetres along the page's edge that usual printers cannot reach."""

PADDING = 1.5
"""Millimetres kept free inside a label's edge, as paper shifts."""

FURTHEST = 10.0
"""Millimetres a calibration may shift by; more is a wrong sheet, not a shift."""


class WrongMedia(Refused):
    """Label stock that cannot be: labels leave the page, overlap, or are too small to print on."""


@dataclass(frozen=True)
class Media:
    """One kind of label stock; sizes as the labels are read, in millimetres."""

    code: str
    kind: Kind
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    x: float = 0
    """From the page's left edge to the first label."""
    y: float = 0
    """From the page's upper edge to the first label."""
    dx: float = 0
    """From one label's left edge to the next one's; 0 where labels touch."""
    dy: float = 0
    """From one label's upper edge to the next one's; 0 where labels touch."""
    dpi: int = 300
    """Dots per inch of the printer's grid, which bars and modules are drawn on."""
    maker: str = ""
    source: str = ""
    """Where these sizes come from."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "dx", self.dx or self.width)
        object.__setattr__(self, "dy", self.dy or self.height)
        self._refuse_nonsense()
        self._refuse_overlap()
        self._refuse_what_leaves_the_page()

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page in millimetres: A4, or the label itself on a roll."""
        return A4 if self.kind == "sheet" else (self.width, self.height)

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def cut_at(self, length: float) -> "Media":
        """The same continuous roll cut at another length."""
        return replace(self, height=length, dy=length)

    def places(self, offset: tuple[float, float] = (0, 0)) -> list[Box]:
        """The labels of one page in reading order, in points, shifted right and down by the calibration."""
        right, down = offset
        if max(abs(right), abs(down)) > FURTHEST:
            raise WrongMedia(
                N_("A shift of %(right)s mm right and %(down)s mm down is too far: at most %(most)s mm."),
                right=right,
                down=down,
                most=FURTHEST,
            )
        return [self._place(n, right, down) for n in range(self.per_page)]

    def printable(self, place: Box) -> Box:
        """What of a label can be printed on: inside its edge, and inside the page's unprintable border."""
        width, height = (side * MM for side in self.page)
        border = UNPRINTABLE[self.kind] * MM
        return place.inset(PADDING * MM).within(Box(0, 0, width, height).inset(border))

    def _place(self, n: int, right: float, down: float) -> Box:
        row, column = divmod(n, self.columns)
        left = self.x + column * self.dx + right
        bottom = self.page[1] - (self.y + row * self.dy + down) - self.height
        return Box(left * MM, bottom * MM, self.width * MM, self.height * MM)

    def _refuse_nonsense(self) -> None:
        if self.kind not in get_args(Kind):
            raise WrongMedia(
                N_("%(code)s: “%(kind)s” is no kind of label stock: sheet, roll or continuous."),
                code=self.code,
                kind=self.kind,
            )
        if min(self.columns, self.rows) < 1 or min(self.x, self.y) < 0 or not 100 <= self.dpi <= 2400:
            raise WrongMedia(N_("%(code)s: rows, columns, margins and resolution must be positive."), code=self.code)
        if min(self.width, self.height) < 12:
            raise WrongMedia(
                N_("%(code)s: a label of %(width)s × %(height)s mm is too small: at least 12 mm each way."),
                code=self.code,
                width=self.width,
                height=self.height,
            )

    def _refuse_overlap(self) -> None:
        if self.dx < self.width - TOLERANCE or self.dy < self.height - TOLERANCE:
            raise WrongMedia(
                N_("%(code)s: labels of %(width)s × %(height)s mm every %(dx)s × %(dy)s mm overlap."),
                code=self.code,
                width=self.width,
                height=self.height,
                dx=self.dx,
                dy=self.dy,
            )

    def _refuse_what_leaves_the_page(self) -> None:
        right = self.x + (self.columns - 1) * self.dx + self.width
        bottom = self.y + (self.rows - 1) * self.dy + self.height
        width, height = self.page
        if right > width + TOLERANCE or bottom > height + TOLERANCE:
            raise WrongMedia(
                N_("%(code)s: labels reach %(right)s × %(bottom)s mm on a page of %(width)s × %(height)s mm."),
                code=self.code,
                right=round(right, 2),
                bottom=round(bottom, 2),
                width=width,
                height=height,
            )


def media(code: str) -> Media:
    """The stock of this code; raises WrongMedia with the codes there are."""
    table = all_media()
    if code not in table:
        raise WrongMedia(
            N_("There is no label stock “%(code)s”; there are: %(known)s."), code=code, known=", ".join(table)
        )
    return table[code]


@lru_cache
def all_media() -> dict[str, Media]:
    """Every stock of the table, by code, in its order."""
    with (Path(__file__).parent / "media.csv").open(encoding="utf-8", newline="") as file:
        return {stock.code: stock for stock in _read(file)}


def _read(lines: Any) -> Iterator[Media]:
    numbers = ("width", "height", "x", "y", "dx", "dy")
    counts = ("columns", "rows", "dpi")
    for row in csv.DictReader(lines):
        values: dict[str, Any] = dict(row)
        values |= {name: float(row[name]) for name in numbers} | {name: int(row[name]) for name in counts}
        yield Media(**values)
