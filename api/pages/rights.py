"""Access to rights: the list a social worker goes through with a household, one line a right."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from api.here import Here
from api.security import May
from api.typed import day_typed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from households import files, social_rights
from households.reference import social_rights as listed
from households.register import get_household
from network.roles import Right

MAY = May(Right.OPEN_FILES)
Typed = dict[str, tuple[str, str]]
"""The state and the day of each right, as they stand in the form."""


@get("/households/{household_id:int}/rights", guards=[MAY], sync_to_thread=True)
def rights_page(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    return _page(here, household_id)


@post("/households/{household_id:int}/rights", guards=[MAY], sync_to_thread=True)
def note_rights(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """All lines that say something; a refusal keeps them as they were typed, and notes none."""
    typed = {
        right.code: (str(data.get(f"state-{right.code}", "")), str(data.get(f"on-{right.code}", "")))
        for right in listed()
    }

    def work(session: Session) -> bool:
        files.require_holder(session, household_id, here.me.organisation_id)
        for code, (state, day) in typed.items():
            if state:
                on = day_typed(day, "on", N_("On"))
                social_rights.note(session, household_id, code, state, on, here.stamp())
        return True

    try:
        write_once(here, str(data.get("key", "")), sorted(typed.items()), work, bool)
    except Refusal as refusal:
        return _page(here, household_id, typed, refusal)
    return here.go(f"/households/{household_id}/file", N_("Noted, with the day of each right."))


def _page(here: Here, household_id: int, typed: Typed | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        card = get_household(session, household_id).card
        kept = {one.code: (one.state, one.on.isoformat()) for one in social_rights.looked_at(session, household_id)}
    shown = typed or kept
    return here.page(
        "pages/rights.html",
        status=refusal.kind.value if refusal else 200,
        id=household_id,
        card=card,
        rows=[(right.code, here.name_of(right), *shown.get(right.code, ("", ""))) for right in listed()],
        states=[(code, here.words.text(name)) for code, name in social_rights.STATES.items()],
        why=refusal.say(here.words) if refusal else "",
    )


ROUTES = [rights_page, note_rights]
