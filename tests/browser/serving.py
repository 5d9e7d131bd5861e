"""The program as `panier serve` starts it, worker included, behind an address of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
STARTING, ANSWERING = 600, 120
"""Seconds the server may take to start and a page to answer: generous, as a slow machine is not a wrong program."""


class Server:
    """A server of its own, which can be stopped and started again at the same address over the same database."""

    def __init__(self, url: str, log: Path, host: str = "127.0.0.1", **settings: str) -> None:
        port = _free_port()
        self.address = f"http://{host}:{port}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        # This environment with these settings of the program and no other.
        own = {name: value for name, value in os.environ.items() if not name.startswith("PANIER_")}
        self._environment = own | settings | {"PANIER_DATABASE_URL": url, "PANIER_PORT": str(port)}

    def start(self) -> None:
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        ends = time.monotonic() + STARTING
        while time.monotonic() < ends and self._process.poll() is None:
            try:
                with urlopen(f"{self.address}/healthz", timeout=ANSWERING):
                    return
            except OSError:  # refused, reset or silent: it is not there yet
                time.sleep(0.1)
        raise RuntimeError(f"the server did not answer at {self.address}:\n{self._log.read_text()}")

    def stop(self) -> None:
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=STARTING)
        except subprocess.TimeoutExpired:
            self._process.kill()  # what it said, not how it ended, is what the test has to tell
            self._process.wait()


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """The server's address, for the length of a block."""
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
