"""Referrals: handed to a partner from the file of a household, answered by the partner that receives them."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from api.here import Here
from api.security import May
from api.typed import day_typed, several
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households import files, referrals
from households.reference import needs
from network.roles import Right

OPEN, ANSWER = May(Right.OPEN_FILES), May(Right.ANSWER_REFERRALS)


@post("/households/{household_id:int}/referrals", guards=[OPEN], sync_to_thread=True)
def refer(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    typed = {name: str(data.get(name, "")) for name in ("need", "partner", "until")}
    shares = several(data, "share")

    def work(session: Session) -> int:
        files.require_holder(session, household_id, here.me.organisation_id)
        return referrals.refer(
            session,
            household_id,
            need=typed["need"],
            partner_id=_number(typed["partner"]),
            shares=shares,
            consent_until=day_typed(typed["until"]),
            stamp=here.stamp(),
        ).id

    return _done(here, f"/households/{household_id}/file", data, [typed, shares], work, N_("Handed to the partner."))


@post("/households/{household_id:int}/referrals/{referral_id:int}/withdrawn", guards=[OPEN], sync_to_thread=True)
def withdraw(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    referral_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    def work(session: Session) -> int:
        files.require_holder(session, household_id, here.me.organisation_id)
        referrals.withdraw(session, household_id, referral_id, here.stamp())
        return referral_id

    said = N_("Withdrawn: the partner sees nothing of it any more.")
    return _done(here, f"/households/{household_id}/file", data, referral_id, work, said)


@get("/referrals", guards=[ANSWER], sync_to_thread=True)
def referrals_page(here: NamedDependency[Here]) -> Response[Any]:
    """What was handed to this partner, as far as the households agreed; reading it is written down."""
    with here.database.writing() as session:
        handed = referrals.handed_to(session, here.house.seal, here.me.organisation_id, here.stamp())
        late = referrals.overdue(session, here.clock.today(), here.me.organisation_id)
    return here.page(
        "pages/referrals.html",
        handed=handed,
        late=late if Right.OPEN_FILES in here.me.rights else [],
        names={need.code: here.name_of(need) for need in needs()},
        states=[(code, here.words.text(name)) for code, name in referrals.STATES.items()],
    )


@post("/referrals/{referral_id:int}", guards=[ANSWER], sync_to_thread=True)
def move_referral(
    here: NamedDependency[Here], referral_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    state, day = str(data.get("state", "")), str(data.get("appointment", ""))

    def work(session: Session) -> int:
        appointment = day_typed(day, "appointment", N_("Appointment"))
        referrals.move(session, referral_id, here.me.organisation_id, state, here.stamp(), appointment)
        return referral_id

    return _done(here, "/referrals", data, [state, day], work, N_("Noted: whoever referred them sees it."))


def _done(here: Here, path: str, data: dict[str, Any], asked: Any, work: Any, said: str) -> Response[Any]:
    try:
        write_once(here, str(data.get("key", "")), asked, work, int)
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, said)


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise NotFound(what=Term(N_("structure")), id=typed[:20], field="partner")
    return int(typed)


ROUTES = [refer, withdraw, referrals_page, move_referral]
