"""Plans for many sites: what moves is decided for all of them together, then each fills its own baskets.

The sites are annealed side by side, with what the trips bring standing on their shelves from the day it arrives.
"""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from allocation.arrays import Arrays, Floats, Ints
from allocation.bounds import highest_floor_and_mean, least_waste, relax
from allocation.crowds import alike
from allocation.exchange import ANY, Load, Stock, load_trips
from allocation.guide import MOVES, Balance, aims, would_give
from allocation.pace import Pace
from allocation.problem import Bounds, Give, Instance, Lot, Move
from allocation.relaxation import Relaxation
from allocation.search import Asked, Search

LARGE = 1_000_000
"""Beyond so many pairs, several sites are planned one by one."""

EFFORT = 0.25
"""Steps a pair, relative to a single site: so many pairs settle most of it among themselves."""

SIDE_BY_SIDE = 2
"""Sites annealed at once."""

LEVELLED = 4
"""How many times what moves is decided, each time with more water under the sites that came off badly."""

MOST_RAISED, RAISED_LESS = 1.1, 0.7
"""By no more than that factor from one time to the next, and after the first time by a power of what was missing."""


def too_large(arrays: Arrays) -> bool:
    """Whether an instance is to be planned site by site, and can be: each household and pin keeps to one site."""
    instance = arrays.instance
    site = {v.household: v.site for v in instance.visits}
    apart = all(site[v.household] == v.site for v in instance.visits)
    at_home = all(instance.lot_by_id[p.lot].site == instance.visit_by_id[p.visit].site for p in instance.pins)
    sizes = np.array([len(sources) for sources in arrays.sources_of_kind], dtype=np.int64)
    return len(instance.sites) > 1 and apart and at_home and int(sizes[arrays.kind].sum()) > LARGE


@dataclass
class _Part:
    """One site: its own instance, and which households of the whole it has."""

    arrays: Arrays
    households: Ints
    stock: dict[str, Load]
    floor: float | None = None
    """Proven for this site with this stock."""
    search: Search | None = None
    share: float = field(default=0.0)

    @property
    def weight(self) -> float:
        return float(self.arrays.adults[self.arrays.last_need[1]].sum())


class Territory:
    """A plan for all sites in the making; its figures are those of `Search`."""

    def __init__(self, arrays: Arrays, seed: int = 0, start: tuple[Give, ...] = (), trips_a_day: int = ANY) -> None:
        self.arrays = arrays
        self.seed = seed
        self.start = start
        self.trips_a_day = trips_a_day
        self.parts: list[_Part] = []
        self.pace = Pace()
        self.bounds = Bounds()
        """Of all sites together."""

    def run(
        self,
        effort: float,
        told: Callable[["Territory", float], None],
        stop: Asked,
        proven: Callable[[Bounds], None] | None,
        pace: Pace | None = None,
    ) -> None:
        """Share out, then fill the baskets; the bounds are proven on the way where somebody asks for them."""
        self.pace = pace or self.pace
        with ThreadPoolExecutor(1) as beside:
            self.parts = self._shared_out(beside, stop, proven)
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                list(pool.map(lambda part: self._fill(part, effort, beside, told, stop), self.parts))

    def _shared_out(self, beside: Executor, stop: Asked, proven: Callable[[Bounds], None] | None) -> list[_Part]:
        """Each site with what stands there once the trips have run."""
        moving = bool(self.arrays.instance.transfers)
        if moving or proven:
            relaxation = relax(self.arrays)
            self.bounds = aims(relaxation, beside, stop)
            if proven:
                proven(self.bounds)
        if not moving:
            return _parts(self.arrays, _where_it_stands(self.arrays.instance))
        return self._levelled(relaxation, stop)

    def _levelled(self, relaxation: Relaxation, stop: Asked) -> list[_Part]:
        """What moves so that no site is left behind.

        Trips are loaded in whole units and arrive when they arrive: what the relaxation thought even comes out
        uneven. How high each site could stand with what it would have is proven, and told to the relaxation.
        """
        sites = self.arrays.instance.sites
        site_of_home = self.arrays.visit_site[np.maximum(self.arrays.first_visit[1:] - 1, 0)]
        balance, levels, best = Balance(relaxation, self.bounds, MOVES), np.ones(len(sites)), list[_Part]()
        for nth in range(LEVELLED):
            taken = balance.given(levels[site_of_home[relaxation.served]], stop)
            parts = _parts(self.arrays, load_trips(self.arrays, relaxation, taken, self.trips_a_day))
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                floors = list(
                    pool.map(
                        lambda part: highest_floor_and_mean(Relaxation(part.arrays, alike(part.arrays)), stop)[0], parts
                    )
                )
            for part, floor in zip(parts, floors, strict=True):
                part.floor = floor
            if not best or min(floors) > min(part.floor or 0.0 for part in best):
                best = parts
            if stop():
                break
            raised = np.clip(np.mean(floors) / np.maximum(floors, 1e-9), 1 / MOST_RAISED, MOST_RAISED)
            levels *= raised ** (RAISED_LESS if nth else 1.0)
        return best

    def _pace_of_one(self) -> Pace:
        """The site's part of the time that is left; sites begun together share it with those after them."""
        left = self.pace.until and self.pace.until - self.pace.clock()
        after = sum(p.search is None for p in self.parts) / SIDE_BY_SIDE
        return Pace(left and self.pace.clock() + left / max(after, 1.0))

    def _fill(
        self, part: _Part, effort: float, beside: Executor, told: Callable[["Territory", float], None], stop: Asked
    ) -> None:
        here = {v.id for v in part.arrays.visits}
        start = tuple(g for g in self.start if g.visit in here)
        search = Search(part.arrays, self.seed, start=start, pace=self._pace_of_one())

        def note(_: Search, share: float) -> None:
            part.share = share
            told(self, sum(p.share for p in self.parts) / len(self.parts))

        def guide() -> Floats:
            alone = Relaxation(part.arrays)
            return would_give(alone, self._aims_of(part, alone, beside, stop), stop)

        part.search = search
        search.run(EFFORT * effort, note, stop, guide if search.hard else None)
        self.pace.cut = self.pace.cut or search.pace.cut

    def _aims_of(self, part: _Part, alone: Relaxation, beside: Executor, stop: Asked) -> Bounds:
        """What a site weighs its goals against: its own floor, or that of all sites, where one was proven."""
        floor = part.floor or self.bounds.floor
        if floor is None:
            return aims(alone, beside, stop)
        return Bounds(waste_kg=least_waste(alone, stop), floor=floor)

    @property
    def waste_kg(self) -> float:
        a = self.arrays
        saved = sum(_perishing(p.arrays) - p.search.waste_kg for p in self.parts if p.search)
        return _perishing(a) - saved

    @property
    def mean(self) -> float:
        whole = sum(p.weight for p in self.parts)
        return sum(p.weight * p.search.mean for p in self.parts if p.search) / max(whole, 1e-9)

    @property
    def floor(self) -> float:
        return min((p.search.floor if p.search else 0.0 for p in self.parts), default=0.0)

    @property
    def relative(self) -> Floats:
        """Relative coverage of every household."""
        relative = np.ones(len(self.arrays.adults))
        for part in self.parts:
            if part.search:
                relative[part.households] = part.search.relative
        return relative

    def lines(self) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
        """What is given, and what of it moves."""
        give: list[Give] = []
        moved: dict[tuple[str, str], int] = defaultdict(int)
        for part in self.parts:
            lines = part.search.lines()[0] if part.search else ()
            give += lines
            for line in lines:
                if trip := part.stock[line.lot].trip:
                    moved[trip.id, line.lot] += line.units
        return tuple(sorted(give)), tuple(sorted(Move(trip, lot, n) for (trip, lot), n in moved.items()))


def _perishing(arrays: Arrays) -> float:
    return float((arrays.unit * arrays.units)[arrays.perishes].sum()) / 1000


def _where_it_stands(instance: Instance) -> Stock:
    return {s: {x.id: Load(x.units, None) for x in instance.lots if x.site == s} for s in instance.sites}


def _parts(arrays: Arrays, stock: Stock) -> list[_Part]:
    return [_part(arrays, site, stock[site]) for site in arrays.instance.sites]


def _part(arrays: Arrays, site: str, stock: dict[str, Load]) -> _Part:
    """A site alone with what will stand on its shelves; what its households could reach is still that of the whole."""
    whole = arrays.instance
    visits = tuple(v for v in whole.visits if v.site == site)
    here, names = {v.household for v in visits}, {v.id for v in visits}
    rows = np.array([i for i, h in enumerate(whole.households) if h.id in here], dtype=np.int64)
    part = replace(
        whole,
        sites=(site,),
        households=tuple(whole.households[i] for i in rows.tolist()),
        visits=visits,
        lots=tuple(_ready(lot, site, stock[lot.id]) for lot in whole.lots if lot.id in stock),
        transfers=(),
        pins=tuple(p for p in whole.pins if p.visit in names),
        bans=tuple(b for b in whole.bans if b.visit in names and b.lot in stock),
    )
    alone = Arrays(part)
    alone.reach = arrays.reach[rows]
    return _Part(alone, rows, stock)


def _ready(lot: Lot, site: str, load: Load) -> Lot:
    """The lot as it stands at a site."""
    comes = load.trip.arrives if load.trip else lot.available_from
    return replace(lot, site=site, units=load.units, available_from=comes)
