"""One handler turns what was refused into an answer: JSON for programs, a page for people."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.response import Redirect
from sqlalchemy.exc import DBAPIError

from api.here import Here
from api.security import look_up_person
from common.database import came_second
from common.errors import Refusal
from common.words import N_

log = structlog.get_logger()

SENTENCES = {
    400: N_("This request could not be understood. Go back, check what was typed and try again."),
    401: N_("Please sign in first."),
    403: N_("Your role does not open this page. If you need it, ask your coordinator."),
    404: N_("This page does not exist, or no longer does."),
    405: N_("This page does not exist, or no longer does."),
    409: N_("Someone changed this meanwhile. Go back and look again."),
    413: N_("This is too large to be sent at once."),
    415: N_("Only JSON is understood here: send it as application/json."),
    429: N_("Too many requests: please wait a moment."),
    500: N_("The software failed. Nothing you saved before is lost; please try again."),
}
OLD_FORM = N_("This form was open for too long, or in another window. Go back, load the page again and send it anew.")
FORGED = "CSRF token verification failed"
"""What the framework says of a form without its anti-forgery token."""


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal: its own sentence, its kind as the status."""
    here = Here(request)
    return _answer(here, refusal.kind.value, refusal.say(here.words), refusal.code, refusal.field)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refused: an unknown page, a missing right, a request it cannot read."""
    if error.status_code >= 500:
        return on_failure(request, error)
    if not _is_api(request):
        look_up_person(request)
    here = Here(request)
    if isinstance(error, NotAuthorizedException) and not _is_api(request):
        return _to_the_door(request)
    known = error.status_code if error.status_code in SENTENCES else 400
    forged = isinstance(error, PermissionDeniedException) and error.detail == FORGED
    sentence = here.words.text(OLD_FORM if forged else SENTENCES[known])
    code = HTTPStatus(known).phrase.title().replace(" ", "")
    answer = _answer(here, error.status_code, sentence, code, None, error.extra)
    answer.headers.update(error.headers or {})
    return answer


def on_unusable(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What no text, database or calendar can hold: bytes that are not UTF-8, a number of thirty digits, a zero byte,
    brackets within brackets without end."""
    log.warning("unusable value", method=request.method, route=_route(request), exc_info=error)
    here = Here(request)
    return _answer(here, 400, here.words.text(SENTENCES[400]), "BadRequest", None)


def on_second(request: Request[Any, Any, Any], error: DBAPIError) -> Response[Any]:
    """Two people wrote the same thing at the same moment: nothing of the second is kept, and they look again."""
    if not came_second(error):
        return on_failure(request, error)
    log.warning("came second", method=request.method, route=_route(request), exc_info=error)
    here = Here(request)
    return _answer(here, 409, here.words.text(SENTENCES[409]), "Conflict", None)


def on_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged with where it happened and without what was sent, said plainly."""
    log.error("failure", method=request.method, route=_route(request), exc_info=error)
    here = Here(request)
    return _answer(here, 500, here.words.text(SENTENCES[500]), "Failure", None)


def _answer(here: Here, status: int, sentence: str, code: str, field: str | None, details: Any = None) -> Response[Any]:
    if _is_api(here.request):
        said = {"code": code, "message": sentence, "field": field}
        return Response(said | ({"details": details} if details else {}), status_code=status)
    if here.request.headers.get("hx-request"):
        return here.page("refusal_part.html", status=status, sentence=sentence)
    return here.page("pages/refusal.html", status=status, status_code=status, sentence=sentence)


def _to_the_door(request: Request[Any, Any, Any]) -> Response[Any]:
    """To the sign-in page, and from there back to where the person was."""
    if request.headers.get("hx-request"):
        # A part of a page cannot become the sign-in page: the whole page has to go there.
        back = quote(urlsplit(request.headers.get("hx-current-url", "")).path or "/")
        return Response("", status_code=401, headers={"HX-Redirect": f"/sign-in?next={back}"}, media_type="text/html")
    back = quote(request.url.path) if request.method == "GET" else "/"
    return Redirect(f"/sign-in?next={back}", status_code=303)


def _route(request: Request[Any, Any, Any]) -> str:
    """The pattern of the address; the address itself may name a person."""
    return str(request.scope.get("path_template") or "unknown")


def _is_api(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith("/api/")
