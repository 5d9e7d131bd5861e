"""Two months of deliveries before the day the demo is loaded, from a seed: what came, and what still stands there.

Pure values; the loader books them through the same verbs as people do. Volumes are those of 120 households of which
each takes some 27 kg home a month. Everything is told relative to `today`, so that dates are always near.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from api.demo.facts import articles, network, products
from stock.dates import DateKind
from stock.reference import Family, families

LIVE_LOTS = 400
HALF_GONE_DAYS = 14
"""After so many days about half of what came has been handed out."""

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)


class Delivery(Struct, frozen=True):
    """Goods of one donor at one site on one day."""

    on: dt.date
    hour: int
    donor: str
    site: str
    source: str
    lines: tuple["DeliveredLine", ...]


class DeliveredLine(Struct, frozen=True):
    """One lot of a delivery, as `stock.intake.take_in` takes it."""

    scan: str
    """A GTIN, or the code of an internal article after `ART-`."""
    quantity: int
    """Pieces, or grams where goods are weighed."""
    weighed: bool
    date: dt.date | None
    lot_number: str
    temperature_tenths: int | None
    checked: bool
    """Somebody looked at the packs: it came in past its best-before date."""
    left: int = 0
    """How much of it stands on the shelves today."""
    lost: int = 0
    """How much of it was lost; the rest was handed out."""
    cause: str = ""
    """Why it was lost."""


class Opening(Struct, frozen=True):
    """A distribution session of a site."""

    site: str
    on: dt.date
    channel: str


class Round(Struct, frozen=True):
    """What a donor brings on a weekday."""

    donor: str
    weekday: int
    site: str
    lines: tuple[int, int]
    """Fewest and most kinds of goods."""


class Goods(Struct, frozen=True):
    """A product or an internal article, with what deliveries need of it."""

    scan: str
    family: Family
    weighed: bool
    portion: int
    grams: int
    shelf_life_days: int | None


ROUNDS = (
    Round("BANQUE", MONDAY, "BERLINE", (17, 22)),
    Round("BANQUE", MONDAY, "TERRIL", (14, 18)),
    Round("BANQUE", MONDAY, "MARAIS", (10, 13)),
    Round("HYPER", MONDAY, "BERLINE", (20, 26)),
    Round("HYPER", TUESDAY, "TERRIL", (20, 26)),
    Round("HYPER", WEDNESDAY, "BERLINE", (20, 26)),
    Round("HYPER", THURSDAY, "MARAIS", (15, 20)),
    Round("HYPER", SATURDAY, "TERRIL", (18, 24)),
    Round("MARCHE", TUESDAY, "BERLINE", (12, 16)),
    Round("MARCHE", THURSDAY, "MARAIS", (10, 13)),
    Round("MARCHE", SATURDAY, "TERRIL", (12, 16)),
    Round("FERME", TUESDAY, "TERRIL", (3, 5)),
    Round("FERME", WEDNESDAY, "BERLINE", (3, 5)),
    Round("FERME", THURSDAY, "MARAIS", (3, 4)),
    Round("FOURNIL", WEDNESDAY, "TERRIL", (2, 3)),
    Round("FOURNIL", THURSDAY, "BERLINE", (2, 3)),
    Round("FOURNIL", FRIDAY, "MARAIS", (2, 3)),
)
DRIVES = ((12, "BERLINE"), (12, "TERRIL"), (45, "MARAIS"), (45, "BERLINE"))
"""Food drives: so many days ago, at that site."""
DRIVE_LINES = (28, 36)

FRESH = (
    "yoghurt yoghurt dairy_dessert soft_cheese hard_cheese cooked_ham charcuterie ready_meal ready_meal cut_produce "
    "minced_meat meat_cut poultry fish cured_fish plant_protein butter fresh_pastry packaged_pastry packaged_bread egg"
)
DRY = (
    "pasta_rice pasta_rice tinned_produce tinned_produce tinned_meal tinned_fish pulses flour whole_grain milk oil "
    "soup juice sugar_jam biscuit coffee_tea sauce infant_food hygiene breakfast_cereal chocolate"
)
OFFERS = {
    "HYPER": f"{FRESH} fruit vegetable biscuit crisps ice_cream frozen_meal",
    "MARCHE": "yoghurt dairy_dessert ready_meal soft_cheese cooked_ham cut_produce egg fruit fruit vegetable vegetable",
    "BANQUE": f"{DRY} milk frozen_vegetable frozen_fish frozen_meat hard_cheese yoghurt fruit potato dried_fruit_nuts",
    "FERME": "vegetable vegetable vegetable potato fruit",
    "FOURNIL": "bread bread viennoiserie",
    "COLLECTE": f"{DRY} sweets salt_vinegar soft_drink water",
}
"""Families each donor gives; one named twice comes twice as often."""

LIFE = {
    "yoghurt": (3, 20), "dairy_dessert": (3, 20), "ready_meal": (2, 7), "minced_meat": (2, 3), "meat_cut": (2, 5),
    "poultry": (2, 5), "fish": (2, 3), "cured_fish": (5, 18), "cooked_ham": (3, 18), "charcuterie": (4, 21),
    "soft_cheese": (4, 20), "hard_cheese": (10, 45), "cut_produce": (2, 5), "plant_protein": (4, 14),
    "butter": (8, 40), "fresh_pastry": (2, 3), "packaged_bread": (2, 9), "packaged_pastry": (4, 25), "egg": (6, 18),
    "cream_uht": (20, 90), "ice_cream": (60, 300), "crisps": (10, 90), "biscuit": (10, 200),
}  # fmt: skip
"""Days from delivery to the date on the pack; others keep `LONG`."""
LONG = (25, 500)
PIECES = {"chilled": (3, 14), "dry": (5, 20), "frozen": (3, 10)}


def deliveries(seed: int, today: dt.date, days: int = 60) -> tuple[Delivery, ...]:
    """Every delivery of the last `days` days, yesterday's included; some 400 lots of them are still there."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    came = [d for ago in range(days, 0, -1) for d in _of_day(chance, today - dt.timedelta(days=ago), ago)]
    return tuple(_keep_some(chance, came, today))


def this_morning(seed: int, today: dt.date) -> tuple[Delivery, ...]:
    """One delivery of each round, all come in today: full shelves for the first proposal."""
    chance = random.Random(seed + 1)  # noqa: S311 - made-up data, nothing secret
    return tuple(_delivery(chance, today, r.donor, r.site, r.lines) for r in ROUNDS)


def openings(today: dt.date, back: int = 60, ahead: int = 27) -> tuple[Opening, ...]:
    """The calendar: each site opens once a week on its day."""
    days = (today + dt.timedelta(days=n) for n in range(-back, ahead + 1))
    return tuple(
        Opening(site.code, day, site.channel)
        for day in days
        for site in network().sites
        if site.weekday == day.weekday()
    )


def _of_day(chance: random.Random, on: dt.date, ago: int) -> Iterator[Delivery]:
    for round_ in ROUNDS:
        if round_.weekday == on.weekday():
            yield _delivery(chance, on, round_.donor, round_.site, round_.lines)
    for when, site in DRIVES:
        if when == ago:
            yield _delivery(chance, on, "COLLECTE", site, DRIVE_LINES)


def _delivery(chance: random.Random, on: dt.date, donor: str, site: str, lines: tuple[int, int]) -> Delivery:
    source = next(d.source for d in network().donors if d.code == donor)
    european = donor == "BANQUE" and chance.random() < 0.15
    chosen = _choose(chance, OFFERS[donor].split(), chance.randint(*lines))
    return Delivery(
        on=on,
        hour=chance.randint(8, 10),
        donor=donor,
        site=site,
        source="esf_plus" if european else source,
        lines=tuple(_line(chance, goods, on, donor) for goods in chosen),
    )


def _choose(chance: random.Random, offer: Sequence[str], number: int) -> list[Goods]:
    """Different goods, their families drawn from the offer."""
    by_family = _goods()
    chosen: dict[str, Goods] = {}
    for _ in range(number * 3):
        if len(chosen) == number:
            break
        if there := by_family[chance.choice(offer)]:
            goods = chance.choice(there)
            chosen.setdefault(goods.scan, goods)
    return list(chosen.values())


def _goods() -> dict[str, list[Goods]]:
    kinds = {family.code: family for family in families()}
    found: dict[str, list[Goods]] = defaultdict(list)
    for p in products():
        found[p.family].append(Goods(p.gtin, kinds[p.family], False, 1, p.net_grams, p.shelf_life_days))
    for a in articles():
        weighed = a.measure == "gram"
        found[a.family].append(
            Goods(f"ART-{a.code}", kinds[a.family], weighed, a.portion, a.unit_grams, a.shelf_life_days)
        )
    return found


def _line(chance: random.Random, goods: Goods, on: dt.date, donor: str) -> DeliveredLine:
    date = _date(chance, goods, on, donor)
    return DeliveredLine(
        scan=goods.scan,
        quantity=_quantity(chance, goods, donor),
        weighed=goods.weighed,
        date=date,
        lot_number=f"L{chance.randint(1000, 9999)}" if date and chance.random() < 0.7 else "",
        temperature_tenths=_temperature(chance, goods.family),
        checked=date is not None and date < on,
    )


def _quantity(chance: random.Random, goods: Goods, donor: str) -> int:
    if goods.weighed:
        most = 24 if goods.family.storage == "dry" else 6
        return chance.randint(2, most if donor == "FERME" else most // 3) * max(goods.portion, 500)
    if donor == "FOURNIL":
        return chance.randint(15, 40)
    fewest, most = PIECES[goods.family.storage]
    heavy = max(1, goods.grams // 500)
    return max(2, chance.randint(fewest, most) // heavy)


def _date(chance: random.Random, goods: Goods, on: dt.date, donor: str) -> dt.date | None:
    """The date on the pack: 48 hours away at least; now and then a best-before date is near, or just passed."""
    if goods.family.date_kind is DateKind.NONE:
        return None
    if goods.family.grace_days >= 60 and donor in ("BANQUE", "COLLECTE"):
        draw = chance.random()
        if draw < 0.03:
            return on - dt.timedelta(days=chance.randint(1, 20))
        if draw < 0.13:
            return on + dt.timedelta(days=chance.randint(5, 30))
    return on + dt.timedelta(days=chance.randint(*LIFE.get(goods.family.code, LONG)))


def _temperature(chance: random.Random, family: Family) -> int | None:
    """Usually within the limit, now and then a little above it but within its tolerance."""
    if family.max_tenths is None:
        return None
    if family.tolerance_tenths and chance.random() < 0.04:
        return family.max_tenths + chance.randint(1, family.tolerance_tenths)
    return family.max_tenths - chance.randint(0, 20)


# What is still there


def _keep_some(chance: random.Random, came: Sequence[Delivery], today: dt.date) -> Iterator[Delivery]:
    """The same deliveries, each line with what is left of it and what was lost."""
    keeping = [(d, n) for d, delivery in enumerate(came) for n in _keeps(delivery, today)]
    drawn = {(d, n): chance.random() ** _speed(came[d], came[d].lines[n], today) for d, n in keeping}
    live = set(sorted(drawn, key=drawn.__getitem__, reverse=True)[:LIVE_LOTS])
    for d, delivery in enumerate(came):
        lines = (
            _with_left(chance, line) if (d, n) in live else _with_loss(chance, line)
            for n, line in enumerate(delivery.lines)
        )
        yield replace(delivery, lines=tuple(lines))


def _keeps(delivery: Delivery, today: dt.date) -> list[int]:
    """The lines that could still be given today."""
    last = _last_days()
    return [
        n
        for n, line in enumerate(delivery.lines)
        if (line.date or delivery.on) + dt.timedelta(days=last[line.scan]) >= today
    ]


def _last_days() -> dict[str, int]:
    """Days goods may be given after the date on the pack, or after delivery where they bear none."""
    return {
        goods.scan: (goods.shelf_life_days or 0) if goods.family.date_kind is DateKind.NONE else goods.family.grace_days
        for there in _goods().values()
        for goods in there
    }


def _speed(delivery: Delivery, line: DeliveredLine, today: dt.date) -> float:
    """The exponent that makes a line of `HALF_GONE_DAYS` ago half as likely to be drawn as one of today.

    Chilled goods that still have some days came lately, and most of them wait for the next session.
    """
    fresh = 0.2 if line.temperature_tenths is not None and line.temperature_tenths > 0 else 1.0
    return fresh * 2 ** ((today - delivery.on).days / HALF_GONE_DAYS)


def _with_left(chance: random.Random, line: DeliveredLine) -> DeliveredLine:
    step = 500 if line.weighed else 1
    left = max(step, round(line.quantity * chance.uniform(0.15, 0.8) / step) * step)
    return replace(line, left=min(left, line.quantity))


def _with_loss(chance: random.Random, line: DeliveredLine) -> DeliveredLine:
    if chance.random() >= 0.18:
        return line
    step = 500 if line.weighed else 1
    lost = max(step, round(line.quantity * chance.uniform(0.1, 0.6) / step) * step)
    cause = chance.choices(("date", "quality", "breakage", "cold"), (6, 2, 1, 1))[0]
    return replace(line, lost=min(lost, line.quantity), cause=cause)
