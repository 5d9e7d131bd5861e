"""Rules set at the terminal are checked before they are kept."""

import datetime as dt

import pytest

from api.cli.rules import BadRule, NoSuchRule, checked, first_day
from network.figures import TooLate


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("colour", "{}", NoSuchRule),
        ("freezing", "{", BadRule),
        ("freezing", '{"sites": "CENTRE"}', BadRule),
        ("freezing", '{"families": {"fish": {"family": "frozen_fish", "days": 0}}}', BadRule),
        ("freezing", '{"site": ["CENTRE"]}', BadRule),
        ("place_limits", '{"chilled": {"high": "cold"}}', BadRule),
        ("min_use_by_hours", "47", BadRule),
        ("use_by_ahead", "366", BadRule),
    ],
)
def test_nonsense_is_refused(name: str, value: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        checked(name, value)


def test_the_past_keeps_its_rules_at_the_terminal_as_on_the_page() -> None:
    with pytest.raises(TooLate):
        first_day(dt.datetime(2026, 11, 22), dt.date(2026, 11, 23))  # noqa: DTZ001 - click gives a day as this

    assert first_day(dt.datetime(2026, 11, 23), dt.date(2026, 11, 23)) == dt.date(2026, 11, 23)  # noqa: DTZ001 - same


def test_a_rule_is_kept_as_it_was_said_with_its_defaults() -> None:
    said = '{"sites": ["CENTRE"], "families": {"fish": {"family": "frozen_fish", "days": 90}}}'

    assert checked("freezing", said) == {
        "sites": ["CENTRE"],
        "families": {"fish": {"family": "frozen_fish", "days": 90}},
        "min_days_left": 2,
    }
