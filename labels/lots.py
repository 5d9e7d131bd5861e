"""The label of a lot: a date that is read from two metres away, and a code that says the rest.

The code holds nothing personal and no donor: GTIN, date, the maker's lot number and our own lot code.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.codes import GS1_CHARACTERS, Symbol, draw_code, fits, gs1_matrix, smallest_side
from labels.fonts import BOLD, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.marks import Urgency, draw_snowflake, draw_urgency
from labels.paper import INK, WHITE, LabelKind, ink
from labels.text import clean, first_that_fits, write
from labels.words import N_, Refused, Words

DateKind = Literal["use_by", "best_before", "none"]
Storage = Literal["dry", "chilled", "frozen"]

DATE_IDENTIFIERS = {"use_by": "17", "best_before": "15"}
OUR_CODE = "91"
"""The application identifier GS1 leaves to a company's own data: our lot code."""

STRONG = (BOLD, NARROW_BOLD)
PLAIN = (REGULAR, NARROW)
SMALL = 28 * MM
TWO_LINES = 14.0
LEAST_CAPTION = 5.0
"""Points under the code for its characters."""

HEADINGS = {
    "use_by": (N_("USE BY"), N_("USE BY")),
    "best_before": (N_("BEST BEFORE"), N_("BEST BEF.")),
    "none": (N_("NO DATE: LOOK BEFORE GIVING"), N_("NO DATE")),
}
"""In full as the law words them, then short for the smallest labels."""

PASSED = {
    "use_by": (N_("USE-BY DATE PASSED: DO NOT GIVE"), N_("PASSED: DO NOT GIVE")),
    "best_before": (N_("BEST BEFORE (PASSED, STILL GOOD TO EAT)"), N_("BEST BEF. (PASSED)")),
}
FLAKES = {"chilled": 1, "frozen": 2}


class WrongLabel(Refused):
    """A label whose values cannot be true."""


@dataclass(frozen=True)
class LotLabel:
    """What stands on the label of a lot."""

    code: str
    """Our lot code: eight characters and a check character."""
    product: str
    date_kind: DateKind
    date: dt.date | None
    printed_on: dt.date
    """The day the urgency is true for."""
    place: str = ""
    storage: Storage = "dry"
    gtin: str | None = None
    lot_number: str = ""
    """The maker's, as printed on the pack."""
    came_in: dt.date | None = None
    allergens: tuple[str, ...] = ()
    """Named where goods were repacked; the pack says it otherwise."""
    frozen_on: dt.date | None = None
    """The day it was frozen by us, which the law wants on the label."""
    urgency: Urgency = Urgency.NONE
    """How soon it must leave: the steps are the partners'."""

    def __post_init__(self) -> None:
        if not self.code or not set(self.code) <= GS1_CHARACTERS:
            raise WrongLabel(N_("“%(code)s” is not a lot code."), code=self.code)
        if self.date_kind not in get_args(DateKind) or (self.date is None) != (self.date_kind == "none"):
            raise WrongLabel(
                N_("Lot %(code)s: a date of kind “%(kind)s” cannot be “%(date)s”."),
                code=self.code,
                kind=self.date_kind,
                date=str(self.date),
            )
        if self.gtin is not None and not _is_gtin(self.gtin):
            raise WrongLabel(N_("Lot %(code)s: “%(gtin)s” is not a GTIN."), code=self.code, gtin=self.gtin)

    @property
    def passed(self) -> bool:
        return self.date is not None and self.date < self.printed_on


def gs1_elements(label: LotLabel) -> tuple[tuple[str, str], ...]:
    """What the code of a label says, as (application identifier, value) pairs.

    A maker's lot number that GS1 cannot write (too long, or with a space) stays out: our code finds the lot.
    """
    elements = []
    if label.gtin:
        elements.append(("01", label.gtin.zfill(14)))
    if label.date:
        elements.append((DATE_IDENTIFIERS[label.date_kind], f"{label.date:%y%m%d}"))
    if 0 < len(label.lot_number) <= 20 and set(label.lot_number) <= GS1_CHARACTERS:
        elements.append(("10", label.lot_number))
    return (*elements, (OUR_CODE, label.code))


def _is_gtin(code: str) -> bool:
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        return False
    digits = [int(digit) for digit in code.zfill(14)]
    return sum(digit * (1 if n % 2 else 3) for n, digit in enumerate(digits)) % 10 == 0


def _draw(canvas: Canvas, label: LotLabel, box: Box, dpi: int, words: Words) -> None:
    ink(canvas, INK)
    if box.width > 2.05 * box.height:
        rest = _code_column(canvas, label, box, dpi)
        date, text = rest.from_top(rest.height * 0.56, gap=0.04 * box.height)
        _date(canvas, label, date, words)
    else:
        date, lower = box.from_top(_date_height(label, box, dpi), gap=0.04 * box.height)
        _date(canvas, label, date, words)
        text = _code_column(canvas, label, lower, dpi)
    _text(canvas, label, text, words)


lot_labels = LabelKind(N_("Lot labels"), _draw)
"""The PDF of lot labels."""


def _date_height(label: LotLabel, box: Box, dpi: int) -> float:
    """About half of the height, less on tall labels, where the width limits the figures; the code comes first."""
    share = 0.46 if box.width > box.height else 0.36
    code = smallest_side(_symbol(label, _code_room(box), dpi), dpi) * MM
    return min(box.height * share, box.height * 0.96 - code - LEAST_CAPTION)


def _code_room(box: Box) -> Box:
    """What of a label its code may take at most."""
    return Box(box.x, box.y, box.width * 0.5, box.height * 0.6 - LEAST_CAPTION)


def _code_column(canvas: Canvas, label: LotLabel, box: Box, dpi: int) -> Box:
    """Draw the code and its characters at the left; what remains beside them."""
    column, _ = box.from_left(min(box.width * 0.5, box.height))
    symbol = _symbol(label, column, dpi)
    spare = column.height - smallest_side(symbol, dpi) * MM
    caption = max(0.0, min(9.0, max(LEAST_CAPTION, box.height * 0.13), spare))
    above = Box(column.x, column.y + caption, column.width, column.height - caption)
    taken = draw_code(canvas, symbol, above, dpi, largest=1.0)
    ink(canvas, INK)
    below = Box(taken.x, max(box.y, taken.y - 12), taken.width, min(12, taken.y - box.y))
    write(canvas, label.code, below, faces=(MONO,), largest=9, smallest=3.5, align="centre")
    return box.from_left(taken.right - box.x, gap=1.2 * MM)[1]


def _ours(label: LotLabel) -> Symbol:
    return gs1_matrix(((OUR_CODE, label.code),))


def _symbol(label: LotLabel, box: Box, dpi: int) -> Symbol:
    """The whole code, or our lot code alone where the label is too small for the whole one."""
    whole = gs1_matrix(gs1_elements(label))
    return whole if fits(whole, box, dpi) else _ours(label)


def _date(canvas: Canvas, label: LotLabel, box: Box, words: Words) -> None:
    """The kind of date, the date itself, and how urgent it is; the product's name where there is none."""
    heading, figures = box.from_top(box.height * 0.25, gap=box.height * 0.06)
    _heading(canvas, label, heading, words)
    if label.urgency is not Urgency.NONE:
        mark, figures = figures.from_right(min(figures.height, figures.width * 0.2), gap=1 * MM)
        draw_urgency(canvas, label.urgency, mark)
    if label.date:
        date = date_on_label(label.date, label.printed_on, words)
        write(canvas, date, figures, faces=STRONG, largest=120, stand="middle")
    else:
        write(canvas, label.product, figures, faces=STRONG, largest=40, smallest=4, lines=2)


def date_on_label(date: dt.date, today: dt.date, words: Words) -> str:
    """`28/11`, with its year where it could be taken for another one's."""
    same_year = date.year == today.year or 0 <= (date - today).days < 60
    return words.short_date(date) if same_year else words.numeric_date(date)


def _heading(canvas: Canvas, label: LotLabel, box: Box, words: Words) -> None:
    """The kind of date; white on black where goods must not be given any more."""
    texts = (PASSED if label.passed else HEADINGS)[label.date_kind]
    colour = INK
    if label.passed and label.date_kind == "use_by":
        canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)
        box, colour = box.inset(2, 1), WHITE
    ink(canvas, colour)
    said = [words.text(text) for text in texts]
    heading = first_that_fits(said, box, faces=STRONG, largest=13, smallest=4)
    write(canvas, heading, box, faces=STRONG, largest=18, smallest=3.5, stand="middle")
    ink(canvas, INK)


def _text(canvas: Canvas, label: LotLabel, box: Box, words: Words) -> None:
    """Product, allergens where they must be named, then place, lot number and day of entry."""
    shares = [0.5, 0.24, 0.26] if label.allergens else [0.64, 0.36]
    product, *allergens, foot = box.bands(shares, gap=min(2.0, box.height * 0.05))
    least = 4 if box.width < SMALL else 6
    if label.date:
        write(canvas, label.product, product, faces=STRONG, largest=20, smallest=least, lines=4)
    for band in allergens:
        contains = words.text(N_("Contains: %(allergens)s"), allergens=", ".join(label.allergens))
        write(canvas, contains, band, faces=PLAIN, largest=11, smallest=4, lines=3)
    _foot(canvas, label, foot, words)


def _foot(canvas: Canvas, label: LotLabel, box: Box, words: Words) -> None:
    """Where it stands and the maker's number, then when it came in: on two lines where there is room."""
    flakes = FLAKES.get(label.storage, 0)
    if flakes:
        side = min(box.height, 14)
        mark, box = box.from_left(side * flakes, gap=2)
        draw_snowflake(canvas, mark, flakes)
    where, when = [label.place], []
    if label.lot_number:
        where.append(words.text(N_("lot %(number)s"), number=clean(label.lot_number)))
    if label.frozen_on:
        when.append(words.text(N_("product frozen on %(date)s"), date=words.numeric_date(label.frozen_on)))
    elif label.came_in:
        when.append(words.text(N_("in on %(date)s"), date=words.short_date(label.came_in)))
    lines = [where, when] if box.height >= TWO_LINES and when else [where + when]
    for parts, band in zip(lines, box.bands([1] * len(lines), gap=1), strict=True):
        line = " · ".join(part for part in parts if part)
        write(canvas, line, band, faces=PLAIN, largest=11, smallest=4.5, lines=2, stand="middle")
