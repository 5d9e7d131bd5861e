import csv
from pathlib import Path

import pytest

from households.vocabulary import CONTENTS, EQUIPMENT

STOCK = Path(__file__).parents[2] / "stock" / "reference"


@pytest.mark.parametrize(("file", "words"), [("contents.csv", CONTENTS), ("equipment.csv", EQUIPMENT)])
def test_households_and_products_are_described_with_the_same_codes(file: str, words: dict[str, str]) -> None:
    """An allergen spelt in two ways would be given to those who leave it out."""
    with (STOCK / file).open(encoding="utf-8", newline="") as lines:
        codes = {line["code"] for line in csv.DictReader(lines)}

    assert set(words) == codes
