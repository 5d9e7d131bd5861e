"""What intake says where there is no network: the scripts of the page fill the holes of these sentences."""

from collections.abc import Callable
from typing import Any

from api.amounts import TareTooHeavy, UnreadableNumber
from api.intake_card import SHORT, reasons
from common.codes import WrongCode
from common.errors import Refusal
from common.words import N_, Words
from stock.amounts import BadAmount, WeightNeeded, WeightsDisagree
from stock.catalogue import UnknownArticle
from stock.codes import BookOrMagazine, Coupon, NamesNoProduct, UnreadableCode, WrongCheckDigit
from stock.dating import DatesDisagree, DoubtfulDate
from stock.reference import Source, sources
from stock.refusals import (
    ColdChainBroken,
    DateNeeded,
    LookFirst,
    LotNumberNeeded,
    PastTolerance,
    UnderRecall,
    UseByPassed,
    UseByTooShort,
)
from stock.shorthand import QUESTIONS, ImpossibleDate, UnreadableDate

REFUSALS: tuple[type[Refusal], ...] = (
    BadAmount,
    BookOrMagazine,
    ColdChainBroken,
    Coupon,
    DateNeeded,
    DatesDisagree,
    DoubtfulDate,
    ImpossibleDate,
    LookFirst,
    LotNumberNeeded,
    NamesNoProduct,
    PastTolerance,
    UnknownArticle,
    UnreadableCode,
    UnreadableDate,
    TareTooHeavy,
    UnderRecall,
    UnreadableNumber,
    UseByPassed,
    UseByTooShort,
    WeightNeeded,
    WeightsDisagree,
    WrongCheckDigit,
    WrongCode,
)
"""What a device may find wrong by itself."""

ONE = {
    "no_kit": N_("This device was never at intake with a network: open this page once with it first."),
    "no_donor": N_("Choose the donor first: every line is booked under a reception."),
    "unknown": N_("Nobody has met the code %(code)s yet. Say what it is once: next time it will be known."),
    "turned_away": N_("refused: %(reason)s"),
    "booked": N_("%(product)s: %(quantity)s booked in %(place)s."),
    "refused": N_("The refusal is noted: the donor will be told."),
    "temperatures": N_("The temperatures are noted."),
    "corrects": N_("This corrects what was booked: it takes its place."),
    "undone": N_("Undone: it is no longer in stock."),
    "lot_number": N_("Lot number"),
    "sessions": N_("Planned session"),
    "waits": N_("kept here"),
    "sent": N_("sent"),
}
LABEL_NEEDS_NETWORK = N_("This label of ours can only be read with network: scan the code on the pack instead.")
NO_RECEPTION = N_("Choose the donor first: every line is booked under a reception.")

HOLE = "%(n)s"


def intake_words(words: Words) -> dict[str, Any]:
    """Everything the scripts of intake may say, in this person's language."""
    known = {refusal.__name__: words.text(refusal.message) for refusal in REFUSALS}
    return {
        **queue_words(words),
        **{name: words.text(sentence) for name, sentence in ONE.items()},
        "date_kinds": {"use_by": words.text(N_("Use by")), "best_before": words.text(N_("Best before"))},
        "name_of": f"name_{words.language}",
        "short": words.text(SHORT),
        "reasons": {reason["value"]: reason["label"] for reason in reasons(words)},
        "questions": {doubt.value: words.text(question) for doubt, question in QUESTIONS.items()},
        "sentences": known
        | {"LabelNeedsNetwork": words.text(LABEL_NEEDS_NETWORK), "NoReception": words.text(NO_RECEPTION)},
    }


def queue_words(words: Words) -> dict[str, Any]:
    """What is said of the network and of what waits for it, at intake and at the counter."""
    return {
        "online": words.text(N_("Online")),
        "offline": words.text(N_("Offline: what you enter is kept here")),
        "near": [words.text(N_("yesterday")), words.text(N_("today")), words.text(N_("tomorrow"))],
        **{name: [said(1), said(2)] for name, said in _counted(words).items()},
    }


def programmes(words: Words) -> list[tuple[str, str]]:
    """The programmes goods come under, each with what it decides: who may be given them, at what price (R-PRICE-01)."""
    french = words.language == "fr"
    return [(s.code, f"{s.name_fr if french else s.name_en} — {_effect(s, words)}") for s in sources()]


def _effect(source: Source, words: Words) -> str:
    if "shop" not in source.channels:
        return words.text(N_("given for free only"))
    return words.text(N_("free, or in the shop for at most %(rate)s"), rate=words.percent(float(source.max_price_rate)))


def _counted(words: Words) -> dict[str, Callable[[int], str]]:
    """Sentences that depend on a count, whose hole stays open."""
    return {
        "kept": lambda n: words.plural(
            "Offline: %(n)s entry kept here, sent as soon as the network is back",
            "Offline: %(n)s entries kept here, sent as soon as the network is back",
            n,
            n=HOLE,
        ),
        "sending": lambda n: words.plural(
            "Online: %(n)s entry being sent", "Online: %(n)s entries being sent", n, n=HOLE
        ),
        "sign_in": lambda n: words.plural(
            "%(n)s entry kept here: sign in again to send it",
            "%(n)s entries kept here: sign in again to send them",
            n,
            n=HOLE,
        ),
        "others": lambda n: words.plural(
            "(%(n)s entry of somebody else waits for them to sign in)",
            "(%(n)s entries of somebody else wait for them to sign in)",
            n,
            n=HOLE,
        ),
        "pieces": lambda n: words.plural("%(n)s piece", "%(n)s pieces", n, n=HOLE),
        "in_days": lambda n: words.plural(
            "%(date)s, in %(n)s day", "%(date)s, in %(n)s days", n, n=HOLE, date="%(date)s"
        ),
    }
