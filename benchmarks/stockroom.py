"""The questions of a stockroom with a long past: `python -m benchmarks.stockroom [--database postgresql]`.

5,000 live lots and a million movements of lots long gone are written by the database itself, past the ledger but as
the ledger would; balances are then made from them and the proof is asked for. Each page is asked for by one client,
in the same run as `/healthz` and the sign-in page, which read no stock; then lines are booked one by one.
"""

import argparse
import datetime as dt
from collections.abc import Callable
from contextlib import closing
from itertools import count
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.serving import Client, Server, Taken, fresh_database, one_by_one, serving, sign_in
from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.balances import drift, rebuild
from stock.catalogue import add_product
from stock.conservation import books
from stock.proof import faults
from stock.tables import Lot
from tests import small_town
from tests.small_town import BEANS, MILK, PASSWORD, PASTA, Arrival, Town

LIVE, MOVEMENTS = 5_000, 1_000_000
PATTERNS = 200
"""Products, each with a lot taken in as people would; all other lots are copies of these, 200 to a reception."""
PAGE_GOAL, LINE_GOAL = 200, 30
"""Milliseconds at the 95th percentile, on a machine with nothing else to do."""

COPY_RECEPTIONS = text("""
INSERT INTO receptions (site_id, donor_id, source, "on", opened_at, opened_by, closed_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :receptions)
SELECT site_id, donor_id, source, "on", opened_at, opened_by, opened_at FROM n JOIN receptions ON receptions.id = 1
""")
COPY_LOTS = text("""
INSERT INTO lots (code, product_id, reception_id, donor_id, source, lot_number, date_kind, date, last_day, measure,
                  grams_each, portion, value_cents, checked, came_in_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :lots)
SELECT 'Z' || (1000000 + i), product_id, 2 + i / :patterns, donor_id, source, CAST(i AS VARCHAR(40)), date_kind, date,
       last_day, measure, grams_each, portion, value_cents, checked, came_in_at
FROM n JOIN lots ON lots.id = 1 + i % :patterns
""")
COPY_MOVEMENT = text("""
INSERT INTO movements (lot_id, from_account, from_place_id, to_account, to_place_id, quantity, reason, at, "on")
SELECT lots.id, CAST(:source AS VARCHAR(12)),
       CASE WHEN CAST(:source AS VARCHAR(12)) IN ('shelf', 'reserved') THEN pattern.to_place_id END,
       CAST(:target AS VARCHAR(12)),
       CASE WHEN CAST(:target AS VARCHAR(12)) IN ('shelf', 'reserved') THEN pattern.to_place_id END, :quantity, '',
       pattern.at, pattern."on"
FROM lots JOIN movements pattern ON pattern.lot_id = 1 + (lots.id - :patterns) % :patterns
WHERE lots.id > :after AND lots.id <= :until AND lots.id % :every = 0 AND pattern.from_account = 'outside'
  AND pattern.id <= :patterns
""")
LIFE = (("outside", "shelf", 10), ("shelf", "reserved", 4), ("reserved", "given", 4), ("shelf", "given", 6))
"""How a lot of the past came and went, four movements each."""


def main() -> None:
    arguments = _arguments()
    with fresh_database(arguments.database) as url:
        town = build(url, arguments.movements)
        with serving(url) as server:
            taken = measure(server, town, arguments.times, _a_lot(url))
    _tell(taken, arguments.database)


def build(url: str, movements: int) -> Town:
    """The small town with a large stockroom; raises where its ledger does not hold."""
    clock = Clock()
    with closing(Database(url)) as database:
        town = small_town.build(database, clock)
        with database.writing() as session:
            for n in range(PATTERNS):
                _product(session, n)
        small_town.receive(database, town, clock, *_patterns(clock.today()))
        gone = movements // len(LIFE)
        with database.writing() as session:
            first = PATTERNS + gone
            session.execute(COPY_RECEPTIONS, {"receptions": 1 + (gone + LIVE) // PATTERNS})
            session.execute(COPY_LOTS, {"lots": gone + LIVE, "patterns": PATTERNS})
            for source, target, quantity in LIFE:
                _copy(session, source, target, quantity, PATTERNS, first)
            _copy(session, "outside", "shelf", 10, first, first + LIVE)
            _copy(session, "shelf", "reserved", 3, first, first + LIVE, every=4)
            rebuild(session)
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                connection.execute(text("ANALYZE"))
                connection.commit()
        with database.reading() as session:
            if broken := [*faults(session), *drift(session), *(b for b in books(session) if b.off)]:
                raise SystemExit(f"the ledger does not hold: {broken[0]}")
    return town


def _copy(session: Session, source: str, target: str, quantity: int, after: int, until: int, every: int = 1) -> None:
    asked = {"source": source, "target": target, "quantity": quantity, "after": after, "until": until}
    session.execute(COPY_MOVEMENT, {**asked, "every": every, "patterns": PATTERNS})


def _product(session: Session, n: int) -> None:
    family, name = (("milk", "Lait"), ("pasta_rice", "Pâtes"), ("yoghurt", "Yaourt"))[n % 3]
    add_product(
        session, name=f"{name} {n}", family_code=family, grams_each=500, article=f"P{n}", source="made for measuring"
    )


def _patterns(today: dt.date) -> list[Arrival]:
    """A lot of each product over the coming weeks, some of the yoghurts within seven days."""
    return [
        Arrival(
            f"ART-P{n}", units=10, date=(today + dt.timedelta(days=3 + n % 50)).isoformat(), lot_number=f"pattern {n}"
        )
        for n in range(PATTERNS)
    ]


def measure(server: Server, town: Town, times: int, lot: str) -> dict[str, Taken]:
    client = Client(server, sign_in(server, Role.MANAGER.value, PASSWORD))
    pages = (
        "/healthz",
        "/sign-in",
        "/stock",
        "/stock?q=lait",
        "/stock?storage=dry&sort=product&page=30",
        "/at-risk",
        f"/stock/lots/{lot}",
        "/intake",
    )
    taken = {page: one_by_one(server, times, _get(client, page)) for page in pages}
    opened = client.post("/api/v1/receptions", {"site_id": town.site_id, "donor_id": town.donor_id})
    taken["a line booked"] = one_by_one(server, 5 * times, _booking(client, opened["id"]))
    return taken


def _get(client: Client, page: str) -> Callable[[], Any]:
    return lambda: client.get(page)


def _booking(client: Client, reception_id: int) -> Callable[[], Any]:
    numbers, date = count(1), (Clock().today() + dt.timedelta(days=300)).isoformat()

    def book() -> None:
        n = next(numbers)
        line = {"scan": (MILK, PASTA, BEANS)[n % 3], "units": 1 + n % 7, "date": date, "lot_number": f"new {n}"}
        client.post(f"/api/v1/receptions/{reception_id}/lines", line, f"stockroom-line-{n}")

    return book


def _a_lot(url: str) -> str:
    with closing(Database(url)) as database, database.reading() as session:
        return session.scalars(select(Lot.code).order_by(Lot.id.desc()).limit(1)).one()


def _tell(taken: dict[str, Taken], database: str) -> None:
    print(f"{database:42}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'× sign-in':>11}")
    for name, each in taken.items():
        goal = LINE_GOAL if name == "a line booked" else PAGE_GOAL
        slow = f"  above {goal} ms" if each.ms(95) > goal else ""
        ratio = each.cpu_ms / taken["/sign-in"].cpu_ms
        print(f"{name[:41]:42}{each.ms(50):9.1f}{each.ms(95):9.1f}{each.cpu_ms:9.2f}{ratio:11.1f}{slow}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=40, help="requests in a row for each page")
    parser.add_argument("--movements", type=int, default=MOVEMENTS, help="how long a past the stockroom has")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
