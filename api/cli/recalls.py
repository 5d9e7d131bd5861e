"""`panier recalls`: read the alerts of RappelConso, from files or by asking for them, and block what is concerned."""

from pathlib import Path

import click

from allocation.recalled import Checked, check_recalls, fetch_recalls
from api.cli.base import databases, house, say
from common.words import N_
from stock.recalls.rappelconso import rows_of_file

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("recalls")
def recalls() -> None:
    """Product recalls: what is concerned is blocked at once."""


@recalls.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True)
def import_recalls(files: tuple[Path, ...]) -> None:
    """Read exports of both RappelConso data sets (JSON lines, JSON or CSV)."""
    with house() as opened:
        for _, database in databases(opened):
            for file in files:
                _tell(check_recalls(database, rows_of_file(file), file.name, opened.clock.stamp()))


@recalls.command("fetch")
def fetch() -> None:
    """Ask data.economie.gouv.fr for what was published since the last time."""
    with house() as opened:
        for _, database in databases(opened):
            _tell(fetch_recalls(database, opened.settings.recalls_address, opened.clock.stamp()))


def _tell(checked: Checked) -> None:
    say(
        N_("Rows read: %(read)s; notices new or changed: %(changed)s; unusable: %(unreadable)s; lots found: %(hits)s."),
        read=checked.read,
        changed=checked.changed,
        unreadable=checked.unreadable,
        hits=checked.hits,
    )
