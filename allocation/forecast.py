"""What is expected to arrive, by food group and day: as past weeks suggest, or as somebody would know it. Pure."""

import datetime as dt
import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from allocation.problem import Lot

STRENGTH = 2.0
"""How many weeks of a weekday the usual day of the group is worth."""
LEAST = 0.5
"""Fewer units than this are not expected at all."""


def expected(seen: Iterable[Lot], since: dt.date, today: dt.date, until: dt.date) -> list[Lot]:
    """Lots that are not there yet: one for each group and coming day, made from the lots that came since that day."""
    came: dict[str, list[Lot]] = defaultdict(list)
    for lot in seen:
        if since <= lot.available_from <= today:
            came[lot.group].append(lot)
    days = [today + dt.timedelta(days=n) for n in range(1, (until - today).days + 1)]
    return [lot for group in came.values() for day in days for lot in _on(group, since, today, day)]


def foreseen(lots: Iterable[Lot], since: dt.date, today: dt.date, until: dt.date, off: float) -> list[Lot]:
    """What really comes, known by food group and day: the grams of each are off by so much, one standard deviation.

    One lot each, like the one in the middle of those that come. It is not lost if it is not given: it may not come.
    """
    coming: dict[tuple[str, dt.date], list[Lot]] = defaultdict(list)
    for lot in lots:
        if today < lot.available_from <= until:
            coming[lot.group, lot.available_from].append(lot)
    told = []
    for (group, day), those in coming.items():
        like = typical(those)
        # The error is that of the forecast, whoever plans with it and on whatever day.
        chance = random.Random(f"{since} {group} {day}")  # noqa: S311 - a made-up error
        grams = sum(x.unit_grams * x.units for x in those) * max(0.0, chance.gauss(1.0, off))
        if units := round(grams / like.unit_grams):
            lasting = max(like.last_day, until + dt.timedelta(days=1))
            told.append(replace(like, id=f"foreseen-{day}-{group}", units=units, last_day=lasting))
    return told


def _on(group: Sequence[Lot], since: dt.date, today: dt.date, day: dt.date) -> list[Lot]:
    usual, like = _grams(group, since, today, day), typical(group)
    units = usual / like.unit_grams
    if units < LEAST:
        return []
    life = like.last_day - like.available_from
    name = f"expected-{day.isoformat()}-{like.group}"
    return [replace(like, id=name, units=round(units) or 1, available_from=day, last_day=day + life)]


def _grams(group: Sequence[Lot], since: dt.date, today: dt.date, day: dt.date) -> float:
    """Grams of the group on such a weekday: seen on it, drawn towards the mean of all days."""
    length = (today - since).days + 1
    weeks = sum(1 for n in range(length) if (since + dt.timedelta(days=n)).weekday() == day.weekday())
    on_weekday = sum(x.unit_grams * x.units for x in group if x.available_from.weekday() == day.weekday())
    any_day = sum(x.unit_grams * x.units for x in group) / length
    return (on_weekday + STRENGTH * any_day) / (weeks + STRENGTH)


def typical(group: Sequence[Lot]) -> Lot:
    """The lot in the middle by how long it keeps, with the usual unit weight of the group."""
    by_life = sorted(group, key=lambda x: (x.last_day - x.available_from, x.id))
    return replace(by_life[len(by_life) // 2], unit_grams=int(statistics.median_low(x.unit_grams for x in group)))
