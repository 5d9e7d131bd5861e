"""A recall notice: to hang where people pass, and to hand to those who were given the goods."""

import datetime as dt
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.marks import Urgency, draw_urgency
from labels.paper import FAINT, INK, WHITE, ink
from labels.parts import STRONG, facts, paragraph, section, space
from labels.tables import Flow, Part
from labels.text import write
from labels.words import N_, Words


@dataclass(frozen=True)
class Withdrawn:
    """What of it left the shelves of one site."""

    site: str
    amount: str
    """In words: `12 pieces, 6 kg`."""


@dataclass(frozen=True)
class Recall:
    """What the authorities published, and what we gave of it. Names no household."""

    product: str
    published_on: dt.date
    printed_on: dt.date
    risk: str
    advice: str = ""
    """What they say is to be done."""
    brand: str = ""
    gtin: str = ""
    lots: tuple[str, ...] = ()
    dates: tuple[dt.date, ...] = ()
    called: tuple[str, ...] = ()
    """Our own names for it, where they differ."""
    handed_out: tuple[dt.date, ...] = ()
    """The days some of it was given."""
    withdrawn: tuple[Withdrawn, ...] = ()
    reference: str = ""
    """Number of the alert."""
    network: str = ""
    contact: str = ""
    """Where to bring it back or to ask: never a person's own number."""


def recall_notice(recall: Recall, words: Words) -> bytes:
    """One A4 page, readable from two metres."""
    said = words.text(N_("published on %(date)s"), date=words.numeric_date(recall.published_on))
    flow = Flow(words.text(N_("Product recall")), said, words, author=recall.network)
    flow.add([_banner(words.text(N_("DO NOT EAT"))), space(4)])
    flow.add([paragraph(recall.product, size=20, faces=STRONG), space(3)])
    flow.add(facts((name, value) for name, value in _known(recall, words) if value))
    flow.add([section(words.text(N_("What to do")))])
    for step in (recall.advice, *(words.text(step) for step in STEPS)):
        if step:
            flow.add([paragraph(f"• {step}", size=12)])
    if recall.contact:
        flow.add([space(3), paragraph(words.text(N_("Questions: %(contact)s"), contact=recall.contact), size=12)])
    printed = words.text(N_("Printed on %(date)s"), date=words.numeric_date(recall.printed_on))
    flow.add([space(4), paragraph(printed, size=8, colour=FAINT)])
    return flow.pdf()


STEPS = (
    N_("Look at the date and the lot number on the pack, in the fridge and in the cupboard."),
    N_("Bring it back, or throw it away so that nobody eats it: it will be replaced if we can."),
    N_("Somebody is unwell after eating it: see a doctor, and say which product it was."),
)


def _known(recall: Recall, words: Words) -> list[tuple[str, str]]:
    return [
        (words.text(N_("Brand")), recall.brand),
        (words.text(N_("Here it was called")), ", ".join(recall.called)),
        (words.text(N_("Handed out on")), ", ".join(words.numeric_date(day) for day in recall.handed_out)),
        (words.text(N_("Taken off the shelves")), " · ".join(f"{w.site} ({w.amount})" for w in recall.withdrawn)),
        (words.text(N_("Barcode")), recall.gtin),
        (words.text(N_("Lot")), ", ".join(recall.lots)),
        (words.text(N_("Date on the pack")), ", ".join(words.numeric_date(day) for day in recall.dates)),
        (words.text(N_("Risk")), recall.risk),
        (words.text(N_("Alert")), recall.reference),
    ]


def _banner(text: str) -> Part:
    """White on black between two triangles: it needs no colour."""

    def draw(canvas: Canvas, box: Box) -> None:
        ink(canvas, INK)
        canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)
        ink(canvas, WHITE)
        inner = box.inset(10, 9)
        left, rest = inner.from_left(inner.height, gap=10)
        right, middle = rest.from_right(inner.height, gap=10)
        for mark in (left, right):
            draw_urgency(canvas, Urgency.NOW, mark)
        write(canvas, text, middle, faces=STRONG, largest=44, align="centre", stand="middle")
        ink(canvas, INK)

    return Part(26 * MM, draw)
