"""Referrals: handed to a partner from the file of a household, answered by the partner that receives them."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from api.here import Here
from api.security import May
from api.typed import day_typed, row_typed, several
from api.writing import write_and_go
from common.words import N_
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
            partner_id=row_typed(typed["partner"], N_("structure"), "partner"),
            shares=shares,
            consent_until=day_typed(typed["until"]),
            stamp=here.stamp(),
        ).id

    return write_and_go(
        here, f"/households/{household_id}/file", data, [typed, shares], work, N_("Handed to the partner.")
    )


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
    return write_and_go(here, f"/households/{household_id}/file", data, referral_id, work, said)


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

    return write_and_go(here, "/referrals", data, [state, day], work, N_("Noted: whoever referred them sees it."))


ROUTES = [refer, withdraw, referrals_page, move_referral]
