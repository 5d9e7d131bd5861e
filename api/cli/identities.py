"""The commands that look after who people are: new keys, and forgetting whom nobody has seen for two years."""

import os
from pathlib import Path

import click

from api.cli.base import databases, house, say
from api.upkeep import erase_where_due, forget_where_due, take_out_where_due
from common.words import N_
from households.privacy import seal_anew
from households.sealing import Seal, new_key


@click.command()
def reseal() -> None:
    """Put a new key in front of the key file and seal every identity anew; stop the program meanwhile."""
    with house() as opened:
        path = opened.seal_file
        before = path.read_text().split() if path.is_file() else []
        # The file first: a town that fails below is still read with the old key behind the new one.
        _write(path, [new_key(), *before])
        seal, today = Seal.read(path), opened.clock.today()
        for _, database in databases(opened):
            with database.writing() as session:
                done = seal_anew(session, seal, today)
            say(N_("Identities sealed anew: %(n)s."), n=done)


@click.command()
def forget() -> None:
    """Forget whom nobody has seen for two years, erase old looks and photos; the worker does it once a day, too."""
    with house() as opened:
        for _, database in databases(opened):
            say(N_("Households forgotten: %(n)s."), n=forget_where_due(database, opened.clock))
            say(N_("Looks at an identity erased: %(n)s."), n=erase_where_due(database, opened.clock))
            say(N_("Photos of damage taken out: %(n)s."), n=take_out_where_due(database, opened.clock))


def _write(path: Path, keys: list[str]) -> None:
    """Whole or not at all, for the service's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(keys) + "\n")
    os.replace(draft, path)
