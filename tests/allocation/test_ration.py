import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from allocation.model import cheapest
from allocation.ration import cheapest_ration
from api.cli import main

SHEETS = {
    "nutr_val": [["Food", "kcal", "iron"], ["Sugar", 400, 0], ["Salt", 0, 0], ["Beans", 300, 8], ["Rice", 350, 1]],
    "nutr_req": [["Type", "kcal", "iron"], ["day", 2180, 22]],
    "FoodCost": [["Supplier", "Sugar", "Salt", "Beans", "Rice"], ["Here", 1000, 500, 800, 400]],
}


def workbook(file: Path) -> Path:
    """The smallest workbook a spreadsheet would open: texts apart, numbers in place."""
    texts = [str(cell) for rows in SHEETS.values() for row in rows for cell in row if isinstance(cell, str)]
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(file, "w") as book:
        shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
        book.writestr("xl/sharedStrings.xml", f"<sst {space}>{shared}</sst>")
        names = "".join(f'<sheet name="{name}"/>' for name in SHEETS)
        book.writestr("xl/workbook.xml", f"<workbook {space}><sheets>{names}</sheets></workbook>")
        for n, rows in enumerate(SHEETS.values(), 1):
            book.writestr(f"xl/worksheets/sheet{n}.xml", f"<worksheet {space}>{sheet(rows, texts)}</worksheet>")
    return file


def sheet(rows: list[list[str | int]], texts: list[str]) -> str:
    def cell(place: str, value: str | int) -> str:
        if isinstance(value, str):
            return f'<c r="{place}" t="s"><v>{texts.index(value)}</v></c>'
        return f'<c r="{place}"><v>{value}</v></c>'

    return "".join(
        f"<row>{''.join(cell(f'{chr(65 + c)}{r}', value) for c, value in enumerate(row))}</row>"
        for r, row in enumerate(rows, 1)
    )


def test_the_cheapest_mix_meets_what_is_needed_and_is_proven() -> None:
    """Iron is dearer in rice (1 for 4) than in beans (8 for 8); energy is the other way round."""
    cost, proven, amounts = cheapest([8.0, 4.0], [[300.0, 350.0], [8.0, 1.0]], [2100.0, 22.0], {})

    beans = (22 - 6) / (8 - 300 / 350)
    assert amounts == pytest.approx([beans, 6 - beans * 300 / 350])
    assert cost == pytest.approx(proven)


def test_a_workbook_is_read_and_its_ration_made(tmp_path: Path) -> None:
    ration = cheapest_ration(workbook(tmp_path / "food.xlsx"))

    beans = (22 - 6) / (8 - 300 / 350)
    assert ration.supplier == "Here"
    assert ration.grams == {
        "Sugar": 20.0,
        "Salt": 5.0,
        "Beans": pytest.approx(100 * beans, abs=0.1),
        "Rice": pytest.approx(100 * (6 - beans * 300 / 350), abs=0.1),
    }
    assert ration.dollars == pytest.approx(ration.proven)
    assert ration.dollars == pytest.approx(
        (0.2 * 1000 + 0.05 * 500 + 800 * beans + 400 * 6 - 400 * beans * 6 / 7) / 1e4
    )


def test_the_command_says_so_where_the_file_is_absent(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["bench", "syria", str(tmp_path / "absent.xlsx")], env={"LANG": "en"})

    assert told.exit_code == 0
    assert "Left out" in told.output
