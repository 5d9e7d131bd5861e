"""Sheets to take along on a clipboard: who is expected, whose door a basket goes to, what to count on the shelves."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import Box
from labels.fonts import BOLD, MONO, NARROW_BOLD
from labels.lots import DateKind
from labels.marks import draw_tick_box
from labels.notes import said_date
from labels.paper import FAINT
from labels.parts import WIDTH, paragraph, section, signatures, space
from labels.tables import Cell, Column, Flow, Part, head_row, row
from labels.words import N_, Words


@dataclass(frozen=True)
class Expected:
    """A household expected at a session: a card number and a size."""

    card: str
    people: int
    basket: int | None = None
    """Its basket's number on the pick lists; None where no basket is ready."""
    name: str = ""
    """Who comes, for those alone who greet them and on the day."""


@dataclass(frozen=True)
class Door:
    """A basket that is brought: a card number, never a name."""

    stop: int
    card: str
    people: int
    basket: str
    grams: int
    has_cold_part: bool = False
    lives: str = ""
    """The address and the telephone, for those alone who may see them."""


@dataclass(frozen=True)
class CountLine:
    """One lot that should stand at a place. How much of it is not said: whoever counts must look."""

    product: str
    lot: str
    measure: Literal["unit", "gram"]
    date_kind: DateKind = "none"
    date: dt.date | None = None


@dataclass(frozen=True)
class Shelf:
    """One place with the lots that stand there."""

    name: str
    lines: tuple[CountLine, ...] = ()


def attendance_list(
    site: str, on: dt.date, expected: tuple[Expected, ...], words: Words, network: str = "", *, names: bool = False
) -> bytes:
    """A4: the cards expected at a session, with a box to tick and room for a word; who comes, or more room instead."""
    named = [Column(words.text(N_("Name")), 3.2)] if names else []
    columns = [
        Column(words.text(N_("Basket")), 1.2, "right", face=(BOLD, NARROW_BOLD), size=11),
        Column(words.text(N_("Card")), 2.6, face=(MONO, MONO), size=11),
        *named,
        Column(words.text(N_("People")), 1.2, "right"),
        Column(words.text(N_("Came")), 1, "centre"),
        Column(words.text(N_("To be noted")), 2.8 if names else 6),
    ]
    people = sum(one.people for one in expected)
    said = words.text(
        N_("%(site)s · %(date)s · households: %(count)s · people: %(people)s"),
        site=site,
        date=on,
        count=len(expected),
        people=people,
    )
    flow = Flow(words.text(N_("Attendance list")), said, words, head_row(columns), author=network)
    for one in expected:
        number = "" if one.basket is None else str(one.basket)
        who = [one.name] if names else []
        flow.add([_tall(row(columns, [number, one.card, *who, str(one.people), _tick, ""], WIDTH))])
    if not expected:
        flow.add([paragraph(words.text(N_("Nobody is expected at this session.")), colour=FAINT)])
    if names:
        kept = N_("With names, for this day’s reception alone: destroy this sheet after the session.")
        flow.add([space(4), paragraph(words.text(kept))])
    return flow.pdf()


def round_sheet(
    site: str, on: dt.date, doors: tuple[Door, ...], words: Words, network: str = "", *, addresses: bool = False
) -> bytes:
    """A4: the round stop by stop, with a box to tick; where each lives, or room to write instead."""
    columns = [
        Column(words.text(N_("Stop")), 0.9, "right", face=(BOLD, NARROW_BOLD), size=11),
        Column(words.text(N_("Card")), 2.2, face=(MONO, MONO), size=10),
        Column(words.text(N_("People")), 1.6, "right"),
        Column(words.text(N_("Basket")), 2.2, face=(MONO, MONO), size=10),
        Column(words.text(N_("Weight")), 1.5, "right"),
        Column(words.text(N_("Cold part")), 1.8, "centre"),
        Column(words.text(N_("Where they live") if addresses else N_("To be noted")), 5, lines=3, size=9.5),
        Column(words.text(N_("Handed over")), 1.2, "centre"),
    ]
    said = words.text(N_("%(site)s · %(date)s · baskets: %(count)s"), site=site, date=on, count=len(doors))
    flow = Flow(words.text(N_("Home deliveries")), said, words, head_row(columns), author=network)
    for door in doors:
        flow.add([_tall(row(columns, _door_cells(door, words), WIDTH))])
    if not doors:
        flow.add([paragraph(words.text(N_("No basket is brought to the door.")), colour=FAINT)])
    if addresses:
        kept = N_("With addresses: give this sheet back after the round, so that it is destroyed.")
        flow.add([space(4), paragraph(words.text(kept))])
    return flow.pdf()


def count_sheet(site: str, on: dt.date, shelves: tuple[Shelf, ...], words: Words, network: str = "") -> bytes:
    """A4: place by place the lots that should be there, a box for what is found, and a row for what is not known."""
    columns = [
        Column(words.text(N_("Product")), 6),
        Column(words.text(N_("Date")), 3.4),
        Column(words.text(N_("Lot")), 2.4, face=(MONO, MONO), size=8),
        Column(words.text(N_("In")), 1, "right"),
        Column(words.text(N_("Counted")), 3, "centre"),
    ]
    said = words.text(N_("%(site)s · %(date)s"), site=site, date=on)
    flow = Flow(words.text(N_("Count sheet")), said, words, head_row(columns), author=network)
    for shelf in shelves:
        flow.add([section(shelf.name)])
        flow.add(_tall(row(columns, _count_cells(line, words), WIDTH)) for line in shelf.lines)
        unknown: list[Cell] = [words.text(N_("Also there:")), "", "", "", _box]
        flow.add([_tall(row(columns, unknown, WIDTH))])
    if not shelves:
        flow.add([paragraph(words.text(N_("There is no place to count at this site.")), colour=FAINT)])
    flow.add(
        [space(4), signatures([words.text(N_("Counted by: name, time, signature")), words.text(N_("Checked by"))])]
    )
    return flow.pdf()


def _door_cells(door: Door, words: Words) -> list[Cell]:
    cold = words.text(N_("yes")) if door.has_cold_part else ""
    weight = words.weight(door.grams)
    return [str(door.stop), door.card, str(door.people), door.basket, weight, cold, door.lives, _tick]


def _count_cells(line: CountLine, words: Words) -> list[Cell]:
    unit = words.text(N_("kg")) if line.measure == "gram" else words.text(N_("pieces"))
    return [line.product, said_date(line.date_kind, line.date, words), line.lot, unit, _box]


def _tall(part: Part) -> Part:
    """Room for a pen."""
    return Part(max(part.height, 22), part.draw, part.keep)


def _tick(canvas: Canvas, box: Box) -> None:
    draw_tick_box(canvas, box.x + box.width / 2 - 5.5, box.y + 5, 11)


def _box(canvas: Canvas, box: Box) -> None:
    canvas.setLineWidth(0.6)
    canvas.roundRect(box.x + 2, box.y + 3, box.width - 4, box.height - 6, 2, stroke=1, fill=0)
