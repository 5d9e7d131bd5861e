"""Opening and closing a PDF: language, title, embedded typefaces, and the same bytes for the same input."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Generic, TypeVar

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from labels.boxes import MM, Box
from labels.fonts import REGULAR
from labels.media import A4, Media, WrongMedia
from labels.text import write
from labels.words import N_, Words

# Streams are written as bytes, not as text a fifth longer: every reader and printer takes them.
rl_config.useA85 = 0

PRODUCT = "Panier juste"

INK = HexColor(0x1D2A2E)
FAINT = HexColor(0x5B676B)
HAIR = HexColor(0xC9CFCE)
WASH = HexColor(0xF1EEE8)
BRAND = HexColor(0x0F5C63)
BRICK = HexColor(0xB3261E)
AMBER = HexColor(0x9A5B00)
STRAW = HexColor(0x6B6400)
WHITE = HexColor(0xFFFFFF)

A4_PAGE = Box(0, 0, A4[0] * MM, A4[1] * MM)

_saving = Lock()
"""Reportlab reads typefaces through a shared position when it embeds them: one document at a time."""

T = TypeVar("T")
Page = Callable[[Canvas], None]
"""Draws one page; whoever calls it turns the page."""


def new_canvas(out: BytesIO, page: Box, words: Words, *, title: str, author: str) -> Canvas:
    """A canvas for one document; `invariant` leaves out times and random marks."""
    canvas = Canvas(out, pagesize=(page.width, page.height), invariant=1, pageCompression=1, lang=words.language)
    canvas.setTitle(title)
    canvas.setAuthor(author or PRODUCT)
    canvas.setSubject(title)
    canvas.setCreator(PRODUCT)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def document(pages: Iterable[Page], words: Words, *, title: str, author: str = "", page: Box = A4_PAGE) -> bytes:
    """The PDF of these pages, each drawn by its own function."""
    out = BytesIO()
    canvas = new_canvas(out, page, words, title=title, author=author)
    with _saving:
        for draw in pages:
            draw(canvas)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def label_document(
    labels: Sequence[T],
    draw: Callable[[Canvas, T, Box], None],
    media: Media,
    words: Words,
    *,
    title: str,
    author: str = "",
    start: int = 1,
    offset: tuple[float, float] = (0, 0),
    outlines: bool = False,
) -> bytes:
    """Labels on their stock, the first one on label number `start` of a part-used sheet."""
    places = _places(media, start, offset)
    pages = _pages(labels, media.per_page, start - 1)

    def page(placed: list[tuple[int, T]]) -> Page:
        def drawn(canvas: Canvas) -> None:
            for n, label in placed:
                draw(canvas, label, media.printable(places[n]))
            if outlines:
                outline(canvas, places)

        return drawn

    def empty(canvas: Canvas) -> None:
        _nothing(canvas, media.printable(places[0]), words)

    width, height = (side * MM for side in media.page)
    sheets = [page(placed) for placed in pages] or [empty]
    return document(sheets, words, title=title, author=author, page=Box(0, 0, width, height))


@dataclass(frozen=True)
class LabelKind(Generic[T]):
    """One kind of label: called with labels and their stock, it gives the PDF."""

    title: str
    draw: Callable[[Canvas, T, Box, int, Words], None]
    """Draws one label in its box, on the grid of a printer of so many dots per inch."""

    def __call__(
        self,
        labels: Sequence[T],
        media: Media,
        words: Words,
        *,
        start: int = 1,
        offset: tuple[float, float] = (0, 0),
        outlines: bool = False,
    ) -> bytes:
        """The labels on their stock from label number `start`, shifted by `offset` mm right and down."""

        def draw(canvas: Canvas, label: T, box: Box) -> None:
            self.draw(canvas, label, box, media.dpi, words)

        title = words.text(self.title)
        return label_document(labels, draw, media, words, title=title, start=start, offset=offset, outlines=outlines)


def outline(canvas: Canvas, places: Iterable[Box]) -> None:
    """Hairlines around labels, to cut along or to check a sheet against the light."""
    canvas.setStrokeColor(HAIR)
    canvas.setLineWidth(0.3)
    for place in places:
        canvas.rect(place.x, place.y, place.width, place.height)


def ink(canvas: Canvas, colour: Color = INK) -> None:
    """Fill and draw in this colour from here on."""
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)


def _places(media: Media, start: int, offset: tuple[float, float]) -> list[Box]:
    if not 1 <= start <= media.per_page:
        raise WrongMedia(
            N_("%(code)s has labels 1 to %(count)s: it cannot start at label %(start)s."),
            code=media.code,
            count=media.per_page,
            start=start,
        )
    return media.places(offset)


def _pages(labels: Sequence[T], per_page: int, skipped: int) -> list[list[tuple[int, T]]]:
    """Labels with their place on the page, page by page."""
    pages: list[list[tuple[int, T]]] = []
    for n, label in enumerate(labels, start=skipped):
        page, place = divmod(n, per_page)
        if page == len(pages):
            pages.append([])
        pages[page].append((place, label))
    return pages


def _nothing(canvas: Canvas, box: Box, words: Words) -> None:
    ink(canvas, FAINT)
    write(canvas, words.text(N_("There is no label to print.")), box, largest=9, lines=3, faces=(REGULAR,))
