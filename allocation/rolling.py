"""Weeks of sessions replayed under one way of planning: what it knows grows from day to day, as in real life. Pure.

The truth is one long instance: everybody's visits, everything that came with the day it came, how likely each
product is really taken. On every day of a session the planner sees what has arrived, expects what past weeks
suggest where it is asked to, and believes of each product what was left behind so far and of visits how many nobody
came to. Only that day's baskets are handed over; the rest is planned again.
"""

import datetime as dt
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from allocation.changes import changes
from allocation.check import Broken, check
from allocation.figures import Figures, figures
from allocation.learning import Seen, learn, share_of
from allocation.problem import Give, Household, Instance, Lot, Plan, Visit
from allocation.staying_away import share_away
from allocation.unfetched import Opening

HORIZON = dt.timedelta(days=13)
"""The planner looks two weeks ahead, today counted."""

Expecting = Callable[[Iterable[Lot], dt.date, dt.date, dt.date], list[Lot]]
"""From what came since a day, today and a day until which to what is expected to come (see `allocation.forecast`)."""

Planner = Callable[[Instance, tuple[Give, ...]], Plan]
"""From an instance and the lines of the plan before to a plan."""


class Allowance(Struct, frozen=True):
    """What a household may spend in a calendar month, and what it has left of the one the weeks begin in, in cents."""

    monthly: int
    left: int
    beyond: int = 0
    """Visits it would still make in the month of its last one here, once the weeks are over."""


class Truth(Struct, frozen=True):
    """What really happens."""

    instance: Instance
    absent: frozenset[str] = frozenset()
    """Visits that nobody came to."""
    allowances: dict[str, Allowance] = {}
    """By household, where the month sets the budget of each visit."""

    @property
    def came(self) -> Instance:
        """The instance of those who came: what a plan made with hindsight would have answered.

        With hindsight each visit might have spent all there was in its month.
        """
        there = tuple(v for v in self.instance.visits if v.id not in self.absent)
        return replace(self.instance, visits=tuple(replace(v, budget_cents=self.most_spent(v)) for v in there))

    def most_spent(self, visit: Visit) -> int | None:
        """What the visit could spend of its month, had nothing been spent before."""
        allowance, begun = self.allowances.get(visit.household), self.instance.today
        if allowance is None or visit.budget_cents is None:
            return visit.budget_cents
        return allowance.left if _month(visit.date) == _month(begun) else allowance.monthly


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


class Lean(Struct, frozen=True):
    """The day on which the baskets held least of what was still needed, and how much of it they held on average."""

    on: dt.date
    share: float


class Run(Struct, frozen=True):
    """What came of it."""

    plan: Plan
    figures: Figures
    left_behind_kg: float
    churn: float
    """Share of the lines of a day's baskets that the last plan before that day had otherwise."""
    broken: tuple[Broken, ...]
    """Rules that what was handed over breaks: none, ever."""
    leanest: Lean | None = None
    """None where nobody ever came."""


def replay(
    truth: Truth,
    planner: Planner,
    seed: int = 0,
    told: Callable[[float], None] = lambda _: None,
    expecting: Expecting | None = None,
    offering: bool = True,
    prepared: bool = True,
) -> Run:
    """Every session of the truth in turn; the same seed gives the same people the same tastes and turns.

    Unless it is not `offering`, who comes is offered what those before did not fetch, as the counter does. Where
    nothing is `prepared`, the planner fills baskets at the counter, for those who came, in the turn they came in.

    What may come is left out unless the planner is `expecting` something; decision 19 says why.
    """
    weeks = _Weeks(truth, planner, seed, expecting, offering)
    days = sorted({v.date for v in truth.instance.visits})
    for nth, day in enumerate(days, 1):
        weeks.open(day, prepared)
        told(nth / len(days))
    made = Plan(truth.instance.name, tuple(weeks.handed_over))
    lines = max(sum(weeks.lines), 1)
    return Run(
        plan=made,
        figures=figures(truth.came, made),
        left_behind_kg=weeks.left_behind / 1000,
        churn=sum(weeks.changed) / lines,
        broken=tuple(check(weeks.as_allowed(truth.came), made)),
        leanest=min(weeks.shares, key=lambda lean: (lean.share, lean.on), default=None),
    )


class _Weeks:
    """What stands where and who had what, as the days go by."""

    def __init__(self, truth: Truth, planner: Planner, seed: int, expecting: Expecting | None, offering: bool) -> None:
        self.truth = truth.instance
        self.most_spent = truth.most_spent
        self.allowances = truth.allowances
        self.absent = truth.absent
        self.planner = planner
        self.expecting = expecting
        self.offering = offering
        self.seed = seed
        self.left = {lot.id: lot.units for lot in self.truth.lots}
        self.counted: dict[tuple[str, str], float] = defaultdict(float)
        self.given: Counter[tuple[str, str]] = Counter()
        self.spent: Counter[tuple[str, int, int]] = Counter()
        """By household and calendar month."""
        self.offered: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.handed_over: list[Give] = []
        self.left_behind = 0
        self.allowed: dict[str, int | None] = {}
        """What each visit could spend on its day."""
        self.before: tuple[Give, ...] = ()
        self.changed: list[int] = []
        self.lines: list[int] = []
        self.shares: list[Lean] = []
        self.products = {p: n for n, p in enumerate(sorted({lot.product for lot in self.truth.lots}))}
        self.group_of = {lot.product: lot.group for lot in self.truth.lots}

    def open(self, day: dt.date, prepared: bool) -> None:
        """One day of sessions: plan, hand over, remember."""
        instance = self._seen_on(day)
        today = {v.id for v in instance.visits if v.date == day}
        given = self._prepared(instance, today, day) if prepared else self._from_the_shelf(instance, day)
        self._share_out(instance, given, today - self.absent)
        for give in given:
            self._hand_over(give)
        for visit in (v for v in self.truth.visits if v.id in today - self.absent):
            self._count(visit)

    def _prepared(self, instance: Instance, today: set[str], day: dt.date) -> list[Give]:
        plan = self.planner(instance, self.before)
        self._compare(plan, today)
        self.before = plan.give
        return list(self._as_they_come(self._at_the_counter(instance), plan, day))

    def _from_the_shelf(self, instance: Instance, day: dt.date) -> list[Give]:
        """Who comes keeps to the visit's part of the month: who spends all of it at the first has nothing after."""
        came = [v for v in instance.visits if v.date == day and v.id not in self.absent]
        self.allowed.update({v.id: v.budget_cents for v in came})
        plan = self.planner(replace(instance, visits=tuple(sorted(came, key=self._comes_in_turn))), ())
        return [give for give in plan.give if give.lot in self.left]

    def as_allowed(self, instance: Instance) -> Instance:
        """The instance with the budgets as they stood on the day of each visit."""
        return replace(instance, visits=tuple(replace(v, budget_cents=self.allowed[v.id]) for v in instance.visits))

    def _share_out(self, instance: Instance, given: Sequence[Give], came: Collection[str]) -> None:
        """Notes how much of what was still needed the baskets of the day hold, group by group, on average."""
        held: Counter[tuple[str, str]] = Counter()
        for give in given:
            lot = self.truth.lot_by_id[give.lot]
            held[give.visit, lot.group] += give.units * lot.unit_grams
        shares = [
            sum(w * min(1.0, held[v.id, g] / v.need[g]) if v.need.get(g) else w for g, w in instance.weights.items())
            for v in instance.visits
            if v.id in came
        ]
        if shares:
            self.shares.append(Lean(instance.today, statistics.mean(shares)))

    def _as_they_come(self, instance: Instance, plan: Plan, day: dt.date) -> Iterator[Give]:
        """The baskets of those who come, each with what suits it of what those before them did not fetch."""
        lines: dict[str, list[Give]] = defaultdict(list)
        for give in plan.give:
            if give.lot in self.left:
                lines[give.visit].append(give)
        opening = Opening(instance)
        for visit in sorted((v for v in instance.visits if v.date == day), key=self._comes_in_turn):
            if visit.id not in self.absent:
                yield from opening.served(visit, lines[visit.id])
            elif self.offering:
                opening.missed(visit, lines[visit.id])

    def _at_the_counter(self, instance: Instance) -> Instance:
        """The instance as who serves minds it: what may be spent today is what is left of the month."""
        that_day = Counter((v.household, v.date) for v in instance.visits)
        visits = tuple(replace(v, budget_cents=self._part(v, that_day[v.household, v.date])) for v in instance.visits)
        self.allowed.update({v.id: v.budget_cents for v in visits})
        return replace(instance, visits=visits)

    def _comes_in_turn(self, visit: Visit) -> float:
        """Nobody knows beforehand who comes first; it does not depend on who plans."""
        return random.Random(f"{self.seed} {visit.id}").random()  # noqa: S311 - made-up order

    def _seen_on(self, day: dt.date) -> Instance:
        """What the planner knows that morning."""
        # Beyond these weeks nobody comes: food that is good for longer must not seem lost there.
        ends = min(day + HORIZON, self.truth.ends)
        visits = tuple(self._still_needed(v, day) for v in self.truth.visits if day <= v.date <= ends)
        learned = self._learned()
        there = [lot for lot in self.truth.lots if lot.available_from <= day <= lot.last_day and self.left[lot.id]]
        lots = [replace(x, units=self.left[x.id], acceptance=learned[x.product]) for x in there]
        if self.expecting:
            lots += self.expecting(self.truth.lots, self.truth.today, day, ends)
        return replace(
            self.truth,
            today=day,
            ends=ends,
            households=tuple(self._with_what_it_had(who) for who in self.truth.households),
            visits=visits,
            lots=tuple(lots),
            away=self._away(day),
        )

    def _with_what_it_had(self, who: Household) -> Household:
        had = {g: who.had.get(g, 0) + round(self.counted[who.id, g]) for g in self.truth.weights}
        return replace(who, had=had)

    def _away(self, day: dt.date) -> float:
        before = [v.id for v in self.truth.visits if v.date < day]
        return share_away(sum(v in self.absent for v in before), len(before))

    def _still_needed(self, visit: Visit, day: dt.date) -> Visit:
        """Need and cap net of what the household had before; of the month's allowance its part of what is left."""
        who = visit.household
        need = {g: max(0, round(grams - self.counted[who, g])) for g, grams in visit.need.items()}
        cap = {g: max(0, grams - self.given[who, g]) for g, grams in visit.cap.items()}
        return replace(visit, need=need, cap=cap, budget_cents=self._budget(visit, day))

    def _budget(self, visit: Visit, day: dt.date) -> int | None:
        month, days = _month(visit.date), [v.date for v in self.truth.visits_of[visit.household]]
        to_come = sum(day <= on and _month(on) == month for on in days)
        if month == _month(max(days)) and (allowance := self.allowances.get(visit.household)):
            to_come += allowance.beyond
        return self._part(visit, to_come)

    def _part(self, visit: Visit, of: int) -> int | None:
        """One of so many parts of what is left of its month; where no month sets a limit, the budget it has anyway."""
        most = self.most_spent(visit)
        if most is None or visit.household not in self.allowances:
            return most
        return max(0, most - self.spent[visit.household, *_month(visit.date)]) // of

    def _learned(self) -> dict[str, float]:
        rows = [Seen(n, self.group_of[p], self.offered[p], self.taken[p]) for p, n in self.products.items()]
        known = learn(rows)
        return {p: share_of(known, n) for p, n in self.products.items()}

    def _compare(self, plan: Plan, today: set[str]) -> None:
        """With what the plan before said of today's baskets, but for lots it only expected."""
        known = tuple(g for g in self.before if g.lot in self.left)
        if any(g.visit in today for g in known):
            told = changes(Plan("before", known), plan, today)
            self.changed.append(len(told.lines))
            self.lines.append(told.of)

    def _hand_over(self, give: Give) -> None:
        lot = self.truth.lot_by_id[give.lot]
        self.left[lot.id] -= give.units
        self.handed_over.append(give)
        # Drawn for this household and product, whatever the plan: tastes do not depend on who plans.
        visit = self.truth.visit_by_id[give.visit]
        who = visit.household
        chance = random.Random(f"{self.seed} {who} {lot.product} {give.visit}")  # noqa: S311 - made-up tastes
        liked = sum(chance.random() < lot.acceptance for _ in range(give.units))
        self.offered[lot.product] += give.units
        self.taken[lot.product] += liked
        self.left_behind += (give.units - liked) * lot.unit_grams
        self.given[who, lot.group] += give.units * lot.unit_grams
        self.spent[who, visit.date.year, visit.date.month] += give.units * lot.price_cents

    def _count(self, visit: Visit) -> None:
        """Counted grams, as coverage counts them: accepted, never above the need so far."""
        for give in (g for g in self.handed_over if g.visit == visit.id):
            lot = self.truth.lot_by_id[give.lot]
            self.counted[visit.household, lot.group] += lot.acceptance * lot.unit_grams * give.units
        for group, need in visit.need.items():
            self.counted[visit.household, group] = min(need, self.counted[visit.household, group])
