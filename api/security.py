"""Who is asking, and whether they may.

A person signs in and carries a secret in a cookie (pages) or in an `Authorization: Bearer` header (programs).
Every route names the right it asks for with `May`; the application refuses to start where one does not.
"""

from contextlib import suppress
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE
from sqlalchemy.exc import SQLAlchemyError

from api.house import House
from api.own_site import changes_elsewhere, refuse_elsewhere
from common.errors import Refusal
from network.accounts import Person, who_is
from network.roles import Right

COOKIE = "panier"
API = "/api/v1"


class Authentication(AbstractAuthenticationMiddleware):
    """Finds who carries the secret; whether they may is the route's guard's question."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        token = secret_of(connection)
        if not token:
            return AuthenticationResult(user=None, auth=None)
        person = await sync_to_thread(_find, connection, token)
        return AuthenticationResult(user=person, auth=token)


def person_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Person | None:
    """Who is signed in; nobody where the request never reached `Authentication`, as for an unknown page."""
    person: Person | None = connection.scope.get("user")
    return person


def look_up_person(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """For an address that is no route: `Authentication` was never reached, and who is signed in stays so."""
    token = secret_of(connection)
    if token and person_of(connection) is None:
        with suppress(Refusal, SQLAlchemyError):
            connection.scope["user"] = _find(connection, token)


def secret_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The secret a device carries, from its header or its cookie."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" else connection.cookies.get(COOKIE)


def _find(connection: ASGIConnection[Any, Any, Any, Any], token: str) -> Person | None:
    house: House = connection.app.state.house
    with house.registry.database(connection.headers.get("host", "")).reading() as session:
        return who_is(session, token, now=house.clock.now(), lasting=house.lasting)


class May:
    """The guard of a route: who may use it. `May()` asks only that somebody is signed in.

    Who works at one site changes nothing that an address names at another.
    """

    def __init__(self, *any_of: Right) -> None:
        self.any_of = frozenset(any_of)

    def allows(self, person: Person | None) -> bool:
        return person is not None and (not self.any_of or bool(self.any_of & person.rights))

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        person = person_of(connection)
        if not self.allows(person):
            raise NotAuthorizedException() if person is None else PermissionDeniedException()
        if person is not None and (named := changes_elsewhere(connection, person)):
            await sync_to_thread(refuse_elsewhere, connection, person, named)


class Anyone(May):
    """The guard of a route that asks nothing: signing in, health, the style sheet."""

    def allows(self, person: Person | None) -> bool:  # noqa: ARG002
        return True


ANYONE = Anyone()


class NotJson(HTTPException):
    """Something else than JSON was sent to the interface for programs."""

    status_code = HTTP_415_UNSUPPORTED_MEDIA_TYPE


async def only_json(request: Request[Any, Any, Any]) -> None:
    """Writes under /api take JSON only; a program with a token may also send nothing where nothing is expected.

    A form on another site cannot send that content type without the browser asking first, so the interface needs
    no anti-forgery token although the cookie is accepted there.
    """
    if request.method in ("GET", "HEAD") or request.content_type[0] == "application/json":
        return
    sent = request.headers.get("content-type") or request.headers.get("content-length", "0") != "0"
    if sent or "authorization" not in request.headers:
        raise NotJson()
