"""The privacy notice for the people who come: short sentences, one picture each, large enough to read at a counter.

General Data Protection Regulation, articles 12 and 13: concise, intelligible, in plain language.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.marks import draw_tick_box
from labels.paper import BRAND, FAINT, INK, ink
from labels.parts import PLAIN, STRONG, paragraph, space
from labels.tables import Flow, Part
from labels.text import write
from labels.words import N_, Words


@dataclass(frozen=True)
class PrivacyNotice:
    """Who keeps the data and whom to ask."""

    network: str
    partner: str
    contact: str = ""
    years: int = 2
    """Years without a visit after which a file is erased."""


Picture = Callable[[Canvas], None]
"""Drawn in a square of ten by ten around the middle (0, 0)."""


def privacy_notice(notice: PrivacyNotice, words: Words) -> bytes:
    """One A4 page."""
    flow = Flow(words.text(N_("Your data")), notice.network, words, author=notice.partner)
    flow.add([paragraph(words.text(WHY, partner=notice.partner), size=12), space(2)])
    for picture, title, sentence in POINTS:
        said = words.text(sentence, years=notice.years) if "years" in sentence else words.text(sentence)
        flow.add([_point(picture, words.text(title), said)])
    flow.add([space(2), paragraph(words.text(ASK, partner=notice.partner), size=11, faces=STRONG)])
    if notice.contact:
        flow.add([paragraph(notice.contact, size=11)])
    flow.add([paragraph(words.text(COMPLAIN), size=9, colour=FAINT)])
    return flow.pdf()


WHY = N_(
    "%(partner)s keeps a few things about you: to help you and to fill your basket. People are also counted, without"
    " their names."
)
ASK = N_("To see, correct or erase your data, ask %(partner)s.")
COMPLAIN = N_("Not satisfied? You can write to the CNIL, which watches over data in France: www.cnil.fr")


def _point(picture: Picture, title: str, said: str) -> Part:
    def draw(canvas: Canvas, box: Box) -> None:
        mark, text = box.inset(0, 2).from_left(18 * MM, gap=6 * MM)
        canvas.saveState()
        canvas.translate(mark.x + mark.width / 2, mark.y + mark.height / 2)
        side = min(mark.width, mark.height) / 11
        canvas.scale(side, side)
        canvas.setLineWidth(0.7)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        ink(canvas, BRAND)
        picture(canvas)
        canvas.restoreState()
        head, body = text.from_top(18, gap=2)
        ink(canvas, INK)
        write(canvas, title, head, faces=STRONG, largest=14, stand="middle")
        write(canvas, said, body, faces=PLAIN, largest=11.5, smallest=8, lines=3)

    return Part(24 * MM, draw)


def _card(canvas: Canvas) -> None:
    canvas.roundRect(-5, -3.4, 10, 6.8, 0.8)
    for x in (-3.4, -2.4, -1.8, -0.4, 0.6, 1.2, 2.6, 3.4):
        canvas.line(x, -1.8, x, 0.8)


def _lock(canvas: Canvas) -> None:
    canvas.roundRect(-3.4, -4.6, 6.8, 5.4, 0.6, stroke=0, fill=1)
    canvas.arc(-2.2, -1.4, 2.2, 4.4, 0, 180)


def _crossed(canvas: Canvas) -> None:
    canvas.circle(0, 1.6, 1.9)
    canvas.arc(-3.6, -7, 3.6, 0, 0, 180)
    canvas.line(-4.6, -4.6, 4.6, 4.6)


def _ballot(canvas: Canvas) -> None:
    draw_tick_box(canvas, -4, -4, 8)
    canvas.lines([(-2, 0, -0.5, -2), (-0.5, -2, 2.6, 2.4)])


def _clock(canvas: Canvas) -> None:
    canvas.circle(0, 0, 4.6)
    canvas.lines([(0, 0, 0, 3.2), (0, 0, 2.2, -1.2)])


def _pencil(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(-4.6, -4.6)
    for x, y in ((-3.8, -2), (2.6, 4.4), (4.4, 2.6), (-2, -3.8), (-4.6, -4.6)):
        path.lineTo(x, y)
    canvas.drawPath(path)
    canvas.line(1.4, 3.2, 3.2, 1.4)


def _two(canvas: Canvas) -> None:
    canvas.circle(-1.7, 0, 3.2)
    canvas.circle(1.7, 0, 3.2)


def _people(canvas: Canvas) -> None:
    for x in (-2.4, 2.4):
        canvas.circle(x, 2.2, 1.5)
        canvas.arc(x - 2.2, -6.4, x + 2.2, -0.4, 0, 180)


POINTS: tuple[tuple[Picture, str, str], ...] = (
    (
        _card,
        N_("A card with a number"),
        N_("Your card bears a number. Not your name. On the day, your name is on a paper list at the door."),
    ),
    (
        _ballot,
        N_("What we ask"),
        N_(
            "Your names and how to reach you. Who lives with you. What you earn and pay. What you do not eat."
            " Never why. Never your religion. Never your health."
        ),
    ),
    (
        _people,
        N_("Woman or man: only if you wish"),
        N_("You may say it or not. It is counted for the State and for Europe, without your name."),
    ),
    (
        _lock,
        N_("Who sees it"),
        N_(
            "Only social workers open your file. They keep it secret. It is never sold."
            " Each look is written down: ask who looked."
        ),
    ),
    (
        _two,
        N_("Helped by two partners"),
        N_("Partners see that you come to both. They do not see the other file. You may say no to that."),
    ),
    (
        _crossed,
        N_("Nothing without you"),
        N_("Another service hears of you only if you agree. You may say no. Your basket stays the same."),
    ),
    (_clock, N_("Not for ever"), N_("After %(years)s years without a visit your file is erased.")),
    (
        _pencil,
        N_("It is yours"),
        N_("You may read it. You may have it corrected. You may take a copy. You may have it erased."),
    ),
)
