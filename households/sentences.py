"""Sentences with their values, said in the reader's language when they are shown or printed.

A calculation made today is printed again in two years, perhaps in another language: what is kept is the
sentence and its values, never the text.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from msgspec import Struct

from common.words import Cents, Words


class Label(Struct, frozen=True):
    """A name that comes from reference data, in both languages."""

    fr: str
    en: str

    def say(self, words: Words) -> str:
        return self.fr if words.language == "fr" else self.en


class Sentence(Struct, frozen=True):
    """An English sentence with named holes, and what fills them: amounts, dates, numbers, labels, sentences."""

    message: str
    values: dict[str, Any] = {}

    def say(self, words: Words) -> str:
        """The sentence a person reads."""
        said = {
            name: value.say(words) if isinstance(value, Label | Sentence) else value
            for name, value in self.values.items()
        }
        return words.text(self.message, **said)

    def kept(self) -> dict[str, Any]:
        """The sentence as JSON, the kind of each value with it."""
        return {"message": self.message, "values": {name: _kept(v) for name, v in self.values.items()}}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Sentence":
        """The sentence that `kept` wrote."""
        return cls(kept["message"], {name: _read(value) for name, value in kept["values"].items()})


class Doubt(Struct, frozen=True):
    """A question for the person typing: something looks wrong, nothing was refused and nothing repaired."""

    code: str
    """A stable name, so that a page can remember that the question was answered."""
    question: Sentence
    field: str = ""
    """The name of the form field it is about, where there is one."""

    def say(self, words: Words) -> str:
        return self.question.say(words)


def _kept(value: Any) -> Any:
    match value:
        case Cents():
            return {"cents": int(value)}
        case Decimal():
            return {"number": str(value)}
        case dt.date():
            return {"date": value.isoformat()}
        case Label():
            return {"fr": value.fr, "en": value.en}
        case Sentence():
            return value.kept()
    return value


def _read(value: Any) -> Any:
    match value:
        case {"cents": cents}:
            return Cents(cents)
        case {"number": number}:
            return Decimal(number)
        case {"date": date}:
            return dt.date.fromisoformat(date)
        case {"fr": fr, "en": en}:
            return Label(fr, en)
        case {"message": _, "values": _}:
            return Sentence.read(value)
    return value
