"""What a document needs in order to speak a person's language; `common.words.Words` gives all of it."""

import datetime as dt
from typing import Any, Protocol


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a message for translation where it is defined; `Words.text` translates it where it is said."""
    return message


class Words(Protocol):
    """Sentences, dates, weights and amounts as the reader writes them."""

    @property
    def language(self) -> str:
        """The language's two letters, written into the document for screen readers."""

    def text(self, message: str, /, **values: Any) -> str: ...

    def number(self, value: float, digits: int = 3) -> str: ...

    def weight(self, grams: float) -> str: ...

    def money(self, cents: int) -> str: ...

    def percent(self, share: float, digits: int = 0) -> str: ...

    def date(self, day: dt.date) -> str: ...

    def short_date(self, day: dt.date) -> str: ...

    def numeric_date(self, day: dt.date) -> str: ...

    def near_date(self, day: dt.date, today: dt.date) -> str: ...

    def month(self, day: dt.date) -> str: ...

    def moment(self, at: dt.datetime) -> str: ...


class Refused(ValueError):
    """What a document cannot be made of, as a sentence with its values: each kind is a class of its own."""

    def __init__(self, message: str, **data: Any) -> None:
        self.message, self.data = message, data
        super().__init__(message % data)

    def say(self, words: Words) -> str:
        """The sentence a person reads, in their language."""
        return words.text(self.message, **self.data)
