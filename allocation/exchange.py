"""Which lots go to which other site, decided before each site fills its own baskets.

A territory is too large to anneal in one piece. What should stand where is read from the softened relaxation
of all sites together (see `allocation.guide`): the share of each lot that visits at each site would take.
Rounded to whole units and to trips, that is what moves.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays, Floats, may_carry
from allocation.bounds import relax
from allocation.guide import aims, would_give
from allocation.problem import Bounds, Instance, Lot, Transfer
from allocation.relaxation import Relaxation

UNITS_AT_LEAST = 0.2
"""Wishes of less than that part of a unit are forgotten, others rounded up."""

ANY = 1_000
"""As many trips a day as there are."""


class Load(NamedTuple):
    """Units of a lot that stand ready at a site: the lot's own, or brought by a trip."""

    units: int
    trip: Transfer | None


Stock = dict[str, dict[str, Load]]
"""What each site has to give, lot by lot."""


Running = dict[tuple[str, str], list[Transfer]]
"""The trips that run on each road, by arrival."""


def share_out(
    arrays: Arrays, relaxation: Relaxation, proven: Bounds, stop: Callable[[], bool], trips_a_day: int = ANY
) -> Stock:
    """What stands at each site once the trips have run, at most so many from each site each day.

    The goals are weighed relative to their bounds.
    """
    wished = _by_site(arrays, relaxation, would_give(relaxation, proven, stop))
    return _load(arrays, wished, _trips_to_run(arrays, wished, trips_a_day))


def _by_site(arrays: Arrays, r: Relaxation, taken: Floats) -> Floats:
    """Taken units by lot and site; what would be more than the lot has is scaled down, and what stays is left out."""
    wished = np.zeros((len(arrays.unit), len(arrays.instance.sites)))
    np.add.at(wished, (r.pairs.lot, arrays.sources.site[r.pairs.source]), taken)
    wished *= np.minimum(1.0, arrays.units / np.maximum(wished.sum(axis=1), 1e-9))[:, None]
    home = [arrays.instance.sites.index(lot.site) for lot in arrays.instance.lots]
    wished[np.arange(len(home)), home] = 0.0
    return wished


def _load(arrays: Arrays, wished: Floats, trips: Running) -> Stock:
    """Whole units on trips: the lots that perish first choose first, each the earliest trip that takes most of it."""
    instance = arrays.instance
    room = {trip.id: trip.max_grams for trip in instance.transfers}
    pinned: Counter[str] = Counter()
    for pin in instance.pins:
        pinned[pin.lot] += pin.units
    left = {lot.id: lot.units - pinned[lot.id] for lot in instance.lots}
    stock: Stock = {site: {} for site in instance.sites}
    wishes = [(instance.lots[x].last_day, -wished[x, s], x, s) for x, s in np.argwhere(wished > UNITS_AT_LEAST)]
    for _, negative, x, s in sorted(wishes):
        lot, site = instance.lots[x], instance.sites[s]
        units = min(int(np.ceil(-negative - UNITS_AT_LEAST)), left[lot.id])
        load = _best(lot, units, trips[lot.site, site], room)
        if load.trip and load.units:
            stock[site][lot.id] = load
            room[load.trip.id] -= load.units * lot.unit_grams
            left[lot.id] -= load.units
    for lot in instance.lots:
        stock[lot.site][lot.id] = Load(left[lot.id] + pinned[lot.id], None)
    return stock


def _best(lot: Lot, units: int, trips: Iterable[Transfer], room: dict[str, int]) -> Load:
    """The earliest of the trips that bring most of these units in time."""
    loads = [
        Load(min(units, room[trip.id] // lot.unit_grams), trip)
        for trip in trips
        if may_carry(trip, lot) and trip.arrives <= lot.last_day
    ]
    return max(loads, key=lambda load: load.units, default=Load(0, None))


def _trips_to_run(arrays: Arrays, wished: Floats, a_day: int) -> Running:
    """The trips of each road by arrival: from each site each day, those that most of what waits would go by."""
    waiting = _waiting(arrays, wished)
    of_day: dict[tuple[dt.date, str], list[Transfer]] = defaultdict(list)
    for trip in sorted(arrays.instance.transfers, key=lambda t: (t.departs, t.origin, t.id)):
        of_day[trip.departs, trip.origin].append(trip)
    running: Running = defaultdict(list)
    for trips in of_day.values():
        for trip in sorted(trips, key=lambda t: -_would_carry(t, waiting[t.origin, t.destination]))[:a_day]:
            running[trip.origin, trip.destination].append(trip)
            _send(trip, waiting[trip.origin, trip.destination])
    for trips in running.values():
        trips.sort(key=lambda t: t.arrives)
    return running


class _Wish:
    """Grams of a lot that wait to go along a road."""

    def __init__(self, lot: Lot, grams: float) -> None:
        self.lot = lot
        self.grams = grams


def _waiting(arrays: Arrays, wished: Floats) -> dict[tuple[str, str], list[_Wish]]:
    """What waits for each road, what perishes first, first."""
    instance = arrays.instance
    waiting: dict[tuple[str, str], list[_Wish]] = defaultdict(list)
    for x, s in np.argwhere(wished > 0):
        lot = instance.lots[x]
        waiting[lot.site, instance.sites[s]].append(_Wish(lot, float(wished[x, s] * lot.unit_grams)))
    for wishes in waiting.values():
        wishes.sort(key=lambda w: (w.lot.last_day, w.lot.id))
    return waiting


def _goes_by(trip: Transfer, wish: _Wish) -> bool:
    return may_carry(trip, wish.lot) and trip.arrives <= wish.lot.last_day


def _would_carry(trip: Transfer, wishes: list[_Wish]) -> float:
    """Grams of what waits that a trip would take along."""
    return min(sum(w.grams for w in wishes if _goes_by(trip, w)), trip.max_grams)


def _send(trip: Transfer, wishes: list[_Wish]) -> None:
    """Nothing that a trip takes along waits for the next."""
    room = float(trip.max_grams)
    for wish in wishes:
        if _goes_by(trip, wish):
            taken = min(room, wish.grams)
            wish.grams -= taken
            room -= taken


def with_fewer_trips(instance: Instance, a_day: int) -> Instance:
    """The same instance with at most so many trips from each site each day: those that food would most go by."""
    arrays = Arrays(instance)
    relaxation = relax(arrays)
    with ThreadPoolExecutor(1) as beside:
        bounds = aims(relaxation, beside)
    wished = _by_site(arrays, relaxation, would_give(relaxation, bounds))
    running = {trip.id for trips in _trips_to_run(arrays, wished, a_day).values() for trip in trips}
    return replace(instance, transfers=tuple(t for t in instance.transfers if t.id in running))
