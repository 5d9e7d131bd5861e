"""What just happened, said once on the next page: kept for a minute in a cookie of the person's own browser."""

import base64
import binascii
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from msgspec import Struct

COOKIE = "flash"


class Flash(Struct, frozen=True):
    """A sentence already in the person's language, and where to post to take it back."""

    text: str
    kind: str = "done"
    """`done`, `refusal` or `care`."""
    undo: str | None = None


def to_cookie(flash: Flash) -> Cookie:
    value = base64.urlsafe_b64encode(msgspec.json.encode(flash)).decode()
    return Cookie(key=COOKIE, value=value, max_age=60, httponly=True, samesite="lax")


def from_request(request: Request[Any, Any, Any]) -> list[Flash]:
    """The sentence this browser carries; a cookie that was tampered with says nothing."""
    value = request.cookies.get(COOKIE)
    if not value:
        return []
    try:
        return [msgspec.json.decode(base64.urlsafe_b64decode(value), type=Flash)]
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return []
