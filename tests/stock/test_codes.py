"""Every code of the shared vectors, and whatever else a scanner may send."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, example, given

from common.codes import ALPHABET, WrongCode, read_code
from common.errors import Refusal
from common.words import Cents, Grams
from stock.azerty import as_the_scanner_meant
from stock.codes import (
    InStoreLayout,
    Payload,
    Scan,
    ScanKind,
    UnreadableCode,
    WrongCheckDigit,
    read_in_store,
    read_scan,
)
from stock.elements import GS, has_right_check_digit

VECTORS = json.loads((Path(__file__).parent / "vectors" / "scans.json").read_text())
TODAY = dt.date.fromisoformat(VECTORS["today"])


def plain(scan: Scan) -> dict[str, Any]:
    """The scan as the vectors write it: without what is empty, and without the raw text."""
    said = {name: value for name, value in asdict(scan).items() if value and name != "raw"}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in said.items()}


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"].replace(" ", "-")) for case in cases]


@pytest.mark.parametrize("case", named([case for case in VECTORS["scans"] if "expect" in case]))
def test_a_code_is_read(case: dict[str, Any]) -> None:
    scan = read_scan(case["scan"], today=TODAY)

    assert plain(scan) == case["expect"]


@pytest.mark.parametrize("case", named([case for case in VECTORS["scans"] if "refused" in case]))
def test_a_code_is_refused_for_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        read_scan(case["scan"], today=TODAY)

    assert refused.value.code == case["refused"]


@pytest.mark.parametrize("case", VECTORS["in_store"])
def test_a_shops_own_code_is_read_by_its_layout(case: dict[str, Any]) -> None:
    scan = read_scan(case["scan"], today=TODAY)

    value = read_in_store(scan, InStoreLayout(Payload(case["payload"]), case["digits"]))

    unit = {Cents: "cents", Grams: "grams"}
    assert ({} if value is None else {unit[type(value)]: value}) == case["expect"]


lots = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-/", min_size=1, max_size=20)
limits = st.dates(dt.date(2024, 1, 1), dt.date(2036, 12, 31))
months = st.dates(dt.date(2024, 1, 1), dt.date(2036, 12, 31)).map(lambda day: f"{day:%y%m}00")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A right EAN-13 of a prefix that GS1 France gives."""
    return with_check_digit(draw(st.integers(300_000_000_000, 379_999_999_999)))


@st.composite
def messages(draw: st.DrawFn) -> list[tuple[str, str]]:
    """The parts of a message in any order: what a maker or a shop prints."""
    parts = {
        "10": lots,
        "17": limits.map(lambda day: f"{day:%y%m%d}") | months,
        "21": lots,
        "3103": st.integers(1, 99_999).map(lambda grams: f"{grams:06}"),
        "30": st.integers(1, 99).map(str),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), unique=True))
    return [("01", "0" + draw(numbers())), *((ai, draw(parts[ai])) for ai in chosen)]


def with_check_digit(body: int) -> str:
    return next(f"{body}{last}" for last in range(10) if has_right_check_digit(f"{body}{last}"))


def sent(parts: list[tuple[str, str]], separator: str = GS) -> str:
    """The message as a scanner sends it: a separator after each part of open length."""
    ends = {"10", "21", "30"}
    return "".join(ai + value + (separator if ai in ends else "") for ai, value in parts)


def is_ours(code: str) -> bool:
    try:
        return read_code(code) == code
    except WrongCode:
        return False


@st.composite
def lot_codes(draw: st.DrawFn) -> str:
    """A code as `new_code` makes them: its check character is one of the alphabet's, or it is drawn again."""
    body = draw(st.text(ALPHABET, min_size=8, max_size=8))
    codes = [body + check for check in ALPHABET if is_ours(body + check)]
    assume(codes)
    return codes[0]


PRESSED = "1234567890-=qwertyuiop]asdfghjkl;zxcvbnm,./" + "!@#$%^&*()_+QWERTYUIOPASDFGHJKL:|ZXCVBNM<>?"
TYPED = "&é\"'(-è_çà)=azertyuiop$qsdfghjklmwxcvbn,;:!" + "1234567890°+AZERTYUIOPQSDFGHJKLMµWXCVBN?./§"


def on_a_french_keyboard(text: str) -> str:
    """What a computer set to AZERTY shows when a scanner presses the keys of an American keyboard."""
    return text.translate(str.maketrans(PRESSED, TYPED))


def meaning(text: str | bytes) -> dict[str, Any]:
    """What a text says, without how it came."""
    return {name: value for name, value in plain(read_scan(text, today=TODAY)).items() if name != "azerty"}


def attempt(text: str | bytes) -> Scan | Refusal:
    try:
        return read_scan(text, today=TODAY)
    except Refusal as refusal:
        return refusal


@given(
    st.binary(max_size=4096) | st.text(max_size=1024) | st.text("0123456789()ABCLOT-/:?=&%\x1d]cCd2éà", max_size=200)
)
@example(b"\xff\xfe")
@example("]Y")
@example("\ud800")
@example("https://[::1/01/3017620422003")
@example("(01)" * 300)
@example("10213037" * 15)
def test_whatever_comes_is_read_or_refused(text: str | bytes) -> None:
    outcome = attempt(text)

    if isinstance(outcome, Refusal):
        assert len(str(outcome)) < 200
    else:
        assert outcome.product_gtin14 or outcome.in_store or outcome.article or outcome.lot_code


@given(numbers(), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_figure_is_always_noticed(number: str, at: int, more: int) -> None:
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]

    with pytest.raises(WrongCheckDigit):
        read_scan(wrong, today=TODAY)


@given(messages())
def test_a_message_says_what_was_put_in_it(parts: list[tuple[str, str]]) -> None:
    scan = read_scan("]d2" + sent(parts), today=TODAY)

    values = dict(parts)
    assert scan.kind is ScanKind.GTIN
    assert (scan.gtin14, scan.lot_number, scan.serial) == (values["01"], values.get("10"), values.get("21"))
    assert (scan.date is not None) == ("17" in values)
    assert scan.date is None or f"{scan.date:%y%m}" == values["17"][:4]
    assert (scan.net_grams or 0) == int(values.get("3103", 0))
    assert (scan.count or 0) == int(values.get("30", 0))
    assert not scan.mended


@given(messages())
def test_a_message_says_the_same_however_it_is_carried(parts: list[tuple[str, str]]) -> None:
    path = "".join(f"/{ai}/{value.replace('/', '%2F')}" for ai, value in parts[:1])
    query = "&".join(f"{ai}={value}" for ai, value in parts[1:])

    said = meaning("]C1" + sent(parts))

    assert meaning(sent(parts, "|")) == said
    assert meaning("".join(f"({ai}){value}" for ai, value in parts)) == said
    assert meaning(f"https://id.example{path}?{query}") == said
    assert meaning(sent(parts).encode()) == said


@given(messages())
def test_lost_separators_never_bring_a_wrong_product_or_date(parts: list[tuple[str, str]]) -> None:
    values = dict(parts)
    try:
        scan = read_scan(sent(parts, ""), today=TODAY)
    except UnreadableCode:
        assert {"10", "21", "30"} & set(values)
        return

    assert scan.gtin14 == values["01"]
    assert scan.date in (read_scan(sent(parts), today=TODAY).date, None)


@given(numbers(), lots, limits)
def test_a_lost_separator_does_not_lose_a_use_by_date(number: str, lot: str, day: dt.date) -> None:
    scan = read_scan(f"010{number}10{lot}17{day:%y%m%d}", today=TODAY)

    assert scan.mended
    assert scan.lot_number in (lot, None)
    assert scan.date in (day, None)


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.sampled_from(["02", "20", "21", "25", "29"]))
def test_a_shops_own_code_keeps_its_parts(article: int, payload: int, prefix: str) -> None:
    body = f"{prefix}{article:05}{payload:05}"
    code = next(f"{body}{last}" for last in range(10) if has_right_check_digit(f"{body}{last}"))

    scan = read_scan(code, today=TODAY)

    assert scan.kind is ScanKind.IN_STORE
    assert scan.gtin14 is None
    assert scan.in_store is not None
    assert scan.in_store.article == f"{prefix}{article:05}"
    assert read_in_store(scan, InStoreLayout(Payload.PRICE)) == payload
    assert read_in_store(scan, InStoreLayout(Payload.WEIGHT, 4)) == payload % 10_000


@given(lot_codes())
def test_the_code_of_a_lot_is_read_back_from_either_label(code: str) -> None:
    assert read_scan("LOT-" + code, today=TODAY).lot_code == code
    assert read_scan("]d291" + code, today=TODAY).lot_code == code
    assert meaning(on_a_french_keyboard("LOT-" + code)) == meaning("LOT-" + code)


@given(messages())
def test_a_french_keyboard_changes_nothing(parts: list[tuple[str, str]]) -> None:
    message = "]C1" + sent(parts, "|")

    assert meaning(on_a_french_keyboard(message)) == meaning(message)


@pytest.mark.parametrize("text", ["3017620422004", "bonjour", "(01)03017620422004", ""])
def test_what_no_french_keyboard_mangled_is_left_alone(text: str) -> None:
    assert as_the_scanner_meant(text) == []


@pytest.mark.parametrize("digits", [0, 3, 6])
def test_a_layout_has_four_or_five_figures(digits: int) -> None:
    with pytest.raises(ValueError, match="4 or 5"):
        InStoreLayout(Payload.PRICE, digits)  # type: ignore[arg-type]


def test_a_case_counts_what_it_holds() -> None:
    scan = read_scan("]C102030176204220033712", today=TODAY)

    assert (scan.product_gtin14, scan.units) == ("03017620422003", 12)


def test_a_single_pack_counts_once() -> None:
    scan = read_scan("3017620422003", today=TODAY)

    assert (scan.product_gtin14, scan.units) == ("03017620422003", 1)
