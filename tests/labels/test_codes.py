import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from common.words import words
from labels.boxes import MM, Box
from labels.codes import (
    GS1_CHARACTERS,
    SMALLEST_BAR,
    SMALLEST_MODULE,
    Symbol,
    WouldNotScan,
    draw_code,
    gs1_matrix,
    linear,
    matrix,
    smallest_side,
)
from labels.paper import document
from tests.labels.reading import LINEAR, PRINTERS, SQUARE, Read, codes, inside, pages

PAGE = Box(0, 0, 100 * MM, 40 * MM)
FREE = PAGE.inset(3 * MM)


def drawn(symbol: Symbol, dpi: int, box: Box = FREE) -> bytes:
    def page(canvas: Canvas) -> None:
        draw_code(canvas, symbol, box, dpi)

    return document([page], words("fr"), title="code", page=PAGE)


gs1_text = st.text(sorted(GS1_CHARACTERS), min_size=1, max_size=20)


@given(lot=gs1_text, dpi=st.sampled_from(PRINTERS))
def test_any_lot_number_gs1_allows_is_read_back(lot: str, dpi: int) -> None:
    symbol = gs1_matrix((("01", "03017620422003"), ("17", "261128"), ("10", lot), ("91", "7K3M9QXZ4")))

    (picture,) = pages(drawn(symbol, dpi), dpi)

    assert codes(picture, LINEAR + SQUARE) == [Read("]d2", f"01030176204220031726112810{lot}\x1d917K3M9QXZ4")]


@given(lot=st.text(min_size=1, max_size=25))
def test_a_gs1_code_never_says_something_else(lot: str) -> None:
    try:
        symbol = gs1_matrix((("10", lot),))
    except WouldNotScan:
        return

    (picture,) = pages(drawn(symbol, 300), 300)

    assert codes(picture, LINEAR + SQUARE) == [Read("]d2", f"10{lot}")]


@pytest.mark.parametrize("lot", ["", "été", "A B", "A#B", "[10]", "123456789012345678901"])
def test_what_gs1_cannot_write_is_refused(lot: str) -> None:
    with pytest.raises(WouldNotScan):
        gs1_matrix((("10", lot),))


# As long as the shortest code we print: of a few digits alone, readers take a part for the whole.
@given(
    content=st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789-", min_size=8, max_size=16),
    dpi=st.sampled_from(PRINTERS),
)
def test_bars_and_plain_matrices_are_read_back(content: str, dpi: int) -> None:
    bars = pages(drawn(linear("code128", content), dpi), dpi)[0]
    square = pages(drawn(matrix(content), dpi), dpi)[0]

    assert codes(bars, LINEAR + SQUARE) == [Read("]C0", content)]
    assert codes(square, LINEAR + SQUARE) == [Read("]d1", content)]


@pytest.mark.parametrize("content", ["99000000", "99-ABCDEF", "A9999999"])
def test_bars_that_begin_with_99_keep_it(content: str) -> None:
    (picture,) = pages(drawn(linear("code128", content), PRINTERS[0]), PRINTERS[0])

    assert codes(picture, LINEAR + SQUARE) == [Read("]C0", content)]


@pytest.mark.parametrize("dpi", PRINTERS)
def test_an_ean_is_read_back(dpi: int) -> None:
    (picture,) = pages(drawn(linear("ean13", "3017620422003"), dpi), dpi)

    assert codes(picture, LINEAR + SQUARE) == [Read("]E0", "3017620422003")]


@pytest.mark.parametrize("content", ["3017620422004", "301762042200", "abc", ""])
def test_an_ean_with_a_wrong_key_or_length_is_refused(content: str) -> None:
    with pytest.raises(WouldNotScan, match="is not an EAN-13"):
        linear("ean13", content)


@pytest.mark.parametrize("content", ["", "Crème", "日本"])
def test_bars_are_refused_what_they_cannot_say(content: str) -> None:
    with pytest.raises(WouldNotScan, match="cannot be written as bars"):
        linear("code128", content)


@pytest.mark.parametrize("content", ["", "X" * 4000])
def test_a_matrix_is_refused_nothing_and_too_much(content: str) -> None:
    with pytest.raises(WouldNotScan, match="cannot be written in a DataMatrix"):
        matrix(content)


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("symbol", [matrix("7K3M9QXZ4"), linear("code128", "7K3M9QXZ4")], ids=["matrix", "bars"])
def test_modules_are_whole_dots_and_the_code_starts_on_one(symbol: Symbol, dpi: int) -> None:
    taken: list[Box] = []

    def page(canvas: Canvas) -> None:
        taken.append(draw_code(canvas, symbol, FREE, dpi))

    document([page], words("fr"), title="code", page=PAGE)

    dots = taken[0].width / symbol.across * dpi / 72
    assert dots == pytest.approx(round(dots), abs=1e-6)
    start = taken[0].x * dpi / 72
    assert start == pytest.approx(round(start), abs=1e-6)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_no_module_is_thinner_than_a_scanner_reads(dpi: int) -> None:
    square, bars = matrix("7K3M9QXZ4"), linear("code128", "7K3M9QXZ4")

    assert smallest_side(square, dpi) / square.across >= SMALLEST_MODULE
    assert smallest_side(bars, dpi) / bars.across >= SMALLEST_BAR["code128"]


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize(
    "symbol",
    [matrix("7K3M9QXZ4"), linear("code128", "7K3M9QXZ4"), linear("ean13", "3017620422003")],
    ids=["matrix", "code128", "ean13"],
)
def test_a_code_is_drawn_in_the_least_room_it_reads_in_and_refused_in_less(symbol: Symbol, dpi: int) -> None:
    least = smallest_side(symbol, dpi) * MM + 72 / dpi
    high = least if symbol.kind == "matrix" else 10 * MM
    tight = Box(FREE.x, FREE.y, least, high)

    (picture,) = pages(drawn(symbol, dpi, tight), dpi)

    assert [code.content for code in codes(picture, LINEAR + SQUARE)] == [symbol.content]
    assert inside(picture, tight, dpi)
    with pytest.raises(WouldNotScan, match="choose a larger label"):
        drawn(symbol, dpi, Box(FREE.x, FREE.y, least - 1 * MM, high))


def test_bars_too_low_to_aim_at_are_refused_in_words() -> None:
    with pytest.raises(WouldNotScan) as refused:
        drawn(linear("code128", "7K3M9QXZ4"), 300, Box(FREE.x, FREE.y, FREE.width, 6 * MM))

    assert refused.value.say(words("en")) == (
        "A code of 154 modules needs 52.2 mm across and 7.9 mm in height at 300 dpi;"
        " 94 × 6 mm are free: choose a larger label."
    )
