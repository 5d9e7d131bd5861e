"""Programs sign in here and get the secret they send as `Authorization: Bearer`."""

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from api.here import Here
from api.security import ANYONE, May, secret_of
from network.accounts import sign_in, sign_out


class Credentials(Struct):
    login: str
    password: str


class Token(Struct):
    token: str


class Me(Struct):
    """Who is signed in, and what they may do."""

    id: int
    name: str
    role: str
    organisation: str
    site: str | None
    rights: list[str]


@post("/sign-ins", guards=[ANYONE], sync_to_thread=True)
def create_sign_in(here: NamedDependency[Here], data: JSONBody[Credentials]) -> Token:
    """Exchange a login and a password for a token."""
    token, _ = sign_in(here.database, data.login, data.password, "api", here.clock.stamp(), here.house.lasting)
    return Token(token)


@delete("/sign-ins/current", guards=[May()], sync_to_thread=True)
def delete_sign_in(here: NamedDependency[Here]) -> None:
    """Forget the token."""
    token = secret_of(here.request)
    if token:
        with here.database.writing() as session:
            sign_out(session, token)


@get("/me", guards=[May()], sync_to_thread=False)
def show_me(here: NamedDependency[Here]) -> Me:
    """Who am I?"""
    me = here.me
    return Me(me.id, me.name, me.role.value, me.organisation, me.site, sorted(r.value for r in me.rights))


ROUTES = [create_sign_in, delete_sign_in, show_me]
