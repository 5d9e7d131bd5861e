"""What every command needs: the language of the terminal, settings, the house, and how a refusal is said."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from api import log
from api.house import House
from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from common.settings import Settings
from common.words import Words, words


def spoken() -> Words:
    """The language of the terminal (`LANG`); French where it names none of ours."""
    return words("en" if os.environ.get("LANG", "").lower().startswith("en") else "fr")


def say(message: str, **values: object) -> None:
    """One sentence to the person at the terminal."""
    click.echo(spoken().text(message, **values))


def say_refusal(refusal: Refusal) -> None:
    click.echo(refusal.say(spoken()), err=True)


@contextmanager
def house(clock: Clock | None = None) -> Iterator[House]:
    """The house of the settings in the environment, closed at the end."""
    settings = Settings.read()
    log.configure(settings.log_level)
    opened = House.of(settings, clock)
    try:
        yield opened
    finally:
        opened.registry.close()


def databases(opened: House) -> list[tuple[str, Database]]:
    """Every network of this installation with its doors."""
    return [(host, opened.registry.database(host)) for host in opened.registry.addresses]


def name_of(host: str) -> str:
    """What the terminal calls a network."""
    return "Panier juste" if host == "*" else host
