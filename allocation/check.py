"""An independent checker: the sixteen hard rules of a plan, verified without any solver.

It shares no code with the model or the search, on purpose: every rule is said twice, here as a plain
sentence over plain values. Whoever accepts a plan runs it, and so do the tests. `check` returns what is
broken; an empty list means that the plan may be carried out.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from allocation.problem import Give, Instance, Lot, Move, Plan, Transfer, Visit
from common.errors import Refusal
from common.words import N_, Cents, Grams, Words

RULES = {
    0: "known",
    1: "place",
    2: "date",
    3: "contents",
    4: "equipment",
    5: "channel",
    6: "infant",
    7: "stock",
    8: "max_per_visit",
    9: "carry",
    10: "budget",
    11: "cap",
    12: "eatable",
    13: "transfers",
    14: "pins",
    15: "max_lines",
    16: "most_baskets",
}
"""The number and the short name of each rule; 0 is for lines that speak of nothing that exists."""

OF_KIND = (2, 3, 4, 5, 6)
"""Rules that speak of what a household is given, whatever else it gets: no quantity makes them hold."""
COLD = frozenset({"fridge", "freezer"})


class Broken(Struct, frozen=True):
    """One breach of one rule: the sentence that says it, and the ids at fault."""

    rule: int
    message: str
    data: dict[str, Any]
    ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return RULES[self.rule]

    def say(self, words: Words) -> str:
        """The sentence a person reads, in their language."""
        return words.text(self.message, **self.data)

    def __str__(self) -> str:
        return self.message % self.data


class PinsBreakRule(Refusal):
    """Lines fixed by hand that break a rule by themselves: they are never repaired in silence."""

    message = N_("The lines fixed by hand cannot hold together: %(reasons)s")

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        super().__init__(reasons=" ".join(map(str, broken)))
        self.broken = broken

    def say(self, words: Words) -> str:
        reasons = " ".join(b.say(words) for b in self.broken)
        return words.text(self.message, reasons=reasons)


class _Lines:
    """The lines of a plan joined with what they speak of; lines that speak of nothing are left out."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.plan = plan

    @cached_property
    def gives(self) -> list[tuple[Visit, Lot, int]]:
        visits, lots = self.instance.visit_by_id, self.instance.lot_by_id
        return [(visits[g.visit], lots[g.lot], g.units) for g in self.plan.give if g.visit in visits and g.lot in lots]

    @cached_property
    def moves(self) -> list[tuple[Transfer, Lot, int]]:
        trips, lots = self.instance.transfer_by_id, self.instance.lot_by_id
        return [
            (trips[m.transfer], lots[m.lot], m.units) for m in self.plan.move if m.transfer in trips and m.lot in lots
        ]

    @cached_property
    def baskets(self) -> dict[str, list[tuple[Lot, int]]]:
        """What each visit is given."""
        baskets: dict[str, list[tuple[Lot, int]]] = defaultdict(list)
        for visit, lot, units in self.gives:
            baskets[visit.id].append((lot, units))
        return baskets

    @cached_property
    def units(self) -> dict[tuple[str, str], int]:
        """Units of a lot at a visit, however many lines say so."""
        units: dict[tuple[str, str], int] = defaultdict(int)
        for visit, lot, n in self.gives:
            units[visit.id, lot.id] += n
        return units

    @cached_property
    def arrivals(self) -> dict[tuple[str, str], list[tuple[dt.date, int]]]:
        """The day and the units of each arrival of a lot at a site."""
        arrivals: dict[tuple[str, str], list[tuple[dt.date, int]]] = defaultdict(list)
        for trip, lot, units in self.moves:
            arrivals[lot.id, trip.destination].append((trip.arrives, units))
        return arrivals


def check(instance: Instance, plan: Plan, rules: Iterable[int] = RULES) -> list[Broken]:
    """What the plan breaks of these rules, one by one; an empty list when every rule holds."""
    lines = _Lines(instance, plan)
    return [broken for rule in rules for broken in _ALL[rule](lines)]


def refuse_bad_pins(instance: Instance) -> None:
    """Raises PinsBreakRule if the pins alone, carried by whatever trips can bring them, break a rule."""
    give = tuple(Give(p.visit, p.lot, p.units) for p in instance.pins if p.units > 0)
    plan = Plan(instance.name, give=give, move=tuple(move for _, move in trips_for(instance, give)))
    if broken := check(instance, plan):
        raise PinsBreakRule(tuple(broken))


def trips_for(instance: Instance, give: tuple[Give, ...], before: tuple[Move, ...] = ()) -> Iterator[tuple[Give, Move]]:
    """Trips for the lines whose lot stands elsewhere.

    Those that brought the lot `before`, the earliest for who comes first; then, line by line, the roomiest that arrive
    in time.
    """
    room = {t.id: t.max_grams for t in instance.transfers}
    known = Counter({(move.transfer, move.lot): move.units for move in before})
    left = {line: line.units for line in sorted(give, key=lambda g: (instance.visit_by_id[g.visit].date, g))}
    for line, move in _load(instance, left, lambda t: (t.arrives, t.id), lambda t, lot: known[t.id, lot.id]):
        known[move.transfer, move.lot] -= move.units
        room[move.transfer] -= move.units * instance.lot_by_id[move.lot].unit_grams
        yield line, move
    for line, move in _load(instance, left, lambda t: (-room[t.id], t.id), lambda t, lot: room[t.id] // lot.unit_grams):
        room[move.transfer] -= move.units * instance.lot_by_id[move.lot].unit_grams
        yield line, move


def _load(
    instance: Instance,
    left: dict[Give, int],
    rank: Callable[[Transfer], Any],
    most: Callable[[Transfer, Lot], int],
) -> Iterator[tuple[Give, Move]]:
    """What is left of each line onto the trips that could bring it, by rank, each as far as it has room for the lot."""
    for line in left:
        visit, lot = instance.visit_by_id[line.visit], instance.lot_by_id[line.lot]
        trips = [t for t in instance.transfers if _could_bring(t, lot, visit)] if lot.site != visit.site else []
        for trip in sorted(trips, key=rank):
            if (units := min(left[line], most(trip, lot))) > 0:
                left[line] -= units
                yield line, Move(trip.id, lot.id, units)


def _could_bring(trip: Transfer, lot: Lot, visit: Visit) -> bool:
    return (
        trip.origin == lot.site
        and trip.destination == visit.site
        and trip.arrives <= visit.date
        and lot.available_from <= trip.departs <= lot.last_day
        and (trip.cold or not COLD & set(lot.needs))
    )


def _known(lines: _Lines) -> Iterator[Broken]:
    """Every line speaks of a visit, a lot and a transfer of the instance."""
    instance = lines.instance
    named: list[tuple[str, str, Mapping[str, object]]] = [
        ("visit", g.visit, instance.visit_by_id) for g in lines.plan.give
    ]
    named += [("lot", g.lot, instance.lot_by_id) for g in lines.plan.give]
    named += [("transfer", m.transfer, instance.transfer_by_id) for m in lines.plan.move]
    named += [("lot", m.lot, instance.lot_by_id) for m in lines.plan.move]
    for what, name, known in named:
        if name not in known:
            message = N_("The plan speaks of the %(what)s %(id)s, which does not exist.")
            yield Broken(0, message, {"what": what, "id": name}, (name,))


def _place(lines: _Lines) -> Iterator[Broken]:
    """1. A lot is given where it stands, or where some move of the plan brings it."""
    for visit, lot, _ in lines.gives:
        if lot.site != visit.site and not lines.arrivals[lot.id, visit.site]:
            message = N_("Lot %(lot)s stands at %(lot_site)s, visit %(visit)s is at %(visit_site)s.")
            data = {"lot": lot.id, "lot_site": lot.site, "visit": visit.id, "visit_site": visit.site}
            yield Broken(1, message, data, (visit.id, lot.id))


def _date(lines: _Lines) -> Iterator[Broken]:
    """2. available_from, and the arrival of a lot that was moved, ≤ day of the visit ≤ last_day."""
    for visit, lot, _ in lines.gives:
        first = lot.available_from
        if lot.site != visit.site and (arrivals := lines.arrivals[lot.id, visit.site]):
            first = max(first, min(day for day, _ in arrivals))
        if not first <= visit.date <= lot.last_day:
            message = N_("Lot %(lot)s may be given from %(first)s to %(last)s, visit %(visit)s is on %(day)s.")
            data = {
                "lot": lot.id,
                "first": first,
                "last": lot.last_day,
                "visit": visit.id,
                "day": visit.date,
            }
            yield Broken(2, message, data, (visit.id, lot.id))


def _contents(lines: _Lines) -> Iterator[Broken]:
    """3. Nothing a household excludes; unknown contents only where nothing is excluded."""
    for visit, lot, _ in lines.gives:
        excludes = lines.instance.household_by_id[visit.household].excludes
        if not excludes:
            continue
        if found := sorted(set(excludes) & set(lot.contains)):
            message = N_("Lot %(lot)s contains %(contents)s, which visit %(visit)s excludes.")
            data = {"lot": lot.id, "contents": found, "visit": visit.id}
            yield Broken(3, message, data, (visit.id, lot.id))
        elif lot.unknown_contents:
            message = N_("Nobody knows what lot %(lot)s contains, and visit %(visit)s excludes %(contents)s.")
            data = {"lot": lot.id, "visit": visit.id, "contents": sorted(excludes)}
            yield Broken(3, message, data, (visit.id, lot.id))


def _equipment(lines: _Lines) -> Iterator[Broken]:
    """4. Nothing that needs equipment the household lacks."""
    for visit, lot, _ in lines.gives:
        lacks = lines.instance.household_by_id[visit.household].lacks
        if lacks and (missing := sorted(set(lacks) & set(lot.needs))):
            message = N_("Lot %(lot)s needs %(equipment)s, which visit %(visit)s lacks.")
            data = {"lot": lot.id, "equipment": missing, "visit": visit.id}
            yield Broken(4, message, data, (visit.id, lot.id))


def _channel(lines: _Lines) -> Iterator[Broken]:
    """5. The visit's channel is among the lot's."""
    for visit, lot, _ in lines.gives:
        if visit.channel not in lot.channels:
            message = N_("Lot %(lot)s is for %(channels)s, visit %(visit)s is %(channel)s.")
            data = {
                "lot": lot.id,
                "channels": list(lot.channels),
                "visit": visit.id,
                "channel": visit.channel,
            }
            yield Broken(5, message, data, (visit.id, lot.id))


def _infant(lines: _Lines) -> Iterator[Broken]:
    """6. Infant food only where there is an infant."""
    for visit, lot, _ in lines.gives:
        if lot.infant_only and not lines.instance.household_by_id[visit.household].infant:
            message = N_("Lot %(lot)s is for infants, there is none at visit %(visit)s.")
            yield Broken(6, message, {"lot": lot.id, "visit": visit.id}, (visit.id, lot.id))


def _stock(lines: _Lines) -> Iterator[Broken]:
    """7. Given and moved out ≤ units, for every lot; elsewhere, never more than what has arrived."""
    taken: dict[str, int] = defaultdict(int)
    elsewhere: dict[tuple[str, str], list[tuple[dt.date, int]]] = defaultdict(list)
    for visit, lot, units in lines.gives:
        if visit.site == lot.site:
            taken[lot.id] += units
        else:
            elsewhere[lot.id, visit.site].append((visit.date, units))
    for _, lot, units in lines.moves:
        taken[lot.id] += units
    for lot_id, asked in taken.items():
        if asked > (units := lines.instance.lot_by_id[lot_id].units):
            message = N_("Units of lot %(lot)s: %(units)s; taken by the plan: %(asked)s.")
            yield Broken(7, message, {"lot": lot_id, "units": units, "asked": asked}, (lot_id,))
    for (lot_id, site), asked_on in elsewhere.items():
        yield from _never_before_arrival(lot_id, site, asked_on, lines.arrivals[lot_id, site])


def _never_before_arrival(
    lot: str, site: str, asked_on: list[tuple[dt.date, int]], arrivals: list[tuple[dt.date, int]]
) -> Iterator[Broken]:
    for day in sorted({day for day, _ in asked_on}):
        asked = sum(n for on, n in asked_on if on <= day)
        come = sum(n for on, n in arrivals if on <= day)
        if asked > come:
            message = N_(
                "Units of lot %(lot)s that have reached %(site)s by %(day)s: %(come)s; given by the plan: %(asked)s."
            )
            data = {"day": day, "come": come, "lot": lot, "site": site, "asked": asked}
            yield Broken(7, message, data, (lot, site))


def _max_per_visit(lines: _Lines) -> Iterator[Broken]:
    """8. At most max_per_visit units of a lot at one visit."""
    for (visit, lot_id), units in lines.units.items():
        if units > (most := lines.instance.lot_by_id[lot_id].max_per_visit):
            message = N_("Units of lot %(lot)s at visit %(visit)s: %(units)s, at most %(most)s.")
            data = {"visit": visit, "units": units, "lot": lot_id, "most": most}
            yield Broken(8, message, data, (visit, lot_id))


def _carry(lines: _Lines) -> Iterator[Broken]:
    """9. Grams at a visit ≤ max_grams."""
    for visit_id, basket in lines.baskets.items():
        grams = sum(lot.unit_grams * units for lot, units in basket)
        if grams > (most := lines.instance.visit_by_id[visit_id].max_grams):
            message = N_("Visit %(visit)s gets %(grams)s, they can carry %(most)s.")
            data = {"visit": visit_id, "grams": Grams(grams), "most": Grams(most)}
            yield Broken(9, message, data, (visit_id,))


def _budget(lines: _Lines) -> Iterator[Broken]:
    """10. Price × units ≤ budget_cents, where a budget is set."""
    for visit_id, basket in lines.baskets.items():
        budget = lines.instance.visit_by_id[visit_id].budget_cents
        cost = sum(lot.price_cents * units for lot, units in basket)
        if budget is not None and cost > budget:
            message = N_("Visit %(visit)s costs %(cost)s, its budget is %(budget)s.")
            data = {"visit": visit_id, "cost": Cents(cost), "budget": Cents(budget)}
            yield Broken(10, message, data, (visit_id,))


def _cap(lines: _Lines) -> Iterator[Broken]:
    """11. Grams of a group over the visits so far ≤ cap, at every visit of a household."""
    for visits in lines.instance.visits_of.values():
        so_far: dict[str, int] = defaultdict(int)
        for visit in visits:
            for lot, units in lines.baskets.get(visit.id, ()):
                so_far[lot.group] += lot.unit_grams * units
            for group, grams in so_far.items():
                if grams > (most := visit.cap.get(group, 0)):
                    message = N_("By visit %(visit)s, %(grams)s of %(group)s, at most %(most)s are useful.")
                    data = {
                        "visit": visit.id,
                        "grams": Grams(grams),
                        "group": group,
                        "most": Grams(most),
                    }
                    yield Broken(11, message, data, (visit.id, group))


def _eatable(lines: _Lines) -> Iterator[Broken]:
    """12. For every date d, use-by grams with last_day ≤ d < eat_per_day × days to d + the largest unit."""
    for visit_id, basket in lines.baskets.items():
        visit = lines.instance.visit_by_id[visit_id]
        for group in sorted({lot.group for lot, _ in basket}):
            of_group = [(lot, units) for lot, units in basket if lot.group == group]
            largest = max(lot.unit_grams for lot, _ in of_group)
            for day in sorted({lot.last_day for lot, _ in of_group if lot.use_by}):
                grams = sum(n * lot.unit_grams for lot, n in of_group if lot.use_by and lot.last_day <= day)
                days = (day - visit.date).days + 1
                can_eat = visit.eat_per_day.get(group, 0) * days
                if grams >= can_eat + largest:
                    message = N_(
                        "Visit %(visit)s gets %(grams)s of %(group)s to eat by %(day)s,"
                        " it can eat %(can_eat)s and less than one unit more."
                    )
                    data = {
                        "visit": visit_id,
                        "grams": Grams(grams),
                        "group": group,
                        "day": day,
                        "can_eat": Grams(can_eat),
                    }
                    yield Broken(12, message, data, (visit_id, group))


def _transfers(lines: _Lines) -> Iterator[Broken]:
    """13. A lot leaves its own site while it is good, cold if it must be; mass ≤ max_grams."""
    mass: dict[str, int] = defaultdict(int)
    for trip, lot, units in lines.moves:
        mass[trip.id] += lot.unit_grams * units
        data: dict[str, Any] = {"trip": trip.id, "lot": lot.id}
        if trip.origin != lot.site:
            message = N_("Trip %(trip)s leaves from %(origin)s, lot %(lot)s stands at %(site)s.")
            data |= {"origin": trip.origin, "site": lot.site}
            yield Broken(13, message, data, (trip.id, lot.id))
        if not lot.available_from <= trip.departs <= lot.last_day:
            message = N_("Trip %(trip)s departs on %(day)s, lot %(lot)s may travel from %(first)s to %(last)s.")
            data |= {"day": trip.departs, "first": lot.available_from, "last": lot.last_day}
            yield Broken(13, message, data, (trip.id, lot.id))
        if COLD & set(lot.needs) and not trip.cold:
            message = N_("Lot %(lot)s must travel cold, trip %(trip)s is not.")
            yield Broken(13, message, data, (trip.id, lot.id))
    for trip_id, grams in mass.items():
        if grams > (most := lines.instance.transfer_by_id[trip_id].max_grams):
            message = N_("Trip %(trip)s carries %(grams)s, at most %(most)s are allowed.")
            data = {"trip": trip_id, "grams": Grams(grams), "most": Grams(most)}
            yield Broken(13, message, data, (trip_id,))


def _pins(lines: _Lines) -> Iterator[Broken]:
    """14. Pins hold exactly, and what is banned is not given."""
    for pin in lines.instance.pins:
        if (units := lines.units.get((pin.visit, pin.lot), 0)) != pin.units:
            message = N_("Units of lot %(lot)s at visit %(visit)s: %(units)s; fixed by hand: %(fixed)s.")
            data = {"visit": pin.visit, "units": units, "lot": pin.lot, "fixed": pin.units}
            yield Broken(14, message, data, (pin.visit, pin.lot))
    for ban in lines.instance.bans:
        if lines.units.get((ban.visit, ban.lot), 0):
            message = N_("Visit %(visit)s gets lot %(lot)s, which was ruled out by hand.")
            yield Broken(14, message, {"visit": ban.visit, "lot": ban.lot}, (ban.visit, ban.lot))


def _max_lines(lines: _Lines) -> Iterator[Broken]:
    """15. At most max_lines different lots at one visit."""
    for visit_id, basket in lines.baskets.items():
        given = len({lot.id for lot, units in basket if units})
        if given > (most := lines.instance.visit_by_id[visit_id].max_lines):
            message = N_("Visit %(visit)s gets %(given)s different lots, at most %(most)s may be packed.")
            yield Broken(15, message, {"visit": visit_id, "given": given, "most": most}, (visit_id,))


def _most_baskets(lines: _Lines) -> Iterator[Broken]:
    """16. At most most_baskets distinct baskets a session, the empty and those with pins apart."""
    most = lines.instance.most_baskets
    if most is None:
        return
    by_hand = {pin.visit for pin in lines.instance.pins}
    packed: dict[tuple[dt.date, str, str], set[frozenset[tuple[str, int]]]] = defaultdict(set)
    for visit_id in lines.baskets.keys() - by_hand:
        visit = lines.instance.visit_by_id[visit_id]
        basket = frozenset((lot.id, lines.units[visit_id, lot.id]) for lot, _ in lines.baskets[visit_id])
        packed[visit.date, visit.site, visit.channel].add(basket)
    for (day, site, _), baskets in sorted(packed.items()):
        if len(baskets) > most:
            message = N_("The session of %(day)s at %(site)s has %(found)s distinct baskets, at most %(most)s may be.")
            yield Broken(16, message, {"day": day, "site": site, "found": len(baskets), "most": most}, (site,))


_ALL: tuple[Callable[[_Lines], Iterator[Broken]], ...] = (
    _known,
    _place,
    _date,
    _contents,
    _equipment,
    _channel,
    _infant,
    _stock,
    _max_per_visit,
    _carry,
    _budget,
    _cap,
    _eatable,
    _transfers,
    _pins,
    _max_lines,
    _most_baskets,
)
