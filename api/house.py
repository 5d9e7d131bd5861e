"""What lives as long as the server: settings, networks, clock. Made once, handed to every request."""

import datetime as dt
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import make_url

from common.clock import Clock
from common.jobs import LocalTransport, Transport
from common.registry import Registry
from common.settings import Settings
from households.sealing import NoKeys, Seal, new_key

KEY_FILE = "secret.key"
SEAL_FILE = "identity.keys"


@dataclass
class House:
    """The long-lived parts; a test builds its own."""

    settings: Settings
    registry: Registry
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def of(cls, settings: Settings, clock: Clock | None = None) -> "House":
        return cls(settings, Registry.of(settings), clock or Clock())

    @cached_property
    def secret(self) -> str:
        """The key of anti-forgery tokens: set by the operator, or made once and kept beside the database."""
        return self.settings.secret or _kept_secret(self.settings.database_url)

    @property
    def seal_file(self) -> Path:
        """Where the keys of identities are; raises NoKeys where the operator has to say."""
        if self.settings.identity_keys is not None:
            return self.settings.identity_keys
        if (beside := _beside(self.settings.database_url, SEAL_FILE)) is None:
            raise NoKeys()
        return beside

    @cached_property
    def seal(self) -> Seal:
        """What closes and opens identities; beside an SQLite file the first key is made when it is needed."""
        if self.settings.identity_keys is None and not self.seal_file.is_file():
            _keep(self.seal_file, new_key())
        return Seal.read(self.seal_file)

    @cached_property
    def transport(self) -> Transport:
        """Who gets long work to a worker; raises QueueNeedsPostgresql."""
        if self.settings.jobs == "local":
            return LocalTransport(self.registry)
        from api.workers import QueueTransport  # only where it is used: importing it takes a while

        return QueueTransport(self.registry, self.settings.database_url)

    @property
    def lasting(self) -> dt.timedelta:
        """How long a sign-in lasts from its beginning."""
        return dt.timedelta(hours=self.settings.session_hours)


def _beside(database_url: str, name: str) -> Path | None:
    """A file beside the database, where the database is a file."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database).with_name(name)


def _kept_secret(database_url: str) -> str:
    path = _beside(database_url, KEY_FILE)
    if path is None:
        return secrets.token_urlsafe(32)
    if not path.is_file():
        _keep(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def _keep(path: Path, secret: str) -> None:
    """Write the file whole or not at all; where another process was quicker, its secret stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secret)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
