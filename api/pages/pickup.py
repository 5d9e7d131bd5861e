"""Baskets their household does not fetch: who may come instead, and the round of those brought to the door."""

from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.rounds import Stop, delivery_round
from api.amounts import pieces_typed
from api.here import Here
from api.pages.households import show_household
from api.pages.plan import session_row
from api.paper import pdf
from api.security import May
from api.typed import day_typed
from api.writing import write_and_go
from common.words import N_
from households import files, pickup
from labels.sheets import Door, round_sheet
from network.partners import network_name
from network.roles import Right

SEE, OPEN = May(Right.SEE_CARDS), May(Right.OPEN_FILES)


@post("/households/{household_id:int}/proxies", guards=[OPEN], sync_to_thread=True)
def authorise(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    typed = {name: str(data.get(name, "")) for name in ("initials", "until", "agreed")}

    def work(session: Session) -> int:
        until = day_typed(typed["until"])
        agreed = bool(typed["agreed"])
        return pickup.authorise(session, household_id, typed["initials"], until, here.stamp(), agreed=agreed)

    return _done(here, household_id, data, typed, work, N_("Noted: the counter sees these initials."))


@post("/households/{household_id:int}/proxies/{proxy_id:int}/withdrawn", guards=[OPEN], sync_to_thread=True)
def withdraw(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    proxy_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    def work(session: Session) -> int:
        pickup.withdraw(session, household_id, proxy_id, here.stamp())
        return proxy_id

    return _done(here, household_id, data, None, work, N_("From now on they may not fetch the basket any more."))


@post("/households/{household_id:int}/delivery", guards=[OPEN], sync_to_thread=True)
def bring(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    typed = {name: str(data.get(name, "")) for name in ("rank", "until")}

    def work(session: Session) -> int:
        rank = pieces_typed(typed["rank"], "rank") or 0
        pickup.bring(session, household_id, rank, day_typed(typed["until"]), here.stamp())
        return household_id

    return _done(here, household_id, data, typed, work, N_("Noted: their basket stands on the round."))


@post("/households/{household_id:int}/delivery/stopped", guards=[OPEN], sync_to_thread=True)
def stop_bringing(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> int:
        pickup.stop_bringing(session, household_id, here.stamp())
        return household_id

    return _done(here, household_id, data, None, work, N_("They come themselves again."))


@get("/sessions/{session_id:int}/deliveries", guards=[SEE], sync_to_thread=True)
def round_page(here: NamedDependency[Here], session_id: FromPath[int], addresses: FromQuery[str] = "") -> Response[Any]:
    """The round of a session by card number; with `addresses`, for a social worker, where those of their own files
    live: each look is written down."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        stops = delivery_round(session, session_id)
    known = _addresses(here, stops) if addresses else None
    may_open = Right.OPEN_FILES in here.me.rights and known is None
    return here.page("pages/deliveries.html", session=row, stops=stops, addresses=known, may_open=may_open)


@get("/sessions/{session_id:int}/deliveries.pdf", guards=[SEE], sync_to_thread=True)
def round_pdf(here: NamedDependency[Here], session_id: FromPath[int], addresses: FromQuery[str] = "") -> Response[Any]:
    """The same to take along; each paper with addresses is a look that is written down."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        stops = delivery_round(session, session_id)
        network = network_name(session, row.on)
    known = _addresses(here, stops) if addresses else None
    doors = tuple(_door(here, stop, known) for stop in stops)
    sheet = partial(round_sheet, row.site, row.on, doors, here.words, network, addresses=known is not None)
    return pdf("deliveries.pdf", sheet)


def _door(here: Here, stop: Stop, known: dict[int, str] | None) -> Door:
    lives = ""
    if known is not None:
        lives = known.get(stop.household_id, "") or here.words.text(N_("held by another partner"))
    return Door(stop.rank, stop.card, stop.persons, stop.basket, stop.grams, stop.has_cold_part, lives)


def _addresses(here: Here, stops: list[Stop]) -> dict[int, str] | None:
    """Where each household lives whose file this person's partner holds; None for who may not open files."""
    if Right.OPEN_FILES not in here.me.rights:
        return None
    found: dict[int, str] = {}
    with here.database.writing() as session:
        for stop in stops:
            if files.holder_id(session, stop.household_id) == here.me.organisation_id:
                identity = files.read_identity(session, here.house.seal, stop.household_id, here.stamp(), "round")
                found[stop.household_id] = ", ".join(filter(None, (identity.address, identity.phone)))
    return found


def _done(
    here: Here,
    household_id: int,
    data: dict[str, Any],
    typed: dict[str, str] | None,
    work: Callable[[Session], int],
    said: str,
) -> Response[Any]:
    """Back to the household's page; with what was typed, where that was refused."""

    def held(session: Session) -> int:
        files.require_holder(session, household_id, here.me.organisation_id)
        return work(session)

    again = partial(show_household, here, household_id, typed) if typed else None
    return write_and_go(here, f"/households/{household_id}", data, typed, held, said, again)


ROUTES = [authorise, withdraw, bring, stop_bringing, round_page, round_pdf]
