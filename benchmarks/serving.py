"""What the benchmarks of the web application share: the real server in a process of its own, and its clients.

Only the loopback is used. Processor time is that of the server with its worker, read from `/proc`: it hardly
depends on what else the machine does, while seconds and percentiles do.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any

from api.migrations import upgrade
from tests.postgresql import running_server

TICKS = os.sysconf("SC_CLK_TCK")
START = 60.0
"""Seconds a server may take to start on a busy machine."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and the process group it and its worker make up."""

    port: int
    group: int

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        return sum(_cpu(Path(entry.path), self.group) for entry in os.scandir("/proc") if entry.name.isdigit())


class Refused(Exception):
    """The server answered that it will not, or could not."""


class Client:
    """One keep-alive connection, signed in or not."""

    def __init__(self, server: Server, token: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None, {})

    def post(self, path: str, said: Any, key: str = "") -> Any:
        headers = {"content-type": "application/json", **({"idempotency-key": key} if key else {})}
        return json.loads(self._ask("POST", path, json.dumps(said), headers))

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {said[:300]!r}")
        return said


@dataclass
class Taken:
    """What a number of equal requests took."""

    wall: list[float] = field(default_factory=list)
    """Seconds of each request, as its client waited."""
    cpu: float = 0.0
    """Seconds of the server's processor time, all requests together."""
    seconds: float = 0.0

    def add(self, other: "Taken") -> None:
        """More of the same requests."""
        self.wall += other.wall
        self.cpu += other.cpu
        self.seconds += other.seconds

    @property
    def per_second(self) -> float:
        return len(self.wall) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time per request."""
        return 1000 * self.cpu / len(self.wall)

    def ms(self, percent: int) -> float:
        """The percentile of the waiting times, in milliseconds."""
        return 1000 * quantiles(self.wall, n=100, method="inclusive")[percent - 1]


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """The address of a migrated, empty database that disappears with the block."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="panier-benchmark-") as folder:
            url = f"sqlite:///{folder}/town.sqlite"
            upgrade(url)
            yield url
        return
    with running_server() as postgresql:
        url = postgresql.create()
        upgrade(url)
        yield url


@contextmanager
def serving(database_url: str) -> Iterator[Server]:
    """`panier serve` over this database, until the block ends."""
    server, process = start(database_url, free_port())
    try:
        yield server
    finally:
        _end(process)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port: int = chosen.getsockname()[1]
        return port


def start(database_url: str, port: int) -> tuple[Server, subprocess.Popen[bytes]]:
    """A server that answers; its process leads a group of its own, and is the caller's to end."""
    settings = {"DATABASE_URL": database_url, "PORT": str(port), "SECRET": "for benchmarks", "LOG_LEVEL": "warning"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PANIER_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve"],
        env=environment | {f"PANIER_{name}": value for name, value in settings.items()},
        start_new_session=True,
    )
    server = Server(port, process.pid)
    try:
        _wait_for(server, process)
    except BaseException:
        _end(process)
        raise
    return server, process


def sign_in(server: Server, login: str, password: str) -> str:
    """The token of a new sign-in."""
    token: str = Client(server).post("/api/v1/sign-ins", {"login": login, "password": password})["token"]
    return token


def at_once(server: Server, clients: int, seconds: float, ask: Callable[[int], Callable[[], None]]) -> Taken:
    """Requests of so many clients at once for so many seconds; `ask(n)` makes the request of client n."""
    begin, taken = threading.Barrier(clients + 1), Taken()
    failures: list[BaseException] = []

    def work(one: Callable[[], None]) -> None:
        begin.wait()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                taken.wall.append(timed(one))
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work, args=(ask(n),)) for n in range(clients)]
    for thread in threads:
        thread.start()
    cpu, started = server.cpu(), time.monotonic()
    begin.wait()
    for thread in threads:
        thread.join()
    taken.cpu, taken.seconds = server.cpu() - cpu, time.monotonic() - started
    if failures:
        raise failures[0]
    return taken


def one_by_one(server: Server, times: int, ask: Callable[[], Any]) -> Taken:
    """The same request so many times by one client."""
    cpu, started = server.cpu(), time.monotonic()
    wall = [timed(ask) for _ in range(times)]
    return Taken(wall, server.cpu() - cpu, time.monotonic() - started)


def timed(ask: Callable[[], Any]) -> float:
    started = time.monotonic()
    ask()
    return time.monotonic() - started


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while process.poll() is None and time.monotonic() < until:
        try:
            Client(server).get("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return _settle(server, until)
    raise RuntimeError("the server did not start")


def _settle(server: Server, until: float) -> None:
    """Wait for the worker beside the server to have started: it would be counted as work on requests."""
    before = -1.0
    while server.cpu() - before > 0.05 and time.monotonic() < until:
        before = server.cpu()
        time.sleep(1)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a power cut would: nothing is told, nothing is finished."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _cpu(process: Path, group: int) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS if int(fields[2]) == group else 0.0
