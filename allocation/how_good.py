"""How good a plan is known to be, in plain words: the goal that is furthest from its bound speaks for all."""

from allocation.problem import Bounds

FINISHED, STOPPED, BEST = "searched to the end", "stopped early", "proved best"
CLOSE = 1e-5
"""Relative to a bound: as good as equal. Proofs in whole units allow for the tolerance of their solver."""


def gaps(bounds: Bounds, waste_kg: float, floor: float, mean: float) -> dict[str, float] | None:
    """How far a plan is from what is possible on each goal, relative to that; None where one is not known."""
    if bounds.waste_kg is None or bounds.floor is None or bounds.mean is None:
        return None
    of_goal = {
        "floor": (bounds.floor - floor) / max(bounds.floor, CLOSE),
        "mean": (bounds.mean - mean) / max(bounds.mean, CLOSE),
    }
    if bounds.waste_kg > 0:
        of_goal["lost"] = waste_kg / bounds.waste_kg - 1
    elif waste_kg > CLOSE:
        return None
    return of_goal


def gap(bounds: Bounds, waste_kg: float, floor: float, mean: float) -> float | None:
    """How far a plan is from what is possible on its weakest goal, relative to that; None where it is not known."""
    of_goal = gaps(bounds, waste_kg, floor, mean)
    return None if of_goal is None else max(0.0, *of_goal.values())


def nothing_more_to_save(bounds: Bounds, waste_kg: float) -> bool:
    """Whether it is proven that no plan loses less."""
    return bounds.waste_kg is not None and waste_kg <= bounds.waste_kg * (1 + CLOSE) + CLOSE


def status(known: float | None, stopped: str = "") -> str:
    """A plan's gap in words, and how the search ended where something made it.

    >>> status(0.021), status(0.021, "stopped at 5 s")
    ('within 2.1 % of what is possible', 'stopped at 5 s, within 2.1 % of what is possible')
    """
    if known is None:
        return stopped or FINISHED
    if known <= CLOSE:
        return BEST
    within = f"within {100 * known:.1f} % of what is possible"
    return f"{stopped}, {within}" if stopped else within


def status_in_series(known: float | None, stopped: str = "") -> str:
    """The same for few kinds of baskets: their bounds are those of plans without that limit, which prove a plan
    the best where it reaches them and say nothing of one that does not.

    >>> status_in_series(0.0), status_in_series(2.484)
    ('proved best', 'searched to the end')
    """
    return status(known if known is not None and known <= CLOSE else None, stopped)


def stopped_at(seconds: float) -> str:
    """
    >>> stopped_at(2.5)
    'stopped at 2.5 s'
    """
    return f"stopped at {seconds:g} s"
