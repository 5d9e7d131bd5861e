"""The storage places of a site: shelves, fridges, freezers and quarantine corners, in the order pickers walk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from api.here import Here
from api.security import May
from api.typed import row_typed, whole_typed
from api.unchanged import mark_of, refuse_changed
from api.writing import write_once
from common.errors import Invalid, NotFound, Refusal
from common.words import N_, Term
from network.partners import sites
from network.roles import Right
from stock import places
from stock.accounts import PLACED
from stock.ledger import standings
from stock.places import STORAGE_NAMES, Storage
from stock.tables import Place

SEE, CHANGE = May(Right.SEE_STOCK), May(Right.CORRECT_STOCK)
PATH = "/places"


@dataclass
class PlaceForm:
    site: str = ""
    name: str = ""
    storage: str = Storage.DRY.value
    key: str = ""


@dataclass
class ChangeForm:
    name: str = ""
    position: str = ""
    key: str = ""
    seen: str = ""


@get(PATH, guards=[SEE], sync_to_thread=True)
def places_page(here: NamedDependency[Here]) -> Response[Any]:
    """The places of the person's own site, or of every site."""
    return _page(here)


@post(PATH, guards=[CHANGE], sync_to_thread=True)
def add_place(here: NamedDependency[Here], data: URLEncodedBody[PlaceForm]) -> Response[Any]:
    """One more place, the last one pickers come to."""

    def work(session: Session) -> int:
        site_id = row_typed(data.site, N_("site"), "site")
        return places.set_up_place(session, site_id, data.name, _storage(data.storage), here.stamp()).id

    try:
        write_once(here, data.key, [data.site, data.name, data.storage], work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(here, refusal, data)
    return here.go(PATH, N_("The place is there: goods can be put in it."))


@post(PATH + "/{place_id:int}", guards=[CHANGE], sync_to_thread=True)
def change_place(
    here: NamedDependency[Here], place_id: FromPath[int], data: URLEncodedBody[ChangeForm]
) -> Response[Any]:
    """Another name, or another turn on the way of the pickers."""

    def work(session: Session) -> int:
        refuse_changed(here, session, data.seen, lambda: _kept(places.place(session, place_id)))
        position = whole_typed(data.position.strip())
        if not position:
            expected = Term(N_("1 for the first one"))
            raise Invalid(field="position", what=Term(N_("Turn")), expected=expected, got=data.position[:40])
        return places.change_place(session, place_id, data.name, position, here.stamp()).id

    try:
        write_once(here, data.key, [data.name, data.position], work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(here, refusal, changed={place_id: data})
    return here.go(PATH, N_("Kept: lists and labels say it from now on."))


@post(PATH + "/{place_id:int}/retired", guards=[CHANGE], sync_to_thread=True)
def retire_place(here: NamedDependency[Here], place_id: FromPath[int]) -> Response[Any]:
    """Offer a place no longer; one that was added by mistake is gone."""
    try:
        with here.database.writing() as session:
            kept = places.retire_place(session, place_id, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(PATH, refusal)
    if kept:
        return here.go(PATH, N_("The place is retired: nothing is put there any more, and its past is kept."))
    return here.go(PATH, N_("The place is removed: nothing ever stood there."))


@post(PATH + "/{place_id:int}/used-again", guards=[CHANGE], sync_to_thread=True)
def use_again(here: NamedDependency[Here], place_id: FromPath[int]) -> Response[Any]:
    """A retired place is offered again."""
    with here.database.writing() as session:
        places.use_again(session, place_id, here.stamp())
    return here.go(PATH, N_("The place is in use again, the last one pickers come to."))


def _page(
    here: Here,
    refusal: Refusal | None = None,
    added: PlaceForm | None = None,
    changed: Mapping[int, ChangeForm] | None = None,
) -> Response[Any]:
    """The places site by site; a form that was refused holds what was typed into it."""
    with here.database.reading() as session:
        every = [(s.id, s.name) for s in sites(session) if here.works_at(s.id)]
        known = {site_id: places.places(session, site_id) for site_id, _ in every}
        numbers = {one.id for there in known.values() for one in there}
        stood = {(s.where.place_id, s.lot_id) for s in standings(session, places=numbers, accounts=PLACED)}
    lots = Counter(place_id for place_id, _ in stood)
    return here.page(
        "pages/places.html",
        status=refusal.kind.value if refusal else 200,
        sites=every,
        walks=[
            (
                name,
                [
                    _row(turn, one, lots[one.id], changed or {})
                    for turn, one in enumerate(_used(known[site_id]), start=1)
                ],
                [one for one in known[site_id] if one.retired_on],
            )
            for site_id, name in every
        ],
        storages=[(kind.value, here.words.text(name)) for kind, name in STORAGE_NAMES.items()],
        added=added or PlaceForm(site=str(here.me.site_id or "")),
        may_change=Right.CORRECT_STOCK in here.me.rights,
        why=(refusal.field, refusal.say(here.words)) if refusal else (None, ""),
        refused=next(iter(changed or {}), None) if refusal else None,
    )


def _used(there: Sequence[Place]) -> list[Place]:
    return [one for one in there if one.retired_on is None]


def _row(turn: int, one: Place, lots: int, changed: Mapping[int, ChangeForm]) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "storage": one.storage,
        "lots": lots,
        "form": changed.get(one.id) or ChangeForm(name=one.name, position=str(turn)),
        "mark": mark_of(_kept(one)),
    }


def _kept(one: Place) -> list[Any]:
    """What the form of a place is made from."""
    return [one.name, one.rank]


def _storage(typed: str) -> Storage:
    if typed not in set(Storage):
        raise Invalid(
            field="storage", what=Term(N_("How goods are kept there")), expected=list(Storage), got=typed[:40]
        )
    return Storage(typed)


ROUTES = [places_page, add_place, change_place, retire_place, use_again]
