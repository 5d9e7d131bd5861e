"""Transfers between sites for programs: sent lot by lot, received line by line."""

from collections.abc import Sequence

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.pages.transfers import call_back_here, receive_here, send_here
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from common.errors import Invalid, NotFound
from common.words import N_, Term
from network.roles import Right
from stock.transfers.register import Arrived, Difference, Sent, transfer, transfers

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)


class SendLine(Struct, frozen=True):
    """So much of a lot, in pieces, or grams where it is weighed."""

    lot_id: int
    quantity: int


class NewTransfer(Struct, frozen=True):
    from_site_id: int
    to_site_id: int
    lines: tuple[SendLine, ...]


class ArrivedLine(Struct, frozen=True):
    """What was counted of a line on arrival, and why that is not what was sent."""

    line_id: int
    received: int
    difference: Difference | None = None


@get("/transfers", guards=[SEE], sync_to_thread=True)
def show_transfers(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> list[Sent]:
    """What is on its way, and what came and went lately, from or to a site."""
    with here.database.reading() as session:
        return transfers(session, site_id)


@get("/transfers/{transfer_id:int}", guards=[SEE], sync_to_thread=True)
def show_transfer(here: NamedDependency[Here], transfer_id: FromPath[int]) -> Sent:
    """One transfer line by line: what was sent, what arrived, and why the two differ."""
    with here.database.reading() as session:
        return transfer(session, transfer_id)


@post("/transfers", guards=[WRITE], sync_to_thread=True)
def send_transfer(
    here: NamedDependency[Here], data: JSONBody[NewTransfer], idempotency_key: IdempotencyKey = ""
) -> Sent:
    """Take goods off the free shelves of one site, for another; who has a site of their own sends from there.

    The same lot from two places becomes two lines.
    """

    def work(session: Session) -> Sent:
        quantities = {line.lot_id: line.quantity for line in data.lines}
        if len(quantities) < len(data.lines):
            raise Invalid(what=Term(N_("lot")), expected=Term(N_("each only once")), got=len(data.lines))
        return transfer(session, send_here(here, session, data.from_site_id, data.to_site_id, quantities))

    return write_once(here, idempotency_key, data, work, Sent)


@post("/transfers/{transfer_id:int}/arrival", guards=[WRITE], sync_to_thread=True)
def receive_transfer(
    here: NamedDependency[Here],
    transfer_id: FromPath[int],
    data: JSONBody[list[ArrivedLine]],
    idempotency_key: IdempotencyKey = "",
) -> Sent:
    """Settle every line at once; one that is not named arrived as sent, a difference needs its reason."""

    def work(session: Session) -> Sent:
        receive_here(here, session, transfer(session, transfer_id), _counted(session, transfer_id, data))
        return transfer(session, transfer_id)

    return write_once(here, idempotency_key, data, work, Sent)


@post("/transfers/{transfer_id:int}/call-back", guards=[WRITE], sync_to_thread=True)
def call_back_transfer(
    here: NamedDependency[Here], transfer_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> Sent:
    """It never left: everything back on the shelves it was taken from."""

    def work(session: Session) -> Sent:
        call_back_here(here, session, transfer(session, transfer_id))
        return transfer(session, transfer_id)

    return write_once(here, idempotency_key, transfer_id, work, Sent)


def _counted(session: Session, transfer_id: int, lines: Sequence[ArrivedLine]) -> dict[int, Arrived]:
    """Raises NotFound for a line of another transfer, Invalid for less than nothing."""
    known = {line.id for line in transfer(session, transfer_id).lines}
    for line in lines:
        if line.line_id not in known:
            raise NotFound(what=Term(N_("line")), id=line.line_id)
        if line.received < 0:
            raise Invalid(what=Term(N_("quantity")), expected=Term(N_("at least 0")), got=line.received)
    return {line.line_id: Arrived(line.received, line.difference) for line in lines}


ROUTES = [show_transfers, show_transfer, send_transfer, receive_transfer, call_back_transfer]
