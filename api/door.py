"""What every answer passes on its way out: headers that keep browsers careful, the log of requests, the meters.

It stands around the whole application: an unknown page and a failure pass it too, which no handler ever sees.
"""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.meters import Meters
from api.static_files import STATIC, YEAR

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
DECODER = f"{STATIC}/js/camera_worker.js"
DECODER_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self' 'wasm-unsafe-eval'"
"""The worker that reads codes off the camera runs WebAssembly, and nothing else may."""
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
"""Nothing is fetched from elsewhere, nothing is embedded elsewhere."""
OVER_HTTPS = {"strict-transport-security": f"max-age={YEAR}"}
COOKIES = (b"httponly", b"samesite=lax")
"""No script reads a cookie and no other site sends one; over https, no open line carries one either."""
NOT_KEPT = "no-store"
"""Tablets are shared: what one person saw is not there for the next one who presses “back”."""
log = structlog.get_logger()


class Door:
    """Around the application: what it adds depends on nothing but whether pages are served over https."""

    def __init__(self, app: ASGIApp, meters: Meters, over_https: bool) -> None:
        self.app = app
        self.meters = meters
        headers = HEADERS | (OVER_HTTPS if over_https else {})
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._cookies = [*COOKIES, *([b"secure"] if over_https else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._careful(scope, list(message["headers"]))
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _careful(self, scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers as they leave."""
        sent = [(k, self._closed(v) if k.lower() == b"set-cookie" else v) for k, v in headers]
        if all(k.lower() != b"cache-control" for k, _ in sent):
            sent.append((b"cache-control", kept_for(scope["path"], scope["query_string"]).encode()))
        policy = [(b"content-security-policy", DECODER_POLICY.encode())] if scope["path"] == DECODER else []
        return [*sent, *policy, *(h for h in self._headers if not policy or h[0] != policy[0][0])]

    def _closed(self, cookie: bytes) -> bytes:
        """A cookie with what it was set without."""
        missing = [part for part in self._cookies if b"; " + part.partition(b"=")[0] not in cookie.lower()]
        return b"; ".join([cookie, *missing])

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        """Of a request its route, never its address: that may name a person or hold what they typed."""
        route = scope.get("path_template") or "unknown"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.meters.note(method, route, status, seconds)
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def kept_for(path: str, query: bytes) -> str:
    """How long a browser may keep an answer: a file whose address changes with its content, as long as it likes."""
    if not path.startswith(f"{STATIC}/"):
        return NOT_KEPT
    return f"public, max-age={YEAR}, immutable" if query.startswith(b"v=") else "no-cache"
