"""Something in a basket that waits was broken, got warm or passed its day: said in two taps from the closing."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from allocation import lost_lines
from allocation.lost_lines import CAUSES
from api.amounts import kilograms_typed, pieces_typed
from api.here import Here
from api.security import May
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from network.roles import Right
from stock.reference import loss_causes

RUN = May(Right.RUN_SESSIONS)
LOST = "/sessions/{session_id:int}/lines/{line_id:int}/lost"
ICONS = {"breakage": "warn", "cold": "thermometer", "date": "calendar", "quality": "look"}


@get(LOST, guards=[RUN], sync_to_thread=True)
def lost_page(here: NamedDependency[Here], session_id: FromPath[int], line_id: FromPath[int]) -> Response[Any]:
    return _show(here, session_id, line_id)


def _show(
    here: Here, session_id: int, line_id: int, refused: Refusal | None = None, quantity: str | None = None
) -> Response[Any]:
    """What is lost and why; where that was refused, with how much was typed."""
    try:
        with here.database.reading() as session:
            item = lost_lines.waiting_item(session, session_id, line_id)
    except Refusal as refusal:
        return here.refused(_closing(session_id), refusal)
    named = {cause.code: here.name_of(cause) for cause in loss_causes()}
    return here.page(
        "pages/lost_line.html",
        status=refused.kind.value if refused else 200,
        base=f"/sessions/{session_id}",
        item=item,
        quantity=quantity,
        why=refused and refused.say(here.words),
        causes=[{"value": code, "label": named[code], "icon": ICONS[code]} for code in CAUSES],
    )


@post(LOST, guards=[RUN], sync_to_thread=True)
def note_lost(
    here: NamedDependency[Here], session_id: FromPath[int], line_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    try:
        read = kilograms_typed if data.get("measure") == "gram" else pieces_typed
        cause, quantity = str(data.get("cause", "")), read(str(data.get("quantity", "")), "quantity") or 0
        write_once(
            here,
            str(data.get("key", "")),
            [line_id, quantity, cause],
            lambda session: lost_lines.lose_line(session, session_id, line_id, quantity, cause, here.stamp()),
            type(None),
        )
    except Refusal as refusal:
        return _show(here, session_id, line_id, refusal, str(data.get("quantity", "")))
    return here.go(_closing(session_id), N_("Written off; the rest of the basket waits on."))


def _closing(session_id: int) -> str:
    return f"/sessions/{session_id}/closing"


ROUTES = [lost_page, note_lost]
