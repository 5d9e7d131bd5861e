"""Plans for many sites: what moves is decided for all of them together, then each fills its own baskets.

The sites are annealed side by side, with what the trips bring standing on their shelves from the day it arrives.
"""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from msgspec.structs import astuple, replace

from allocation.arrays import Arrays, Floats, Ints, Pairs
from allocation.beginning import CLOSE, Kept
from allocation.bounds import least_waste, least_waste_one_by_one, prove, relax
from allocation.exchange import ANY, Load, Stock, share_out
from allocation.guide import aims, would_give
from allocation.pace import Pace
from allocation.problem import Bounds, Give, Instance, Lot, Move, Plan
from allocation.relaxation import Relaxation
from allocation.search import Asked, Search

LARGE = 1_000_000
"""Beyond so many pairs, several sites are planned one by one."""

EFFORT = 0.25
"""Steps a pair, relative to a single site: so many pairs settle most of it among themselves."""

TOLD = 256
"""How often it is told how far the sites are, all together; and whenever one of them is done."""

SIDE_BY_SIDE = 2
"""Sites annealed at once."""

MOST_TOGETHER = 4_000_000
"""Up to so many pairs, what the sites were given apart is mended on one board: some 200 bytes each."""

VAST = 15_000_000
"""Beyond so many pairs, what the sites were given apart stays as annealed: neither is waste held nor are the worst-off
lifted, which takes a third of the time for a hundredth of the floor."""

PROVEN_WITHIN, GUIDED_WITHIN = 0.4, 0.7
"""Of a site's part of a limit in seconds: then its bounds are as good as they are, and so is what leads its search."""

APART = 0.7
"""The part of the work, and of a limit in seconds, that the sites are filled apart in, where they are mended then."""


def too_large(arrays: Arrays) -> bool:
    """Whether an instance is to be planned site by site, and can be: each household and pin keeps to one site."""
    instance = arrays.instance
    site = {v.household: v.site for v in instance.visits}
    apart = all(site[v.household] == v.site for v in instance.visits)
    at_home = all(instance.lot_by_id[p.lot].site == instance.visit_by_id[p.visit].site for p in instance.pins)
    return len(instance.sites) > 1 and apart and at_home and arrays.many > LARGE


@dataclass
class _Part:
    """One site: its own instance, and which households of the whole it has."""

    arrays: Arrays
    households: Ints
    stock: dict[str, Load]
    made: "Search | _Made | None" = None
    bounds: Bounds | None = None
    """Of this site alone."""
    share: float = field(default=0.0)

    @property
    def weight(self) -> float:
        return float(self.arrays.adults[self.arrays.last_need[1]].sum())


class _Made:
    """What is kept of a search: its board takes a hundred times as much room."""

    def __init__(self, search: Search) -> None:
        self.waste_kg, self.mean, self.floor = search.waste_kg, search.mean, search.floor
        self.relative, self._lines = search.relative, search.lines()

    def lines(self) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
        return self._lines


Told = Callable[["Territory | Search", float], None]


class Territory:
    """A plan for all sites in the making; its figures are those of `Search`."""

    def __init__(
        self, arrays: Arrays, seed: int = 0, start: Plan | None = None, trips_a_day: int = ANY, kept: Kept = CLOSE
    ) -> None:
        self.arrays = arrays
        self.seed = seed
        self.start = start
        self.kept = kept
        self.trips_a_day = trips_a_day
        self.parts: list[_Part] = []
        self.pace = Pace()
        self.bounds = Bounds()
        """Of all sites together."""

    def run(
        self,
        effort: float,
        told: Told,
        stop: Asked,
        proven: Callable[[Bounds], None] | None,
        pace: Pace | None = None,
    ) -> "Territory | Search":
        """Share out, fill the baskets of each site, then let the sites exchange; and what has the plan.

        The bounds are proven on the way where somebody asks for them.
        """
        self.pace = pace or self.pace
        with ThreadPoolExecutor(1) as beside:
            stock = self._shared_out(beside, stop, proven)
            self.parts = [_part(self.arrays, site, stock[site]) for site in self.arrays.instance.sites]
            together = sum(part.arrays.many for part in self.parts) <= MOST_TOGETHER and self._loaded
            if together and self.start:
                return self._kept_to(effort, told, stop)
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                list(pool.map(lambda part: self._fill(part, effort, beside, bool(together), told, stop), self.parts))
                if proven and not self.arrays.instance.transfers:
                    list(pool.map(lambda part: _prove(part, stop), self.parts))
                    self.bounds = self._added_up()
                    proven(self.bounds)
            if not together or stop():
                return self
            sharper = beside.submit(self._sharpen, proven, stop) if proven else None
            mended = self._mended(told, stop)
            if sharper:
                sharper.result()
            return mended

    def _sharpen(self, proven: Callable[[Bounds], None], stop: Asked) -> None:
        """Prove what is lost at least once more, visit by visit: the mending leaves a core free for it."""
        waste = least_waste_one_by_one(self.arrays, self.pace.ending(1.0, stop))
        self.bounds = replace(self.bounds, waste_kg=max(waste, self.bounds.waste_kg or 0.0))
        proven(self.bounds)

    def _added_up(self) -> Bounds:
        """What is proven of all sites where nothing moves: waste adds up, the lowest floor is that of all."""
        proofs = [(part.weight, *astuple(part.bounds)) for part in self.parts if part.bounds]
        if len(proofs) < len(self.parts) or None in chain.from_iterable(proofs):
            return Bounds()
        weight, waste, floor, mean = np.array(proofs, dtype=np.float64).T
        return Bounds(float(waste.sum()), float(floor.min()), float(weight @ mean / max(weight.sum(), 1e-9)))

    @property
    def _loaded(self) -> set[tuple[str, str]]:
        """Lots and the trips that bring them."""
        return {(lot, load.trip.id) for part in self.parts for lot, load in part.stock.items() if load.trip}

    def _mended(self, told: Told, stop: Asked) -> Search:
        """The plan of all sites on one board, with no other trips than those that were loaded."""
        search = self._on_one_board(self._loaded)
        search.mend(self._units(search.pairs), lambda s, share: told(s, APART + (1 - APART) * share), stop)
        return search

    def _kept_to(self, effort: float, told: Told, stop: Asked) -> Search:
        """The plan before, on one board with what it moved and what would move now."""
        before = {(move.lot, move.transfer) for move in self.start.move} if self.start else set()
        search = self._on_one_board(self._loaded | before)
        search.run(EFFORT * effort, told, stop)
        return search

    def _on_one_board(self, loaded: set[tuple[str, str]]) -> Search:
        instance, sources = self.arrays.instance, self.arrays.sources
        ways = [(instance.lots[x].id, instance.transfers[t].id) for x, t in zip(sources.lot, sources.trip, strict=True)]
        keep = (sources.trip < 0) | np.array([way in loaded for way in ways])
        return Search(self.arrays, self.seed, keep, self.start, self.pace, self.kept)

    def _units(self, pairs: Pairs) -> Ints:
        """What the sites give at each pair of the whole: a lot comes to a visit in one way only."""
        lots = len(self.arrays.instance.lots)
        visit = {v.id: i for i, v in enumerate(self.arrays.visits)}
        lot = {x.id: i for i, x in enumerate(self.arrays.instance.lots)}
        key = pairs.visit * lots + pairs.lot
        order = np.argsort(key, kind="stable")
        units = np.zeros(len(key), dtype=np.int64)
        for line in chain.from_iterable(part.made.lines()[0] for part in self.parts if part.made):
            units[order[np.searchsorted(key, visit[line.visit] * lots + lot[line.lot], sorter=order)]] = line.units
        return units

    def _shared_out(self, beside: Executor, stop: Asked, proven: Callable[[Bounds], None] | None) -> Stock:
        """What stands at each site once the trips have run."""
        if not self.arrays.instance.transfers:
            return _where_it_stands(self.arrays.instance)
        relaxation = relax(self.arrays)
        self.bounds = aims(relaxation, beside, stop)
        if proven:
            proven(self.bounds)
        return share_out(self.arrays, relaxation, self.bounds, stop, self.trips_a_day)

    def _pace_of_one(self, part: float) -> Pace:
        """The site's share of this part of the time left; sites begun together share it with those after them."""
        left = self.pace.until and part * (self.pace.until - self.pace.clock())
        after = sum(p.made is None for p in self.parts) / SIDE_BY_SIDE
        return Pace(left and self.pace.clock() + left / max(after, 1.0), self.pace.clock)

    def _fill(self, part: _Part, effort: float, beside: Executor, mends: bool, told: Told, stop: Asked) -> None:
        search = Search(part.arrays, self.seed, start=self.start, pace=self._pace_of_one(APART if mends else 1.0))

        def note(_: Search, share: float) -> None:
            before, part.share = part.share, share
            done = sum(p.share for p in self.parts) / len(self.parts)
            # To tell how all of them are takes milliseconds where they are many.
            if share == 1.0 or int(share * TOLD // len(self.parts)) > int(before * TOLD // len(self.parts)):
                told(self, APART * done if mends else done)

        def guide() -> Floats | None:
            alone = Relaxation(part.arrays, alone=False)
            aims_here = self._aims_of(part, alone, beside, search.pace.ending(PROVEN_WITHIN, stop))
            units = would_give(alone, aims_here, search.pace.ending(GUIDED_WITHIN, stop))
            return None if stop() else units

        part.made = search
        whole = not mends and self.arrays.many <= VAST
        search.run(EFFORT * effort, note, stop, guide if search.hard else None, watched=False, whole=whole)
        self.pace.cut = self.pace.cut or search.pace.cut
        part.made = _Made(search)

    def _aims_of(self, part: _Part, alone: Relaxation, beside: Executor, stop: Asked) -> Bounds:
        """What a site weighs its goals against: the floor is that of all sites, where that was proven."""
        if self.bounds.floor is None:
            part.bounds = aims(alone, beside, stop)
            return part.bounds
        return Bounds(waste_kg=least_waste(alone, stop), floor=self.bounds.floor)

    @property
    def waste_kg(self) -> float:
        a = self.arrays
        saved = sum(_perishing(p.arrays) - p.made.waste_kg for p in self.parts if p.made)
        return _perishing(a) - saved

    @property
    def mean(self) -> float:
        whole = sum(p.weight for p in self.parts)
        return sum(p.weight * p.made.mean for p in self.parts if p.made) / max(whole, 1e-9)

    @property
    def floor(self) -> float:
        return min((p.made.floor if p.made else 0.0 for p in self.parts), default=0.0)

    @property
    def relative(self) -> Floats:
        """Relative coverage of every household."""
        relative = np.ones(len(self.arrays.adults))
        for part in self.parts:
            if part.made:
                relative[part.households] = part.made.relative
        return relative

    def lines(self) -> tuple[tuple[Give, ...], tuple[Move, ...]]:
        """What is given, and what of it moves."""
        give: list[Give] = []
        moved: dict[tuple[str, str], int] = defaultdict(int)
        for part in self.parts:
            lines = part.made.lines()[0] if part.made else ()
            give += lines
            for line in lines:
                if trip := part.stock[line.lot].trip:
                    moved[trip.id, line.lot] += line.units
        return tuple(sorted(give)), tuple(sorted(Move(trip, lot, n) for (trip, lot), n in moved.items()))


def _perishing(arrays: Arrays) -> float:
    return float((arrays.unit * arrays.units)[arrays.perishes].sum()) / 1000


def _prove(part: _Part, stop: Asked) -> None:
    """The bounds of a site that was filled without them."""
    part.bounds = part.bounds or prove(part.arrays, stop=stop, alone=False)


def _where_it_stands(instance: Instance) -> Stock:
    return {s: {x.id: Load(x.units, None) for x in instance.lots if x.site == s} for s in instance.sites}


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
