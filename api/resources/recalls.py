"""Recalls for programs: the alerts that speak of our goods, the lots, and who had some where that may be seen."""

import datetime as dt

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct
from msgspec.structs import replace

from allocation.concerned import Concerned, concerned, notices_with_hits, watch
from api.here import Here
from api.security import May
from network.roles import Right

MAY = May(Right.SEE_STOCK)


class RecallOut(Struct, frozen=True):
    """One alert and the lots it speaks of."""

    id: int
    number: str
    version: int
    published_on: dt.date
    brand: str
    label: str
    reason: str
    link: str
    lots: list[Concerned]


class RecallsOut(Struct, frozen=True):
    """How fresh the alerts are, and those that speak of our goods: the ones that wait come first."""

    read_at: dt.datetime | None
    stale: bool
    waiting: int
    recalls: list[RecallOut]


@get("/recalls", guards=[MAY], sync_to_thread=True)
def list_recalls(here: NamedDependency[Here]) -> RecallsOut:
    """Alerts that speak of goods that are or were here."""
    see_cards = Right.SEE_CARDS in here.me.rights
    with here.database.reading() as session:
        how = watch(session, here.clock.now())
        found = notices_with_hits(session)
        lots = concerned(session, [one.id for one in found])
        return RecallsOut(
            read_at=how.last.at if how.last else None,
            stale=how.stale,
            waiting=how.waiting,
            recalls=[
                RecallOut(
                    id=one.id,
                    number=one.number,
                    version=one.version,
                    published_on=one.published_on,
                    brand=one.brand,
                    label=one.label,
                    reason=one.reason,
                    link=one.link,
                    lots=[lot if see_cards else replace(lot, served=()) for lot in lots.get(one.id, [])],
                )
                for one in found
            ],
        )


ROUTES = [list_recalls]
