"""Announced deliveries for programs: what a food bank's own software knows will come."""

import datetime as dt

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from allocation.announced import AnnouncedRow, announce, announced_deliveries, put_back, strike_out
from api.here import Here
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right

MAY = May(Right.MAKE_PLANS)


class NewAnnouncement(Struct, frozen=True):
    site_id: int
    on: dt.date
    """The day it will be on the shelves: from tomorrow on."""
    food_group: str
    grams: int
    note: str = ""
    """Whose truck or call it was; nobody's name."""


class AnnouncedId(Struct, frozen=True):
    id: int


@get("/announced", guards=[MAY], sync_to_thread=True)
def show_announced(here: NamedDependency[Here]) -> list[AnnouncedRow]:
    """What is announced for days to come, the soonest first."""
    with here.database.reading() as session:
        return announced_deliveries(session, here.clock.today())


@post("/announced", guards=[MAY], sync_to_thread=True)
def announce_delivery(
    here: NamedDependency[Here], data: JSONBody[NewAnnouncement], idempotency_key: IdempotencyKey = ""
) -> AnnouncedId:
    """Write down what will come; proposals made from then on count on it until its day."""
    return write_once(
        here,
        idempotency_key,
        data,
        lambda session: AnnouncedId(
            announce(
                session,
                site_id=data.site_id,
                on=data.on,
                food_group=data.food_group,
                grams=data.grams,
                note=data.note,
                stamp=here.stamp(),
            )
        ),
        AnnouncedId,
    )


@post("/announced/{announced_id:int}/struck-out", guards=[MAY], sync_to_thread=True)
def strike_announcement(
    here: NamedDependency[Here], announced_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> AnnouncedId:
    """It will not come after all."""
    return write_once(
        here,
        idempotency_key,
        announced_id,
        lambda session: AnnouncedId(strike_out(session, announced_id, here.stamp())),
        AnnouncedId,
    )


@post("/announced/{announced_id:int}/put-back", guards=[MAY], sync_to_thread=True)
def put_announcement_back(
    here: NamedDependency[Here], announced_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> AnnouncedId:
    """It comes, as it was said at first."""
    return write_once(
        here,
        idempotency_key,
        announced_id,
        lambda session: AnnouncedId(put_back(session, announced_id, here.stamp())),
        AnnouncedId,
    )


ROUTES = [show_announced, announce_delivery, strike_announcement, put_announcement_back]
