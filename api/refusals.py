"""One handler turns what was refused into an answer: JSON for programs, a page for people."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect

from api.here import Here
from api.security import API
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
    429: N_("Too many requests: please wait a moment."),
    500: N_("The software failed. Nothing you saved before is lost; please try again."),
}


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal: its own sentence, its kind as the status."""
    here = Here(request)
    return _answer(here, refusal.kind.value, refusal.say(here.words), refusal.code, refusal.field)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refused: an unknown page, a missing right, a request it cannot read."""
    status = error.status_code if error.status_code in SENTENCES else (400 if error.status_code < 500 else 500)
    here = Here(request)
    if isinstance(error, NotAuthorizedException) and not _is_api(request):
        back = quote(request.url.path) if request.method == "GET" else "/"
        return Redirect(f"/sign-in?next={back}", status_code=303)
    sentence = here.words.text(SENTENCES[status])
    return _answer(here, error.status_code, sentence, HTTPStatus(status).phrase.title().replace(" ", ""), None)


def on_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged with its trace and without what was sent, said plainly."""
    log.error("failure", method=request.method, route=request.scope.get("path_template", "?"), exc_info=error)
    here = Here(request)
    return _answer(here, 500, here.words.text(SENTENCES[500]), "Failure", None)


def _answer(here: Here, status: int, sentence: str, code: str, field: str | None) -> Response[Any]:
    if _is_api(here.request):
        return Response({"code": code, "message": sentence, "field": field}, status_code=status)
    if here.request.headers.get("hx-request"):
        return here.page("refusal_part.html", status=status, sentence=sentence)
    return here.page("pages/refusal.html", status=status, status_code=status, sentence=sentence)


def _is_api(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith(API)
