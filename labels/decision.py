"""An admission decision on paper: what a person decided, and the calculation anyone can follow with a pencil.

The household's name is written in by hand: what the printer keeps names nobody.
"""

import datetime as dt
from dataclasses import dataclass

from labels.paper import FAINT
from labels.parts import facts, framed, paragraph, section, signatures, space
from labels.tables import Flow
from labels.words import N_, Words


@dataclass(frozen=True)
class AdmissionDecision:
    """What stands on the decision."""

    network: str
    partner: str
    """Who follows the household and answers for the decision."""
    card: str
    people: int
    on: dt.date
    outcome: str
    reason: str
    remainder_cents: int
    """Per person and day."""
    scale: str
    steps: tuple[str, ...]
    """The calculation in words, as it was signed."""
    until: dt.date | None = None


def admission_decision(decision: AdmissionDecision, words: Words) -> bytes:
    """One or two A4 pages, handed over and kept in the file."""
    title = words.text(N_("Admission decision"))
    said = words.text(N_("Card %(card)s"), card=decision.card) + " · " + words.date(decision.on)
    flow = Flow(title, said, words, author=decision.partner)
    flow.add([framed(decision.outcome, size=16, height=14)])
    flow.add(facts(_known(decision, words)))
    flow.add([section(words.text(N_("How it was worked out")))])
    flow.add(paragraph(f"{n}. {step}") for n, step in enumerate(decision.steps, start=1))
    flow.add([space(4)])
    flow.add(paragraph(words.text(sentence), size=9, colour=FAINT) for sentence in RIGHTS)
    parties = (N_("For %(partner)s: name, signature"), N_("The household: signature"))
    flow.add([space(4), signatures([words.text(parties[0], partner=decision.partner), words.text(parties[1])])])
    return flow.pdf()


RIGHTS = (
    N_("Only means and the size of the household count: work, pension, benefit or none change nothing."),
    N_("A person decided; the calculation is a proposal. You may ask for it to be explained and looked at again."),
    N_("You may see, correct or have erased what is kept about you: speak to the person who signed."),
)


def _known(decision: AdmissionDecision, words: Words) -> list[tuple[str, str]]:
    pairs = [
        (words.text(N_("Household")), ""),
        (words.text(N_("People in the household")), words.number(decision.people, 0)),
        (words.text(N_("Followed by")), decision.partner),
        (words.text(N_("Reason")), decision.reason),
        (words.text(N_("Left to live on, per person and day")), words.money(decision.remainder_cents)),
        (words.text(N_("Scale")), decision.scale),
    ]
    if decision.until:
        pairs.append((words.text(N_("Admitted until")), words.date(decision.until)))
    return pairs
