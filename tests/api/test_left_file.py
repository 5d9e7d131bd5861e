"""What was left behind, told by a file: whose it was is never guessed, and nothing it says is lost without a word."""

from pathlib import Path

import pytest

from allocation import handover
from allocation.exits import Exit, Reason
from allocation.handover import Sheet, SheetLine
from allocation.sessions import get_session
from api.day import hand_out
from api.left_file import LeftRow, LinesToMend, NotALeftFile, read_left_file
from api.scan_file import BadCell, EndlessCell, MisspeltColumns
from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from common.words import words
from tests import a_day
from tests.small_town import MILK, PASTA, YOGHURT, Town

MILK_NAME = "Lait demi-écrémé UHT"


def written(path: Path, text: str) -> Path:
    path = path / "left.csv"
    path.write_text(text)
    return path


def test_a_row_names_its_basket_and_empty_rows_are_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, f"Basket;scan;units;reason;exit;cold\n3;{MILK};2;taste;animals;\n;;;;;\n00;;;absent;;\n")

    assert read_left_file(file) == [
        LeftRow("3", MILK, 2, Reason.TASTE, Exit.ANIMALS, number=2),
        LeftRow("0", "", 1, Reason.ABSENT, Exit.RESTOCK, number=4),
    ]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (f"scan,units,reason\n{MILK},1,taste\n", NotALeftFile),
        (f"basket,scan,units\n1,{MILK},1\n", NotALeftFile),
        (f"basket,scan,units,reason\n,{MILK},1,taste\n", BadCell),
        (f"basket,scan,units,reason\n1,{MILK},many,taste\n", BadCell),
        (f"basket,scan,units,reason\n1,{MILK},0,taste\n", BadCell),
        (f"basket,scan,units,reason\n1,{MILK},1,why not\n", BadCell),
        (f"baskets,scan,units,reason\n1,{MILK},1,taste\n", MisspeltColumns),
        (f'basket,scan,units,reason\n1,"{MILK},1,taste\n', EndlessCell),
    ],
)
def test_a_file_that_does_not_say_whose_it_was_or_why_is_refused(
    tmp_path: Path, text: str, refused: type[Refusal]
) -> None:
    with pytest.raises(refused):
        read_left_file(written(tmp_path, text))


def test_a_basket_is_named_by_its_label_its_card_or_its_number(database: Database, town: Town, clock: Clock) -> None:
    """Who is absent leaves everything; no basket leaves more than it held."""
    first, second, third, _ = a_day.confirm_baskets(database, town, clock)
    rows = [
        LeftRow(first.basket.lower(), PASTA, 1, Reason.TASTE, Exit.ANIMALS, number=2),
        LeftRow(second.card, PASTA, 99, Reason.ENOUGH, Exit.RESTOCK, number=3),
        LeftRow("3", "", 1, Reason.ABSENT, Exit.RESTOCK, number=4),
        LeftRow("0", PASTA, 1, Reason.DIET, Exit.RESTOCK, number=5),
    ]

    told = hand_out(database, town.session_id, rows, clock, words("fr"))

    assert told == []
    with database.reading() as session:
        assert get_session(session, town.session_id).state == "closed"
        after = handover.sheets(session, town.session_id)
    assert [sheet.state for sheet in after] == ["served", "served", "absent", "served"]
    assert [left(sheet) for sheet in after] == [2, pasta_of(second).quantity, pasta_of(third).quantity, 1]


def test_what_no_basket_holds_is_told_and_the_rest_is_done(database: Database, town: Town, clock: Clock) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    number = next(n for n, sheet in enumerate(sheets, start=1) if MILK_NAME not in {x.product for x in sheet.lines})
    rows = [
        LeftRow(str(number), MILK, 1, Reason.TASTE, Exit.ANIMALS, number=2),
        LeftRow("0", PASTA, 1, Reason.DIET, Exit.RESTOCK, number=3),
    ]

    (told,) = hand_out(database, town.session_id, rows, clock, words("fr"))

    assert (told.line, sheets[number - 1].basket in told.reason) == (2, True)
    with database.reading() as session:
        assert [left(sheet) for sheet in handover.sheets(session, town.session_id)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "row",
    [
        LeftRow("17", PASTA, 1, Reason.TASTE, Exit.ANIMALS, number=9),
        LeftRow("K7Q2J", PASTA, 1, Reason.TASTE, Exit.ANIMALS, number=9),
        LeftRow("²", PASTA, 1, Reason.TASTE, Exit.ANIMALS, number=9),
        LeftRow("0", "", 1, Reason.TASTE, Exit.ANIMALS, number=9),
        LeftRow("0", "3017620422004", 1, Reason.TASTE, Exit.ANIMALS, number=9),
        LeftRow("0", YOGHURT, 1, Reason.TASTE, Exit.RESTOCK, number=9),
    ],
)
def test_a_row_that_cannot_be_done_leaves_every_basket_waiting_until_the_file_is_mended(
    database: Database, town: Town, clock: Clock, row: LeftRow
) -> None:
    a_day.confirm_baskets(database, town, clock)

    with pytest.raises(LinesToMend, match="9"):
        hand_out(database, town.session_id, [row], clock, words("fr"))

    with database.reading() as session:
        assert {sheet.state for sheet in handover.sheets(session, town.session_id)} == {"expected"}
    assert hand_out(database, town.session_id, [], clock, words("fr")) == []


def pasta_of(sheet: Sheet) -> SheetLine:
    (line,) = (line for line in sheet.lines if line.product == "Coquillettes")
    return line


def left(sheet: Sheet) -> int:
    return pasta_of(sheet).left
