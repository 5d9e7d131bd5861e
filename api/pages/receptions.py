"""A reception read back, finished and reopened, and photos of damage: of its lots, and of what was turned away."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from sqlalchemy.orm import Session

from api.damage import LARGEST_REQUEST, photo_sent, shown
from api.here import Here
from api.intake_words import programmes
from api.pages.lot import named
from api.received_where import lot_here, photo_here, reception_here, refusal_here
from api.security import May
from api.writing import write_and_go, write_once
from common.errors import NotFound, Refusal
from common.words import N_
from network.partners import site as get_site
from network.roles import Right
from stock import photos
from stock.photos import Cleaned
from stock.reception_end import finish, finished_by, missing, reopen, said_of
from stock.reception_lines import received_lines, refused_lines
from stock.receptions import KIND_NAMES, ReceptionKind, reception
from stock.reference import refusal_reasons
from stock.story import lot_story
from stock.tables import Family

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)


@dataclass
class PhotoForm:
    photo: UploadFile | None = None
    key: str = ""


@get("/receptions/{reception_id:int}", guards=[SEE], sync_to_thread=True)
def reception_page(here: NamedDependency[Here], reception_id: FromPath[int]) -> Response[Any]:
    """What came in under a reception, what was turned away and how it looked."""
    with here.database.reading() as session:
        came = reception(session, reception_id)
        site = get_site(session, came.site_id).name
        lines, refused = received_lines(session, reception_id), refused_lines(session, reception_id)
        lacks = missing(session, reception_id)
        cold = [here.name_of(session.get_one(Family, code)) for code in lacks.temperatures]
        damage = shown(here, session, photos.photos_of_reception(session, reception_id))
        damage["may_write"] &= here.works_at(came.site_id)
        said = said_of(session, reception_id)
    seen = damage["photos"]
    reasons = {reason.code: here.name_of(reason) for reason in refusal_reasons()}
    return here.page(
        "pages/reception.html",
        reception={
            "id": came.id,
            "on": came.on,
            "site": site,
            "donor": came.donor.name,
            "donor_id": came.donor_id,
            "way": here.words.text(KIND_NAMES[ReceptionKind(came.kind)]),
            "kind": came.kind,
            "source": came.source,
            "vehicle": came.vehicle,
            "programme": dict(programmes(here.words)).get(came.source, came.source),
            "finished_at": came.closed_at,
            "finished_by": finished_by(came, said),
            "said": said,
            "added_at": came.added_at,
            "of_today": came.on == here.clock.today(),
        },
        no_lines=lacks.lines,
        cold=cold,
        lines=lines,
        grams=sum(line.grams for line in lines),
        refused=[
            {
                "id": gone.id,
                "product": gone.product,
                "reason": reasons.get(gone.reason, gone.reason),
                "grams": gone.grams,
                "photos": [photo for photo in seen if photo["refused_id"] == gone.id],
            }
            for gone in refused
        ],
        **{**damage, "photos": [photo for photo in seen if photo["refused_id"] is None]},
    )


@post("/receptions/{reception_id:int}/finish", guards=[WRITE], sync_to_thread=True)
def finish_reception(
    here: NamedDependency[Here], reception_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Everything is in: nothing more is offered to be booked under it."""

    def work(session: Session) -> int:
        return finish(session, reception_here(here, session, reception_id).id, here.stamp()).id

    said = N_("The reception is finished: whoever scans now begins another.")
    return write_and_go(here, f"/receptions/{reception_id}", data, reception_id, work, said)


@post("/receptions/{reception_id:int}/reopen", guards=[WRITE], sync_to_thread=True)
def reopen_reception(
    here: NamedDependency[Here], reception_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Something was forgotten."""

    def work(session: Session) -> int:
        return reopen(session, reception_here(here, session, reception_id).id, here.stamp()).id

    said = N_("The reception is open again.")
    return write_and_go(here, f"/receptions/{reception_id}", data, reception_id, work, said)


@get("/photos/{photo_id:int}", guards=[SEE], sync_to_thread=True)
def photo_file(here: NamedDependency[Here], photo_id: FromPath[int]) -> Response[bytes]:
    with here.database.reading() as session:
        return Response(photos.picture(session, photo_id), media_type="image/jpeg")


@post("/stock/lots/{lot:str}/photos", guards=[WRITE], sync_to_thread=True, request_max_body_size=LARGEST_REQUEST)
def add_to_lot(here: NamedDependency[Here], lot: FromPath[str], data: MultipartBody[PhotoForm]) -> Response[Any]:
    def work(session: Session, jpeg: Cleaned) -> int:
        lot_id = lot_here(here, session, lot_story(session, named(lot)).lot_id)
        return photos.add_photo(session, jpeg, here.stamp(), lot_id=lot_id)

    return _kept(here, f"/stock/lots/{lot}", data, work)


@post(
    "/receptions/{reception_id:int}/refused/{refused_id:int}/photos",
    guards=[WRITE],
    sync_to_thread=True,
    request_max_body_size=LARGEST_REQUEST,
)
def add_to_refused(
    here: NamedDependency[Here], reception_id: FromPath[int], refused_id: FromPath[int], data: MultipartBody[PhotoForm]
) -> Response[Any]:
    def work(session: Session, jpeg: Cleaned) -> int:
        gone = refusal_here(here, session, reception_id, refused_id)
        return photos.add_photo(session, jpeg, here.stamp(), refused_id=gone)

    return _kept(here, f"/receptions/{reception_id}", data, work)


@post("/photos/{photo_id:int}/removed", guards=[WRITE], sync_to_thread=True)
def remove(here: NamedDependency[Here], photo_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        photo_here(here, session, photo_id)
        path = photos.remove_photo(session, photo_id, here.stamp())
    return here.go(path, N_("The photo is gone for good."))


def _kept(here: Here, path: str, data: PhotoForm, work: Callable[[Session, Cleaned], int]) -> Response[Any]:
    try:
        jpeg = photo_sent(data.photo)
        write_once(here, data.key, hashlib.sha256(jpeg).hexdigest(), lambda s: work(s, jpeg), int)
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("The photo is kept."))


ROUTES = [reception_page, finish_reception, reopen_reception, photo_file, add_to_lot, add_to_refused, remove]
