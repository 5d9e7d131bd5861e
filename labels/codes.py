"""Scannable codes as vector shapes whose modules fall on the printer's dots.

GS1 DataMatrix is made by zxing-cpp (reportlab's own has no FNC1), Code 128 and EAN-13 by python-barcode.
Sizes are millimetres, except on the canvas, which counts points.
"""

import math
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

import barcode
import zxingcpp
from barcode.writer import BaseWriter
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from labels.boxes import MM, Box
from labels.words import N_, Refused

GS1_CHARACTERS = frozenset(string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_")
"""GS1 General Specifications, character set 82: what a lot number may hold in a code."""

SMALLEST_MODULE = 0.4
"""Millimetres of a DataMatrix module that phones still read off a curved or wet pack."""

LARGEST_MODULE = 0.75
SMALLEST_BAR = {"code128": 0.3, "ean13": 0.264}
"""Millimetres of the thinnest bar: EAN-13 at 80 %; Code 128 at 0.25 reads on the grid it was made for, not off it."""

QUIET = {"matrix": (2, 2), "code128": (10, 10), "ean13": (11, 7)}
"""Modules left white before and after the code; the DataMatrix norm asks for 1, dirty hands for 2."""

LOWEST_BARS, LOWEST_SHARE = 6.35, 0.15
"""A quarter of an inch in millimetres, or 15 % of the length, whichever is more (GS1)."""

Linear = Literal["code128", "ean13"]

EXPECTED: dict[Linear, str] = {
    "code128": N_("“%(value)s” cannot be written as bars: unaccented letters, figures and signs are expected."),
    "ean13": N_("“%(value)s” is not an EAN-13: thirteen figures are expected, the last one checking the others."),
}


class WouldNotScan(Refused):
    """A code that scanners would not read: printing it would only waste the label."""


@dataclass(frozen=True)
class Symbol:
    """A code as black rectangles (x, y, width, height in modules, from the lower left corner)."""

    kind: Literal["matrix", "code128", "ean13"]
    content: str
    width: int
    height: int
    """1 for a linear code, whose bars are as high as they are drawn."""
    shapes: tuple[tuple[int, int, int, int], ...]

    @cached_property
    def outline(self) -> str:
        """The shapes in the PDF's own words; whole numbers need none of reportlab's rounding."""
        return " ".join(f"{x} {y} {wide} {high} re" for x, y, wide, high in self.shapes)

    @property
    def quiet(self) -> tuple[int, int]:
        return QUIET[self.kind]

    @property
    def across(self) -> int:
        """Modules from edge to edge of the quiet zone."""
        return self.width + sum(self.quiet)


@lru_cache(maxsize=256)
def gs1_matrix(elements: tuple[tuple[str, str], ...]) -> Symbol:
    """A square GS1 DataMatrix of (application identifier, value) pairs.

    Values outside GS1's characters or lengths are refused: a scanner would read something else.
    """
    for identifier, value in elements:
        if not value or not set(value) <= GS1_CHARACTERS:
            raise WouldNotScan(
                N_("“%(value)s” cannot be written in a GS1 code (AI %(identifier)s)."),
                value=value,
                identifier=identifier,
            )
    # Square brackets around identifiers, because a lot number may hold round ones.
    return _matrix("".join(f"[{identifier}]{value}" for identifier, value in elements), gs1=True)


@lru_cache(maxsize=256)
def matrix(content: str) -> Symbol:
    """A square DataMatrix of a short plain text."""
    return _matrix(content, gs1=False)


def _matrix(content: str, *, gs1: bool) -> Symbol:
    try:
        made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, gs1=gs1, force_square=True)
    except ValueError as refused:
        raise WouldNotScan(
            N_("“%(value)s” cannot be written in a DataMatrix: it is empty, too long, or has odd characters."),
            value=content,
        ) from refused
    picture = _pixels(made.to_image(scale=1, add_quiet_zones=False))
    # zxing-cpp ignores options it does not know without a word: what came out is what counts.
    wanted = "]d2" if gs1 else "]d1"
    if made.symbology_identifier != wanted or {len(row) for row in picture} != {len(picture)}:
        raise WouldNotScan(
            N_("“%(value)s” became %(got)s of %(width)s × %(height)s; a square %(wanted)s was expected."),
            value=content,
            got=made.symbology_identifier,
            width=len(picture[0]),
            height=len(picture),
            wanted=wanted,
        )
    return Symbol("matrix", content, len(picture), len(picture), tuple(_runs(picture)))


def _pixels(picture: Any) -> list[list[int]]:
    """Rows of grey values, 0 where dark."""
    return cast(list[list[int]], memoryview(picture).tolist())


def _runs(picture: list[list[int]]) -> Iterator[tuple[int, int, int, int]]:
    """The dark modules as runs along each row, the first row on top."""
    for y, row in enumerate(picture):
        for run in re.finditer(b"\x00+", bytes(row)):
            yield run.start(), len(picture) - 1 - y, run.end() - run.start(), 1


class _Bars(BaseWriter):  # type: ignore[misc]
    """A python-barcode writer that keeps the bars, counted in modules, instead of drawing them."""

    def __init__(self) -> None:
        self.bars: list[tuple[int, int, int, int]] = []
        self.modules = 0
        super().__init__(self._begin, self._bar, None, lambda: None)

    def _begin(self, code: Sequence[str]) -> None:
        self.module_width, self.quiet_zone = 1, 0
        self.modules = len(code[0])

    def _bar(self, x: float, _y: float, width: float, colour: str) -> None:
        if colour == self.foreground:
            self.bars.append((round(x), 0, round(width), 1))


class _Code128(barcode.Code128):  # type: ignore[misc]  # python-barcode tells no types
    """python-barcode takes a leading pair of digits 99 for a change of character set, and leaves it out."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        kept: list[int] = encoded if encoded[1] == 99 else super()._try_to_optimize(encoded)
        return kept


_KINDS: dict[Linear, Any] = {"code128": _Code128, "ean13": barcode.EAN13}


@lru_cache(maxsize=256)
def linear(kind: Linear, content: str) -> Symbol:
    """A Code 128 or EAN-13; raises WouldNotScan where the content cannot be written in it."""
    writer = _Bars()
    if not (content and content.isascii() and content.isprintable()):
        raise WouldNotScan(EXPECTED[kind], value=content)
    try:
        code = _KINDS[kind](content, writer=writer)
        code.render({"module_width": 1, "quiet_zone": 0, "foreground": "black", "background": "white"})
    except barcode.errors.BarcodeError as refused:
        raise WouldNotScan(EXPECTED[kind], value=content) from refused
    # python-barcode puts the right check figure in place of a wrong one without a word.
    if code.get_fullcode() != content:
        raise WouldNotScan(EXPECTED[kind], value=content)
    return Symbol(kind, content, writer.modules, 1, tuple(writer.bars))


def smallest_side(symbol: Symbol, dpi: int) -> float:
    """Millimetres the narrowest readable print of this code takes across, quiet zone included."""
    return symbol.across * _dots(_smallest(symbol), dpi) * 25.4 / dpi


def smallest_height(symbol: Symbol, dpi: int) -> float:
    """Millimetres the code takes in height at its narrowest: bars must be high enough to aim at."""
    if symbol.kind == "matrix":
        return smallest_side(symbol, dpi)
    return max(LOWEST_BARS, LOWEST_SHARE * smallest_side(symbol, dpi))


def fits(symbol: Symbol, box: Box, dpi: int) -> bool:
    """Whether the code can be drawn in the box and still be read."""
    across, high = smallest_side(symbol, dpi) * MM, smallest_height(symbol, dpi) * MM
    return across <= box.width + 0.01 and high <= box.height + 0.01


def draw_code(canvas: Canvas, symbol: Symbol, box: Box, dpi: int, *, largest: float = LARGEST_MODULE) -> Box:
    """Draw the code as large as the box and `largest` allow, at its upper left; the box it took.

    A module is a whole number of the printer's dots, and the code starts on a dot.
    """
    if not fits(symbol, box, dpi):
        raise WouldNotScan(
            N_(
                "A code of %(modules)s modules needs %(across)s mm across and %(high)s mm in height at %(dpi)s dpi;"
                " %(width)s × %(height)s mm are free: choose a larger label."
            ),
            modules=symbol.across,
            across=math.ceil(smallest_side(symbol, dpi) * 10) / 10,
            high=math.ceil(smallest_height(symbol, dpi) * 10) / 10,
            dpi=dpi,
            width=int(box.width / MM * 10) / 10,
            height=int(box.height / MM * 10) / 10,
        )
    dot = 72 / dpi
    side = min(box.width, box.height) if symbol.kind == "matrix" else box.width
    room = math.floor(side / dot / symbol.across + 1e-6)
    dots = max(_dots(_smallest(symbol), dpi), min(room, _dots(largest, dpi)))
    module = dots * dot
    width = symbol.across * module
    height = width if symbol.kind == "matrix" else box.height
    taken = Box(_on_dot(box.x, dot), box.top - height, width, height)
    _fill(canvas, symbol, taken, module, dot)
    return taken


def _fill(canvas: Canvas, symbol: Symbol, taken: Box, module: float, dot: float) -> None:
    before = symbol.quiet[0]
    canvas.saveState()
    canvas.setFillGray(0)
    if symbol.kind == "matrix":
        canvas.translate(taken.x + before * module, _on_dot(taken.y, dot) + before * module)
        canvas.scale(module, module)
    else:
        canvas.translate(taken.x + before * module, taken.y)
        canvas.scale(module, taken.height)
    canvas.drawPath(PDFPathObject([symbol.outline]), stroke=0, fill=1)
    canvas.restoreState()


def _on_dot(position: float, dot: float) -> float:
    """The nearest dot at or after a position, so that what starts there stays in its box."""
    return math.ceil(position / dot - 1e-6) * dot


def _smallest(symbol: Symbol) -> float:
    return SMALLEST_MODULE if symbol.kind == "matrix" else SMALLEST_BAR[symbol.kind]


def _dots(millimetres: float, dpi: int) -> int:
    """Whole dots at least this long."""
    return math.ceil(millimetres * dpi / 25.4 - 1e-6)
