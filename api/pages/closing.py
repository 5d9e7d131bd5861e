"""The end of a session: what is still open, each with its answer, then it is closed; and how it is opened again."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from allocation import closing, till
from allocation.closing import REOPENING_NAMES, Reopening
from allocation.sessions import get_session
from api.amounts import euros_typed
from api.here import Here
from api.pages.plan import session_row
from api.security import May
from common.errors import Invalid, Refusal
from common.words import N_, Term
from network.roles import Right

NOTHING_TYPED: Mapping[str, Any] = {}
SEE, RUN, PLAN = May(Right.SEE_CARDS), May(Right.RUN_SESSIONS), May(Right.MAKE_PLANS)
CLOSING = "/sessions/{session_id:int}/closing"


@get(CLOSING, guards=[SEE], sync_to_thread=True)
def closing_page(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    return show_closing(here, session_id)


def show_closing(
    here: Here, session_id: int, refusal: Refusal | None = None, typed: Mapping[str, Any] = NOTHING_TYPED
) -> Response[Any]:
    """The page; where a form of it was refused, with what was typed and the reason beside it."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        state = closing.closing(session, session_id, here.clock.today())
    return here.page(
        "pages/closing.html",
        status=refusal.kind.value if refusal else 200,
        session=row,
        typed=typed,
        why=refusal and refusal.say(here.words),
        closing=state,
        reasons=[(reason.value, here.words.text(name)) for reason, name in REOPENING_NAMES.items()],
    )


@post(f"{CLOSING}/absent", guards=[RUN], sync_to_thread=True)
def everybody_else_absent(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        noted = closing.note_the_rest_absent(session, session_id, here.stamp())
    done = N_("Households noted as absent: %(n)s. Their baskets are free again.")
    return here.go(_page(session_id), done, n=noted)


@post(f"{CLOSING}/dates", guards=[RUN], sync_to_thread=True)
def dates_checked(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    """Somebody looked at the shelves; what has passed leaves them."""
    with here.database.writing() as session:
        site_id = get_session(session, session_id).site_id
        gone = closing.check_dates(session, site_id, here.stamp())
    return here.go(_page(session_id), N_("The dates were checked; lots taken off the shelves: %(n)s."), n=gone)


@post(f"{CLOSING}/cash", guards=[RUN], sync_to_thread=True)
def cash_counted(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    try:
        counted = euros_typed(str(data.get("counted", "")), "counted")
        if counted is None:
            raise Invalid(what=Term(N_("What is in the till")), expected=Term(N_("an amount")), got="–")
        with here.database.writing() as session:
            found = till.count_cash(session, session_id, counted, here.stamp())
    except Refusal as refusal:
        return show_closing(here, session_id, refusal, data)
    done = N_("The till is counted; difference with the receipts: %(difference)s.")
    return here.go(_page(session_id), done, difference=here.words.money(counted - found.expected_cents))


@post(CLOSING, guards=[RUN], sync_to_thread=True)
def close_session(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    try:
        with here.database.writing() as session:
            closing.close(session, session_id, here.stamp())
    except Refusal as refusal:
        return here.refused(_page(session_id), refusal)
    return here.go("/sessions", N_("The session is closed: every unit is accounted for."))


@post(f"{CLOSING}/reopening", guards=[PLAN], sync_to_thread=True)
def reopen_session(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """A recorded act, with a reason from a list."""
    try:
        reason = _reason(str(data.get("reason", "")))
        with here.database.writing() as session:
            closing.reopen(session, session_id, reason, here.stamp())
    except Refusal as refusal:
        return show_closing(here, session_id, refusal, data)
    return here.go(_page(session_id), N_("The session is open again; who opened it and why is kept."))


def _reason(typed: str) -> Reopening:
    if typed not in set(Reopening):
        expected = [Term(name) for name in REOPENING_NAMES.values()]
        raise Invalid(what=Term(N_("Why the session is opened again")), expected=expected, got=typed[:40] or "–")
    return Reopening(typed)


def _page(session_id: int) -> str:
    return f"/sessions/{session_id}/closing"


ROUTES = [
    closing_page,
    everybody_else_absent,
    dates_checked,
    cash_counted,
    close_session,
    reopen_session,
]
