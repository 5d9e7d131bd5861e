"""Made-up households with the composition of those that food aid meets, from a seed. Nobody here exists.

Of French food-bank users in 2020–22, 37 % live alone and 56 % have a child, of whom a third of all are single
parents (CSA for the Banques Alimentaires); the rest of the figures are orders of magnitude.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from msgspec import Struct

from api.demo.facts import SiteFacts, network
from households.composition import ADULT_AGE, AGE_BANDS, Composition, Person, compose
from households.living_remainder import Line
from households.sealing import Identity, Named
from households.vocabulary import HEARD, HOUSING

ALONE, SINGLE_PARENTS, COUPLES_WITH_CHILDREN = 0.37, 0.33, 0.23
SITES = {"BERLINE": 0.4, "TERRIL": 0.35, "MARAIS": 0.25}
"""Share of the households that come to each site."""
MONTHLY_CENTS = {1: 2000, 2: 3000, 3: 3500, 4: 4000, 5: 4500}
"""Purchase right a month in the shop by number of persons; 50 € beyond."""

EXCLUDE = (
    ("pork", "gelatine"),
    ("pork",),
    ("pork", "alcohol"),
    ("meat", "pork"),
    ("milk",),
    ("gluten",),
    ("nuts",),
    ("fish",),
)
EXCLUDE_WEIGHTS = (30, 20, 15, 8, 10, 8, 5, 4)
LACKS = (("freezer", 0.3), ("oven", 0.15), ("microwave", 0.15), ("fridge", 0.04), ("hob", 0.02))

FAMILY_NAMES = (
    "Delattre", "Benali", "Kowalczyk", "Lemaire", "Vasseur", "Diallo", "Nowak", "Dubreucq", "Haddad", "Lefebvre",
    "Caron", "Mendes", "Ouali", "Pruvost", "Traoré", "Wojcik", "Carlier", "Saïdi", "Leroux", "Fournier",
)  # fmt: skip
GIVEN_NAMES = (
    "Aline", "Bruno", "Chantal", "Daniel", "Estelle", "Fatima", "Gérard", "Inès", "Jacques", "Kévin",
    "Leïla", "Monique", "Nadia", "Olivier", "Patricia", "Rachid", "Sandrine", "Thierry", "Yasmina", "Zofia",
)  # fmt: skip
MEN = {"Bruno", "Daniel", "Gérard", "Jacques", "Kévin", "Olivier", "Rachid", "Thierry"}


STREETS = ("rue du Chevalement", "rue des Lampistes", "allée des Bouleaux", "rue du Marais", "place de la Berline")
HEARD_WEIGHTS = (15, 20, 20, 25, 8, 5, 3, 3, 1)
HOUSING_WEIGHTS = (5, 55, 20, 6, 10, 2, 1, 1)
STATUS = {
    "wages": "wages",
    "unemployment": "unemployment",
    "minimum_income": "minimum_income",
    "pensions": "pension",
    "disability": "disability",
}
"""Main income by the first line of money of that kind."""


class DemoHousehold(Struct, frozen=True):
    """One household as a social worker would enrol and admit it."""

    people: tuple[Person, ...]
    site: str
    organisation: str
    """The partner that follows them."""
    channel: str
    carry_grams: int
    monthly_cents: int | None
    """Purchase right in the shop; None where it is free."""
    excludes: tuple[str, ...]
    lacks: tuple[str, ...]
    first_request_on: dt.date
    admitted_on: dt.date
    admitted_until: dt.date
    lines: tuple[Line, ...]
    """Monthly income and charges in the kinds of the first scale."""
    identity: Identity
    situation: tuple[str, str, str]
    """How they heard of the network, their housing and their main income: for statistics."""


def households(seed: int, today: dt.date, count: int = 120) -> tuple[DemoHousehold, ...]:
    """So many households; the same seed and day give the same ones."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
    kinds = _kinds(count)
    chance.shuffle(kinds)
    places = chance.choices(list(SITES), weights=list(SITES.values()), k=count)
    sites = {site.code: site for site in network().sites}
    names = random.Random(seed + 1)  # noqa: S311 - the same; apart, so that names change nothing else
    return tuple(
        _household(chance, names, kind, sites[place], today) for kind, place in zip(kinds, places, strict=True)
    )


def _kinds(count: int) -> list[str]:
    """What each household is, in the shares of the survey."""
    alone, single, couples = (round(count * share) for share in (ALONE, SINGLE_PARENTS, COUPLES_WITH_CHILDREN))
    others = count - alone - single - couples
    return ["alone"] * alone + ["single parent"] * single + ["couple with children"] * couples + ["couple"] * others


def _household(
    chance: random.Random, names: random.Random, kind: str, site: SiteFacts, today: dt.date
) -> DemoHousehold:
    people = tuple(_people(chance, kind, today))
    size = compose(people, today, AGE_BANDS)
    admitted_until = today + dt.timedelta(days=chance.randint(8, 175))
    admitted_on = admitted_until - dt.timedelta(days=chance.choice((180, 270, 360)))
    family, given = chance.choice(FAMILY_NAMES), chance.choice(GIVEN_NAMES)
    return DemoHousehold(
        people=people,
        site=site.code,
        organisation="CCAS" if chance.random() < 0.3 else site.organisation,
        channel=site.channel,
        carry_grams=_carry(chance, size),
        monthly_cents=MONTHLY_CENTS.get(size.persons, 5000) if site.channel == "shop" else None,
        excludes=chance.choices(EXCLUDE, EXCLUDE_WEIGHTS)[0] if chance.random() < 0.3 else (),
        lacks=tuple(what for what, share in LACKS if chance.random() < share),
        first_request_on=admitted_on - dt.timedelta(days=chance.randint(3, 20)),
        admitted_on=admitted_on,
        admitted_until=admitted_until,
        lines=(lines := tuple(_money(chance, size))),
        identity=_identity(names, family, given, people, today),
        situation=(
            names.choices(list(HEARD), HEARD_WEIGHTS)[0],
            names.choices(list(HOUSING), HOUSING_WEIGHTS)[0],
            next((STATUS[line.kind] for line in lines if line.kind in STATUS), "none"),
        ),
    )


def _identity(names: random.Random, family: str, given: str, people: Sequence[Person], today: dt.date) -> Identity:
    """Invented names, birth days within the known years, and a number nobody has (Arcep keeps 06 39 98 for fiction)."""
    named = []
    for i, person in enumerate(people):
        adult = today.year - person.birth_year >= ADULT_AGE
        bond = "self" if i == 0 else "partner" if adult and i == 1 else "child"
        month = person.birth_month or names.randint(1, 12)
        birth = (
            f"{person.birth_year}-{month:02}-{names.randint(1, 28):02}" if adult else f"{person.birth_year}-{month:02}"
        )
        called = given if i == 0 else names.choice(GIVEN_NAMES)
        sex = "unsaid" if bond == "child" else "man" if called in MEN else "woman"
        named.append(Named(called, family, birth, bond, sex))
    phone = f"06 39 98 {names.randint(0, 99):02} {names.randint(0, 99):02}"
    return Identity(tuple(named), phone, f"{names.randint(1, 80)} {names.choice(STREETS)}, Valmont-en-Gohelle")


def _people(chance: random.Random, kind: str, today: dt.date) -> Iterator[Person]:
    if kind == "alone":
        yield _person(
            chance, chance.choice((chance.randint(19, 35), chance.randint(30, 64), chance.randint(60, 84))), today
        )
        return
    if kind == "couple":
        age = chance.randint(24, 74)
        yield from (_person(chance, age, today), _person(chance, max(18, age + chance.randint(-4, 4)), today))
        return
    children = _children(chance, (45, 33, 15, 7) if kind == "single parent" else (25, 35, 25, 10, 5))
    parent = max(children) + chance.randint(20, 34)
    yield _person(chance, parent, today)
    if kind != "single parent":
        yield _person(chance, parent + chance.randint(-4, 6), today)
    yield from (_person(chance, age, today) for age in children)


def _children(chance: random.Random, weights: Sequence[int]) -> list[int]:
    """Ages of one child or more, under 18."""
    number = chance.choices(range(1, len(weights) + 1), weights)[0]
    return [chance.randint(0, 17) for _ in range(number)]


def _person(chance: random.Random, age: int, today: dt.date) -> Person:
    """Somebody who reaches this age during the year; of the very young the month is known, too."""
    year = today.year - age
    if age > 2:
        return Person(year)
    return Person(year, chance.randint(1, today.month if age == 0 else 12))


def _carry(chance: random.Random, size: Composition) -> int:
    """By car, by bus or on foot; the old carry less."""
    if size.ages[0] >= 70:
        return chance.choice((6_000, 8_000, 10_000))
    return chance.choice((10_000, 15_000, 25_000, 40_000)) + 3_000 * (size.persons - 1)


def _money(chance: random.Random, size: Composition) -> Iterator[Line]:
    """Rent, bills, and the income that leaves 1.50 to 10.50 € per person and day."""
    rent = (380 + 70 * size.persons + chance.randint(-40, 60)) // 10 * 1000
    bills = (70 + 25 * size.persons + chance.randint(0, 30)) // 5 * 500
    phone = chance.choice((1500, 2000, 3000, 4500))
    charges = rent + bills + min(phone, 4000)
    income = charges + chance.randint(150, 1050) * 30 * size.persons // 1000 * 1000
    housing = min(income, rent // 2 // 1000 * 1000)
    family = 15_000 * max(0, sum(age < 18 for age in size.ages) - 1)
    yield Line("housing_benefit", housing, proof_seen=True)
    if family and housing + family < income:
        yield Line("family_allowances", family, proof_seen=True)
        housing += family
    yield Line(_main_income(chance, size), income - housing, proof_seen=True)
    yield Line("rent", rent, proof_seen=True)
    yield Line("energy_water", bills, proof_seen=chance.random() < 0.8)
    yield Line("phone_internet", phone)


def _main_income(chance: random.Random, size: Composition) -> str:
    if size.ages[0] >= 64:
        return "pensions"
    return chance.choices(("minimum_income", "wages", "unemployment", "disability"), (35, 30, 20, 15))[0]
