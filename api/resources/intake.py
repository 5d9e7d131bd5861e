"""Intake for programs: what a code means, receptions, lines, refusals."""

import datetime as dt
from collections.abc import Sequence

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.intake_rules import rules_at
from api.pages.lot_shelf import refuse_to_free
from api.received_where import reception_here, refuse_elsewhere
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right
from stock import catalogue, intake
from stock.agreed_times import Expected, expected
from stock.donors import donor, donors
from stock.intake import Arrival, Booking
from stock.reception_end import (
    Missing,
    Said,
    finish,
    finished_by,
    missing_by_reception,
    refuse_finished,
    reopen,
    said_by_reception,
    said_of,
)
from stock.reception_lines import ReceivedLine, RefusedLine, received_by_reception, refused_by_reception
from stock.receptions import receptions_of, so_far, so_far_by_reception
from stock.tables import Reception
from stock.undoing import take_back

MAY = May(Right.WRITE_STOCK)


class DonorOut(Struct, frozen=True):
    id: int
    code: str
    name: str
    kind: str
    source: str


class NewReception(Struct, frozen=True):
    site_id: int
    donor_id: int
    source: str = ""
    """The programme the goods come under; the donor's usual one where it is not said."""
    kind: str = ""
    """How they came: `pickup`, `delivered`, `food_drive`, `food_bank`, `purchase` or `programme`."""
    vehicle: str = ""


class ReceptionOut(Struct, frozen=True):
    id: int
    site_id: int
    donor_id: int
    source: str
    kind: str
    vehicle: str
    on: str
    lines: int
    grams: int
    finished_at: dt.datetime | None = None
    finished_by: str = ""
    """Who said so; empty where nobody wrote it down."""
    added_at: dt.datetime | None = None
    """When something entered before the end, without network, was last added after it."""


class WholeReception(Struct, frozen=True):
    """A reception with what came in under it, what was turned away, and what it does not say yet."""

    reception: ReceptionOut
    donor: str
    received: list[ReceivedLine]
    refused: list[RefusedLine]
    missing: Missing
    said: list[Said]
    """Who finished it and who reopened it, in that order."""


class ScanOut(Struct, frozen=True):
    """What a code says, and the product it names."""

    product_id: int
    product: str
    measure: str
    units: int
    grams: int | None
    lot_number: str | None
    date: str | None
    date_kind: str | None


class NewRefusal(Struct, frozen=True):
    reason: str
    grams: int
    product_id: int | None = None


class Movements(Struct, frozen=True):
    movements: tuple[int, ...]


class Id(Struct, frozen=True):
    id: int


@get("/donors", guards=[MAY], sync_to_thread=True)
def list_donors(here: NamedDependency[Here]) -> list[DonorOut]:
    """Who gives."""
    with here.database.reading() as session:
        return [DonorOut(d.id, d.code, d.name, d.kind, d.source) for d in donors(session)]


@get("/scan", guards=[MAY], sync_to_thread=True)
def show_scan(here: NamedDependency[Here], code: FromQuery[str], donor_id: FromQuery[int | None] = None) -> ScanOut:
    """What a scanned code means; shops' own codes need the donor."""
    with here.database.reading() as session:
        scan = intake.read_code(session, code, here.clock.today())
        found = catalogue.find(session, scan, donor(session, donor_id) if donor_id else None)
        return ScanOut(
            product_id=found.product.id,
            product=found.product.name,
            measure=found.product.measure,
            units=found.units,
            grams=found.grams,
            lot_number=scan.lot_number,
            date=scan.date.isoformat() if scan.date else None,
            date_kind=scan.date_kind.value if scan.date_kind else None,
        )


@post("/receptions", guards=[MAY], sync_to_thread=True)
def create_reception(
    here: NamedDependency[Here], data: JSONBody[NewReception], idempotency_key: IdempotencyKey = ""
) -> ReceptionOut:
    """Open today's reception of a donor at a site, or get the one that is open already.

    Who has a site of their own receives there, and writes under no reception of another.
    """

    def work(session: Session) -> ReceptionOut:
        refuse_elsewhere(here, session, data.site_id)
        giver = donor(session, data.donor_id)
        opened = intake.open_reception(session, data.site_id, giver, here.stamp(), data.source, data.kind, data.vehicle)
        return _reception(session, opened.id)

    return write_once(here, idempotency_key, data, work, ReceptionOut)


@get("/receptions/expected", guards=[MAY], sync_to_thread=True)
def list_expected(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> list[Expected]:
    """What comes today by the donors' agreements, the earliest first; at one site, what comes to it or to any."""
    with here.database.reading() as session:
        return expected(session, here.clock.now(), site_id)


@get("/receptions/{reception_id:int}", guards=[MAY], sync_to_thread=True)
def show_reception(here: NamedDependency[Here], reception_id: FromPath[int]) -> ReceptionOut:
    """A reception and how much came in under it so far."""
    with here.database.reading() as session:
        return _reception(session, reception_id)


@get("/receptions", guards=[MAY], sync_to_thread=True)
def list_receptions(
    here: NamedDependency[Here], on: FromQuery[dt.date | None] = None, site_id: FromQuery[int | None] = None
) -> list[WholeReception]:
    """The receptions of a day, today's where none is said, in the order they were opened."""
    with here.database.reading() as session:
        return _whole(session, receptions_of(session, on or here.clock.today(), site_id))


@post("/receptions/{reception_id:int}/finish", guards=[MAY], sync_to_thread=True, status_code=200)
def finish_reception(
    here: NamedDependency[Here], reception_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> ReceptionOut:
    """Say that everything is in: lines and refusals are booked under it no more, until it is reopened."""

    def work(session: Session) -> ReceptionOut:
        finish(session, reception_here(here, session, reception_id).id, here.stamp())
        return _reception(session, reception_id)

    return write_once(here, idempotency_key, reception_id, work, ReceptionOut)


@post("/receptions/{reception_id:int}/reopen", guards=[MAY], sync_to_thread=True, status_code=200)
def reopen_reception(
    here: NamedDependency[Here], reception_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> ReceptionOut:
    """Book under it again, on its own day, while the same donor's goods have not gone on under another."""

    def work(session: Session) -> ReceptionOut:
        reopen(session, reception_here(here, session, reception_id).id, here.stamp())
        return _reception(session, reception_id)

    return write_once(here, idempotency_key, reception_id, work, ReceptionOut)


@post("/receptions/{reception_id:int}/lines", guards=[MAY], sync_to_thread=True)
def book_line(
    here: NamedDependency[Here],
    reception_id: FromPath[int],
    data: JSONBody[Arrival],
    idempotency_key: IdempotencyKey = "",
) -> Booking:
    """Book one scanned line; the same key again books nothing and gives the same answer."""

    def work(session: Session) -> Booking:
        under = refuse_finished(reception_here(here, session, reception_id))
        return intake.take_in(session, data, under, here.stamp(), rules_at(session, under.site_id, here.clock))

    return write_once(here, idempotency_key, [reception_id, data], work, Booking)


@post("/movements/{movement_id:int}/undo", guards=[MAY], sync_to_thread=True)
def undo_line(here: NamedDependency[Here], movement_id: FromPath[int], idempotency_key: IdempotencyKey = "") -> Id:
    """Take a booking, a move, a block or a loss back by a counter-movement."""

    def work(session: Session) -> Id:
        return Id(_take_back(here, session, [movement_id])[0])

    return write_once(here, idempotency_key, movement_id, work, Id)


@post("/movements/undo", guards=[MAY], sync_to_thread=True)
def undo_several(
    here: NamedDependency[Here], data: JSONBody[Movements], idempotency_key: IdempotencyKey = ""
) -> Movements:
    """Take what belongs together back, all or none: the two movements of a split, a loss from several places."""

    def work(session: Session) -> Movements:
        return Movements(tuple(_take_back(here, session, data.movements)))

    return write_once(here, idempotency_key, data, work, Movements)


def _take_back(here: Here, session: Session, movements: Sequence[int]) -> list[int]:
    refuse_to_free(here, session, movements)
    return take_back(session, movements, here.stamp())


@post("/receptions/{reception_id:int}/refusals", guards=[MAY], sync_to_thread=True)
def refuse_goods(
    here: NamedDependency[Here],
    reception_id: FromPath[int],
    data: JSONBody[NewRefusal],
    idempotency_key: IdempotencyKey = "",
) -> Id:
    """Write down what was turned away, and why."""

    def work(session: Session) -> Id:
        refuse_finished(reception_here(here, session, reception_id))
        return Id(intake.refuse_goods(session, reception_id, data.reason, data.grams, here.stamp(), data.product_id))

    return write_once(here, idempotency_key, [reception_id, data], work, Id)


def _reception(session: Session, reception_id: int) -> ReceptionOut:
    found = intake.reception(session, reception_id)
    return _told(found, *so_far(session, reception_id), said_of(session, reception_id))


def _told(found: Reception, lines: int, grams: int, said: Sequence[Said]) -> ReceptionOut:
    return ReceptionOut(
        id=found.id,
        site_id=found.site_id,
        donor_id=found.donor_id,
        source=found.source,
        kind=found.kind,
        vehicle=found.vehicle,
        on=found.on.isoformat(),
        lines=lines,
        grams=grams,
        finished_at=found.closed_at,
        finished_by=finished_by(found, said),
        added_at=found.added_at,
    )


def _whole(session: Session, receptions: Sequence[Reception]) -> list[WholeReception]:
    """All of them from a handful of queries, however many came on a day."""
    numbers = [came.id for came in receptions]
    sums, said = so_far_by_reception(session, numbers), said_by_reception(session, numbers)
    received, refused = received_by_reception(session, numbers), refused_by_reception(session, numbers)
    lacks = missing_by_reception(session, numbers)
    return [
        WholeReception(
            reception=_told(came, *sums[came.id], said[came.id]),
            donor=came.donor.name,
            received=received[came.id],
            refused=refused[came.id],
            missing=lacks[came.id],
            said=said[came.id],
        )
        for came in receptions
    ]


ROUTES = [
    list_donors,
    show_scan,
    create_reception,
    list_expected,
    list_receptions,
    show_reception,
    finish_reception,
    reopen_reception,
    book_line,
    undo_line,
    undo_several,
    refuse_goods,
]
