"""Small named instances, small enough to solve by hand, and random ones for properties."""

import datetime as dt
from random import Random
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from allocation.baselines import fefo_to_cap
from allocation.generate import Shape, generate
from allocation.problem import Ban, Give, Group, Household, Instance, Lot, Move, Pin, Plan, Transfer, Visit

MONDAY = dt.date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + dt.timedelta(days=n) for n in (1, 2, 3))
NEXT_TUESDAY = TUESDAY + dt.timedelta(days=7)
SUNDAY_AFTER = MONDAY + dt.timedelta(days=13)


def household(name: str = "H", **changes: Any) -> Household:
    return replace(Household(name, adult_equivalents=1.0), **changes)


def visit(name: str = "V", **changes: Any) -> Visit:
    """A household that comes on Tuesday, needs a kilogram of bread, can use two and eats 500 g a day."""
    plain = Visit(
        id=name,
        household="H",
        site="shop",
        date=TUESDAY,
        need={"bread": 1000},
        cap={"bread": 2000},
        eat_per_day={"bread": 500},
        max_grams=10_000,
    )
    return replace(plain, **changes)


def lot(name: str = "L", **changes: Any) -> Lot:
    """Ten loaves of 250 g, good until Thursday."""
    plain = Lot(
        id=name,
        site="shop",
        product="loaf",
        group="bread",
        unit_grams=250,
        units=10,
        available_from=MONDAY,
        last_day=THURSDAY,
    )
    return replace(plain, **changes)


def trip(name: str = "T", **changes: Any) -> Transfer:
    """A trip from the shop to the annex, Monday to Tuesday."""
    return replace(Transfer(name, "shop", "annex", MONDAY, TUESDAY, 5000), **changes)


def instance(**changes: Any) -> Instance:
    """One household, one visit, one lot, two sites."""
    plain = Instance(
        name="by hand",
        today=MONDAY,
        ends=SUNDAY_AFTER,
        groups=(Group("bread", 1.0),),
        sites=("shop", "annex"),
        households=(household(),),
        visits=(visit(),),
        lots=(lot(),),
    )
    return replace(plain, **changes)


def plan(*lines: tuple[str, str, int], move: tuple[tuple[str, str, int], ...] = ()) -> Plan:
    return Plan("by hand", tuple(Give(*line) for line in lines), tuple(Move(*line) for line in move))


SHAPES = st.builds(
    Shape,
    households=st.integers(1, 9),
    lots=st.integers(1, 25),
    sites=st.integers(1, 3),
    sessions=st.integers(1, 3),
    supply=st.floats(0.1, 1.5),
    short_dated=st.floats(0, 1),
    no_fridge=st.floats(0, 1),
    diets=st.floats(0, 1),
    shop=st.floats(0, 1),
    cents_per_kilogram=st.integers(1, 100),
    trips_per_day=st.integers(0, 1),
    unbalanced=st.floats(0, 1),
)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Made-up instances of all shapes, some with few lines a basket, something had before, pins and bans that hold."""
    plain = generate(draw(st.integers(0, 10_000)), draw(SHAPES))
    had = draw(st.sampled_from((0, 0, 300, 20_000)))
    some = [{g.id: had * (n % 3) for g in plain.groups[n % 2 :: 2]} for n, _ in enumerate(plain.households)]
    plain = replace(
        plain, households=tuple(replace(h, had=grams) for h, grams in zip(plain.households, some, strict=True))
    )
    most = draw(st.sampled_from((1_000_000, 1_000_000, 4, 1)))
    plain = replace(plain, visits=tuple(replace(v, max_lines=most) for v in plain.visits))
    return with_hand(plain, draw(st.integers(0, 3)), draw(st.integers(0, 3)))


def with_hand(plain: Instance, pins: int, bans: int) -> Instance:
    """The instance with some baskets of a legal plan pinned whole, and some lines of it banned."""
    give = fefo_to_cap(plain).give
    visits = list(dict.fromkeys(line.visit for line in give))[:pins]
    pinned = tuple(Pin(line.visit, line.lot, line.units) for line in give if line.visit in visits)
    free = [line for line in give if line.visit not in visits]
    banned = tuple(Ban(line.visit, line.lot) for line in free[:: max(1, len(free) // 3)][:bans])
    return replace(plain, pins=pinned, bans=banned)


SHOP_DAY = dt.date(2026, 11, 27)
SHOP_GROUPS = ("fruit", "dairy", "starch")


def tight_shop(chance: Random) -> Instance:
    """One visit to a shop where little of each thing suits: every limit is near."""
    excludes, lacks = chance.choice([(), ("pork",)]), chance.choice([(), ("fridge",)])
    household = Household("H", 1.0, excludes=excludes, lacks=lacks)
    visit = Visit(
        id="V",
        household="H",
        site="shop",
        date=SHOP_DAY,
        need=dict.fromkeys(SHOP_GROUPS, 1000),
        cap={group: chance.randrange(0, 4000, 500) for group in SHOP_GROUPS},
        eat_per_day={group: chance.randrange(0, 600, 100) for group in SHOP_GROUPS},
        max_grams=chance.randrange(1000, 9000, 500),
        channel="shop",
        budget_cents=chance.choice([None, 0, 150, 400]),
    )
    lots = tuple(_shop_lot(chance, f"L{n}") for n in range(8))
    return Instance(
        name="shop",
        today=SHOP_DAY,
        ends=SHOP_DAY + dt.timedelta(days=20),
        groups=tuple(Group(group, 1.0) for group in SHOP_GROUPS),
        sites=("shop",),
        households=(household,),
        visits=(visit,),
        lots=lots,
    )


def _shop_lot(chance: Random, name: str) -> Lot:
    return Lot(
        id=name,
        site="shop",
        product=name,
        group=chance.choice(SHOP_GROUPS),
        unit_grams=chance.choice([100, 500, 1000]),
        units=50,
        available_from=SHOP_DAY,
        last_day=SHOP_DAY + dt.timedelta(days=chance.randrange(12)),
        use_by=chance.random() < 0.6,
        contains=chance.choice([(), (), (), ("pork",)]),
        needs=chance.choice([(), (), (), ("fridge",)]),
        infant_only=chance.random() < 0.1,
        price_cents=chance.choice([0, 30, 90]),
        channels=chance.choice([("free", "shop"), ("free", "shop"), ("free",)]),
        max_per_visit=chance.choice([1, 3, 9]),
    )
