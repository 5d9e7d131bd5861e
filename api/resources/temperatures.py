"""Temperatures of places for programs: a thermometer on the network writes what it reads."""

import datetime as dt

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right
from stock import place_log
from stock.place_log import PlaceNow, Reading

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)


class NewReading(Struct, frozen=True):
    tenths: int
    """Tenths of a degree Celsius: −18.5 °C is -185."""
    at: dt.datetime | None = None
    """With its time zone; now where it is not said."""
    action: str = ""


@get("/temperatures", guards=[SEE], sync_to_thread=True)
def list_places(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> list[PlaceNow]:
    """Every place with its limits and its last reading."""
    with here.database.reading() as session:
        return place_log.places_now(session, here.clock.today(), site_id)


@post("/temperatures/{place_id:int}", guards=[WRITE], sync_to_thread=True)
def add_reading(
    here: NamedDependency[Here],
    place_id: FromPath[int],
    data: JSONBody[NewReading],
    idempotency_key: IdempotencyKey = "",
) -> Reading:
    """Write a reading down; one that is out of range shows at once on the pages of the stock."""

    def work(session: Session) -> Reading:
        return place_log.note_reading(session, place_id, data.tenths, here.stamp(), at=data.at, action=data.action)

    return write_once(here, idempotency_key, data, work, Reading)


ROUTES = [list_places, add_reading]
