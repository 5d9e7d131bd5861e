"""A whole day's job without a browser: receive, propose, confirm, print, hand over, close, report.

Each step goes through the same verbs as the pages. A scan file has a name; each of its scans is booked once under
that name, however often it is run, and the session it prepared is remembered, so that a second run prints the same
papers and books nothing.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from allocation import baskets, closing, handover, proposals, till
from allocation.exits import SAVED, Reason
from allocation.handover import LeftLine, Sheet
from allocation.impact import Factors
from allocation.scope import scope
from allocation.sessions import get_session, next_session
from allocation.waste import WasteReport, waste_report
from api.documents import lot_labels_for, picking_for, waste_on_paper
from api.intake_rules import rules_at
from api.left_file import EVERY, LeftRow, LinesToMend, baskets_meant
from api.scan_file import ScanLine
from common.clock import Clock, Stamp
from common.database import Database
from common.errors import Kind, Refusal
from common.idempotency import once, was_done
from common.words import N_, Words
from labels.baskets import basket_labels
from labels.lots import lot_labels
from labels.media import media
from labels.picking import pick_list, pick_list_by_basket
from labels.waste import waste_report as waste_paper
from network.partners import network_name
from stock.catalogue import find
from stock.codes import read_scan
from stock.donors import donor_by_code
from stock.intake import Booking, open_reception, take_in

LOT_MEDIA, BASKET_MEDIA = "L7160", "L7163"


class NoSession(Refusal):
    """Nothing can be shared where nobody is expected."""

    kind = Kind.CONFLICT
    message = N_("No session is planned at this site from %(today)s on: put one in the calendar first.")


class DonorMissing(Refusal):
    message = N_("This line names no donor: fill the column, or name one for the whole file.")
    field = "donor"


class BadLine(Struct, frozen=True):
    """A line that was not booked, and why."""

    line: int
    code: str
    reason: str


class Received(Struct, frozen=True):
    """What became of a scan file."""

    lines: int
    booked: int
    again: int
    """Lines that were booked by an earlier run."""
    grams: int
    """What stands in the ledger for this file."""
    bad: list[BadLine]
    lots: list[int]


class _Meant(Struct, frozen=True):
    """A row of what was left, understood."""

    row: LeftRow
    baskets: list[Sheet]
    product: int | None = None
    name: str = ""


UNUSABLE = N_("This line holds a sign or a number that cannot be kept.")
NO_BASKET_HOLDS = N_("No basket holds “%(product)s”: nothing of it was left behind.")
BASKET_HOLDS_NONE = N_("Basket %(basket)s holds no “%(product)s”: nothing of it was left behind.")


class Summary(Struct, frozen=True):
    """What the whole job did."""

    received: Received
    session_id: int
    on: dt.date
    baskets: int
    lines: int
    served: int
    absent: int
    left_grams: int
    report: WasteReport
    files: list[str]
    nothing_left: list[BadLine] = []
    """Lines of the file of what was left of which no basket held anything."""


def receive_file(
    database: Database,
    lines: Sequence[ScanLine],
    *,
    name: str,
    site_id: int,
    donor: str,
    clock: Clock,
    words: Words,
    tell: Callable[[], None] = lambda: None,
) -> Received:
    """Book each line in a transaction of its own; a bad one is reported and the others go on."""
    bad: list[BadLine] = []
    bookings: list[Booking] = []
    again = 0
    for line in lines:
        try:
            booking, replayed = _book(database, line, name, site_id, donor, clock)
            bookings.append(booking)
            again += replayed
        except Refusal as refusal:
            bad.append(BadLine(line.number, refusal.code, refusal.say(words)))
        except (DataError, OverflowError):
            bad.append(BadLine(line.number, "Unusable", words.text(UNUSABLE)))
        tell()
    return Received(
        lines=len(lines),
        booked=len(bookings) - again,
        again=again,
        grams=sum(b.grams for b in bookings),
        bad=bad,
        lots=list(dict.fromkeys(b.lot_id for b in bookings)),
    )


def _book(
    database: Database, line: ScanLine, name: str, site_id: int, donor: str, clock: Clock
) -> tuple[Booking, bool]:
    arrival, at = line.arrival(), line.at(clock.today()) or clock.now()
    stamp = Stamp(at=at, on=at.astimezone(clock.zone).date())
    code = line.donor or donor
    if not code:
        raise DonorMissing()
    with database.writing() as session:
        key = line.key(name)
        replayed = was_done(session, key)

        def work() -> Booking:
            reception = open_reception(session, site_id, donor_by_code(session, code), stamp)
            return take_in(session, arrival, reception, stamp, rules_at(session, site_id, clock))

        return once(session, key, line.cells, stamp, work, Booking), replayed


def prepare_session(database: Database, name: str, site_id: int, clock: Clock, effort: float = 1.0) -> int:
    """The next session of the site with its baskets confirmed; the same one when the same file is run again."""
    stamp = clock.stamp()
    with database.writing() as session:
        session_id = once(session, f"run:{name}:{site_id}", name, stamp, lambda: _next(session, site_id, stamp.on), int)
        planned = get_session(session, session_id).state == "planned"
    if planned:
        plan_id = proposals.propose(database, session_id, stamp, effort=effort)
        with database.writing() as session:
            baskets.confirm(session, plan_id, stamp)
    return session_id


def _next(session: Session, site_id: int, today: dt.date) -> int:
    found = next_session(session, site_id, today)
    if found is None:
        raise NoSession(today=today)
    return found.id


def print_papers(
    session: Session, session_id: int, lots: Sequence[int], today: dt.date, words: Words, out: Path
) -> list[str]:
    """Lot labels, basket labels and both pick lists, as files of `out`."""
    picking = picking_for(session, session_id)
    papers = {
        "basket-labels.pdf": basket_labels(picking, media(BASKET_MEDIA), words),
        "pick-list.pdf": pick_list(picking, words),
        "pick-list-by-basket.pdf": pick_list_by_basket(picking, words),
    }
    if lots:
        papers["lot-labels.pdf"] = lot_labels(lot_labels_for(session, lots, today), media(LOT_MEDIA), words)
    for name, data in papers.items():
        (out / name).write_bytes(data)
    return sorted(papers)


def hand_out(database: Database, session_id: int, left: Sequence[LeftRow], clock: Clock, words: Words) -> list[BadLine]:
    """Hand every waiting basket over on the session's day, with what is left behind, and close the session.

    Whoever runs the file answers for the look at the dates and for the till, which holds what was paid. Answers with
    the lines of which no basket held anything; raises LinesToMend, and then nothing is handed over.
    """
    with database.reading() as session:
        on = get_session(session, session_id).on
        if get_session(session, session_id).state == "closed":
            return []
        everybody = handover.sheets(session, session_id)
        meant = _understood(session, everybody, left, on, words)
    stamp = Stamp(at=dt.datetime.combine(on, dt.time(14), clock.zone), on=on)
    came = {sheet.visit_id: _left_by(sheet, meant) for sheet in everybody if sheet.state == "expected"}
    with database.writing() as session:
        handover.settle(session, came, stamp)
        taken = till.cash(session, session_id)
        if taken.payments:
            till.count_cash(session, session_id, taken.expected_cents, stamp)
        closing.check_dates(session, get_session(session, session_id).site_id, stamp)
        closing.close(session, session_id, stamp)
    return [_nothing_of(one, words) for one in meant if one.product and not _found(one)]


def _understood(
    session: Session, everybody: Sequence[Sheet], left: Sequence[LeftRow], today: dt.date, words: Words
) -> list[_Meant]:
    """Every row with its baskets and its product; raises LinesToMend with each row that cannot be done."""
    meant: list[_Meant] = []
    bad: list[str] = []
    for row in left:
        try:
            meant.append(_meaning(session, everybody, row, today))
        except Refusal as refusal:
            bad.append(words.text(N_("Line %(line)s: %(reason)s"), line=row.number, reason=refusal.say(words)))
    if bad:
        raise LinesToMend(lines=" ".join(bad))
    return meant


def _meaning(session: Session, everybody: Sequence[Sheet], row: LeftRow, today: dt.date) -> _Meant:
    baskets_named = baskets_meant(row, everybody)
    if row.reason is Reason.ABSENT:
        return _Meant(row, baskets_named)
    product = find(session, read_scan(row.scan, today=today)).product
    if row.exit in SAVED and product.family.storage != "dry" and not row.stayed_cold:
        raise handover.NotSafeToRestock(product=product.name)
    return _Meant(row, baskets_named, product.id, product.name)


def _left_by(sheet: Sheet, meant: Sequence[_Meant]) -> list[LeftLine] | None:
    """What this basket leaves behind, or ABSENT."""
    mine = [one for one in meant if sheet in one.baskets]
    if any(one.row.reason is Reason.ABSENT for one in mine):
        return handover.ABSENT
    held = {line.id: line.quantity for line in sheet.lines}
    return [part for one in mine for part in _left_of(sheet, one, held)]


def _left_of(sheet: Sheet, one: _Meant, held: dict[int, int]) -> list[LeftLine]:
    """The lines of this basket that hold the product, up to the units left behind; none where it holds none."""
    parts: list[LeftLine] = []
    missing = one.row.units
    for line in sheet.lines:
        quantity = min(missing, held[line.id]) if line.product_id == one.product else 0
        if quantity:
            missing -= quantity
            held[line.id] -= quantity
            parts.append(LeftLine(line.id, quantity, one.row.reason, one.row.exit, one.row.stayed_cold))
    return parts


def _found(one: _Meant) -> bool:
    return any(line.product_id == one.product for sheet in one.baskets for line in sheet.lines)


def _nothing_of(one: _Meant, words: Words) -> BadLine:
    if one.row.basket == EVERY:
        reason = words.text(NO_BASKET_HOLDS, product=one.name)
    else:
        reason = words.text(BASKET_HOLDS_NONE, basket=one.baskets[0].basket, product=one.name)
    return BadLine(one.row.number, "NothingOfIt", reason)


def report_files(
    session: Session, since: dt.date, until: dt.date, site_id: int, made_on: dt.date, words: Words, out: Path
) -> tuple[WasteReport, list[str]]:
    """The waste report of the period as JSON and as PDF: the same figures."""
    report = waste_report(session, scope(session, since, until, site_id=site_id), Factors())
    paper = waste_on_paper(report, network_name(session, made_on), made_on, words)
    (out / "waste-report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    (out / "waste-report.pdf").write_bytes(waste_paper(paper, words))
    return report, ["waste-report.json", "waste-report.pdf"]


def write_bad_lines(bad: Iterable[BadLine], out: Path) -> None:
    """The lines that were not booked, as a CSV beside the papers."""
    with (out / "refused-lines.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "code", "reason"])
        writer.writerows([b.line, b.code, b.reason] for b in bad)


def summarise(
    session: Session,
    received: Received,
    session_id: int,
    site_id: int,
    clock: Clock,
    words: Words,
    out: Path,
    files: Sequence[str],
) -> Summary:
    """What the job did, with the waste report from the day of the run to the day of the session."""
    planned = get_session(session, session_id)
    everybody = handover.sheets(session, session_id)
    report, written = report_files(session, clock.today(), planned.on, site_id, clock.today(), words, out)
    lines = [line for sheet in everybody for line in sheet.lines]
    return Summary(
        received=received,
        session_id=session_id,
        on=planned.on,
        baskets=sum(bool(sheet.lines) for sheet in everybody),
        lines=len(lines),
        served=sum(sheet.state == "served" for sheet in everybody),
        absent=sum(sheet.state == "absent" for sheet in everybody),
        left_grams=sum(line.left * line.grams // line.quantity for line in lines),
        report=report,
        files=sorted([*files, *written, "refused-lines.csv", "summary.json"]),
    )
