import datetime as dt
from dataclasses import replace

import biip
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import words
from labels.codes import WouldNotScan
from labels.lots import LotLabel, WrongLabel, date_on_label, gs1_elements, lot_labels
from labels.marks import Urgency
from labels.media import Media, WrongMedia, all_media, media
from tests.labels.examples import BREAD, CREAM, GTIN, LOTS, PASTA, REPACKED, TODAY, any_text
from tests.labels.reading import PRINTERS, SQUARE, codes, crop, inside, pages, text_of, worn

STOCKS = sorted(all_media())


def element_string(label: LotLabel) -> str:
    """What a scanner sends for the label's whole code; the separator follows a lot number."""
    return "".join(
        identifier + value + ("\x1d" if identifier == "10" else "") for identifier, value in gs1_elements(label)
    )


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("code", STOCKS)
def test_every_lot_label_is_read_on_every_stock(code: str, dpi: int) -> None:
    stock = replace(media(code), dpi=dpi)

    pdf = lot_labels(LOTS, stock, words("fr"))

    pictures = pages(pdf, dpi)
    for n, label in enumerate(LOTS):
        page, place = divmod(n, stock.per_page)
        (read,) = codes(crop(pictures[page], stock.places()[place], dpi), SQUARE)
        assert read.symbology == "]d2"
        assert read.content in (element_string(label), f"91{label.code}")


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("label", LOTS, ids=[label.code for label in LOTS])
def test_a_worn_label_is_still_read(label: LotLabel, dpi: int) -> None:
    stock = replace(media("11354"), dpi=dpi)

    (picture,) = pages(lot_labels([label], stock, words("fr")), dpi)

    for how, seen in worn(picture).items():
        assert [read.content for read in codes(seen, SQUARE)] == [element_string(label)], how


def test_another_reader_of_gs1_understands_the_code() -> None:
    (picture,) = pages(lot_labels([CREAM], media("11354"), words("fr")), 300)
    (read,) = codes(picture, SQUARE)

    message = biip.parse(read.symbology + read.content).gs1_message

    assert message is not None
    assert [(e.ai.ai, e.value) for e in message.element_strings] == [
        ("01", "03017620422003"),
        ("17", "261128"),
        ("10", "LOT-42A"),
        ("91", "7K3M9QXZ4"),
    ]


def test_the_code_says_the_kind_of_date() -> None:
    assert gs1_elements(CREAM)[1] == ("17", "261128")
    assert gs1_elements(PASTA)[1] == ("15", "270331")
    assert gs1_elements(BREAD) == (("91", "ZB3C9QXZ4"),)


@pytest.mark.parametrize("lot_number", ["L 1234 B", "é12", "X" * 21, ""])
def test_a_lot_number_gs1_cannot_write_stays_out_of_the_code(lot_number: str) -> None:
    label = replace(CREAM, lot_number=lot_number)

    assert [identifier for identifier, _ in gs1_elements(label)] == ["01", "17", "91"]


@given(
    product=any_text,
    place=any_text,
    lot_number=any_text,
    allergens=st.lists(any_text, max_size=14),
    code=st.sampled_from(STOCKS),
    kind=st.sampled_from(["use_by", "best_before", "none"]),
    days=st.integers(-400, 4000),
    storage=st.sampled_from(["dry", "chilled", "frozen"]),
    language=st.sampled_from(["fr", "en"]),
    urgency=st.sampled_from(Urgency),
)
def test_whatever_is_written_on_it_a_label_stays_in_its_frame_and_is_read(
    product: str,
    place: str,
    lot_number: str,
    allergens: list[str],
    code: str,
    kind: str,
    days: int,
    storage: str,
    language: str,
    urgency: Urgency,
) -> None:
    date = None if kind == "none" else TODAY + dt.timedelta(days)
    label = LotLabel("7K3M9QXZ4", product, kind, date, TODAY, place, storage, GTIN, lot_number, TODAY, tuple(allergens))
    label = replace(label, urgency=urgency)
    stock = media(code)

    (picture,) = pages(lot_labels([label], stock, words(language)), 203)

    assert inside(picture, stock.printable(stock.places()[0]), 203)
    (read,) = codes(crop(picture, stock.places()[0], 203), SQUARE)
    assert read.content in (element_string(label), "917K3M9QXZ4")


def test_the_first_label_goes_where_the_sheet_is_not_yet_used() -> None:
    stock = media("L7160")

    pictures = pages(lot_labels([CREAM, PASTA], stock, words("fr"), start=21), 203)

    first, second = pictures
    assert inside(first, stock.places()[20], 203)
    assert inside(second, stock.places()[0], 203)


@pytest.mark.parametrize("start", [0, 22])
def test_a_sheet_of_21_cannot_start_at_another_label(start: int) -> None:
    with pytest.raises(WrongMedia, match="L7160 has labels 1 to 21"):
        lot_labels([CREAM], media("L7160"), words("fr"), start=start)


def test_a_calibrated_shift_moves_the_ink() -> None:
    stock = media("L7160")

    (picture,) = pages(lot_labels([CREAM], stock, words("fr"), offset=(3, 4)), 203)

    assert inside(picture, stock.places((3, 4))[0], 203)
    assert not inside(picture, stock.printable(stock.places()[0]), 203)


def test_no_label_is_one_page_that_says_so() -> None:
    assert text_of(lot_labels([], media("L7160"), words("en"))) == ["There is no label to print."]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (CREAM, "USE BY"),
        (PASTA, "BEST BEFORE"),
        (BREAD, "NO DATE: LOOK BEFORE GIVING"),
        (replace(CREAM, date=TODAY), "USE BY"),
        (replace(CREAM, date=TODAY - dt.timedelta(1)), "USE-BY DATE PASSED: DO NOT GIVE"),
        (replace(PASTA, date=TODAY - dt.timedelta(1)), "BEST BEFORE (PASSED, STILL GOOD TO EAT)"),
    ],
)
def test_the_heading_says_the_kind_of_date_and_whether_it_has_passed(label: LotLabel, said: str) -> None:
    (text,) = text_of(lot_labels([label], media("L7165"), words("en")))

    assert text.startswith(f"{said} ")


def test_the_label_names_allergens_place_and_entry_but_no_donor() -> None:
    (text,) = text_of(lot_labels([replace(REPACKED, place="Frigo 2", came_in=TODAY)], media("L7165"), words("en")))

    assert "Contains: lait, œufs, gluten, fruits à coque" in text
    assert "Frigo 2 · lot ABCDEFGHIJabcdefghij in on 23/11" in text
    assert "24/11" in text


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (dt.date(2026, 11, 28), "28/11"),
        (dt.date(2026, 1, 2), "02/01"),
        (dt.date(2027, 1, 21), "21/01"),
        (dt.date(2027, 1, 22), "22/01/2027"),
        (dt.date(2025, 12, 31), "31/12/2025"),
    ],
)
def test_a_date_has_its_year_where_another_could_be_meant(date: dt.date, said: str) -> None:
    assert date_on_label(date, TODAY, words("fr")) == said


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "7K3 M9"},
        {"gtin": "3017620422004"},
        {"gtin": "not a gtin"},
        {"date": None},
        {"date_kind": "none"},
        {"date_kind": "sell_by"},
    ],
)
def test_a_label_that_cannot_be_true_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(WrongLabel):
        replace(CREAM, **wrong)


def test_the_same_labels_are_the_same_bytes() -> None:
    assert lot_labels(LOTS, media("L7160"), words("fr")) == lot_labels(LOTS, media("L7160"), words("fr"))


@pytest.mark.parametrize(("stock", "content"), [("L7651", f"91{CREAM.code}"), ("L7160", element_string(CREAM))])
def test_a_label_too_small_for_the_whole_code_carries_ours(stock: str, content: str) -> None:
    (picture,) = pages(lot_labels([CREAM], media(stock), words("fr")), 300)

    assert [read.content for read in codes(picture, SQUARE)] == [content]


def test_a_label_too_small_for_any_code_is_refused() -> None:
    with pytest.raises(WouldNotScan, match="choose a larger label"):
        lot_labels([CREAM], Media("tiny", "roll", 16, 12, dpi=203), words("fr"))
