"""Files of what was left behind: one line a basket and product, for a day that is done without a browser.

Columns: `basket, scan, units, reason, exit, cold`; `basket` and `reason` must be filled. A basket is named by the code
on its label, by the card, or by its number in the order of the cards; 0 means every basket, and is never guessed.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from allocation.exits import Exit, Reason
from allocation.handover import Sheet
from api.scan_file import BadCell, EndlessCell, delimiter_of, refuse_unknown
from api.typed import whole_typed
from common.codes import WrongCode, read_code
from common.errors import Kind, Refusal
from common.words import N_

COLUMNS = ("basket", "scan", "units", "reason", "exit", "cold")
NEEDED = ("basket", "reason")
EVERY = "0"


class NotALeftFile(Refusal):
    """Without its baskets every line would count for everybody; without reasons nothing is learnt."""

    message = N_("%(file)s: the columns %(missing)s are missing. A line for every basket has 0 in the column basket.")


class NoSuchBasket(Refusal):
    kind = Kind.NOT_FOUND
    message = N_(
        "No basket “%(basket)s” waits in this session: expected the code on its label, its card, a number from 1 to"
        " %(most)s, or 0 for every basket."
    )


class LinesToMend(Refusal):
    """A closed session would no longer take what these lines say."""

    kind = Kind.CONFLICT
    message = N_("Nothing is handed over yet: mend the file of what was left behind and run it again. %(lines)s")


class LeftRow(Struct, frozen=True):
    """What one basket, or every basket, leaves behind of what a scanner reads; no scan: nobody came."""

    basket: str
    scan: str
    units: int
    reason: Reason
    exit: Exit
    stayed_cold: bool = False
    number: int = 0
    """Its line in the file, the heading being line 1."""


def read_left_file(path: Path) -> list[LeftRow]:
    """The rows of the file, empty ones left out.

    Raises NotALeftFile, UnknownColumns, BadCell with the line at fault, or EndlessCell.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCell(column="1", expected="UTF-8", got="?") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or []]
        refuse_unknown(path.name, rows.fieldnames, COLUMNS)
        if missing := [name for name in NEEDED if name not in rows.fieldnames]:
            raise NotALeftFile(file=path.name, missing=", ".join(missing))
        return [_row(rows.line_num, row) for row in rows if any(map(_said, row.values()))]
    except csv.Error:
        raise EndlessCell(line=rows.line_num) from None


def baskets_meant(row: LeftRow, everybody: Sequence[Sheet]) -> list[Sheet]:
    """The baskets a row speaks of; raises NoSuchBasket."""
    if row.basket == EVERY:
        return list(everybody)
    number = whole_typed(row.basket)
    if number is not None and number <= len(everybody):
        return [everybody[number - 1]]
    try:
        code = read_code(row.basket)
    except WrongCode:
        code = ""
    found = [sheet for sheet in everybody if code in (sheet.basket, sheet.card)]
    if not found:
        raise NoSuchBasket(basket=row.basket[:20], most=len(everybody))
    return found


def _row(number: int, row: Mapping[str, str]) -> LeftRow:
    try:
        said = {name: (row.get(name) or "").strip() for name in COLUMNS}
        basket, units = said["basket"], whole_typed(said["units"] or "1")
        if not (basket and units):
            raise ValueError
        return LeftRow(
            basket=EVERY if whole_typed(basket) == 0 else basket,
            scan=said["scan"],
            units=units,
            reason=Reason(said["reason"]),
            exit=Exit(said["exit"] or Exit.RESTOCK),
            stayed_cold=bool(said["cold"]),
            number=number,
        )
    except ValueError:
        expected = f"basket (0…), scan, units, reason ({', '.join(Reason)}), exit ({', '.join(Exit)}), cold"
        raise BadCell(column=str(number), expected=expected, got=",".join(map(str, row.values()))) from None


def _said(cell: object) -> bool:
    return bool(str(cell or "").strip())
