"""Weights, temperatures and amounts of money as people type them."""

from decimal import Decimal, InvalidOperation

from common.errors import Refusal
from common.words import N_


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


def pieces_typed(typed: str, field: str = "units") -> int | None:
    """A whole number of pieces, None where nothing is typed; raises UnreadableNumber."""
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= 100_000):
        raise UnreadableNumber(typed=typed[:40], example="12", field=field)
    return int(typed)


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
