"""Weights, temperatures and amounts of money as people type them."""

import datetime as dt
from decimal import Decimal, InvalidOperation

from common.errors import Invalid, Refusal
from common.words import N_, Grams, Term


class UnreadableNumber(Refusal):
    """Not a number, or one no scale or thermometer shows."""

    message = N_("“%(typed)s” is not a number that can be used here: expected for instance %(example)s.")


def kilograms_typed(typed: str, field: str = "weight") -> int | None:
    """Grams from kilograms as typed, None where nothing is; raises UnreadableNumber.

    >>> kilograms_typed("4,35"), kilograms_typed(" 12 kg")
    (4350, 12000)
    """
    number = _number(typed, "kg", "4,35", field)
    if number is None:
        return None
    if not 0 < number <= 5000:
        raise UnreadableNumber(typed=typed, example="4,35", field=field)
    return int((number * 1000).to_integral_value())


def tonnes_typed(typed: str, field: str = "weight") -> int:
    """Grams from kilograms as typed, 0 where nothing is; limits and signs are left to who asks.

    >>> tonnes_typed("12,5"), tonnes_typed("7 200 kg"), tonnes_typed("-1"), tonnes_typed("")
    (12500, 7200000, -1000, 0)
    """
    number = _number(typed, "kg", "12,5", field) or Decimal(0)
    if abs(number) > 1_000_000_000:
        raise UnreadableNumber(typed=typed[:40], example="12,5", field=field)
    return int((number * 1000).to_integral_value())


class TareTooHeavy(Refusal):
    """A crate that weighs as much as what the scale showed."""

    message = N_("The crate alone weighs %(tare)s: the scale must show more than that.")
    field = "weight"


def net_grams(gross: int | None, tare: str) -> int | None:
    """What is left of a weight once the crate is taken off, None where nothing was weighed; raises TareTooHeavy.

    >>> net_grams(12_000, "1800"), net_grams(12_000, "")
    (10200, 12000)
    """
    grams = pieces_typed(tare, "tare")
    if gross is None or grams is None:
        return gross
    if gross <= grams:
        raise TareTooHeavy(tare=Grams(grams))
    return gross - grams


def degrees_typed(typed: str, field: str = "temperature") -> int | None:
    """Tenths of a degree from what was typed, None where nothing is; raises UnreadableNumber.

    >>> degrees_typed("−18,5"), degrees_typed("3°C")
    (-185, 30)
    """
    number = _number(typed.replace("−", "-"), "°C", "3,5", field)
    if number is None:
        return None
    if abs(number) > 100:
        raise UnreadableNumber(typed=typed, example="3,5", field=field)
    return int((number * 10).to_integral_value())


def euros_typed(typed: str, field: str = "amount") -> int | None:
    """Cents from euros as typed, None where nothing is; raises UnreadableNumber. Signs are left to who asks.

    >>> euros_typed("1 234,5 €"), euros_typed("635.70")
    (123450, 63570)
    """
    number = _number(typed, "€", "635,70", field)
    if number is None:
        return None
    if abs(number) > 1_000_000_000 or (number * 100) % 1:
        raise UnreadableNumber(typed=typed[:40], example="635,70", field=field)
    return int(number * 100)


def number_typed(typed: str, field: str, example: str) -> Decimal | None:
    """A bare number, None where nothing is typed; raises UnreadableNumber. Limits are left to who asks.

    >>> number_typed("30,4", "days", "30")
    Decimal('30.4')
    """
    return _number(typed, "", example, field)


def pieces_typed(typed: str, field: str = "units") -> int | None:
    """A whole number of pieces, None where nothing is typed; raises UnreadableNumber."""
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and 1 <= int(typed) <= 100_000):
        raise UnreadableNumber(typed=typed[:40], example="12", field=field)
    return int(typed)


def day_typed(typed: str, field: str) -> dt.date | None:
    """A day as the browser's own fields send it, None where nothing is chosen; raises Invalid."""
    if not typed.strip():
        return None
    try:
        return dt.date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid(what=Term(N_("date")), expected="2026-11-28", got=typed[:20], field=field) from None


def _number(typed: str, unit: str, example: str, field: str) -> Decimal | None:
    text = "".join(typed.split()).replace(",", ".").removesuffix(unit).removesuffix("°")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UnreadableNumber(typed=typed[:40], example=example, field=field) from None
    if not number.is_finite():
        raise UnreadableNumber(typed=typed[:40], example=example, field=field)
    return number
