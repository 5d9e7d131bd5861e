"""Text that stays in its box: it shrinks, then narrows, then wraps, then ends in an ellipsis."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import Box
from labels.fonts import REGULAR, REPLACEMENT, Face

LEADING = 1.16
"""Distance between baselines, in type sizes."""

CAPITAL = 729.0
"""Height of a capital letter, in thousandths of the type size: lines of small letters stand no higher."""

STEP = 0.5
"""Type sizes tried are this many points apart where text may wrap."""

UNIT_AFTER_NUMBER = re.compile(r"(\d) (%|€|[cdmk]?[gl]\b|kcal\b|cm\b|°)", re.IGNORECASE)
"""A number and its unit stay on one line."""

NO_BREAK = "\u00a0\u202f"

Align = Literal["left", "centre", "right"]
Stand = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a line's ink reaches from where it starts, in type sizes."""

    advance: float
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True)
class Block:
    """Lines set in one face and size, with the exact room their ink takes."""

    lines: tuple[str, ...]
    face: Face
    size: float

    @property
    def width(self) -> float:
        """Points from the leftmost to the rightmost ink."""
        extents = [extent(line, self.face) for line in self.lines]
        return self.size * max((e.right - e.left for e in extents), default=0)

    @property
    def height(self) -> float:
        """Points from the top of the first line's ink to the bottom of the last one's."""
        return self.size * _height(self.lines, self.face)


@lru_cache(maxsize=8192)
def clean(text: str, face: Face = REGULAR) -> str:
    """The text as it can be drawn: one line, composed letters, unknown characters replaced once a run.

    >>> clean("Crème\\n fraîche \U0001f9c0\U0001f9c0 30 cl")
    'Crème fraîche \ufffd 30\u202fcl'
    """
    composed = unicodedata.normalize("NFC", text)
    drawn: list[str] = []
    for character in composed:
        shown = _shown(character, face)
        if not (shown == REPLACEMENT and drawn and drawn[-1] == REPLACEMENT):
            drawn.append(shown)
    spaced = " ".join(part for part in "".join(drawn).split(" ") if part)
    return UNIT_AFTER_NUMBER.sub("\\1\u202f\\2", spaced)


def _shown(character: str, face: Face) -> str:
    """What stands for one character: itself, a space, nothing, or the replacement mark."""
    if character in NO_BREAK:
        return character
    kind = unicodedata.category(character)
    if kind in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    if kind in {"Mn", "Me", "Cf"}:
        return ""
    return character if face.has(character) else REPLACEMENT


@lru_cache(maxsize=8192)
def extent(line: str, face: Face) -> Extent:
    """The ink of a line set in a face, at least as high as a capital; an empty line takes no room."""
    x = left = right = bottom = 0.0
    top = CAPITAL if line else 0.0
    for character in line:
        ink = face.ink(character)
        left, right = min(left, x + ink.left), max(right, x + ink.right, x + ink.advance)
        bottom, top = min(bottom, ink.bottom), max(top, ink.top)
        x += ink.advance
    return Extent(x / 1000, left / 1000, right / 1000, bottom / 1000, top / 1000)


@lru_cache(maxsize=8192)
def fit(
    text: str,
    width: float,
    height: float,
    *,
    faces: tuple[Face, ...] = (REGULAR,),
    largest: float,
    smallest: float = 5,
    lines: int = 1,
) -> Block:
    """The text at the largest size that fits, in the first face that can; cut short as a last resort."""
    for face in faces:
        block = _largest(clean(text, face), width, height, face, largest, smallest, lines)
        if block:
            return block
    return _cut(clean(text, faces[-1]), width, height, faces[-1], smallest, lines)


def first_that_fits(texts: Iterable[str], box: Box, *, faces: tuple[Face, ...], largest: float, smallest: float) -> str:
    """The first wording that needs no cutting on one line; the last one where none does."""
    said = ""
    for said in texts:
        if any(_one_line(clean(said, f), box.width, box.height, f, largest, smallest) for f in faces):
            return said
    return said


def _largest(
    text: str, width: float, height: float, face: Face, largest: float, smallest: float, lines: int
) -> Block | None:
    """The whole text at the largest size that fits, without breaking a word; None where none does."""
    if lines == 1 or " " not in text:
        return _one_line(text, width, height, face, largest, smallest)
    size = largest
    while size >= smallest:
        wrapped = _wrapped(text, width / size, face)
        if wrapped is not None and len(wrapped) <= lines and _height(wrapped, face) * size <= height:
            return Block(wrapped, face, size)
        size -= STEP
    return None


def _one_line(text: str, width: float, height: float, face: Face, largest: float, smallest: float) -> Block | None:
    room = extent(text, face)
    across, up = room.right - room.left, room.top - room.bottom
    size = min(largest, width / across if across else largest, height / up if up else largest)
    # A hair less than exact, so that rounding to the PDF's decimals cannot push ink over the edge.
    size = int(size * 100) / 100
    return Block((text,) if text else (), face, size) if size >= smallest else None


def _wrapped(text: str, width: float, face: Face) -> tuple[str, ...] | None:
    """Lines of whole words no wider than `width` type sizes; None where a word alone is wider."""
    space = extent(" ", face).advance
    lines: list[str] = []
    used = 0.0
    for word in text.split(" "):
        ink = extent(word, face)
        if ink.right - ink.left > width:
            return None
        if lines and used + space + ink.right <= width:
            lines[-1] += " " + word
            used += space + ink.advance
        else:
            lines.append(word)
            used = ink.advance - ink.left
    return tuple(lines)


def _cut(text: str, width: float, height: float, face: Face, size: float, lines: int) -> Block:
    """As much of the text as fits at the smallest size, words broken where they must be, then an ellipsis."""
    kept: list[str] = []
    rest = text
    while rest and len(kept) < lines and _height((*kept, rest[:1]), face) * size <= height:
        line = _head(rest, width / size, face)
        if not line:
            break
        kept.append(line)
        rest = rest[len(line) :].lstrip(" ")
    if not rest and _height(kept, face) * size <= height:
        return Block(tuple(kept), face, size)
    return Block(_shortened(kept, width / size, height / size, face), face, size)


def _shortened(lines: list[str], width: float, height: float, face: Face) -> tuple[str, ...]:
    """As many of these lines as fit with an ellipsis after the last: no part of a text may look like the whole."""
    while lines:
        kept = (*lines[:-1], _ended(lines.pop(), width, face))
        if kept[-1] and _height(kept, face) <= height:
            return kept
    return ()


def _head(text: str, width: float, face: Face) -> str:
    """The longest start of the text that fits, ending at a space where that keeps at least half of it."""
    end = len(text)
    while end and _across(text[:end], face) > width:
        end -= max(1, int(end * (1 - width / _across(text[:end], face)) * 0.9))
    if end == len(text) or text[end] == " ":
        return text[:end].rstrip(" ")
    space = text.rfind(" ", 0, end)
    return text[: space if space > end // 2 else end].rstrip(" ")


def _ended(line: str, width: float, face: Face) -> str:
    """The line with an ellipsis after as much of it as fits; empty where not even an ellipsis does."""
    for end in range(len(line), -1, -1):
        shortened = line[:end].rstrip(" ,;:-") + "…"
        if _across(shortened, face) <= width:
            return shortened
    return ""


def _across(line: str, face: Face) -> float:
    room = extent(line, face)
    return room.right - room.left


def _height(lines: tuple[str, ...] | list[str], face: Face) -> float:
    """Type sizes from the first line's ink top to the last line's ink bottom."""
    if not lines:
        return 0
    extents = [extent(line, face) for line in lines]
    # Inner lines may be taller than the first or deeper than the last: an accent must not leave the box.
    tops = [e.top - n * LEADING for n, e in enumerate(extents)]
    bottoms = [e.bottom - n * LEADING for n, e in enumerate(extents)]
    return max(tops) - min(bottoms)


def draw(canvas: Canvas, block: Block, box: Box, align: Align = "left", stand: Stand = "top") -> None:
    """Draw a block in its box; what was fitted to the box stays in it."""
    if not block.lines:
        return
    canvas.setFont(block.face.name, block.size)
    y = _first_baseline(block, box, stand)
    for line in block.lines:
        canvas.drawString(_start(line, block, box, align), y, line)
        y -= block.size * LEADING


def draw_at(canvas: Canvas, block: Block, x: float, baseline: float, align: Align = "left") -> None:
    """Draw a block with its first line on a baseline, starting, centred or ending at x."""
    if not block.lines:
        return
    canvas.setFont(block.face.name, block.size)
    for n, line in enumerate(block.lines):
        start = _start(line, block, Box(x, 0, 0, 0), align)
        canvas.drawString(start, baseline - n * block.size * LEADING, line)


def write(
    canvas: Canvas,
    text: str,
    box: Box,
    *,
    faces: tuple[Face, ...] = (REGULAR,),
    largest: float,
    smallest: float = 5,
    lines: int = 1,
    align: Align = "left",
    stand: Stand = "top",
) -> Block:
    """Fit a text to a box and draw it there."""
    block = fit(text, box.width, box.height, faces=faces, largest=largest, smallest=smallest, lines=lines)
    draw(canvas, block, box, align, stand)
    return block


def _first_baseline(block: Block, box: Box, stand: Stand) -> float:
    extents = [extent(line, block.face) for line in block.lines]
    top = max(e.top - n * LEADING for n, e in enumerate(extents)) * block.size
    spare = box.height - block.height
    lowered = {"top": 0.0, "middle": spare / 2, "bottom": spare}[stand]
    return box.top - lowered - top


def _start(line: str, block: Block, box: Box, align: Align) -> float:
    room = extent(line, block.face)
    spare = box.width - (room.right - room.left) * block.size
    moved = {"left": 0.0, "centre": spare / 2, "right": spare}[align]
    return box.x + moved - room.left * block.size


def lines_needed(text: str, width: float, face: Face, size: float) -> int:
    """How many lines a paragraph takes at a fixed size."""
    wrapped = _wrapped(clean(text, face), width / size, face)
    return len(wrapped) if wrapped else 1


def widest(texts: tuple[str, ...], face: Face, size: float) -> float:
    """Points the widest of some short texts takes."""
    return max((_across(clean(text, face), face) * size for text in texts), default=0)
