"""Figures for whoever watches the machine, in the format Prometheus reads. No figure says anything about a person."""

from typing import Any

from litestar import Request, Response, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from api.house import House
from api.security import May
from common.registry import Registry
from common.tables import Job
from network.roles import Right

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class Meters:
    """The meters of one application; each has its own, so that tests do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "panier_request_seconds",
            "Time to answer a request, by its route.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge(
            "panier_jobs_waiting",
            "Jobs that wait for a worker, in the networks this process was asked about since its start.",
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).observe(seconds)

    def read(self, networks: Registry) -> bytes:
        """Every figure as it stands now."""
        self.waiting.set(sum(_waiting(networks)))
        return generate_latest(self.registry)


def _waiting(networks: Registry) -> list[int]:
    query = select(func.count()).select_from(Job).where(Job.state == "waiting")
    found = []
    for database in networks.opened().values():
        with database.reading() as session:
            found.append(session.scalars(query).one())
    return found


class MayWatch(May):
    """A program on this very machine, or an administrator.

    A web server before ours would make every request look as if it came from this machine: one that was forwarded
    does not count as such.
    """

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        forwarded = any(name in connection.headers for name in FORWARDED)
        if forwarded or connection.client is None or connection.client.host not in LOOPBACK:
            await super().__call__(connection, handler)


@get("/metrics", guards=[MayWatch(Right.MANAGE_ACCOUNTS)], sync_to_thread=True)
def show_meters(request: Request[Any, Any, Any]) -> Response[bytes]:
    house: House = request.app.state.house
    meters: Meters = request.app.state.meters
    return Response(meters.read(house.registry), media_type=CONTENT_TYPE_LATEST)
