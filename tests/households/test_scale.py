import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from common.words import Words
from households.composition import CONSUMPTION_UNITS, BadChildAge, BadShares, Shares
from households.scale import (
    BadCap,
    BadDays,
    Denominator,
    LineTwiceInScale,
    NoScale,
    PartsMissing,
    Scale,
    Thresholds,
    ThresholdsOutOfOrder,
    in_force,
)
from tests.households.cases import SCALE, rule


def changed(**what: object) -> Scale:
    return msgspec.structs.replace(SCALE, **what)


def test_a_scale_comes_back_from_json_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SCALE), type=Scale) == SCALE


@pytest.mark.parametrize("days", ["28", "30", "30.4", "31"])
def test_a_month_has_between_28_and_31_days(days: str) -> None:
    assert changed(days=Decimal(days)).days == Decimal(days)


@pytest.mark.parametrize("days", ["27.9", "0", "31.1", "365"])
def test_a_month_of_another_length_is_refused(days: str) -> None:
    with pytest.raises(BadDays):
        changed(days=Decimal(days))


@pytest.mark.parametrize(("urgent", "admit", "committee"), [(301, 300, 900), (300, 901, 900)])
def test_thresholds_that_fall_are_refused(urgent: int, admit: int, committee: int) -> None:
    with pytest.raises(ThresholdsOutOfOrder) as refused:
        Thresholds(urgent, admit, committee)

    assert f"€{admit / 100:.2f}" in refused.value.say(Words("en"))


def test_thresholds_may_be_equal_where_there_is_no_committee() -> None:
    assert Thresholds(300, 900, 900).committee_cents == 900


def test_a_line_with_two_rules_is_refused() -> None:
    with pytest.raises(LineTwiceInScale) as refused:
        changed(lines=(rule("rent", "charge"), rule("rent", "charge", cap_cents=500)))

    assert refused.value.data["kind"] == "rent"


def test_a_limit_below_nothing_is_refused_and_one_of_nothing_is_not() -> None:
    with pytest.raises(BadCap):
        changed(lines=(rule("rent", "charge", cap_cents=-1),))

    assert changed(lines=(rule("rent", "charge", cap_cents=0),)).rules["rent"].cap_cents == 0


def test_a_scale_by_parts_says_what_a_part_is() -> None:
    with pytest.raises(PartsMissing):
        changed(denominator=Denominator.PARTS)

    own = Shares(Decimal(2), Decimal(1), Decimal("0.5"), child_until=18)
    assert changed(denominator=Denominator.PARTS, parts=own).weights is own


@pytest.mark.parametrize(
    ("denominator", "weights"),
    [
        (Denominator.PERSONS, Shares(Decimal(1), Decimal(1), Decimal(1), 0)),
        (Denominator.CONSUMPTION_UNITS, CONSUMPTION_UNITS),
    ],
)
def test_other_denominators_bring_their_own_weights(denominator: Denominator, weights: Shares) -> None:
    assert changed(denominator=denominator).weights == weights


@pytest.mark.parametrize(
    ("first", "other", "child"),
    [("0", "1", "1"), ("1", "-1", "1"), ("1", "1", "-0.5"), ("10.5", "1", "1"), ("1", "0.333", "1")],
)
def test_weights_that_cannot_be_divided_by_are_refused(first: str, other: str, child: str) -> None:
    with pytest.raises(BadShares):
        Shares(Decimal(first), Decimal(other), Decimal(child), child_until=14)


@pytest.mark.parametrize("age", [-1, 26])
def test_a_child_of_no_age_or_of_any_age_is_refused(age: int) -> None:
    with pytest.raises(BadChildAge):
        Shares(Decimal(1), Decimal(1), Decimal(1), child_until=age)


def test_the_latest_scale_that_has_begun_is_in_force_from_its_very_first_day() -> None:
    next_year = changed(version="test-2027", valid_from=dt.date(2027, 1, 1))

    assert in_force([next_year, SCALE], dt.date(2026, 12, 31)) is SCALE
    assert in_force([next_year, SCALE], dt.date(2027, 1, 1)) is next_year


def test_before_the_first_scale_there_is_none() -> None:
    with pytest.raises(NoScale):
        in_force([SCALE], dt.date(2025, 12, 31))
