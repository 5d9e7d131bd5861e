"""Everything an operator can set, in one place, read from `PANIER_…` environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from common.errors import Refusal
from common.words import N_


class BadSetting(Refusal):
    """A setting that cannot be read: the program says so and does not start."""

    message = N_("%(name)s is “%(value)s”: expected %(expected)s.")


@dataclass(frozen=True)
class Settings:
    """The settings; each is read from `PANIER_` + its name in capitals."""

    database_url: str = "sqlite:///var/panier.sqlite"
    """Where the network's data live: an SQLite file, or `postgresql+psycopg://…`."""

    registry: Path | None = None
    """A TOML file that maps host names to database addresses, where one installation serves several towns."""

    host: str = "127.0.0.1"
    """The address the server listens on; `0.0.0.0` to be reached from other machines."""

    port: int = 8462
    """The port the server listens on."""

    secret: str = ""
    """The key that signs anti-forgery tokens; a random one is kept beside the database when empty."""

    secure_cookies: bool = False
    """Send cookies over https only; set it wherever the pages are served over https."""

    threads: int = 8
    """How many requests are worked on at once."""

    session_hours: int = 12
    """How long a sign-in lasts without being used."""

    jobs: str = "local"
    """Who does long work: `local` (a worker process) or `procrastinate` (PostgreSQL only)."""

    plan_seconds: float = 5.0
    """How long the planner may search before it shows its best proposal."""

    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this environment; raises BadSetting with the name and the value at fault."""
        kinds = get_type_hints(cls)
        given: dict[str, Any] = {}
        for field in fields(cls):
            name = f"PANIER_{field.name.upper()}"
            if name in environment:
                given[field.name] = _read(name, environment[name], kinds[field.name])
        return cls(**given)


def _read(name: str, value: str, kind: Any) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[value.lower()]
        if kind in (int, float):
            return kind(value)
    except (KeyError, ValueError):
        expected = {bool: "yes / no", int: "123", float: "1.5"}[kind]
        raise BadSetting(name=name, value=value, expected=expected) from None
    return Path(value) if "Path" in str(kind) else value
