"""A refusal is a class beside the verb that raises it; one handler turns its kind into an answer.

A refusal says what was wrong, on what, what was expected and what came, in a translatable sentence:

    class NotEnoughLeft(Refusal):
        kind = Kind.CONFLICT
        message = N_("Lot %(lot)s has %(left)s left; asked for: %(asked)s.")

    raise NotEnoughLeft(lot="K7Q2", left=Grams(300), asked=Grams(500))
"""

from enum import Enum
from typing import Any, ClassVar

from common.words import N_, Words


class Kind(Enum):
    """What the caller can do about it: look elsewhere, look again, mend the input, ask someone."""

    NOT_FOUND = 404
    CONFLICT = 409
    INVALID = 400
    FORBIDDEN = 403
    TOO_MANY = 429


class Refusal(Exception):
    """The base of everything the software declines to do, with the data it speaks of."""

    kind: ClassVar[Kind] = Kind.INVALID
    message: ClassVar[str] = N_("This cannot be done.")
    field: str | None = None
    """The name of the form field or column at fault, where there is one."""

    def __init__(self, *, field: str | None = None, **data: Any) -> None:
        self.data = data
        if field is not None:
            self.field = field
        super().__init__(self.message % data if data else self.message)

    @property
    def code(self) -> str:
        """The stable name programs compare: the class name."""
        return type(self).__name__

    def say(self, words: Words) -> str:
        """The sentence a person reads, in their language."""
        return words.text(self.message, **self.data)


class NotFound(Refusal):
    """Something that was asked for by its id is not there."""

    kind = Kind.NOT_FOUND
    message = N_("This %(what)s does not exist: %(id)s.")


class Invalid(Refusal):
    """A value that cannot be used, for want of a more precise refusal."""

    message = N_("%(what)s: expected %(expected)s, got “%(got)s”.")
