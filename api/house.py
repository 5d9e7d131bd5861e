"""What lives as long as the server: settings, networks, clock. Made once, handed to every request."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from common.clock import Clock
from common.jobs import LocalTransport, Transport
from common.registry import Registry
from common.settings import Settings

SECRET_FILE = Path("secret.key")


@dataclass
class House:
    """The long-lived parts; a test builds its own."""

    settings: Settings
    registry: Registry
    clock: Clock = field(default_factory=Clock)
    transport: Transport = field(default_factory=LocalTransport)

    @classmethod
    def of(cls, settings: Settings, clock: Clock | None = None) -> "House":
        return cls(settings, Registry.of(settings), clock or Clock())

    @cached_property
    def secret(self) -> str:
        """The key of anti-forgery tokens: set by the operator, or made once and kept beside the database."""
        return self.settings.secret or _kept_secret(self.settings.database_url)


def _kept_secret(database_url: str) -> str:
    if not database_url.startswith("sqlite:///"):
        return secrets.token_urlsafe(32)
    path = Path(database_url.removeprefix("sqlite:///")).with_name(SECRET_FILE.name)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()
