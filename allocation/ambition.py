"""How much each goal counts in what the search maximises, from the order and the slacks that the partners voted."""

from dataclasses import dataclass

from allocation.problem import Policy


@dataclass(frozen=True)
class Ambition:
    """How much each goal counts, from the order and the slacks that the partners voted.

    One slack's worth of a goal counts as much as DEARER times one slack's worth of the goal below it. A goal
    that is not in the policy does not count.
    """

    waste: float = 0.0
    """For the whole of the current waste; likewise for the current mean and lines."""
    mean: float = 0.0
    lines: float = 0.0
    floor: float = 0.0
    """For one household that is 1.0 of relative coverage under the water."""
    stand: float = 0.98
    """Where the water stands in the end, relative to its highest level."""


DEARER = 2.45
FIRST = 2.0
LEAST_SLACK = {"waste": 0.01, "floor": 0.02, "mean": 0.01, "lines": 0.1}
"""What a slack of zero counts as: the first two were tuned together with FIRST and DEARER."""
FLOOR = 3.0
"""A floor counts over households, quadratically: this brings it to the scale of the other goals."""


def ambition(policy: Policy) -> Ambition:
    """The weights of a policy."""
    worth: dict[str, float] = {}
    stand = Ambition.stand
    for rank, level in enumerate(policy.levels):
        worth[level.goal] = FIRST / DEARER**rank / (level.slack or LEAST_SLACK[level.goal])
        if level.goal == "floor":
            stand = 1 - 0.01 * rank
            worth["floor"] *= FLOOR
    return Ambition(**worth, stand=stand)
