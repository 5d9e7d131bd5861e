"""Printers of the sites: which label stock is in each, how far it prints beside the mark, and stock people measured."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from network.partners import site as get_site
from network.tables import LabelStock, Printer


class PrinterNamed(Refusal):
    message = N_("A printer needs a name of 1 to %(most)s characters.")
    field = "name"


class PrinterThere(Refusal):
    """Two printers of one name would be one in the lists."""

    kind = Kind.CONFLICT
    message = N_("There already is a printer “%(name)s” at this site.")
    field = "name"


class StockThere(Refusal):
    kind = Kind.CONFLICT
    message = N_("There already is label stock “%(code)s”.")
    field = "code"


class Measured(Struct, frozen=True):
    """Label stock as people measured it, in hundredths of a millimetre."""

    code: str
    kind: str
    width: int
    height: int
    columns: int
    rows: int
    x: int
    y: int
    dx: int
    dy: int
    dpi: int


MOST_NAME = 40


def printers(session: Session, site_id: int | None = None) -> Sequence[Printer]:
    """The printers of a site, or all of them, by name."""
    query = select(Printer).order_by(Printer.name, Printer.id)
    return session.scalars(query if site_id is None else query.where(Printer.site_id == site_id)).all()


def printer(session: Session, printer_id: int) -> Printer:
    """The printer; raises NotFound."""
    found = session.get(Printer, printer_id)
    if found is None:
        raise NotFound(what=Term(N_("printer")), id=printer_id)
    return found


def add_printer(session: Session, site_id: int, name: str, media: str, stamp: Stamp) -> Printer:
    """A new printer, which is taken to print straight until it is calibrated. Raises PrinterNamed or PrinterThere."""
    name = name.strip()
    if not 0 < len(name) <= MOST_NAME:
        raise PrinterNamed(most=MOST_NAME)
    site = get_site(session, site_id)
    if session.scalar(select(Printer.id).where(Printer.site_id == site.id, Printer.name == name)):
        raise PrinterThere(name=name)
    added = Printer(site_id=site.id, name=name, media=media, right_tenths=0, down_tenths=0, outlines=False)
    session.add(added)
    session.flush()
    audit.record(session, "add_printer", f"printer:{added.id}", stamp)
    return added


def calibrate(
    session: Session, printer_id: int, media: str, right: int, down: int, outlines: bool, stamp: Stamp
) -> Printer:
    """Another stock in it, or another shift in tenths of a millimetre."""
    there = printer(session, printer_id)
    there.media, there.right_tenths, there.down_tenths, there.outlines = media, right, down, outlines
    session.flush()
    audit.record(session, "calibrate_printer", f"printer:{printer_id}", stamp)
    return there


def remove_printer(session: Session, printer_id: int, stamp: Stamp) -> None:
    session.delete(printer(session, printer_id))
    session.flush()
    audit.record(session, "remove_printer", f"printer:{printer_id}", stamp)


def label_stocks(session: Session) -> list[Measured]:
    """The stock people measured, by code."""
    rows = session.scalars(select(LabelStock).order_by(LabelStock.code))
    return [Measured(**{field: getattr(row, field) for field in Measured.__struct_fields__}) for row in rows]


def add_label_stock(session: Session, stock: Measured, stamp: Stamp) -> None:
    """Keep stock that was found to be possible; raises StockThere."""
    if session.get(LabelStock, stock.code):
        raise StockThere(code=stock.code)
    session.add(LabelStock(**{field: getattr(stock, field) for field in Measured.__struct_fields__}))
    session.flush()
    audit.record(session, "add_label_stock", f"stock:{stock.code}", stamp)
