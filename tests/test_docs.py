"""What the documentation says is so."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from api.cli import main
from common.settings import Settings, variable
from tests.house_rules import ROOMS, ROOT, no_database_behind, sources

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = ROOT / "README.md"
OPERATING = ROOT / "docs" / "operating.md"
INSIDE = ROOT / "docs" / "inside-allocation.md"


def cells(page: Path) -> dict[str, list[str]]:
    """The rows of the tables of a page, by their first cell."""
    rows = [line.strip("| ").split(" | ") for line in page.read_text().splitlines() if line.startswith("| ")]
    return {row[0].strip("` "): [cell.strip("` |") for cell in row[1:]] for row in rows}


def default(name: str) -> str:
    """A setting's default, as an operator reads or types it."""
    match getattr(Settings(), name):
        case None | "":
            return "none"
        case bool(yes):
            return "yes" if yes else "no"
        case value:
            return str(value)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_a_setting_is_documented_with_its_default(name: str) -> None:
    row = cells(OPERATING)[variable(name)]

    assert row[0] == default(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_setting_that_is_spoken_of_exists(page: Path) -> None:
    spoken_of = set(re.findall(r"PANIER_[A-Z_]+", page.read_text()))

    assert spoken_of <= {variable(field.name) for field in fields(Settings)}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_a_command_is_in_the_readme(command: str) -> None:
    assert f"panier {command}" in README.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_that_is_spoken_of_exists(page: Path) -> None:
    spoken_of = set(re.findall(r"[`/]panier ([a-z]+)", page.read_text()))

    assert spoken_of <= main.commands.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_make_command_that_is_spoken_of_exists(page: Path) -> None:
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    spoken_of = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), flags=re.MULTILINE))

    assert spoken_of <= there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())]
    inside = [link for link in links if link and not re.match(r"[a-z]+:", link)]

    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_file_that_is_spoken_of_exists(page: Path) -> None:
    rooms = "|".join([*ROOMS, "tests", "tools", "docs", "requirements", "benchmarks"])
    spoken_of = re.findall(rf"`((?:{rooms})/[\w/.-]+\.\w+)`", page.read_text())

    assert [path for path in spoken_of if not (ROOT / path).exists()] == []


def test_the_drawing_of_the_house_is_the_house() -> None:
    drawn = cells(ROOT / "docs" / "architecture.md")

    for room, may_import in ROOMS.items():
        said = set(re.findall(r"[a-z]+", drawn[room][0])) & ROOMS.keys()
        assert said == may_import or "every room" in drawn[room][0]


def drawn_inside(part: str) -> list[str]:
    """The modules that a part of the map of `allocation` names."""
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_map_of_the_largest_room_names_each_of_its_modules_once() -> None:
    there = [path.stem for path in (ROOT / "allocation").glob("*.py") if path.stem != "__init__"]

    assert sorted(drawn_inside(INSIDE.read_text())) == sorted(there)


def test_what_the_map_calls_pure_knows_no_database() -> None:
    parts = INSIDE.read_text().split("\n## ")
    pure = [f"allocation.{name}" for part in parts if "(pure)" in part.splitlines()[0] for name in drawn_inside(part)]

    assert len(pure) > 30
    assert list(no_database_behind(sources(*ROOMS), pure)) == []


def test_nothing_kept_names_a_folder_of_one_machine_or_a_registry() -> None:
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = [r"(?<![\w.])/(?:work|root|home/\w+)/", r"pypi\.org", r"python" + "hosted", "npm" + r"js\.(?:org|com)"]
    forbidden = re.compile("|".join(words).encode())
    files = [ROOT / name for name in kept.stdout.split("\0") if name]

    assert [file for file in files if file.is_file() and forbidden.search(file.read_bytes())] == []
