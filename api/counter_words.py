"""What the counter says where there is no network: the scripts of the page fill the holes of these sentences."""

from typing import Any

from allocation.choice import WHY_NOT, DoesNotSuit, NothingOfIt
from allocation.exits import EXIT_NAMES, REASON_NAMES, SAVED, Exit, Reason
from allocation.till import OverAllowance
from api.intake_words import HOLE, REFUSALS, queue_words
from api.marks import marks, marks_against
from common.words import N_, Words
from households.vocabulary import CONTENTS, EQUIPMENT
from stock.catalogue import DonorNeeded

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

EXIT_ICONS = {
    Exit.RESTOCK: "shelf",
    Exit.PARTNER: "truck",
    Exit.WORKSHOP: "pot",
    Exit.ANIMALS: "paw",
    Exit.BIOWASTE: "leaf",
    Exit.DESTROYED: "bin",
}
"""Exits one can tap at the counter, best use first; another household is served from the shelf."""

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
    "added_one": N_("“%(product)s” added."),
    "paid": N_("Basket %(basket)s: handed over, %(amount)s paid."),
    "taken": N_("%(amount)s taken here"),
}
AT_THE_TILL = {
    "NotHere": N_("This is none of the goods that stood here when there was network: it waits until it is back."),
    "DonorNeeded": DonorNeeded.message,
    "NothingOfIt": NothingOfIt.message,
    "Recalled": N_("Stop: lot %(lot)s is recalled. Put it aside; it is not sold."),
}


def reason_tiles(words: Words) -> list[dict[str, str]]:
    """Why something may be left behind, as one taps it."""
    return [{"value": r.value, "label": words.text(REASON_NAMES[r]), "icon": icon} for r, icon in REASON_ICONS.items()]


def exits_of(words: Words) -> list[tuple[str, str]]:
    """Where dry food goes, best use first."""
    return [(e.value, words.text(EXIT_NAMES[e])) for e in EXIT_ICONS]


def cold_exits(words: Words) -> list[tuple[str, list[dict[str, str]]]]:
    """Where chilled and frozen food goes, as one taps it: to people only what never left the cold.

    Whoever stands there says it; none of them is chosen beforehand.
    """
    stayed = [_exit_tile(words, e, COLD) for e in EXIT_ICONS if e in SAVED]
    warm = [_exit_tile(words, e) for e in EXIT_ICONS if e not in SAVED]
    return [
        (words.text(N_("It never left the cold")), stayed),
        (words.text(N_("It got warm, or nobody knows")), warm),
    ]


def _exit_tile(words: Words, where: Exit, ending: str = "") -> dict[str, str]:
    return {"value": f"{where.value}{ending}", "label": words.text(EXIT_NAMES[where]), "icon": EXIT_ICONS[where]}


def counter_words(words: Words) -> dict[str, Any]:
    """Everything the scripts of the counter may say, in this person's language."""
    return {
        **queue_words(words),
        **{name: words.text(sentence) for name, sentence in ONE.items()},
        "people": [words.plural("%(n)s person", "%(n)s people", n, n=HOLE) for n in (1, 2)],
        "expected": [
            words.plural("%(n)s household still expected", "%(n)s households still expected", n, n=HOLE) for n in (1, 2)
        ],
        "sentences": {refusal.__name__: words.text(refusal.message) for refusal in REFUSALS}
        | {code: words.text(sentence) for code, sentence in AT_THE_TILL.items()},
        "unfit": {rule: words.text(DoesNotSuit.message, reason=words.text(reason)) for rule, reason in WHY_NOT.items()},
        "exclusions": {code: marks(words, [code], [])[0].label for code in CONTENTS},
        "excluded": {code: marks_against(words, [code], [])[0].label for code in CONTENTS},
        "lacks": {code: marks(words, [], [code])[0].label for code in EQUIPMENT},
    }
