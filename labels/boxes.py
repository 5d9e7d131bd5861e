"""Rectangles on a page, in points from its lower left corner, as PDF counts."""

from collections.abc import Sequence
from dataclasses import dataclass

MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Box:
    """A rectangle: its lower left corner, width and height. A negative size becomes nothing."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", max(0.0, self.width))
        object.__setattr__(self, "height", max(0.0, self.height))

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.y + self.height

    def inset(self, horizontal: float, vertical: float | None = None) -> "Box":
        """The box without a margin on each side."""
        v = horizontal if vertical is None else vertical
        return Box(self.x + horizontal, self.y + v, self.width - 2 * horizontal, self.height - 2 * v)

    def within(self, other: "Box") -> "Box":
        """The part of this box that lies in the other."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(x, y, min(self.right, other.right) - x, min(self.top, other.top) - y)

    def from_left(self, width: float, gap: float = 0) -> tuple["Box", "Box"]:
        """A strip of this width at the left, and what remains after a gap."""
        width = min(width, self.width)
        rest = Box(self.x + width + gap, self.y, self.width - width - gap, self.height)
        return Box(self.x, self.y, width, self.height), rest

    def from_right(self, width: float, gap: float = 0) -> tuple["Box", "Box"]:
        """A strip of this width at the right, and what remains before a gap."""
        width = min(width, self.width)
        rest = Box(self.x, self.y, self.width - width - gap, self.height)
        return Box(self.right - width, self.y, width, self.height), rest

    def from_top(self, height: float, gap: float = 0) -> tuple["Box", "Box"]:
        """A band of this height at the top, and what remains under a gap."""
        height = min(height, self.height)
        rest = Box(self.x, self.y, self.width, self.height - height - gap)
        return Box(self.x, self.top - height, self.width, height), rest

    def bands(self, shares: Sequence[float], gap: float = 0) -> list["Box"]:
        """Bands from top to bottom whose heights are in these proportions."""
        room = self.height - gap * (len(shares) - 1)
        boxes, rest = [], self
        for share in shares:
            band, rest = rest.from_top(room * share / sum(shares), gap)
            boxes.append(band)
        return boxes
