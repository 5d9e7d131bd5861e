"""At the counter: what goes out, what is left behind and why, and who did not come."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.exits import ACCOUNT_OF, SAVED, Exit, Reason
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from allocation.till import pay, prices
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.tables import Household, Member
from stock.ledger import GIVEN, PLACED, Moving, Where, post, reserved
from stock.promise import recalled_lots
from stock.tables import Lot, Product

ABSENT = None
"""In the place of what a household left behind: it did not come."""


class AlreadySettled(Refusal):
    """The basket was already handed over, or its household noted as absent."""

    kind = Kind.CONFLICT
    message = N_("Basket %(basket)s was already settled: %(how)s, %(at)s.")


class SessionOver(Refusal):
    kind = Kind.CONFLICT
    message = N_("The session of %(on)s is closed: a manager can open it again, with a reason.")


class MoreThanGiven(Refusal):
    """More was left behind than was in the basket."""

    message = N_("“%(product)s”: left behind %(left)s, but the basket only held %(held)s.")


class NotInBasket(Refusal):
    message = N_("This line is not in basket %(basket)s.")


class NotSafeToRestock(Refusal):
    """Chilled or frozen food may only be eaten by people where somebody says that the cold chain held."""

    message = N_("“%(product)s” is chilled: people may eat it only if it never left the cold.")


class RecalledMeanwhile(Refusal):
    """It was handed over before anybody knew: whoever took it home must hear of it."""

    kind = Kind.CONFLICT
    message = N_(
        "“%(product)s” (lot %(lot)s) was recalled meanwhile. If it left with them, ask them not to eat it; then settle"
        " this basket here."
    )


class TakenOutMeanwhile(Refusal):
    """A basket is not any more what whoever handed it over had before them."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” (lot %(lot)s) was taken out of this basket meanwhile: settle it here.")


class LeftLine(Struct, frozen=True):
    """Part of a basket line that the household did not take."""

    line_id: int
    quantity: int
    """Pieces, or grams where the lot is weighed."""
    reason: Reason
    exit: Exit
    stayed_cold: bool = False


class SheetLine(Struct, frozen=True):
    """One thing of a basket, as the counter shows it."""

    id: int
    product_id: int
    product: str
    pictogram: str
    group: str
    lot: str
    date_kind: str
    date: dt.date | None
    last_day: dt.date
    quantity: int
    measure: str
    grams: int
    storage: str
    place: str
    why: str
    usual_cents: int
    price_cents: int
    """What it costs in the shop; free baskets cost nothing."""
    prices_taken: tuple[int, ...]
    """What it costs in cents where none, one, two… of it are taken; goods by weight are taken whole or not at all."""
    taken: int
    left: int
    excluded: list[str] = []
    """What of it the household excludes by now: all that it excludes where nobody knows what is in it."""
    lacking: list[str] = []
    """What it needs that their kitchen lacks by now."""


class Sheet(Struct, frozen=True):
    """A visit as the counter shows it: a card number, never a name."""

    visit_id: int
    session_id: int
    basket: str
    card: str
    household_id: int
    persons: int
    exclusions: list[str]
    lacks: list[str]
    channel: str
    """Of its session: a household that has changed since is still served there, and pays there or not."""
    state: str
    lines: list[SheetLine]

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)

    @property
    def has_cold_part(self) -> bool:
        return any(line.storage != "dry" for line in self.lines)


class CardRow(Struct, frozen=True):
    """A visit as a list of cards shows it."""

    visit_id: int
    card: str
    basket: str
    state: str
    persons: int


def hand_over(session: Session, visit_id: int, left: Sequence[LeftLine], stamp: Stamp) -> Sheet:
    """Give the basket but for what is left behind, which goes to its exit at once; every line ends accounted for.

    Raises AlreadySettled, SessionOver, NotInBasket, MoreThanGiven, NotSafeToRestock or, in the shop, OverAllowance.
    """
    settle(session, {visit_id: left}, stamp, within_allowance=True)
    return sheet(session, visit_id)


def note_absent(session: Session, visit_id: int, stamp: Stamp) -> Sheet:
    """They did not come: the whole basket, never having left its shelves, is free again."""
    settle(session, {visit_id: ABSENT}, stamp)
    return sheet(session, visit_id)


def settle(
    session: Session,
    came: Mapping[int, Sequence[LeftLine] | None],
    stamp: Stamp,
    *,
    within_allowance: bool = False,
) -> None:
    """Settle several visits at once, all or none: what each left behind, or ABSENT. Refuses like `hand_over`.

    Only where somebody stands at the counter can an allowance be minded (`within_allowance`): a list of what was
    handed out tells what has happened.
    """
    visits = _open_visits(session, came)
    parts = [part for visit in visits for part in _parts(visit, came[visit.id])]
    movements = post(session, [_moving(line, part) for line, part in parts], stamp)
    outcomes = [_outcome(part, movement_id) for (_, part), movement_id in zip(parts, movements, strict=True)]
    if outcomes:
        session.execute(insert(LineOutcome), outcomes)
    for visit in visits:
        visit.state = "absent" if came[visit.id] is ABSENT else "served"
        visit.settled_at = stamp.at
        if visit.state == "served":
            visit.household.last_contact_on = max(visit.household.last_contact_on, stamp.on)
    session.flush()
    for visit in visits:
        if visit.state == "served" and visit.session.channel == "shop":
            pay(session, visit.id, stamp, within_allowance=within_allowance)


def sheet(session: Session, visit_id: int) -> Sheet:
    """The visit with its basket; raises NotFound."""
    visit = session.scalar(_whole_visit().where(Visit.id == visit_id).execution_options(populate_existing=True))
    if visit is None:
        raise NotFound(what=Term(N_("visit")), id=visit_id)
    return _sheet(visit)


def sheets(session: Session, session_id: int, households: Collection[int] | None = None) -> list[Sheet]:
    """Every visit of a session, or those of some households, with its basket, in the order of card numbers."""
    query = _whole_visit().where(Visit.session_id == session_id)
    if households is not None:
        query = query.where(Visit.household_id.in_(households))
    return sorted((_sheet(visit) for visit in session.scalars(query)), key=lambda s: s.card)


def cards(session: Session, session_id: int) -> list[CardRow]:
    """Every visit of a session without its basket, in the order of card numbers."""
    query = (
        select(Visit.id, Household.card, Visit.basket, Visit.state, func.count(Member.id))
        .join(Household, Household.id == Visit.household_id)
        .outerjoin(Member, Member.household_id == Household.id)
        .where(Visit.session_id == session_id)
        .group_by(Visit.id, Household.card, Visit.basket, Visit.state)
        .order_by(Household.card, Visit.id)
    )
    return [CardRow(*row) for row in session.execute(query)]


def find_visit(session: Session, session_id: int, code: str) -> int:
    """The visit of this session for a card number or a basket code; raises NotFound."""
    query = (
        select(Visit.id)
        .join(Household)
        .where(Visit.session_id == session_id, (Visit.basket == code) | (Household.card == code))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(what=Term(N_("card or basket of this session")), id=code)
    return found


def refuse_settled(visit: Visit) -> None:
    """Raises SessionOver or AlreadySettled where nothing more can be noted of a visit."""
    if visit.session.state == "closed":
        raise SessionOver(on=visit.session.on)
    if visit.state != "expected":
        how = Term(N_("handed over") if visit.state == "served" else N_("noted absent"))
        raise AlreadySettled(basket=visit.basket, how=how, at=visit.settled_at)


def refuse_changed(session: Session, visit_id: int, lots: Iterable[str]) -> None:
    """What was handed over, by lot, is still in the basket; raises RecalledMeanwhile or TakenOutMeanwhile."""
    session.execute(select(Visit.id).where(Visit.id == visit_id).with_for_update())
    there = select(Lot.code).join(BasketLine, BasketLine.lot_id == Lot.id).where(BasketLine.visit_id == visit_id)
    if not (missing := set(lots) - set(session.scalars(there))):
        return
    query = select(Lot).where(Lot.code.in_(missing)).options(joinedload(Lot.product)).order_by(Lot.id)
    gone = session.scalars(query).all()
    refuse_recalled(session, gone)
    for lot in gone:
        raise TakenOutMeanwhile(product=lot.product.name, lot=lot.code)


def refuse_recalled(session: Session, lots: Iterable[Lot]) -> None:
    """Raises RecalledMeanwhile for the first of them that an alert speaks of."""
    by_number = {lot.id: lot for lot in lots}
    for number in sorted(recalled_lots(session, by_number)):
        raise RecalledMeanwhile(product=by_number[number].product.name, lot=by_number[number].code)


class _Taken(Struct, frozen=True):
    line_id: int
    quantity: int


def _open_visits(session: Session, visit_ids: Iterable[int]) -> Sequence[Visit]:
    """These visits, locked, in the order of their numbers; each still expected at an open session."""
    wanted = set(visit_ids)
    session.execute(select(Visit.id).where(Visit.id.in_(wanted)).order_by(Visit.id).with_for_update())
    query = _whole_visit().where(Visit.id.in_(wanted)).order_by(Visit.id)
    visits = session.scalars(query.execution_options(populate_existing=True)).all()
    for missing in wanted - {visit.id for visit in visits}:
        raise NotFound(what=Term(N_("visit")), id=missing)
    for visit in visits:
        refuse_settled(visit)
    return visits


def _parts(visit: Visit, left: Sequence[LeftLine] | None) -> list[tuple[BasketLine, "_Taken | LeftLine"]]:
    """What becomes of each line of the basket: taken, left behind, or some of both."""
    if left is ABSENT:
        return [(line, LeftLine(line.id, line.quantity, Reason.ABSENT, Exit.RESTOCK, True)) for line in visit.lines]
    lines = {line.id: line for line in visit.lines}
    _refuse_wrong(visit, lines, left)
    parts: list[_Taken | LeftLine] = [*_taken(lines, left), *left]
    return [(lines[part.line_id], part) for part in parts]


def _refuse_wrong(visit: Visit, lines: dict[int, BasketLine], left: Sequence[LeftLine]) -> None:
    held = {id_: line.quantity for id_, line in lines.items()}
    for part in left:
        if part.line_id not in lines:
            raise NotInBasket(basket=visit.basket)
        lot = lines[part.line_id].lot
        held[part.line_id] -= part.quantity
        if part.quantity <= 0 or held[part.line_id] < 0:
            raise MoreThanGiven(left=part.quantity, product=lot.product.name, held=lines[part.line_id].quantity)
        if part.exit in SAVED and lot.product.family.storage != "dry" and not part.stayed_cold:
            raise NotSafeToRestock(product=lot.product.name)


def _taken(lines: dict[int, BasketLine], left: Sequence[LeftLine]) -> list[_Taken]:
    stays = {id_: line.quantity for id_, line in lines.items()}
    for part in left:
        stays[part.line_id] -= part.quantity
    return [_Taken(id_, quantity) for id_, quantity in stays.items() if quantity]


def _outcome(part: "_Taken | LeftLine", movement_id: int) -> dict[str, Any]:
    left = isinstance(part, LeftLine)
    return {
        "line_id": part.line_id,
        "movement_id": movement_id,
        "quantity": part.quantity,
        "taken": not left,
        "reason": part.reason.value if isinstance(part, LeftLine) else "",
        "exit": part.exit.value if isinstance(part, LeftLine) else "",
    }


def _moving(line: BasketLine, part: _Taken | LeftLine) -> Moving:
    source = reserved(line.place_id)
    if isinstance(part, _Taken):
        return Moving(line.lot_id, part.quantity, source, GIVEN)
    account = ACCOUNT_OF[part.exit]
    target = Where(account, line.place_id if account in PLACED else None)
    return Moving(line.lot_id, part.quantity, source, target, reason=part.reason)


def _whole_visit() -> Select[Visit]:
    lot = selectinload(Visit.lines).joinedload(BasketLine.lot)
    return select(Visit).options(
        joinedload(Visit.session).joinedload(DistributionSession.site),
        joinedload(Visit.household).options(
            selectinload(Household.members), selectinload(Household.exclusions), selectinload(Household.lacks)
        ),
        lot.joinedload(Lot.product).joinedload(Product.family),
        selectinload(Visit.lines).joinedload(BasketLine.place),
        selectinload(Visit.lines).selectinload(BasketLine.outcomes),
    )


def _sheet(visit: Visit) -> Sheet:
    household = visit.household
    return Sheet(
        visit_id=visit.id,
        session_id=visit.session_id,
        basket=visit.basket,
        card=household.card,
        household_id=household.id,
        persons=len(household.members),
        exclusions=sorted(e.content for e in household.exclusions),
        lacks=sorted(lack.equipment for lack in household.lacks),
        channel=visit.session.channel,
        state=visit.state,
        lines=sorted(
            (_sheet_line(line, visit.session.channel, household) for line in visit.lines),
            key=lambda s: (s.storage, s.group, s.product),
        ),
    )


def _sheet_line(line: BasketLine, channel: str, household: Household) -> SheetLine:
    lot, product, price_percent = line.lot, line.lot.product, household.price_percent
    held = {*product.contains, *product.family.contains}
    steps = range(0, line.quantity + 1, line.quantity if lot.measure == "gram" else 1) if channel == "shop" else ()
    usual, price = prices(lot, line.quantity, price_percent)
    return SheetLine(
        id=line.id,
        product_id=product.id,
        product=product.name,
        pictogram=product.pictogram,
        group=product.family.food_group,
        lot=lot.code,
        date_kind=lot.date_kind,
        date=lot.date,
        last_day=lot.last_day,
        quantity=line.quantity,
        measure=lot.measure,
        grams=line.quantity * lot.grams_each,
        storage=product.family.storage,
        place=line.place.name,
        why=line.why,
        usual_cents=usual,
        price_cents=price if channel == "shop" else 0,
        prices_taken=tuple(prices(lot, taken, price_percent)[1] for taken in steps),
        taken=sum(o.quantity for o in line.outcomes if o.taken),
        left=sum(o.quantity for o in line.outcomes if not o.taken),
        excluded=sorted(e.content for e in household.exclusions if product.unknown_contents or e.content in held),
        lacking=sorted(lack.equipment for lack in household.lacks if lack.equipment in product.family.needs),
    )
