"""Rows of a reference file are read into values, or refused with their line."""

from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, Struct

from common.rows import read_rows


class Fruit(Struct, frozen=True):
    name: str
    grams: Annotated[int, Meta(gt=0)]
    seasons: tuple[str, ...] = ()
    kept: bool = False


def rows(folder: Path, text: str) -> tuple[Fruit, ...]:
    file = folder / "fruit.csv"
    file.write_text(text, encoding="utf-8")
    return read_rows(file, Fruit)


def test_cells_become_values_and_empty_cells_defaults(tmp_path: Path) -> None:
    read = rows(tmp_path, "name,grams,seasons,kept\nPêche,150,summer,true\nPomme,180,autumn;winter,\n")

    assert read == (Fruit("Pêche", 150, ("summer",), True), Fruit("Pomme", 180, ("autumn", "winter")))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Pomme,0,,", "line 3: Expected `int` >= 1"),
        ("Pomme,heavy,,", "line 3: Expected `int`"),
        (",150,,", "line 3: Object missing required field `name`"),
        ("Pomme,150", "line 3: expected one cell for each column"),
        ("Pomme,150,,,green", "line 3: expected one cell for each column"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        rows(tmp_path, f"name,grams,seasons,kept\nPêche,150,,\n{line}\n")

    assert str(refused.value).startswith(f"fruit.csv, {reason}")


def test_a_column_nobody_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such columns: colour"):
        rows(tmp_path, "name,grams,colour\nPêche,150,pink\n")
