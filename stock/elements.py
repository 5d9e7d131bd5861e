"""The parts of a GS1 message: application identifier (AI) and value, however they were carried.

Three carriers: element strings as a symbol holds them, where a separator (FNC1, sent as GS) ends each part of open
length; the same printed for people, `(01)…(17)…`; and a Digital Link address. The grammar of each AI is biip's.

Many scanners drop the separator. `10L123` + `17270331` then reads as one long lot number, and the use-by date is
lost without a word. So a message without any separator is also cut wherever a part that proves itself could begin:
a date near today, a weight, a number with its check digit. One such reading: it is taken, and said to be mended.
Several: only what they agree on is kept.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_element_strings import GS1ElementString

from common.codes import WrongCode, read_code
from stock.shorthand import full_year, last_of_month

GS = "\x1d"

LOT_CODE_LENGTH = 9
"""Eight characters and their check character, as `common.codes.new_code` makes them."""

MOST_ELEMENTS = 24
"""More parts than any symbol on food holds: beyond it the text is noise."""

_DATE = re.compile(r"(1[123567])([0-9]{6})")
"""Dates are taken whatever they say: an impossible one (`000000` is seen) must not cost the product."""

Part = tuple[str, str]


@dataclass(frozen=True)
class Elements:
    """The values of a message by AI."""

    values: dict[str, str]
    mended: bool = False
    """Separators were missing: the parts were told apart by their form and a person should look."""


def read_message(text: str, today: dt.date) -> Elements | None:
    """The parts of an element string as a symbol carries it; None where it is no such thing."""
    text = text.strip(GS)
    sent = _as_sent(text)
    if GS in text or len(text) > _LONGEST_MENDED:
        return Elements(sent) if sent else None
    return _mended(text, sent, today) or (Elements(sent) if sent else None)


def read_printed(text: str) -> Elements | None:
    """The parts of `(01)03017620422003(17)270228(10)L123`; None where it is no such thing."""
    before, *rest = re.split(r"\((\d{2,4})\)", text, maxsplit=MOST_ELEMENTS)
    if before or not rest:
        return None
    values: dict[str, str] = {}
    for ai, value in zip(rest[::2], rest[1::2], strict=True):
        part = _part(ai + value.strip(GS), whole=True)
        if part is None or part.ai != ai or values.setdefault(ai, part.value) != part.value:
            return None
    return Elements(values)


def read_link(address: str) -> Elements | None:
    """The parts of a Digital Link address on any host: `https://…/01/{gtin}/10/{lot}?17=…`; None for others.

    What follows the GTIN may hold anything a brand adds to its address: only known parts are kept.
    """
    try:
        link = urlsplit(address)
    except ValueError:
        return None
    steps = [unquote(step) for step in link.path.split("/")]
    start = next((i for i in range(len(steps) - 1) if steps[i] == "01" and steps[i + 1].isdigit()), None)
    if start is None or not steps[start + 1].isascii():
        return None
    values = {"01": steps[start + 1].zfill(14)}
    pairs = list(zip(steps[start + 2 :: 2], steps[start + 3 :: 2], strict=False))
    for ai, value in (pairs + parse_qsl(link.query))[:MOST_ELEMENTS]:
        part = _part(ai + value, whole=True) if re.fullmatch(r"[0-9]{2,4}", ai) else None
        if part and part.ai == ai:
            values.setdefault(ai, part.value)
    return Elements(values) if len(values["01"]) == 14 else None


def element_date(value: str, today: dt.date) -> dt.date | None:
    """The date of a `YYMMDD…` value; day `00` means the last of the month. None where there is no such day."""
    year, month, day = full_year(int(value[:2]), today), int(value[2:4]), int(value[4:6])
    try:
        return dt.date(year, month, day) if day else last_of_month(year, month)
    except ValueError:
        return None


def has_right_check_digit(number: str) -> bool:
    """Whether the last figure of a GTIN or SSCC fits the others."""
    return gs1_standard_check_digit(number[:-1]) == int(number[-1])


def is_our_code(value: str) -> bool:
    """Whether AI 91, which is any company's own, holds the code of one of our lots: its check character fits."""
    try:
        return len(value) == LOT_CODE_LENGTH and read_code(value) == value
    except WrongCode:
        return False


@dataclass(frozen=True)
class _Found:
    """One part at the beginning of a text."""

    ai: str
    value: str
    is_open: bool
    """Of open length: a separator or the end must follow."""


def _part(text: str, *, whole: bool) -> _Found | None:
    """The first part of a text, or its only part where `whole`."""
    if not text.isascii():
        return None
    if date := _DATE.fullmatch(text) if whole else _DATE.match(text):
        return _Found(date[1], date[2], is_open=False)
    try:
        element = GS1ElementString.parse(text) if whole else GS1ElementString.extract(text)
    except (ParseError, ValueError):
        return None
    return _Found(element.ai.ai, element.value, element.ai.separator_required) if element.value else None


def _as_sent(text: str) -> dict[str, str] | None:
    """The reading of the standard: a part of open length runs to the separator or to the end."""
    values: dict[str, str] = {}
    for _ in range(MOST_ELEMENTS):
        if not text:
            return values or None
        part = _part(text, whole=False)
        if part is None or values.setdefault(part.ai, part.value) != part.value:
            return None
        rest = text[len(part.ai) + len(part.value) :]
        if part.is_open and rest and not rest.startswith(GS):
            return None
        text = rest.lstrip(GS)
    return None


# Mending messages whose separators were lost

_LONGEST_MENDED = 120
_MOST_STEPS = 100
"""Readings are looked for by trying every cut; messages on food take under fifty, and noise is left as it is."""

_FIXED = {"01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2, "310": 7, "320": 7, "7003": 10}
_OPEN = {"10": 20, "21": 20, "30": 8, "37": 8, "91": LOT_CODE_LENGTH}
_BY_START = {ai[:2]: (ai, length) for ai, length in (_FIXED | _OPEN).items()}
"""The parts looked for, by their first two figures, which tell them apart."""

_LIMIT_DATES = frozenset({"15", "16", "17", "7003"})
_YEARS_BACK, _YEARS_AHEAD = 3, 10
_MOST_PIECES = 9_999


@dataclass
class _Search:
    """One walk through the ways to cut a text."""

    text: str
    today: dt.date
    steps: int = 0
    found: list[tuple[Part, ...]] = field(default_factory=list)

    def readings(self) -> list[tuple[Part, ...]] | None:
        """Every reading into known parts, or None where there are too many ways."""
        self._walk(0, ())
        return None if self.steps > _MOST_STEPS else self.found

    def _walk(self, at: int, parts: tuple[Part, ...]) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return
        if at == len(self.text):
            self.found.append(parts)
            return
        seen = {ai for ai, _ in parts}
        for ai, value in self._next(at):
            if ai not in seen and _is_sound(ai, value, self.today):
                self._walk(at + len(ai) + len(value), (*parts, (ai, value)))

    def _next(self, at: int) -> Iterator[Part]:
        """Every part that may begin here."""
        text = self.text
        ai, length = _BY_START.get(text[at : at + 2], ("", 0))
        if not ai or not text.startswith(ai, at):
            return
        start, last = at + len(ai), min(at + len(ai) + length, len(text))
        if ai in _FIXED:
            value = text[start:last]
            if len(value) == length and value.isdigit():
                yield (ai + value[0], value[1:]) if length == 7 else (ai, value)
            return
        for end in range(start + 1, last + 1):
            if end == len(text) or text[end : end + 2] in _BY_START:
                yield ai, text[start:end]


def _mended(text: str, sent: dict[str, str] | None, today: dt.date) -> Elements | None:
    """The reading with lost separators put back, where the text calls for one."""
    readings = _Search(text, today).readings()
    if not readings:
        return None
    pool = [reading for reading in readings if _is_proven(reading)]
    if not pool and all(dict(reading) != sent for reading in readings):
        pool = readings
    if not pool:
        return None
    most = max(map(_proofs, pool))
    best = [dict(reading) for reading in pool if _proofs(reading) == most]
    agreed = {ai: value for ai, value in best[0].items() if all(r.get(ai) == value for r in best)}
    return Elements(agreed, mended=True) if agreed else None


def _is_sound(ai: str, value: str, today: dt.date) -> bool:
    """Whether a value is one that a symbol on food would carry."""
    if ai in ("01", "02"):
        return int(value) > 0 and has_right_check_digit(value)
    if ai in ("11", "13", "15", "16", "17", "7003"):
        date = element_date(value, today)
        return date is not None and -_YEARS_BACK <= date.year - today.year <= _YEARS_AHEAD
    if ai in ("30", "37"):
        return value.isdigit() and 0 < int(value) <= _MOST_PIECES
    if ai[:2] in ("31", "32"):
        return ai[3] in "012345" and int(value) > 0
    return ai != "91" or is_our_code(value)


def _is_proven(reading: tuple[Part, ...]) -> bool:
    """Whether a part that proves itself follows one of open length: a separator was lost before it."""
    cut = False
    seen: set[str] = set()
    for ai, _ in reading:
        if cut and _proves_itself(ai, seen):
            return True
        cut = cut or ai in _OPEN
        seen.add(ai)
    return False


def _proves_itself(ai: str, seen: set[str]) -> bool:
    """A date only where none came before it, a count only where the standard asks for one (with AI 02)."""
    if ai in _LIMIT_DATES - {"16"}:
        return not seen & _LIMIT_DATES
    if ai == "37":
        return "02" in seen
    return ai in ("01", "02", "91") or ai[:2] in ("31", "32")


def _proofs(reading: tuple[Part, ...]) -> int:
    """How many parts of a reading chance would hardly have made."""
    weak = {"10", "20", "21", "30"} | (set() if "02" in dict(reading) else {"37"})
    return sum(ai not in weak for ai, _ in reading)
