"""Picking on screen: the walk along the shelves, each lot checked by its scan; what is missing is noted at once."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation import picking
from allocation.picking import PickRow
from api.amounts import kilograms_typed, pieces_typed
from api.here import Here
from api.pages.plan import session_row
from api.security import May
from api.writing import key_of, write_once
from common.errors import Refusal
from common.words import N_
from labels.batches import SLOTS, batched
from network.roles import Right

RUN = May(Right.RUN_SESSIONS)
PICKING = "/sessions/{session_id:int}/picking"


@get(PICKING, guards=[RUN], sync_to_thread=True)
def picking_page(
    here: NamedDependency[Here], session_id: FromPath[int], basket: FromQuery[list[str] | None] = None
) -> Response[Any]:
    """All baskets, or those that are named: several may be filled in one walk."""
    chosen = basket or []
    with here.database.reading() as session:
        row = session_row(session, session_id)
        everything = picking.walk(session, session_id)
    shown = [line for line in everything if not chosen or line.basket in chosen]
    baskets = sorted({(line.card, line.basket) for line in everything})
    return here.page(
        "pages/picking.html",
        session=row,
        lines=shown,
        chosen=chosen,
        baskets=baskets,
        batches=[[basket for _, basket in batch] for batch in batched(baskets)],
        slots={basket: slot for (_, basket), slot in zip(on_trolley(baskets, chosen), SLOTS, strict=False)},
        picked=sum(line.picked for line in shown),
    )


@post(f"{PICKING}/scan", guards=[RUN], sync_to_thread=True)
def scan_pick(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    basket: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    back, code = _back(here, session_id), str(data.get("code", "")).strip()

    def work(session: Session) -> PickRow:
        return picking.pick(session, session_id, code, here.stamp(), basket or [])

    try:
        # A scanner may be faster than the next page: another code from the same page is another pick.
        row = write_once(here, key_of(data, code), basket, work, PickRow)
    except Refusal as refusal:
        return here.refused(back, refusal)
    return here.go(back, N_("“%(product)s” into the basket of card %(card)s."), product=row.product, card=row.card)


@post(f"{PICKING}/lines/{{line_id:int}}/missing", guards=[RUN], sync_to_thread=True)
def note_missing(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    line_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    back, typed = _back(here, session_id), str(data.get("missing", ""))

    def work(session: Session) -> None:
        read = kilograms_typed if data.get("measure") == "gram" else pieces_typed
        picking.note_missing(session, session_id, line_id, read(typed) or 0, here.stamp())

    said = {name: value for name, value in data.items() if name != "_csrf_token"}
    try:
        write_once(here, str(data.get("key", "")), said, work, type(None))
    except Refusal as refusal:
        return here.refused(back, refusal)
    visit = str(data.get("visit", ""))
    instead = f"/sessions/{session_id}/visits/{visit}/choice" if visit.isdigit() else back
    return here.go(instead, N_("Noted as missing. Choose something else for this basket, if it suits."))


def on_trolley(baskets: list[tuple[str, str]], chosen: list[str]) -> list[tuple[str, str]]:
    """The baskets of this walk, where they are few enough for one trolley."""
    mine = [(card, basket) for card, basket in baskets if basket in chosen]
    return mine if len(mine) <= len(SLOTS) else []


def _back(here: Here, session_id: int) -> str:
    query = here.request.url.query
    return f"/sessions/{session_id}/picking" + (f"?{query}" if query else "")


ROUTES = [picking_page, scan_pick, note_missing]
