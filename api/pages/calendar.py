"""The calendar of a site: its openings, the days it stays shut, and who has not come for long."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.dates import get_day_names
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from allocation import calendar, handover
from api.here import Here
from api.pages.plan import session_row
from api.security import May
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from households.seen import may_name_expected
from households.vocabulary import CHANNELS
from network.partners import sites
from network.roles import Right

SEE, PLAN = May(Right.SEE_CARDS), May(Right.MAKE_PLANS)
HERE = "/sessions/calendar"
NOTHING_TYPED: Mapping[str, Any] = {}


@get(HERE, guards=[PLAN], sync_to_thread=True)
def calendar_page(here: NamedDependency[Here]) -> Response[Any]:
    return _show(here)


def _show(here: Here, refusal: Refusal | None = None, typed: Mapping[str, Any] = NOTHING_TYPED) -> Response[Any]:
    """The page; where a form of it was refused, with what was typed and the reason beside it."""
    today = here.clock.today()
    with here.database.reading() as session:
        rows = calendar.openings(session, today)
        away = calendar.long_away(session, today)
        places = [(site.id, site.name) for site in sites(session) if here.works_at(site.id)]
    return here.page(
        "pages/calendar.html",
        status=refusal.kind.value if refusal else 200,
        opening=typed if "weekday" in typed else NOTHING_TYPED,
        shut=typed if "on" in typed else NOTHING_TYPED,
        why=refusal and refusal.say(here.words),
        openings=rows,
        away=away,
        sites=places,
        weekdays=weekdays(here),
        channels=[(code, here.words.text(name)) for code, name in CHANNELS.items()],
    )


@post(HERE, guards=[PLAN], sync_to_thread=True)
def add_opening(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Any) -> None:
        calendar.add_opening(
            session,
            site_id=_whole(data, "site", 0),
            channel=str(data.get("channel", "")),
            weekday=_whole(data, "weekday", -1),
            every_weeks=_whole(data, "every", 1),
            capacity=_whole(data, "capacity", 0) if str(data.get("capacity", "")).strip() else None,
            stamp=here.stamp(),
        )

    return _do(here, data, work, N_("The opening is in the calendar: fill it to invite households."))


@post(f"{HERE}/filling", guards=[PLAN], sync_to_thread=True)
def fill_calendar(here: NamedDependency[Here]) -> Response[Any]:
    with here.database.writing() as session:
        new = calendar.fill(session, here.stamp())
    return here.go("/sessions", N_("Sessions added to the next six weeks: %(n)s."), n=new)


@post(f"{HERE}/closed-days", guards=[PLAN], sync_to_thread=True)
def close_day(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Any) -> None:
        calendar.close_day(session, _whole(data, "site", 0), _day(data), here.stamp())

    return _do(here, data, work, N_("The site stays shut that day; invitations are withdrawn."))


@post(f"{HERE}/{{opening_id:int}}/end", guards=[PLAN], sync_to_thread=True)
def end_opening(
    here: NamedDependency[Here], opening_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Any) -> None:
        calendar.end_opening(session, opening_id, here.stamp())

    return _do(here, data, work, N_("No more sessions come of this opening; those planned stay."))


@get("/sessions/{session_id:int}/attendance", guards=[SEE], sync_to_thread=True)
def attendance_page(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    """Who is expected and who has come, by card: on screen, or printed."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        everybody = handover.sheets(session, session_id)
    names = may_name_expected(here.me, row.site_id, row.on, here.clock.today())
    return here.page("pages/attendance.html", session=row, sheets=everybody, names=names)


def weekdays(here: Here) -> list[tuple[int, str]]:
    names = get_day_names("wide", locale=here.words.locale)
    return [(day, names[day]) for day in range(7)]


def _do(here: Here, data: dict[str, Any], work: Any, done: str) -> Response[Any]:
    said = {name: value for name, value in data.items() if name != "_csrf_token"}
    try:
        write_once(here, str(data.get("key", "")), said, work, type(None))
    except Refusal as refusal:
        return _show(here, refusal, data)
    return here.go(HERE, done)


def _whole(data: dict[str, Any], name: str, otherwise: int) -> int:
    """A whole number of the form; what is none is left for the verb to refuse."""
    typed = str(data.get(name, "")).strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else otherwise


def _day(data: dict[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(str(data.get("on", "")))
    except ValueError:
        raise NoDay() from None


class NoDay(Refusal):
    field = "on"
    message = N_("Choose the day on which the site stays shut.")


ROUTES = [calendar_page, add_opening, fill_calendar, close_day, end_opening, attendance_page]
