"""How long each page takes on the demo's data: `python -m benchmarks.pages [--times 10] [--database FILE.sqlite]`.

The demo is loaded into a temporary file, or into the file named, where it is found the next time. Every role signs
in and asks for every page it may see, some requests in a row each, one at a time. `/healthz` and the sign-in page,
which read no data, are measured again with every role: what a page costs beyond them is its own.
"""

import argparse
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import select

from allocation.tables import DistributionSession, Visit
from api.app import create_app, guard_of, handlers
from api.demo import facts, load_demo, logins
from api.house import House
from api.migrations import upgrade
from api.security import API
from benchmarks.serving import Client, Refused, Server, Taken, one_by_one, serving, sign_in
from common.clock import Clock
from common.database import Database
from common.settings import Settings
from households.tables import Household
from network.roles import RIGHTS, Role
from stock.tables import Lot

BASELINES = ("/healthz", "/sign-in")
GOAL = 200
"""Milliseconds that 95 of 100 requests of a page may take, on a machine with nothing else to do."""
NO_PAGES = ("/static/", "/readyz", "/metrics", f"{API}/openapi", "/sign-in", "/healthz")
HOLE = re.compile(r"\{(\w+):\w+\}")


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="panier-benchmark-") as folder:
        url = f"sqlite:///{(arguments.database or Path(folder, 'demo.sqlite')).absolute()}"
        _load(url)
        with serving(url) as server:
            _tell(measure(server, list(_pages(url, arguments.documents)), arguments.times))


def measure(server: Server, pages: list[tuple[str, frozenset[Role]]], times: int) -> dict[str, Taken]:
    """What each page took, all roles that may see it together; what cannot be asked for so simply is said."""
    taken: dict[str, Taken] = defaultdict(Taken)
    for account, (login, password, _) in zip(facts.network().accounts, logins(), strict=True):
        client = Client(server, sign_in(server, login, password))
        asked = [*BASELINES, *(path for path, roles in pages if account.role in roles)]
        for path in asked:
            try:
                client.get(path)
            except Refused as refused:
                print(f"not measured for {account.role.value}: {refused}"[:110])
            else:
                taken[path].add(one_by_one(server, times, partial(client.get, path)))
    return taken


def _pages(url: str, documents: bool) -> Iterator[tuple[str, frozenset[Role]]]:
    """Every address people and programs read, holes filled from the database, and the roles that may."""
    with closing(Database(url)) as database:
        holes = _holes(database)
        for route, handler in handlers(create_app(House.of(Settings(database_url=url, secret="not used")))):
            guard, path = guard_of(handler), str(route.path)
            if guard is None or "GET" not in handler.http_methods or path.startswith(NO_PAGES):
                continue
            names = HOLE.findall(path)
            if path.endswith(".pdf") != documents or len(names) > 1 or not holes.keys() >= set(names):
                continue
            roles = frozenset(role for role in Role if not guard.any_of or guard.any_of & RIGHTS[role])
            for value in holes[names[0]] if names else ("",):
                yield HOLE.sub(str(value), path), roles


def _holes(database: Database) -> dict[str, tuple[object, ...]]:
    """The next session and the last one, its household, the newest lot."""
    today = Clock().today()
    session_id, on = DistributionSession.id, DistributionSession.on
    with database.reading() as session:
        coming = session.scalars(select(session_id).where(on >= today).order_by(on).limit(1)).one()
        past = session.scalars(select(session_id).where(on < today).order_by(on.desc()).limit(1)).one()
        visitor = session.scalars(select(Visit.household_id).where(Visit.session_id == past).limit(1)).one()
        card = session.scalars(select(Household.card).where(Household.id == visitor)).one()
        lot = session.scalars(select(Lot.code).order_by(Lot.id.desc()).limit(1)).one()
    return {"session_id": (coming, past), "household_id": (visitor,), "code": (card,), "lot": (lot,)}


def _load(url: str) -> None:
    upgrade(url)
    cpu = time.process_time()
    with closing(Database(url)) as database:
        if load_demo(database, Clock()):
            print(f"the demo was loaded in {time.process_time() - cpu:.1f} s of processor time")


def _tell(taken: dict[str, Taken]) -> None:
    print(f"{'':42}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'× sign-in':>11}{'requests':>10}")
    sign_in_cpu = taken["/sign-in"].cpu_ms
    for path, each in sorted(taken.items(), key=lambda item: item[1].cpu_ms):
        slow = f"  above {GOAL} ms" if each.ms(95) > GOAL else ""
        print(
            f"{path[:41]:42}{each.ms(50):9.1f}{each.ms(95):9.1f}{each.cpu_ms:9.2f}"
            f"{each.cpu_ms / sign_in_cpu:11.1f}{len(each.wall):10}{slow}"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=10, help="requests in a row for each role and page")
    parser.add_argument("--database", type=Path, help="an SQLite file to keep the demo in")
    parser.add_argument("--documents", action="store_true", help="the PDF documents instead of the pages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
