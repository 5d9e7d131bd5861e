"""A shop's own codes (02, 04, 20–29): they mean something in that shop only.

A counter scale prints `2X AAAAA PPPPP C`: two figures of prefix, five of article, five of price or weight, a check
digit. Some shops keep four figures for the price and put a check digit of its own before it. Nothing in the code
says which, so every donor has its layout, and an article is known by donor and first seven figures (R-GS1-01).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Payload(StrEnum):
    """What the figures after the article mean."""

    PRICE = "price"
    WEIGHT = "weight"
    NONE = "none"


@dataclass(frozen=True)
class InStore:
    """A shop's own code taken apart; it identifies nothing without its donor."""

    prefix: str
    article: str
    """The first seven figures, prefix included: with the donor, the key of the article."""
    payload: str
    """The five figures between the article and the check digit; empty on an eight-figure code."""

    def __post_init__(self) -> None:
        if len(self.article) != 7 or not self.article.startswith(self.prefix):
            raise ValueError(f"an article key has seven figures with its prefix, got {self}")
        if len(self.payload) not in (0, 5):
            raise ValueError(f"a payload has five figures or none, got {self.payload!r}")


@dataclass(frozen=True)
class InStoreLayout:
    """How one donor's own codes are to be read."""

    payload: Payload = Payload.NONE
    digits: Literal[4, 5] = 5
    """With 4, the first of the five figures is an inner check digit. It is not verified: shops weight it
    differently, and the check digit of the whole code already covers it."""

    def __post_init__(self) -> None:
        if self.digits not in (4, 5):
            raise ValueError(f"a price or weight has 4 or 5 figures, got {self.digits}")


def in_store_parts(gtin14: str) -> InStore | None:
    """The parts of a number that is restricted to one shop, None for a number valid everywhere.

    Eight-figure numbers that begin with 0 or 2, and longer ones that begin with 02, 04 or 20 to 29.
    """
    if gtin14.startswith("000000"):
        short = gtin14[6:]
        return InStore(short[0], short[:7], "") if short[0] in "02" else None
    number = gtin14[1:]
    if number[0] != "2" and number[:2] not in ("02", "04"):
        return None
    return InStore(number[:2], number[:7], number[7:12])
