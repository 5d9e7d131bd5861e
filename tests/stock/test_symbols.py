"""Symbols of every kind drawn and decoded by zxing-cpp: what a camera really gives is read."""

import datetime as dt

import numpy
import pytest
import zxingcpp
from zxingcpp import BarcodeFormat

from stock.codes import Scan, read_scan
from stock.shorthand import DateKind

TODAY = dt.date(2026, 11, 23)
MESSAGE = "(01)03017620422003(17)261128(10)L-123(37)6"


def seen(content: str, symbology: BarcodeFormat, *, gs1: bool = False) -> Scan:
    """The scan of a symbol as a camera or a scanner with AIM prefixes sends it."""
    drawn = zxingcpp.create_barcode(content, symbology, gs1=gs1).to_image(scale=4, add_quiet_zones=True)
    (decoded,) = zxingcpp.read_barcodes(numpy.array(drawn))
    return read_scan(decoded.symbology_identifier + decoded.bytes.decode(), today=TODAY)


@pytest.mark.parametrize(
    ("symbology", "content", "gtin14"),
    [
        (BarcodeFormat.EAN13, "3017620422003", "03017620422003"),
        (BarcodeFormat.EAN8, "96385074", "00000096385074"),
        (BarcodeFormat.UPCA, "042100005264", "00042100005264"),
        (BarcodeFormat.UPCE, "04252614", "00042100005264"),
        (BarcodeFormat.ITF14, "13017620422000", "13017620422000"),
        (BarcodeFormat.DataBarOmni, "03017620422003", "03017620422003"),
        (BarcodeFormat.Code128, "3017620422003", "03017620422003"),
        (BarcodeFormat.QRCode, "3017620422003", "03017620422003"),
    ],
    ids=lambda value: str(value).removeprefix("BarcodeFormat."),
)
def test_a_symbol_with_a_number_names_its_product(symbology: BarcodeFormat, content: str, gtin14: str) -> None:
    scan = seen(content, symbology)

    assert scan.gtin14 == gtin14


@pytest.mark.parametrize(
    "symbology",
    [BarcodeFormat.Code128, BarcodeFormat.DataMatrix, BarcodeFormat.QRCode, BarcodeFormat.DataBarExp],
    ids=lambda value: str(value).removeprefix("BarcodeFormat."),
)
def test_a_symbol_with_a_message_says_all_of_it(symbology: BarcodeFormat) -> None:
    scan = seen(MESSAGE, symbology, gs1=True)

    assert (scan.gtin14, scan.lot_number, scan.count) == ("03017620422003", "L-123", 6)
    assert (scan.date, scan.date_kind) == (dt.date(2026, 11, 28), DateKind.USE_BY)
    assert not scan.mended


def test_a_qr_with_a_digital_link_names_its_product() -> None:
    scan = seen("https://id.example.org/01/03017620422003/10/L1?17=261128", BarcodeFormat.QRCode)

    assert (scan.gtin14, scan.lot_number, scan.date) == ("03017620422003", "L1", dt.date(2026, 11, 28))
