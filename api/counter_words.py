"""What the counter says where there is no network: the scripts of the page fill the holes of these sentences."""

from typing import Any

from allocation.exits import EXIT_NAMES, REASON_NAMES, SAVED, Exit, Reason
from allocation.till import OverAllowance
from api.intake_words import HOLE, queue_words
from api.marks import marks
from common.words import N_, Words
from households.vocabulary import CONTENTS, EQUIPMENT

REASON_ICONS = {
    Reason.TASTE: "dislike",
    Reason.ENOUGH: "enough",
    Reason.DIET: "ban",
    Reason.NO_EQUIPMENT: "plug",
    Reason.CANNOT_COOK: "pot",
    Reason.SHORT_DATE: "clock",
    Reason.LOOKS: "look",
    Reason.TOO_HEAVY: "too-heavy",
    Reason.OTHER: "info",
}
"""Reasons one can tap at the counter: `absent` and `surplus` are noted otherwise."""

COLD = "_cold"
"""Ends the exits of chilled food towards people: choosing one says that the cold chain held."""

ONE = {
    "no_kit": N_("This tablet keeps no baskets of today: open the session once with network, then it can go without."),
    "not_here": N_(
        "No basket of this session answers to %(code)s. Who is not expected waits until the network is back."
    ),
    "served": N_("Basket %(basket)s: handed over."),
    "absent": N_("Basket %(basket)s: did not come."),
    "waits": N_("kept here"),
    "settled": N_("Basket %(basket)s was already settled."),
    "over": OverAllowance.message,
    "session": N_("Session of %(day)s"),
    "to_pay": N_("to pay %(amount)s"),
    "proxy": N_("may be fetched by %(initials)s"),
    "instead": N_("%(product)s instead of %(other)s"),
    "instead_of": N_("Instead of %(product)s"),
    "more": N_("Something more"),
    "added": N_("added"),
    "left_this_month": N_("%(amount)s left this month"),
}


def reason_tiles(words: Words) -> list[dict[str, str]]:
    """Why something may be left behind, as one taps it."""
    return [{"value": r.value, "label": words.text(REASON_NAMES[r]), "icon": icon} for r, icon in REASON_ICONS.items()]


def exits_of(words: Words, *, cold: bool) -> list[tuple[str, str]]:
    """Best use first; chilled food goes back, or on to people, only as food that stayed in the cold."""
    named = [(e, words.text(EXIT_NAMES[e])) for e in Exit if e is not Exit.OTHER_HOUSEHOLD]
    if not cold:
        return [(e.value, name) for e, name in named]
    stayed = N_("%(exit)s: it never left the cold")
    return [(f"{e.value}{COLD}", words.text(stayed, exit=name)) if e in SAVED else (e.value, name) for e, name in named]


def counter_words(words: Words) -> dict[str, Any]:
    """Everything the scripts of the counter may say, in this person's language."""
    return {
        **queue_words(words),
        **{name: words.text(sentence) for name, sentence in ONE.items()},
        "people": [words.plural("%(n)s person", "%(n)s people", n, n=HOLE) for n in (1, 2)],
        "expected": [
            words.plural("%(n)s household still expected", "%(n)s households still expected", n, n=HOLE) for n in (1, 2)
        ],
        "exits": {"dry": exits_of(words, cold=False), "cold": exits_of(words, cold=True)},
        "exclusions": {code: marks(words, [code], [])[0].label for code in CONTENTS},
        "lacks": {code: marks(words, [], [code])[0].label for code in EQUIPMENT},
    }
