"""What makes the pages an application one installs: its manifest, and the worker that keeps intake on the device."""

import hashlib
import json
from functools import lru_cache
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.here import Here
from api.security import ANYONE
from api.static_files import FOLDER, STATIC, static_url
from common.words import N_

SHEETS = (
    "tokens",
    "base",
    "layout",
    "actions",
    "components",
    "notices",
    "forms",
    "tables",
    "charts",
    "intake",
    "plan",
    "counter",
    "stock",
    "today",
    "pages",
    "print",
)
ICONS = ("icons.svg", "food.svg", "logo.svg")
VENDOR = ("vendor/htmx.min.js", "vendor/zxing_reader.js", "vendor/zxing_reader.wasm")
SIZES = (192, 512)
PAPER, BRAND = "#FBF8F3", "#0F5C63"


@get("/manifest.webmanifest", guards=[ANYONE], sync_to_thread=False)
def manifest(here: NamedDependency[Here]) -> Response[dict[str, Any]]:
    """Name, icons and first page of the installed application."""
    icons = [
        {"src": static_url(f"icons/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES
        for purpose in ("any", "maskable")
    ]
    said = {
        "name": "Panier juste",
        "short_name": "Panier juste",
        "description": here.words.text(N_("Share donated food fairly, lose less of it.")),
        "lang": here.words.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return Response(said, media_type="application/manifest+json")


@get("/sw.js", guards=[ANYONE], sync_to_thread=False)
def service_worker() -> Response[str]:
    """The worker with the files of this version; served at the root, as it may only speak for what lies below it."""
    return Response(worker(), media_type="text/javascript")


@lru_cache
def worker() -> str:
    """The text of the worker: browsers take it for a new one when any of its files changes."""
    files = kept_files()
    version = hashlib.sha256("".join(map(static_url, files)).encode()).hexdigest()[:12]
    addresses = [static_url(name) for name in files] + [
        f"{STATIC}/{name}" for name in files if name.endswith((".js", ".wasm"))
    ]
    text = (FOLDER / "js" / "service_worker.js").read_text()
    return f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(addresses)};\n{text}"


def kept_files() -> list[str]:
    """Everything intake is made of; scripts under both their names, as modules ask for each other by the plain one."""
    scripts = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "js").rglob("*.js"))
    styles = [f"css/{name}.css" for name in SHEETS]
    return [*styles, *scripts, *(f"icons/{name}" for name in ICONS), *VENDOR]


ROUTES = [manifest, service_worker]
