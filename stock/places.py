"""Shelves, fridges, freezers and quarantine corners, in the order pickers walk."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from stock.tables import Place


class Storage(StrEnum):
    """How goods are kept; `QUARANTINE` is a corner for goods that must not be given."""

    DRY = "dry"
    CHILLED = "chilled"
    FROZEN = "frozen"
    QUARANTINE = "quarantine"


STORAGE_NAMES = {
    Storage.DRY: N_("Dry"),
    Storage.CHILLED: N_("Chilled"),
    Storage.FROZEN: N_("Frozen"),
    Storage.QUARANTINE: N_("Quarantine"),
}


class PlaceTaken(Refusal):
    """Two places of one name at a site could not be told apart on a pick list."""

    kind = Kind.CONFLICT
    message = N_("This site already has a place called “%(name)s”.")
    field = "name"


def add_place(session: Session, site_id: int, name: str, storage: Storage) -> Place:
    """A new place, the last one pickers come to; raises PlaceTaken."""
    name = name.strip()
    here = select(func.coalesce(func.max(Place.rank), 0)).where(Place.site_id == site_id)
    if session.scalar(select(Place.id).where(Place.site_id == site_id, Place.name == name)):
        raise PlaceTaken(name=name)
    place = Place(site_id=site_id, name=name, storage=storage, rank=(session.scalar(here) or 0) + 1)
    session.add(place)
    session.flush()
    return place


def places(session: Session, site_id: int | None = None) -> Sequence[Place]:
    """The places of a site, or of all, in walking order."""
    query = select(Place).order_by(Place.site_id, Place.rank, Place.id)
    return session.scalars(query if site_id is None else query.where(Place.site_id == site_id)).all()


def place(session: Session, place_id: int) -> Place:
    """The place; raises NotFound."""
    found = session.get(Place, place_id)
    if found is None:
        raise NotFound(what=Term(N_("place")), id=place_id)
    return found
