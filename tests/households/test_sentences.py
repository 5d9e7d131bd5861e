import datetime as dt
import json
from decimal import Decimal

import pytest

from common.words import THIN, Cents, Words
from households.sentences import Doubt, Label, Sentence

RENT = Label("Loyer", "Rent")


def test_labels_amounts_numbers_and_sentences_fill_the_holes() -> None:
    sentence = Sentence(
        "%(label)s: %(amount)s for %(n)s (%(why)s)",
        {"label": RENT, "amount": Cents(45050), "n": Decimal("1.8"), "why": Sentence("as shown")},
    )

    assert sentence.say(Words("fr")) == f"Loyer: 450,50{THIN}€ for 1,8 (as shown)"


def test_a_label_is_said_in_the_readers_language() -> None:
    assert RENT.say(Words("fr")) == "Loyer"
    assert RENT.say(Words("en")) == "Rent"


@pytest.mark.parametrize(
    "value",
    [Cents(-12), Decimal("30.4"), dt.date(2026, 4, 1), RENT, Sentence("as %(n)s", {"n": 3}), 7, "2025"],
    ids=repr,
)
def test_a_sentence_comes_back_from_where_it_was_kept(value: object) -> None:
    sentence = Sentence("%(value)s counts", {"value": value})

    again = Sentence.read(json.loads(json.dumps(sentence.kept())))

    assert again == sentence
    assert type(again.values["value"]) is type(value)


def test_a_doubt_is_said_as_its_question() -> None:
    doubt = Doubt("odd", Sentence("Is %(amount)s right?", {"amount": Cents(100)}), "rent")

    assert doubt.say(Words("en")) == "Is €1.00 right?"
