"""Nothing lost, nothing doubled: `python -m benchmarks.hold [--database postgresql] [--clients 100] [--lines 10]`.

So many clients book lines at once; when half of them are booked, the server and its worker are killed (SIGKILL) and
started again. Every client sends again what it got no answer to, under the same key, as the pages do. In the end the
ledger must hold each line exactly once: those that were acknowledged before the kill, those that were under way, and
those sent after it. Only the loopback is used.
"""

import argparse
import threading
import time
from contextlib import closing
from http.client import HTTPException
from subprocess import Popen
from typing import Any

from benchmarks.scans import _build
from benchmarks.serving import Client, Refused, Server, free_port, fresh_database, kill, sign_in, start
from common.database import Database
from network.roles import Role
from stock.ledger import Account, standings
from stock.proof import faults
from tests.small_town import MILK, PASSWORD, Town

USUAL = {"sqlite": 20, "postgresql": 100}
PATIENCE = 120.0
"""Seconds a client goes on sending one line."""


def main() -> None:
    arguments = _arguments()
    clients = arguments.clients or USUAL[arguments.database]
    with fresh_database(arguments.database) as url:
        town, port = _build(url), free_port()
        server, process = start(url, port)
        try:
            token = sign_in(server, Role.MANAGER.value, PASSWORD)
            crowd = Crowd(server, token, town, clients, arguments.lines)
            process = crowd.run(url, port, process)
        finally:
            kill(process)
        _check(url, crowd)
    print(
        f"{arguments.database}: {clients} clients booked {crowd.acknowledged} lines in {crowd.seconds:.1f} s;"
        f" the server was killed after {crowd.before} of them; {crowd.again} requests were sent again;"
        " none lost, none doubled"
    )


class Crowd:
    """Clients that book, and remember what they were told."""

    def __init__(self, server: Server, token: str, town: Town, clients: int, lines: int) -> None:
        self.server, self.token, self.town, self.lines = server, token, town, lines
        opened = Client(server, token).post("/api/v1/receptions", {"site_id": town.site_id, "donor_id": town.donor_id})
        self.reception: int = opened["id"]
        self.clients = clients
        self.movements: dict[str, int] = {}
        """What each line was acknowledged as."""
        self.again = self.before = 0
        self.seconds = 0.0
        self.failures: list[BaseException] = []
        self.half = threading.Event()
        self.lock = threading.Lock()

    @property
    def acknowledged(self) -> int:
        return len(self.movements)

    def run(self, url: str, port: int, process: "Popen[bytes]") -> "Popen[bytes]":
        """Book everything, with a kill in the middle; returns the process that serves in the end."""
        threads = [threading.Thread(target=self._work, args=(n,)) for n in range(self.clients)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        self.half.wait(PATIENCE)
        kill(process)
        self.before = self.acknowledged
        _, process = start(url, port)
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - started
        if self.failures:
            kill(process)
            raise self.failures[0]
        return process

    def _work(self, number: int) -> None:
        try:
            for line in range(self.lines):
                self._book(f"client-{number}-line-{line}", {"scan": MILK, "units": 1, "date": "03/2027"})
        except BaseException as failure:
            self.failures.append(failure)
            self.half.set()
            raise

    def _book(self, key: str, said: dict[str, Any]) -> None:
        """Send until it is acknowledged."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                booked = Client(self.server, self.token).post(f"/api/v1/receptions/{self.reception}/lines", said, key)
            except (OSError, HTTPException, Refused):
                with self.lock:
                    self.again += 1
                time.sleep(0.2)
                continue
            with self.lock:
                self.movements[key] = booked["movement_id"]
                if 2 * self.acknowledged >= self.clients * self.lines:
                    self.half.set()
            return
        raise TimeoutError(f"{key} was never acknowledged")


def _check(url: str, crowd: Crowd) -> None:
    """What was acknowledged stands in the ledger, once."""
    with closing(Database(url)) as database, database.reading() as session:
        broken = faults(session)
        received = -sum(s.quantity for s in standings(session, accounts=(Account.OUTSIDE,)))
    sent = crowd.clients * crowd.lines
    if broken or not received == sent == crowd.acknowledged == len(set(crowd.movements.values())):
        raise SystemExit(f"{sent} lines sent, {crowd.acknowledged} acknowledged, {received} in the ledger: {broken}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=sorted(USUAL), default="sqlite")
    parser.add_argument(
        "--clients", type=int, default=0, help="20 on SQLite and 100 on PostgreSQL unless told otherwise"
    )
    parser.add_argument("--lines", type=int, default=10, help="lines each client books")
    return parser.parse_args()


if __name__ == "__main__":
    main()
