"""Emergency parcels: given in a minute to people without a file, settled when it is known whose they were."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct, json
from sqlalchemy.orm import Session

from api.amounts import pieces_typed
from api.here import Here
from api.security import May
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households import emergency
from households.sealing import Named
from network.partners import sites
from network.roles import Right

GIVE = May(Right.RUN_SESSIONS, Right.OPEN_FILES)
SETTLE = May(Right.OPEN_FILES)
FIELDS = {"site": "", "persons": "1", "infants": "", "name": ""}


class Unsettled(Struct, frozen=True):
    """A parcel whose card was refused."""

    parcel: int
    card: str


@get("/emergency", guards=[GIVE], sync_to_thread=True)
def emergency_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here, _usual(here))


@post("/emergency", guards=[GIVE], sync_to_thread=True)
def give_parcel(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    typed = {name: str(data.get(name, usual)).strip() for name, usual in FIELDS.items()}

    def work(session: Session) -> int:
        return emergency.give(
            session,
            here.house.seal,
            site_id=_site(session, typed["site"]),
            persons=pieces_typed(typed["persons"], "persons") or 0,
            infants=pieces_typed(typed["infants"] if typed["infants"] != "0" else "", "infants") or 0,
            name=typed["name"],
            stamp=here.stamp(),
        ).id

    try:
        asked = here.house.seal.fingerprint("form", str(sorted(typed.items())))
        write_once(here, str(data.get("key", "")), asked, work, int)
    except Refusal as refusal:
        return _page(here, typed, refusal)
    return here.go("/emergency", N_("The parcel is noted. A social worker will see whose it was."))


@post("/emergency/{parcel_id:int}/settled", guards=[SETTLE], sync_to_thread=True)
def settle_parcel(
    here: NamedDependency[Here], parcel_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    card = str(data.get("card", "")).strip()

    def work(session: Session) -> bool:
        emergency.settle(session, parcel_id, card, here.me.organisation_id, here.stamp())
        return True

    try:
        write_once(here, str(data.get("key", "")), [parcel_id, card], work, bool)
    except Refusal as refusal:
        return _page(here, _usual(here), refusal, Unsettled(parcel_id, card))
    return here.go("/emergency", N_("The parcel is settled, and the name it waited under is gone."))


def _usual(here: Here) -> dict[str, str]:
    """What the form of a new parcel begins with."""
    return {**FIELDS, "site": str(here.me.site_id or "")}


def _site(session: Session, typed: str) -> int:
    found = next((site.id for site in sites(session) if str(site.id) == typed), None)
    if found is None:
        raise NotFound(what=Term(N_("site")), id=typed[:20], field="site")
    return found


def _page(
    here: Here, typed: dict[str, str], refusal: Refusal | None = None, unsettled: Unsettled | None = None
) -> Response[Any]:
    """The page, with the form that was refused as it was typed: that of a new parcel, or of one `unsettled`."""
    why = (refusal.field, refusal.say(here.words)) if refusal else (None, "")
    with here.database.reading() as session:
        waiting = [
            {
                "id": parcel.id,
                "on": parcel.on,
                "site": parcel.site,
                "persons": parcel.persons,
                "infants": parcel.infants,
                "name": _name(here, parcel),
                "settles": parcel.ours and Right.OPEN_FILES in here.me.rights,
            }
            for parcel in emergency.waiting(session, here.me.organisation_id)
        ]
        places = [(site.id, site.name) for site in sites(session) if here.me.site_id in (None, site.id)]
    return here.page(
        "pages/emergency.html",
        status=refusal.kind.value if refusal else 200,
        waiting=waiting,
        sites=places,
        typed=typed,
        why=(None, "") if unsettled else why,
        unsettled=unsettled,
        why_unsettled=unsettled and why[1],
    )


def _name(here: Here, parcel: emergency.Waiting) -> str:
    if not (parcel.sealed and Right.OPEN_FILES in here.me.rights):
        return ""
    return json.decode(here.house.seal.opened(parcel.sealed), type=Named).given


ROUTES = [emergency_page, give_parcel, settle_parcel]
