"""A throw-away PostgreSQL server for the tests, started from the binaries of the machine.

It listens on a socket inside its own temporary folder and nowhere else, forgets durability for speed, and
disappears with its folder. PostgreSQL refuses to run as root: the server then runs as an unprivileged user.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

from tests import in_memory

OLDEST = 15

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
}


class Server:
    """Makes databases as copies of one another and drops them again; `url` names its first database."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self._numbers = count(1)

    def create(self, template: str = "template1") -> str:
        """The address of a new database with everything that `template` holds; nobody may be using it."""
        name = f"panier_test_{os.getpid()}_{next(self._numbers)}"
        # Copying the files takes half the time of copying through the log.
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database made by `create`, whoever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name_of(url))

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(_libpq(self.url), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


def name_of(url: str) -> str:
    """The name of the database a database address speaks of."""
    return make_url(url).database or ""


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def binaries() -> Path | None:
    """The folder of the newest server binaries on this machine, where there are any."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    recent = [folder for folder in debian if _version(folder) >= OLDEST and (folder / "initdb").is_file()]
    if recent:
        return recent[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _version(folder: Path) -> float:
    return float(folder.parent.name)


@contextmanager
def running_server() -> Iterator[Server]:
    """The server named by `TEST_DATABASE_URL`, else one that lives as long as the block."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Server(given)
        return
    folder = binaries()
    if folder is None:
        raise RuntimeError(
            f"PostgreSQL {OLDEST} or newer was not found: install it (`apt-get install postgresql`) "
            "or name a server in TEST_DATABASE_URL"
        )
    with in_memory.folder("panier-pg-") as root, _started(folder, root):
        yield Server(f"postgresql://postgres@/postgres?host={root}")


@contextmanager
def _started(folder: Path, root: Path) -> Iterator[None]:
    who = _unprivileged(root)
    data, log = root / "data", root / "log"
    options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    run = [folder / "pg_ctl", "-D", data, "-w", "-l", log]
    _call([folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], root, who)
    _call([*run, "-o", f"{options} -k {root}", "start"], root, who)
    try:
        yield
    finally:
        _call([*run, "-m", "immediate", "stop"], root, who)


def _unprivileged(root: Path) -> dict[str, Any]:
    """As root, give the folder to `postgres` (else `nobody`), who will run the server."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(root, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _call(command: list[Any], root: Path, who: dict[str, Any]) -> None:
    # The server outlives `pg_ctl start` and would keep a pipe open: what is said goes to a file.
    words = root / "words"
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(root)}
    with words.open("w") as said:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
            **who,
        )
    if done.returncode:
        log = root / "log"
        raise RuntimeError(words.read_text() + (log.read_text() if log.is_file() else ""))
