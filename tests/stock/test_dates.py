"""Typed dates and the rules of intake: the shared vectors, boundary days, and what always holds."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given
from msgspec import to_builtins

from common.clock import PARIS
from common.errors import Refusal
from common.words import Words
from stock.dates import (
    DateKind,
    DateRules,
    Decision,
    Doubt,
    Plausibility,
    Precision,
    ReadDate,
    UnreadableDate,
    fits_short_circuit,
    full_year,
    judge_date,
    last_day_to_give,
    read_date,
)
from stock.shorthand import QUESTIONS
from stock.urgency import Steps, Urgency

VECTORS = json.loads((Path(__file__).parent / "vectors" / "dates.json").read_text())
TODAY = dt.date.fromisoformat(VECTORS["today"])
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=PARIS)


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def plain(value: Any) -> dict[str, Any]:
    """A value as the vectors write it: without what is empty or false."""
    said = {name: v for name, v in asdict(value).items() if v is not None and v is not False}
    return {name: v.isoformat() if isinstance(v, dt.date) else v for name, v in said.items()}


def today_of(case: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(case.get("today", VECTORS["today"]))


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=f"{case['typed'][:30]}-{case['kind']}") for case in cases]


@pytest.mark.parametrize("case", named([case for case in VECTORS["read"] if "expect" in case]))
def test_a_date_is_read_as_it_was_meant(case: dict[str, Any]) -> None:
    plausible = Plausibility(**{f"{kind}_ahead": days for kind, days in case.get("ahead", {}).items()})
    read = read_date(case["typed"], today=today_of(case), kind=DateKind(case["kind"]), plausible=plausible)

    assert plain(read) == case["expect"]


@pytest.mark.parametrize("case", named([case for case in VECTORS["read"] if "refused" in case]))
def test_what_is_no_date_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        read_date(case["typed"], today=today_of(case), kind=DateKind(case["kind"]))

    assert (refused.value.code, refused.value.field) == (case["refused"], "date")


@pytest.mark.parametrize("case", VECTORS["judge"])
def test_a_date_is_judged_by_the_rules_of_intake(case: dict[str, Any]) -> None:
    rules = DateRules(min_use_by_hours=case["min_use_by_hours"])
    at = dt.datetime.fromisoformat(case["at"])

    verdict = judge_date(day(case["date"]), DateKind(case["kind"]), today_of(case), at, rules, case["grace_days"])

    assert plain(verdict) == case["expect"]


@pytest.mark.parametrize("case", VECTORS["urgency"])
def test_goods_grow_urgent_in_four_steps(case: dict[str, Any]) -> None:
    last_day = dt.date.fromisoformat(case["last_day"])

    assert Steps().of(last_day, today_of(case)) == case["expect"]
    assert VECTORS["steps"] == to_builtins(Steps())


days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
kinds = st.sampled_from(DateKind)


@given(days, st.integers(-400, 1500), kinds)
def test_a_whole_date_is_read_the_same_however_it_is_written(today: dt.date, ahead: int, kind: DateKind) -> None:
    meant = today + dt.timedelta(days=ahead)
    french, english = Words("fr").date(meant), Words("en").date(meant)
    writings = ["%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%y", "%d%m%Y", "%d%m%y", "%Y-%m-%d", "%Y%m%d"]

    for writing in [*(meant.strftime(form) for form in writings), french, english]:
        read = read_date(writing, today=today, kind=kind)
        assert (read.date, read.precision, read.year_guessed) == (meant, Precision.DAY, False), writing


@given(days, st.integers(-120, 182), kinds, st.sampled_from(["%d%m", "%d/%m", "%d-%m", "%d %m"]))
def test_a_day_near_today_needs_no_year(today: dt.date, ahead: int, kind: DateKind, form: str) -> None:
    meant = today + dt.timedelta(days=ahead)

    read = read_date(meant.strftime(form), today=today, kind=kind)

    assert (read.date, read.year_guessed) == (meant, True)


@given(days, st.integers(0, 9999), kinds)
def test_days_from_today_are_counted(today: dt.date, ahead: int, kind: DateKind) -> None:
    read = read_date(f"+{ahead}", today=today, kind=kind)

    assert read.date - today == dt.timedelta(days=ahead)


@given(days, st.integers(0, 1500), st.sampled_from(["fin %m/%y", "%m/%Y", "%Y%m", "fin %m%y", "end of %m %Y"]))
def test_a_month_means_its_last_day(today: dt.date, ahead: int, form: str) -> None:
    meant = today + dt.timedelta(days=ahead)

    read = read_date(meant.strftime(form), today=today, kind=DateKind.BEST_BEFORE)

    assert read.precision is Precision.MONTH
    assert (read.date.year, read.date.month) == (meant.year, meant.month)
    assert (read.date + dt.timedelta(days=1)).day == 1


@given(st.text(max_size=60) | st.text("0123456789/-. +finmars", max_size=45), days, kinds)
@example("٣", TODAY, DateKind.USE_BY)
@example("²8/11", TODAY, DateKind.USE_BY)
@example("ſept 28", TODAY, DateKind.BEST_BEFORE)
@example("00/00/0000", TODAY, DateKind.USE_BY)
def test_whatever_is_typed_is_read_or_refused(typed: str, today: dt.date, kind: DateKind) -> None:
    outcome = attempt(typed, today, kind)

    if isinstance(outcome, Refusal):
        assert len(outcome.data["typed"]) <= 40
    else:
        assert outcome.other is None or outcome.doubt is not None


def attempt(typed: str, today: dt.date, kind: DateKind) -> ReadDate | Refusal:
    try:
        return read_date(typed, today=today, kind=kind)
    except Refusal as refusal:
        return refusal


@given(days, st.integers(1, 12), st.integers(1, 31), kinds)
def test_a_year_is_only_guessed_within_a_year(today: dt.date, month: int, on: int, kind: DateKind) -> None:
    outcome = attempt(f"{on}/{month}", today, kind)

    if isinstance(outcome, ReadDate):
        assert abs((outcome.date - today).days) <= 365
        assert (outcome.date.day, outcome.date.month) == (on, month)


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_has_its_question(doubt: Doubt) -> None:
    assert QUESTIONS[doubt].endswith("?")


def test_an_administrator_may_expect_other_dates() -> None:
    strict = Plausibility(use_by_ahead=10)

    read = read_date("+11", today=TODAY, kind=DateKind.USE_BY, plausible=strict)

    assert read.doubt is Doubt.FAR_AHEAD


def test_one_may_look_back_for_a_year_less_far() -> None:
    brief = Plausibility(use_by_look_back=0)

    read = read_date("2211", today=TODAY, kind=DateKind.USE_BY, plausible=brief)

    assert read.date == dt.date(2027, 11, 22)


@pytest.mark.parametrize("wrong", [{"use_by_ahead": -1}, {"best_before_look_back": 366}])
def test_what_is_plausible_must_make_sense(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="days"):
        Plausibility(**wrong)


@pytest.mark.parametrize(
    ("figures", "year"), [(26, 2026), (27, 2027), (76, 2076), (77, 1977), (99, 1999), (0, 2000), (25, 2025)]
)
def test_two_figures_are_a_year_within_half_a_century(figures: int, year: int) -> None:
    assert full_year(figures, TODAY) == year


@pytest.mark.parametrize(("figures", "year"), [(80, 2080), (29, 2129), (30, 2130), (31, 2031)])
def test_the_window_of_years_moves_with_today(figures: int, year: int) -> None:
    assert full_year(figures, dt.date(2080, 1, 1)) == year


RANK = {Decision.REFUSED: 0, Decision.SHORT: 1, Decision.PAST_BEST_BEFORE: 1, Decision.ACCEPTED: 2}


@given(days, days, st.sampled_from([DateKind.USE_BY, DateKind.BEST_BEFORE]), st.integers(0, 365), st.integers(0, 96))
def test_a_later_date_is_never_judged_worse(
    one: dt.date, other: dt.date, kind: DateKind, grace: int, hours: int
) -> None:
    rules = DateRules(min_use_by_hours=hours)
    earlier, later = sorted((one, other))
    today = earlier + (later - earlier) // 2
    at = dt.datetime.combine(today, dt.time(9), PARIS)

    first, second = (judge_date(date, kind, today, at, rules, grace) for date in (earlier, later))

    assert RANK[first.decision] <= RANK[second.decision]


@given(days, days, st.integers(0, 365))
def test_a_use_by_date_is_never_outlived(date: dt.date, today: dt.date, grace: int) -> None:
    at = dt.datetime.combine(today, dt.time(9), PARIS)

    verdict = judge_date(date, DateKind.USE_BY, today, at, DateRules(), grace)

    assert verdict.last_day == date
    assert (verdict.decision is Decision.REFUSED) == (date < today)


@given(days, days, st.integers(0, 365))
def test_goods_are_let_in_only_while_they_may_be_given(date: dt.date, today: dt.date, grace: int) -> None:
    at = dt.datetime.combine(today, dt.time(9), PARIS)

    verdict = judge_date(date, DateKind.BEST_BEFORE, today, at, DateRules(), grace)

    assert verdict.last_day == last_day_to_give(date, DateKind.BEST_BEFORE, grace)
    assert (verdict.decision is Decision.REFUSED) == (verdict.last_day < today)


def test_a_takeover_without_a_time_zone_is_a_fault() -> None:
    with pytest.raises(ValueError, match="time zone"):
        judge_date(TODAY, DateKind.USE_BY, TODAY, NOON.replace(tzinfo=None), DateRules())


@pytest.mark.parametrize(
    ("permitted", "session", "fits"),
    [
        (True, dt.date(2026, 11, 23), True),
        (True, dt.date(2026, 11, 24), True),
        (True, dt.date(2026, 11, 25), False),
        (True, dt.date(2026, 11, 22), False),
        (True, None, False),
        (False, dt.date(2026, 11, 24), False),
    ],
)
def test_a_short_date_comes_in_for_a_session_in_time(permitted: bool, session: dt.date | None, fits: bool) -> None:
    verdict = judge_date(dt.date(2026, 11, 24), DateKind.USE_BY, TODAY, NOON, DateRules())

    assert fits_short_circuit(verdict, permitted=permitted, today=TODAY, session=session) is fits


@pytest.mark.parametrize("date", [dt.date(2026, 11, 22), dt.date(2026, 11, 25)])
def test_the_short_circuit_is_for_short_dates_only(date: dt.date) -> None:
    verdict = judge_date(date, DateKind.USE_BY, TODAY, NOON, DateRules())

    assert not fits_short_circuit(verdict, permitted=True, today=TODAY, session=TODAY)


def test_a_tolerance_is_never_negative() -> None:
    with pytest.raises(ValueError, match="-1 days"):
        last_day_to_give(TODAY, DateKind.BEST_BEFORE, -1)


def test_the_last_day_stays_in_the_calendar() -> None:
    assert last_day_to_give(dt.date(9999, 12, 30), DateKind.BEST_BEFORE, 365) == dt.date.max


def test_hours_left_at_takeover_are_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        DateRules(min_use_by_hours=-1)


@pytest.mark.parametrize("wrong", [{"now": -1}, {"soon": 8}, {"now": 4}, {"watch": 61}])
def test_the_steps_of_urgency_grow(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="grow"):
        Steps(**wrong)


def test_the_steps_of_urgency_may_be_one() -> None:
    calm = Steps(now=0, soon=0, watch=5)

    assert [calm.of(TODAY + dt.timedelta(days=days), TODAY) for days in (0, 1, 5, 6)] == [
        Urgency.NOW,
        Urgency.WATCH,
        Urgency.WATCH,
        Urgency.LATER,
    ]


def test_a_date_too_long_to_be_one_is_not_repeated_whole() -> None:
    with pytest.raises(UnreadableDate) as refused:
        read_date("1" * 500, today=TODAY, kind=DateKind.USE_BY)

    assert refused.value.data["typed"] == "1" * 40
