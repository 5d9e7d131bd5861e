"""`panier catalogue`: learn from an export of Open Food Facts what numbers mean before they are first scanned."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from msgspec.structs import asdict

from api.cli.base import databases, house, say
from common.words import N_, Share
from stock.openfoodfacts.importing import Report, import_export

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("catalogue")
def catalogue() -> None:
    """What barcodes mean."""


@catalogue.command("import")
@click.argument("export", type=FILE)
@click.option("--country", default="en:france", show_default=True, help="Only what is sold there.")
@click.option("--everywhere", is_flag=True, help="Whatever country it is sold in.")
@click.option("--from-start", is_flag=True, help="Read all of it again, also where an earlier reading was stopped.")
def import_catalogue(export: Path, country: str, everywhere: bool, from_start: bool) -> None:
    """Read an export of Open Food Facts (table, CSV or JSON lines, also .gz); stopped, it goes on where it was."""
    with house() as opened:
        for _, database in databases(opened):
            # A compressed file has more bytes inside than its size says: its bar is full early, and that is all.
            with click.progressbar(length=export.stat().st_size, label=export.name) as bar:
                report = import_export(
                    database,
                    export,
                    opened.clock.stamp(),
                    country="" if everywhere else country,
                    from_start=from_start,
                    tell=partial(_advance, bar),
                )
            _tell(report)


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.pos)


def _tell(report: Report) -> None:
    for sentence in (
        N_("Rows read: %(rows)s; products kept: %(kept)s."),
        N_("A family was found for %(hit_rate)s of them.") if report.kept else None,
        N_("Family by category: %(by_category)s; guessed: %(guessed)s; not found: %(without_family)s."),
        N_("Left out: without a usable number %(no_code)s, without a name %(no_name)s, no food %(no_food)s."),
        N_("Left out too: %(elsewhere)s sold elsewhere only, %(unreadable)s unreadable rows."),
        N_("Products that were here already and are known better now: %(completed)s."),
    ):
        if sentence:
            say(sentence, hit_rate=Share(1 - report.without_family / max(report.kept, 1)), **asdict(report))
