"""Which network answers at which host name: one installation may serve several towns.

One network is one database and nothing is shared between them; the registry is a small TOML file

    [networks]
    "valmont.example.org" = "postgresql+psycopg://…/valmont"

and an installation without one serves the single network of `Settings.database_url` at any name.
"""

import threading
import tomllib
from pathlib import Path

from common.database import Database
from common.errors import Kind, Refusal
from common.settings import Settings
from common.words import N_


class UnknownHost(Refusal):
    """No network is registered under the name that was asked for."""

    kind = Kind.NOT_FOUND
    message = N_("No network answers at “%(host)s”.")


class Registry:
    """The networks served here; each database is opened when first asked for and stays open."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self.addresses = addresses
        self._open: dict[str, Database] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> "Registry":
        """The registry of these settings: its file where one is named, else one network at any name."""
        if settings.registry is None:
            return cls({"*": settings.database_url})
        return cls(_read(settings.registry))

    def database(self, host: str) -> Database:
        """The doors of the network at this host name (its port is ignored); raises UnknownHost."""
        name = host.rsplit(":", 1)[0].lower()
        key = name if name in self.addresses else "*"
        if key not in self.addresses:
            raise UnknownHost(host=name)
        with self._lock:
            if key not in self._open:
                self._open[key] = Database(self.addresses[key])
            return self._open[key]

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            for database in self._open.values():
                database.close()
            self._open.clear()


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        networks = tomllib.load(file)["networks"]
    return {host.lower(): str(url) for host, url in networks.items()}
