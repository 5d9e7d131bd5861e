"""What somebody is never enters what is decided for them."""

import ast

import pytest

from common.clock import Clock
from common.database import Database
from households.files import register_file
from households.living_remainder import Line
from households.reference import scales
from households.register import decide
from households.sealing import Seal
from households.tables import Decision
from households.vocabulary import STATUSES
from tests.house_rules import ROOT
from tests.households.people import FAMILY, place, situation
from tests.small_town import build

DECIDES = {"living_remainder", "scale", "composition", "register", "sentences"}
"""The modules a decision is made in."""


@pytest.mark.parametrize("module", sorted(DECIDES))
def test_where_decisions_are_made_the_status_cannot_be_reached(module: str) -> None:
    """Neither the table that holds it nor its words are imported, and nothing there is called `status`."""
    tree = ast.parse((ROOT / "households" / f"{module}.py").read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not names & {"status", "housing", "heard", "STATUSES", "File", "tables", "vocabulary"}
    for name in imported:
        room, _, rest = name.partition(".")
        assert room != "households" or rest in {"tables", "vocabulary"} or rest.split(".")[0] in {
            *DECIDES, "tables", "vocabulary",
        }  # fmt: skip


def test_the_same_means_get_the_same_decision_whatever_the_status(database: Database, seal: Seal, clock: Clock) -> None:
    town = build(database, clock)
    with database.writing() as session:
        made: list[Decision] = []
        for status in STATUSES:
            household = register_file(
                session,
                seal,
                identity=FAMILY,
                situation=situation(town.organisation_id, status),
                place=place(town.organisation_id, town.site_id),
                holder_id=town.organisation_id,
                stamp=clock.stamp(),
            )
            made.append(
                decide(
                    session,
                    household.id,
                    scale=scales()[0],
                    lines=[Line("wages", 145_000), Line("rent", 62_000)],
                    outcome="deferred",
                    reason="scale",
                    stamp=clock.stamp(1),
                )
            )

    assert len({(d.remainder_cents, d.proposal, str(d.steps)) for d in made}) == 1
