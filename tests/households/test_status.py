"""What somebody is never enters what is decided for them."""

import ast
import re
from itertools import cycle

import pytest
from msgspec.structs import replace

from common.clock import Clock
from common.database import Database
from households.files import register_file
from households.living_remainder import Line
from households.reference import scales
from households.register import decide
from households.sealing import Identity, Seal
from households.tables import Decision
from households.vocabulary import SEXES, STATUSES
from tests.house_rules import ROOT
from tests.households.people import FAMILY, place, situation
from tests.small_town import build

DECIDES = {"living_remainder", "scale", "composition", "register", "sentences"}
"""The modules a decision is made in."""


@pytest.mark.parametrize("module", sorted(DECIDES))
def test_where_decisions_are_made_the_status_cannot_be_reached(module: str) -> None:
    """Nor the sex of people: neither tables nor words that hold them are imported, and nothing there is called so."""
    tree = ast.parse((ROOT / "households" / f"{module}.py").read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not names & {"status", "housing", "heard", "sex", "STATUSES", "SEXES", "File", "tables", "vocabulary"}
    for name in imported:
        room, _, rest = name.partition(".")
        assert room != "households" or rest in {"tables", "vocabulary"} or rest.split(".")[0] in {
            *DECIDES, "tables", "vocabulary",
        }  # fmt: skip


def test_who_keeps_tells_forgets_and_counts_the_sex_of_people_is_all_who_look_at_it() -> None:
    """No plan, basket, right or price does."""
    looking = {
        str(path.relative_to(ROOT))
        for room in ("allocation", "api", "households", "labels", "network", "stock")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\.sex\b", path.read_text())
    }

    assert looking == {
        "allocation/files_told.py",
        "api/demo/loading.py",
        "api/held.py",
        "api/pages/household_file.py",
        "households/files.py",
    }


def test_the_same_means_get_the_same_decision_whatever_the_status_and_sex(
    database: Database, seal: Seal, clock: Clock
) -> None:
    town = build(database, clock)
    with database.writing() as session:
        made: list[Decision] = []
        for status, sex in zip(STATUSES, cycle(SEXES), strict=False):
            household = register_file(
                session,
                seal,
                identity=Identity(tuple(replace(named, sex=sex) for named in FAMILY.people)),
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
                    reason="committee",
                    stamp=clock.stamp(1),
                )
            )

    assert len({(d.remainder_cents, d.proposal, str(d.steps)) for d in made}) == 1
