"""Shelves, fridges, freezers and quarantine corners, in the order pickers walk."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from network.own_site import only_there
from network.partners import site
from stock.tables import Balance, Place

LONGEST = 40
"""Signs of a name: it stands on labels and pick lists."""


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


class NameRetired(Refusal):
    """Old papers and old movements would speak of two places by one name."""

    kind = Kind.CONFLICT
    message = N_("A retired place of this site is called “%(name)s”: use it again, or choose another name.")
    field = "name"


class WrongName(Refusal):
    """None, or one that fits on no label."""

    message = N_("The name of a place has 1 to %(most)s signs, this one is “%(got)s”.")
    field = "name"


class PlaceNotEmpty(Refusal):
    """Goods on a shelf nobody is shown would be forgotten there."""

    kind = Kind.CONFLICT
    message = N_("Goods stand in “%(name)s” (lots: %(lots)s): move them or take them out, then retire it.")


class PlaceRetired(Refusal):
    """What is put where nobody is shown it any more would be forgotten there."""

    kind = Kind.CONFLICT
    message = N_("“%(place)s” is retired: choose another place, or use it again (Stock, Storage places).")


def add_place(session: Session, site_id: int, name: str, storage: Storage) -> Place:
    """A new place, the last one pickers come to; raises WrongName or PlaceTaken."""
    name = _free_name(session, site_id, name)
    place = Place(site_id=site_id, name=name, storage=storage, rank=_next_rank(session, site_id))
    session.add(place)
    session.flush()
    return place


def set_up_place(session: Session, site_id: int, name: str, storage: Storage, stamp: Stamp) -> Place:
    """The same, by somebody; raises NotFound and AnotherSite as well."""
    only_there(session, stamp, site(session, site_id).id)
    added = add_place(session, site_id, name, storage)
    audit.record(session, "place.add", f"place:{added.id}", stamp, storage=storage.value)
    return added


def change_place(session: Session, place_id: int, name: str, position: int, stamp: Stamp) -> Place:
    """Another name, another turn on the way of the pickers: the first is 1, and one beyond the last is the last.

    How goods are kept there stays: what stands on it came in under that. Raises NotFound, AnotherSite, WrongName
    or PlaceTaken.
    """
    there = place(session, place_id)
    only_there(session, stamp, there.site_id)
    there.name = _free_name(session, there.site_id, name, but=place_id)
    walk = [one for one in places_in_use(session, there.site_id) if one.id != place_id]
    walk.insert(max(position, 1) - 1, there)
    for rank, one in enumerate(walk, start=1):
        one.rank = rank
    session.flush()
    audit.record(session, "place.change", f"place:{place_id}", stamp, position=there.rank)
    return there


def retire_place(session: Session, place_id: int, stamp: Stamp) -> bool:
    """Offer a place no longer, from today on; returns whether it is kept for its history, or never had one and is gone.

    Raises NotFound, AnotherSite or PlaceNotEmpty.
    """
    there = place(session, place_id)
    only_there(session, stamp, there.site_id)
    # Who is putting goods there holds it; whoever comes later finds it retired.
    session.refresh(there, with_for_update=True)
    lots = session.scalar(_LOTS_THERE, {"place_id": place_id}) or 0
    if lots:
        raise PlaceNotEmpty(name=there.name, lots=lots)
    if there.retired_on is not None:
        return True
    try:
        with session.begin_nested():
            session.delete(there)
    except IntegrityError:
        there = place(session, place_id)
        there.retired_on = stamp.on
        session.flush()
        audit.record(session, "place.retire", f"place:{place_id}", stamp)
        return True
    audit.record(session, "place.remove", f"place:{place_id}", stamp)
    return False


def use_again(session: Session, place_id: int, stamp: Stamp) -> Place:
    """A retired place is offered again, the last one pickers come to; raises NotFound or AnotherSite."""
    there = place(session, place_id)
    only_there(session, stamp, there.site_id)
    if there.retired_on is not None:
        there.retired_on, there.rank = None, _next_rank(session, there.site_id)
        session.flush()
        audit.record(session, "place.use", f"place:{place_id}", stamp)
    return there


def places_in_use(session: Session, site_id: int | None = None) -> Sequence[Place]:
    """The places goods can be put in, in walking order."""
    return [there for there in places(session, site_id) if there.retired_on is None]


def places(session: Session, site_id: int | None = None) -> Sequence[Place]:
    """The places of a site, or of all, in walking order: retired ones too, which the past speaks of."""
    query = select(Place).order_by(Place.site_id, Place.rank, Place.id)
    return session.scalars(query if site_id is None else query.where(Place.site_id == site_id)).all()


def place(session: Session, place_id: int) -> Place:
    """The place; raises NotFound."""
    found = session.get(Place, place_id)
    if found is None:
        raise NotFound(what=Term(N_("place")), id=place_id)
    return found


def _next_rank(session: Session, site_id: int) -> int:
    return (session.scalar(select(func.max(Place.rank)).where(Place.site_id == site_id)) or 0) + 1


def _free_name(session: Session, site_id: int, typed: str, but: int | None = None) -> str:
    """The name as it is kept; raises WrongName or PlaceTaken."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())
    if not 0 < len(name) <= LONGEST:
        raise WrongName(most=LONGEST, got=name[:60])
    taken = select(Place).where(Place.site_id == site_id, Place.name == name, Place.id != (but or 0))
    if other := session.scalar(taken):
        raise PlaceTaken(name=name) if other.retired_on is None else NameRetired(name=name)
    return name


_LOTS_THERE = select(func.count(Balance.lot_id.distinct())).where(
    Balance.place_id == bindparam("place_id"), Balance.quantity > 0
)
