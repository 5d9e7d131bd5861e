"""Accounts, for the administrator: who may sign in, and as what. A password is typed once and never shown again."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from api.here import Here
from api.security import May
from api.typed import whole_typed
from common.errors import Invalid, NotFound, Refusal
from common.words import N_, Term
from network import accounts
from network.partners import organisations, sites
from network.roles import ROLE_NAMES, Right, Role

MAY = May(Right.MANAGE_ACCOUNTS)


@dataclass
class AccountForm:
    name: str = ""
    login: str = ""
    role: str = Role.VOLUNTEER.value
    organisation: str = ""
    site: str = ""
    password: str = ""


@dataclass
class ActiveForm:
    active: str = ""


@dataclass
class PasswordForm:
    password: str = ""


@get("/accounts", guards=[MAY], sync_to_thread=True)
def accounts_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here)


@post("/accounts", guards=[MAY], sync_to_thread=True)
def open_account(here: NamedDependency[Here], data: URLEncodedBody[AccountForm]) -> Response[Any]:
    """A new person; a refusal shows the form again with what was typed, but for the password."""
    try:
        with here.database.writing() as session:
            account = accounts.create_account(
                session,
                organisation_id=_chosen("organisation", data.organisation, [o.id for o in organisations(session)]),
                site_id=_chosen("site", data.site, [s.id for s in sites(session)]) if data.site else None,
                login=data.login,
                name=data.name,
                role=_role(data.role),
                password=data.password,
                stamp=here.stamp(),
            )
            name = account.name
    except Refusal as refusal:
        return _page(here, data, refusal)
    return here.go("/accounts", N_("%(name)s may sign in now."), name=name)


@post("/accounts/{account_id:int}/active", guards=[MAY], sync_to_thread=True)
def shut_or_open(
    here: NamedDependency[Here], account_id: FromPath[int], data: URLEncodedBody[ActiveForm]
) -> Response[Any]:
    try:
        with here.database.writing() as session:
            account = accounts.set_active(session, account_id, data.active == "yes", here.stamp())
            name, active = account.name, account.active
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused("/accounts", refusal)
    done = N_("The account of %(name)s is open again.") if active else N_("The account of %(name)s is shut.")
    return here.go("/accounts", done, name=name)


@post("/accounts/{account_id:int}/sign-out", guards=[MAY], sync_to_thread=True)
def sign_out_everywhere(here: NamedDependency[Here], account_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        name = accounts.sign_out_everywhere(session, account_id, here.stamp()).name
    return here.go("/accounts", N_("%(name)s is signed out everywhere."), name=name)


@post("/accounts/{account_id:int}/password", guards=[MAY], sync_to_thread=True)
def give_new_password(
    here: NamedDependency[Here], account_id: FromPath[int], data: URLEncodedBody[PasswordForm]
) -> Response[Any]:
    try:
        with here.database.writing() as session:
            name = accounts.set_password(session, account_id, data.password, here.stamp()).name
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused("/accounts", refusal)
    done = N_("%(name)s has a new password and is signed out everywhere: tell them yourself, it is not shown again.")
    return here.go("/accounts", done, name=name)


def _page(here: Here, form: AccountForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        listed = accounts.list_accounts(session, here.clock.now() - here.house.lasting)
        partners = [(o.id, o.name) for o in organisations(session)]
        places = [(s.id, s.name) for s in sites(session)]
        rows = [
            {
                "id": account.id,
                "name": account.name,
                "login": account.login,
                "role": here.words.text(ROLE_NAMES[Role(account.role)]),
                "organisation": account.organisation.name,
                "site": account.site.name if account.site else None,
                "active": account.active,
                "devices": devices,
            }
            for account, devices in listed
        ]
    return here.page(
        "pages/people.html",
        status=refusal.kind.value if refusal else 200,
        accounts=rows,
        roles=[(role.value, here.words.text(name)) for role, name in ROLE_NAMES.items()],
        organisations=partners,
        sites=places,
        form=form or AccountForm(),
        refusal={"sentence": refusal.say(here.words), "field": refusal.field} if refusal else None,
    )


def _role(typed: str) -> Role:
    if typed not in set(Role):
        raise Invalid(what=Term(N_("Role")), expected=[Term(n) for n in ROLE_NAMES.values()], got=typed[:40])
    return Role(typed)


def _chosen(what: str, typed: str, among: list[int]) -> int:
    """A number picked from a list; raises NotFound for any other."""
    number = whole_typed(typed)
    if number is None or number not in among:
        raise NotFound(what=Term({"organisation": N_("structure"), "site": N_("site")}[what]), id=typed[:20])
    return number


ROUTES = [accounts_page, open_account, shut_or_open, sign_out_everywhere, give_new_password]
