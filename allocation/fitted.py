"""Made-up weeks that look like a site's own: what came in, who comes and how often they stay away, as aggregates. Pure.

What is kept of the past says nothing of anybody: shares, means and tenths over many; what fewer than `FEW` households
have in common is left out, and sizes that few have are rounded. Goods are told by food group, not by product or donor.
"""

import datetime as dt
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from allocation.problem import Group, Household, Instance, Lot, Policy, Visit
from allocation.rolling import Truth

FEW = 5
KINDS = 25
"""Products of a food group, at most: enough to learn apart what is liked."""


class Goods(Struct, frozen=True):
    """What came in of a food group; tenths are nine values that cut what was seen into ten equal parts."""

    there: float
    """Lots that stand on the shelves when the weeks begin."""
    lots: dict[int, float]
    """A week, by weekday (0 for Monday)."""
    unit_grams: tuple[int, ...]
    units: tuple[int, ...]
    life: tuple[int, ...]
    """Days from arrival to the last day."""
    use_by: float
    contains: dict[str, float]
    needs: dict[str, float]
    unknown_contents: float
    sold: float
    """The share that the shop may sell, too; everything may be given."""
    cents_per_kilogram: float
    alike: int
    """Units of a lot at one visit, usually."""
    acceptance: float

    def on(self, day: dt.date, began: dt.date) -> float:
        """Lots on such a day, on average."""
        return self.there if day == began else self.lots.get(day.weekday(), 0.0)


class Appetite(Struct, frozen=True):
    """Grams of a food group per adult equivalent, on average."""

    first: float
    """Needed at a first visit, net of what the home still keeps."""
    next: float
    """Needed on top at each visit after it."""
    cap: float
    """Times the need."""
    eaten: float
    """A day."""


class Fitted(Struct, frozen=True):
    """A site's past weeks as aggregates."""

    weekdays: tuple[int, ...]
    """Those with sessions."""
    households: int
    sizes: dict[float, float]
    """Share of the households by adult equivalents."""
    excludes: dict[str, float]
    lacks: dict[str, float]
    infants: float
    carry_grams: int
    shop: float
    """Share of the households that pay."""
    budget_cents: float
    """A visit and adult equivalent, of those who pay."""
    no_shows: float
    groups: tuple[Group, ...]
    goods: dict[str, Goods]
    appetite: dict[str, Appetite]
    policy: Policy


def fit(truth: Truth) -> Fitted:
    """What a past was like."""
    seen = truth.instance
    weeks = ((seen.ends - seen.today).days + 1) / 7
    people, of = seen.households, seen.visits_of
    adults = {h.id: h.adult_equivalents for h in people}
    paying = [v for v in seen.visits if v.budget_cents is not None]
    came: dict[str, list[Lot]] = defaultdict(list)
    for lot in seen.lots:
        came[lot.group].append(lot)
    return Fitted(
        weekdays=tuple(sorted({v.date.weekday() for v in seen.visits})),
        households=len(people),
        sizes=_sizes(adults.values()),
        excludes=_common((x for h in people for x in h.excludes), len(people)),
        lacks=_common((x for h in people for x in h.lacks), len(people)),
        infants=_common((str(h.infant) for h in people), len(people)).get("True", 0.0),
        carry_grams=round(statistics.mean(v.max_grams for v in seen.visits)),
        shop=len({v.household for v in paying}) / len(people),
        budget_cents=statistics.mean(_budgets(paying, adults)) if paying else 0.0,
        no_shows=len(truth.absent) / len(seen.visits),
        groups=seen.groups,
        goods={group: _goods(lots, seen.today, weeks) for group, lots in came.items()},
        appetite={g.id: _appetite(g.id, list(of.values()), adults) for g in seen.groups},
        policy=seen.policy,
    )


def draw(fitted: Fitted, seed: int, today: dt.date, weeks: int, households: int | None = None) -> Truth:
    """Weeks like these, from a Monday on; the same seed draws the same ones."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    number = households or fitted.households
    people = [_household(chance, fitted, f"H{n}") for n in range(number)]
    visits = [visit for who in people for visit in _visits(chance, fitted, who, today, weeks)]
    days = [today + dt.timedelta(days=n) for n in range(7 * weeks)]
    scale = number / fitted.households
    lots = [
        lot
        for group, goods in fitted.goods.items()
        for day in days
        for lot in _arrivals(chance, group, goods, day, scale * goods.on(day, today))
    ]
    instance = Instance(
        name=f"fitted-{seed}",
        today=today,
        ends=days[-1],
        groups=fitted.groups,
        sites=("S",),
        households=tuple(people),
        visits=tuple(visits),
        lots=tuple(lots),
        policy=fitted.policy,
    )
    return Truth(instance, frozenset(v.id for v in visits if chance.random() < fitted.no_shows))


def _sizes(adults: Iterable[float]) -> dict[float, float]:
    """Halves of an adult equivalent; those that few have are added to the next smaller that many have."""
    counts = Counter(max(1.0, round(2 * a) / 2) for a in adults)
    whole = sum(counts.values())
    many = sorted(size for size, n in counts.items() if n >= FEW) or [statistics.median_low(counts.elements())]
    sizes: dict[float, float] = defaultdict(float)
    for size, n in counts.items():
        sizes[max((m for m in many if m <= size), default=many[0])] += n / whole
    return dict(sizes)


def _common(said: Iterable[str], of: int) -> dict[str, float]:
    """Shares of what at least `FEW` have in common."""
    return {what: n / of for what, n in sorted(Counter(said).items()) if n >= FEW}


def _budgets(paying: Sequence[Visit], adults: dict[str, float]) -> list[float]:
    return [(v.budget_cents or 0) / adults[v.household] for v in paying]


def _goods(lots: Sequence[Lot], began: dt.date, weeks: float) -> Goods:
    """Of one food group; what came on the very first day is taken for what stood there."""
    later = Counter(x.available_from.weekday() for x in lots if x.available_from > began)
    kilograms = sum(x.unit_grams * x.units for x in lots) / 1000 or 1.0
    return Goods(
        there=len(lots) - sum(later.values()),
        lots={day: n / weeks for day, n in sorted(later.items())},
        unit_grams=_tenths(x.unit_grams for x in lots),
        units=_tenths(x.units for x in lots),
        life=_tenths((x.last_day - x.available_from).days for x in lots),
        use_by=statistics.mean(x.use_by for x in lots),
        contains=_shares((what for x in lots for what in x.contains), len(lots)),
        needs=_shares((what for x in lots for what in x.needs), len(lots)),
        unknown_contents=statistics.mean(x.unknown_contents for x in lots),
        sold=statistics.mean("shop" in x.channels for x in lots),
        cents_per_kilogram=sum(x.price_cents * x.units for x in lots) / kilograms,
        alike=round(statistics.mean(x.max_per_visit for x in lots)),
        acceptance=round(statistics.mean(x.acceptance for x in lots), 3),
    )


def _tenths(values: Iterable[int]) -> tuple[int, ...]:
    """Nine values; of one alone, that one."""
    there = sorted(values)
    return tuple(there[round(n * (len(there) - 1) / 10)] for n in range(1, 10))


def _shares(said: Iterable[str], of: int) -> dict[str, float]:
    return {what: n / of for what, n in sorted(Counter(said).items())}


def _appetite(group: str, visits_of: Sequence[Sequence[Visit]], adults: dict[str, float]) -> Appetite:
    """Means over households, each by its adult equivalents; none is told alone."""
    first, further, cap, eaten = [], [], [], []
    for visits in (v for v in visits_of if v):
        size = adults[visits[0].household]
        first.append(visits[0].need.get(group, 0) / size)
        eaten.append(visits[0].eat_per_day.get(group, 0) / size)
        needs = [v.need.get(group, 0) for v in visits]
        further += [(later - before) / size for before, later in pairwise(needs)]
        cap += [v.cap.get(group, 0) / n for v, n in zip(visits, needs, strict=True) if n]
    return Appetite(_mean(first), _mean(further), _mean(cap), _mean(eaten))


def _mean(values: Sequence[float]) -> float:
    return statistics.mean(values) if values else 0.0


def _household(chance: random.Random, fitted: Fitted, name: str) -> Household:
    sizes = list(fitted.sizes)
    return Household(
        id=name,
        adult_equivalents=chance.choices(sizes, [fitted.sizes[x] for x in sizes])[0],
        excludes=_some(chance, fitted.excludes),
        lacks=_some(chance, fitted.lacks),
        infant=chance.random() < fitted.infants,
    )


def _visits(chance: random.Random, fitted: Fitted, who: Household, monday: dt.date, weeks: int) -> list[Visit]:
    """One a week, on a weekday of its own."""
    adults, pays = who.adult_equivalents, chance.random() < fitted.shop
    day = monday + dt.timedelta(days=chance.choice(fitted.weekdays))
    visits = []
    for nth in range(weeks):
        need = {g: round(adults * (a.first + nth * a.next)) for g, a in fitted.appetite.items()}
        visits.append(
            Visit(
                id=f"{who.id}@{nth}",
                household=who.id,
                site="S",
                date=day + dt.timedelta(days=7 * nth),
                need=need,
                cap={g: round(grams * fitted.appetite[g].cap) for g, grams in need.items()},
                eat_per_day={g: round(adults * a.eaten) for g, a in fitted.appetite.items()},
                max_grams=fitted.carry_grams,
                channel="shop" if pays else "free",
                budget_cents=round(adults * fitted.budget_cents) if pays else None,
            )
        )
    return visits


def _arrivals(chance: random.Random, group: str, goods: Goods, day: dt.date, usual: float) -> list[Lot]:
    return [_lot(chance, group, goods, day, nth) for nth in range(_poisson(chance, usual))]


def _lot(chance: random.Random, group: str, goods: Goods, day: dt.date, nth: int) -> Lot:
    unit = chance.choice(goods.unit_grams)
    return Lot(
        id=f"{group}-{day.isoformat()}-{nth}",
        site="S",
        product=f"{group}-{chance.randrange(KINDS)}",
        group=group,
        unit_grams=unit,
        units=max(1, chance.choice(goods.units)),
        available_from=day,
        last_day=day + dt.timedelta(days=max(0, chance.choice(goods.life))),
        use_by=chance.random() < goods.use_by,
        contains=_some(chance, goods.contains),
        unknown_contents=chance.random() < goods.unknown_contents,
        needs=_some(chance, goods.needs),
        price_cents=round(unit * goods.cents_per_kilogram / 1000),
        channels=("free", "shop") if chance.random() < goods.sold else ("free",),
        max_per_visit=max(1, goods.alike),
        acceptance=goods.acceptance,
    )


def _some(chance: random.Random, shares: dict[str, float]) -> tuple[str, ...]:
    return tuple(what for what, share in shares.items() if chance.random() < share)


def _poisson(chance: random.Random, mean: float) -> int:
    """How many come where so many do on average: one after another, with waits that follow the exponential law."""
    n, waited = 0, chance.expovariate(1.0)
    while waited < mean:
        n, waited = n + 1, waited + chance.expovariate(1.0)
    return n
