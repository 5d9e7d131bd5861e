import csv
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import labels.media
from common.words import words
from labels.boxes import MM, Box
from labels.lots import lot_labels
from labels.media import Media, WrongMedia, all_media, media
from tests.labels.examples import BREAD

TABLE = Path(labels.media.__file__).with_suffix(".csv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


def outlines(pdf: bytes) -> set[tuple[float, float, float, float]]:
    """Left, upper edge, width and height in millimetres of every label outline on the first page."""
    page = pypdfium2.PdfDocument(pdf)[0]
    found = set()
    for shape in page.get_objects(filter=(2,)):
        left, bottom, right, top = shape.get_bounds()
        edges = left, page.get_height() - top, right - left, top - bottom
        found.add(tuple(round(edge / MM, 1) for edge in edges))
    return found


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_every_label_is_printed_where_the_table_says(row: dict[str, str]) -> None:
    stock = media(row["code"])

    printed = outlines(lot_labels([BREAD], stock, words("fr"), outlines=True))

    sizes = {name: float(row[name]) for name in ("x", "y", "dx", "dy", "width", "height")}
    for line in range(int(row["rows"])):
        for column in range(int(row["columns"])):
            left, upper = sizes["x"] + column * sizes["dx"], sizes["y"] + line * sizes["dy"]
            wanted = (left, upper, sizes["width"], sizes["height"])
            assert any(all(abs(a - b) <= 0.25 for a, b in zip(wanted, edges, strict=True)) for edges in printed), wanted


def test_the_sheets_of_the_shops_are_there() -> None:
    sheets = {code: stock.per_page for code, stock in all_media().items() if stock.kind == "sheet"}

    assert sheets["L7160"] == 21
    assert sheets["L7651"] == 65
    assert sheets["3474"] == 24
    assert len(sheets) == 16


def test_a_shift_moves_labels_right_and_down() -> None:
    stock = media("L7160")

    moved = stock.places((2, 3))[0]

    first = stock.places()[0]
    assert (moved.x - first.x, first.y - moved.y) == pytest.approx((2 * MM, 3 * MM))


@pytest.mark.parametrize("shift", [(10.1, 0), (0, -10.1)])
def test_a_shift_of_more_than_a_centimetre_is_another_sheet(shift: tuple[float, float]) -> None:
    with pytest.raises(WrongMedia, match=r"too far: at most 10\.0 mm"):
        media("L7160").places(shift)


def test_an_unknown_stock_is_refused_with_those_there_are() -> None:
    with pytest.raises(WrongMedia, match="no label stock “L9999”; there are: L7160,") as refused:
        media("L9999")

    assert "L9999" in refused.value.say(words("fr"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"columns": 4}, "reach 269.1"),
        ({"rows": 8}, "on a page of 210.0 × 297.0 mm"),
        ({"dx": 60}, "overlap"),
        ({"dy": 30}, "overlap"),
        ({"width": 11}, "too small"),
        ({"x": -1}, "must be positive"),
        ({"dpi": 72}, "must be positive"),
        ({"kind": "scroll"}, "no kind of label stock"),
    ],
)
def test_labels_that_cannot_be_are_refused(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(WrongMedia, match=why):
        replace(media("L7160"), **wrong)


def test_a_continuous_roll_is_cut_at_the_length_asked_for() -> None:
    assert media("DK-22205").cut_at(62).page == (62, 62)


def test_what_is_printed_keeps_off_the_border_printers_cannot_reach() -> None:
    stock = media("3474")

    corner = stock.printable(stock.places()[0])

    assert corner.x == pytest.approx(4.3 * MM)
    assert corner.top == pytest.approx((297 - 4.3) * MM)


@given(
    width=st.floats(12, 210),
    height=st.floats(12, 297),
    columns=st.integers(1, 8),
    rows=st.integers(1, 20),
    x=st.floats(0, 30),
    y=st.floats(0, 30),
)
def test_accepted_stock_has_all_its_labels_on_the_page_and_apart(
    width: float, height: float, columns: int, rows: int, x: float, y: float
) -> None:
    try:
        stock = Media("own", "sheet", width, height, columns, rows, x, y)
    except WrongMedia:
        return

    places = stock.places()

    page = Box(0, 0, 210 * MM, 297 * MM)
    assert all(place.within(page).width >= place.width - 0.1 for place in places)
    assert all(place.within(page).height >= place.height - 0.1 for place in places)
    assert all(min(a.within(b).width, a.within(b).height) < 0.1 for n, a in enumerate(places) for b in places[:n])
