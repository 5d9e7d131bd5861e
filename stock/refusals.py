"""What the rules turn away at the door, each with the reason the register of refused goods keeps."""

from enum import StrEnum
from typing import ClassVar

from common.errors import Kind, Refusal
from common.words import N_


class RefusalReason(StrEnum):
    """The codes of `reference/refusal_reasons.csv` that rules give by themselves; people give the others."""

    USE_BY_PASSED = "use_by_passed"
    USE_BY_TOO_SHORT = "use_by_too_short"
    DATE_UNREADABLE = "date_unreadable"
    PAST_TOLERANCE = "past_tolerance"
    COLD_CHAIN = "cold_chain_broken"
    RECALLED = "recalled"


class GoodsRefused(Refusal):
    """The base of what the rules turn away at the door."""

    kind = Kind.CONFLICT
    reason: ClassVar[RefusalReason]
    """Ready for `refuse_goods`."""


class UseByPassed(GoodsRefused):
    """After its use-by date food is deemed unsafe: never accepted, kept or given."""

    message = N_("The use-by date has passed, on %(date)s: this cannot be accepted.")
    reason = RefusalReason.USE_BY_PASSED
    field = "date"


class UseByTooShort(GoodsRefused):
    """D541-310 of the Environment Code: 48 hours must be left, unless the goods are given out in time for sure."""

    message = N_(
        "The use-by date is %(date)s: less than %(hours)s hours are left. It can only be accepted "
        "where this site may take such goods and gives them out before then."
    )
    reason = RefusalReason.USE_BY_TOO_SHORT
    field = "date"


class DateNeeded(GoodsRefused):
    """Goods of a family that bears a date, and none came with them."""

    message = N_("“%(product)s” needs a date: type the one on the pack, or refuse it if there is none to read.")
    reason = RefusalReason.DATE_UNREADABLE
    field = "date"


class PastTolerance(GoodsRefused):
    """Later after its best-before date than its family allows."""

    message = N_("The best-before date was %(date)s and the last day to give it %(last_day)s: it cannot be accepted.")
    reason = RefusalReason.PAST_TOLERANCE
    field = "date"


class ColdChainBroken(GoodsRefused):
    """Warmer than the limit of its family and the tolerance on it."""

    message = N_("It came in at %(temperature)s °C, at most %(limit)s °C is allowed: it cannot be accepted.")
    reason = RefusalReason.COLD_CHAIN
    field = "temperature"


class UnderRecall(GoodsRefused):
    """An alert speaks of these goods, for certain or as far as anybody can tell."""

    message = N_("“%(product)s” is under recall since %(since)s (%(reason)s): it cannot be accepted.")
    reason = RefusalReason.RECALLED
    field = "scan"


class LotNumberNeeded(Refusal):
    """An alert speaks of some lots of these goods, and nobody has said which lot this is."""

    kind = Kind.CONFLICT
    message = N_(
        "Some lots of “%(product)s” are under recall since %(since)s: %(lots)s. Type the lot number on the pack; "
        "refuse it if it is one of these, or if there is none to read."
    )
    field = "lot_number"


class LookFirst(Refusal):
    """Past its best-before date within tolerance: a person looks at the packs before it comes in (R-DATE-05)."""

    kind = Kind.CONFLICT
    message = N_("Best before %(date)s: look at the packs (closed, not swollen, no rust, no leak), then confirm.")
    field = "checked"
