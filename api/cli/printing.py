"""`panier print`: the computer beside the printer prints what phones ask for, without anybody clicking."""

import datetime as dt
import shlex
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import click
from sqlalchemy.orm import Session

from api.cli.base import house, say, say_refusal, spoken
from api.documents import labels_wished
from api.label_stock import PRINTER, Loaded, loaded
from common.database import Database
from common.errors import Kind, Refusal
from common.words import N_
from labels.lots import lot_labels
from labels.zpl import as_zpl
from network.partners import site_by_code
from network.printers import printers
from stock.label_queue import granted, wishes

SECONDS = 60
"""A printer that takes no label within a minute is off, or out of paper."""
ZPL_PORT = 9100


class PrinterSilent(Refusal):
    """Nothing leaves the queue: it is printed once the printer is back."""

    kind = Kind.CONFLICT
    message = N_("The printer does not answer (%(why)s): the labels still wait.")


class NoPrinterSet(Refusal):
    message = N_("This site has no printer: add it on the page “Printers”, or name the label stock with --on.")


@dataclass(frozen=True)
class Batch:
    """What waited at one moment."""

    wish_ids: list[int]
    labels: int
    pdf: bytes
    dpi: int


@click.command("print")
@click.option("--site", required=True, help="The code of the site whose labels are printed.")
@click.option("--to", "command", help="A command that prints the PDF it is given, as in “lp -d Brother”.")
@click.option("--zpl", help="Host and port of a printer that speaks ZPL, as in “192.168.1.40:9100”.")
@click.option("--on", "stock", default="", help="The label stock, or “printer:3”; the site's first printer otherwise.")
@click.option("--every", type=click.IntRange(min=1), help="Look again every so many seconds, until stopped.")
def print_queue(site: str, command: str | None, zpl: str | None, stock: str, every: int | None) -> None:
    """Print the labels that phones asked for."""
    if bool(command) is bool(zpl):
        raise click.UsageError(spoken().text(N_("Say where labels are printed: either --to or --zpl.")))
    send = partial(_to_command, command) if command else partial(_to_zpl, zpl or "")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with house() as opened:
        database = opened.registry.database("localhost")
        today = opened.clock.today
        _print_waiting(database, site, stock, today(), send)
        while every and not stop.wait(every):
            try:
                _print_waiting(database, site, stock, today(), send)
            except PrinterSilent as silent:
                say_refusal(silent)


def _print_waiting(database: Database, site: str, stock: str, today: dt.date, send: Callable[[Batch], None]) -> None:
    """Print what waits, then take it out of the queue: power that fails in between prints twice rather than never."""
    with database.reading() as session:
        site_id = site_by_code(session, site).id
        batch = _waiting(session, site_id, stock, today)
    if batch is None:
        return
    send(batch)
    with database.writing() as session:
        granted(session, site_id, batch.wish_ids)
    say(N_("Labels printed: %(count)s."), count=batch.labels)


def _waiting(session: Session, site_id: int, stock: str, today: dt.date) -> Batch | None:
    waiting = wishes(session, site_id)
    if not waiting:
        return None
    labels = labels_wished(session, waiting, today)
    on = _stock(session, site_id, stock)
    pdf = lot_labels(labels, on.media, spoken(), offset=on.offset, outlines=on.outlines)
    return Batch([wish.id for wish in waiting], len(labels), pdf, on.media.dpi)


def _stock(session: Session, site_id: int, chosen: str) -> Loaded:
    """The stock named, or what is in the site's first printer; raises NoPrinterSet."""
    if not chosen:
        there = printers(session, site_id)
        if not there:
            raise NoPrinterSet()
        chosen = f"{PRINTER}{there[0].id}"
    return loaded(session, chosen)


def _to_command(command: str, batch: Batch) -> None:
    """Give the PDF to the operator's own command; raises PrinterSilent."""
    try:
        subprocess.run(shlex.split(command), input=batch.pdf, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)  # noqa: S603 - the operator's own command
    except (OSError, subprocess.SubprocessError) as error:
        raise PrinterSilent(why=str(error)) from None


def _to_zpl(address: str, batch: Batch) -> None:
    """Send the labels as ZPL; raises PrinterSilent."""
    host, _, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port or ZPL_PORT)), timeout=SECONDS) as printer:
            printer.sendall(as_zpl(batch.pdf, batch.dpi))
    except (OSError, ValueError) as error:
        raise PrinterSilent(why=str(error)) from None
