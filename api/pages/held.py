"""The person's own export: everything held on them, as a page, on paper and for a program; each look is noted."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from allocation.held import Given, everything_given
from api.held import codes, parts
from api.here import Here
from api.paper import pdf
from api.security import May
from households import files
from households.held import Held, everything_held
from labels.held import HeldFile, held_file
from network.roles import Right
from network.tables import Organisation

MAY = May(Right.OPEN_FILES)


@get("/households/{household_id:int}/export", guards=[MAY], sync_to_thread=True)
def export_page(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """Everything that is held, to be read by the person it is about."""
    return here.page("pages/held.html", id=household_id, held=_in_words(here, household_id))


@get("/households/{household_id:int}/export.pdf", guards=[MAY], sync_to_thread=True)
def export_pdf(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """The same to take home."""
    held = _in_words(here, household_id)
    return pdf("export.pdf", lambda: held_file(held, here.words))


@get("/households/{household_id:int}/export.json", guards=[MAY], sync_to_thread=True)
def export_json(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """The same for a program."""
    held, given = _held(here, household_id)
    answer = Response({"held": held, "given": given}, media_type="application/json")
    answer.headers["content-disposition"] = f'attachment; filename="{held.card}.json"'
    return answer


def _held(here: Here, household_id: int) -> tuple[Held, Given]:
    with here.database.writing() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        held = everything_held(session, here.house.seal, household_id, here.stamp())
        return held, everything_given(session, household_id)


def _in_words(here: Here, household_id: int) -> HeldFile:
    held, given = _held(here, household_id)
    with here.database.reading() as session:
        partner = session.get_one(Organisation, here.me.organisation_id).name
        known = codes(session, here.words)
    return HeldFile(partner, held.card, here.clock.today(), parts(held, given, known, here.words))


ROUTES = [export_page, export_pdf, export_json]
