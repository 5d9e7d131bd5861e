"""Deliveries that are announced: what people know will come, for plans to count on until its day."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.announced import (
    LONGEST,
    NOTE_LENGTH,
    BadAnnouncedDay,
    BadAnnouncedWeight,
    NoteTooLong,
    UnknownGroup,
    announce,
    announced_deliveries,
    put_back,
    strike_out,
)
from api.amounts import UnreadableNumber, day_typed, tonnes_typed
from api.here import Here
from api.security import May
from api.writing import write_and_go, write_once
from common.errors import Invalid, Refusal
from common.words import N_
from network.partners import sites
from network.roles import Right
from stock.tables import FoodGroup

MAY = May(Right.MAKE_PLANS)
HERE = "/sessions/announced"
NOTHING_TYPED: Mapping[str, Any] = {}


@get(HERE, guards=[MAY], sync_to_thread=True)
def announced_page(here: NamedDependency[Here]) -> Response[Any]:
    return _show(here)


@post(HERE, guards=[MAY], sync_to_thread=True)
def announce_now(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Write down what is announced."""

    def work(session: Session) -> int:
        return announce(
            session,
            site_id=_number(data, "site"),
            on=day_typed(str(data.get("on", "")), "on"),
            food_group=str(data.get("food_group", "")),
            grams=tonnes_typed(str(data.get("weight", ""))),
            note=str(data.get("note", "")),
            stamp=here.stamp(),
        )

    said = {name: value for name, value in data.items() if name != "_csrf_token"}
    done = N_("Written down: proposals made from now on count on it.")
    return write_and_go(here, HERE, data, said, work, done, lambda refusal: _show(here, refusal, data))


@post(f"{HERE}/{{announced_id:int}}/struck-out", guards=[MAY], sync_to_thread=True)
def strike_announced(
    here: NamedDependency[Here], announced_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """It will not come after all."""
    done = N_("Struck out: proposals made from now on do not count on it.")
    return _do(here, announced_id, data, strike_out, done, undo=f"{HERE}/{announced_id}/put-back")


@post(f"{HERE}/{{announced_id:int}}/put-back", guards=[MAY], sync_to_thread=True)
def put_announced_back(
    here: NamedDependency[Here], announced_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Struck out by mistake."""
    return _do(here, announced_id, data, put_back, N_("It is announced again."))


def groups_named(here: Here, session: Session) -> dict[str, str]:
    """Every food group by its name, in the order pages show them."""
    return {group.id: here.name_of(group) for group in session.scalars(select(FoodGroup).order_by(FoodGroup.rank))}


def _show(here: Here, refusal: Refusal | None = None, typed: Mapping[str, Any] = NOTHING_TYPED) -> Response[Any]:
    """The page; where the form was refused, with what was typed and the reason beside it."""
    today = here.clock.today()
    with here.database.reading() as session:
        rows = announced_deliveries(session, today)
        groups = groups_named(here, session)
        places = [(site.id, site.name) for site in sites(session) if here.works_at(site.id)]
    why = refusal.say(here.words) if refusal else None
    ours = BadAnnouncedDay | BadAnnouncedWeight | NoteTooLong | UnknownGroup
    beside = isinstance(refusal, ours | UnreadableNumber | Invalid)
    return here.page(
        "pages/announced.html",
        status=refusal.kind.value if refusal else 200,
        rows=rows,
        groups=groups,
        sites=places,
        typed=typed,
        why={refusal.field: why} if refusal and beside else {},
        refused=None if beside else why,
        first=today + dt.timedelta(days=1),
        last=today + dt.timedelta(days=LONGEST),
        note_length=NOTE_LENGTH,
    )


def _do(
    here: Here, announced_id: int, data: Mapping[str, Any], verb: Callable[..., int], done: str, undo: str | None = None
) -> Response[Any]:
    def work(session: Session) -> int:
        return verb(session, announced_id, here.stamp())

    write_once(here, str(data.get("key", "")), announced_id, work, int)
    return here.go(HERE, done, undo=undo)


def _number(data: Mapping[str, Any], name: str) -> int:
    """A row number of the form; what is none is left for the verb to refuse."""
    typed = str(data.get(name, "")).strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


ROUTES = [announced_page, announce_now, strike_announced, put_announced_back]
