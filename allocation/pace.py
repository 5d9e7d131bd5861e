"""How many steps a search takes that may take only so many seconds: as many as were counted, or as fit in.

Counted work gives the same plan on every machine. A limit in seconds takes its part of every stage to come alike, so
that a search in a hurry still cools down to the end; while all that was counted fits in, it changes nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """The steps taken so far, how fast they went, and how many are still to come."""

    def __init__(self, until: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.until = until
        """By the clock; None where only counted work ends a search."""
        self.clock = clock
        self.began = clock()
        self.to_come = 0
        self.cut = False
        """Whether some of what was counted had to be left out."""
        self._taken = 0
        self._spent = 0.0

    def ending(self, part: float, stop: Callable[[], bool]) -> Callable[[], bool]:
        """What tells whether to stop: where so much of the limit has passed, or somebody asks for it.

        What is cut short by that ends the search early.
        """

        def late() -> bool:
            over = self.until is not None and self.clock() > self.began + part * (self.until - self.began)
            self.cut = self.cut or over
            return over or stop()

        return late

    def expect(self, steps: int) -> None:
        """So many steps more (or fewer) are to come."""
        self.to_come = max(0, self.to_come + steps)

    @contextmanager
    def stage(self, counted: int) -> Iterator[int]:
        """The steps to take now of so many that were counted, and how long they take."""
        steps, began = self._fitting(counted), self.clock()
        yield steps
        self._taken += steps
        self._spent += self.clock() - began
        self.expect(-counted)

    def _fitting(self, counted: int) -> int:
        if self.until is None or not self._taken:
            return counted
        left = self.until - self.clock()
        fit = self._taken / max(self._spent, 1e-9) * left * counted / max(self.to_come, counted)
        self.cut = self.cut or fit < counted
        return max(0, min(counted, int(fit)))
