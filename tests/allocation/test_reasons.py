import pytest
from msgspec.structs import replace

from allocation import reasons
from allocation.problem import Instance, Pin
from allocation.solve import solve
from common.words import words
from tests.allocation.cases import NEXT_TUESDAY, household, instance, lot, visit

MONTH_LATER = NEXT_TUESDAY.replace(month=12, day=31)
TWO = instance(
    households=(household(), household("K")),
    visits=(visit(cap={"bread": 1000}), visit("W", household="K", cap={"bread": 1000})),
)


def why(problem: Instance) -> dict[tuple[str, str], str]:
    return {(w.visit, w.lot): w.code for w in solve(problem, bounds=False).why}


def test_what_was_fixed_by_hand_says_so() -> None:
    assert why(replace(TWO, pins=(Pin("V", "L", 1),)))["V", "L"] == reasons.PINNED


def test_what_nobody_else_can_have_says_so() -> None:
    assert why(instance()) == {("V", "L"): reasons.ONLY_TAKER}


def test_what_would_be_lost_says_so() -> None:
    assert set(why(TWO).values()) == {reasons.LAST_DAY_NEAR}


def test_the_worst_off_come_before_the_rest() -> None:
    keeps = replace(TWO, lots=(lot(last_day=MONTH_LATER, units=3),))

    assert sorted(why(keeps).values()) == [reasons.FILLS_GROUP, reasons.WORST_OFF]


@pytest.mark.parametrize("code", reasons.SENTENCES)
def test_every_code_has_its_sentence(code: str) -> None:
    assert words("fr").text(reasons.SENTENCES[code]) != reasons.SENTENCES[code]
