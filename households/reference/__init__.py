"""What admission starts from: the first scale, the list of needs other than food, and the rights to look at.

The tables are the CSV files beside this one; `README.md` names their columns and their sources.
"""

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from common.rows import read_rows
from households.scale import Denominator, LineRule, Scale, Thresholds
from households.sentences import Label

HERE = Path(__file__).parent

Mark = Literal["V", "MEM", "ASM"]
"""Read in the source it names, from memory, or assumed: the last two await the partners' word."""


class Need(Struct, frozen=True):
    """A need other than food that people may speak of."""

    code: str
    name_fr: str
    name_en: str
    source: str
    mark: Mark


class SocialRight(Struct, frozen=True):
    """A right that many have and do not use, to be looked at with a household."""

    code: str
    name_fr: str
    name_en: str
    source: str
    mark: Mark


class _ScaleRow(Struct, frozen=True):
    version: str
    valid_from: dt.date
    denominator: Denominator
    days: Decimal
    urgent_cents: int
    admit_cents: int
    committee_cents: int
    source: str
    mark: Mark


class _LineRow(Struct, frozen=True):
    version: str
    kind: str
    side: Literal["income", "charge"]
    name_fr: str
    name_en: str
    counted: bool
    source: str
    mark: Mark
    cap_cents: int | None = None


@cache
def scales() -> tuple[Scale, ...]:
    """The scales the software comes with; a network adds its own beside them."""
    lines = read_rows(HERE / "scale_lines.csv", _LineRow)
    return tuple(
        Scale(
            version=row.version,
            valid_from=row.valid_from,
            lines=tuple(_rule(line) for line in lines if line.version == row.version),
            thresholds=Thresholds(row.urgent_cents, row.admit_cents, row.committee_cents),
            denominator=row.denominator,
            days=row.days,
        )
        for row in read_rows(HERE / "scales.csv", _ScaleRow)
    )


@cache
def needs() -> tuple[Need, ...]:
    """The needs that may be ticked at admission or at any visit."""
    return read_rows(HERE / "needs.csv", Need)


@cache
def social_rights() -> tuple[SocialRight, ...]:
    """The rights gone through with a household, in this order."""
    return read_rows(HERE / "rights.csv", SocialRight)


def _rule(line: _LineRow) -> LineRule:
    return LineRule(line.kind, line.side, Label(line.name_fr, line.name_en), line.counted, line.cap_cents)
