"""Workshops: planned, signed up for by card, and who came."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import pieces_typed
from api.here import Here
from api.security import May
from api.typed import day_typed, numbers_typed
from api.writing import write_and_go, write_once
from common.errors import Refusal
from common.words import N_
from households import workshops
from network.roles import Right

SEE, WRITE = May(Right.SEE_CARDS), May(Right.OPEN_FILES, Right.COORDINATE)
FIELDS = {"kind": "cooking", "title": "", "on": "", "begins": "14:00", "where": "", "places": "10"}
KEPT_IN_SIGHT = 30
"""Days a workshop that is over stays on the page: attendance is noted late."""


@get("/workshops", guards=[SEE], sync_to_thread=True)
def workshops_page(here: NamedDependency[Here], title: FromQuery[str] = "") -> Response[Any]:
    """The calendar; `title` begins a new one, for instance from a food that is often left behind."""
    return _page(here, {**FIELDS, "title": title[:80]})


@post("/workshops", guards=[WRITE], sync_to_thread=True)
def plan_workshop(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    typed = {name: str(data.get(name, usual)).strip() for name, usual in FIELDS.items()}

    def work(session: Session) -> int:
        return workshops.plan(
            session,
            organisation_id=here.me.organisation_id,
            kind=typed["kind"],
            title=typed["title"],
            on=day_typed(typed["on"], "on", N_("Day")) or here.clock.today(),
            begins=typed["begins"],
            where=typed["where"],
            places=pieces_typed(typed["places"], "places") or 0,
            stamp=here.stamp(),
        ).id

    try:
        workshop_id = write_once(here, str(data.get("key", "")), typed, work, int)
    except Refusal as refusal:
        return _page(here, typed, refusal)
    return here.go(f"/workshops/{workshop_id}", N_("The workshop is planned: households can be signed up."))


@get("/workshops/{workshop_id:int}", guards=[SEE], sync_to_thread=True)
def workshop_page(here: NamedDependency[Here], workshop_id: FromPath[int]) -> Response[Any]:
    return _show(here, workshop_id)


def _show(here: Here, workshop_id: int, card: str = "", refusal: Refusal | None = None) -> Response[Any]:
    """The page; with the card that was refused a place, and why."""
    with here.database.reading() as session:
        workshop = workshops.get_workshop(session, workshop_id)
        seats = workshops.seats_of(session, workshop_id)
    return here.page(
        "pages/workshop.html",
        status=refusal.kind.value if refusal else 200,
        typed=card,
        why=refusal and refusal.say(here.words),
        workshop=workshop,
        kind=here.words.text(workshops.KINDS[workshop.kind]),
        seats=seats,
        over=workshop.on <= here.clock.today(),
    )


@post("/workshops/{workshop_id:int}/seats", guards=[SEE], sync_to_thread=True)
def sign_up(
    here: NamedDependency[Here],
    workshop_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    session: FromQuery[int | None] = None,
    visit: FromQuery[int | None] = None,
) -> Response[Any]:
    """A card takes a place; asked at the counter, the answer is the counter of that `session` and `visit`."""
    card = str(data.get("card", ""))
    at_counter = f"/sessions/{session}?visit={visit}" if session and visit else None

    def work(opened: Session) -> int:
        workshops.sign_up(opened, workshop_id, card, here.stamp())
        return workshop_id

    back = at_counter or f"/workshops/{workshop_id}"
    again = None if at_counter else partial(_show, here, workshop_id, card)
    return write_and_go(here, back, data, card, work, N_("Signed up."), again)


@post("/workshops/{workshop_id:int}/attendance", guards=[WRITE], sync_to_thread=True)
def note_attendance(
    here: NamedDependency[Here], workshop_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    came = numbers_typed(data, "came")

    def work(session: Session) -> int:
        if Right.COORDINATE not in here.me.rights:
            workshops.whose(session, workshop_id, here.me.organisation_id)
        workshops.note_attendance(session, workshop_id, came, here.stamp())
        return workshop_id

    return write_and_go(here, f"/workshops/{workshop_id}", data, came, work, N_("Who came is noted."))


def _page(here: Here, typed: dict[str, str], refusal: Refusal | None = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as session:
        rows = workshops.list_workshops(session, today.fromordinal(today.toordinal() - KEPT_IN_SIGHT))
    return here.page(
        "pages/workshops.html",
        status=refusal.kind.value if refusal else 200,
        rows=rows,
        kinds={code: here.words.text(name) for code, name in workshops.KINDS.items()},
        typed=typed,
        why=(refusal.field, refusal.say(here.words)) if refusal else (None, ""),
    )


ROUTES = [workshops_page, plan_workshop, workshop_page, sign_up, note_attendance]
