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
from api.typed import row_typed
from api.writing import write_and_go, write_once
from common.errors import Refusal
from common.words import N_
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
        partner_id = row_typed(typed["partner"], N_("structure"), "partner")
        return ask_here(here, session, household_id, partner_id, typed["takes"], agreed=bool(typed["agreed"]))

    said = N_("Asked: until they answer, nothing changes.")
    return write_and_go(here, f"/households/{household_id}/file", data, typed, work, said)


@post("/households/{household_id:int}/moves/{move_id:int}/withdrawn", guards=[MAY], sync_to_thread=True)
def withdraw_move(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    move_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    def work(session: Session) -> int:
        return withdraw_here(here, session, household_id, move_id)

    return write_and_go(
        here, f"/households/{household_id}/file", data, move_id, work, N_("Withdrawn: they stay with you.")
    )


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
        accepts = typed["answer"] == "accept"
        return settle_here(here, session, move_id, row_typed(typed["site"], N_("site"), "site") if accepts else None)

    try:
        settled: Settled = write_once(here, str(data.get("key", "")), typed, work, Settled)
    except Refusal as refusal:
        return here.refused("/moves", refusal)
    if settled.household_id is None:
        return here.go("/moves", N_("Not accepted: the household stays where it is."))
    said = told(here, N_("Accepted: the household is yours from now on."), settled.invitations)
    return here.go(f"/households/{settled.household_id}/file", said)


def ask_here(here: Here, session: Session, household_id: int, partner_id: int, takes: str, *, agreed: bool) -> int:
    """Ask for a household whose file is one's own; answers the move's number."""
    files.require_holder(session, household_id, here.me.organisation_id)
    return moving.ask(session, household_id, partner_id, takes, here.stamp(), agreed=agreed).id


def withdraw_here(here: Here, session: Session, household_id: int, move_id: int) -> int:
    files.require_holder(session, household_id, here.me.organisation_id)
    moving.withdraw(session, household_id, move_id, here.stamp())
    return move_id


def settle_here(here: Here, session: Session, move_id: int, site_id: int | None) -> Settled:
    """Take the household over at this site, its invitations with it; without a site it stays where it is."""
    if site_id is None:
        moving.refuse(session, move_id, here.me.organisation_id, here.stamp())
        return Settled(None)
    household_id = moving.accept(session, move_id, here.me.organisation_id, site_id, here.stamp())
    return Settled(household_id, revise(session, household_id, here.stamp()))


ROUTES = [ask_to_move, withdraw_move, moves_page, answer_move]
