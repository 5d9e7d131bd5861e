"""The files the pages use: named with a digest of their content so that browsers keep them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from litestar import Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.static_files import create_static_files_router

from api.security import ANYONE

FOLDER = Path(__file__).parent / "static"
STATIC = "/static"
YEAR = 365 * 24 * 3600


@lru_cache
def static_url(path: str) -> str:
    """The address of a file of `static/`; it changes when the file does."""
    digest = hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:10]
    return f"{STATIC}/{path}?v={digest}"


def static_router() -> Router:
    # Pages are not packed: what travels packed beside a secret lets its length tell of it.
    packing = DefineMiddleware(CompressionMiddleware, config=CompressionConfig(backend="gzip"))
    return create_static_files_router(
        path=STATIC, directories=[FOLDER], guards=[ANYONE], middleware=[packing], include_in_schema=False
    )


@get("/favicon.ico", guards=[ANYONE], include_in_schema=False, sync_to_thread=False)
def favicon() -> Response[bytes]:
    """Browsers ask for it beside what cannot name its own icon, a PDF for one."""
    return Response((FOLDER / "icons" / "logo.svg").read_bytes(), media_type="image/svg+xml")
