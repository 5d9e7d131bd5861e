"""Whose site an address speaks of: the guard of every route asks before anything is changed there.

What is named in a form or a JSON body is asked of the verbs, which know who signs.
"""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from allocation.day_tables import AnnouncedDelivery, Opening
from allocation.tables import DistributionSession, PlanRecord, Visit
from api.house import House
from network.accounts import Person
from network.own_site import only_at
from network.tables import Printer
from stock.counts.tables import Count
from stock.tables import Place


def _of_session(table: type[Visit] | type[PlanRecord]) -> tuple[ColumnElement[int] | Any, Select[int]]:
    query = select(DistributionSession.site_id)
    return table.id, query.join(table, table.session_id == DistributionSession.id)


OF_SITE: dict[str, tuple[Any, Select[int]]] = {
    "session_id": (DistributionSession.id, select(DistributionSession.site_id)),
    "visit_id": _of_session(Visit),
    "plan_id": _of_session(PlanRecord),
    "announced_id": (AnnouncedDelivery.id, select(AnnouncedDelivery.site_id)),
    "opening_id": (Opening.id, select(Opening.site_id)),
    "count_id": (Count.id, select(Count.site_id)),
    "place_id": (Place.id, select(Place.site_id)),
    "printer_id": (Printer.id, select(Printer.site_id)),
}
"""How the site is found of what an address names; what is not there is for the route to refuse."""


def changes_elsewhere(connection: ASGIConnection[Any, Any, Any, Any], person: Person) -> dict[str, int]:
    """What of this address has to be asked: nothing where it only reads, or where the person works everywhere."""
    reads = not isinstance(connection, Request) or connection.method in ("GET", "HEAD")
    return {} if reads else named_elsewhere(connection, person)


def named_elsewhere(connection: ASGIConnection[Any, Any, Any, Any], person: Person) -> dict[str, int]:
    """What this address names that may be at another site than the person's."""
    if person.site_id is None:
        return {}
    return {name: int(value) for name, value in connection.scope.get("path_params", {}).items() if name in OF_SITE}


def refuse_elsewhere(connection: ASGIConnection[Any, Any, Any, Any], person: Person, named: dict[str, int]) -> None:
    """Raise AnotherSite where the address speaks of something at another site than the person's."""
    house: House = connection.app.state.house
    with house.registry.database(connection.headers.get("host", "")).reading() as session:
        for site_id in sites_of(session, named):
            only_at(session, person.site_id, site_id)


def sites_of(session: Session, named: dict[str, int]) -> list[int]:
    """The sites an address speaks of."""
    found = (
        session.scalar(query.where(column == named[name])) for name, (column, query) in OF_SITE.items() if name in named
    )
    return [site_id for site_id in found if site_id is not None]
