"""The `panier` command line."""

import sys
from typing import Any

import click

from api.cli.base import say_refusal
from api.cli.benching import bench
from api.cli.catalogue import catalogue
from api.cli.daily import demo, migrate, serve, work
from api.cli.founding import site
from api.cli.identities import forget, reseal
from api.cli.planning import check_plan, make_plan, write_problem
from api.cli.printing import print_queue
from api.cli.recalls import recalls
from api.cli.rules import set_rule
from api.cli.run import run
from api.cli.simulating import simulate
from api.cli.verifying import verify
from common.errors import Refusal


class Panier(click.Group):
    """Says a refusal as a sentence and ends with 1, instead of showing a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            say_refusal(refusal)
            sys.exit(1)


@click.group(cls=Panier, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="panier-juste", prog_name="panier")
def main() -> None:
    """Panier juste: share donated food fairly, lose less of it."""


COMMANDS = (
    serve,
    work,
    migrate,
    demo,
    site,
    run,
    write_problem,
    make_plan,
    check_plan,
    verify,
    set_rule,
    print_queue,
    recalls,
    catalogue,
    reseal,
    forget,
    simulate,
    bench,
)
for command in COMMANDS:
    main.add_command(command)
