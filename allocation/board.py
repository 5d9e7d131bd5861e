"""The plan board: baskets × food groups, and the lines of one basket with their reasons."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allocation.changes import Changes, changes
from allocation.coming import Announced
from allocation.problem import Instance, Plan
from allocation.proposals import PlanFigures, counted_on, hand_of
from allocation.reasons import SENTENCES, facts
from allocation.tables import PlanRecord, Visit
from allocation.why_not import HINDRANCES, why_kept
from households.register import Planned, households_for_planning
from households.tables import Household
from stock import tables

PICTOGRAMS = {
    "fruit_veg": "carrot",
    "fruit_veg_kept": "can",
    "starch_refined": "pasta",
    "starch_whole": "potato",
    "bread": "bread",
    "dairy_fresh": "yoghurt",
    "milk": "milk",
    "cheese": "cheese",
    "meat": "meat",
    "fish_egg": "fish",
    "fat": "oil",
    "sweet_salty": "biscuit",
    "other": "coffee",
    "infant": "baby",
}
"""A picture for each column."""
INFANTS = "infant"


class BoardGroup(Struct, frozen=True):
    id: str
    name_fr: str
    name_en: str
    pictogram: str


class Cell(Struct, frozen=True):
    """One food group in one basket: grams given and the need they answer."""

    group: str
    grams: int
    need: int

    @property
    def filled(self) -> float:
        """How much of the need is covered, 1 at most; 1 where there is none."""
        return min(1.0, self.grams / self.need) if self.need else 1.0


class BoardLine(Struct, frozen=True):
    """One thing in a basket, with the reason it is there."""

    lot: str
    product: str
    pictogram: str
    group: str
    units: int
    grams: int
    measure: str
    date: dt.date | None
    date_kind: str
    last_day: dt.date
    why: str
    """A sentence to be translated, with what fills its holes."""
    facts: dict[str, Any]


class BoardBasket(Struct, frozen=True):
    """The basket of one visit: a card number, never a name."""

    basket: str
    card: str
    persons: int
    excludes: tuple[str, ...]
    lacks: tuple[str, ...]
    channel: str
    grams: int
    relative: float
    cells: list[Cell]
    lines: list[BoardLine]


class WhyNot(Struct, frozen=True):
    """How many of the households that come could not have more of it, and why: a phrase to be translated."""

    households: int
    why: str


class LeftOver(Struct, frozen=True):
    """Food with a near last day that the plan gives to nobody."""

    lot: str
    product: str
    pictogram: str
    last_day: dt.date
    units: int
    grams: int
    first: bool
    """The manager wants it used first."""
    why_not: list[WhyNot]


class Since(Struct, frozen=True):
    """What became of the proposal before."""

    lines: Changes
    """What differs in this session's baskets."""
    later: int
    """Lines of later sessions that differ."""
    decided: bool
    """Something was decided by hand, or taken back, since then."""
    same_problem: bool
    """Nothing was decided, nobody came and nothing moved: it was only searched again."""
    figures: PlanFigures
    """What the one before was worth."""


class Board(Struct, frozen=True):
    """A proposal as the manager sees it."""

    plan_id: int
    state: str
    made_at: dt.datetime
    figures: PlanFigures
    groups: list[BoardGroup]
    baskets: list[BoardBasket]
    left_over: list[LeftOver]
    previous_id: int | None
    """The proposal before."""
    since: Since | None
    """What became of it."""
    moved: list[str]
    """The goods that had moved since, where that is why it was made again."""
    sessions: int
    """How many days with a session it plans, its own among them."""
    ends: dt.date
    """The last day it plans for."""
    announced: tuple[Announced, ...]
    """What it counted on that was not there yet."""


def board(session: Session, kept: PlanRecord, today: dt.date) -> Board:
    """The proposal's own session: its baskets in the order of card numbers, the worst covered marked by `relative`."""
    instance, plan = msgspec.convert(kept.instance, Instance), msgspec.convert(kept.plan, Plan)
    measured = msgspec.convert(kept.figures, PlanFigures)
    groups = _groups(session)
    lots = lots_of(session, instance)
    visits = _visits(session, kept.session_id, today)
    lines = _lines(instance, plan, lots, measured.relative)
    return Board(
        plan_id=kept.id,
        state=kept.state,
        made_at=kept.made_at,
        figures=measured,
        groups=groups,
        baskets=sorted(
            (
                _basket(instance, basket, household, lines.get(basket, []), groups, measured.relative)
                for basket, household in visits.items()
                if basket in instance.visit_by_id
            ),
            key=lambda b: b.card,
        ),
        left_over=_left_over(instance, plan, lots),
        previous_id=kept.previous_id,
        since=_since(session, kept, plan, visits),
        moved=goods(session, kept.moved or []),
        sessions=len({visit.date for visit in instance.visits}),
        ends=instance.ends,
        announced=counted_on(kept),
    )


def _since(session: Session, kept: PlanRecord, plan: Plan, visits: Collection[str]) -> Since | None:
    before = None if kept.previous_id is None else session.get(PlanRecord, kept.previous_id)
    if before is None:
        return None
    old = msgspec.convert(before.plan, Plan)
    later = {give.visit for give in (*old.give, *plan.give)} - {*visits}
    decided = hand_of(kept) != hand_of(before)
    return Since(
        lines=changes(old, plan, visits),
        later=len(changes(old, plan, later).lines),
        decided=decided,
        same_problem=not decided and kept.instance == before.instance and kept.announced == before.announced,
        figures=msgspec.convert(before.figures, PlanFigures),
    )


def goods(session: Session, codes: Collection[str]) -> list[str]:
    """Lots as people know them: the product's name, then the lot's code."""
    return sorted(f"{name} ({code})" for code, name in goods_by_code(session, codes).items())


def goods_by_code(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The name of the product of each lot."""
    query = select(tables.Lot.code, tables.Product.name).join(
        tables.Product, tables.Product.id == tables.Lot.product_id
    )
    return dict(session.execute(query.where(tables.Lot.code.in_(codes))).all())


def cards(session: Session, session_id: int) -> dict[str, str]:
    """The card number behind each basket code of a session."""
    query = select(Visit.basket, Household.card).join(Household).where(Visit.session_id == session_id)
    return dict(session.execute(query).all())


def _groups(session: Session) -> list[BoardGroup]:
    rows = session.scalars(select(tables.FoodGroup).order_by(tables.FoodGroup.rank))
    return [BoardGroup(row.id, row.name_fr, row.name_en, PICTOGRAMS.get(row.id, "box")) for row in rows]


def lots_of(session: Session, instance: Instance) -> dict[str, tables.Lot]:
    """The lots of a problem as the stockroom knows them, by code."""
    query = (
        select(tables.Lot)
        .where(tables.Lot.code.in_([lot.id for lot in instance.lots]))
        .options(joinedload(tables.Lot.product).joinedload(tables.Product.family))
    )
    return {lot.code: lot for lot in session.scalars(query)}


def _visits(session: Session, session_id: int, today: dt.date) -> dict[str, Planned]:
    visits = session.execute(select(Visit.basket, Visit.household_id).where(Visit.session_id == session_id))
    of = dict(visits.all())
    households = {h.id: h for h in households_for_planning(session, of.values(), today)}
    return {basket: households[household] for basket, household in of.items()}


def _lines(
    instance: Instance, plan: Plan, lots: Mapping[str, tables.Lot], relative: Mapping[str, float]
) -> dict[str, list[BoardLine]]:
    why = {(w.visit, w.lot): SENTENCES[w.code] for w in plan.why}
    told = facts(instance, plan, relative)
    lines: dict[str, list[BoardLine]] = defaultdict(list)
    for give in plan.give:
        lot = lots[give.lot]
        lines[give.visit].append(
            BoardLine(
                lot=lot.code,
                product=lot.product.name,
                pictogram=lot.product.pictogram,
                group=lot.product.family.food_group,
                units=give.units,
                grams=give.units * lot.portion * lot.grams_each,
                measure=lot.measure,
                date=lot.date,
                date_kind=lot.date_kind,
                last_day=lot.last_day,
                why=why.get((give.visit, give.lot), ""),
                facts=told[give.visit, give.lot],
            )
        )
    return lines


def _basket(
    instance: Instance,
    basket: str,
    household: Planned,
    lines: list[BoardLine],
    groups: list[BoardGroup],
    relative: Mapping[str, float],
) -> BoardBasket:
    visit = instance.visit_by_id[basket]

    def need(group: str) -> int:
        """Infants' food is counted for everybody who might get it, and needed where there is an infant."""
        return visit.need.get(group, 0) if group != INFANTS or household.composition.infant else 0

    given: dict[str, int] = defaultdict(int)
    for line in lines:
        given[line.group] += line.grams
    return BoardBasket(
        basket=basket,
        card=household.card,
        persons=household.composition.persons,
        excludes=household.excludes,
        lacks=household.lacks,
        channel=household.channel,
        grams=sum(given.values()),
        relative=relative.get(household.card, 1.0),
        cells=[Cell(g.id, given[g.id], need(g.id)) for g in groups],
        lines=sorted(lines, key=lambda line: (line.last_day, line.product)),
    )


def _left_over(instance: Instance, plan: Plan, lots: Mapping[str, tables.Lot]) -> list[LeftOver]:
    left = [
        LeftOver(
            lot=kept.lot,
            product=lots[kept.lot].product.name,
            pictogram=lots[kept.lot].product.pictogram,
            last_day=instance.lot_by_id[kept.lot].last_day,
            units=kept.units,
            grams=kept.units * instance.lot_by_id[kept.lot].unit_grams,
            first=instance.lot_by_id[kept.lot].first,
            why_not=[WhyNot(n, HINDRANCES[code]) for code, n in kept.hindrances],
        )
        for kept in why_kept(instance, plan)
    ]
    return sorted(left, key=lambda row: (row.last_day, -row.grams))
