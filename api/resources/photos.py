"""Photos of damage for programs: of a lot, or of what was turned away; read back under `/photos/{id}` as a JPEG."""

import hashlib
from collections.abc import Callable

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from api.damage import LARGEST_REQUEST, photo_written
from api.here import Here
from api.pages.lot import named
from api.received_where import lot_here, refusal_here
from api.resources.intake import Id
from api.resources.keys import IdempotencyKey
from api.security import May
from api.writing import write_once
from network.roles import Right
from stock.photos import Cleaned, NotAPhoto, Photo, add_photo, photos_of_reception
from stock.receptions import reception
from stock.story import lot_story

WRITE = May(Right.WRITE_STOCK)


class NewPhoto(Struct, frozen=True):
    photo: str
    """A JPEG, PNG or WebP as base64. It is written anew: where, when and with what it was taken is left out."""


@get("/receptions/{reception_id:int}/photos", guards=[WRITE], sync_to_thread=True)
def list_photos(here: NamedDependency[Here], reception_id: FromPath[int]) -> list[Photo]:
    """The photos of what came in under a reception and of what was turned away, oldest first."""
    with here.database.reading() as session:
        return photos_of_reception(session, reception(session, reception_id).id)


@post("/stock/lots/{lot:str}/photos", guards=[WRITE], sync_to_thread=True, request_max_body_size=LARGEST_REQUEST)
def add_to_lot(
    here: NamedDependency[Here], lot: FromPath[str], data: JSONBody[NewPhoto], idempotency_key: IdempotencyKey = ""
) -> Id:
    """Keep a photo of a lot; refused where there are twelve of it already."""

    def work(session: Session, jpeg: Cleaned) -> int:
        lot_id = lot_here(here, session, lot_story(session, named(lot)).lot_id)
        return add_photo(session, jpeg, here.stamp(), lot_id=lot_id)

    return _kept(here, data, idempotency_key, work)


@post(
    "/receptions/{reception_id:int}/refusals/{refused_id:int}/photos",
    guards=[WRITE],
    sync_to_thread=True,
    request_max_body_size=LARGEST_REQUEST,
)
def add_to_refusal(
    here: NamedDependency[Here],
    reception_id: FromPath[int],
    refused_id: FromPath[int],
    data: JSONBody[NewPhoto],
    idempotency_key: IdempotencyKey = "",
) -> Id:
    """Keep a photo of what was turned away under a reception, finished or not."""

    def work(session: Session, jpeg: Cleaned) -> int:
        gone = refusal_here(here, session, reception_id, refused_id)
        return add_photo(session, jpeg, here.stamp(), refused_id=gone)

    return _kept(here, data, idempotency_key, work)


def _kept(here: Here, data: NewPhoto, key: str, work: Callable[[Session, Cleaned], int]) -> Id:
    jpeg = photo_written(data.photo)
    if jpeg is None:
        raise NotAPhoto()
    return write_once(here, key, hashlib.sha256(jpeg).hexdigest(), lambda session: Id(work(session, jpeg)), Id)


ROUTES = [list_photos, add_to_lot, add_to_refusal]
