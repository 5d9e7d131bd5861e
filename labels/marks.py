"""Small drawings that carry meaning without colour: how urgent, how cold, tick here."""

import math
from enum import IntEnum
from functools import lru_cache

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from labels.boxes import Box


class Urgency(IntEnum):
    """The four steps of meaning; each has its own shape, so that black ink is enough."""

    NONE = 0
    WEEK = 1
    """To watch this week: a disc."""
    SOON = 2
    """In the next days: a diamond."""
    NOW = 3
    """Today's business, or passed: a triangle."""


def draw_urgency(canvas: Canvas, step: Urgency, box: Box) -> None:
    """The step's shape, as large as the box allows, in its middle; nothing where there is no hurry."""
    if step is Urgency.NONE:
        return
    side = min(box.width, box.height)
    x, y = box.x + box.width / 2, box.y + box.height / 2
    if step is Urgency.WEEK:
        canvas.circle(x, y, side * 0.42, stroke=0, fill=1)
        return
    corners = {
        Urgency.NOW: ((0, 0.46), (0.5, -0.42), (-0.5, -0.42)),
        Urgency.SOON: ((0, 0.5), (0.5, 0), (0, -0.5), (-0.5, 0)),
    }
    path = canvas.beginPath()
    for n, (across, up) in enumerate(corners[step]):
        (path.lineTo if n else path.moveTo)(x + across * side, y + up * side)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def draw_tick_box(canvas: Canvas, x: float, y: float, side: float = 9) -> None:
    """An empty square to tick by pencil."""
    canvas.setLineWidth(0.8)
    canvas.roundRect(x, y, side, side, 1.5, stroke=1, fill=0)


def draw_snowflake(canvas: Canvas, box: Box, flakes: int = 1) -> None:
    """One flake for the fridge, two for the freezer: six arms with barbs, side by side."""
    side = min(box.width / flakes, box.height)
    if not side:
        return
    for n in range(flakes):
        _flake(canvas, box.x + (n + 0.5) * side, box.y + box.height / 2, side * 0.46)


def _flake(canvas: Canvas, x: float, y: float, arm: float) -> None:
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.translate(x, y)
    canvas.scale(arm, arm)
    canvas.setLineWidth(max(0.6 / arm, 0.16))
    canvas.drawPath(PDFPathObject([_flake_outline()]), stroke=1, fill=0)
    canvas.restoreState()


@lru_cache
def _flake_outline() -> str:
    """Six arms of length 1, each with two barbs, in the PDF's own words."""
    barbed = ((0, 0, 0, 1), (0, 0.55, 0.28, 0.85), (0, 0.55, -0.28, 0.85))
    strokes = []
    for turn in range(6):
        c, s = math.cos(turn * math.pi / 3), math.sin(turn * math.pi / 3)
        for x1, y1, x2, y2 in barbed:
            start, end = (c * x1 - s * y1, s * x1 + c * y1), (c * x2 - s * y2, s * x2 + c * y2)
            strokes.append(f"{start[0]:.3f} {start[1]:.3f} m {end[0]:.3f} {end[1]:.3f} l")
    return " ".join(strokes)
