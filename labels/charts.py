"""Charts as drawings: each says its figures in words beside its shapes, so that grey paper is enough."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing, Line, Path, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from labels.boxes import Box
from labels.fonts import BOLD, NARROW, NARROW_BOLD, REGULAR, Face
from labels.paper import AMBER, BRAND, BRICK, FAINT, HAIR, INK, WASH
from labels.text import LEADING, Align, extent, fit
from labels.words import Words

EATEN = BRAND
PASSED_ON = HexColor(0x6FA3A8)
LOST = BRICK
LEFT = AMBER
KEPT = HexColor(0xB9C1C2)
PLAIN = (REGULAR, NARROW)
STRONG = (BOLD, NARROW_BOLD)
GROUND, HEAD = 12.0, 11.0
"""Points under a chart for its dates, and above it for its highest figure."""
THINNEST_WEEK = 12.0
DATE_ROOM = 28.0


@dataclass(frozen=True)
class Share:
    """One part of a whole: what it is called, what is said of it, how much it is."""

    name: str
    said: str
    grams: int
    colour: Color


def say(
    drawing: Drawing,
    text: str,
    box: Box,
    *,
    faces: tuple[Face, ...] = PLAIN,
    size: float = 8,
    colour: Color = INK,
    align: Align = "left",
    lines: int = 1,
) -> None:
    """Put a text into a drawing, fitted to its box, standing in its middle."""
    block = fit(text, box.width, box.height, faces=faces, largest=size, smallest=4, lines=lines)
    baseline = box.top - (box.height - block.height) / 2 - 0.73 * block.size
    for n, line in enumerate(block.lines):
        room = extent(line, block.face)
        spare = box.width - (room.right - room.left) * block.size
        moved = {"left": 0.0, "centre": spare / 2, "right": spare}[align] - room.left * block.size
        y = baseline - n * block.size * LEADING
        drawing.add(String(box.x + moved, y, line, fontName=block.face.name, fontSize=block.size, fillColor=colour))


def flow_chart(width: float, height: float, sources: Sequence[Share], exits: Sequence[Share]) -> Drawing:
    """What came in at the left, what became of it at the right, bands as wide as they weigh."""
    drawing = Drawing(width, height)
    sources, exits = _present(sources), _present(exits)
    whole = max(sum(share.grams for share in sources), sum(share.grams for share in exits), 1)
    gap, bar = 7.0, 9.0
    left, right = width * 0.22, width * 0.66
    scale = (height - gap * max(len(exits) - 1, 0)) / whole
    _stack_sources(drawing, sources, Box(0, 0, left, height), bar, scale)
    start = height - (height - whole * scale) / 2
    end = height
    tops = []
    for share in exits:
        thick = share.grams * scale
        _band(drawing, share.colour, (left, start), (right, end), thick)
        drawing.add(_block(right, end - thick, bar, max(thick, 0.6), share.colour))
        tops.append((end, end - thick))
        start, end = start - thick, end - thick - gap
    _exit_labels(drawing, exits, tops, Box(right + bar, 0, width - right - bar, height))
    return drawing


def _block(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    rect = Rect(x, y, width, height)
    rect.fillColor, rect.strokeColor = colour, None
    return rect


def _present(shares: Sequence[Share]) -> list[Share]:
    return [share for share in shares if share.grams > 0]


def _stack_sources(drawing: Drawing, sources: Sequence[Share], box: Box, bar: float, scale: float) -> None:
    """The bars at the left, one on the other, each with its name beside it."""
    tall = sum(share.grams for share in sources) * scale
    top = box.top - (box.height - tall) / 2
    below = box.top
    for share in sources:
        thick = share.grams * scale
        drawing.add(_block(box.right - bar, top - thick, bar, thick, share.colour))
        middle = min(below - 13, max(box.y + 13, top - thick / 2))
        _two_lines(drawing, share, Box(box.x, middle - 13, box.width - bar - 6, 26), "right")
        below = middle - 13
        top -= thick


def _band(drawing: Drawing, colour: Color, start: tuple[float, float], end: tuple[float, float], thick: float) -> None:
    """A curved band whose upper edge goes from start to end."""
    (x1, y1), (x2, y2) = start, end
    bend = (x2 - x1) * 0.5
    path = Path(fillColor=colour, fillOpacity=0.35, strokeColor=None)
    path.moveTo(x1, y1)
    path.curveTo(x1 + bend, y1, x2 - bend, y2, x2, y2)
    path.lineTo(x2, y2 - thick)
    path.curveTo(x2 - bend, y2 - thick, x1 + bend, y1 - thick, x1, y1 - thick)
    path.closePath()
    drawing.add(path)


def _exit_labels(drawing: Drawing, exits: Sequence[Share], edges: Sequence[tuple[float, float]], box: Box) -> None:
    """Names beside their bars; thin bars' names are pushed apart and tied to them by a line."""
    tall = 27.0
    middles = [(top + bottom) / 2 for top, bottom in edges]
    placed = _apart(middles, tall, box.y + tall / 2, box.top - tall / 2)
    for share, middle, at in zip(exits, middles, placed, strict=True):
        drawing.add(Line(box.x + 2, middle, box.x + 9, at, strokeColor=share.colour, strokeWidth=0.7))
        _two_lines(drawing, share, Box(box.x + 12, at - tall / 2, box.width - 12, tall), "left")


def _apart(wanted: Sequence[float], tall: float, lowest: float, highest: float) -> list[float]:
    """Positions near the wanted ones (from the top down), at least `tall` apart, none under the lowest.

    >>> _apart([90, 88, 10], 20, 10, 90)
    [90, 70, 10]
    """
    placed: list[float] = []
    for position in wanted:
        placed.append(min(position, highest if not placed else placed[-1] - tall))
    floor = lowest
    for n in range(len(placed) - 1, -1, -1):
        placed[n] = max(placed[n], floor)
        floor = placed[n] + tall
    return placed


def _two_lines(drawing: Drawing, share: Share, box: Box, align: Align) -> None:
    name, said = box.bands([0.5, 0.5])
    say(drawing, share.name, name, faces=STRONG, size=9, align=align)
    say(drawing, share.said, said, size=8.5, colour=FAINT, align=align)


@dataclass(frozen=True)
class Bar:
    """One horizontal bar: its name, its length as a share of the longest, what is said at its end."""

    name: str
    length: float
    said: str
    colour: Color
    mark: float | None = None
    """A reference to compare with, on the same scale."""
    rest: Color | None = None
    """The colour of what the bar leaves, where that is something too."""


def bar_chart(
    width: float, bars: Sequence[Bar], *, names: float = 0.34, figures: float = 0.16, row: float = 16
) -> Drawing:
    """Horizontal bars with their names at the left and their figures at the right."""
    height = row * len(bars)
    drawing = Drawing(width, height)
    left = width * names
    room = width - left - width * figures
    for n, bar in enumerate(bars):
        y = height - (n + 1) * row
        say(drawing, bar.name, Box(0, y, left - 6, row), size=8.5)
        long = room * min(max(bar.length, 0), 1)
        drawing.add(_block(left, y + row * 0.26, room, row * 0.48, bar.rest or WASH))
        drawing.add(_block(left, y + row * 0.26, long, row * 0.48, bar.colour))
        if bar.mark is not None:
            x = left + room * min(max(bar.mark, 0), 1)
            drawing.add(Line(x, y + row * 0.08, x, y + row * 0.92, strokeColor=INK, strokeWidth=1.4))
        say(drawing, bar.said, Box(left + room + 6, y, width - left - room - 6, row), size=8.5, align="right")
    return drawing


@dataclass(frozen=True)
class Week:
    """Grams in one week, which starts on a Monday."""

    monday: dt.date
    first: int
    second: int


def week_chart(
    width: float, height: float, weeks: Sequence[Week], colours: tuple[Color, Color], words: Words
) -> Drawing:
    """Two columns a week side by side, their kilograms on top; lines where a year leaves no room for columns."""
    drawing = Drawing(width, height)
    plot = Box(0, GROUND, width, height - GROUND - HEAD)
    highest = max((max(week.first, week.second) for week in weeks), default=0) or 1
    scale = plot.height / highest
    drawing.add(Line(0, plot.y, width, plot.y, strokeColor=HAIR, strokeWidth=0.6))
    step = width / max(len(weeks), 1)
    if step >= THINNEST_WEEK:
        _columns(drawing, plot, weeks, colours, scale, words)
    else:
        _lines(drawing, plot, weeks, colours, scale)
        top = words.number(highest / 1000, 0)
        drawing.add(Line(0, plot.top, width, plot.top, strokeColor=HAIR, strokeWidth=0.4))
        say(drawing, top, Box(0, plot.top + 1, width, HEAD - 2), size=7, colour=FAINT)
    _mondays(drawing, plot, weeks, words)
    return drawing


def _columns(
    drawing: Drawing,
    plot: Box,
    weeks: Sequence[Week],
    colours: tuple[Color, Color],
    scale: float,
    words: Words,
) -> None:
    step = plot.width / len(weeks)
    wide = min(step * 0.4, 34)
    for n, week in enumerate(weeks):
        middle = (n + 0.5) * step
        for x, grams, colour in ((middle - wide, week.first, colours[0]), (middle, week.second, colours[1])):
            drawing.add(_block(x, plot.y, wide - 1, grams * scale, colour))
            if wide >= 14 and grams:
                place = Box(x, plot.y + grams * scale + 1, wide - 1, HEAD - 3)
                said = words.number(grams / 1000, 0)
                say(drawing, said, place, size=7, colour=FAINT, align="centre")


def _lines(drawing: Drawing, plot: Box, weeks: Sequence[Week], colours: tuple[Color, Color], scale: float) -> None:
    step = plot.width / len(weeks)
    for series, colour in zip(zip(*((w.first, w.second) for w in weeks), strict=True), colours, strict=True):
        points = [at for n, grams in enumerate(series) for at in ((n + 0.5) * step, plot.y + grams * scale)]
        drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=1.4))


def _mondays(drawing: Drawing, plot: Box, weeks: Sequence[Week], words: Words) -> None:
    """The first day of as many weeks as there is room for."""
    step = plot.width / max(len(weeks), 1)
    # The first and last dates may be pushed inwards, hence half a date more between them.
    every = 1 if step >= DATE_ROOM else math.ceil(1.5 * DATE_ROOM / step)
    for n in range(0, len(weeks), every):
        middle = min(max((n + 0.5) * step, DATE_ROOM / 2), plot.right - DATE_ROOM / 2)
        place = Box(middle - DATE_ROOM / 2, 0, DATE_ROOM, GROUND - 2)
        say(drawing, words.short_date(weeks[n].monday), place, size=7, colour=FAINT, align="centre")
