"""The application: what it takes comes as arguments, so that a test builds its own."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from api.door import Door
from api.here import FORMS_COOKIE, provide_here
from api.house import House
from api.meters import Meters, show_meters
from api.openapi import OwnRefusals
from api.pages import PAGES
from api.refusals import on_failure, on_http_exception, on_refusal, on_second, on_unusable
from api.resources import RESOURCES
from api.security import ANYONE, API, Authentication, May, only_json
from api.static_files import favicon, static_router
from common.errors import Refusal

LARGEST_REQUEST = 2_000_000
"""Bytes; a whole day of queued scans is a tenth of it."""


def create_app(house: House) -> Litestar:
    """The web application of this house; raises where a route does not say who may use it."""
    pages = Router(path="/", route_handlers=[*PAGES, show_meters], include_in_schema=False)
    resources = Router(path=API, route_handlers=[*RESOURCES], before_request=only_json)
    meters = Meters()
    app = Litestar(
        route_handlers=[pages, resources, static_router(), favicon],
        dependencies={"here": Provide(provide_here, sync_to_thread=False)},
        middleware=[DefineMiddleware(Authentication, exclude=["^/static/", "^/healthz$", "^/favicon.ico$"])],
        csrf_config=CSRFConfig(
            secret=house.secret,
            cookie_name=FORMS_COOKIE,
            cookie_httponly=True,
            cookie_secure=house.settings.secure_cookies,
            cookie_samesite="lax",
            exclude=[f"^{API}/"],
        ),
        exception_handlers={
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            DataError: on_unusable,
            IntegrityError: on_second,
            OperationalError: on_second,
            OverflowError: on_unusable,
            UnicodeDecodeError: on_unusable,
            RecursionError: on_unusable,
            Exception: on_failure,
        },
        openapi_config=OpenAPIConfig(
            title="Panier juste",
            version="1",
            openapi_router=Router(path=f"{API}/openapi", route_handlers=[], guards=[ANYONE], include_in_schema=False),
            render_plugins=(OwnRefusals(),),
            use_handler_docstrings=True,
            security=[{"bearer": []}],
            components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        ),
        request_max_body_size=LARGEST_REQUEST,
        logging_config=None,
        state=State({"house": house, "meters": meters}),
        on_startup=[bound_threads],
        on_shutdown=[give_connections_back],
    )
    app.asgi_handler = Door(app.asgi_handler, meters, over_https=house.settings.secure_cookies)
    for path in routes_without_guard(app):
        raise RuntimeError(f"the route {path} does not say who may use it")
    return app


class RequestThreads(ThreadPoolExecutor):
    """Threads in which a stray StopIteration fails like any fault: asyncio cannot carry it and would wait for ever."""

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        return super().submit(_carried, work, *values, **named)


def _carried(work: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
    try:
        return work(*values, **named)
    except StopIteration as stray:
        raise RuntimeError("a handler looked for what is not there") from stray


async def bound_threads(app: Litestar) -> None:
    """Requests are worked on in as many threads as the settings say, each with a connection of its own."""
    threads = RequestThreads(app.state.house.settings.threads, thread_name_prefix="request")
    asyncio.get_running_loop().set_default_executor(threads)


def give_connections_back(app: Litestar) -> None:
    app.state.house.registry.close()


def routes_without_guard(app: Litestar) -> list[str]:
    """Routes that name no right."""
    return [
        f"{','.join(sorted(handler.http_methods))} {route.path}"
        for route, handler in handlers(app)
        if not guard_of(handler)
    ]


def handlers(app: Litestar) -> Iterator[tuple[Any, HTTPRouteHandler]]:
    """Every route of ours with its handler."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if "OPTIONS" not in handler.http_methods:
                yield route, handler


def guard_of(handler: HTTPRouteHandler) -> May | None:
    """The guard that says who may use this route."""
    layers = [layer.guards or () for layer in handler.ownership_layers]
    guards = [guard for layer in layers for guard in layer if isinstance(guard, May)]
    return guards[-1] if guards else None
