"""How much came in: pieces where goods are counted, grams where they are weighed."""

from dataclasses import dataclass

from common.errors import Refusal
from common.words import N_, Grams
from stock.catalogue import Found

MOST_PIECES = 10_000
MOST_GRAMS = 5_000_000
"""More than a lorry's pallet in one line: a barcode was scanned into the wrong field."""

LIKELY = 3
"""A piece weighs at most so many times more or less than the catalogue says."""


class BadAmount(Refusal):
    """None, a negative number, or more than any line holds."""

    message = N_("The quantity must be between 1 and %(most)s, got %(got)s.")
    field = "units"


class WeightNeeded(Refusal):
    """Goods sold by weight, and nobody weighed them."""

    message = N_("“%(product)s” is counted by weight: put it on the scales and type the grams.")
    field = "grams"


class WeightsDisagree(Refusal):
    """The code and the scales say different weights."""

    message = N_("The code says %(coded)s, you typed %(typed)s: please weigh it again.")
    field = "grams"


class UnlikelyWeight(Refusal):
    """Pieces that would weigh several times what the catalogue says."""

    message = N_("%(pieces)s × “%(product)s” should weigh about %(expected)s, you typed %(typed)s.")
    field = "grams"


@dataclass(frozen=True)
class Amount:
    """A quantity in the measure of its lot."""

    quantity: int
    grams_each: int
    """1 where goods are weighed."""

    @property
    def grams(self) -> int:
        return self.quantity * self.grams_each


def settle_amount(found: Found, units: int | None, grams: int | None) -> Amount:
    """The amount of one line; raises BadAmount, WeightNeeded, WeightsDisagree or UnlikelyWeight.

    Empty units mean one, a case counts what it holds. Typed grams are the weight of the whole line.
    """
    scanned = _between(1 if units is None else units, MOST_PIECES, "units")
    typed = None if grams is None else Grams(_between(grams, MOST_GRAMS, "grams"))
    if found.product.measure == "gram":
        return Amount(_between(_weighed(found, scanned, typed), MOST_GRAMS, "grams"), grams_each=1)
    pieces = _between(scanned * found.units, MOST_PIECES, "units")
    return Amount(pieces, _grams_each(found, scanned, pieces, typed))


def _weighed(found: Found, scanned: int, typed: Grams | None) -> Grams:
    coded = Grams(found.grams * scanned) if found.grams else None
    if coded and typed and coded != typed:
        raise WeightsDisagree(coded=coded, typed=typed)
    weight = coded or typed
    if weight is None:
        raise WeightNeeded(product=found.product.name)
    return weight


def _grams_each(found: Found, scanned: int, pieces: int, typed: Grams | None) -> int:
    """The real weight of a piece where the code or the scales say it, else the catalogue's."""
    usual = found.product.grams_each
    weight = Grams(found.grams * scanned) if found.grams else typed
    if weight is None:
        return usual
    if not usual * pieces <= weight * LIKELY <= usual * pieces * LIKELY**2:
        raise UnlikelyWeight(pieces=pieces, product=found.product.name, expected=Grams(usual * pieces), typed=weight)
    return round(weight / pieces)


def _between(number: int, most: int, name: str) -> int:
    if not 1 <= number <= most:
        raise BadAmount(most=most, got=number, field=name)
    return int(number)  # a plain number: what is booked is kept as JSON, which knows no Grams
