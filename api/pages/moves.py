"""Moves: a household agrees to go over to another partner, whose social worker accepts or refuses."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.invitations import Revised, revise
from api.here import Here
from api.invitations import told
from api.security import May
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households import files, moving
from network.partners import sites
from network.roles import Right

MAY = May(Right.OPEN_FILES)


class Settled(Struct, frozen=True):
    """Whose move was answered; the number only where it is theirs now."""

    household_id: int | None
    invitations: Revised = Revised()


@post("/households/{household_id:int}/moves", guards=[MAY], sync_to_thread=True)
def ask_to_move(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    typed = {name: str(data.get(name, "")) for name in ("partner", "takes", "agreed")}

    def work(session: Session) -> int:
        files.require_holder(session, household_id, here.me.organisation_id)
        partner_id = _number(typed["partner"], N_("structure"), "partner")
        agreed = bool(typed["agreed"])
        return moving.ask(session, household_id, partner_id, typed["takes"], here.stamp(), agreed=agreed).id

    said = N_("Asked: until they answer, nothing changes.")
    return _done(here, f"/households/{household_id}/file", data, typed, work, said)


@post("/households/{household_id:int}/moves/{move_id:int}/withdrawn", guards=[MAY], sync_to_thread=True)
def withdraw_move(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    move_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    def work(session: Session) -> int:
        files.require_holder(session, household_id, here.me.organisation_id)
        moving.withdraw(session, household_id, move_id, here.stamp())
        return move_id

    return _done(here, f"/households/{household_id}/file", data, move_id, work, N_("Withdrawn: they stay with you."))


@get("/moves", guards=[MAY], sync_to_thread=True)
def moves_page(here: NamedDependency[Here]) -> Response[Any]:
    """Who would come over to this partner: a card and a number of people, no name before it is accepted."""
    with here.database.reading() as session:
        return here.page(
            "pages/moves.html",
            incoming=moving.incoming(session, here.me.organisation_id, here.clock.today()),
            takes={code: here.words.text(name) for code, name in moving.TAKES.items()},
            sites=[(site.id, site.name) for site in sites(session)],
            usual=next((s.id for s in sites(session) if s.organisation_id == here.me.organisation_id), None),
        )


@post("/moves/{move_id:int}", guards=[MAY], sync_to_thread=True)
def answer_move(
    here: NamedDependency[Here], move_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """`answer=accept` with the site they come to; anything else leaves the household where it is."""
    typed = {name: str(data.get(name, "")) for name in ("answer", "site")}

    def work(session: Session) -> Settled:
        if typed["answer"] != "accept":
            moving.refuse(session, move_id, here.me.organisation_id, here.stamp())
            return Settled(None)
        site_id = _number(typed["site"], N_("site"), "site")
        household_id = moving.accept(session, move_id, here.me.organisation_id, site_id, here.stamp())
        return Settled(household_id, revise(session, household_id, here.stamp()))

    try:
        settled: Settled = write_once(here, str(data.get("key", "")), typed, work, Settled)
    except Refusal as refusal:
        return here.refused("/moves", refusal)
    if settled.household_id is None:
        return here.go("/moves", N_("Not accepted: the household stays where it is."))
    said = told(here, N_("Accepted: the household is yours from now on."), settled.invitations)
    return here.go(f"/households/{settled.household_id}/file", said)


def _done(here: Here, path: str, data: dict[str, Any], asked: Any, work: Any, said: str) -> Response[Any]:
    try:
        write_once(here, str(data.get("key", "")), asked, work, int)
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, said)


def _number(typed: str, what: str, field: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise NotFound(what=Term(what), id=typed[:20], field=field)
    return int(typed)


ROUTES = [ask_to_move, withdraw_move, moves_page, answer_move]
