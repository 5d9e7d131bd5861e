"""Made-up instances with the shape of real ones, from a seed: for tests, benchmarks and the simulator.

Each axis of difficulty is a field of `Shape`. Rations, keeping times and shelf lives are orders of magnitude
of French food aid, not measurements; nothing in an instance comes from a person.
"""

import datetime as dt
import random

from msgspec import Struct
from msgspec.structs import replace

from allocation.problem import Group, Household, Instance, Lot, Transfer, Visit


class Food(Struct, frozen=True):
    """A food group: its share of the balance, daily ration of an adult, and what its products look like."""

    id: str
    weight: float
    ration: int
    """Grams a day and adult equivalent."""
    keeps_weeks: float
    """How long a home can keep it."""
    slack: float
    """Cap over need: how much beyond the need is still useful."""
    units: tuple[int, ...]
    """Usual unit weights, in grams."""
    use_by: float
    """Share of lots with a safety date."""
    life: tuple[int, int]
    """Days from arrival to the last day, at least and at most."""
    needs: str = ""
    contains: str = ""


FOODS = (
    Food("fruit_veg", 0.26, 400, 1, 1.6, (250, 500, 1000), 0.9, (1, 8)),
    Food("fruit_veg_kept", 0.08, 60, 4, 1.6, (400, 800), 0.0, (90, 600)),
    Food("starch_refined", 0.08, 110, 4, 1.5, (500, 1000), 0.0, (30, 300), contains="gluten"),
    Food("starch_whole", 0.10, 60, 4, 1.6, (500, 1000), 0.0, (30, 300)),
    Food("bread", 0.04, 60, 1, 1.5, (250, 400), 1.0, (0, 3), contains="gluten"),
    Food("dairy_fresh", 0.09, 120, 1, 1.5, (250, 500), 1.0, (1, 12), "fridge", "lactose"),
    Food("milk", 0.05, 120, 4, 1.5, (1000,), 0.0, (60, 120), contains="lactose"),
    Food("cheese", 0.04, 25, 2, 1.4, (200, 250), 0.9, (3, 30), "fridge", "lactose"),
    Food("meat", 0.09, 60, 1, 1.4, (300, 400, 500), 0.9, (1, 6), "fridge", "meat"),
    Food("fish_egg", 0.10, 45, 2, 1.6, (180, 200, 360), 0.5, (2, 25), "fridge"),
    Food("fat", 0.04, 20, 8, 1.4, (250, 500, 1000), 0.0, (60, 300)),
    Food("sweet_salty", 0.03, 20, 4, 1.2, (180, 200, 250), 0.0, (60, 300), contains="nuts"),
)

SIZES = (1.0, 1.0, 1.1, 1.6, 2.0, 2.75, 3.6, 5.0)
"""Adult equivalents of a household; one in three lives alone."""

MONDAY = dt.date(2026, 11, 23)


class Shape(Struct, frozen=True):
    """How large and how hard an instance is."""

    households: int = 30
    lots: int = 80
    sites: int = 1
    sessions: int = 2
    """Sessions a household comes to, a week apart."""
    supply: float = 0.7
    """Grams on offer over grams needed."""
    short_dated: float = 0.5
    """Share of the lots that come from groups with short dates."""
    no_fridge: float = 0.05
    diets: float = 0.3
    """Share of households that exclude something."""
    shop: float = 0.5
    """Share of households that pay from a budget."""
    cents_per_kilogram: int = 60
    """Budget of a visit per kilogram of its need: lower bites more."""
    units: float = 1.0
    """Weight of a unit, relative to the usual: heavier ones fit worse."""
    trips_per_day: int = 0
    """Trips between each two sites on each of the first weekdays, where there are several sites."""
    unbalanced: float = 0.0
    """Share of the first site's lots that stand at the last one instead: what exchanges can mend."""


SMALL = Shape()
SHOP = Shape(households=200, lots=360)
TERRITORY = Shape(households=1500, lots=3000, sites=4, trips_per_day=1, unbalanced=0.2)

FAMILIES: dict[str, Shape] = {
    "small": SMALL,
    "scarce": replace(SMALL, supply=0.5),
    "plenty": replace(SMALL, supply=1.3),
    "short dates": replace(SMALL, short_dated=0.9),
    "no fridge": replace(SMALL, no_fridge=0.4),
    "diets": replace(SMALL, diets=0.8),
    "heavy units": replace(SMALL, units=2.0),
    "poor budgets": replace(SMALL, shop=1.0, cents_per_kilogram=15),
    "exchange": Shape(households=60, lots=160, sites=2, trips_per_day=1, unbalanced=0.7),
    "four sites": Shape(households=80, lots=200, sites=4, trips_per_day=1, unbalanced=0.7),
    "shop": SHOP,
    "territory": TERRITORY,
    "département": Shape(households=50_000, lots=60_000, sites=60),
}
"""What is measured: a small site, each axis of difficulty pulled on its own, and the sizes of real life."""

LARGE = ("territory", "département")
"""Families that take a minute and more a plan."""


def generate(seed: int, shape: Shape = SMALL, today: dt.date = MONDAY) -> Instance:
    """An instance of this shape; the same seed gives the same one."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    sites = tuple(f"S{i}" for i in range(shape.sites))
    households = tuple(_household(chance, f"H{i}", shape) for i in range(shape.households))
    visits = tuple(v for i, h in enumerate(households) for v in _visits(chance, h, sites[i % len(sites)], shape, today))
    return Instance(
        name=f"made-up-{seed}",
        today=today,
        ends=today + dt.timedelta(days=7 * shape.sessions - 1),
        groups=tuple(Group(f.id, f.weight) for f in FOODS),
        sites=sites,
        households=households,
        visits=visits,
        lots=_lots(chance, sites, _last_needs(visits), shape, today),
        transfers=_transfers(chance, sites, shape, today),
    )


def _household(chance: random.Random, name: str, shape: Shape) -> Household:
    excludes: tuple[str, ...] = ()
    if chance.random() < shape.diets:
        excludes = (chance.choice(("pork", "pork", "pork", "meat", "lactose", "gluten", "nuts")),)
    shares = (("fridge", shape.no_fridge), ("freezer", 0.3), ("oven", 0.15))
    return Household(
        id=name,
        adult_equivalents=chance.choice(SIZES),
        excludes=excludes,
        lacks=tuple(what for what, share in shares if chance.random() < share),
        infant=chance.random() < 0.06,
    )


def _visits(chance: random.Random, household: Household, site: str, shape: Shape, today: dt.date) -> list[Visit]:
    """Visits a week apart; the need of the first depends on what the home still keeps."""
    first = today + dt.timedelta(days=chance.choice((1, 3, 4)))
    shop = chance.random() < shape.shop
    adults = household.adult_equivalents
    need = {f.id: f.ration * 7 * adults * max(1.0, f.keeps_weeks * chance.random()) for f in FOODS}
    visits = []
    for nth in range(shape.sessions):
        whole = {g: int(grams) for g, grams in need.items()}
        weight = sum(f.ration * 7 * adults for f in FOODS)
        visits.append(
            Visit(
                id=f"{household.id}@{nth}",
                household=household.id,
                site=site,
                date=first + dt.timedelta(days=7 * nth),
                need=whole,
                cap={f.id: max(int(whole[f.id] * f.slack), f.units[0]) for f in FOODS},
                eat_per_day={f.id: int(2 * f.ration * adults) for f in FOODS},
                max_grams=int(chance.choice((8_000, 12_000, 20_000)) * max(1.0, adults / 1.5)),
                channel="shop" if shop else "free",
                budget_cents=int(weight * shape.cents_per_kilogram / 1000) if shop else None,
            )
        )
        need = {f.id: need[f.id] + f.ration * 7 * adults for f in FOODS}
    return visits


def _last_needs(visits: tuple[Visit, ...]) -> dict[str, int]:
    last = {v.household: v for v in visits}
    return {f.id: sum(v.need[f.id] for v in last.values()) for f in FOODS}


def _lots(
    chance: random.Random, sites: tuple[str, ...], needs: dict[str, int], shape: Shape, today: dt.date
) -> tuple[Lot, ...]:
    """Lots whose weights add up to `supply` times the needs; gifts never match the needs group by group."""
    short = [f for f in FOODS if f.use_by >= 0.5]
    kept = [f for f in FOODS if f.use_by < 0.5]
    foods = [
        chance.choices(pool, [needs[f.id] for f in pool])[0]
        for pool in (short if chance.random() < shape.short_dated else kept for _ in range(shape.lots))
    ]
    sizes = [chance.lognormvariate(0, 0.9) for _ in foods]
    grams = shape.supply * sum(needs.values()) / (sum(sizes) or 1)
    return tuple(
        _lot(chance, f"L{i}", chance.choice(sites), food, size * grams, shape, today)
        for i, (food, size) in enumerate(zip(foods, sizes, strict=True))
    )


def _lot(chance: random.Random, name: str, site: str, food: Food, grams: float, shape: Shape, today: dt.date) -> Lot:
    comes = today + dt.timedelta(days=0 if chance.random() < 0.4 else chance.randrange(7 * shape.sessions - 1))
    unit = int(chance.choice(food.units) * shape.units)
    contains = [food.contains] if food.contains and chance.random() < 0.9 else []
    if food.id == "meat" and chance.random() < 0.3:
        contains.append("pork")
    lot = Lot(
        id=name,
        site=site,
        product=f"{food.id}-{chance.randrange(25)}",
        group=food.id,
        unit_grams=unit,
        units=max(1, round(grams / unit)),
        available_from=comes,
        last_day=comes + dt.timedelta(days=chance.randint(*food.life)),
        use_by=chance.random() < food.use_by,
        contains=tuple(contains),
        unknown_contents=chance.random() < 0.03,
        needs=((chance.choice((food.needs, food.needs, "freezer")),) if food.needs else ()),
        infant_only=chance.random() < 0.01,
        price_cents=max(1, unit * chance.randint(10, 60) // 1000),
        channels=("free", "shop") if chance.random() < 0.85 else ("free",),
        max_per_visit=chance.choice((2, 3, 4, 8)),
        acceptance=round(chance.triangular(0.7, 1.0, 0.93), 2),
    )
    moved = site == "S0" and len({"S0", f"S{shape.sites - 1}"}) == 2 and chance.random() < shape.unbalanced
    return replace(lot, site=f"S{shape.sites - 1}") if moved else lot


def _transfers(chance: random.Random, sites: tuple[str, ...], shape: Shape, today: dt.date) -> tuple[Transfer, ...]:
    trips = []
    for origin in sites:
        for destination in (s for s in sites if s != origin):
            for nth in range(shape.trips_per_day * 3 * shape.sessions):
                departs = today + dt.timedelta(days=2 * nth // shape.trips_per_day)
                trips.append(
                    Transfer(
                        id=f"{origin}-{destination}-{nth}",
                        origin=origin,
                        destination=destination,
                        departs=departs,
                        arrives=departs + dt.timedelta(days=1),
                        max_grams=150_000,
                        cold=chance.random() < 0.5,
                    )
                )
    return tuple(trips)
