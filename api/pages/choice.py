"""Choice at the counter: swap a line for something of its group, add something, take it out; the shop scans goods."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody

from allocation import choice, handover
from allocation.till import receipt
from api.here import Here
from api.marks import marks
from api.pages.counter import show_counter
from api.security import May
from api.typed import whole_typed
from api.writing import write_once
from common.codes import read_code
from common.errors import Refusal
from common.words import N_
from network.roles import Right

RUN = May(Right.RUN_SESSIONS)
VISIT = "/sessions/{session_id:int}/visits/{visit_id:int}"


@get(f"{VISIT}/choice", guards=[RUN], sync_to_thread=True)
def choice_page(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    line: FromQuery[int | None] = None,
) -> Response[Any]:
    """What suits this household: in a line's place, or on top."""
    with here.database.reading() as session:
        sheet = handover.sheet(session, visit_id)
        found = choice.offers(session, visit_id, here.clock.today(), line)
    return here.page(
        "pages/choice.html",
        base=_base(session_id),
        visit=sheet,
        marks=marks(here.words, sheet.exclusions, sheet.lacks),
        line=next((one for one in sheet.lines if one.id == line), None),
        offers=found,
        shop=sheet.channel == "shop",
    )


@post(f"{VISIT}/choice", guards=[RUN], sync_to_thread=True)
def choose(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Take an offer: with a line, in its place."""
    lot, line = str(data.get("lot", "")), whole_typed(str(data.get("line", "")))

    def work(session: Any) -> None:
        if line is not None:
            choice.swap(session, visit_id, line, lot, here.stamp())
        else:
            choice.add(session, visit_id, lot, here.stamp())

    return _change(here, session_id, visit_id, data, work, N_("The basket is changed."))


@post(f"{VISIT}/items", guards=[RUN], sync_to_thread=True)
def scan_item(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """One portion of what was scanned; a card or basket of this session brings the next person instead."""
    code = str(data.get("code", "")).strip()
    if (next_visit := _visit_of(here, session_id, code)) is not None:
        return here.go(f"{_base(session_id)}?visit={next_visit}")

    def work(session: Any) -> None:
        choice.add_scanned(session, visit_id, code, here.stamp())

    return _change(here, session_id, visit_id, data, work, N_("Added to the basket."))


@post(f"{VISIT}/lines/{{line_id:int}}/out", guards=[RUN], sync_to_thread=True)
def take_out(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    line_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    def work(session: Any) -> None:
        choice.take_out(session, visit_id, line_id, here.stamp())

    return _change(here, session_id, visit_id, data, work, N_("Back on its shelf."))


@get(f"{VISIT}/receipt", guards=[RUN], sync_to_thread=True)
def receipt_page(here: NamedDependency[Here], session_id: FromPath[int], visit_id: FromPath[int]) -> Response[Any]:
    """What was bought, at which price and at whose, to be printed."""
    with here.database.reading() as session:
        found = receipt(session, visit_id)
    return here.page("pages/receipt.html", receipt=found, base=_base(session_id))


def _change(here: Here, session_id: int, visit_id: int, data: dict[str, Any], work: Any, done: str) -> Response[Any]:
    back = f"{_base(session_id)}?visit={visit_id}"
    try:
        write_once(
            here, str(data.get("key", "")), {k: v for k, v in data.items() if k != "_csrf_token"}, work, type(None)
        )
    except Refusal as refusal:
        return show_counter(here, session_id, visit_id, refusal, data)
    return here.go(back, done)


def _visit_of(here: Here, session_id: int, code: str) -> int | None:
    """The visit this code belongs to, where it is a card or a basket of this session."""
    try:
        with here.database.reading() as session:
            return handover.find_visit(session, session_id, read_code(code))
    except Refusal:
        return None


def _base(session_id: int) -> str:
    return f"/sessions/{session_id}"


ROUTES = [choice_page, choose, scan_item, take_out, receipt_page]
