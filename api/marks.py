"""Small marks beside a card number: what is not to be proposed, and what the kitchen lacks. Never why."""

from collections.abc import Iterable

from msgspec import Struct

from common.words import N_, Words
from households.vocabulary import CONTENTS, EQUIPMENT


class Mark(Struct, frozen=True):
    icon: str
    label: str


def marks(words: Words, excludes: Iterable[str], lacks: Iterable[str]) -> list[Mark]:
    """In the person's language: `sans porc`, `pas de four`."""
    return [
        *(Mark("ban", words.text(N_("without: %(what)s"), what=words.text(CONTENTS[c]).lower())) for c in excludes),
        *(Mark("plug", words.text(N_("no %(what)s"), what=words.text(EQUIPMENT[e]).lower())) for e in lacks),
    ]


def marks_against(words: Words, excluded: Iterable[str], lacking: Iterable[str]) -> list[Mark]:
    """Beside goods, why they are not for this household: `exclu : porc`, `pas de four`."""
    contents = (words.text(CONTENTS[code]).lower() for code in excluded)
    return [
        *(Mark("ban", words.text(N_("excluded: %(what)s"), what=what)) for what in contents),
        *marks(words, [], lacking),
    ]
