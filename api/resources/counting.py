"""Counts for programs: what a handheld needs to count along, blind as the page is."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.here import Here
from api.resources.intake import Id
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right
from stock.counts import register
from stock.counts.lines import CountLine, lines
from stock.counts.register import CountRow, Tally

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)


class NewCount(Struct, frozen=True):
    """Empty means everything: all places of the site, all families."""

    site_id: int
    place_id: int | None = None
    family_code: str | None = None


class CountOut(Struct, frozen=True):
    """A count with its lines."""

    count: CountRow
    lines: list[CountLine]


@get("/counts", guards=[SEE], sync_to_thread=True)
def list_counts(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> list[CountRow]:
    """Open counts first, then the newest."""
    with here.database.reading() as session:
        return register.counts(session, site_id)


@post("/counts", guards=[WRITE], sync_to_thread=True)
def create_count(here: NamedDependency[Here], data: JSONBody[NewCount], idempotency_key: IdempotencyKey = "") -> Id:
    """Begin a count; refused where an open one covers some of the same goods."""

    def work(session: Session) -> Id:
        return Id(
            register.open_count(
                session, data.site_id, here.stamp(), place_id=data.place_id, family_code=data.family_code
            )
        )

    return write_once(here, idempotency_key, data, work, Id)


@get("/counts/{count_id:int}", guards=[SEE], sync_to_thread=True)
def show_count(here: NamedDependency[Here], count_id: FromPath[int]) -> CountOut:
    """What is to be counted and what was found so far; not what the books say."""
    with here.database.reading() as session:
        row = register.count_row(session, count_id)
        return CountOut(row, lines(session, register.get_count(session, count_id)))


@post("/counts/{count_id:int}/tallies", guards=[WRITE], sync_to_thread=True)
def add_tallies(
    here: NamedDependency[Here],
    count_id: FromPath[int],
    data: JSONBody[list[Tally]],
    idempotency_key: IdempotencyKey = "",
) -> list[Id]:
    """Keep what was found, all or none; each adds to what anybody found before."""

    def work(session: Session) -> list[Id]:
        return [Id(number) for number in register.add(session, count_id, data, here.stamp())]

    return write_once(here, idempotency_key, data, work, list[Id])


ROUTES = [list_counts, create_count, show_count, add_tallies]
