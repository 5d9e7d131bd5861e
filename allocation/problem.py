"""The allocation problem and its answer, as plain frozen values: `panier-instance/1` and `panier-plan/1`.

The two JSON formats are exchanged with programs outside the project, so their keys are fixed. Every value
checks itself when it is read: a negative weight or an unknown site never travels further. Weights are whole
grams, amounts whole cents, dates have no hours.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from common.errors import Refusal
from common.words import N_

MOST = 1_000_000_000
"""Units, grams or cents: a thousand tonnes, and products of two still fit the machine's whole numbers."""
Count = Annotated[int, Meta(ge=0, le=MOST)]
Positive = Annotated[int, Meta(gt=0, le=MOST)]
Share = Annotated[float, Meta(ge=0, le=1)]

GOALS = ("waste", "floor", "mean", "lines")
"""The goals of a plan in their default order; their order and slack are the partners' choice."""


class BadInstance(Refusal):
    """A problem that contradicts itself or cannot be read."""

    message = N_("The problem “%(name)s” cannot be used: %(reason)s.")


class Group(Struct, frozen=True):
    """A food group and its share of the balance."""

    id: str
    weight: Annotated[float, Meta(ge=0)]


class Household(Struct, frozen=True):
    """Who eats: nothing here names anybody."""

    id: str
    adult_equivalents: Annotated[float, Meta(gt=0)]
    excludes: tuple[str, ...] = ()
    """Contents not to be given, without their motive."""
    lacks: tuple[str, ...] = ()
    """Kitchen equipment that is missing."""
    infant: bool = False
    had: dict[str, Count] = {}
    """Grams of each group that it has already of what it could use, and that `need` is net of: who had more is served
    later. Nobody has any where it is left out."""


class Visit(Struct, frozen=True):
    """A household at one distribution session. `need` and `cap` are cumulative over its visits, in grams."""

    id: str
    household: str
    site: str
    date: dt.date
    need: dict[str, Count]
    cap: dict[str, Count]
    eat_per_day: dict[str, Count]
    max_grams: Count
    """What they can carry."""
    channel: str = "free"
    budget_cents: Count | None = None
    max_lines: Count = 1_000_000
    """Different lots at most, for those who pack."""


class Lot(Struct, frozen=True):
    """Units of one product with one date at one site."""

    id: str
    site: str
    product: str
    group: str
    unit_grams: Positive
    units: Count
    available_from: dt.date
    last_day: dt.date
    """The last day on which it may be handed over."""
    use_by: bool = False
    """True where that day is a safety date (DLC)."""
    contains: tuple[str, ...] = ()
    unknown_contents: bool = False
    needs: tuple[str, ...] = ()
    infant_only: bool = False
    price_cents: Count = 0
    channels: tuple[str, ...] = ("free", "shop")
    max_per_visit: Count = 1_000_000
    acceptance: Share = 1.0
    """Probability that a unit offered is really taken and eaten."""
    first: bool = False
    """The manager's hand: given before others, as if it were lost otherwise."""


class Transfer(Struct, frozen=True):
    """A possible trip between two sites."""

    id: str
    origin: str
    destination: str
    departs: dt.date
    arrives: dt.date
    max_grams: Count
    cold: bool = False


class Pin(Struct, frozen=True):
    """The manager's hand: exactly these units at this visit."""

    visit: str
    lot: str
    units: Count


class Ban(Struct, frozen=True):
    """The manager's hand: never this lot at this visit."""

    visit: str
    lot: str


class Level(Struct, frozen=True):
    """One goal of the policy, and the relative share of it that the goals below may use up."""

    goal: Literal["waste", "floor", "mean", "lines"]
    slack: Annotated[float, Meta(ge=0)] = 0.0


class Policy(Struct, frozen=True):
    """The goals in order, as the partners' council voted them."""

    levels: tuple[Level, ...] = (
        Level("waste", 0.01),
        Level("floor", 0.02),
        Level("mean", 0.01),
        Level("lines"),
    )

    def __post_init__(self) -> None:
        goals = [level.goal for level in self.levels]
        if not goals or len(set(goals)) < len(goals):
            # Said by whoever reads it from outside, as for any other value that is none.
            raise ValueError("each goal once, and one at least")


class Instance(Struct, frozen=True, dict=True):
    """Everything a plan depends on."""

    name: str
    today: dt.date
    ends: dt.date
    groups: tuple[Group, ...]
    sites: tuple[str, ...]
    households: tuple[Household, ...]
    visits: tuple[Visit, ...]
    lots: tuple[Lot, ...]
    transfers: tuple[Transfer, ...] = ()
    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    policy: Policy = Policy()
    format: Literal["panier-instance/1"] = "panier-instance/1"
    away: Share = 0.0
    """Probability that somebody who is expected does not come."""
    most_baskets: Positive | None = None
    """Distinct baskets a session, at most, for those who pack in series; baskets with pins do not count."""

    @cached_property
    def weights(self) -> dict[str, float]:
        """Each group's share of the balance, normalised to sum to one."""
        total = sum(g.weight for g in self.groups) or 1.0
        return {g.id: g.weight / total for g in self.groups}

    @cached_property
    def household_by_id(self) -> dict[str, Household]:
        return {h.id: h for h in self.households}

    @cached_property
    def visit_by_id(self) -> dict[str, Visit]:
        return {v.id: v for v in self.visits}

    @cached_property
    def lot_by_id(self) -> dict[str, Lot]:
        return {lot.id: lot for lot in self.lots}

    @cached_property
    def soonest(self) -> dict[str | None, list[Lot]]:
        """The lots of each food group, and all of them under None: what must go first, first."""
        of: dict[str | None, list[Lot]] = defaultdict(list)
        of[None] = sorted(self.lots, key=attrgetter("last_day", "id"))
        for lot in of[None]:
            of[lot.group].append(lot)
        return of

    @cached_property
    def transfer_by_id(self) -> dict[str, Transfer]:
        return {t.id: t for t in self.transfers}

    @cached_property
    def visits_of(self) -> dict[str, tuple[Visit, ...]]:
        """The visits of each household in date order; a household without a visit has none."""
        of: dict[str, list[Visit]] = {h.id: [] for h in self.households}
        for visit in sorted(self.visits, key=lambda v: (v.date, v.id)):
            of[visit.household].append(visit)
        return {h: tuple(visits) for h, visits in of.items()}


class Give(Struct, frozen=True, order=True):
    """Units of a lot for a visit."""

    visit: str
    lot: str
    units: Positive


class Move(Struct, frozen=True, order=True):
    """Units of a lot on a trip."""

    transfer: str
    lot: str
    units: Positive


class Bounds(Struct, frozen=True):
    """What no plan can better on that goal alone; None where it was not computed."""

    waste_kg: float | None = None
    floor: float | None = None
    mean: float | None = None


class Solver(Struct, frozen=True):
    """What made the plan, so that it can be made again."""

    name: str
    version: str
    seed: int = 0
    status: str = ""


class Why(Struct, frozen=True):
    """A short reason code for one line of a plan."""

    visit: str
    lot: str
    code: str


class Plan(Struct, frozen=True):
    """Who gets what, and what moves between sites."""

    instance: str
    give: tuple[Give, ...] = ()
    move: tuple[Move, ...] = ()
    bounds: Bounds = Bounds()
    seconds: float = 0.0
    solver: Solver = Solver("none", "0")
    why: tuple[Why, ...] = ()
    format: Literal["panier-plan/1"] = "panier-plan/1"


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder may raise: bad JSON or values, bytes that are no text, brackets without end."""


def read_instance(data: bytes) -> Instance:
    """The instance in this JSON; raises BadInstance with the place at fault."""
    try:
        instance = msgspec.json.decode(data, type=Instance)
    except UNREADABLE as error:
        raise BadInstance(name="?", reason=str(error)) from None
    for reason in _contradictions(instance):
        raise BadInstance(name=instance.name, reason=reason)
    return instance


def read_plan(data: bytes) -> Plan:
    """The plan in this JSON; raises BadInstance with the place at fault."""
    try:
        return msgspec.json.decode(data, type=Plan)
    except UNREADABLE as error:
        raise BadInstance(name="?", reason=str(error)) from None


def load_instance(path: Path) -> Instance:
    return read_instance(path.read_bytes())


def to_json(value: Instance | Plan) -> bytes:
    """The value in its exchange format, dates in ISO form."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def _contradictions(instance: Instance) -> Iterable[str]:
    """What does not hold together, a sentence each."""
    if instance.ends < instance.today:
        yield f"it ends on {instance.ends}, before today {instance.today}"
    yield from _twice(instance)
    yield from _unknown_in_visits(instance)
    yield from _unknown_in_lots(instance)
    for trip in instance.transfers:
        if not {trip.origin, trip.destination} <= set(instance.sites):
            yield f"transfer {trip.id} joins unknown sites"
        if trip.arrives < trip.departs:
            yield f"transfer {trip.id} arrives before it departs"
    for visit, lot in [(p.visit, p.lot) for p in instance.pins] + [(b.visit, b.lot) for b in instance.bans]:
        if visit not in instance.visit_by_id or lot not in instance.lot_by_id:
            yield f"a pin or ban speaks of an unknown visit or lot: {visit}, {lot}"


def _twice(instance: Instance) -> Iterable[str]:
    named = {
        "group": [g.id for g in instance.groups],
        "household": [h.id for h in instance.households],
        "visit": [v.id for v in instance.visits],
        "lot": [lot.id for lot in instance.lots],
        "transfer": [t.id for t in instance.transfers],
    }
    for what, ids in named.items():
        yield from (f"{what} {name} is there twice" for name, n in Counter(ids).items() if n > 1)


def _unknown_in_visits(instance: Instance) -> Iterable[str]:
    groups = {g.id for g in instance.groups}
    for household in instance.households:
        for group in sorted(household.had.keys() - groups):
            yield f"household {household.id} had some of an unknown group {group}"
    for visit in instance.visits:
        if visit.household not in instance.household_by_id:
            yield f"visit {visit.id} is of an unknown household {visit.household}"
        if visit.site not in instance.sites:
            yield f"visit {visit.id} is at an unknown site {visit.site}"
        for group in sorted((visit.need.keys() | visit.cap.keys()) - groups):
            yield f"visit {visit.id} speaks of an unknown group {group}"


def _unknown_in_lots(instance: Instance) -> Iterable[str]:
    groups = {g.id for g in instance.groups}
    for lot in instance.lots:
        if lot.group not in groups:
            yield f"lot {lot.id} is of an unknown group {lot.group}"
        if lot.site not in instance.sites:
            yield f"lot {lot.id} is at an unknown site {lot.site}"
