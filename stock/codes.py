"""What a scanner or a camera gave, whatever the symbol: `read_scan` is the only door.

EAN-13 and EAN-8, UPC-A and UPC-E, ITF-14, GS1-128, DataBar, GS1 DataMatrix and QR, Digital Link addresses, the text
printed under a symbol, our own labels. A product is named by its GTIN in 14 figures, except where a shop's own
code (`in_store`) or an internal article (`internal`) stands for it. What cannot be read, or is no food, is refused
with the reason; no text raises anything else.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.upc import Upc

from common.codes import READ_AS, WrongCode, read_code
from common.errors import Refusal
from common.words import N_, Cents, Grams
from stock.azerty import as_the_scanner_meant
from stock.elements import (
    GS,
    LOT_CODE_LENGTH,
    Elements,
    element_date,
    has_right_check_digit,
    is_our_code,
    read_link,
    read_message,
    read_printed,
)
from stock.instore import InStore, InStoreLayout, Payload, in_store_parts
from stock.shorthand import DateKind

__all__ = [
    "BookOrMagazine",
    "Coupon",
    "InStore",
    "InStoreLayout",
    "NamesNoProduct",
    "Payload",
    "Scan",
    "ScanKind",
    "UnreadableCode",
    "WrongCheckDigit",
    "as_scanned",
    "read_in_store",
    "read_scan",
]


class UnreadableCode(Refusal):
    """Nothing that names a product, an article or a lot."""

    message = N_("This code cannot be read: “%(code)s”. Scan it again, or choose the article from the pictures.")
    field = "scan"


class WrongCheckDigit(UnreadableCode):
    """A number whose last figure contradicts the others: misread or mistyped."""

    message = N_("The code %(code)s was misread: it should end in %(expected)s. Please scan or type it again.")


class BookOrMagazine(UnreadableCode):
    """ISBN and ISSN (prefixes 977, 978, 979)."""

    message = N_("The code %(code)s is on a book or a magazine, not on food.")


class Coupon(UnreadableCode):
    """Prefixes 050–059, 98 and 99."""

    message = N_("The code %(code)s is on a coupon, not on food.")


class NamesNoProduct(UnreadableCode):
    """A pallet, a place or a lot number alone."""

    message = N_("This code names no product: scan the one on the pack or on its carton.")


class ScanKind(StrEnum):
    """What a code names."""

    GTIN = "gtin"
    IN_STORE = "in_store"
    INTERNAL = "internal"
    LOT_LABEL = "lot_label"


@dataclass(frozen=True)
class Scan:
    """Everything a code said."""

    kind: ScanKind
    raw: str
    """What was scanned, without the control characters around it."""
    gtin14: str | None = None
    in_store: InStore | None = None
    article: str | None = None
    """The short code of an internal article, `PAIN`."""
    lot_code: str | None = None
    """The code of one of our lots, from its label."""
    lot_number: str | None = None
    """The maker's batch mark."""
    date: dt.date | None = None
    date_kind: DateKind | None = None
    sell_by: dt.date | None = None
    net_grams: Grams | None = None
    count: int | None = None
    """Pieces in a variable pack (AI 30, or 37 without 02)."""
    serial: str | None = None
    content_gtin14: str | None = None
    """What a case or pallet holds (AI 02)."""
    content_count: int | None = None
    """How many of them (AI 37)."""
    mended: bool = False
    """The scanner lost the separators: lot number and date were told apart by their form, show them to the person."""
    azerty: bool = False
    """The scanner typed for an American keyboard: its setting should be mended."""

    @property
    def product_gtin14(self) -> str | None:
        """The number to look up: the product's own, else that of what the case holds."""
        return self.gtin14 or self.content_gtin14

    @property
    def units(self) -> int:
        """How many of `product_gtin14` this code stands for."""
        return self.count or (self.content_count if self.gtin14 is None else None) or 1


LONGEST = 1_024
"""Characters; no symbol on food holds more, and longer texts are refused unread."""

OUR_ARTICLE, OUR_LOT = "ART-", "LOT-"

_KEPT_OUT = re.compile(r"[\x00-\x1b\x7f \u00a0\u202f\u200b\ufeff]+")
"""Line ends, tabs, spaces and the control characters some scanners put around a code; GS stays."""
_SEPARATORS = re.compile(r"<GS>|\{GS\}|[|~^\x1c\x1e\x1f\u241d]")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_MESSAGE_SYMBOLS = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3"})
_ARTICLE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")


def read_scan(text: str | bytes, *, today: dt.date) -> Scan:
    """What the code says; raises UnreadableCode or one of its kinds, or WrongCode for a label of ours.

    `today` settles the century of dates in two figures.

    >>> scan = read_scan("]d201030176204220031726112810L123", today=dt.date(2026, 11, 23))
    >>> scan.gtin14, scan.date, scan.lot_number
    ('03017620422003', datetime.date(2026, 11, 28), 'L123')
    """
    if len(text) > LONGEST:
        raise UnreadableCode(code=_shown(text[:LONGEST]))
    raw = _KEPT_OUT.sub("", _decoded(text))
    try:
        return _read(raw, raw, today)
    except (UnreadableCode, WrongCode) as refusal:
        return _read_azerty(raw, today, refusal)


def as_scanned(typed: str) -> str:
    """What a scanner would send where somebody typed the characters under the symbol of a lot's label.

    >>> as_scanned(" k7q2-j "), as_scanned("3017620422003")
    (' k7q2-j ', '3017620422003')
    """
    code = typed.strip().upper().translate(READ_AS)
    return f"{OUR_LOT}{code}" if is_our_code(code) else typed


def read_in_store(scan: Scan, layout: InStoreLayout) -> Cents | Grams | None:
    """The price or net weight a shop's own code carries, by that shop's layout; None where it carries none.

    >>> today = dt.date(2026, 11, 23)
    >>> read_in_store(read_scan("2123450012343", today=today), InStoreLayout(Payload.WEIGHT))
    1234
    """
    if layout.payload is Payload.NONE or scan.in_store is None or not scan.in_store.payload:
        return None
    value = int(scan.in_store.payload[-layout.digits :])
    return Cents(value) if layout.payload is Payload.PRICE else Grams(value)


def _read_azerty(raw: str, today: dt.date, refusal: Refusal) -> Scan:
    """The scan a French layout mangled; raises the most telling refusal where there is none."""
    for reading in as_the_scanner_meant(raw):
        try:
            return _read(reading, raw, today, azerty=True)
        except (UnreadableCode, WrongCode) as again:
            refusal = refusal if type(again) is UnreadableCode else again
    raise refusal


def _read(text: str, raw: str, today: dt.date, *, azerty: bool = False) -> Scan:
    text = _SEPARATORS.sub(GS, text)
    symbology = found[0] if (found := _SYMBOLOGY.match(text)) else ""
    text = text[len(symbology) :].strip(GS)
    if not text.isascii() or not text:
        raise UnreadableCode(code=_shown(raw))
    if scan := _ours(text, raw, azerty=azerty):
        return scan
    elements = _elements(text, symbology, today)
    if elements is None:
        raise UnreadableCode(code=_shown(raw))
    return _scan(elements, raw, today, azerty=azerty)


def _ours(text: str, raw: str, *, azerty: bool) -> Scan | None:
    """An internal article or a lot label of ours, by the letters before its code."""
    start, code = text[:4].upper(), text[4:].upper()
    if start == OUR_ARTICLE and _ARTICLE.fullmatch(code):
        return Scan(ScanKind.INTERNAL, raw, article=code, azerty=azerty)
    if start != OUR_LOT:
        return None
    lot = read_code(code)
    if len(lot) != LOT_CODE_LENGTH:
        raise WrongCode(code=_shown(text))
    return Scan(ScanKind.LOT_LABEL, raw, lot_code=lot, azerty=azerty)


def _elements(text: str, symbology: str, today: dt.date) -> Elements | None:
    """The parts of any code that is not ours; a bare number is a message with a GTIN only."""
    if symbology not in _MESSAGE_SYMBOLS and text.isdigit() and (number := _number(text, symbology)):
        return Elements({"01": number})
    if text.startswith("("):
        return read_printed(text)
    if text[:8].lower().startswith(("http://", "https://")):
        return read_link(text)
    return read_message(text, today)


def _number(digits: str, symbology: str) -> str | None:
    """The GTIN in 14 figures of a number standing alone; None where its length is that of something else."""
    if symbology == "]E3":
        digits = digits[:13]  # a price or an issue number stands after an EAN-13
    if len(digits) == 8 and symbology != "]E4" and (wide := _upc_e(digits)):
        return wide
    if len(digits) == 18 and has_right_check_digit(digits):
        raise NamesNoProduct
    return digits.zfill(14) if len(digits) in (8, 12, 13, 14) else None


def _upc_e(digits: str) -> str | None:
    """The number a UPC-E of eight figures stands for, where it cannot be an EAN-8.

    An EAN-8 that begins with 0 is a company's own number and is hardly met, so a right UPC-E comes first there.
    """
    if has_right_check_digit(digits) and digits[0] != "0":
        return None
    try:
        return Upc.parse(digits).as_gtin_14()
    except ParseError:
        return None


def _scan(elements: Elements, raw: str, today: dt.date, *, azerty: bool) -> Scan:
    values = elements.values
    gtin, content = values.get("01"), values.get("02")
    for number in filter(None, (gtin, content)):
        _refuse_other_than_food(number)
    lot_code = values["91"] if is_our_code(values.get("91", "")) else None
    if not (gtin or content or lot_code):
        raise NamesNoProduct
    in_store = in_store_parts(gtin) if gtin else None
    date, date_kind = _date(values, today)
    pieces = _count(values.get("37"))
    return Scan(
        kind=_kind(lot_code, in_store),
        raw=raw,
        gtin14=None if in_store else gtin,
        in_store=in_store,
        lot_code=lot_code,
        lot_number=values.get("10"),
        date=date,
        date_kind=date_kind,
        sell_by=element_date(values["16"], today) if "16" in values else None,
        net_grams=_net_grams(values),
        count=_count(values.get("30")) or (None if content else pieces),
        serial=values.get("21"),
        content_gtin14=content,
        content_count=pieces if content else None,
        mended=elements.mended,
        azerty=azerty,
    )


def _kind(lot_code: str | None, in_store: InStore | None) -> ScanKind:
    if lot_code:
        return ScanKind.LOT_LABEL
    return ScanKind.IN_STORE if in_store else ScanKind.GTIN


def _refuse_other_than_food(gtin14: str) -> None:
    shown = gtin14.removeprefix("000000" if gtin14.startswith("000000") else "0")
    if not int(gtin14):
        raise UnreadableCode(code=gtin14)
    if not has_right_check_digit(gtin14):
        raise WrongCheckDigit(code=shown, expected=str(gs1_standard_check_digit(gtin14[:-1])))
    if gtin14.startswith("000000"):
        return  # an EAN-8 has prefixes of its own
    if gtin14[1:4] in ("977", "978", "979"):
        raise BookOrMagazine(code=shown)
    if gtin14[1:3] in ("05", "98", "99"):
        raise Coupon(code=shown)


def _date(values: dict[str, str], today: dt.date) -> tuple[dt.date | None, DateKind | None]:
    """The date that limits the goods: use by (17, 7003) before best before (15)."""
    for ai, kind in (("17", DateKind.USE_BY), ("7003", DateKind.USE_BY), ("15", DateKind.BEST_BEFORE)):
        if ai in values and (date := element_date(values[ai], today)):
            return date, kind
    return None, None


def _net_grams(values: dict[str, str]) -> Grams | None:
    """Net weight in whole grams, from kilograms (310n) or pounds (320n) with n decimals."""
    for ai, value in values.items():
        if ai[:3] in ("310", "320") and ai[3:].isdigit():
            per_unit = 1_000 if ai.startswith("31") else _GRAMS_PER_100_000_POUNDS
            scale = 10 ** int(ai[3]) * (1 if ai.startswith("31") else 100_000)
            grams = (2 * int(value) * per_unit + scale) // (2 * scale)
            return Grams(grams) if grams else None
    return None


_GRAMS_PER_100_000_POUNDS = 45_359_237
"""The international pound is 453.59237 g exactly."""


def _count(value: str | None) -> int | None:
    return int(value) or None if value else None


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _shown(text: str | bytes) -> str:
    """The beginning of a code as it may be shown: printable, and no longer than a barcode."""
    characters = _decoded(text[:LONGEST])
    return "".join(c if c.isprintable() else " " for c in characters[:40]).strip()
