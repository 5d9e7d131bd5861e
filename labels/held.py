"""What is held on a household, on paper for the people it is about: they asked, and may take it with them.

General Data Protection Regulation, articles 12 and 15: all of it, in plain language.
"""

import datetime as dt
from dataclasses import dataclass

from labels.paper import FAINT
from labels.parts import facts, paragraph, section, space
from labels.tables import Flow
from labels.words import N_, Words


@dataclass(frozen=True)
class HeldPart:
    """One part of a file: a heading and what is known under it, each with its name."""

    title: str
    facts: tuple[tuple[str, str], ...]
    known: bool = True
    """False where the one fact is that there is nothing so far."""


@dataclass(frozen=True)
class HeldFile:
    """Everything held on one household."""

    partner: str
    """Who holds the file and answers for it."""
    card: str
    on: dt.date
    parts: tuple[HeldPart, ...]


def held_file(held: HeldFile, words: Words) -> bytes:
    """As many A4 pages as it takes."""
    said = words.text(N_("Card %(card)s"), card=held.card) + " · " + words.date(held.on)
    flow = Flow(words.text(N_("What is held on you")), said, words, author=held.partner)
    flow.add([paragraph(words.text(WHAT, partner=held.partner), size=11)])
    for part in held.parts:
        flow.add([section(part.title), *facts(part.facts)])
    flow.add([space(4)])
    flow.add(paragraph(words.text(sentence), size=9, colour=FAINT) for sentence in RIGHTS)
    return flow.pdf()


WHAT = N_("This is what %(partner)s keeps about you. You asked for it; it is yours.")
RIGHTS = (
    N_(
        "You may ask for anything to be corrected, object to being compared with other partners, "
        "or ask to be forgotten."
    ),
    N_("Not satisfied? You can write to the CNIL, which watches over data in France: www.cnil.fr"),
)
