"""Rules set at the terminal are checked before they are kept."""

import datetime as dt

import pytest

from api.cli.rules import EXAMPLES, BadRule, NoSuchRule, UnreadRule, checked, first_day
from common.words import words
from network.figures import TooLate


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("colour", "{}", NoSuchRule),
        ("freezing", "{", UnreadRule),
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


def test_what_is_refused_is_said_in_whole_sentences_of_the_terminals_language() -> None:
    with pytest.raises(BadRule) as bad:
        checked("min_use_by_hours", '"demain"')
    with pytest.raises(UnreadRule) as unread:
        checked("place_limits", "froid")

    bound, example = bad.value.say(words("fr")), unread.value.say(words("fr"))
    assert bound.startswith("Ceci n’est pas une valeur de la règle")
    assert "on attend 48–" in bound
    assert "n’est pas du JSON" in example
    assert example.endswith(f"On attend {EXAMPLES['place_limits']}.")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_rule_is_one(name: str) -> None:
    assert checked(name, EXAMPLES[name])


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
