"""From what is on the shelves and who is expected to a problem, and from its plan to a proposal for the manager.

The problem is read in one transaction and solved in none. It carries codes only (lot codes, basket codes, card
numbers), so it can be exchanged and kept without naming anybody.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from allocation.council import order_in_force
from allocation.entitled import at_programme_rates, days_of, rate_for, spent
from allocation.hand import Hand, apply
from allocation.instance import (
    HORIZON_DAYS,
    MOST_ALIKE,
    PERIOD_DAYS,
    Expected,
    Guest,
    Rules,
    WeighedGroup,
    instance_of,
)
from allocation.learning import Acceptance, acceptance, share_of
from allocation.problem import Instance, Lot
from allocation.sessions import get_session
from allocation.staying_away import staying_away
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from common.errors import Kind, Refusal
from common.words import N_
from households.feeding import GroupFacts, Received
from households.register import Planned, households_for_planning
from households.tables import Household
from network.figures import in_force
from network.tables import Site
from stock import tables
from stock.ledger import Account, standings
from stock.promise import recalled_lots
from stock.reference import Source, sources

NOTHING_DECIDED = Hand()
WHOLE_PRICE = Decimal(1)
NOTHING_HELD: Mapping[int, int] = {}
NOTHING_LEARNED: Mapping[int, Acceptance] = {}
NOTHING_LATER: Mapping[int, list[dt.date]] = {}
MEMORY_DAYS = 70
"""How far back receipts are remembered: no home keeps anything counted here longer."""


class NothingToShare(Refusal):
    """No household is expected, or the shelves are empty."""

    kind = Kind.CONFLICT
    message = N_(
        "There is nothing to propose for this session: %(households)s households, %(lots)s lots on the shelves."
    )


def problem_for(session: Session, session_id: int, today: dt.date, hand: Hand = NOTHING_DECIDED) -> Instance:
    """The problem of the site's coming sessions as of today, the given one among them, as the manager wants it.

    Raises NothingToShare, or PinsBreakRule where a line fixed by hand speaks of what has gone.
    """
    planned = get_session(session, session_id)
    shelves = shelves_of(session, planned.site, today, learned=acceptance(session, today))
    lots = shelves.lots()
    lowest = lowest_rate(shelves.programmes[row.source] for row, lot in shelves.whole.values() if lot.units)
    guests = _guests(session, planned, shelves.rules, today, lowest)
    if not guests or not lots:
        raise NothingToShare(households=len(guests), lots=len(lots))
    name = f"{shelves.site} {planned.on.isoformat()} {planned.channel}"
    problem = instance_of(name, today, weighed_groups(session), guests, lots, shelves.rules)
    return apply(replace(problem, away=staying_away(session, planned.site_id, today)), hand)


def problem_of_session(session: Session, planned: DistributionSession, today: dt.date) -> Instance:
    """Who is expected at this session alone, and what stands free at its site: to hold a plan made before against it.

    A session that is late takes place today.
    """
    shelves, on = shelves_of(session, planned.site, today), max(planned.on, today)
    expected = select(Visit.household_id, Visit.basket).where(Visit.session_id == planned.id, Visit.state == "expected")
    visits = {household: [Expected(basket, shelves.site, on)] for household, basket in session.execute(expected)}
    guests = guests_of(session, visits, {}, today, WHOLE_PRICE)
    return instance_of(f"session {planned.id}", today, weighed_groups(session), guests, shelves.lots(), shelves.rules)


def problem_of_visit(
    session: Session, visit: Visit, today: dt.date, budget_cents: int | None, held: Mapping[int, int] | None = None
) -> Instance:
    """One visit alone, today: what its household may be given of what is free at the site or in its own basket.

    `held` tells, by lot, what is set aside that it may have, where that is more than its own basket.
    """
    shelves = shelves_of(session, visit.session.site, today, _in_basket(visit) if held is None else held)
    return next(problems_of_visits(session, [visit], shelves, {visit.household_id: budget_cents}, held))


def problems_of_visits(
    session: Session,
    visits: Sequence[Visit],
    shelves: "Shelves",
    budgets: Mapping[int, int | None],
    held: Mapping[int, int] | None = None,
) -> Iterator[Instance]:
    """Each of these visits of one site alone, in their order; `budgets` tells what each household may spend today."""
    households = {h.id: h for h in households_for_planning(session, [v.household_id for v in visits], shelves.today)}
    received = received_by(session, households, shelves.today)
    groups = weighed_groups(session)
    # Alone with its household every lot has the very price it pays; the programmes' prices would refuse too much.
    priced = {percent: shelves.priced(percent) for percent in {h.price_percent for h in households.values()}}
    for visit in visits:
        household = households[visit.household_id]
        lots = priced[household.price_percent].lots(_in_basket(visit) if held is None else held)
        expected = (Expected(visit.basket, shelves.site, shelves.today),)
        guest = _guest(household, expected, tuple(received[household.id]), WHOLE_PRICE)
        alone = instance_of(f"visit {visit.basket}", shelves.today, groups, [guest], lots, shelves.rules)
        # What may be spent today is what is left of the month, not this visit's part of it.
        budget = budgets[household.id]
        yield replace(alone, visits=tuple(replace(v, budget_cents=budget) for v in alone.visits))


def _in_basket(visit: Visit) -> dict[int, int]:
    held: dict[int, int] = defaultdict(int)
    for line in visit.lines:
        held[line.lot_id] += line.quantity
    return held


def rules_in_force(session: Session, today: dt.date) -> Rules:
    """What the partners decided about plans, as it stands today."""
    return Rules(
        policy=order_in_force(session, today),
        period_days=in_force(session, PERIOD_DAYS, today),
        horizon_days=in_force(session, HORIZON_DAYS, today),
        most_alike=in_force(session, MOST_ALIKE, today),
    )


def weighed_groups(session: Session) -> list[WeighedGroup]:
    """Every food group, in the order pages show them."""
    rows = session.scalars(select(tables.FoodGroup).order_by(tables.FoodGroup.rank))
    return [WeighedGroup(_group_facts(row.id, row.facts), float(row.facts["weight"])) for row in rows]


def _group_facts(group: str, facts: Mapping[str, Any]) -> GroupFacts:
    return GroupFacts(
        id=group,
        need_grams_per_day=facts["need_grams_per_day"],
        eat_grams_per_day=facts["eat_grams_per_day"],
        keep_days=facts["keep_days"],
        cap_factor=Decimal(str(facts["cap_factor"])),
    )


def _guests(
    session: Session, planned: DistributionSession, rules: Rules, today: dt.date, lowest: Decimal
) -> list[Guest]:
    """Everyone expected at this site up to the end of the horizon whose basket is not reserved yet."""
    ends = max(planned.on, today + dt.timedelta(days=rules.horizon_days - 1))
    coming = (
        select(Visit)
        .join(DistributionSession)
        .where(
            DistributionSession.site_id == planned.site_id,
            DistributionSession.state == "planned",
            DistributionSession.on.between(today, ends),
            Visit.state == "expected",
        )
        .options(joinedload(Visit.session))
        .order_by(Visit.id)
    )
    visits: dict[int, list[Expected]] = defaultdict(list)
    for visit in session.scalars(coming):
        visits[visit.household_id].append(Expected(visit.basket, planned.site.code, visit.session.on))
    received, paid = received_by(session, visits, today), spent(session, visits, today)
    later = _later(session, visits, today, days_of(ends)[1])
    return guests_of(session, visits, received, today, lowest, paid, later)


def _later(
    session: Session, planned: Mapping[int, list[Expected]], today: dt.date, until: dt.date
) -> dict[int, list[dt.date]]:
    """The other days these households are expected on: beyond the horizon, elsewhere, or with a basket set aside.

    Of those alone who pay: nothing else depends on it.
    """
    query = (
        select(Visit.household_id, Visit.basket, DistributionSession.on)
        .join(DistributionSession)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.household_id.in_(list(planned)), Visit.state == "expected", Household.monthly_cents.is_not(None))
        .where(DistributionSession.on.between(today, until))
    )
    here = {visit.basket for visits in planned.values() for visit in visits}
    later: dict[int, list[dt.date]] = defaultdict(list)
    for household_id, basket, on in session.execute(query):
        if basket not in here:
            later[household_id].append(on)
    return later


def guests_of(
    session: Session,
    visits: Mapping[int, list[Expected]],
    received: Mapping[int, list[Received]],
    today: dt.date,
    lowest: Decimal,
    paid: Mapping[int, int] | None = None,
    later: Mapping[int, list[dt.date]] = NOTHING_LATER,
) -> list[Guest]:
    """The households behind these visits as they are on that day, with what they took home before.

    `lowest` is the lowest share of the price asked for anything on the shelves, `paid` what was spent this month,
    `later` the other days they are expected on.
    """
    return [
        _guest(household, tuple(visits[household.id]), tuple(received.get(household.id, ())), lowest, paid, later)
        for household in households_for_planning(session, visits, today)
    ]


def _guest(
    household: Planned,
    visits: tuple[Expected, ...],
    received: tuple[Received, ...],
    lowest: Decimal,
    paid: Mapping[int, int] | None = None,
    later: Mapping[int, list[dt.date]] = NOTHING_LATER,
) -> Guest:
    first = min(visit.on for visit in visits)
    monthly = at_programme_rates(household.monthly_cents, household.price_percent, lowest)
    left = None
    if household.monthly_cents is not None and paid is not None:
        left = max(0, household.monthly_cents - paid.get(household.id, 0))
    return Guest(
        card=household.card,
        adult_equivalents=household.composition.adult_equivalents,
        excludes=household.excludes,
        lacks=household.lacks,
        infant=household.composition.infant,
        carry_grams=household.carry_grams,
        channel=household.channel,
        monthly_cents=monthly,
        visits=visits,
        received=tuple(r for r in received if r.on <= first),
        visits_per_month=household.visits_per_month,
        left_cents=at_programme_rates(left, household.price_percent, lowest),
        later=tuple(later.get(household.id, ())),
    )


def received_by(
    session: Session, households: Iterable[int], today: dt.date, before: dt.date | None = None
) -> dict[int, list[Received]]:
    """What each household took home lately, by food group and day; `before` a day, for who looks back at it."""
    grams = func.sum(LineOutcome.quantity * tables.Lot.grams_each)
    query = (
        select(Visit.household_id, tables.Family.food_group, DistributionSession.on, grams)
        .join(BasketLine, BasketLine.visit_id == Visit.id)
        .join(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .join(tables.Lot, tables.Lot.id == BasketLine.lot_id)
        .join(tables.Product, tables.Product.id == tables.Lot.product_id)
        .join(tables.Family, tables.Family.code == tables.Product.family_code)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .where(LineOutcome.taken, Visit.household_id.in_(list(households)))
        .where(DistributionSession.on >= today - dt.timedelta(days=MEMORY_DAYS))
        .group_by(Visit.household_id, tables.Family.food_group, DistributionSession.on)
    )
    if before is not None:
        query = query.where(DistributionSession.on < before)
    received: dict[int, list[Received]] = defaultdict(list)
    for household_id, group, on, total in session.execute(query):
        received[household_id].append(Received(group, on, int(total)))
    return received


class Shelves(Struct, frozen=True):
    """What stands free at a site or is set aside there, of lots that may still be given."""

    site: str
    today: dt.date
    rules: Rules
    free: Mapping[int, int]
    whole: Mapping[int, tuple[tables.Lot, Lot]]
    """By number, each lot with how the planner sees what is free of it, made once for everybody."""
    programmes: Mapping[str, Source]

    def lots(self, held: Mapping[int, int] = NOTHING_HELD) -> list[Lot]:
        """What is free, or held already by whom we plan for, in whole portions."""
        there = {number: lot for number, (_, lot) in self.whole.items()}
        for number, quantity in held.items():
            if number in there:
                row, lot = self.whole[number]
                there[number] = replace(lot, units=(self.free.get(number, 0) + quantity) // row.portion)
        return [lot for lot in there.values() if lot.units]

    def priced(self, price_percent: int | None) -> "Shelves":
        """The same with the prices a household pays in the shop to which this share of them was granted."""
        whole = {
            number: (row, replace(lot, price_cents=_price(row, self.programmes[row.source], price_percent)))
            for number, (row, lot) in self.whole.items()
        }
        return replace(self, whole=whole)


def shelves_of(
    session: Session,
    site: Site,
    today: dt.date,
    held: Iterable[int] = (),
    learned: Mapping[int, Acceptance] = NOTHING_LEARNED,
) -> Shelves:
    """Read once, for one visit or for all; `held` names the lots of which something is set aside.

    What was `learned` of taste counts where a plan is made; who stands at the counter says it themselves.
    """
    places = session.scalars(select(tables.Place.id).where(tables.Place.site_id == site.id)).all()
    free: dict[int, int] = defaultdict(int)
    for standing in standings(session, places=places, accounts=(Account.SHELF,)):
        free[standing.lot_id] += standing.quantity
    known = {*free, *held} - recalled_lots(session)
    query = (
        select(tables.Lot)
        .where(tables.Lot.id.in_(known), tables.Lot.last_day >= today)
        .options(joinedload(tables.Lot.product).joinedload(tables.Product.family))
        .order_by(tables.Lot.id)
    )
    rules, programmes = rules_in_force(session, today), {s.code: s for s in sources()}

    def seen(lot: tables.Lot) -> Lot:
        accepted, programme = share_of(learned, lot.product_id), programmes[lot.source]
        return lot_of(lot, site.code, free[lot.id], accepted, programme, rules, today)

    whole = {lot.id: (lot, seen(lot)) for lot in session.scalars(query)}
    return Shelves(site.code, today, rules, free, whole, programmes)


def lowest_rate(programmes: Iterable[Source]) -> Decimal:
    """The lowest share of the price asked for what is sold at all; the whole price where nothing is."""
    return min((p.max_price_rate for p in programmes if p.max_price_rate), default=WHOLE_PRICE)


def lot_of(
    lot: tables.Lot,
    site: str,
    free: int,
    accepted: float,
    programme: Source,
    rules: Rules,
    today: dt.date,
) -> Lot:
    """So much of a lot, in whole portions, as the planner sees it from that day on."""
    product, family = lot.product, lot.product.family
    return Lot(
        id=lot.code,
        site=site,
        product=str(product.id),
        group=family.food_group,
        unit_grams=lot.portion * lot.grams_each,
        units=free // lot.portion,
        available_from=today,
        last_day=lot.last_day,
        use_by=lot.date_kind == "use_by",
        contains=tuple(sorted({*product.contains, *family.contains})),
        unknown_contents=product.unknown_contents,
        needs=tuple(family.needs),
        infant_only=family.food_group == "infant",
        price_cents=planned_price(lot, programme.max_price_rate),
        channels=tuple(programme.channels),
        max_per_visit=product.max_per_visit or rules.most_alike,
        acceptance=accepted,
    )


def planned_price(lot: tables.Lot, rate: Decimal) -> int:
    """What a portion costs at that share of its usual price, to the next whole cent.

    The till rounds a line down once (`allocation.till.prices`): what is planned within an allowance is paid within it.
    """
    usual = Decimal(lot.value_cents * lot.portion) / (1000 if lot.measure == "gram" else 1)
    return int((usual * rate).to_integral_value(ROUND_CEILING))


def _price(lot: tables.Lot, programme: Source, price_percent: int | None) -> int:
    """What a portion costs one household in the shop, as the till counts it."""
    usual = lot.value_cents * lot.portion // (1000 if lot.measure == "gram" else 1)
    return int(usual * rate_for(programme.max_price_rate, price_percent))
