"""Dates at intake: what may come in, what needs a look, a session or another look at the pack."""

import datetime as dt

import pytest

from common.clock import PARIS, Clock
from stock import dating, intake, refusals
from stock.dates import Plausibility
from stock.intake import IntakeRules, Note
from stock.tables import Lot
from tests.stock.counter import TUESDAY, WEDNESDAY, Counter
from tests.stock.stockroom import (
    HAM,
    MONDAY,
    PEAS,
)


def test_a_use_by_date_is_accepted_with_forty_eight_hours_left(counter: Counter) -> None:
    at_midnight = Clock(at=dt.datetime(2026, 11, 23, 23, 59, 59, tzinfo=PARIS)).stamp()

    assert counter.take(HAM, "25/11").date == WEDNESDAY
    assert counter.take(HAM, "25/11", stamp=at_midnight).notes == ()


@pytest.mark.parametrize("date", ["23/11", "24/11"])
def test_a_use_by_date_too_near_is_refused(counter: Counter, date: str) -> None:
    refusal = counter.refused(HAM, date)

    assert isinstance(refusal, refusals.UseByTooShort)
    assert refusal.reason == "use_by_too_short"


def test_a_short_use_by_date_comes_in_for_a_planned_session(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, sessions=(TUESDAY,))

    booking = counter.take(HAM, "24/11", session_on=TUESDAY, rules=rules)

    assert booking.notes == (Note.SHORT,)
    with counter.database.reading() as session:
        assert session.get_one(Lot, booking.lot_id).session_on == TUESDAY


@pytest.mark.parametrize(
    "rules",
    [
        IntakeRules(short_circuit_allowed=False, sessions=(TUESDAY,)),
        IntakeRules(short_circuit_allowed=True, sessions=(WEDNESDAY,)),
        IntakeRules(short_circuit_allowed=True, sessions=()),
    ],
)
def test_a_short_use_by_date_needs_the_permission_and_a_session_in_time(counter: Counter, rules: IntakeRules) -> None:
    assert isinstance(counter.refused(HAM, "24/11", session_on=TUESDAY, rules=rules), refusals.UseByTooShort)


def test_a_short_use_by_date_is_asked_for_by_a_person(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, sessions=(TUESDAY,))

    assert isinstance(counter.refused(HAM, "24/11", rules=rules), refusals.UseByTooShort)


def test_a_passed_use_by_date_is_never_accepted(counter: Counter) -> None:
    rules = IntakeRules(short_circuit_allowed=True, sessions=(MONDAY,))

    refusal = counter.refused(HAM, "22/11", checked=True, session_on=TUESDAY, rules=rules)

    assert isinstance(refusal, refusals.UseByPassed)
    assert refusal.reason == "use_by_passed"


def test_a_use_by_date_is_a_health_limit_whatever_the_family(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{PEAS}(17)261122", checked=True), refusals.UseByPassed)


def test_a_best_before_date_on_goods_of_a_use_by_family_is_held_as_a_use_by_date(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{HAM}(15)261122", checked=True), refusals.UseByPassed)


def test_a_best_before_date_is_good_on_its_day(counter: Counter) -> None:
    assert counter.take(PEAS, "23/11/2026").notes == ()


def test_past_its_best_before_date_it_is_looked_at_first(counter: Counter) -> None:
    assert isinstance(counter.refused(PEAS, "22/11/2026"), refusals.LookFirst)

    booking = counter.take(PEAS, "22/11/2026", checked=True)

    assert booking.notes == (Note.PAST_BEST_BEFORE,)


def test_the_last_day_of_tolerance_is_accepted_and_the_next_is_not(counter: Counter) -> None:
    assert counter.take(PEAS, "23/11/2025", checked=True).last_day == MONDAY

    refusal = counter.refused(PEAS, "22/11/2025", checked=True)

    assert isinstance(refusal, refusals.PastTolerance)
    assert refusal.reason == "past_tolerance"


def test_goods_that_bear_a_date_need_one(counter: Counter) -> None:
    refusal = counter.refused(PEAS)

    assert isinstance(refusal, refusals.DateNeeded)
    assert (refusal.reason, refusal.field) == ("date_unreadable", "date")


def test_an_unlikely_date_is_asked_about(counter: Counter) -> None:
    assert isinstance(counter.refused(PEAS, "03/2038"), dating.DoubtfulDate)
    brief = IntakeRules(plausible=Plausibility(best_before_ahead=365))
    assert isinstance(counter.refused(PEAS, "03/2028", rules=brief), dating.DoubtfulDate)

    assert counter.take(PEAS, "03/2038", checked=True).date == dt.date(2038, 3, 31)


def test_a_use_by_date_without_its_day_is_asked_about(counter: Counter) -> None:
    assert isinstance(counter.refused(HAM, "12/2026"), dating.DoubtfulDate)


@pytest.mark.parametrize("typed", ["28/11", "281126", "2811", "11/2026", "fin 11/26", "2026"])
def test_a_typed_date_that_says_the_same_as_the_code_changes_nothing(counter: Counter, typed: str) -> None:
    assert counter.take(f"(01)0{HAM}(17)261128", typed).date == dt.date(2026, 11, 28)


@pytest.mark.parametrize("typed", ["29/11", "28/11/2027", "12/2026", "2027"])
def test_a_typed_date_that_contradicts_the_code_is_reported(counter: Counter, typed: str) -> None:
    refusal = counter.refused(f"(01)0{HAM}(17)261128", typed, checked=True)

    assert isinstance(refusal, dating.DatesDisagree)
    assert refusal.data["coded"] == dt.date(2026, 11, 28)


def test_a_typed_lot_number_that_contradicts_the_code_is_reported(counter: Counter) -> None:
    assert isinstance(counter.refused(f"(01)0{HAM}(17)261128(10)AB", lot_number="AC"), intake.LotNumbersDisagree)

    assert counter.take(f"(01)0{HAM}(17)261128(10)AB", lot_number="ab").lot_number == "AB"
