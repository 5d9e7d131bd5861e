"""Scans booked per second through the interface: `python -m benchmarks.scans [--seconds 5] [--database postgresql]`.

Sixteen clients, each with its own connection, book lines at once under one reception; every line is a lot of its
own, the most work a line can be. Beside it stand, from the same run, the server's cheapest answer (`/healthz`, same
clients) and bare inserts into the same kind of database, one commit each. At the end the ledger must hold exactly
the units that were acknowledged, and a line sent again must get its first answer.
"""

import argparse
import datetime as dt
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.serving import Client, Server, Taken, at_once, fresh_database, serving, sign_in
from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.ledger import standings
from stock.proof import faults
from tests import small_town
from tests.small_town import BEANS, MILK, PASSWORD, PASTA, Town

CLIENTS = 16
GOAL = "300 booked/s with p99 < 100 ms on SQLite, on a machine with nothing else to do"


def main() -> None:
    arguments = _arguments()
    with fresh_database(arguments.database) as url:
        town = _build(url)
        inserts, cpu = bare_inserts(url, min(arguments.seconds, 2))
        with serving(url) as server:
            token = sign_in(server, Role.MANAGER.value, PASSWORD)
            scanners = [Scanner(server, token, town, n) for n in range(CLIENTS)]
            at_once(server, CLIENTS, 1, lambda n: scanners[n].book)
            health = at_once(server, CLIENTS, min(arguments.seconds, 2), lambda _: _healthz(server))
            booked = at_once(server, CLIENTS, arguments.seconds, lambda n: scanners[n].book)
            for scanner in scanners:
                scanner.book_again()
        _check(url, sum(s.units for s in scanners))
    print(f"{arguments.database}, {CLIENTS} clients, {len(booked.wall)} lines booked   (goal: {GOAL})")
    print(f"{'':22}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'per cpu s':>11}")
    print(_line("lines booked", booked))
    print(_line("/healthz", health))
    print(f"{'bare insert + commit':22}{inserts:9.0f}{'':18}{1000 * cpu:9.3f}{1 / cpu:11.0f}")
    print(f"a booking costs {booked.cpu_ms / health.cpu_ms:.1f} /healthz of the server's processor time")


class Scanner:
    """One client and what it was told was booked."""

    def __init__(self, server: Server, token: str, town: Town, number: int) -> None:
        self.client = Client(server, token)
        opened = self.client.post("/api/v1/receptions", {"site_id": town.site_id, "donor_id": town.donor_id})
        self.path = f"/api/v1/receptions/{opened['id']}/lines"
        self.number, self.lines, self.units = number, count(1), 0
        self.last: tuple[str, dict[str, Any], Any] | None = None
        self.date = (Clock().today() + dt.timedelta(days=300)).isoformat()

    def book(self) -> None:
        """One line that nobody else books."""
        n = next(self.lines)
        line = {
            "scan": (MILK, PASTA, BEANS)[n % 3],
            "units": 1 + n % 7,
            "date": self.date,
            "lot_number": f"{self.number}-{n}",
        }
        key = f"scanner-{self.number}-line-{n}"
        answer = self.client.post(self.path, line, key)
        self.units += answer["quantity"]
        self.last = key, line, answer

    def book_again(self) -> None:
        """The last line once more: nothing happens, and the answer is the first one."""
        if self.last is None:
            raise RuntimeError("nothing was booked")
        key, line, answer = self.last
        if (again := self.client.post(self.path, line, key)) != answer:
            raise RuntimeError(f"sent again, {key} got {again}, first {answer}")


def bare_inserts(url: str, seconds: float) -> tuple[float, float]:
    """Rows a single loop inserts and commits per second, and seconds of this process' time for one."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"{address.database}.bare", isolation_level=None)) as bare:
            bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE bare (word TEXT)")
            return _rate(lambda: bare.execute("INSERT INTO bare VALUES ('x')"), seconds)
    there = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(there, autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE bare (word TEXT)")
        return _rate(lambda: connection.execute("INSERT INTO bare VALUES ('x')"), seconds)


def _rate(insert: Callable[[], Any], seconds: float) -> tuple[float, float]:
    cpu, started, done = time.process_time(), time.monotonic(), 0
    while time.monotonic() < started + seconds:
        insert()
        done += 1
    return done / (time.monotonic() - started), (time.process_time() - cpu) / done


def _healthz(server: Server) -> Callable[[], None]:
    client = Client(server)

    def ask() -> None:
        client.get("/healthz")

    return ask


def _build(url: str) -> Town:
    database = Database(url)
    try:
        return small_town.build(database, Clock())
    finally:
        database.close()


def _check(url: str, acknowledged: int) -> None:
    """Exactly what was acknowledged stands in the ledger, which holds."""
    database = Database(url)
    try:
        with database.reading() as session:
            there = sum(standing.quantity for standing in standings(session))
            broken = faults(session)
    finally:
        database.close()
    if there != acknowledged or broken:
        raise SystemExit(f"{acknowledged} units were acknowledged, {there} stand in the ledger; faults: {broken}")
    print(f"{there} units acknowledged, exactly as many in the ledger")


def _line(name: str, taken: Taken) -> str:
    return (
        f"{name:22}{taken.per_second:9.0f}{taken.ms(50):9.1f}{taken.ms(99):9.1f}"
        f"{taken.cpu_ms:9.2f}{1000 / taken.cpu_ms:11.0f}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5, help="how long lines are booked")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
