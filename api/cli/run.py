"""`panier run`: the whole job on a scan file, from intake to the waste report."""

import datetime as dt
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from api import day
from api.cli.base import house, say, spoken
from api.cli.daily import prepare
from api.day import Summary
from api.demo import load_demo
from api.left_file import LeftRow, read_left_file
from api.scan_file import ScanLine, read_scan_file
from common.clock import PARIS, Clock
from common.database import Database
from common.words import N_, Grams
from network.partners import site_by_code, sites
from network.tables import Site

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NINE = dt.time(9)


@click.command()
@click.option("--scans", type=FILE, required=True, help="CSV: scan,units,grams,date,lot,donor,temperature,at")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the papers.")
@click.option("--left", type=FILE, help="CSV: basket (0: each),scan,units,reason,exit,cold; what was left behind.")
@click.option("--site", "site_code", default="", help="Short name of the site; the first one otherwise.")
@click.option("--donor", default="", help="Donor of lines that name none.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day it is run for; today otherwise.")
@click.option("--as", "name", default="", help="The file's name, under which each scan counts once.")
def run(
    scans: Path, out: Path, left: Path | None, site_code: str, donor: str, today: dt.datetime | None, name: str
) -> None:
    """Receive a scan file, propose and confirm baskets, print labels and lists, hand over, close, report.

    Ends 0 with a summary. A line that cannot be booked is reported with its number and the others go on. The same
    file again books nothing twice.
    """
    clock = Clock(at=dt.datetime.combine(today.date(), NINE, PARIS)) if today else Clock()
    lines = read_scan_file(scans)
    rows = read_left_file(left) if left else []
    out.mkdir(parents=True, exist_ok=True)
    with house(clock) as opened:
        prepare(opened)
        database = opened.registry.database("localhost")
        site_id = _site(database, site_code, clock)
        summary = _whole_day(database, lines, rows, name or scans.stem, site_id, donor, clock, out)
    _say(summary, out)


def _whole_day(
    database: Database,
    lines: list[ScanLine],
    rows: list[LeftRow],
    name: str,
    site_id: int,
    donor: str,
    clock: Clock,
    out: Path,
) -> Summary:
    words = spoken()
    with click.progressbar(length=len(lines), label=words.text(N_("Receiving")), show_pos=True) as bar:
        received = day.receive_file(
            database,
            lines,
            name=name,
            site_id=site_id,
            donor=donor,
            clock=clock,
            words=words,
            tell=lambda: bar.update(1),
        )
    day.write_bad_lines(received.bad, out)
    session_id = day.prepare_session(database, name, site_id, clock)
    with database.reading() as session:
        files = day.print_papers(session, session_id, received.lots, clock.today(), words, out)
    nothing = day.hand_out(database, session_id, rows, clock, words)
    with database.reading() as session:
        summary = day.summarise(session, received, session_id, site_id, clock, words, out, files)
    summary = replace(summary, nothing_left=nothing)
    (out / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1))
    return summary


def _site(database: Database, code: str, clock: Clock) -> int:
    """The site's number; an empty database gets the demo network first, so that the command can be tried at once."""
    with database.reading() as session:
        empty = session.scalar(select(Site.id).limit(1)) is None
    if empty:
        say(N_("The database is empty: the demo network is loaded into it."))
        load_demo(database, clock)
    with database.reading() as session:
        return site_by_code(session, code).id if code else sites(session)[0].id


def _say(summary: Summary, out: Path) -> None:
    received, report = summary.received, summary.report
    for bad in received.bad:
        click.echo(spoken().text(N_("Line %(line)s: %(reason)s"), line=bad.line, reason=bad.reason), err=True)
    for line in summary.nothing_left:
        click.echo(
            spoken().text(N_("Left behind, line %(line)s: %(reason)s"), line=line.line, reason=line.reason), err=True
        )
    say(
        N_("Received: %(booked)s lines booked, %(again)s already were, %(bad)s could not be (%(grams)s)."),
        booked=received.booked,
        again=received.again,
        bad=len(received.bad),
        grams=Grams(received.grams),
    )
    say(
        N_("Session of %(on)s: %(baskets)s baskets, %(lines)s lines; %(served)s handed over, %(absent)s absent."),
        on=summary.on,
        baskets=summary.baskets,
        lines=summary.lines,
        served=summary.served,
        absent=summary.absent,
    )
    say(
        N_("Food: %(received)s received, %(eaten)s eaten, %(left)s left behind (%(saved)s saved), %(lost)s lost."),
        received=Grams(report.received),
        eaten=Grams(report.eaten),
        left=Grams(report.left_behind),
        saved=Grams(report.left_saved),
        lost=Grams(report.lost),
    )
    say(N_("Papers in %(folder)s: %(files)s."), folder=str(out), files=summary.files)
