"""Baskets nobody fetched: given to a household that is here, and answered for several at once."""

from collections.abc import Collection
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody

from allocation import handover, spares
from api.here import Here
from api.marks import marks
from api.pages.closing import show_closing
from api.security import May
from api.settling import Answered, answer_for
from api.typed import numbers_typed
from api.writing import write_once
from common.codes import read_code
from common.errors import Refusal
from common.words import N_
from network.roles import Right

RUN = May(Right.RUN_SESSIONS)
TOLD = 4
"""Baskets kept back whose reason is said at once: a cookie carries it. Their rows on the page say it, too."""
SPARES = "/sessions/{session_id:int}/visits/{visit_id:int}/spares"


@get("/sessions/{session_id:int}/spares", guards=[RUN], sync_to_thread=True)
def find_receiver(here: NamedDependency[Here], session_id: FromPath[int], card: FromQuery[str] = "") -> Response[Any]:
    """Whose card it is leads to what suits them."""
    try:
        with here.database.reading() as session:
            visit_id = handover.find_visit(session, session_id, read_code(card))
    except Refusal as refusal:
        return show_closing(here, session_id, refusal, {"card": card})
    return here.go(_here(session_id, visit_id))


@get(SPARES, guards=[RUN], sync_to_thread=True)
def spares_page(here: NamedDependency[Here], session_id: FromPath[int], visit_id: FromPath[int]) -> Response[Any]:
    """What waits in other baskets and suits this household."""
    return _show(here, session_id, visit_id)


def _show(
    here: Here, session_id: int, visit_id: int, refused: Refusal | None = None, ticked: Collection[int] = ()
) -> Response[Any]:
    """The page; where what was ticked was refused, still ticked."""
    try:
        with here.database.reading() as session:
            sheet = handover.sheet(session, visit_id)
            found = spares.spares(session, visit_id, here.clock.today())
    except Refusal as refusal:
        return here.refused(_closing(session_id), refusal)
    return here.page(
        "pages/spares.html",
        status=refused.kind.value if refused else 200,
        base=f"/sessions/{session_id}",
        visit=sheet,
        marks=marks(here.words, sheet.exclusions, sheet.lacks),
        spares=found,
        ticked=ticked,
        why=refused and refused.say(here.words),
        shop=sheet.channel == "shop",
    )


@post(SPARES, guards=[RUN], sync_to_thread=True)
def give_spares(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """One line by its own button, or all that are ticked."""
    lines = numbers_typed(data, "only") or numbers_typed(data, "line")
    if not lines:
        return here.go(_here(session_id, visit_id), N_("Tick what they take first."), kind="refusal")
    try:
        given = write_once(
            here,
            str(data.get("key", "")),
            lines,
            lambda session: spares.give_spares(session, visit_id, lines, here.stamp()),
            int,
        )
        with here.database.reading() as session:
            card = handover.sheet(session, visit_id).card
    except Refusal as refusal:
        return _show(here, session_id, visit_id, refusal, lines)
    return here.go(_here(session_id, visit_id), N_("Card %(card)s takes %(n)s more."), card=card, n=given)


@post("/sessions/{session_id:int}/closing/settled", guards=[RUN], sync_to_thread=True)
def answer_for_several(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """One basket by its own button, or all that are ticked: handed over, or not fetched."""
    one_came, one_not = numbers_typed(data, "came"), numbers_typed(data, "absent")
    came = bool(one_came) or (not one_not and data.get("all") == "came")
    visits = one_came or one_not or numbers_typed(data, "visit")
    if not visits:
        return here.go(_closing(session_id), N_("Tick the baskets first."), kind="refusal")
    answered = write_once(
        here,
        str(data.get("key", "")),
        [visits, came],
        lambda session: answer_for(here, session, session_id, visits, came=came),
        Answered,
    )
    done = N_("Baskets handed over: %(n)s.") if came else N_("Baskets not fetched: %(n)s. Their food is free again.")
    if not answered.kept_back:
        return here.go(_closing(session_id), done, n=answered.done)
    told = [here.words.text(N_("%(card)s – %(why)s"), card=x.card, why=x.sentence) for x in answered.kept_back]
    more = ["…"] if told[TOLD:] else []
    still, said = N_("%(settled)s Still waiting: %(why)s"), here.words.text(done, n=answered.done)
    return here.go(_closing(session_id), still, kind="care", settled=said, why=" ".join([*told[:TOLD], *more]))


def _closing(session_id: int) -> str:
    return f"/sessions/{session_id}/closing"


def _here(session_id: int, visit_id: int) -> str:
    return f"/sessions/{session_id}/visits/{visit_id}/spares"


ROUTES = [find_receiver, spares_page, give_spares, answer_for_several]
