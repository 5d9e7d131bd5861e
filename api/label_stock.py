"""What labels are printed on: stock of our table, stock people measured, or a printer with what is loaded in it."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from api.paper import CannotPrint
from common.words import N_, Words
from labels.media import Media, all_media, media
from labels.words import Refused
from network import printers
from network.printers import Measured

PRINTER = "printer:"
HUNDREDTHS = ("width", "height", "x", "y", "dx", "dy")


@dataclass(frozen=True)
class Loaded:
    """Label stock as it comes out of one printer."""

    media: Media
    offset: tuple[float, float] = (0, 0)
    """Millimetres to the right and down that make up for the printer's own shift."""
    outlines: bool = False


def loaded(session: Session, chosen: str) -> Loaded:
    """What `printer:3` has in it, or the stock of this code; raises CannotPrint or NotFound."""
    number = chosen.removeprefix(PRINTER)
    if chosen.startswith(PRINTER) and number.isascii() and number.isdigit():
        printer = printers.printer(session, int(number[:9]))
        shift = printer.right_tenths / 10, printer.down_tenths / 10
        return Loaded(stock_of(session, printer.media), shift, printer.outlines)
    return Loaded(stock_of(session, chosen))


def stock_of(session: Session, code: str) -> Media:
    """The stock of this code, ours or measured; raises CannotPrint with the codes there are."""
    measured = {stock.code: stock for stock in printers.label_stocks(session)}
    try:
        return as_media(measured[code]) if code in measured else media(code)
    except Refused as refused:
        raise CannotPrint(refused) from None


def as_media(stock: Measured) -> Media:
    """What people measured, in millimetres; raises WrongMedia where labels would leave the page or overlap."""
    lengths = {name: getattr(stock, name) / 100 for name in HUNDREDTHS}
    return Media(
        code=stock.code,
        kind=cast(Any, stock.kind),
        columns=stock.columns,
        rows=stock.rows,
        dpi=stock.dpi,
        source="measured here",
        **lengths,
    )


def choices(session: Session, site_id: int | None, words: Words) -> list[tuple[str, str]]:
    """What labels can be printed on here: the site's printers first, then measured stock, then our table."""
    measured = [as_media(stock) for stock in printers.label_stocks(session)]
    here = [
        (f"{PRINTER}{printer.id}", words.text(N_("%(printer)s (%(stock)s)"), printer=printer.name, stock=printer.media))
        for printer in printers.printers(session, site_id)
    ]
    return [*here, *((stock.code, media_name(stock, words)) for stock in (*measured, *all_media().values()))]


def media_name(stock: Media, words: Words) -> str:
    size = f"{words.number(stock.width)} × {words.number(stock.height)} mm"
    if stock.kind == "sheet":
        return words.text(N_("%(code)s: A4 sheet of %(n)s, %(size)s"), code=stock.code, n=stock.per_page, size=size)
    return words.text(N_("%(code)s: roll, %(size)s"), code=stock.code, size=size)
