"""Which network answers at which host name: one installation may serve several towns.

One network is one database and nothing is shared between them; the registry is a small TOML file

    [networks]
    "valmont.example.org" = "postgresql+psycopg://…/valmont"

and an installation without one serves the single network of `Settings.database_url` at any name.
"""

import threading
import tomllib
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from common.database import Database
from common.errors import Kind, Refusal
from common.settings import Settings
from common.words import N_

ANY = "*"
"""The name of the network that answers at every name no other network has."""


class UnknownHost(Refusal):
    """No network is registered under the name that was asked for."""

    kind = Kind.NOT_FOUND
    message = N_("No network answers at “%(host)s”.")


class BadRegistry(Refusal):
    """The registry cannot be used: the program says so and does not start. Addresses hold passwords: none is shown."""

    message = N_("The registry %(path)s cannot be read: expected [networks] with lines of the form %(expected)s.")


class Registry:
    """The networks served here; each database is opened when first asked for and stays open."""

    def __init__(self, addresses: dict[str, str], pool_size: int = 16) -> None:
        self.addresses = addresses
        self._pool_size = pool_size
        self._open: dict[str, Database] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> "Registry":
        """The registry of these settings: its file where one is named, else one network at any name."""
        if settings.registry is None:
            return cls({ANY: settings.database_url}, settings.threads)
        return cls(_read(settings.registry), settings.threads)

    def database(self, host: str) -> Database:
        """The doors of the network at this host name (its port is ignored); raises UnknownHost."""
        name = self.name(host)
        with self._lock:
            if name not in self._open:
                self._open[name] = Database(self.addresses[name], pool_size=self._pool_size)
            return self._open[name]

    def name(self, host: str) -> str:
        """The name of the network at this host name; raises UnknownHost."""
        name = host.rsplit(":", 1)[0].lower()
        found = name if name in self.addresses else ANY
        if found not in self.addresses:
            raise UnknownHost(host=name[:80])
        return found

    def opened(self) -> dict[str, Database]:
        """The networks that were asked for since the start, by name."""
        with self._lock:
            return dict(self._open)

    def name_of(self, database: Database) -> str:
        """The name under which this registry opened a database."""
        return next(name for name, doors in self.opened().items() if doors is database)

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            for database in self._open.values():
                database.close()
            self._open.clear()


def _read(path: Path) -> dict[str, str]:
    try:
        networks = tomllib.loads(path.read_text(encoding="utf-8"))["networks"]
        found = {host.lower(): url for host, url in networks.items() if make_url(url)}
    except (OSError, ValueError, KeyError, AttributeError, ArgumentError):
        found = {}
    if not found:
        raise BadRegistry(path=str(path), expected='"valmont.example.org" = "postgresql+psycopg://…"')
    return found
