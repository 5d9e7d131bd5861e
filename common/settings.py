"""Everything an operator can set, in one place, read from `PANIER_…` environment variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import inf
from pathlib import Path
from typing import Any, get_type_hints

from common.errors import Refusal
from common.words import N_


class BadSetting(Refusal):
    """A setting that cannot be read: the program says so and does not start."""

    message = N_("%(name)s is “%(value)s”: expected %(expected)s.")


class UnknownSetting(Refusal):
    """A setting that does not exist: most likely a slip of the keyboard, so what was meant is not set."""

    message = N_("There is no setting %(name)s. These exist: %(known)s.")


PREFIX = "PANIER_"
JOBS = ("local", "procrastinate")
LOG_LEVELS = ("debug", "info", "warning", "error")


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

    identity_keys: Path | None = None
    """The file of the keys that seal who people are; on SQLite, one is made and kept beside the database."""

    secure_cookies: bool = False
    """Send cookies over https only; set it wherever the pages are served over https."""

    authority: Path | None = None
    """The certificate phones are given to trust this server; `panier serve --tls` makes it."""

    threads: int = 8
    """How many requests are worked on at once."""

    session_hours: int = 12
    """How long a sign-in lasts, from its beginning."""

    jobs: str = "local"
    """Who does long work: `local` (a worker process) or `procrastinate` (PostgreSQL only)."""

    plan_effort: float = 1.0
    """How long the planner searches: 2 is twice the usual number of steps."""

    lookup_address: str = ""
    """Where a number nobody has met is looked up, 2 s at most; empty means nowhere."""

    recalls_address: str = "https://data.economie.gouv.fr/api/explore/v2.1/catalog/datasets"
    """Where product recalls are asked for; empty where this machine may not ask anybody."""

    recalls_hours: int = 0
    """How often the worker asks for them by itself; 0 means only when somebody asks."""

    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    def __post_init__(self) -> None:
        for name, (stands, expected) in CHECKS.items():
            value = getattr(self, name)
            if not stands(value):
                raise BadSetting(name=variable(name), value=str(value), expected=expected)

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this environment; raises BadSetting or UnknownSetting, with the name at fault."""
        kinds = get_type_hints(cls)
        names = {variable(field.name): field.name for field in fields(cls)}
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        for name in given.keys() - names.keys():
            raise UnknownSetting(name=name, known=sorted(names))
        return cls(**{names[name]: _read(name, value, kinds[names[name]]) for name, value in given.items()})


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "port": (lambda port: 0 <= port <= 65535, "0…65535"),
    "threads": (lambda threads: threads >= 1, "1, 2, 3…"),
    "session_hours": (lambda hours: hours >= 1, "1, 2, 3…"),
    "jobs": (lambda jobs: jobs in JOBS, " / ".join(JOBS)),
    "plan_effort": (lambda effort: 0 < effort < inf, "0.1…"),
    "lookup_address": (lambda address: not address or _is_web(address), "https://…"),
    "recalls_address": (lambda address: not address or _is_web(address), "https://…"),
    "recalls_hours": (lambda hours: hours >= 0, "0, 1, 2, 3…"),
    "log_level": (lambda level: level in LOG_LEVELS, " / ".join(LOG_LEVELS)),
}
"""What a value must satisfy beside its type, and how that is written for the operator."""


def variable(field: str) -> str:
    """The environment variable that sets a field.

    >>> variable("database_url")
    'PANIER_DATABASE_URL'
    """
    return PREFIX + field.upper()


def _read(name: str, value: str, kind: Any) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[value.lower()]
        if kind in (int, float):
            return kind(value)
    except (KeyError, ValueError):
        expected = {bool: "yes / no", int: "123", float: "1.5"}[kind]
        raise BadSetting(name=name, value=value, expected=expected) from None
    if kind == Path | None:
        return Path(value) if value else None
    return value
