"""The papers that travel with goods: pick-up, delivery and transfer notes, with temperatures and signatures.

A delivery note is kept five years (order of 21 December 2009, rules of good hygiene of food aid): the temperature is
taken when goods are taken over and again when they arrive.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import BOLD, MONO, NARROW, NARROW_BOLD, REGULAR
from labels.lots import DateKind
from labels.paper import FAINT
from labels.parts import WIDTH, blank_rows, facts, paragraph, room, section, signatures, space
from labels.tables import Column, Flow, Part, head_row, row
from labels.text import write
from labels.words import N_, Refused, Words

NoteKind = Literal["pickup", "delivery", "transfer"]
TITLES: dict[NoteKind, str] = {
    "pickup": N_("Pick-up note"),
    "delivery": N_("Delivery note"),
    "transfer": N_("Transfer note"),
}
SIGNED: dict[NoteKind, tuple[str, str]] = {
    "pickup": (N_("For the donor: name, time, signature"), N_("For the charity: name, time, signature")),
    "delivery": (N_("For the donor or carrier: name, signature"), N_("Received by: name, signature")),
    "transfer": (N_("Sent by: name, time, signature"), N_("Received by: name, time, signature")),
}
ABREAST, GAP, PHOTO_HEIGHT = 3, 4 * MM, 42 * MM
"""Photos stand three in a row."""
BLANK_LINES = 14
"""Lines of a note that is filled in at the shop."""


class WrongNote(Refused):
    """A line that cannot have been carried."""


@dataclass(frozen=True)
class CarriedLine:
    """So much of one product with one date and one lot number."""

    product: str
    quantity: int
    """Pieces, or grams where the goods are weighed."""
    measure: Literal["unit", "gram"]
    grams: int
    date_kind: DateKind = "none"
    date: dt.date | None = None
    lot: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.grams < 0:
            raise WrongNote(
                N_("%(product)s: %(quantity)s pieces of %(grams)s g cannot have been carried."),
                product=self.product,
                quantity=self.quantity,
                grams=self.grams,
            )


@dataclass(frozen=True)
class Turned:
    """What was turned away, and why."""

    product: str
    reason: str
    grams: int


@dataclass(frozen=True)
class Seen:
    """A photo of damage, and what it shows."""

    what: str
    jpeg: bytes


@dataclass(frozen=True)
class Reading:
    """A temperature beside its limit, in tenths of a degree; None where it is still to be written down."""

    goods: str
    at_start: int | None = None
    at_end: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class GoodsNote:
    """One journey of goods from one place to another."""

    kind: NoteKind
    number: str
    on: dt.date
    giver: str
    taker: str
    network: str = ""
    programme: str = ""
    """What the goods come under, which decides who may be given them."""
    way: str = ""
    """How they came: a round, a drive, and the vehicle where it is known."""
    lines: tuple[CarriedLine, ...] = ()
    turned: tuple[Turned, ...] = ()
    seen: tuple[Seen, ...] = ()
    readings: tuple[Reading, ...] = ()


def goods_note(note: GoodsNote, words: Words) -> bytes:
    """A4: from whom to whom, how cold, what, what was refused, who signs. Empty lines where nothing is known yet."""
    title = words.text(TITLES[note.kind])
    said = " · ".join(part for part in (note.number, words.date(note.on)) if part)
    flow = Flow(title, said, words, author=note.network)
    flow.add(_journey(note, words))
    flow.add(_cold(note.readings, words))
    flow.add(_goods(note, words))
    if note.turned:
        flow.add(_turned(note.turned, words))
    if note.seen:
        flow.add(_seen(note.seen, words))
    flow.add([space(3), room(words.text(N_("Remarks, differences found")), 18)])
    flow.add([signatures([words.text(name) for name in SIGNED[note.kind]])])
    flow.add([paragraph(words.text(N_("To be kept for five years.")), size=8, colour=FAINT)])
    return flow.pdf()


def _journey(note: GoodsNote, words: Words) -> list[Part]:
    pairs = [(words.text(N_("Given by")), note.giver), (words.text(N_("Taken to")), note.taker)]
    if note.programme:
        pairs.append((words.text(N_("Programme")), note.programme))
    if note.way:
        pairs.append((words.text(N_("How it came")), note.way))
    pairs.append((words.text(N_("Driver, vehicle")), ""))
    pairs.append((words.text(N_("Taken over at, arrived at")), ""))
    return facts(pairs)


def _cold(readings: Sequence[Reading], words: Words) -> list[Part]:
    columns = [
        Column(words.text(N_("Goods")), 3),
        Column(words.text(N_("At most")), 2),
        Column(words.text(N_("At take-over")), 2),
        Column(words.text(N_("On arrival")), 2),
    ]
    parts = [section(words.text(N_("Temperatures"))), _kept(head_row(columns))]
    for reading in readings:
        taken = [reading.at_start, reading.at_end]
        if all(tenths is None for tenths in taken):
            limit = f" ({degrees(reading.limit, words)})" if reading.limit is not None else ""
            parts += blank_rows(columns, 1, [reading.goods + limit])
        else:
            parts.append(row(columns, [reading.goods, *(degrees(t, words) for t in (reading.limit, *taken))], WIDTH))
    return parts if readings else [*parts, *blank_rows(columns, 2, _usual(words))]


def _usual(words: Words) -> list[str]:
    return [words.text(N_("Chilled goods")), words.text(N_("Frozen goods"))]


def degrees(tenths: int | None, words: Words) -> str:
    """`3,5 °C`; nothing where none was taken."""
    return "" if tenths is None else f"{words.number(tenths / 10, 1)}\u202f°C".replace("-", "\u2212")


def _goods(note: GoodsNote, words: Words) -> Iterable[Part]:
    columns = [
        Column(words.text(N_("Product")), 6, lines=3),
        Column(words.text(N_("Date")), 3.4),
        Column(words.text(N_("Lot")), 2.4, face=(MONO, MONO), size=8),
        Column(words.text(N_("Quantity")), 1.7, "right"),
        Column(words.text(N_("Weight")), 2, "right", face=(BOLD, NARROW_BOLD)),
    ]
    yield section(words.text(N_("Goods")))
    yield _kept(head_row(columns))
    if not note.lines:
        yield from blank_rows(columns, BLANK_LINES)
        return
    for line in note.lines:
        yield row(columns, _line(line, words), WIDTH)
    total = words.weight(sum(line.grams for line in note.lines))
    yield row(columns, [words.text(N_("Together")), "", "", "", total], WIDTH)


def _line(line: CarriedLine, words: Words) -> list[str]:
    pieces = "" if line.measure == "gram" else words.number(line.quantity, 0)
    return [line.product, said_date(line.date_kind, line.date, words), line.lot, pieces, words.weight(line.grams)]


def said_date(kind: DateKind, date: dt.date | None, words: Words) -> str:
    """`use by 28/11/2026`: on papers that are kept, with its year."""
    if date is None:
        return ""
    sentence = N_("use by %(date)s") if kind == "use_by" else N_("best before %(date)s")
    return words.text(sentence, date=words.numeric_date(date))


def _turned(turned: Sequence[Turned], words: Words) -> list[Part]:
    columns = [
        Column(words.text(N_("Product")), 5),
        Column(words.text(N_("Reason")), 5),
        Column(words.text(N_("Weight")), 2, "right"),
    ]
    rows = [row(columns, [one.product, one.reason, words.weight(one.grams)], WIDTH) for one in turned]
    return [section(words.text(N_("Refused"))), _kept(head_row(columns)), *rows]


def _seen(seen: Sequence[Seen], words: Words) -> list[Part]:
    """Photos side by side, each over what it shows."""
    rows = [_photo_row(seen[first : first + ABREAST]) for first in range(0, len(seen), ABREAST)]
    return [section(words.text(N_("Photos of damage"))), *rows]


def _photo_row(photos: Sequence[Seen]) -> Part:
    def draw(canvas: Canvas, box: Box) -> None:
        rest = box
        for photo in photos:
            place, rest = rest.from_left((box.width - (ABREAST - 1) * GAP) / ABREAST, GAP)
            picture, name = place.from_top(PHOTO_HEIGHT, 1 * MM)
            reader = ImageReader(BytesIO(photo.jpeg))
            canvas.drawImage(
                reader, picture.x, picture.y, picture.width, picture.height, preserveAspectRatio=True, anchor="sw"
            )
            write(canvas, photo.what, name, faces=(REGULAR, NARROW), largest=8, lines=2)

    return Part(PHOTO_HEIGHT + 10 * MM, draw)


def _kept(part: Part) -> Part:
    """The same part, which stays with the next one."""
    return Part(part.height, part.draw, keep=True)
