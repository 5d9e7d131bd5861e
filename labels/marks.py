"""Small drawings that carry meaning without colour: how urgent, how cold, tick here."""

import datetime as dt
from enum import IntEnum

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import Box


class Urgency(IntEnum):
    """The four steps of meaning; each has its own shape, so that black ink is enough."""

    NONE = 0
    WEEK = 1
    """Four to seven days left: a disc."""
    SOON = 2
    """Two or three days left: a diamond."""
    NOW = 3
    """Today, tomorrow or passed: a triangle."""


def urgency(date: dt.date | None, today: dt.date) -> Urgency:
    """How urgent a date is, as seen on a day."""
    if date is None:
        return Urgency.NONE
    left = (date - today).days
    return next(
        (step for most, step in ((1, Urgency.NOW), (3, Urgency.SOON), (7, Urgency.WEEK)) if left <= most), Urgency.NONE
    )


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
    for n in range(flakes):
        _flake(canvas, box.x + (n + 0.5) * side, box.y + box.height / 2, side * 0.46)


def _flake(canvas: Canvas, x: float, y: float, arm: float) -> None:
    canvas.saveState()
    canvas.setLineWidth(max(0.6, arm * 0.16))
    canvas.setLineCap(1)
    canvas.translate(x, y)
    for _ in range(6):
        canvas.line(0, 0, 0, arm)
        canvas.line(0, arm * 0.55, arm * 0.28, arm * 0.85)
        canvas.line(0, arm * 0.55, -arm * 0.28, arm * 0.85)
        canvas.rotate(60)
    canvas.restoreState()
