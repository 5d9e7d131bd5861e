"""Printers and label stock: what is loaded where, how far it prints beside the mark, and stock people measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from api.here import Here
from api.label_stock import as_media, choices, loaded, media_name, stock_of
from api.paper import CannotPrint, pdf
from api.security import May
from api.typed import whole_typed
from api.unchanged import ChangedMeanwhile, mark_of, refuse_changed
from api.writing import write_once
from common.errors import Invalid, Refusal
from common.words import N_, Term
from labels.calibration import calibration_page
from labels.media import FURTHEST, all_media
from labels.words import Refused
from network import printers
from network.partners import sites
from network.printers import Measured
from network.roles import Right
from network.tables import Printer

MAY, SET_UP = May(Right.PRINT_LABELS), May(Right.SET_UP_PRINTERS)
LONGEST = 1000
"""Millimetres of any label or page."""


@dataclass
class PrinterForm:
    name: str = ""
    media: str = ""
    key: str = ""


@dataclass
class ShiftForm:
    media: str = ""
    right: str = ""
    down: str = ""
    outlines: str = ""
    key: str = ""
    seen: str = ""


@dataclass
class StockForm:
    code: str = ""
    kind: str = "sheet"
    width: str = ""
    height: str = ""
    columns: str = "1"
    rows: str = "1"
    x: str = "0"
    y: str = "0"
    dx: str = ""
    dy: str = ""
    dpi: str = "300"
    key: str = ""


@get("/labels/printers", guards=[MAY], sync_to_thread=True)
def printers_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here)


@get("/labels/calibration.pdf", guards=[MAY], sync_to_thread=True)
def calibration_pdf(here: NamedDependency[Here], stock: Annotated[str, QueryParameter(name="media")]) -> Response[Any]:
    """The page that shows how far a printer prints beside the mark."""
    with here.database.reading() as session:
        on = loaded(session, stock)
    return pdf("calibration.pdf", lambda: calibration_page(on.media, here.words, offset=on.offset))


@post("/labels/printers", guards=[SET_UP], sync_to_thread=True)
def add_printer(here: NamedDependency[Here], data: URLEncodedBody[PrinterForm]) -> Response[Any]:
    def work(session: Session) -> int:
        site_id = here.me.site_id or sites(session)[0].id
        stock_of(session, data.media)
        return printers.add_printer(session, site_id, data.name, data.media, here.stamp()).id

    try:
        write_once(here, data.key, [data.name, data.media], work, int)
    except Refusal as refusal:
        return _page(here, refusal, printer=data)
    return here.go("/labels/printers", N_("The printer is added: print its calibration page."))


@post("/labels/printers/{printer_id:int}", guards=[SET_UP], sync_to_thread=True)
def calibrate(here: NamedDependency[Here], printer_id: FromPath[int], data: URLEncodedBody[ShiftForm]) -> Response[Any]:
    """Another stock in it, or the shift that was measured."""

    def work(session: Session) -> int:
        refuse_changed(here, session, data.seen, lambda: _loaded(printers.printer(session, printer_id)))
        right, down = _tenths("right", data.right), _tenths("down", data.down)
        stock_of(session, data.media)
        return printers.calibrate(session, printer_id, data.media, right, down, bool(data.outlines), here.stamp()).id

    try:
        write_once(here, data.key, [data.media, data.right, data.down, data.outlines], work, int)
    except (Invalid, CannotPrint, ChangedMeanwhile) as refusal:
        return _page(here, refusal, shifts={printer_id: data})
    return here.go("/labels/printers", N_("Kept: labels will be moved by as much."))


@post("/labels/printers/{printer_id:int}/removed", guards=[SET_UP], sync_to_thread=True)
def remove_printer(here: NamedDependency[Here], printer_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        printers.remove_printer(session, printer_id, here.stamp())
    return here.go("/labels/printers", N_("The printer is removed."))


@post("/labels/stocks", guards=[SET_UP], sync_to_thread=True)
def add_stock(here: NamedDependency[Here], data: URLEncodedBody[StockForm]) -> Response[Any]:
    """Stock people measured, once its labels are found to fit the page."""

    def work(session: Session) -> str:
        stock = _measured(data)
        try:
            as_media(stock)
        except Refused as refused:
            raise CannotPrint(refused) from None
        if stock.code in all_media():
            raise printers.StockThere(code=stock.code)
        printers.add_label_stock(session, stock, here.stamp())
        return stock.code

    try:
        code = write_once(here, data.key, [str(value) for value in vars(data).values()][:-1], work, str)
    except Refusal as refusal:
        return _page(here, refusal, stock=data)
    return here.go("/labels/printers", N_("The label stock %(code)s is kept."), code=code)


def _loaded(one: Printer) -> list[Any]:
    """What the form of a printer is made from."""
    return [one.media, one.right_tenths, one.down_tenths, one.outlines]


def _shift(here: Here, one: Printer) -> ShiftForm:
    right, down = (here.words.number(tenths / 10) for tenths in (one.right_tenths, one.down_tenths))
    return ShiftForm(media=one.media, right=right, down=down, outlines="1" if one.outlines else "")


def _page(
    here: Here,
    refusal: Refusal | None = None,
    printer: PrinterForm | None = None,
    stock: StockForm | None = None,
    shifts: Mapping[int, ShiftForm] | None = None,
) -> Response[Any]:
    """The printers of a site; a form that was refused holds what was typed into it."""
    with here.database.reading() as session:
        # No site is number 0: only stock, no printers.
        stocks = choices(session, 0, here.words)
        return here.page(
            "pages/printers.html",
            status=refusal.kind.value if refusal else 200,
            printers=[
                {
                    "id": one.id,
                    "name": one.name,
                    "form": (shifts or {}).get(one.id) or _shift(here, one),
                    "mark": mark_of(_loaded(one)),
                }
                for one in printers.printers(session, here.me.site_id)
            ],
            stocks=stocks,
            measured=[media_name(as_media(one), here.words) for one in printers.label_stocks(session)],
            may_set_up=Right.SET_UP_PRINTERS in here.me.rights,
            printer=printer or PrinterForm(),
            stock=stock or StockForm(),
            refusal=refusal.say(here.words) if refusal else None,
        )


def _measured(typed: StockForm) -> Measured:
    """The form in hundredths of a millimetre; raises Invalid with the field at fault."""
    code = typed.code.strip().upper()
    if not (code.isascii() and code.replace("-", "").isalnum() and len(code) <= 20):
        raise Invalid(field="code", what=Term(N_("Code")), expected="L7160", got=typed.code[:40])
    lengths = {name: int(_millimetres(name, getattr(typed, name)) * 100) for name in ("width", "height", "x", "y")}
    steps = {name: int(_millimetres(name, getattr(typed, name) or "0") * 100) for name in ("dx", "dy")}
    counts = {name: int(_millimetres(name, getattr(typed, name))) for name in ("columns", "rows")}
    read = whole_typed(typed.dpi)
    dpi = 2400 if read is None or read > 9999 else read
    return Measured(code=code, kind=typed.kind, dpi=dpi, **lengths, **steps, **counts)


def _tenths(field: str, typed: str) -> int:
    """Tenths of a millimetre, either way; raises Invalid."""
    number = _number(field, typed or "0")
    if abs(number) > Decimal(FURTHEST):
        raise Invalid(field=field, what=Term(N_("Shift")), expected=f"−{FURTHEST:.0f}…{FURTHEST:.0f}", got=typed[:40])
    return int((number * 10).to_integral_value())


def _millimetres(field: str, typed: str) -> Decimal:
    number = _number(field, typed)
    if not 0 <= number <= LONGEST:
        raise Invalid(field=field, what=Term(N_("Length")), expected=f"0…{LONGEST}", got=typed[:40])
    return number


def _number(field: str, typed: str) -> Decimal:
    try:
        number = Decimal("".join(typed.split()).replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid(field=field, what=Term(N_("Millimetres")), expected="38,1", got=typed[:40])
    return number


ROUTES = [printers_page, calibration_pdf, add_printer, calibrate, remove_printer, add_stock]
