"""The embedded typefaces (DejaVu Sans, which has every French character and U+202F) and their outlines."""

import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"

_loading = Lock()
"""A typeface is registered once: two of one name would be mixed in a document."""

REPLACEMENT = "\ufffd"
"""Drawn in place of a character the typefaces lack."""


class FontsMissing(RuntimeError):
    """The typefaces are copied at set-up; without them no document can be made."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Where a character's outline lies around its origin, in thousandths of the type size."""

    advance: float
    left: float
    bottom: float
    right: float
    top: float


@lru_cache
def _load(name: str) -> TTFont:
    path = FOLDER / f"{name}.ttf"
    if not path.is_file():
        raise FontsMissing(f"The typeface {path.name} is not in {FOLDER.name}/: run `make setup`.")
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return font


@dataclass(frozen=True, eq=False)
class Face:
    """One typeface: its name in the PDF is its file's name. Equal to itself only, which is quick to tell."""

    name: str

    @cached_property
    def _font(self) -> TTFont:
        with _loading:
            return _load(self.name)

    @lru_cache(maxsize=4096)  # noqa: B019 - the few faces live as long as the program
    def has(self, character: str) -> bool:
        """Whether the typeface draws this character, within a usual line."""
        if ord(character) not in self._font.face.charToGlyph:
            return False
        ink = self.ink(character)
        return ink.bottom >= -350 and ink.top <= 1100 and ink.right - ink.left <= 2000

    @lru_cache(maxsize=4096)  # noqa: B019 - the few faces live as long as the program
    def ink(self, character: str) -> Ink:
        """The outline box of a character the typeface has, read from the font's `glyf` table."""
        code = ord(character)
        face = self._font.face
        advance = face.charWidths.get(code, face.defaultWidth)
        start, end = self._outlines[1][(glyph := face.charToGlyph[code]) : glyph + 2]
        if start == end:
            return Ink(advance, 0, 0, 0, 0)
        box = struct.unpack(">4h", self._outlines[0][start + 2 : start + 10])
        left, bottom, right, top = (value * 1000 / face.unitsPerEm for value in box)
        return Ink(advance, left, bottom, right, top)

    @cached_property
    def _outlines(self) -> tuple[bytes, tuple[int, ...]]:
        """The outlines' table and where each one starts in it."""
        face: Any = self._font.face
        wide = struct.unpack(">h", face.get_table("head")[50:52])[0] == 1
        places = face.get_table("loca")
        if wide:
            return face.get_table("glyf"), struct.unpack(f">{len(places) // 4}L", places)
        halves = struct.unpack(f">{len(places) // 2}H", places)
        return face.get_table("glyf"), tuple(2 * half for half in halves)


REGULAR = Face("DejaVuSans")
BOLD = Face("DejaVuSans-Bold")
NARROW = Face("DejaVuSansCondensed")
NARROW_BOLD = Face("DejaVuSansCondensed-Bold")
MONO = Face("DejaVuSansMono")
FACES = (REGULAR, BOLD, NARROW, NARROW_BOLD, MONO)
