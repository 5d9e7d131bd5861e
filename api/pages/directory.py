"""The directory of partners, kept by the coordinator: what they help with, where and when, and their accreditation."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec.structs import replace
from sqlalchemy.orm import Session

from api.here import Here
from api.security import May
from api.typed import day_typed, several
from api.unchanged import FIELD, mark_of, refuse_changed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from households.reference import needs
from network.directory import FOOD, KINDS, Entry, SiteEntry, describe_partner, describe_site, directory, partner_entry
from network.roles import Right

SEE, CHANGE = May(Right.COORDINATE, Right.OPEN_FILES), May(Right.COORDINATE)


@get("/partners", guards=[SEE], sync_to_thread=True)
def partners_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here)


@post("/partners/{organisation_id:int}", guards=[CHANGE], sync_to_thread=True)
def change_partner(
    here: NamedDependency[Here], organisation_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> None:
        refuse_changed(here, session, str(data.get(FIELD, "")), lambda: _partner(session, organisation_id))
        describe_partner(
            session,
            organisation_id,
            phone=str(data.get("phone", "")),
            services=several(data, "service"),
            known_services=[FOOD, *(need.code for need in needs())],
            charter_signed_on=day_typed(str(data.get("charter", "")), "charter", N_("Charter signed on")),
            accredited_until=day_typed(str(data.get("accredited", "")), "accredited", N_("Accredited until")),
            stamp=here.stamp(),
        )

    return _change(here, data, f"partner-{organisation_id}", work)


@post("/partners/sites/{site_id:int}", guards=[CHANGE], sync_to_thread=True)
def change_site(
    here: NamedDependency[Here], site_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> None:
        refuse_changed(here, session, str(data.get(FIELD, "")), lambda: _site_entry(session, site_id))
        describe_site(
            session,
            site_id,
            address=str(data.get("address", "")),
            hours={day: str(data.get(f"hours-{day}", "")) for day in range(7)},
            closed=str(data.get("closed", "")),
            stamp=here.stamp(),
        )

    return _change(here, data, f"site-{site_id}", work)


def _partner(session: Session, organisation_id: int) -> Entry:
    return of_itself(partner_entry(session, organisation_id))


def _site_entry(session: Session, site_id: int) -> SiteEntry | None:
    return next((site for entry in directory(session) for site in entry.sites if site.id == site_id), None)


def of_itself(entry: Entry) -> Entry:
    """A partner without its sites, which have forms of their own."""
    return replace(entry, sites=())


def _change(here: Here, data: dict[str, Any], form: str, work: Callable[[Session], None]) -> Response[Any]:
    def done(session: Session) -> bool:
        work(session)
        return True

    asked = {name: value for name, value in data.items() if name not in ("key", FIELD, "_csrf_token")}
    try:
        write_once(here, str(data.get("key", "")), asked, done, bool)
    except Refusal as refusal:
        return _page(here, form, data, refusal)
    return here.go("/partners", N_("Kept: the public page says it from now on."))


def _page(
    here: Here, form: str = "", typed: dict[str, Any] | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    """The directory; the form that was refused holds what was typed into it."""
    today = here.clock.today()
    with here.database.reading() as session:
        entries = directory(session)
    names = {kind: here.words.text(name) for kind, name in KINDS.items()}
    return here.page(
        "pages/directory.html",
        status=refusal.kind.value if refusal else 200,
        entries=[(entry, names.get(entry.kind, ""), entry.accreditation_ends(today)) for entry in entries],
        services=[(FOOD, here.words.text(N_("Food"))), *((need.code, here.name_of(need)) for need in needs())],
        mark=lambda one: mark_of(of_itself(one) if isinstance(one, Entry) else one),
        refused=form,
        typed=typed or {},
        ticked=several(typed or {}, "service"),
        why=(refusal.field, refusal.say(here.words)) if refusal else (None, ""),
    )


ROUTES = [partners_page, change_partner, change_site]
